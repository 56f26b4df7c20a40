"""Another owner while clocks run: which stop, which run on, which begin, and in whose hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.agreement.model import Agreement
from app.handoff.state import HandoffState
from app.handoff.timing import keep_time, missing, passed_on, shown_due
from app.records.ids import PoolId
from app.sla.calendar import Calendar
from app.sla.clock import ClockKind, Stop
from app.sla.hours import Interval
from tests.core.handoff.parts import ENTERPRISE, HOUR, INBOUND, NOW, agreement
from tests.core.handoff.timed import (
    ACCEPT,
    ATTEMPTS,
    FIRST_TOUCH,
    MINUTE,
    QUALIFY,
    START,
    Kept,
    attempts,
    away,
    breached,
    call,
    lead_of,
    promised,
    target,
    tenure,
    timed,
)

FULL = promised(
    accept=target("15 min"), first_touch=target("1 h"), attempts=attempts(3, "2 days"), qualify=target("3 days")
)
MOVED = START + 30 * MINUTE
DAN = tenure(2, "dan", MOVED, confirmed_at=MOVED + MINUTE, because="eve did not act")
NINE_TO_FIVE = {day: (Interval.parse("09:00-17:00"),) for day in range(5)}


def given_on(kept: Kept) -> Kept:
    """Dan has it now, half an hour after eve got it."""
    kept.look(MOVED)
    clocks = passed_on(kept.handed.clocks, MOVED, "eve did not act")
    tenures = (*kept.handed.tenures, DAN)
    kept.handed = replace(kept.handed, tenures=tenures, clocks=clocks, owner_id=DAN.owner_id)
    return kept


def test_a_new_owner_gets_the_whole_time_anew_and_the_leads_clocks_run_on() -> None:
    """Edge 1."""
    kept = given_on(Kept(FULL))
    kept.look(MOVED + 10 * MINUTE)
    assert [one.key for one in kept.handed.clocks] == [
        (ACCEPT, 1),
        (FIRST_TOUCH, 1),
        (ATTEMPTS, 1),
        (QUALIFY, 1),
        (ACCEPT, 2),
        (FIRST_TOUCH, 2),
    ]
    assert kept.clock(FIRST_TOUCH, 2).due_at == MOVED + MINUTE + HOUR
    assert [kept.clock(kind).stop for kind in ClockKind] == [Stop.PASSED_ON, Stop.PASSED_ON, None, None]
    assert kept.clock(FIRST_TOUCH).because == "eve did not act"
    assert shown_due(kept.handed.clocks) == MOVED + MINUTE + HOUR


def test_what_was_passed_on_before_its_deadline_is_no_breach_ever() -> None:
    kept = given_on(Kept(FULL))
    kept.look(MOVED + 10 * HOUR)
    assert not kept.clock(FIRST_TOUCH, 1).is_breached
    assert kept.clock(ACCEPT, 1).breached_at == START + 15 * MINUTE
    assert kept.clock(FIRST_TOUCH, 2).breached_at == MOVED + MINUTE + HOUR


def test_a_touch_by_the_former_owner_keeps_nothing_for_the_new_one() -> None:
    """Edge 3."""
    kept = given_on(Kept(FULL))
    kept.made.append(call(MOVED + 5 * MINUTE, "eve"))
    timing = kept.look(MOVED + 10 * MINUTE)
    assert timing.touch is None
    assert kept.clock(FIRST_TOUCH, 2).stop is None
    assert kept.clock(FIRST_TOUCH, 1).stop is Stop.PASSED_ON


def test_a_touch_by_the_former_owner_that_is_learnt_of_late_stays_theirs() -> None:
    kept = given_on(Kept(FULL))
    kept.made.append(call(START + 20 * MINUTE, "eve"))
    kept.look(MOVED + 10 * MINUTE)
    assert (kept.clock(FIRST_TOUCH, 1).stop, kept.clock(FIRST_TOUCH, 1).stopped_at) == (Stop.MET, START + 20 * MINUTE)
    assert kept.clock(FIRST_TOUCH, 2).stop is None


def test_attempts_of_all_owners_count() -> None:
    kept = given_on(Kept(FULL))
    kept.made += [call(START + MINUTE), call(MOVED + MINUTE, "dan"), call(MOVED + 2 * MINUTE, "dan")]
    kept.look(NOW)
    assert kept.clock(ATTEMPTS).stopped_at == MOVED + 2 * MINUTE


def test_who_takes_over_a_lead_that_was_touched_and_accepted_owes_neither() -> None:
    kept = Kept(FULL, made=[call(START + MINUTE)])
    kept.look(START + 2 * MINUTE)
    taken = replace(kept.handed, tenures=(*kept.handed.tenures, DAN), state=HandoffState.ACCEPTED)
    assert missing(FULL, taken, None) == ()


def test_who_gets_a_lead_that_was_taken_from_whoever_had_accepted_it_accepts_it_anew() -> None:
    kept = Kept(FULL)
    kept.look(START + 2 * MINUTE, HandoffState.ACCEPTED)
    taken = replace(kept.handed, tenures=(*kept.handed.tenures, DAN), state=HandoffState.OPEN)
    assert [one.key for one in missing(FULL, taken, None)] == [(ACCEPT, 2), (FIRST_TOUCH, 2)]


def test_clocks_that_stop_before_they_began_stop_as_they_begin() -> None:
    [first, *_] = passed_on(missing(FULL, timed(), None), START - HOUR, "given back")
    assert (first.stopped_at, first.started_at, first.next_at) == (START, START, None)


SYDNEY = Calendar("syd", "Australia/Sydney", NINE_TO_FIVE)
AFTERNOON = datetime(2024, 1, 19, 21, tzinfo=UTC)  # a Friday, 16:00 in New York and 08:00 on Saturday in Sydney


def with_sydney(hours_of: str) -> Agreement:
    """The member dan works in Sydney."""
    base = agreement(calendars={**agreement().calendars, "syd": SYDNEY})
    pool = base.pools[ENTERPRISE]
    eve, dan = pool.members
    pools = {**base.pools, ENTERPRISE: replace(pool, members=(eve, replace(dan, calendar="syd")))}
    return promised(replace(base, pools=pools), hours_of=hours_of, first_touch=target("1 business hour"))


@pytest.mark.parametrize(
    ("hours_of", "lead_zone", "due"),
    [
        pytest.param("owner", None, "2024-01-22T10:00+11:00", id="DV-16, the new owner's own"),
        pytest.param("pool", None, "2024-01-19T17:00-05:00", id="the pool's"),
        pytest.param("lead", "australia_slash_sydney", "2024-01-22T10:00+11:00", id="the pool's, where the lead is"),
        pytest.param("lead", "america_slash_new_york", "2024-01-19T17:00-05:00", id="as HubSpot spells a zone"),
        pytest.param("lead", "US/Pacific", "2024-01-19T14:00-08:00", id="as others spell it"),
        pytest.param("lead", "mars_slash_olympus", "2024-01-19T17:00-05:00", id="the pool's for a zone unheard of"),
        pytest.param("lead", None, "2024-01-19T17:00-05:00", id="the pool's while the lead's zone is not known"),
    ],
)
def test_a_new_owners_clock_counts_in_the_hours_that_the_promise_names(
    hours_of: str, lead_zone: str | None, due: str
) -> None:
    """Edge 1."""
    by = with_sydney(hours_of)
    handed = timed(tenure(1, "eve", AFTERNOON - HOUR), tenure(2, "dan", AFTERNOON))
    lead = lead_of(handed, hs_timezone=lead_zone)
    timing = keep_time(by, lead, handed, None, AFTERNOON)
    assert shown_due(timing.clocks) == datetime.fromisoformat(due)


def test_the_former_owners_clock_stays_in_the_hours_in_which_it_began() -> None:
    by = with_sydney("owner")
    kept = Kept(by, timed(tenure(1, "eve", AFTERNOON - HOUR)))
    kept.look(AFTERNOON - HOUR)
    kept.handed = replace(kept.handed, tenures=(*kept.handed.tenures, tenure(2, "dan", AFTERNOON)))
    kept.look(AFTERNOON)
    zones = {one.tenure: one.time_zone for one in kept.handed.clocks}
    assert zones == {1: "America/New_York", 2: "Australia/Sydney"}


AWAY = away("eve", START + 10 * MINUTE, START + 5 * HOUR)


@pytest.mark.parametrize(("when_away", "late"), [("run", [FIRST_TOUCH]), ("stop", [])])
def test_an_absence_stops_the_clock_only_where_the_agreement_says_so(when_away: str, late: list[ClockKind]) -> None:
    by = promised(first_touch=target("1 h"), when_owner_away=when_away)
    kept = Kept(by, timed(standstills=(AWAY,)))
    assert breached(kept.look(START + 4 * HOUR).clocks) == late
    assert kept.clock().due_at == START + (HOUR if late else 5 * HOUR + 50 * MINUTE)


def test_the_absence_of_a_colleague_stops_nothing() -> None:
    by = promised(first_touch=target("1 h"), when_owner_away="stop")
    kept = Kept(by, timed(standstills=(away("dan", START, START + 5 * HOUR),)))
    kept.look(START)
    assert kept.clock().due_at == START + HOUR


def test_a_clock_of_the_lead_stands_still_while_whoever_has_the_lead_is_away() -> None:
    by = promised(qualify=target("3 days"), when_owner_away="stop")
    kept = given_on(Kept(by))
    eve_later, dan_later = (away(name, MOVED + HOUR, MOVED + 2 * HOUR) for name in ("eve", "dan"))
    eve_across = away("eve", MOVED - 10 * MINUTE, MOVED + HOUR)
    kept.handed = replace(kept.handed, standstills=(eve_across, eve_later, dan_later))
    kept.look(MOVED + 3 * HOUR)
    assert [(one.from_at, one.until_at) for one in kept.clock(QUALIFY).pauses] == [
        (MOVED - 10 * MINUTE, MOVED),
        (MOVED + HOUR, MOVED + 2 * HOUR),
    ]


@pytest.mark.parametrize(("pool", "due"), [(ENTERPRISE, "2024-01-19T22:00+00:00"), (INBOUND, "2024-01-22T10:00+00:00")])
def test_the_pool_of_the_handoff_gives_the_hours(pool: PoolId, due: str) -> None:
    base = agreement(calendars={**agreement().calendars, "utc": Calendar("utc", "UTC", NINE_TO_FIVE)})
    pools = {**base.pools, INBOUND: replace(base.pools[INBOUND], calendar="utc")}
    by = promised(replace(base, pools=pools), first_touch=target("1 business hour"))
    handed = timed(tenure(at=AFTERNOON), pool=pool)
    assert shown_due(missing(by, handed, None)) == datetime.fromisoformat(due)
