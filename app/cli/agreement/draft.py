"""What becomes of the draft: agreed to, published, thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.acting import Acting, Key, acting
from app.cli.agreement.outcome import IfMatch, InForce, Shadow, seen, tell
from app.cli.agreement.review import review_json
from app.cli.shown import AsJson, print_json, say

if TYPE_CHECKING:
    from app.engine.review import Review


def register(app: typer.Typer) -> None:
    for command in (approve, publish, discard):
        app.command()(command)


def approve(
    *,
    note: Annotated[str, typer.Option(help="A remark, kept with the consent.")] = "",
    if_match: IfMatch = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Agree to the draft. Only the contacts of the sides that it binds can, each with a key of their own."""

    async def work(who: Acting) -> Review:
        if who.actor.email is None:
            raise typer.BadParameter("agreeing takes a key: set BATON_API_KEY, or give --key", param_hint="--key")
        review = await who.drafting.review()
        return await who.drafting.approve(seen(review.draft.digest, if_match), who.actor, note)

    review = acting(work, key)
    if as_json:
        print_json(review_json(review))
    else:
        missing = ", ".join(one.contact for one in review.missing)
        say(f"Agreed. Still to agree: {missing or 'nobody'}.")


def publish(
    *,
    message: Annotated[
        str, typer.Option("--message", "-m", help="What changes and why; else what the draft says.")
    ] = "",
    shadow: Shadow = False,
    if_match: IfMatch = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Put the draft in force; exit 3 with the reasons while something stands against it."""

    async def work(who: Acting) -> InForce:
        review = await who.drafting.review()
        digest = seen(review.draft.digest, if_match)
        version = await who.drafting.publish(digest, who.actor, message, shadow=shadow)
        return InForce(version, is_new=version.number != review.in_force.number)

    tell(acting(work, key), as_json=as_json)


def discard(*, if_match: IfMatch = None, key: Key = None) -> None:
    """Throw the draft away. What is in force stays in force."""

    async def work(who: Acting) -> None:
        standing = await who.drafting.standing()
        await who.drafting.discard(seen(standing.digest, if_match), who.actor)

    acting(work, key)
    say("The draft is gone.")
