"""The draft as it stands: what it changes, what is wrong with it, who has agreed and who must."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from app.cli.acting import drafting_of
from app.cli.agreement.check import counted, tallied
from app.cli.agreement.compare import changes_json
from app.cli.opened import with_database
from app.cli.shown import AsJson, print_facts, print_json, print_lines

if TYPE_CHECKING:
    from app.agreement.consent import Consent
    from app.engine.review import Review


def register(app: typer.Typer) -> None:
    app.command("review")(show)


def show(*, as_json: AsJson = False) -> None:
    """Show the draft: its state, what it changes, its faults and examples, and whose consent is missing."""
    found = with_database(lambda opened: drafting_of(opened).review())
    if as_json:
        print_json(review_json(found))
    else:
        print_review(found)


def print_review(review: Review) -> None:
    """The whole of it, for people."""
    draft = review.draft
    print_facts(
        {
            "draft": f"{review.state}, revision {draft.revision} by {draft.author}: {draft.message}",
            "saved": draft.saved_at,
            "made from": f"version {draft.base}" + (", which is no longer in force" if review.outdated else ""),
            "digest": draft.digest,
            "faults": counted(review.checked.faults),
            "examples": tallied(review.checked.examples),
        }
    )
    print_lines(_lines(review))


def review_json(review: Review) -> dict[str, object]:
    """The whole of it, for programs."""
    draft, checked = review.draft, review.checked
    return {
        "state": review.state,
        "revision": draft.revision,
        "digest": draft.digest,
        "author": draft.author,
        "message": draft.message,
        "saved_at": draft.saved_at,
        "made_from": draft.base,
        "outdated": review.outdated,
        "faults": [asdict(one) for one in checked.faults],
        "examples": [
            {"name": one.name, "passed": one.passed, "differences": one.differences} for one in checked.examples
        ],
        "changes": changes_json(review.changes),
        "consents": [{**asdict(one), "given": one not in review.missing} for one in review.needed],
        "obstacles": review.obstacles,
    }


def _lines(review: Review) -> Iterator[str]:
    from app.agreement.difference import as_lines

    yield from (str(fault) for fault in review.checked.faults)
    for failed in review.checked.failed:
        yield f"FAIL {failed.name}: {'; '.join(failed.differences)}"
    yield "Changes" if review.changes else "Nothing that runs changes."
    yield from (f"  {line}" for line in as_lines(review.changes))
    yield "Consent" if review.needed else "Nobody has to agree."
    for consent in review.needed:
        yield f"  {_consent(consent)}: {'missing' if consent in review.missing else 'given'}"


def _consent(consent: Consent) -> str:
    because = f", because of {', '.join(consent.sections)}" if consent.sections else ""
    return f"{consent.contact} for {' and '.join(consent.sides)}{because}"
