"""Events: what HubSpot told, and what became of it."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.opened import Opened, with_database
from app.cli.shown import AsJson, Limit, print_facts, print_json, print_table
from app.errors import BatonError

if TYPE_CHECKING:
    from app.storage.decisions import StoredDecision
    from app.storage.deliveries import Delivery
    from app.storage.event_pages import StoredEvent

    _Whole = tuple[StoredEvent, Delivery | None, StoredDecision | None]

app = typer.Typer(name="events", help="What HubSpot told, and what became of it.", no_args_is_help=True)

_PREFIX = 12
_COLUMNS = ("received", "state", "type", "object", "property", "reason", "key")


@app.command("list")
def list_(
    *,
    limit: Limit = 50,
    state: Annotated[
        Literal["pending", "applied", "ignored", "quarantined"] | None, typer.Option(help="Only events in this state.")
    ] = None,
    contact: Annotated[str | None, typer.Option(help="Only events about the contact with this id.")] = None,
    after: Annotated[
        str | None, typer.Option(help="Only events behind the one with this key, or its beginning.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List events of every state, newest first; a further page with `--after` the last one's key."""

    async def work(opened: Opened) -> list[StoredEvent]:
        from app.storage import event_pages

        async with opened.database.begin() as connection:
            behind = _only(await event_pages.listed(connection, limit=2, key=after), after) if after else None
            place = (behind.received_at, behind.key) if behind else None
            return await event_pages.listed(connection, limit=limit, state=state, contact_id=contact, after=place)

    listed = with_database(work)
    if as_json:
        print_json([{name: value for name, value in asdict(one).items() if name != "raw"} for one in listed])
    else:
        print_table(_COLUMNS, [_row(one) for one in listed], none="There are no such events.")


@app.command()
def show(
    key: Annotated[str, typer.Argument(help="The event's key, or its beginning.")], *, as_json: AsJson = False
) -> None:
    """Show one event with the request it came in and the decision that covers it."""

    async def work(opened: Opened) -> _Whole:
        return await _whole(opened, key)

    event, delivery, decision = with_database(work)
    facts = asdict(event)
    request = _part(delivery, ("id", "source", "verdict", "received_at", "headers"))
    outcome = _part(decision, ("id", "kind", "because", "version", "shadow", "at"))
    if as_json:
        print_json({**facts, "delivery": request, "decision": outcome})
        return
    print_facts(facts)
    for title, part in (("delivery", request), ("decision", outcome)):
        if part:
            print_facts({f"{title} {name}": value for name, value in part.items()})


async def _whole(opened: Opened, key: str) -> _Whole:
    from app.records.ids import PortalId
    from app.storage import decisions, deliveries, event_pages

    async with opened.database.begin() as connection:
        event = _only(await event_pages.listed(connection, limit=2, key=key), key)
        delivery = await deliveries.get(connection, event.delivery_id)
        if event.decision_id is None:
            return event, delivery, None
        return event, delivery, await decisions.get(connection, PortalId(event.portal_id), event.decision_id)


def _part(record: object | None, names: tuple[str, ...]) -> dict[str, object] | None:
    return None if record is None else {name: getattr(record, name) for name in names}


def _only(found: list[StoredEvent], key: str) -> StoredEvent:
    if not found:
        raise BatonError(f"no event has a key that starts with {key}; `baton events list` shows what there is")
    if len(found) > 1:
        raise BatonError(f"more than one event has a key that starts with {key}; write more of it")
    return found[0]


def _row(event: StoredEvent) -> tuple[object, ...]:
    record = f"{event.object_type or ''} {event.object_id or ''}".strip()
    return (
        event.received_at, event.state, event.type, record, event.property_name, event.reason, event.key[:_PREFIX],
    )  # fmt: skip
