"""The printed timeline: every thing that happened at its own instant, every second of a clock accounted for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given

from app.handoff.state import Act, ActKind, HandoffState, Tenure
from app.handoff.timeline import Story, Timed, delays_of, entries_of, lines_of, totals_of
from app.records.engagement import Direction, Engagement, EngagementKind, Maker
from app.records.ids import OwnerId
from app.sla.calendar import Calendar
from app.sla.clock import Clock, ClockKind, ClockState, Stop, Stopping, time_clock
from app.sla.hours import Interval
from app.sla.ladder import read_rung
from app.sla.pauses import Pause
from tests.core.sla.test_laws import CASES, Case

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to"
NEW_YORK = "America/New_York"
OFFICE = Calendar.build(
    "us", NEW_YORK, dict.fromkeys(range(5), (Interval(9 * 60, 17 * 60 + 30),)), holiday_country="US"
)
EVE, BOB = OwnerId("1"), OwnerId("2")
LADDER = (read_rung(1, "75 %", "notify owner"), read_rung(2, "breach", "notify manager"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)


def clock(kind: ClockKind, target: str, start: str) -> Clock:
    """One on which every step of the ladder was done."""
    return Clock(kind, 1, EVE, "us", NEW_YORK, target, at(start), None, rungs=(1, 2))


def timed(begun: Clock, now: str, *pauses: Pause, met: str | None = None) -> Timed:
    stopping = None if met is None else Stopping(at(met), Stop.MET, "call by eve@example.com")
    return Timed(time_clock(begun, OFFICE, at(now), pauses=pauses, stopping=stopping), OFFICE, LADDER)


HOLD = Pause(at("23 09:05"), at("23 09:10"), "held by sam: a fair")
ACCEPT = clock(ClockKind.ACCEPT, "1 business hour", "20 16:50:06")
STORY = Story(
    time_zone=NEW_YORK,
    route="demo",
    promise="fast",
    pool="enterprise",
    because="Asked for a demo",
    opened_at=at("20 16:50:04"),
    state=HandoffState.ACCEPTED,
    signalled_at=at("20 16:50:00"),
    tenures=(Tenure(1, EVE, "eve@example.com", at("20 16:50:04"), at("20 16:50:06"), "in turn"),),
    owners={EVE: "eve@example.com", BOB: "bob@example.com"},
)


def test_a_weekend_a_hold_and_a_late_call_are_told_line_by_line() -> None:
    call = Engagement("9", EngagementKind.CALL, at("23 10:00"), EVE, Maker.HUMAN, Direction.OUTBOUND, "logged by hand")
    story = replace(
        STORY,
        clocks=(timed(ACCEPT, "23 10:05", HOLD, met="23 10:00"),),
        acts=(
            Act(ActKind.HOLD, "sam", at("23 09:05"), "a fair"),
            Act(ActKind.RELEASE, "sam", at("23 09:10"), "it is over"),
        ),
        engagements=(call,),
    )
    assert lines_of(story, at("23 10:05")) == shown("answer-a-rep.md")


def shown(page: str) -> list[str]:
    """The example in the guide."""
    text = (HOW_TO / page).read_text(encoding="utf-8")
    return text.partition("```txt\n")[2].partition("```")[0].splitlines()


def test_clocks_that_cease_to_count_together_share_a_line() -> None:
    touch = clock(ClockKind.FIRST_TOUCH, "1 business day", "20 16:50:06")
    story = replace(STORY, clocks=(timed(ACCEPT, "20 18:00"), timed(touch, "20 18:00")))
    [closing] = [one.text for one in entries_of(story, at("20 18:00")) if one.text.startswith("closed")]
    assert closing == (
        "closed: night (accept: 39 min 54 s counted of 1 business hour, "
        "first touch: 39 min 54 s counted of 1 business day)"
    )


def test_time_that_is_not_business_time_counts_through_the_night() -> None:
    open_or_not = clock(ClockKind.ACCEPT, "20 h", "20 16:50:06")
    story = replace(STORY, clocks=(timed(open_or_not, "21 10:00"),))
    [total] = totals_of(story, at("21 10:00"))
    assert (total.counted, total.closed, total.state) == (
        timedelta(hours=17, minutes=9, seconds=54),
        timedelta(),
        "running",
    )
    assert not [one for one in entries_of(story, at("21 10:00")) if one.text.startswith("closed")]


def test_a_breach_that_is_taken_back_says_so_when_that_was_learnt() -> None:
    breached = timed(ACCEPT, "23 11:00").clock
    late_word = Timed(
        time_clock(breached, OFFICE, at("23 12:00"), stopping=Stopping(at("23 09:15"), Stop.MET, "call")), OFFICE
    )
    told = [
        one
        for one in entries_of(replace(STORY, clocks=(late_word,)), at("23 12:00"))
        if one.text.startswith("accept: ")
    ]
    assert [(one.at, one.text) for one in told if "begins" not in one.text] == [
        (at("23 09:15"), "accept: kept in time, call"),
        (at("23 09:20:06"), "accept: overdue"),
        (at("23 12:00"), "accept: breach taken back, since it was kept in time and that learnt of late"),
    ]
    assert late_word.clock.state(at("23 12:00")) is ClockState.MET


def test_a_handoff_that_ended_says_how_and_whether_the_lead_may_return() -> None:
    over = replace(STORY, state=HandoffState.REJECTED, closed_at=at("24 09:00"), reason="no_budget")
    back = replace(over, returns_at=at("30 09:00"))
    assert [lines_of(one, at("25 09:00"))[4] for one in (over, back)] == [
        "2026-11-24 09:00:00 EST  rejected: no_budget; never returns",
        "2026-11-24 09:00:00 EST  rejected: no_budget; may return from Mon 2026-11-30 09:00:00",
    ]
    expired = replace(over, state=HandoffState.EXPIRED, reason=None)
    assert lines_of(expired, at("25 09:00"))[4] == "2026-11-24 09:00:00 EST  expired"


def test_what_people_did_is_told_with_their_reason() -> None:
    acts = (
        Act(ActKind.HOLD, "sam", at("20 17:00"), "on a fair", until=at("20 17:10")),
        Act(ActKind.EXTEND, "sam", at("20 17:01"), "a holiday", more="2 business hours"),
        Act(ActKind.REASSIGN, "sam", at("20 17:02"), "knows them", to=BOB),
        Act(ActKind.REASSIGN, "sam", at("20 17:03"), "too much to do"),
        Act(ActKind.REAPPLY, "sam", at("20 17:04"), "new hours"),
    )
    told = [one.text for one in entries_of(replace(STORY, acts=acts), at("20 18:00"))]
    assert told[-5:] == [
        "held until Fri 2026-11-20 17:10:00 by sam: on a fair",
        "extended by 2 business hours by sam: a holiday",
        "given to bob@example.com by sam: knows them",
        "given to whoever is next by sam: too much to do",
        "timed anew by the newest agreement by sam: new hours",
    ]


def test_nothing_is_told_before_it_happened() -> None:
    story = replace(STORY, clocks=(timed(ACCEPT, "23 12:00"),))
    assert all(one.at <= at("20 17:00") for one in entries_of(story, at("20 17:00")))


def test_an_automatic_email_is_told_as_not_by_hand() -> None:
    mail = Engagement("9", EngagementKind.EMAIL, at("20 17:00"), EVE, Maker.AUTOMATIC, Direction.OUTBOUND, "a sequence")
    [told] = [
        one.text for one in entries_of(replace(STORY, engagements=(mail,)), at("20 18:00")) if "email" in one.text
    ]
    assert told == "email by eve@example.com, outbound, automatic, not counted as by hand (a sequence)"


@given(CASES)
def test_whatever_a_clock_went_through_its_sums_are_the_whole_time(case: Case) -> None:
    start, now = case.start, case.start + case.lengths[0]
    begun = Clock(ClockKind.ACCEPT, 1, EVE, "any", case.calendar.time_zone, "2 business hours", start, None)
    pauses = [Pause(*pause, "held") for pause in case.pauses]
    kept = Timed(time_clock(begun, case.calendar, now, pauses=pauses), case.calendar, LADDER)
    story = replace(STORY, time_zone=case.calendar.time_zone, clocks=(kept,), opened_at=start, tenures=())
    [total] = totals_of(story, now)
    assert total.whole == now - start
    assert total.counted == case.calendar.elapsed(start, now, [pause.up_to(now) for pause in kept.clock.pauses])
    instants = [one.at for one in entries_of(story, now)]
    assert instants == sorted(instants)
    assert delays_of(story) == ()
