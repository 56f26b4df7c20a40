"""Backing up and restoring the whole database."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import demand_database, load, on_any_database, person
from app.cli.shown import AsJson, print_facts, print_json, say

if TYPE_CHECKING:
    from app.engine.backup import Restored
    from app.storage.backup import Manifest
    from app.storage.database import Database

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup, as /var/backups/baton-monday.zip.")]


def register(app: typer.Typer) -> None:
    for command in (backup, restore):
        app.command()(command)


def backup(file: File, *, as_json: AsJson = False) -> None:
    """Copy the whole database into a new file, as it is at one moment, while all goes on."""
    settings = load().settings

    async def work(database: Database) -> Manifest:
        from app.clock import SystemClock
        from app.engine.backup import back_up

        return await back_up(database, file, now=SystemClock().now())

    demand_database(settings)
    made = on_any_database(settings, work)
    if as_json:
        print_json(_json(made))
    else:
        print_facts({"file": file, "made at": made.made_at, "rows": made.rows})
        say("It holds personal values of leads. BATON_SECRET_KEY is not in it: keep that apart.")


def restore(file: File, *, as_json: AsJson = False) -> None:
    """Fill an empty database from a backup. It begins paused, so that you can look before it works."""

    async def work(database: Database) -> Restored:
        from app.clock import SystemClock
        from app.engine.backup import restore as fill

        return await fill(database, file, by=person(), now=SystemClock().now())

    done = on_any_database(load().settings, work)
    counts = {"writes to look up": done.settled.writes, "notices kept back": done.settled.notices}
    if as_json:
        print_json(_json(done.manifest) | {name.replace(" ", "_"): many for name, many in counts.items()})
    else:
        print_facts({"made at": done.manifest.made_at, "rows": done.manifest.rows, **counts})
        say("The portal is paused. See that no other Baton works on it, then run `baton resume`.")


def _json(manifest: Manifest) -> dict[str, object]:
    return {
        "made_at": manifest.made_at,
        "baton": manifest.baton,
        "shape": manifest.shape,
        "rows": manifest.rows,
        "tables": {one.name: one.rows for one in manifest.tables},
    }
