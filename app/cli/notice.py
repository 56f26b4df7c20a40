"""Notices: what people were told, what waits, what could not be sent."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

from app.cli.acting import Acting, acting
from app.cli.acting import Key as ActingKey
from app.cli.opened import Opened, with_database
from app.cli.root import CHECKS_FAILED
from app.cli.shown import AsJson, Limit, print_json, print_table, say

if TYPE_CHECKING:
    from app.notify.channels import Channel, Message
    from app.storage.notices import Listed

app = typer.Typer(name="notice", help="What people are told, and whether it reached them.", no_args_is_help=True)

_COLUMNS = ("notice", "made", "kind", "to", "subject", "channel", "state", "attempts", "next", "why")


@app.command("list")
def list_(
    *,
    state: Annotated[
        Literal["due", "sending", "sent", "dead", "skipped"] | None, typer.Option(help="Only those in this state.")
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List notices, newest first, one line for each channel that a notice goes out by."""

    async def work(opened: Opened) -> list[Listed]:
        from app.storage import notices
        from app.storage.notices import DeliveryState

        wanted = DeliveryState(state) if state else None
        async with opened.database.begin() as connection:
            return await notices.listed(connection, opened.portal_id, state=wanted, limit=limit)

    listed = with_database(work)
    if as_json:
        print_json([asdict(one) for one in listed])
    else:
        print_table(_COLUMNS, [_row(one) for one in listed], none="There is no notice.")


@app.command()
def test(
    whither: Annotated[
        str, typer.Argument(metavar="ADDRESS-OR-CHANNEL", help="An e-mail address, or mail, slack or webhook.")
    ],
) -> None:
    """Send a test notice now, past the outbox, and say whether it was taken. Exit code 3 when it was not."""
    import asyncio

    from app.bootstrap import make_channels
    from app.cli.opened import load
    from app.notify.errors import NotifyError

    channel = _channel(whither, make_channels(load().settings))
    try:
        asyncio.run(channel.deliver(_greeting(whither)))
    except NotifyError as error:
        say(f"{channel.name}: {error}")
        raise typer.Exit(CHECKS_FAILED) from None
    say(f"{channel.name}: the test notice was taken.")


@app.command()
def retry(
    notice_id: Annotated[UUID, typer.Argument(metavar="ID", help="The notice's id, as `baton notice list` shows it.")],
    *,
    key: ActingKey = None,
) -> None:
    """Send a notice again that is dead, or that was skipped because no channel was set."""

    async def work(who: Acting) -> None:
        from app.engine import notifying
        from app.engine.drafting import demand
        from app.records.people import Right

        demand(who.actor, Right.OPERATE)
        opened = who.opened
        now = opened.clock.now()
        await notifying.retry(opened.database, opened.portal_id, notice_id, by=who.actor.name, now=now)

    acting(work, key)
    say(f"Notice {notice_id} goes out again.")


def _row(one: Listed) -> tuple[object, ...]:
    waits = one.next_at if one.state == "due" else None
    return (
        one.id, one.made_at, one.kind, one.recipient, one.subject,
        one.channel, one.state, one.attempts, waits, one.words,
    )  # fmt: skip


def _channel(whither: str, channels: tuple[Channel, ...]) -> Channel:
    """The channel that is meant: the one of this name, and e-mail for an address. Raises BadParameter."""
    name = "mail" if "@" in whither else whither
    for channel in channels:
        if channel.name == name:
            return channel
    there = ", ".join(one.name for one in channels) or "none"
    raise typer.BadParameter(f"no channel {name} is set, only: {there}; see `baton config`", param_hint="channel")


def _greeting(address: str) -> Message:
    from uuid import uuid4

    from app.clock import SystemClock
    from app.notify.channels import Message

    return Message(
        key=f"test:{uuid4()}",
        to=address,
        kind="test",
        subject="A test notice from Baton",
        lines=("If you can read this, notices reach you.",),
        made_at=SystemClock().now(),
    )
