"""Decisions: what was decided about whom, and why."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import Opened, with_database
from app.cli.root import CHECKS_FAILED
from app.cli.shown import AsJson, Limit, print_json, print_table, say

if TYPE_CHECKING:
    from app.engine.recheck import Rechecked
    from app.storage.decisions import StoredDecision

app = typer.Typer(name="decisions", help="What was decided, and why.", no_args_is_help=True)

_COLUMNS = ("at", "contact", "kind", "because", "version", "shadow")


@app.callback()
def root() -> None:
    """What was decided, and why."""


@app.command("list")
def list_(
    *,
    limit: Limit = 50,
    contact: Annotated[str | None, typer.Option(help="Only decisions about the contact with this id.")] = None,
    as_json: AsJson = False,
) -> None:
    """List decisions, newest first; `baton agreement explain` gives one's reasons in full."""

    async def work(opened: Opened) -> list[StoredDecision]:
        from app.storage import decisions

        async with opened.database.begin() as connection:
            if contact:
                return await decisions.of_contact(connection, opened.portal_id, contact, limit=limit)
            return await decisions.newest(connection, opened.portal_id, limit=limit)

    listed = with_database(work)
    if as_json:
        print_json([_json(one) for one in listed])
    else:
        rows = [(one.at, one.contact_id, one.kind, one.because, one.version, one.shadow) for one in listed]
        print_table(_COLUMNS, rows, none="Nothing was decided.")


@app.command("recheck")
def recheck_(*, as_json: AsJson = False) -> None:
    """Compute every stored decision again from its inputs and its version; exit 3 when one comes out otherwise."""

    async def work(opened: Opened) -> Rechecked:
        from app.engine.recheck import recheck

        return await recheck(opened.database, opened.portal_id)

    found = with_database(work)
    if as_json:
        print_json(asdict(found))
    else:
        rows = [(one.id, one.contact_id, one.version, ", ".join(one.names)) for one in found.differing]
        print_table(("decision", "contact", "version", "differs in"), rows, none="None comes out otherwise.")
        erased = f", {found.erased} erased and not computed" if found.erased else ""
        say(f"{found.same} decisions are what they were{erased}, {len(found.differing)} differ")
    if found.differing:
        raise typer.Exit(CHECKS_FAILED)


def _json(one: StoredDecision) -> dict[str, object]:
    return {
        "id": one.id,
        "contact_id": one.contact_id,
        "at": one.at,
        "kind": one.kind,
        "because": one.because,
        "version": one.version,
        "shadow": one.shadow,
    }
