"""Everything that is wrong with a document, its talk tracks included."""

from __future__ import annotations

from app.agreement.faults import Fault
from app.agreement.lint import lint_whole
from app.agreement.model import Agreement
from app.agreement.portal import PortalWords
from app.handoff.talk import talk_faults


def check_document(text: str | bytes, *, file: str, portal: PortalWords | None = None) -> list[Fault]:
    """All errors and warnings, from the top down, each with its line and column. Never raises.

    With a `portal`, what the document names is held against what the portal has.
    """
    return read_document(text, file=file, portal=portal)[0]


def read_document(
    text: str | bytes, *, file: str, portal: PortalWords | None = None
) -> tuple[list[Fault], Agreement | None]:
    """As `check_document`, with the agreement that the text makes; None where its form is at fault."""
    linted = lint_whole(text, file=file, portal=portal)
    if linted.agreement is None:
        return list(linted.faults), None
    properties = None if portal is None else portal.vocabulary.properties
    return linted.with_more(talk_faults(linted.agreement.playbooks, properties)), linted.agreement
