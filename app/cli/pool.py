"""Pools: whose turn weighs what, and whether every turn was fair."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import Opened, with_database
from app.cli.root import CHECKS_FAILED
from app.cli.shown import AsJson, print_json, print_table, say

if TYPE_CHECKING:
    from app.engine.audit_pools import Audited
    from app.engine.pools import Place
    from app.handoff.ledger import Standing

app = typer.Typer(name="pool", help="Whose turn it is, and whether turns were fair.", no_args_is_help=True)

_PLACES = ("pool", "member", "active", "share", "at most", "open handoffs", "credit", "away until")
_STANDINGS = ("pool", "mode", "owner", "leads by turns", "fair share", "beside turns", "largest deviation", "at")

Emails = Mapping[str, str]


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List the members of every pool, with their shares, credits and open handoffs."""

    async def work(opened: Opened) -> list[Place]:
        from app.engine.pools import places

        return await places(opened.database, opened.portal_id, now=opened.clock.now())

    listed = with_database(work)
    if as_json:
        print_json([asdict(one) for one in listed])
    else:
        print_table(_PLACES, [tuple(asdict(one).values()) for one in listed], none="The agreement has no pool.")


@app.command()
def audit(
    pool: Annotated[str | None, typer.Argument(help="Only this pool's ledger; every pool's without it.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Compute every line of the pools' ledgers again; exit 3 when one does not follow.

    A deviation is in leads: above zero is owed, below zero is ahead.
    """

    async def work(opened: Opened) -> tuple[list[Audited], Emails]:
        from app.engine.audit_pools import audit
        from app.storage import portals

        async with opened.database.begin() as connection:
            owners = await portals.owners(connection, opened.portal_id)
        return await audit(opened.database, opened.portal_id, pool), {one.id: one.email for one in owners}

    audited, emails = with_database(work)
    if as_json:
        print_json([_json(one, emails) for one in audited])
    else:
        _print(audited, emails)
    if any(one.faults for one in audited):
        raise typer.Exit(CHECKS_FAILED)


def _print(audited: list[Audited], emails: Emails) -> None:
    rows = [_row(one, standing, emails) for one in audited for standing in one.standings]
    print_table(_STANDINGS, rows, none="No lead was routed yet.")
    differing = [(one.pool, _mode(one), fault.number, fault.why) for one in audited for fault in one.faults]
    if differing:
        print_table(("pool", "mode", "line", "fault"), differing, none="")
    for one in audited:
        erased = f", {one.erased} of them without their inputs, which were erased" if one.erased else ""
        faulty = len({fault.number for fault in one.faults})
        say(f"pool {one.pool}, {_mode(one)}: {_lines(one.lines)} computed again{erased}, {faulty} differ")


def _row(one: Audited, standing: Standing, emails: Emails) -> tuple[object, ...]:
    return (
        one.pool,
        _mode(one),
        emails.get(standing.owner_id, standing.owner_id),
        standing.leads,
        f"{float(standing.fair):.2f}",
        standing.beside,
        f"{float(standing.strayed):+.2f}",
        standing.strayed_at,
    )


def _json(one: Audited, emails: Emails) -> dict[str, object]:
    members = [
        {
            **asdict(standing),
            "email": emails.get(standing.owner_id),
            "fair": float(standing.fair),
            "strayed": float(standing.strayed),
        }
        for standing in one.standings
    ]
    return {
        "pool": one.pool,
        "shadow": one.shadow,
        "lines": one.lines,
        "erased": one.erased,
        "faults": [asdict(fault) for fault in one.faults],
        "members": members,
    }


def _mode(one: Audited) -> str:
    return "shadow" if one.shadow else "live"


def _lines(many: int) -> str:
    return "1 line" if many == 1 else f"{many} lines"
