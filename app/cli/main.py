"""The root of the command line: `baton` and what it knows."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from app.cli import (
    agreement,
    backfill,
    backup,
    brief,
    clock,
    contacts,
    decisions,
    demo,
    doctor,
    events,
    handoff,
    issue,
    key,
    lanes,
    mode,
    notice,
    owner,
    pool,
    replay,
    service,
    setup,
    source,
    status,
)
from app.cli import settings as settings_
from app.cli.root import Commands

app = typer.Typer(
    name="baton",
    cls=Commands,
    help="Decides when a HubSpot lead is ready for sales and hands it to the right person.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:  # noqa: FBT001  Typer calls it so
    if asked:
        typer.echo(f"baton {version('baton')}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")] = False,  # noqa: FBT002
) -> None:
    """Decides when a HubSpot lead is ready for sales and hands it to the right person."""


for part in (demo, service, settings_, setup, doctor, mode, status, backfill, backup):
    part.register(app)
for noun in (agreement, events, issue, replay, decisions, lanes, contacts, handoff, brief, owner, pool, source):
    app.add_typer(noun.app)
for noun in (notice, key, clock):
    app.add_typer(noun.app)
