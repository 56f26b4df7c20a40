"""What a person may do to a running clock: hold it, let it go on, give it more time, have it laid anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.handoff.state import ActKind
from app.handoff.timing import shown_due
from app.sla.clock import ClockKind, ClockState
from app.sla.pauses import Pause
from tests.core.handoff.parts import HOUR, NOW
from tests.core.handoff.timed import (
    FIRST_TOUCH,
    MINUTE,
    START,
    Kept,
    act,
    away,
    breached,
    call,
    done,
    held,
    more,
    promised,
    target,
    timed,
)

AN_HOUR = promised(first_touch=target("1 h", ("breach", "notify manager"), ("breach + 1 h", "reassign")))


def kept() -> Kept:
    return Kept(AN_HOUR)


def test_a_hold_lasts_until_it_is_released() -> None:
    case = kept()
    case.acts(held(START + 30 * MINUTE))
    case.look(START + 9 * HOUR)
    assert (breached(case.handed.clocks), case.clock().state(START + 9 * HOUR)) == ([], ClockState.PAUSED)
    case.acts(act(ActKind.RELEASE, START + 10 * HOUR))
    case.look(START + 10 * HOUR)
    assert case.clock().due_at == START + 10 * HOUR + 30 * MINUTE


def test_a_hold_with_an_end_needs_no_release() -> None:
    case = kept()
    case.acts(held(START + 30 * MINUTE, START + 2 * HOUR))
    case.look(START + 31 * MINUTE)
    assert case.clock().due_at == START + 150 * MINUTE
    case.acts(act(ActKind.RELEASE, START + HOUR))
    case.look(START + HOUR)
    assert case.clock().due_at == START + 90 * MINUTE


def test_two_holds_at_once_take_their_time_out_once_and_a_release_ends_both() -> None:
    case = kept()
    case.acts(held(START + 10 * MINUTE), held(START + 20 * MINUTE), act(ActKind.RELEASE, START + 30 * MINUTE))
    case.look(START + 30 * MINUTE)
    assert case.clock().due_at == START + 80 * MINUTE


def test_a_hold_after_the_breach_does_not_take_it_back() -> None:
    """Edge 9."""
    case = kept()
    case.look(START + HOUR)
    case.acts(held(START + HOUR + MINUTE), act(ActKind.RELEASE, START + 5 * HOUR))
    case.look(START + 5 * HOUR)
    assert (case.clock().due_at, case.clock().breached_at) == (START + HOUR, START + HOUR)
    assert case.clock().state(START + 5 * HOUR) is ClockState.OVERDUE


def test_a_hold_after_the_breach_that_nobody_had_noticed_does_not_prevent_it() -> None:
    """Edge 9."""
    case = kept()
    case.acts(held(START + HOUR + MINUTE))
    assert breached(case.look(START + 5 * HOUR).clocks) == [FIRST_TOUCH]


def test_what_follows_a_breach_waits_for_a_hold_and_not_for_an_owner_who_is_away() -> None:
    for acts, standstills, expected in (
        ((held(START + 90 * MINUTE),), (), ["notify manager"]),
        ((), (Pause(START + 90 * MINUTE, START + 9 * HOUR, "HubSpot did not answer"),), ["notify manager"]),
        ((), (away("eve", START + 90 * MINUTE, START + 9 * HOUR),), ["notify manager", "reassign"]),
    ):
        by = promised(first_touch=AN_HOUR.promises["fast"].first_touch, when_owner_away="stop")
        case = Kept(by, timed(standstills=standstills))
        case.acts(*acts)
        assert done(case.look(START + 3 * HOUR)) == expected


def test_what_waited_for_a_hold_comes_once_the_time_that_was_left_has_passed() -> None:
    case = kept()
    case.acts(held(START + 90 * MINUTE))
    case.look(START + 3 * HOUR)
    case.acts(act(ActKind.RELEASE, START + 3 * HOUR))
    assert done(case.look(START + 3 * HOUR + 29 * MINUTE)) == []
    assert done(case.look(START + 3 * HOUR + 30 * MINUTE)) == ["reassign"]


def test_the_time_in_which_a_clock_stood_still_is_kept_with_it() -> None:
    """Edge 9: how long a lead was held in all can be reported."""
    case = kept()
    case.acts(held(START, START + 10 * MINUTE), held(START + 30 * MINUTE, START + 35 * MINUTE))
    case.look(NOW + 5 * HOUR)
    case.acts(held(NOW + 5 * HOUR, NOW + 6 * HOUR))
    case.look(NOW + 7 * HOUR)
    lengths = [until - since for since, until in (one.up_to(NOW + 7 * HOUR) for one in case.clock().pauses)]
    assert sum(lengths, timedelta()) == 75 * MINUTE
    assert {one.because for one in case.clock().pauses} == {"held by mia@example.com: she asked for it"}


def test_an_extension_moves_the_deadline() -> None:
    case = kept()
    case.acts(more(START + 10 * MINUTE, "30 min"), more(START + 20 * MINUTE, "15 min"))
    case.look(START + 20 * MINUTE)
    assert (case.clock().due_at, case.clock().extensions) == (START + 105 * MINUTE, 2)


def test_an_extension_after_the_breach_takes_it_back() -> None:
    case = kept()
    case.look(START + HOUR)
    case.acts(more(START + 61 * MINUTE, "30 min"))
    timing = case.look(START + 62 * MINUTE)
    assert [one.kind for one in timing.rescinded] == [FIRST_TOUCH]
    assert case.clock().state(START + 62 * MINUTE) is ClockState.RUNNING
    assert breached(case.look(START + 90 * MINUTE).clocks) == [FIRST_TOUCH]
    assert case.clock().breached_at == START + 90 * MINUTE


def test_an_extension_that_is_over_already_moves_the_breach() -> None:
    case = kept()
    case.look(START + 3 * HOUR)
    case.acts(more(START + 3 * HOUR, "1 h"))
    case.look(START + 3 * HOUR)
    assert (case.clock().breached_at, case.clock().is_breached) == (START + 2 * HOUR, True)


def test_a_hold_while_extended_time_runs_holds_it_as_well() -> None:
    case = kept()
    case.acts(more(START, "1 h"), held(START + 90 * MINUTE, START + 100 * MINUTE))
    case.look(START + 100 * MINUTE)
    assert case.clock().due_at == START + 130 * MINUTE


def test_an_extension_after_the_touch_changes_nothing() -> None:
    case = kept()
    case.made.append(call(START + 80 * MINUTE))
    case.acts(more(START + 90 * MINUTE, "5 h"))
    case.look(START + 2 * HOUR)
    assert (case.clock().due_at, case.clock().state(NOW)) == (START + HOUR, ClockState.MET_LATE)


def test_time_added_in_business_hours_skips_the_night() -> None:
    case = Kept(promised(first_touch=target("1 business hour")))
    case.acts(more(START, "1 business day"))
    case.look(START)
    assert case.clock().due_at == START + HOUR + timedelta(days=3)  # Friday 10:00, then Monday


@pytest.mark.parametrize(
    ("within", "due", "late"), [("30 min", START + 30 * MINUTE, [FIRST_TOUCH]), ("3 h", START + 3 * HOUR, [])]
)
def test_a_change_of_the_agreement_reaches_a_running_clock_when_a_person_has_it_applied(
    within: str, due: datetime, late: list[ClockKind]
) -> None:
    """Edge 4, B-34 and B-38: not before."""
    case = kept()
    case.look(START)
    case.by = promised(first_touch=target(within))
    assert shown_due(case.look(START + 35 * MINUTE).clocks) == START + HOUR
    case.acts(act(ActKind.REAPPLY, START + 40 * MINUTE))
    timing = case.look(START + 40 * MINUTE)
    assert (shown_due(timing.clocks), breached(timing.clocks)) == (due, late)


def test_a_breach_by_the_former_agreement_is_taken_back_by_a_longer_one() -> None:
    """Edge 4."""
    case = kept()
    case.look(START + HOUR)
    case.by = promised(first_touch=target("3 h"))
    case.acts(act(ActKind.REAPPLY, START + 70 * MINUTE))
    timing = case.look(START + 70 * MINUTE)
    assert [one.kind for one in timing.rescinded] == [FIRST_TOUCH]
    assert case.clock().breached_at == START + HOUR
    assert case.look(START + 75 * MINUTE).rescinded == ()


def test_of_two_changes_that_are_applied_the_later_one_says_when_a_promise_ended() -> None:
    case = kept()
    case.acts(act(ActKind.REAPPLY, START + 30 * MINUTE))
    case.look(START + 2 * HOUR)
    case.by = promised()
    case.acts(act(ActKind.REAPPLY, START + 3 * HOUR))
    case.look(START + 3 * HOUR)
    assert case.clock().stopped_at == START + 3 * HOUR
    assert breached(case.handed.clocks) == [FIRST_TOUCH]


def test_a_change_that_is_applied_leaves_what_is_finished_as_it_is() -> None:
    """B-38."""
    case = kept()
    case.made.append(call(START + 10 * MINUTE))
    case.look(START + 10 * MINUTE)
    case.by = promised(first_touch=target("5 min"))
    case.acts(act(ActKind.REAPPLY, START + 20 * MINUTE))
    case.look(START + 20 * MINUTE)
    assert (case.clock().due_at, case.clock().is_breached) == (START + HOUR, False)
