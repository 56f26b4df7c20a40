"""Lanes: which records wait for a look."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from app.cli.opened import Opened, with_database
from app.cli.shown import AsJson, Limit, print_json, print_table

if TYPE_CHECKING:
    from app.storage.lanes import Lane

app = typer.Typer(name="lanes", help="Which records wait for a look.", no_args_is_help=True)

_COLUMNS = ("object", "wakes", "leased", "attempts", "parked", "code", "reason")


@app.callback()
def root() -> None:
    """Which records wait for a look."""


@app.command("list")
def list_(*, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List lanes: the parked ones, which need a person, then the earliest to wake."""

    async def work(opened: Opened) -> list[Lane]:
        from app.storage import lanes

        async with opened.database.begin() as connection:
            return await lanes.listed(connection, opened.portal_id, limit=limit)

    listed = with_database(work)
    if as_json:
        print_json([asdict(one) for one in listed])
    else:
        print_table(_COLUMNS, [_row(one) for one in listed], none="No record waits for a look.")


def _row(lane: Lane) -> tuple[object, ...]:
    record = f"{lane.object_type} {lane.object_id}"
    return (record, lane.wake_at, lane.leased, lane.attempts, lane.parked, lane.code, lane.reason)
