"""The backtest: what an agreement would have made of a past period, beside what another would have.

    timeline   a contact through the period: what stood when it began, and what changed in it
    trial      an agreement taken as if it had been in force all along
    imagine    the record and the memory once all that a decision writes has landed
    walk       a contact on its way through its instants, decided at each
    tale       what came of a contact, step by step
    setting    many contacts set out: alone as far as they need nobody
    seating    the pools' ledgers: who holds a seat for which handoff
    replay     those who need somebody, in the order of time, so that turns and caps come out right
    compare    what came of the same contact under two agreements
    load       what the openings mean for owners and promises
    result     what is told of it all

Pure: what stood and when is given, nothing is read, and equal values give equal results. The definition of
right is the plain one: every contact decided at each of its instants by `decide`, all in the order of time.
"""
