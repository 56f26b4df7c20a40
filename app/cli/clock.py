"""Clocks: which run, when a promise would be due and which time counts, and whether known cases come out right."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from app.cli.opened import Opened, load, with_database
from app.cli.root import FAILED
from app.cli.shown import AsJson, Limit, print_facts, print_json, print_lines, print_table, say
from app.errors import BatonError

if TYPE_CHECKING:
    from app.agreement.model import Agreement
    from app.records.span import Span
    from app.sla.calendar import Calendar
    from app.sla.cases import Judged
    from app.sla.reckoning import Reckoned
    from app.storage.clock_pages import ListedClock

app = typer.Typer(name="clock", help="When a promise is due, and why then.", no_args_is_help=True)

_COLUMNS = ("id", "result", "expected", "got")
_RUNNING = ("contact", "handoff", "clock", "owner", "pool", "promised", "state", "due")
_DAY = timedelta(days=1)


@app.command()
def due(
    *,
    at: Annotated[str, typer.Option(help='When the clock starts, as "2026-11-20 16:50" or 2026-11-20T21:50Z.')],
    span: Annotated[
        str,
        typer.Option(
            "--span", "--within", help='How long it runs, as an agreement says it: "1 business hour", "2 days".'
        ),
    ],
    calendar: Annotated[
        str | None, typer.Option(help="The calendar's id; may be left out where there is only one.")
    ] = None,
    agreement: Annotated[
        Path | None, typer.Option(help="The document; else BATON_AGREEMENT_FILE, else the packaged example.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help="Read and show times in this zone; the hours stay the calendar's own.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say when a clock runs out, and list the time that was counted."""
    chosen = _calendar(_agreement(agreement), calendar)
    shown_in = _zone(zone or chosen.time_zone)
    reckoned = _reckoned(chosen, _start(at, shown_in), _span(span), shown_in)
    if as_json:
        print_json(_as_json(reckoned, shown_in))
    else:
        print_facts(_facts(reckoned, shown_in))
        print_lines(_lines(reckoned, shown_in))


@app.command("list")
def list_(
    *,
    due_within: Annotated[str | None, typer.Option(help='Only those that are due in this time: "2 h".')] = None,
    breached: Annotated[bool, typer.Option("--breached", help="Only those whose breach stands.")] = False,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List the clocks that run, the one that is due first goes first."""
    within = None if due_within is None else _fixed(due_within)

    async def work(opened: Opened) -> tuple[list[ListedClock], datetime]:
        from app.engine.handoffs import running_clocks

        now = opened.clock.now()
        return await running_clocks(
            opened.database, opened.portal_id, now=now, limit=limit, due_within=within, breached=breached
        ), now

    found, now = with_database(work)
    if as_json:
        print_json([{**asdict(one), "state": one.clock.state(now)} for one in found])
    else:
        print_table(_RUNNING, [_running(one, now) for one in found], none="No such clock runs.")


@app.command()
def cases(
    file: Annotated[
        Path, typer.Argument(help="JSON: an object with `calendars` by name and `cases`, each with what is expected.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Reckon a file of cases with known results, each alone; exit 1 when one comes out otherwise."""
    from app.sla.cases import Verdict

    judged = _judged(file)
    if as_json:
        print_json([asdict(one) for one in judged])
    else:
        print_table(_COLUMNS, [_row(one) for one in judged], none="The file has no cases.")
        counts = ((verdict, sum(one.verdict is verdict for one in judged)) for verdict in Verdict)
        say(", ".join(f"{count} {verdict}" for verdict, count in counts if count or verdict is Verdict.OK))
    if any(one.verdict in {Verdict.DIFFERS, Verdict.REFUSED} for one in judged):
        raise typer.Exit(FAILED)


def _fixed(text: str) -> timedelta:
    with _told_of("--due-within"):
        return _span(text, "--due-within").fixed


def _running(one: ListedClock, now: datetime) -> tuple[object, ...]:
    clock, who = one.clock, one.owner or one.clock.owner_id
    state = clock.state(now).value
    return one.contact_id, one.place.handoff_id, clock.kind.words, who, one.pool, clock.target, state, clock.due_at


def _judged(file: Path) -> list[Judged]:
    import orjson

    from app.sla.cases import NoCases, judge

    try:
        return judge(orjson.loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf")))
    except OSError as error:
        told = f"{file} cannot be read: {error.strerror}; name a file that can"
        raise typer.BadParameter(told, param_hint="FILE") from None
    except orjson.JSONDecodeError as error:
        raise typer.BadParameter(f"{file} is no JSON: {error}; mend it there", param_hint="FILE") from None
    except NoCases as error:
        raise typer.BadParameter(f"{file} is no file of cases: {error}", param_hint="FILE") from None


def _row(one: Judged) -> tuple[object, ...]:
    from app.sla.cases import Verdict

    expected = "refused" if one.expected is None and one.verdict in {Verdict.OK, Verdict.DIFFERS} else one.expected
    return one.id, one.verdict, expected, one.got if one.got is not None else f"refused: {one.reason}"


def _agreement(file: Path | None) -> Agreement:
    """The agreement that was named, set or packaged. A fault in one that was named is wrong usage."""
    from app.agreement.faults import AgreementError
    from app.agreement.parse import parse_agreement
    from app.engine.start import packaged_agreement

    chosen = file or load().settings.agreement_file or packaged_agreement()
    try:
        return parse_agreement(chosen.read_bytes(), file=str(chosen))
    except OSError as error:
        told = f"the agreement {chosen} cannot be read: {error.strerror}; name a file that can"
        raise (BatonError(told) if file is None else typer.BadParameter(told, param_hint="--agreement")) from None
    except AgreementError as error:
        if file is None:
            raise
        told = f"{error.faults[0]}\n`baton agreement validate {file}` lists every fault"
        raise typer.BadParameter(told, param_hint="--agreement") from None


def _calendar(agreement: Agreement, name: str | None) -> Calendar:
    known = agreement.calendars
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name is None or name not in known:
        wrong = "it must be given" if name is None else f"the agreement has no calendar `{name}`"
        raise typer.BadParameter(f"{wrong}; use one of: {', '.join(known)}", param_hint="--calendar")
    return known[name]


def _zone(name: str) -> ZoneInfo:
    from app.sla import wall

    with _told_of("--zone"):
        return wall.zone(name)


def _span(text: str, option: str = "--span") -> Span:
    from app.records.span import Span

    with _told_of(option):
        return Span.parse(text)


def _start(text: str, zone: ZoneInfo) -> datetime:
    """The instant. A wall time that its zone skips or shows twice is taken as the first, and that is said."""
    from app.sla import wall

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        told = f"{text!r} is no instant; write it like 2026-11-20T16:50, or with an offset like 2026-11-20T21:50Z"
        raise typer.BadParameter(told, param_hint="--at") from None
    with _told_of("--at", f"{text!r} lies beyond the years 1 to 9999; write another"):
        start = wall.instant(at, zone.key) if at.tzinfo is None else wall.utc(at)
        shown = start.astimezone(zone).replace(tzinfo=None)
    if at.tzinfo is None and start != at.replace(tzinfo=zone, fold=1).astimezone(UTC):
        what = "twice" if shown == at else "not at all"
        say(f"In {zone.key} clocks show {at} {what}; took {_instant(start)}. Give --at an offset to mean another.")
    return start


def _reckoned(calendar: Calendar, start: datetime, span: Span, zone: ZoneInfo) -> Reckoned:
    from app.sla.reckoning import reckon

    with _told_of("--span"):
        reckoned = reckon(calendar, span, start)
    with _told_of("--zone", f"in {zone.key} it is due beyond the year 9999; write a shorter span"):
        reckoned.due.astimezone(zone)
    return reckoned


@contextmanager
def _told_of(option: str, instead: str = "") -> Iterator[None]:
    """What is wrong with a value is told with its option: in words of ours where they say more."""
    try:
        yield
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(instead or str(error), param_hint=option) from None


def _facts(reckoned: Reckoned, zone: ZoneInfo) -> dict[str, object]:
    calendar = reckoned.calendar
    return {
        "start": f"{_day(reckoned.start, zone)} {_time(reckoned.start, zone)} {zone.key}",
        "span": reckoned.span,
        "calendar": calendar.id if calendar.time_zone == zone.key else f"{calendar.id}, in {calendar.time_zone}",
        "due": f"{_day(reckoned.due, zone)} {_time(reckoned.due, zone)} {zone.key}",
        "due in UTC": _instant(reckoned.due),
        "counted": f"{_length(reckoned.total)}, {reckoned.rule}",
    }


def _lines(reckoned: Reckoned, zone: ZoneInfo) -> Iterator[str]:
    """Each stretch: `Fri 20 Nov 16:50 to 17:30: 40 min`, with year and offset where they change on the way."""
    moments = [at.astimezone(zone) for stretch in reckoned.counted for at in stretch]
    year = len({at.year for at in moments}) > 1
    offset = len({at.utcoffset() for at in moments}) > 1
    for start, end in reckoned.counted:
        first, last = _day(start, zone, year=year), _day(end, zone, year=year)
        until = _time(end, zone, offset=offset)
        if first != last:
            until = f"24:00{until[5:]}" if _ends_the_day(start, end, zone) else f"{last} {until}"
        yield f"{first} {_time(start, zone, offset=offset)} to {until}: {_length(end - start)}"


def _ends_the_day(start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    first, last = start.astimezone(zone), end.astimezone(zone)
    return f"{last:%H%M%S%f}" == "000000000000" and last.date() - first.date() == _DAY


def _day(at: datetime, zone: ZoneInfo, *, year: bool = True) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}" + (f" {local.year}" if year else "")


def _time(at: datetime, zone: ZoneInfo, *, offset: bool = False) -> str:
    """The time of day, to the minute where it is a whole one."""
    local = at.astimezone(zone)
    precision = "microseconds" if local.microsecond else "seconds" if local.second else "minutes"
    return local.time().isoformat(precision) + (f" {local:%Z}" if offset else "")


def _length(length: timedelta) -> str:
    minutes, rest = divmod(length, timedelta(minutes=1))
    parts = ((minutes // 60, "h"), (minutes % 60, "min"), (_seconds(rest), "s"))
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "0 min"


def _seconds(length: timedelta) -> float:
    seconds = length.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _as_json(reckoned: Reckoned, zone: ZoneInfo) -> dict[str, object]:
    return {
        "calendar": reckoned.calendar.id,
        "zone": zone.key,
        "span": str(reckoned.span),
        "start": reckoned.start,
        "due": reckoned.due,
        "due_local": reckoned.due.astimezone(zone),
        "counted_seconds": _seconds(reckoned.total),
        "counted": [{"from": start, "to": end, "seconds": _seconds(end - start)} for start, end in reckoned.counted],
    }
