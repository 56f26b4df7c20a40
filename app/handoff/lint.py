"""Everything that is wrong with a document, its talk tracks included."""

from __future__ import annotations

from app.agreement.faults import Fault
from app.agreement.lint import lint_whole
from app.agreement.portal import PortalWords
from app.handoff.talk import talk_faults


def check_document(text: str | bytes, *, file: str, portal: PortalWords | None = None) -> list[Fault]:
    """All errors and warnings, from the top down, each with its line and column. Never raises.

    With a `portal`, what the document names is held against what the portal has.
    """
    linted = lint_whole(text, file=file, portal=portal)
    if linted.agreement is None:
        return list(linted.faults)
    properties = None if portal is None else portal.vocabulary.properties
    return linted.with_more(talk_faults(linted.agreement.playbooks, properties))
