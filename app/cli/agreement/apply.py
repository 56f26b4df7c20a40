"""From a file to a version in force: saved, checked, agreed to, published."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from app.cli.acting import Acting, Key, acting
from app.cli.agreement.document import text_of
from app.cli.agreement.outcome import IfMatch, InForce, Message, Shadow, Waiting, published, seen, tell
from app.cli.agreement.versions import is_first
from app.cli.root import CHECKS_FAILED
from app.cli.shown import AsJson, print_json, print_lines


def register(app: typer.Typer) -> None:
    app.command("apply")(put)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for."""

    text: str
    message: str
    approves: bool
    shadow: bool
    if_match: str | None


def put(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The document.")],
    *,
    message: Message,
    approve: Annotated[
        bool, typer.Option("--approve", help="Agree to it too, where the key's owner is asked to.")
    ] = False,
    shadow: Shadow = False,
    if_match: IfMatch = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Save a file as the draft, check it, and publish it once nothing stands against it.

    Exit 3 when something does: the draft stays, and whose consent is missing is said. A text that is in force already
    makes no version. Without --if-match, a draft of somebody else is left alone.
    """
    from app.agreement.faults import AgreementError

    wanted = _Wanted(text_of(file), message, approve, shadow, if_match)
    try:
        outcome = acting(lambda who: _outcome(who, wanted), key)
    except AgreementError as error:
        faults = [replace(fault, file=str(file)) for fault in error.faults]
        if as_json:
            print_json({"state": "refused", "faults": [asdict(one) for one in faults]})
        else:
            print_lines(map(str, faults))
        raise typer.Exit(CHECKS_FAILED) from None
    tell(outcome, as_json=as_json)


async def _outcome(who: Acting, wanted: _Wanted) -> InForce | Waiting:
    if wanted.approves and who.actor.email is None:
        raise typer.BadParameter("agreeing takes a key: set BATON_API_KEY, or give --key", param_hint="--approve")
    began = await is_first(who.opened)
    if began:
        await _begin(who, wanted)
    in_force = await who.drafting.version()
    if in_force.text == wanted.text:
        return InForce(in_force, is_new=began)
    return await _saved(who, wanted, in_force.digest)


async def _begin(who: Acting, wanted: _Wanted) -> None:
    """Make the first version, which nobody has to agree to."""
    from app.engine.start import begin

    opened = who.opened
    await begin(opened.database, opened.portal_id, opened.clock, wanted.text, who.actor, wanted.message)


async def _saved(who: Acting, wanted: _Wanted, in_force: str) -> InForce | Waiting:
    standing = await who.drafting.standing()
    somebody_elses = standing.draft is not None and standing.author != who.actor.name
    base = seen(standing.digest, wanted.if_match or (in_force if somebody_elses else None))
    saved = await who.drafting.save(wanted.text, base, who.actor, wanted.message)
    review = await who.drafting.review()
    if wanted.approves and who.actor.email in {one.contact for one in review.missing}:
        review = await who.drafting.approve(saved.digest, who.actor, "")
    return await published(who, review, wanted.message, shadow=wanted.shadow)
