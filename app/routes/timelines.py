"""What a timeline answers: what happened when, where every second of each clock went, and who took how long."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from app.handoff.timeline import Delay, Entry, Story, Total, delays_of, entries_of, totals_of
from app.handoff.timeline.wording import stamp
from app.routes.answers import Shown
from app.sla.clock import ClockKind, ClockState


class EntryShown(Shown):
    """Something that happened. `local` is the same instant on the wall of the timeline's time zone."""

    at: datetime
    local: str
    text: str

    @classmethod
    def of(cls, entry: Entry, zone: str) -> Self:
        return cls(at=entry.at, local=stamp(entry.at, zone), text=entry.text)


class TotalShown(Shown):
    """A clock in all. Seconds counted, closed and paused add up to the whole, from its start to its stop or to now."""

    kind: ClockKind
    owner: str
    target: str
    state: ClockState
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    counted_seconds: int
    closed_seconds: int
    paused_seconds: int
    whole_seconds: int

    @classmethod
    def of(cls, total: Total) -> Self:
        return cls(
            kind=total.kind,
            owner=total.owner,
            target=total.target,
            state=total.state,
            started_at=total.started_at,
            due_at=total.due_at,
            stopped_at=total.stopped_at,
            counted_seconds=int(total.counted.total_seconds()),
            closed_seconds=int(total.closed.total_seconds()),
            paused_seconds=int(total.paused.total_seconds()),
            whole_seconds=int(total.whole.total_seconds()),
        )


class DelayShown(Shown):
    """How long something took by the wall: by people, or by Baton and HubSpot."""

    what: str
    seconds: float
    by_people: bool

    @classmethod
    def of(cls, delay: Delay) -> Self:
        return cls(what=delay.what, seconds=delay.length.total_seconds(), by_people=delay.by_people)


class TimelineShown(Shown):
    """A handoff told from first to last. `next` is the `after` of the next entries, null at the end."""

    time_zone: str
    entries: list[EntryShown]
    next: int | None
    clocks: list[TotalShown]
    delays: list[DelayShown]

    @classmethod
    def of(cls, story: Story, now: datetime, *, after: int, limit: int) -> Self:
        """The entries behind the first `after`, at most `limit` of them."""
        entries = entries_of(story, now)
        more = len(entries) > after + limit
        return cls(
            time_zone=story.time_zone,
            entries=[EntryShown.of(one, story.time_zone) for one in entries[after : after + limit]],
            next=after + limit if more else None,
            clocks=[TotalShown.of(one) for one in totals_of(story, now)],
            delays=[DelayShown.of(one) for one in delays_of(story)],
        )
