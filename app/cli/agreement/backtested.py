"""How a backtest reads: who ends up where, who comes out otherwise and why, and the load it makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from app.cli.shown import print_json, print_lines, print_table, say

if TYPE_CHECKING:
    from app.handoff.backtest.result import BacktestResult, Load, OwnerLoad
    from app.storage.backtests import StoredBacktest
    from app.storage.changed_contacts import StoredChange

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_OWNERS = ("", "pool", "owner", "handoffs", "most open", "at most", "outside hours", "busiest hour")
_PROMISES = ("", "promise", "handoffs", "begun outside hours", "most due in an hour")


def print_found(backtest: StoredBacktest, changed: Sequence[StoredChange], *, as_json: bool) -> None:
    """The whole result of a backtest that is done."""
    result = backtest.result
    if result is None:
        return
    if as_json:
        print_json(_json(backtest, result, changed))
        return
    before, after = f"version {backtest.base}", "the new text"
    print_table(
        ("contacts", before, after),
        [(one.contacts, one.before, one.after) for one in result.matrix],
        none="No contact.",
    )
    print_lines(line for one in changed for line in _lines(one))
    sides = ((before, result.before), (after, result.after))
    print_table(_OWNERS, [row for side, load in sides for row in _owners(side, load)], none="Nobody gets a lead.")
    print_table(_PROMISES, [row for side, load in sides for row in _promises(side, load)], none="Nothing is promised.")
    print_lines(result.assumptions)
    for line in _said(result, len(changed)):
        say(line)


def _json(backtest: StoredBacktest, result: BacktestResult, changed: Sequence[StoredChange]) -> dict[str, object]:
    return {
        "id": backtest.id,
        "beside_version": backtest.base,
        **asdict(result),
        "changes": [asdict(one) for one in changed],
    }


def _lines(change: StoredChange) -> Iterator[str]:
    yield f"contact {change.contact_id}: {change.before} → {change.after}"
    if change.told:
        yield f"  before: {change.told.why_before}"
        yield f"  after:  {change.told.why_after}"


def _owners(side: str, load: Load) -> Iterator[tuple[object, ...]]:
    for one in load.owners:
        yield side, one.pool, one.owner, one.handoffs, one.peak_open, one.at_most, one.outside, _busiest(one)


def _busiest(load: OwnerLoad) -> str:
    """`Mon 09:00 (12)`: the hour of the week in which most came, and how many."""
    most = max(load.by_hour)
    day, hour = divmod(load.by_hour.index(most), 24)
    return f"{_DAYS[day]} {hour:02}:00 ({most})"


def _promises(side: str, load: Load) -> Iterator[tuple[object, ...]]:
    for one in load.promises:
        yield side, one.promise, one.handoffs, one.outside, one.peak_due


def _said(result: BacktestResult, shown: int) -> Iterator[str]:
    """What was counted, in sentences."""
    more = result.changed - shown
    yield f"{result.changed} of {result.contacts} contacts come out otherwise{f', {more} not shown' if more else ''}."
    if result.unknown.contacts:
        names = ", ".join(f"{name} ({many})" for name, many in result.unknown.by_property.items())
        yield f"Of {result.unknown.contacts} contacts some value at the time is not known: {names}."
