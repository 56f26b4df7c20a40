"""Why a contact was decided as it was, or how another version would have decided."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import Opened, with_database
from app.cli.shown import AsJson, print_json, print_lines, say

if TYPE_CHECKING:
    from app.engine.explain import Explained


def register(app: typer.Typer) -> None:
    app.command()(explain)


def explain(
    *,
    contact: Annotated[str, typer.Option(help="The contact's id in HubSpot.")],
    at: Annotated[str | None, typer.Option(help="An instant, as 2026-11-20T10:00Z: what was decided by then.")] = None,
    version: Annotated[
        int | None, typer.Option(min=1, help="Decide again by this version, from what was known at the time.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say why the newest decision about a contact came out as it did."""
    instant = instant_of(at, "--at") if at else None

    async def work(opened: Opened) -> Explained:
        from app.engine.explain import explain_contact

        return await explain_contact(opened.database, opened.portal_id, contact, at=instant, number=version)

    explained = with_database(work)
    if as_json:
        print_json(_json(explained))
        return
    print_lines([_headline(explained), *explained.lines])
    if explained.defective:
        say(f"warning: computed again, it differs from what was stored in: {', '.join(explained.differs)}")
    elif explained.differs:
        say(f"It would differ from what was decided in: {', '.join(explained.differs)}")


def instant_of(text: str, option: str) -> datetime:
    """The instant that an option names; in UTC where it says no zone. Raises BadParameter."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        told = f"{text!r} is no instant; write it like 2026-11-20T10:00Z"
        raise typer.BadParameter(told, param_hint=option) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _headline(explained: Explained) -> str:
    stored = explained.stored
    shadow = ", in shadow" if stored.shadow else ""
    decided = f"Decided at {stored.at.isoformat()} by agreement version {stored.version}{shadow}"
    again = explained.version != stored.version
    return f"{decided}; here by version {explained.version}" if again else decided


def _json(explained: Explained) -> dict[str, object]:
    stored = explained.stored
    return {
        "id": stored.id,
        "contact_id": stored.contact_id,
        "at": stored.at,
        "version": explained.version,
        "decided_by_version": stored.version,
        "shadow": stored.shadow,
        "kind": explained.explanation.decision.kind,
        "because": explained.explanation.decision.because,
        "lines": explained.lines,
        "differs": explained.differs,
    }
