"""An earlier version, back in force as a new one."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.acting import Acting, Key, acting
from app.cli.agreement.outcome import InForce, Message, Waiting, published, tell
from app.cli.shown import AsJson


def register(app: typer.Typer) -> None:
    app.command("restore")(put_back)


def put_back(
    number: Annotated[int, typer.Argument(min=1, help="The version, as `baton agreement log` numbers it.")],
    *,
    message: Message,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Put an earlier version back, as a new one.

    The one before the version in force goes back at once. An older one becomes a draft, which takes its consents: exit
    3 until they are given.
    """

    async def work(who: Acting) -> InForce | Waiting:
        return await _restored(who, number, message)

    tell(acting(work, key), as_json=as_json)


async def _restored(who: Acting, number: int, message: str) -> InForce | Waiting:
    from app.storage.agreements import Version

    before = await who.drafting.version()
    restored = await who.drafting.restore(number, before.number, who.actor, message)
    if isinstance(restored, Version):
        return InForce(restored, is_new=restored.number != before.number)
    return await published(who, await who.drafting.review(), message)
