"""The states of a handoff's clocks, by what happened and when; numbers B-.. are those of known engines' own cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from app.agreement.fields import Length
from app.handoff.promise import target_of
from app.handoff.properties import STATUS
from app.handoff.state import ActKind, HandoffState
from app.handoff.timing import missing, shown_due
from app.sla.clock import ClockState, Stop
from tests.core.handoff.parts import DAY, HOUR, NOW, changed
from tests.core.handoff.timed import (
    ACCEPT,
    FIRST_TOUCH,
    MINUTE,
    QUALIFY,
    START,
    Kept,
    act,
    breached,
    call,
    done,
    held,
    promised,
    target,
    tenure,
    timed,
)

URGENT = promised(first_touch=target("30 min"), qualify=target("2 h"))


def urgent() -> Kept:
    return Kept(URGENT)


def states(kept: Kept, after_minutes: int) -> tuple[str, str]:
    """The states of first touch and qualification, so many minutes after the start."""
    now = START + after_minutes * MINUTE
    kept.look(now)
    return kept.clock(FIRST_TOUCH).state(now).value, kept.clock(QUALIFY).state(now).value


def test_a_first_touch_that_is_missed_is_one_breach_and_the_clock_goes_on() -> None:
    """B-01."""
    kept = Kept(promised(first_touch=target("1 h"), qualify=target("12 h")))
    clocks = kept.look(START + 6 * HOUR).clocks
    assert breached(clocks) == [FIRST_TOUCH]
    assert breached(kept.look(START + 7 * HOUR).clocks) == [FIRST_TOUCH]
    assert kept.clock().state(START + 7 * HOUR) is ClockState.OVERDUE


def test_a_qualification_that_is_missed_is_one_breach_and_no_other() -> None:
    """B-03."""
    kept = Kept(promised(first_touch=target("12 h"), qualify=target("1 h")))
    assert breached(kept.look(START + 6 * HOUR).clocks) == [QUALIFY]


@pytest.mark.parametrize(("after", "state"), [(5 * HOUR, "met late"), (HOUR, "met"), (HOUR / 2, "met")])
def test_what_was_done_before_anybody_looked_is_judged_by_when_it_was_done(after: timedelta, state: str) -> None:
    """B-05, and edge 6: the breach has the deadline's time, whenever it was noticed."""
    kept, now = Kept(promised(qualify=target("1 h"))), START + 6 * HOUR
    kept.history = {"changes": changed(STATUS, at=START + after)}
    kept.look(now, HandoffState.QUALIFIED)
    qualify = kept.clock(QUALIFY)
    assert (qualify.state(now), qualify.stopped_at) == (state, START + after)
    assert qualify.breached_at == (START + HOUR if state == "met late" else None)


def test_a_breach_that_is_noticed_a_day_late_has_the_time_of_the_deadline() -> None:
    """B-05, and edge 6."""
    kept = urgent()
    assert {one.breached_at for one in kept.look(NOW + DAY).clocks} == {START + 30 * MINUTE, START + 2 * HOUR}


def test_a_touch_in_time_leaves_the_handoff_open_and_nothing_is_told() -> None:
    """B-06."""
    kept = Kept(promised(first_touch=target("6 h", ("breach", "notify manager"))))
    kept.made.append(call(START + 5 * HOUR))
    timing = kept.look(START + 6 * HOUR)
    assert (breached(timing.clocks), done(timing), timing.expires) == ([], [], None)
    assert kept.clock().state(START + 6 * HOUR) is ClockState.MET


def test_after_an_hour_without_a_touch_only_the_first_touch_failed() -> None:
    """B-09."""
    assert states(urgent(), 60) == ("overdue", "running")


def test_a_hold_of_ten_minutes_moves_the_deadline_by_ten_minutes_and_no_more() -> None:
    """B-10."""
    kept = urgent()
    kept.acts(held(START + 10 * MINUTE), act(ActKind.RELEASE, START + 20 * MINUTE))
    assert states(kept, 129)[1] == "running"
    assert states(kept, 135) == ("overdue", "overdue")
    assert kept.clock(QUALIFY).breached_at == START + 130 * MINUTE


def test_after_three_hours_without_a_touch_both_failed() -> None:
    """B-11."""
    assert states(urgent(), 180) == ("overdue", "overdue")


def test_a_touch_and_a_hold_meet_one_clock_and_pause_the_other() -> None:
    """B-12."""
    kept = urgent()
    kept.made.append(call(START + 10 * MINUTE))
    kept.acts(held(START + 10 * MINUTE))
    assert states(kept, 15) == ("met", "paused")
    assert kept.clock(FIRST_TOUCH).stopped_at == START + 10 * MINUTE
    assert [one.from_at for one in kept.clock(QUALIFY).pauses] == [START + 10 * MINUTE]


def test_a_fresh_handoff_waits_for_its_first_touch() -> None:
    """B-13."""
    kept = urgent()
    assert states(kept, 0) == ("running", "running")
    assert shown_due(kept.handed.clocks) == START + 30 * MINUTE


def test_a_released_hold_lets_the_clock_run_on_with_the_time_that_it_had_left() -> None:
    """B-14."""
    kept = urgent()
    kept.made.append(call(START + 10 * MINUTE))
    kept.acts(held(START + 10 * MINUTE), act(ActKind.RELEASE, START + 20 * MINUTE))
    assert states(kept, 25) == ("met", "running")
    assert kept.clock(QUALIFY).due_at == START + 130 * MINUTE


def test_a_lead_that_is_qualified_at_once_keeps_every_promise() -> None:
    """B-15."""
    kept, now = urgent(), START + 10 * MINUTE
    kept.look(now, HandoffState.QUALIFIED)
    assert {one.state(now) for one in kept.handed.clocks} == {ClockState.MET}


def test_the_states_follow_one_another_from_new_over_held_to_met() -> None:
    """B-16."""
    kept = urgent()
    assert states(kept, 0) == ("running", "running")
    kept.made.append(call(START + 10 * MINUTE))
    kept.acts(held(START + 10 * MINUTE))
    assert states(kept, 12) == ("met", "paused")
    kept.acts(act(ActKind.RELEASE, START + 20 * MINUTE))
    assert states(kept, 21) == ("met", "running")
    kept.look(START + 40 * MINUTE, HandoffState.QUALIFIED)
    assert states(kept, 41) == ("met", "met")


def test_the_time_it_took_stays_whatever_happens_later() -> None:
    """B-17."""
    kept = urgent()
    kept.look(START + 30 * MINUTE, HandoffState.QUALIFIED)
    kept.handed = replace(kept.handed, state=HandoffState.WORKING)
    kept.look(START + DAY)
    qualify = kept.clock(QUALIFY)
    assert qualify.stopped_at is not None
    assert (qualify.stopped_at - qualify.started_at).total_seconds() == 1800


def test_a_touch_in_the_second_of_the_start_took_no_time_and_later_ones_change_nothing() -> None:
    """B-20."""
    kept = urgent()
    kept.made.append(call(START))
    assert states(kept, 0)[0] == "met"
    kept.made.append(call(START + 5 * MINUTE))
    kept.look(NOW)
    assert kept.clock().stopped_at == kept.clock().started_at == START


def test_a_deadline_that_stands_is_not_computed_by_another_promise() -> None:
    """B-21, B-38, and edge 4: a running clock keeps the length and the deadline that it began with."""
    kept = urgent()
    kept.look(START)
    kept.by = promised(first_touch=target("10 min"), qualify=target("3 h"))
    assert shown_due(kept.look(START + 20 * MINUTE).clocks) == START + 30 * MINUTE
    assert breached(kept.handed.clocks) == []


def test_without_a_length_of_time_nothing_is_timed() -> None:
    """B-32: an agreement does not promise `0 min`, and what it does not promise has no clock."""
    promise = URGENT.promises["fast"]
    assert target_of(promise, ACCEPT) is None
    assert [one.kind for one in missing(URGENT, timed(), None)] == [FIRST_TOUCH, QUALIFY]
    with pytest.raises(ValidationError, match="no length of time"):
        TypeAdapter(Length).validate_python("0 min")


def test_what_is_next_is_the_earliest_deadline_that_is_not_met() -> None:
    """B-33."""
    kept = Kept(promised(accept=target("1 h"), first_touch=target("2 h"), qualify=target("3 h")))

    def following() -> object:
        return min((one.next_at for one in kept.handed.clocks if one.next_at is not None), default=None)

    kept.look(START)
    assert following() == START + HOUR
    kept.look(START + 10 * MINUTE, HandoffState.ACCEPTED)
    assert following() == START + 2 * HOUR
    kept.made.append(call(START + 20 * MINUTE))
    kept.look(START + 20 * MINUTE)
    assert following() == START + 3 * HOUR
    kept.look(START + 30 * MINUTE, HandoffState.REJECTED)
    assert following() is None


def test_a_promise_that_is_dropped_goes_on_until_a_person_has_the_change_applied() -> None:
    """B-34, answered differently: no change of the agreement clears a deadline by itself."""
    kept = urgent()
    kept.look(START)
    kept.by = promised(qualify=target("2 h"))
    kept.look(START + 5 * MINUTE)
    assert kept.clock().state(START + 5 * MINUTE) is ClockState.RUNNING
    kept.acts(act(ActKind.REAPPLY, START + 10 * MINUTE))
    kept.look(START + 11 * MINUTE)
    dropped = kept.clock()
    assert (dropped.stop, dropped.stopped_at) == (Stop.CLOSED, START + 10 * MINUTE)
    assert dropped.state(NOW) is ClockState.DROPPED


def test_the_owner_who_does_not_stand_on_the_record_yet_has_no_clock() -> None:
    waiting = timed(tenure(confirmed_at=None))
    assert Kept(URGENT, waiting).look(NOW + DAY).clocks == ()


def test_a_handoff_whose_promise_is_no_more_has_nothing_left_to_time() -> None:
    kept = urgent()
    kept.look(START)
    kept.by = replace(URGENT, promises={})
    clocks = kept.look(START + MINUTE).clocks
    assert {(one.stop, one.next_at) for one in clocks} == {(Stop.CLOSED, None)}
