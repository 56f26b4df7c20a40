"""News that comes late: a breach is taken back, whoever heard of it is told, and what was done meanwhile stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.handoff.decide import decide
from app.handoff.decision import Decision, Kind, Notice
from app.handoff.state import Handoff, HandoffState, Inputs
from app.handoff.telling import notices_for
from app.handoff.timing import passed_on
from app.records.engagement import Engagement
from app.sla.clock import ClockState, Stop
from tests.core.handoff.parts import HOUR, NOW, VOCABULARY, handoff, roster
from tests.core.handoff.timed import (
    FIRST_TOUCH,
    MINUTE,
    QUALIFY,
    START,
    Kept,
    attempts,
    breached,
    call,
    done,
    lead_of,
    more,
    promised,
    target,
    tenure,
    timed,
)

TOLD = promised(first_touch=target("1 h", ("breach", "notify manager"), ("breach + 1 h", "reassign")))
LATE = START + 90 * MINUTE


def decided(handed: Handoff, *touched: Engagement, now: datetime = LATE) -> Decision:
    lead = lead_of(handed, touched)
    return decide(TOLD, Inputs(lead, roster(), now), VOCABULARY)


def overdue() -> Handoff:
    kept = Kept(TOLD)
    kept.look(START + 70 * MINUTE)
    return kept.handed


def told(notices: tuple[Notice, ...]) -> list[tuple[str, str]]:
    return [(one.to, one.kind) for one in notices]


def test_a_touch_in_time_that_is_learnt_of_late_takes_the_breach_back_and_says_so() -> None:
    """Edge 2."""
    decision = decided(overdue(), call(START + 50 * MINUTE))
    [clock] = decision.clocks
    assert (clock.breached_at, clock.rescinded_at, clock.state(LATE)) == (START + HOUR, LATE, ClockState.MET)
    assert "The breach of first touch is taken back: call by eve@example.com, 2026-11-20 09:50" in decision.because
    assert told(decision.notices) == [("eve@example.com", "rescinded"), ("sam@example.com", "rescinded")]


def test_a_breach_is_taken_back_once() -> None:
    """Edge 2."""
    first = decided(overdue(), call(START + 50 * MINUTE))
    later = decided(timed(clocks=first.clocks), call(START + 50 * MINUTE), now=LATE + HOUR)
    assert (later.notices, later.clocks) == ((), first.clocks)


def test_a_second_breach_after_one_that_an_extension_took_back_is_told_again_and_once() -> None:
    kept = Kept(TOLD)
    first = kept.look(START + 70 * MINUTE)
    kept.acts(more(START + 75 * MINUTE, "30 min"))
    [taken_back] = kept.look(START + 80 * MINUTE).rescinded
    second, later = kept.look(START + 95 * MINUTE), kept.look(START + 96 * MINUTE)
    assert [done(timing) for timing in (first, second, later)] == [["notify manager"], ["notify manager"], []]
    assert (taken_back.due_at, kept.clock().breached_at) == (START + 90 * MINUTE, START + 90 * MINUTE)
    keys = [
        one.key
        for timing in (first, second)
        for one in notices_for(TOLD, lead_of(kept.handed), kept.handed, timing.due)
    ]
    assert len(set(keys)) == 2


def test_a_breach_whose_deadline_moves_and_that_stands_all_the_same_is_told_once() -> None:
    kept = Kept(TOLD)
    kept.look(START + 70 * MINUTE)
    kept.acts(more(START + 75 * MINUTE, "30 min"))
    timing = kept.look(START + 100 * MINUTE)
    assert (timing.rescinded, timing.due, kept.clock().breached_at) == ((), (), START + 90 * MINUTE)


def test_a_worker_whose_time_runs_behind_takes_no_breach_back() -> None:
    kept = Kept(TOLD)
    kept.look(START + HOUR)
    timing = kept.look(START + HOUR - MINUTE / 60)
    assert (timing.rescinded, timing.due, breached(timing.clocks)) == ((), (), [FIRST_TOUCH])


def test_a_touch_at_the_very_deadline_is_in_time_and_one_a_microsecond_later_is_not() -> None:
    kept = Kept(TOLD, made=[call(START + HOUR)])
    assert breached(kept.look(LATE).clocks) == []
    kept = Kept(TOLD, made=[call(START + HOUR + MINUTE / 60_000_000)])
    assert breached(kept.look(LATE).clocks) == [FIRST_TOUCH]


def test_a_touch_that_came_late_leaves_the_breach_and_ends_the_clock() -> None:
    kept = Kept(TOLD, overdue(), made=[call(START + 80 * MINUTE)])
    timing = kept.look(LATE)
    assert (kept.clock().state(LATE), timing.rescinded) == (ClockState.MET_LATE, ())


def test_of_two_touches_the_earlier_counts_in_whatever_order_they_are_told() -> None:
    """Edge 2."""
    kept = Kept(TOLD, overdue(), made=[call(START + 80 * MINUTE)])
    kept.look(LATE)
    kept.made.append(call(START + 40 * MINUTE))
    timing = kept.look(LATE + MINUTE)
    assert (kept.clock().stopped_at, kept.clock().is_breached) == (START + 40 * MINUTE, False)
    assert [one.key for one in timing.rescinded] == [(FIRST_TOUCH, 1)]


def given_on() -> Handoff:
    """Eve did not act, the breach was told, and dan has the lead since."""
    moved = START + 2 * HOUR
    dan = tenure(2, "dan", moved, because="eve@example.com did not act")
    clocks = passed_on(overdue().clocks, moved, dan.because)
    return timed(tenure(), dan, clocks=clocks)


def test_a_breach_taken_back_after_a_reassignment_is_told_to_both_owners_and_changes_neither() -> None:
    """Edge 2."""
    now = START + 150 * MINUTE
    decision = decided(given_on(), call(START + 50 * MINUTE), now=now)
    assert (decision.kind, decision.handoff_owner) == (Kind.KEPT, None)
    assert told(decision.notices) == [(f"{name}@example.com", "rescinded") for name in ("eve", "dan", "sam")]
    assert all("given to dan@example.com by then; that stands." in one.lines[1] for one in decision.notices)
    states = {one.key: one.state(now) for one in decision.clocks}
    assert states == {(FIRST_TOUCH, 1): ClockState.MET, (FIRST_TOUCH, 2): ClockState.RUNNING}


def test_a_touch_after_the_reassignment_does_not_take_the_former_owners_breach_back() -> None:
    kept = Kept(TOLD, given_on(), made=[call(START + 3 * HOUR, "eve")])
    kept.look(NOW + 3 * HOUR)
    assert kept.clock(number=1).stop is Stop.PASSED_ON
    assert kept.clock(number=1).is_breached


def test_an_early_touch_is_not_forgotten_when_the_record_says_another_later() -> None:
    """A property holds one instant at a time; the first one that it told stands."""
    by = promised(first_touch=target("1 h"), counts_as_touch=("notes_last_contacted",))
    kept = Kept(by, properties={"notes_last_contacted": (START + MINUTE).isoformat()})
    kept.look(START + 2 * MINUTE)
    kept.properties = {"notes_last_contacted": (START + 3 * HOUR).isoformat()}
    kept.look(START + 4 * HOUR)
    assert (kept.clock().stopped_at, kept.clock().is_breached) == (START + MINUTE, False)


def test_an_attempt_that_is_learnt_of_late_moves_the_last_one_earlier() -> None:
    kept = Kept(promised(attempts=attempts(2, "1 day")))
    kept.made += [call(START + MINUTE), call(START + 3 * MINUTE)]
    kept.look(NOW)
    kept.made.append(call(START + 2 * MINUTE))
    kept.look(NOW + MINUTE)
    [clock] = kept.handed.clocks
    assert (clock.stopped_at, clock.because) == (START + 2 * MINUTE, "attempt 2: call by eve@example.com")


def test_a_touch_that_is_deleted_lets_the_clock_run_on_as_if_it_had_never_been() -> None:
    kept = Kept(TOLD, made=[call(START + 50 * MINUTE)])
    kept.look(START + 55 * MINUTE)
    assert kept.clock().stop is Stop.MET
    kept.made.clear()
    assert kept.look(START + 58 * MINUTE).due == ()
    assert (kept.clock().stop, kept.clock().next_at) == (None, START + HOUR)
    assert len(kept.look(START + 61 * MINUTE).due) == 1
    assert kept.clock().breached_at == START + HOUR


def test_a_touch_that_is_corrected_counts_from_when_it_took_place() -> None:
    kept = Kept(TOLD, made=[call(START + 50 * MINUTE, id="7")])
    kept.look(START + 70 * MINUTE)
    kept.made[:] = [call(START + 65 * MINUTE, id="7")]
    kept.look(START + 75 * MINUTE)
    assert (kept.clock().stopped_at, kept.clock().breached_at) == (START + 65 * MINUTE, START + HOUR)


def test_an_attempt_that_is_deleted_is_no_attempt() -> None:
    kept = Kept(promised(attempts=attempts(2, "1 day")), made=[call(START + MINUTE), call(START + 3 * MINUTE)])
    kept.look(NOW)
    kept.made.pop()
    kept.look(NOW + MINUTE)
    assert [one.stop for one in kept.handed.clocks] == [None]


def test_what_a_property_told_once_stays_though_it_tells_of_a_later_touch_now() -> None:
    promise = promised(first_touch=target("1 h"))
    counts = replace(promise.promises["fast"], counts_as_touch=("notes_last_contacted",))
    kept = Kept(replace(promise, promises={"fast": counts}))
    for minutes in (10, 90):
        kept.properties["notes_last_contacted"] = (START + minutes * MINUTE).isoformat()
        kept.look(START + 100 * MINUTE)
    assert (kept.clock().stopped_at, kept.clock().is_breached) == (START + 10 * MINUTE, False)


def test_a_second_handoff_of_the_same_lead_has_clocks_of_its_own() -> None:
    """Edge 7: nothing of the first is counted in the second."""
    by = promised(first_touch=target("1 h"), qualify=target("2 h"))
    first = Kept(by, made=[call(START + MINUTE)])
    first.look(START + 2 * MINUTE, HandoffState.REJECTED)
    again = tenure(at=NOW + HOUR)
    second = Kept(by, replace(timed(again), id="h2", opened_at=NOW + HOUR), made=first.made)
    assert breached(second.look(NOW + 3 * HOUR).clocks) == [FIRST_TOUCH, QUALIFY]
    assert {one.started_at for one in second.handed.clocks} == {NOW + HOUR}
    assert breached(first.handed.clocks) == []


def test_a_handoff_without_tenures_is_not_timed() -> None:
    """As those of an example or a backtest are."""
    decision = decide(TOLD, Inputs(lead_of(handoff()), roster(), NOW + 30 * HOUR), VOCABULARY)
    assert (decision.kind, decision.clocks, decision.notices) == (Kind.KEPT, (), ())
