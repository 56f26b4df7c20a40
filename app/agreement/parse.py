"""From text, or from stored content, to an Agreement: or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydantic import ValidationError

from app.agreement.build import build
from app.agreement.checks import across, ids
from app.agreement.faults import AgreementError, Fault, pointer
from app.agreement.fields import Context
from app.agreement.model import Agreement
from app.agreement.shape import Document
from app.agreement.source import Position, Source, Unreadable, as_mapping, read_source
from app.agreement.told import told
from app.agreement.vocabulary import default_vocabulary
from app.records.crm import Owner
from app.rules.facts import Vocabulary
from app.rules.grammar import ConditionFault, Names
from app.rules.score import INTEREST

__all__ = ["AgreementError", "Fault", "build_agreement", "check_against", "default_vocabulary", "parse_agreement"]


def parse_agreement(text: str | bytes, *, file: str, vocabulary: Vocabulary | None = None) -> Agreement:
    """The agreement that the YAML text describes. Raises AgreementError with every fault found.

    Text that is no document at all is refused at its first fault, since nothing after it can be trusted.
    """
    try:
        source = read_source(text)
    except Unreadable as error:
        raise AgreementError([_located_by_text(error, file)]) from error
    return _agreement(source, file, vocabulary or default_vocabulary())


def build_agreement(
    document: Mapping[str, object], *, file: str = "agreement", vocabulary: Vocabulary | None = None
) -> Agreement:
    """The agreement from its stored plain content. Raises AgreementError; its faults carry no lines."""
    return _agreement(Source(document), file, vocabulary or default_vocabulary())


def check_against(
    agreement: Agreement, vocabulary: Vocabulary, owners: Iterable[Owner], stages: Sequence[str]
) -> list[Fault]:
    """What the agreement names and the portal does not have. Properties named baton_* are ours to create."""
    active = {owner.email.casefold(): owner.active for owner in owners}
    source = Source(agreement.document)
    names = _names(agreement.document, vocabulary, closed=True)
    context = Context(names, ids(agreement.document), active, frozenset(stages))
    return [_located(fault, source, agreement.name) for fault in _validated(source.content, context)[1]]


def _agreement(source: Source, file: str, vocabulary: Vocabulary) -> Agreement:
    content = as_mapping(source.content)
    context = Context(_names(content, vocabulary), ids(content))
    document, faults = _validated(source.content, context)
    faults = [*faults, *across(content)]
    if document is None or faults:
        located = {_located(fault, source, file): None for fault in faults}
        raise AgreementError(sorted(located, key=lambda fault: (fault.line, fault.column, fault.path)))
    return build(document, content, vocabulary)


def _validated(content: object, context: Context) -> tuple[Document | None, list[ConditionFault]]:
    try:
        return Document.model_validate(content, context=context), []
    except ValidationError as error:
        return None, list(told(error.errors(include_url=False), content))


def _names(content: Mapping[str, object], vocabulary: Vocabulary, *, closed: bool = False) -> Names:
    known = ids(content)
    return Names(
        definitions=known["definitions"],
        personas=known["personas"],
        stages=known["stages"],
        scores={*known["score"], INTEREST},
        vocabulary=vocabulary,
        closed=closed,
    )


def _located(fault: ConditionFault, source: Source, file: str) -> Fault:
    at = source.position(fault.path, at_key=fault.at_key)
    return Fault(fault.code, pointer(fault.path), at.line, at.column, fault.message, fault.fix, file)


def _located_by_text(error: Unreadable, file: str) -> Fault:
    at: Position = error.position
    return Fault(error.code, "", at.line, at.column, error.message, error.fix, file)
