"""What came of asking for a change: a version in force, or a draft that waits for something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.acting import Acting
from app.cli.agreement.review import print_review, review_json
from app.cli.agreement.versions import DIGEST_SHOWN, version_json
from app.cli.root import CHECKS_FAILED
from app.cli.shown import print_json, say

if TYPE_CHECKING:
    from app.engine.review import Review
    from app.storage.agreements import Version


@dataclass(frozen=True, slots=True)
class InForce:
    """A version is in force; `is_new` unless it had exactly this text before."""

    version: Version
    is_new: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """The draft is saved, and something stands against publishing it."""

    review: Review


def _long_enough(digest: str | None) -> str | None:
    if digest is not None and len(digest) < DIGEST_SHOWN:
        raise typer.BadParameter(f"{digest!r} is too short; give at least {DIGEST_SHOWN} characters of the digest")
    return digest


Message = Annotated[str, typer.Option("--message", "-m", help="What changes and why, for whoever reads the log.")]
Shadow = Annotated[
    bool, typer.Option("--shadow", help="Put the portal into shadow mode with it: decide and show, write nothing.")
]
IfMatch = Annotated[
    str | None,
    typer.Option(
        callback=_long_enough,
        help="Go on only if the text with this digest still stands, as pull, review and log tell it.",
    ),
]


def seen(digest: str, if_match: str | None) -> str:
    """The digest that the caller means: the one that stands, unless they named another."""
    return digest if if_match is None or digest.startswith(if_match) else if_match


async def published(who: Acting, review: Review, message: str, *, shadow: bool = False) -> InForce | Waiting:
    """Publish the reviewed draft, unless something stands against it."""
    if review.obstacles:
        return Waiting(review)
    version = await who.drafting.publish(review.draft.digest, who.actor, message, shadow=shadow)
    return InForce(version, is_new=version.number != review.in_force.number)


def tell(outcome: InForce | Waiting, *, as_json: bool) -> None:
    """Say what came of it; a draft that waits ends the command with exit code 3."""
    match outcome:
        case InForce(version, is_new):
            if as_json:
                print_json({"published": is_new, "version": version_json(version)})
            else:
                say(_in_force(version.number, is_new=is_new))
        case Waiting(review):
            if as_json:
                print_json({"published": False, "review": review_json(review)})
            else:
                print_review(review)
                say("Not published yet:")
                for obstacle in review.obstacles:
                    say(f"  {obstacle}")
            raise typer.Exit(CHECKS_FAILED)


def _in_force(number: int, *, is_new: bool) -> str:
    return (
        f"Version {number} is in force." if is_new else f"Version {number} is in force with exactly this text already."
    )
