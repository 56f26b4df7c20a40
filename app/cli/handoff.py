"""Handoffs: who has which lead, what happened to it, and what a person may do about it."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import Opened, person, with_database
from app.cli.shown import AsJson, Limit, print_facts, print_json, print_lines, print_table, say

if TYPE_CHECKING:
    from app.engine.acting import Asked
    from app.engine.handoffs import Detail
    from app.handoff.state import HandoffState
    from app.sla.clock import Clock
    from app.storage.handoff_pages import ListedHandoff

app = typer.Typer(name="handoff", help="Who has which lead, and what is done about it.", no_args_is_help=True)

_COLUMNS = ("id", "contact", "state", "route", "pool", "owner", "opened", "due", "overdue")
_TENURES = ("number", "owner", "assigned", "on the record", "because")
_CLOCKS = ("clock", "owner", "promised", "state", "started", "due", "stopped", "because")
_ACTS = ("at", "act", "by", "reason", "until", "to", "more")

Name = Annotated[str, typer.Argument(metavar="ID", help="The handoff's id, or its contact's for the newest one.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for whoever wonders later.")]


@app.command("list")
def list_(
    *,
    state: Annotated[str | None, typer.Option(help="Only those in this state, as open or accepted.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only those that the owner with this address has.")] = None,
    pool: Annotated[str | None, typer.Option(help="Only those of this pool.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those with a clock that is overdue.")] = False,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List handoffs, newest first."""
    from app.storage.handoff_pages import Wanted

    wanted = Wanted(_state(state), owner, pool, overdue=overdue)

    async def work(opened: Opened) -> list[ListedHandoff]:
        from app.engine.handoffs import listed

        return await listed(opened.database, opened.portal_id, wanted, now=opened.clock.now(), limit=limit)

    found = with_database(work)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        print_table(_COLUMNS, [_row(one) for one in found], none="There is no such handoff.")


@app.command()
def show(handoff: Name, *, as_json: AsJson = False) -> None:
    """Show a handoff: everybody who had it, each of its clocks, and what people did."""

    async def work(opened: Opened) -> tuple[Detail, datetime]:
        from app.engine.handoffs import detail, find

        now = opened.clock.now()
        found = await find(opened.database, opened.portal_id, handoff, now=now)
        return await detail(opened.database, opened.portal_id, found), now

    whole, now = with_database(work)
    if as_json:
        print_json(_json(whole, now))
    else:
        _print(whole, now)


@app.command()
def timeline(handoff: Name) -> None:
    """Print what happened when, and where every second of each clock went."""

    async def work(opened: Opened) -> list[str]:
        from app.engine.handoffs import find
        from app.engine.timeline import story_of
        from app.handoff.timeline import lines_of

        now = opened.clock.now()
        found = await find(opened.database, opened.portal_id, handoff, now=now)
        return lines_of(await story_of(opened.database, opened.portal_id, found), now)

    print_lines(with_database(work))


@app.command()
def hold(
    handoff: Name,
    reason: Reason,
    *,
    until: Annotated[
        str | None, typer.Option(help="When it ends, as 2026-12-01T10:00; else when it is released.")
    ] = None,
) -> None:
    """Let the clocks of a handoff stand still."""
    from app.engine.acting import Asked
    from app.handoff.state import ActKind

    _act(handoff, Asked(ActKind.HOLD, reason, until=None if until is None else _at(until)))
    say("Its clocks stand still" + (f" until {until}." if until else "; `baton handoff release` lets them run again."))


@app.command()
def release(handoff: Name, reason: Reason) -> None:
    """Let the clocks of a handoff run again."""
    from app.engine.acting import Asked
    from app.handoff.state import ActKind

    _act(handoff, Asked(ActKind.RELEASE, reason))
    say("Its clocks run again.")


@app.command()
def reassign(
    handoff: Name,
    reason: Reason,
    *,
    to: Annotated[str | None, typer.Option(help="The address of who gets it; else whoever is next.")] = None,
) -> None:
    """Give a handoff to somebody else."""
    from app.engine.acting import Asked
    from app.handoff.state import ActKind

    _act(handoff, Asked(ActKind.REASSIGN, reason, to=to))
    say(f"{to or 'Whoever is next'} gets it with the next look.")


@app.command()
def extend(
    handoff: Name,
    reason: Reason,
    *,
    by: Annotated[str, typer.Option(help='How much more time, as an agreement says it: "2 business hours".')],
) -> None:
    """Give the running clocks of a handoff more time."""
    from app.engine.acting import Asked
    from app.handoff.state import ActKind

    _act(handoff, Asked(ActKind.EXTEND, reason, more=by))
    say(f"Its running clocks get {by} more.")


@app.command()
def reapply(handoff: Name, reason: Reason) -> None:
    """Time a handoff anew by the agreement in force, in place of the version that it began with."""
    from app.engine.acting import Asked
    from app.handoff.state import ActKind

    _act(handoff, Asked(ActKind.REAPPLY, reason))
    say("Its open clocks are timed anew with the next look.")


def _act(handoff: str, asked: Asked) -> None:
    async def work(opened: Opened) -> None:
        from app.engine.acting import act
        from app.engine.handoffs import find

        now = opened.clock.now()
        found = await find(opened.database, opened.portal_id, handoff, now=now)
        await act(opened.database, opened.portal_id, found.id, asked, by=person(), now=now)

    with_database(work)


def _state(text: str | None) -> HandoffState | None:
    from app.handoff.state import HandoffState

    try:
        return None if text is None else HandoffState(text)
    except ValueError:
        known = ", ".join(one.value for one in HandoffState)
        raise typer.BadParameter(f"{text!r} is no state; use one of: {known}", param_hint="--state") from None


def _at(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        told = f"{text!r} is no time; write it like 2026-12-01T10:00, or with an offset like 2026-12-01T10:00Z"
        raise typer.BadParameter(told, param_hint="--until") from None


def _row(one: ListedHandoff) -> tuple[object, ...]:
    who = one.owner or one.owner_id
    return (one.id, one.contact_id, one.state, one.route, one.pool, who, one.opened_at, one.due_at, one.overdue)


def _print(whole: Detail, now: datetime) -> None:
    found, emails = whole.handoff, {str(one.owner_id): one.owner_email for one in whole.tenures}
    print_facts(
        {
            "handoff": found.id,
            "contact": found.contact_id,
            "state": f"{found.state.value}: {found.reason}" if found.reason else found.state.value,
            "ready": found.because,
            "route": f"{found.route}, pool {found.pool}, promise {found.promise}, version {found.version}",
            "owner": found.owner or found.owner_id,
            "opened": found.opened_at,
            "closed": found.closed_at,
            "may return": found.returns_at,
        }
    )
    had = [(one.number, one.owner_email, one.assigned_at, one.confirmed_at, one.because) for one in whole.tenures]
    print_table(_TENURES, had, none="Nobody has had it.")
    timed = [_clock_row(one, emails.get(one.owner_id, one.owner_id), now) for one in whole.clocks]
    print_table(_CLOCKS, timed, none="No clock has begun.")
    if whole.acts:
        done = [(one.at, one.kind, one.by, one.because, one.until, one.to, one.more) for one in whole.acts]
        print_table(_ACTS, done, none="")


def _clock_row(clock: Clock, owner: str, now: datetime) -> tuple[object, ...]:
    state = clock.state(now).value
    return (
        clock.kind.words,
        owner,
        clock.target,
        state,
        clock.started_at,
        clock.due_at,
        clock.stopped_at,
        clock.because,
    )


def _json(whole: Detail, now: datetime) -> dict[str, object]:
    return {
        **asdict(whole.handoff),
        "tenures": [asdict(one) for one in whole.tenures],
        "clocks": [{**asdict(one), "state": one.state(now)} for one in whole.clocks],
        "acts": [asdict(one) for one in whole.acts],
    }
