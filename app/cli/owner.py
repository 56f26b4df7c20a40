"""Owners: who is there, who is away, and how many open handoffs each has."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import Opened, person, with_database
from app.cli.shown import AsJson, print_json, print_table, say

if TYPE_CHECKING:
    from app.engine.absence import Seen
    from app.storage.absences import Absence

app = typer.Typer(name="owner", help="Who can get leads, and who is away.", no_args_is_help=True)

_COLUMNS = ("owner", "name", "active", "away until", "planned", "open handoffs")

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The owner's address in HubSpot.")]


@app.command()
def away(
    email: Email,
    *,
    until: Annotated[str, typer.Option(help="The day of being back, as 2026-12-01, or an instant.")],
    from_: Annotated[
        str | None, typer.Option("--from", help="The first day away, or an instant; now without it.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for whoever wonders later.")] = None,
) -> None:
    """Give somebody no new leads for a while. Handoffs that they have already stay with them.

    Days begin at midnight in the time zone of the agreement.
    """

    async def work(opened: Opened) -> Absence:
        from app.engine.absence import Wanted, leave

        wanted = Wanted(email, _at(from_, "--from") if from_ else None, _at(until, "--until"), reason)
        return await leave(opened.database, opened.portal_id, wanted, by=person(), now=opened.clock.now())

    kept = with_database(work)
    say(f"{email} is away from {_shown(kept.from_at)} until {_shown(kept.until_at)}.")


@app.command()
def back(email: Email) -> None:
    """End an absence now; where none runs, call off those that are planned."""

    async def work(opened: Opened) -> list[Absence]:
        from app.engine.absence import come_back

        return await come_back(opened.database, opened.portal_id, email, by=person(), now=opened.clock.now())

    for one in with_database(work):
        say(f"{email} is not away any more from {_shown(one.from_at)} until {_shown(one.until_at)}.")


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List every owner: active in HubSpot, away until when, and the open handoffs in each pool."""

    async def work(opened: Opened) -> tuple[Sequence[Seen], datetime]:
        from app.engine.absence import seen

        now = opened.clock.now()
        return await seen(opened.database, opened.portal_id, now=now), now

    listed, now = with_database(work)
    if as_json:
        print_json([_json(one, now) for one in listed])
    else:
        print_table(_COLUMNS, [_row(one, now) for one in listed], none="No owner was read from HubSpot yet.")


def _at(text: str, option: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        told = f"{text!r} is no day; write it like 2026-12-01, or an instant like 2026-12-01T10:00Z"
        raise typer.BadParameter(told, param_hint=option) from None


def _json(one: Seen, now: datetime) -> dict[str, object]:
    return {
        "id": one.owner.id,
        "email": one.owner.email,
        "name": one.owner.name,
        "active": one.owner.active,
        "away_until": one.away_until(now),
        "absences": [
            {"from_at": each.from_at, "until_at": each.until_at, "reason": each.reason, "made_by": each.made_by}
            for each in one.absences
        ],
        "open_handoffs": one.open_handoffs,
    }


def _row(one: Seen, now: datetime) -> tuple[object, ...]:
    planned = [f"{_shown(each.from_at)} to {_shown(each.until_at)}" for each in one.absences if each.from_at > now]
    held = [f"{pool} {many}" for pool, many in one.open_handoffs.items()]
    return (one.owner.email, one.owner.name, one.owner.active, one.away_until(now), ", ".join(planned), ", ".join(held))


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
