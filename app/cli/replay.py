"""Replay: look again at what a filter means; planned, begun under a name, watched, cancelled, resumed."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

import asyncio
import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

from app.cli.acting import Acting, Key, acting
from app.cli.opened import Opened, with_database
from app.cli.root import CHECKS_FAILED
from app.cli.shown import AsJson, Limit, print_facts, print_json, print_table, say

if TYPE_CHECKING:
    from app.engine.rehearsal import Rehearsed, Said
    from app.engine.replay import Plan
    from app.storage.replays import Item, StoredReplay

app = typer.Typer(name="replay", help="Look again at records, as many as need it.", no_args_is_help=True)

_COLUMNS = ("replay", "begun", "by", "name", "state", "settled", "of", "filter")
_REASONS = ("code", "records", "oldest", "newest")
_EFFECTS = ("what", "again", "standing", "unknown")
_SAMPLE = ("contact", "decided last", "would be", "and sends")
_ITEMS = ("record", "chosen for", "state", "outcome", "why")
_LOOK_AGAIN_SECONDS = 0.5

Words = Annotated[
    list[str], typer.Argument(metavar="FILTER", help="What is meant, as `state:parked error:invalid since:24h`.")
]
Id = Annotated[UUID, typer.Argument(metavar="ID", help="The replay's id, as `baton replay list` shows it.")]


@app.command()
def plan(
    filter_: Words,
    *,
    version: Annotated[int | None, typer.Option(min=1, help="Decide the sample by this version.")] = None,
    sample: Annotated[int, typer.Option(min=0, max=1000, help="How many contacts are rehearsed.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Say what a replay would look at and what would come of it. Nothing is changed or sent."""

    async def work(opened: Opened) -> Plan:
        from app.engine import replay

        line, now = _line(filter_), opened.clock.now()
        return await replay.plan(opened, line, version=version, sample=sample, now=now)

    found = with_database(work)
    if as_json:
        print_json({**asdict(found), "count": found.count, "oldest": found.oldest, "newest": found.newest})
    else:
        _print_plan(found)


@app.command()
def start(
    filter_: Words,
    *,
    name: Annotated[str, typer.Option(help="What it is for, for whoever wonders later.")],
    at_most: Annotated[int | None, typer.Option(min=1, help="Begin only if no more records are meant.")] = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Begin a replay. Workers look at its records behind what is live."""

    async def work(who: Acting) -> StoredReplay:
        from app.engine import replay

        _demand(who)
        asked = replay.Asked(_line(filter_), name, who.actor.name, at_most=at_most)
        opened = who.opened
        return await replay.start(opened.database, opened.portal_id, asked, now=opened.clock.now())

    _print(acting(work, key), as_json=as_json)


@app.command()
def watch(replay_id: Id, *, as_json: AsJson = False) -> None:
    """Wait until a replay is done or cancelled. Exit code 3 when a record of it failed."""

    async def work(opened: Opened) -> StoredReplay:
        return await _watched(opened, replay_id)

    found = with_database(work)
    _print(found, as_json=as_json)
    if found.failed:
        say(f"Some failed: baton replay items {replay_id} --state failed")
        raise typer.Exit(CHECKS_FAILED)


@app.command("list")
def list_(*, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List replays, newest first."""

    async def work(opened: Opened) -> list[StoredReplay]:
        from app.engine import replay

        return await replay.listed(opened.database, opened.portal_id, limit=limit)

    found = with_database(work)
    if as_json:
        print_json([_facts(one) for one in found])
    else:
        print_table(_COLUMNS, [_row(one) for one in found], none="There is no replay.")


@app.command()
def items(
    replay_id: Id,
    *,
    state: Annotated[
        Literal["queued", "looking", "done", "failed", "overtaken"] | None, typer.Option(help="Only those in it.")
    ] = None,
    after: Annotated[str, typer.Option(help="Only records behind this one: contact/123.")] = "",
    limit: Limit = 100,
    as_json: AsJson = False,
) -> None:
    """List a replay's records by type and id, each with what came of it."""

    async def work(opened: Opened) -> list[Item]:
        from app.engine import replay
        from app.storage.replays import ItemState

        kind, _, own_id = after.partition("/")
        wanted = ItemState(state) if state else None
        return await replay.results(
            opened.database, opened.portal_id, replay_id, limit=limit, after=(kind, own_id), state=wanted
        )

    found = with_database(work)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        print_table(_ITEMS, [_item_row(one) for one in found], none="There is no such record.")


@app.command()
def cancel(replay_id: Id, *, key: Key = None) -> None:
    """Ask for no further look; `baton replay resume` goes on."""

    async def work(who: Acting) -> StoredReplay:
        from app.engine import replay

        _demand(who)
        opened, now = who.opened, who.opened.clock.now()
        return await replay.cancel(opened.database, opened.portal_id, replay_id, by=who.actor.name, now=now)

    found = acting(work, key)
    say(f"The replay is {found.state}; {found.settled} of {found.total} records are settled.")


@app.command()
def resume(replay_id: Id, *, key: Key = None) -> None:
    """Go on with a replay that was cancelled."""

    async def work(who: Acting) -> StoredReplay:
        from app.engine import replay

        _demand(who)
        opened, now = who.opened, who.opened.clock.now()
        return await replay.resume(opened.database, opened.portal_id, replay_id, by=who.actor.name, now=now)

    found = acting(work, key)
    say(f"The replay goes on; {found.settled} of {found.total} records are settled.")


def _line(words: list[str]) -> str:
    """The filter as one line; one argument may be the whole line, as an issue or a page shows it."""
    from app.records.filter import is_line

    return words[0] if len(words) == 1 and is_line(words[0]) else shlex.join(words)


def _demand(who: Acting) -> None:
    from app.engine.drafting import demand
    from app.records.people import Right

    demand(who.actor, Right.OPERATE)


async def _watched(opened: Opened, replay_id: UUID) -> StoredReplay:
    """Say on standard error how far it is, whenever that changed, until it is over."""
    from app.engine import replay
    from app.storage.replays import ReplayState

    settled = -1
    while True:
        seen = await replay.replay_of(opened.database, opened.portal_id, replay_id)
        if seen.state is not ReplayState.RUNNING:
            return seen
        if seen.settled != settled:
            settled = seen.settled
            say(f"{settled} of {seen.total} records are settled")
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


def _print_plan(found: Plan) -> None:
    print_facts({"filter": found.filter, "records": found.count, "oldest": found.oldest, "newest": found.newest})
    print_table(_REASONS, [(one.code, one.count, one.oldest, one.newest) for one in found.by_reason], none="")
    if found.effects:
        told = [(one.kind, one.again, one.standing, one.unknown) for one in found.effects]
        print_table(_EFFECTS, told, none="")
    if found.sample:
        print_table(_SAMPLE, [_sample_row(one) for one in found.sample], none="")


def _sample_row(one: Rehearsed) -> tuple[object, ...]:
    return (one.contact_id, _said(one.last), _said(one.next), "; ".join(one.writes) or "nothing new")


def _said(said: Said | None) -> str:
    return "never" if said is None else f"{said.kind}: {said.because}"


def _print(found: StoredReplay, *, as_json: bool) -> None:
    if as_json:
        print_json(_facts(found))
    else:
        print_facts(_facts(found))


def _facts(found: StoredReplay) -> dict[str, object]:
    from app.engine.replay import counted

    facts = {name: value for name, value in asdict(found).items() if name != "counts"}
    return {**facts, **counted(found.counts)}


def _row(one: StoredReplay) -> tuple[object, ...]:
    return (one.id, one.created_at, one.requested_by, one.name, one.state, one.settled, one.total, one.filter)


def _item_row(one: Item) -> tuple[object, ...]:
    return (f"{one.object_type}/{one.object_id}", one.code, one.state, one.outcome, one.words)
