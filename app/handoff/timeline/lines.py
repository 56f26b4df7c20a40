"""A timeline as lines of text: entries on the wall of one time zone, then what it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.handoff.timeline.entries import entries_of
from app.handoff.timeline.story import Story
from app.handoff.timeline.totals import Delay, Total, delays_of, totals_of
from app.handoff.timeline.wording import length, moment, stamp


def lines_of(story: Story, now: datetime) -> list[str]:
    """One line an entry, then two for each clock, then what Baton took and what people took."""
    told = [f"{stamp(one.at, story.time_zone)}  {one.text}" for one in entries_of(story, now)]
    clocks = [line for one in totals_of(story, now) for line in _total_lines(story, one)]
    delays = [_delay_line(one) for one in delays_of(story)]
    return [line for part in (told, clocks, delays) if part for line in ("", *part)][1:]


def _total_lines(story: Story, total: Total) -> Iterator[str]:
    due = f", due {moment(total.due_at, story.time_zone)}" if total.due_at else ""
    yield f"{total.kind.words}, {total.owner}: {total.state.value}; {total.target} promised{due}"
    spent = (f"{length(total.counted)} counted", f"{length(total.closed)} closed", f"{length(total.paused)} paused")
    yield f"    {' + '.join(spent)} = {length(total.whole)}"


def _delay_line(delay: Delay) -> str:
    return f"{'people' if delay.by_people else 'Baton and HubSpot'}: {length(delay.length)} {delay.what}"
