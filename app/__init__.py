"""Baton: when a HubSpot lead is ready, hand it to the right person, and prove it was done in time.

The house. Arrows point down only, never across a `|`; import contracts in pyproject.toml hold them:

    cli > demo > main > routes > bootstrap > engine > crm | notify | storage
        > handoff > agreement > rules | sla > records > settings | logs | metrics | clock > errors

    cli         commands; know use cases, never tables or HubSpot
    demo        the story that `baton demo` plays; with the tests, alone in knowing the simulator
    main        the web application, made in its lifespan
    routes      the webhook door and the JSON API; no business, no SQL
    bootstrap   composition root: settings in, a Container out; alone in knowing crm.hubspot
    engine      the imperative shell, one use case a file: load, decide, save, send
    crm         the port (what Baton asks of a CRM), its errors, HubSpot behind it, and a simulated HubSpot
    notify      telling people by e-mail, Slack and webhooks, at public addresses alone
    storage     alone in knowing SQLAlchemy; functions that return records
    handoff     PURE: qualify, route, brief; values in, one Decision out
    agreement   PURE: the executable service level agreement: parse, lint, prose, difference, consent
    rules       PURE: conditions over facts, three-valued, with traces; scores
    sla         PURE: business time
    records     PURE: values that several floors share

The pure floors do no I/O, read no clock and import no framework.
"""
