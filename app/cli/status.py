"""How the portal stands, in one look."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from app.cli.opened import Opened, with_database
from app.cli.shown import AsJson, print_facts, print_json

if TYPE_CHECKING:
    from app.storage.sweeps import Sweep


def register(app: typer.Typer) -> None:
    app.command()(status)


def status(*, as_json: AsJson = False) -> None:
    """Say in which mode the portal is, why lanes wait, and how much work is left."""
    stands = with_database(_stands)
    if as_json:
        print_json(stands)
    else:
        print_facts(_flat(stands))


async def _stands(opened: Opened) -> dict[str, object]:
    from dataclasses import asdict

    from app.storage import agreements, deliveries, events, lanes, portals, sweeps
    from app.storage.sweeps import SweepKind

    async with opened.database.begin() as connection:
        portal = await portals.get(connection, opened.portal_id)
        version = await agreements.newest(connection, opened.portal_id)
        backlog = await lanes.backlog(connection, opened.portal_id, now=opened.clock.now())
        return {
            "portal_id": opened.settings.portal_id,
            "mode": portal.mode.value if portal else None,
            "paused": portal.paused_reason if portal else None,
            "lanes_wait": portal.blocked_reason if portal else "Baton was not started for this portal yet",
            "checked_at": portal.checked_at if portal else None,
            "agreement_version": version.number if version else None,
            "agreement_faults": list(version.faults) if version else [],
            "deliveries_waiting": await deliveries.waiting(connection),
            "backlog": asdict(backlog),
            "events": {**dict.fromkeys(_STATES, 0), **await events.counts(connection)},
            **{kind.value: _walk(await sweeps.newest(connection, opened.portal_id, kind)) for kind in SweepKind},
        }


def _walk(sweep: Sweep | None) -> dict[str, object] | None:
    """How far the walk is that began last, and what it found; None before the first."""
    if sweep is None:
        return None
    return {
        "id": sweep.id,
        "since": sweep.from_at,
        "until": sweep.until_at,
        "walked_to": sweep.place.at,
        "finished_at": sweep.finished_at,
        "cancelled_by": sweep.cancelled_by,
        "seen": sweep.seen,
        "marked": sweep.marked,
        "missed": sweep.missed,
        "stands_still": sweep.words,
    }


_STATES = ("pending", "applied", "ignored", "quarantined")


def _flat(stands: dict[str, object]) -> dict[str, object]:
    """The same with one value a line."""
    flat: dict[str, object] = {}
    for name, value in stands.items():
        if isinstance(value, dict):
            flat |= {f"{name} {part}".replace("_", " "): many for part, many in value.items()}
        elif isinstance(value, list):
            flat[name.replace("_", " ")] = "; ".join(map(str, value))
        else:
            flat[name.replace("_", " ")] = value
    return flat
