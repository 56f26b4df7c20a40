"""A handoff that is timed by another version from now on: its steps keep whether they were done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.agreement.model import Promise
from app.handoff.promise import ladder_of
from app.sla.clock import Clock
from app.sla.ladder import Rung


def renumbered(clocks: Iterable[Clock], before: Promise | None, after: Promise | None) -> tuple[Clock, ...]:
    """The clocks by the steps of another version: a step that was done is the one that says the same there."""
    return tuple(
        clock
        if clock.stop is not None or before is None or after is None
        else replace(clock, rungs=_same_steps(clock, ladder_of(before, clock.kind), ladder_of(after, clock.kind)))
        for clock in clocks
    )


def _same_steps(clock: Clock, before: Iterable[Rung], after: Iterable[Rung]) -> tuple[int, ...]:
    done = {(rung.at, rung.do) for rung in before if rung.number in clock.rungs}
    return tuple(rung.number for rung in after if (rung.at, rung.do) in done)
