"""Contacts: what Baton knows of one and did with it."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import Opened, with_database
from app.cli.shown import AsJson, print_facts, print_json, print_lines, print_table, say
from app.errors import BatonError

if TYPE_CHECKING:
    from app.handoff.state import Handoff, Override
    from app.storage.contacts import KnownContact
    from app.storage.database import Connection
    from app.storage.writes import StoredWrite

app = typer.Typer(name="contacts", help="What Baton knows of a contact.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """What Baton knows of a contact."""


@dataclass(frozen=True, slots=True)
class _Seen:
    known: KnownContact
    owner: str | None
    handoff: Handoff | None
    due_at: datetime | None
    writes: list[StoredWrite]


@app.command()
def show(
    contact_id: Annotated[str, typer.Argument(metavar="ID", help="The contact's id in HubSpot.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show a contact as last read, its open handoff, what others hold, and every change made or refused."""

    async def work(opened: Opened) -> _Seen:
        async with opened.database.begin() as connection:
            return await _seen(connection, opened, contact_id)

    seen = with_database(work)
    if as_json:
        print_json(_json(seen))
    else:
        _print(seen)


@app.command()
def timeline(
    contact_id: Annotated[str, typer.Argument(metavar="ID", help="The contact's id in HubSpot.")],
    *,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many handoffs at most.")] = 20,
) -> None:
    """Print every handoff of a contact from first to last, the oldest first."""

    async def work(opened: Opened) -> list[str]:
        from app.engine.handoffs import listed
        from app.engine.timeline import story_of
        from app.handoff.timeline import lines_of
        from app.storage.handoff_pages import Wanted

        now, wanted = opened.clock.now(), Wanted(contact_id=contact_id)
        found = await listed(opened.database, opened.portal_id, wanted, now=now, limit=limit)
        told = [lines_of(await story_of(opened.database, opened.portal_id, one), now) for one in reversed(found)]
        heads = (f"handoff {one.id}" for one in reversed(found))
        return [line for head, lines in zip(heads, told, strict=True) for line in ("", head, "", *lines)][1:]

    lines = with_database(work)
    if not lines:
        say(f"Contact {contact_id} was not handed over.")
    print_lines(lines)


async def _seen(connection: Connection, opened: Opened, contact_id: str) -> _Seen:
    from uuid import UUID

    from app.records.ids import ContactId
    from app.storage import briefs, contacts, handoffs, portals, writes

    known = await contacts.known(connection, opened.portal_id, contact_id)
    if known is None:
        raise BatonError(
            f"Baton has not read a contact {contact_id}; `baton events list --contact {contact_id}` may tell why"
        )
    portal = await portals.get(connection, opened.portal_id)
    shadow = portal is None or portal.is_shadow
    running = await handoffs.running(connection, opened.portal_id, [ContactId(contact_id)], shadow=shadow)
    handoff = running.get(ContactId(contact_id))
    told = await briefs.to_tell(connection, opened.portal_id, [UUID(handoff.id)]) if handoff else {}
    owners = {str(owner.id): owner.email for owner in await portals.owners(connection, opened.portal_id)}
    due_at = told[UUID(handoff.id)].due_at if handoff else None
    made = await writes.of_contact(connection, opened.portal_id, contact_id)
    return _Seen(known, owners.get(known.owner_id) if known.owner_id else None, handoff, due_at, made)


def _json(seen: _Seen) -> dict[str, object]:
    handoff = {**asdict(seen.handoff), "due_at": seen.due_at} if seen.handoff else None
    return {
        **asdict(seen.known),
        "owner": seen.owner,
        "handoff": handoff,
        "writes": [asdict(one) for one in seen.writes],
    }


def _print(seen: _Seen) -> None:
    known, handoff = seen.known, seen.handoff
    scores = ", ".join(f"{name} {points:g}" for name, points in known.scores.items())
    print_facts(
        {
            "contact": f"{known.id} {known.name}".strip(),
            "stage": known.stage,
            "owner": seen.owner or known.owner_id,
            "scores": scores,
            "merged into": known.merged_into,
            "gone": known.gone,
            "handoff": f"{handoff.state.value}, route {handoff.route}, pool {handoff.pool}" if handoff else "none open",
            "opened": handoff.opened_at if handoff else None,
            "due": seen.due_at,
        }
    )
    _print_overrides(known.overrides)
    columns = ("step", "kind", "state", "sent", "content")
    print_table(columns, [_row(one) for one in seen.writes], none="No change was made.")


def _print_overrides(overrides: Mapping[str, Override]) -> None:
    if overrides:
        rows = [(one.field, one.was, one.value, one.by, one.seen_at) for one in overrides.values()]
        print_table(("held by others", "was", "is", "by", "seen"), rows, none="")


def _row(write: StoredWrite) -> tuple[object, ...]:
    return (write.step.value, write.kind.value, write.state.value, write.sent_at, _content(write))


def _content(write: StoredWrite) -> str:
    """What is to be written; where it was refused, HubSpot's words and what to do."""
    content = ", ".join(f"{name}={value}" for name, value in write.properties.items())
    refused = ". ".join(part for part in (write.words, write.hint) if part)
    return " | ".join(part for part in (content, refused) if part)
