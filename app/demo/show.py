"""How the story reads: on a terminal with colour and progress, without one as plain lines, 100 columns at most."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from app.demo.sights import Sight
from app.engine.mode import LivePlan, PlannedContact

if TYPE_CHECKING:
    from app.demo.acts import Burst, Totals
    from app.demo.checks import Check

_WIDEST = 100
_NOTE_LINES = 4


class Screen:
    """Where the story is told: standard output. Nothing from a record is read as markup."""

    def __init__(self) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(errors="replace", line_buffering=True)
        there = Console()
        width = min(there.width, _WIDEST) if there.is_terminal else _WIDEST
        self._console = Console(width=width, markup=False, highlight=False, emoji=False)
        self._ticks = ("ok", "NO") if self._console.options.ascii_only else ("✓", "✗")

    def act(self, title: str) -> None:
        self._console.print()
        self._console.print(Rule(Text(title, "bold"), align="left", style="dim"))

    def say(self, text: str, style: str = "") -> None:
        self._console.print(text, style=style)

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Say what is being waited for."""
        if not self._console.is_terminal:
            self.say(f"... {text}", "dim")
            yield
            return
        with self._console.status(Text(text, "dim")):
            yield

    @contextmanager
    def counting(self, text: str, most: int) -> Iterator[Callable[[int], None]]:
        """Show how many of `most` are done, as the given function is told."""
        if not self._console.is_terminal:
            self.say(f"... {text}", "dim")
            yield lambda _done: None
            return
        columns = (SpinnerColumn(), TextColumn(text, markup=False), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=self._console, transient=True) as progress:
            bar = progress.add_task(text, total=most)
            yield lambda done: progress.update(bar, completed=done)

    def lead(self, sight: Sight, *after: str, title: str = "", whole_note: bool = False) -> None:
        """What was decided about a lead, why, and what the rep sees of it."""
        rows = _grid()
        rows.add_row("Came", Text(_arrival(sight)))
        rows.add_row("Decided", Text(_decided(sight), "bold"))
        rows.add_row("Why", Text("\n".join(sight.reasons)))
        for text in after:
            rows.add_row("Then", Text(text, "bold"))
        rows.add_row("In HubSpot", Text(_record(sight)))
        for task in sight.record.tasks:
            rows.add_row("Task", Text(f"{task.subject}\nfor {task.owner}, due {task.due}"))
        for note in sight.record.notes:
            rows.add_row("Note", Text("\n".join(note if whole_note else _beginning(note)), "italic"))
        name = Text(f" {title or f'{sight.lead.name}: {sight.lead.who}'} ", "bold")
        self._console.print(Panel(rows, title=name, title_align="left", border_style="cyan", box=box.ROUNDED))

    def live_plan(self, made: Sequence[str], plan: LivePlan) -> None:
        """What setup made, and what going live is about to change."""
        self.say(f"Setup created {len(made)} properties: {', '.join(made)}.")
        self.say("Going live will change:")
        table = _table("Contact", "Stage", "Owner", "Note", "Task", "Properties")
        for one in plan.contacts:
            table.add_row(*_planned(one))
        self._console.print(table)

    def burst(self, burst: Burst) -> None:
        table = _table("Owner", "Share", "Leads", "Fair share", "Deviation")
        for one in burst.portions:
            table.add_row(one.owner, str(one.share), str(one.leads), f"{one.fair:g}", f"{one.leads - one.fair:+g}")
        self._console.print(table)
        worst = max(abs(one.leads - one.fair) for one in burst.portions)
        calls = sum(burst.calls.values())
        self.say(
            f"Largest deviation: {worst:g} leads at the end, {burst.strayed:g} of a lead at any moment.\n"
            f"{burst.handed_off} handed over in {burst.seconds:.1f} s, with {calls} HubSpot calls: "
            f"{burst.calls_per_hundred:g} for every 100 contacts."
        )
        self.say(", ".join(f"{name} {many}" for name, many in sorted(burst.calls.items())), "dim")

    def totals(self, totals: Totals, seconds: float) -> None:
        rows = _grid()
        rows.add_row("HubSpot calls", f"{totals.calls}, refused for too many (429): {totals.throttled}")
        rows.add_row("Webhooks", f"{sum(totals.posts.values())} requests, all signed; lost: {totals.lost}")
        rows.add_row("Events", _events(totals))
        rows.add_row("Time taken", f"{seconds:.1f} s")
        self._console.print(rows)

    def checks(self, checks: Sequence[Check]) -> None:
        table = Table(box=None, show_header=False, padding=(0, 1))
        table.add_column(width=2)
        table.add_column(width=50)
        table.add_column(style="dim")
        for one in checks:
            tick = Text(self._ticks[0], "green") if one.holds else Text(self._ticks[1], "bold red")
            table.add_row(tick, Text(one.what), Text(one.seen))
        self._console.print(table)

    def addresses(self, rows: Sequence[tuple[str, str]]) -> None:
        grid = _grid()
        for name, address in rows:
            grid.add_row(name, Text(address, overflow="fold"))
        self._console.print(grid)


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(ratio=1)
    return grid


def _table(*titles: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="cyan", pad_edge=False)
    for title in titles:
        table.add_column(title)
    return table


def _arrival(sight: Sight) -> str:
    lead = sight.lead
    firm = f" at {lead.company['name']}" if lead.company else ""
    return f"{lead.title}{firm}, {lead.email}; submitted the form {lead.form}"


def _decided(sight: Sight) -> str:
    """Kind and sentence, unless the sentence says the kind."""
    said = sight.because.casefold().startswith(sight.kind)
    return sight.because if said else f"{sight.kind.capitalize()}. {sight.because}"


def _beginning(note: Sequence[str]) -> list[str]:
    more = len(note) - _NOTE_LINES
    return [*note[:_NOTE_LINES], *([f"... and {more} lines more"] if more > 0 else [])]


def _record(sight: Sight) -> str:
    record = sight.record
    status = f", handoff {record.status}" if record.status else ""
    quiet = " (nothing was written)" if record.untouched else ""
    return f"stage {record.stage}, owner {record.owner}{status}{quiet}"


def _planned(one: PlannedContact) -> tuple[str, ...]:
    stage = f"{one.stage_now or 'none'} to {one.stage}" if one.stage else ""
    words = ("yes" if one.note else "", "yes" if one.task else "")
    return one.name, stage, one.owner or "", *words, f"{len(one.properties)} in all"


def _events(totals: Totals) -> str:
    states = ", ".join(f"{totals.events.get(state, 0)} {state}" for state in ("applied", "ignored"))
    later = totals.events.get("pending", 0)
    return f"{sum(totals.events.values())} received, {states} (echoes, mostly), {later} about companies kept for later"
