"""The example on the page about clocks is what Baton makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.handoff.promise import ladder_of, named_calendar
from app.handoff.timeline import Story, Timed, lines_of
from app.handoff.timing import passed_on
from tests.core.handoff.timed import Kept, call, promised, target, tenure, timed

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "how-a-clock-runs.md"
BY = promised(
    first_touch=target(
        "1 business hour",
        ("75 %", "notify owner"),
        ("breach", "notify manager"),
        ("breach + 30 business min", "reassign"),
    )
)
WHY = "eve@example.com did not act: first touch within 1 business hour was not kept"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)


def lived() -> Kept:
    """Friday afternoon to Monday noon, look by look."""
    eve = tenure(1, "eve", at("20 16:29:57"), confirmed_at=at("20 16:30"), because="in turn")
    dan = tenure(2, "dan", at("23 10:00"), confirmed_at=at("23 10:00:03"), because=WHY)
    kept = Kept(BY, timed(eve, opened_at=eve.assigned_at))
    for moment in ("20 16:30", "23 09:15", "23 09:30", "23 10:00"):
        kept.look(at(moment))
    clocks = passed_on(kept.handed.clocks, dan.assigned_at, dan.because)
    kept.handed = replace(kept.handed, tenures=(eve, dan), clocks=clocks, owner_id=dan.owner_id)
    kept.look(at("23 10:00:03"))
    kept.made.append(call(at("23 09:20"), "eve", because="logged by hand"))
    kept.look(at("23 10:05"))
    kept.made.append(call(at("23 10:40"), "dan", because="logged by hand"))
    kept.look(at("23 10:41"))
    return kept


def test_the_example_on_the_page_is_the_timeline_that_comes_of_it() -> None:
    kept = lived()
    handed = kept.handed
    clocks = tuple(
        Timed(one, named_calendar(BY, one.calendar, one.time_zone), ladder_of(BY.promises["fast"], one.kind))
        for one in handed.clocks
    )
    story = Story(
        time_zone="America/New_York",
        route="demo",
        promise="fast",
        pool="enterprise",
        because="Asked for a demo",
        opened_at=handed.opened_at,
        state=handed.state,
        tenures=handed.tenures,
        clocks=clocks,
        engagements=tuple(kept.made),
        owners={one.owner_id: one.owner_email for one in handed.tenures},
    )
    [_, shown] = PAGE.read_text(encoding="utf-8").split("```txt\n")
    assert "\n".join(lines_of(story, at("23 12:00"))) == shown.split("\n```")[0]
