"""The CRM: what Baton asks of one (`port`), what can go wrong (`errors`), what keeps calls polite (`guard`).

`hubspot` is the real one, known to bootstrap alone. `simulator` is a stateful double of HubSpot that
imports nothing of the app: the service cannot tell it is there.
"""
