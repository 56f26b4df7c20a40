"""Content held against the shape of a document, and faults put where the text has them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from app.agreement.checks import ids
from app.agreement.codes import severity_of
from app.agreement.faults import Fault, pointer
from app.agreement.fields import Context
from app.agreement.portal import PortalWords
from app.agreement.shape import Document
from app.agreement.source import Source
from app.agreement.told import told
from app.rules.facts import Vocabulary
from app.rules.grammar import ConditionFault, Names
from app.rules.score import INTEREST


def own_context(content: Mapping[str, object], vocabulary: Vocabulary) -> Context:
    """What the content itself defines; a property that the vocabulary lacks may exist all the same."""
    return Context(_names(content, vocabulary, closed=False), ids(content))


def portal_context(content: Mapping[str, object], portal: PortalWords) -> Context:
    """What the content defines, and what the portal has: a property, owner or stage that it lacks does not exist."""
    owners = {owner.email.casefold(): owner.active for owner in portal.owners}
    return Context(
        _names(content, portal.vocabulary, closed=True), ids(content), owners, portal_stages=frozenset(portal.stages)
    )


def shaped(content: object, context: Context) -> tuple[Document | None, list[ConditionFault]]:
    """The document, or what keeps the content from being one."""
    try:
        return Document.model_validate(content, context=context), []
    except ValidationError as error:
        return None, list(told(error.errors(include_url=False), content))


def located(fault: ConditionFault, source: Source, file: str) -> Fault:
    """The fault with its line and column, where the source has them."""
    at = source.position(fault.path, at_key=fault.at_key)
    severity = severity_of(fault.code)
    return Fault(fault.code, pointer(fault.path), at.line, at.column, fault.message, fault.fix, file, severity)


def _names(content: Mapping[str, object], vocabulary: Vocabulary, *, closed: bool) -> Names:
    known = ids(content)
    return Names(
        definitions=known["definitions"],
        personas=known["personas"],
        stages=known["stages"],
        scores={*known["score"], INTEREST},
        vocabulary=vocabulary,
        closed=closed,
    )
