"""Who acts: the owner of a key, or whoever sits at the machine with the database."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.cli.opened import Opened, person, with_database
from app.cli.root import CHECKS_FAILED
from app.cli.shown import say

if TYPE_CHECKING:
    from app.engine.drafting import Drafting
    from app.records.people import Actor

T = TypeVar("T")

Key = Annotated[
    str | None,
    typer.Option("--key", help="Act as this key's owner; else BATON_API_KEY's, else as an admin at this machine."),
]


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody with the open database and the draft's use cases at hand."""

    opened: Opened
    actor: Actor
    drafting: Drafting


def acting(work: Callable[[Acting], Awaitable[T]], key: str | None) -> T:
    """Do `work` in somebody's name. Raises KeyRefused.

    Somebody else's change in between is told in sentences. What stands against publishing is told line by line, and
    the command ends with exit code 3.
    """
    from app.engine.refusals import NotPublishable, Stale

    async def told(opened: Opened) -> T:
        return await work(Acting(opened, await _actor(opened, key), drafting_of(opened)))

    try:
        return with_database(told)
    except Stale as error:
        for line in error.changes:
            say(line)
        raise
    except NotPublishable as error:
        for reason in error.reasons:
            say(reason)
        raise typer.Exit(CHECKS_FAILED) from None


def drafting_of(opened: Opened) -> Drafting:
    """The use cases of the portal's draft."""
    from app.engine.drafting import Drafting

    return Drafting(opened.database, opened.portal_id, opened.clock, tier=opened.settings.hubspot_tier)


async def _actor(opened: Opened, key: str | None) -> Actor:
    from app.engine.keys import actor_of
    from app.records.people import Actor, Role

    kept = opened.settings.api_key
    text = key or (kept.get_secret_value() if kept else None)
    if text:
        return await actor_of(opened.database, opened.portal_id, text, now=opened.clock.now())
    return Actor(person(), Role.ADMIN)
