"""The story that `baton demo` plays: a simulated HubSpot and a whole Baton, joined by real HTTP on one stepped clock.

    folder   a fresh data folder, never one that is not the demo's
    servers  HTTP servers on loopback sockets
    stage    the joined world: both servers, the webhook sender, the clock
    cast     the leads, and what is to become of each
    acts     what happens, one act a function
    sights   what can be seen afterwards, in Baton and in HubSpot
    checks   what the story says, held against what was seen
    show     how it reads on a terminal, or without one
    story    from the first word to the exit status

It must not know SQL or HTTP payloads: it does what people do in HubSpot, and reads what people can read.
"""
