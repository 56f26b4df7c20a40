"""From text, or from stored content, to an Agreement: or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.agreement.build import build
from app.agreement.checked import located, own_context, shaped
from app.agreement.checks import across
from app.agreement.faults import AgreementError, Fault
from app.agreement.model import Agreement
from app.agreement.source import Source, Unreadable, as_mapping, read_source
from app.agreement.vocabulary import default_vocabulary
from app.rules.facts import Vocabulary
from app.rules.grammar import ConditionFault

__all__ = ["AgreementError", "Fault", "build_agreement", "default_vocabulary", "parse_agreement"]


def parse_agreement(text: str | bytes, *, file: str, vocabulary: Vocabulary | None = None) -> Agreement:
    """The agreement that the YAML text describes. Raises AgreementError with every fault found.

    Text that is no document at all is refused at its first fault, since nothing after it can be trusted.
    """
    try:
        source = read_source(text)
    except Unreadable as error:
        raise AgreementError([unreadable(error, file)]) from error
    return _agreement(source, file, vocabulary or default_vocabulary())


def build_agreement(
    document: Mapping[str, object], *, file: str = "agreement", vocabulary: Vocabulary | None = None
) -> Agreement:
    """The agreement from its stored plain content. Raises AgreementError; its faults carry no lines."""
    return _agreement(Source(document), file, vocabulary or default_vocabulary())


def unreadable(error: Unreadable, file: str) -> Fault:
    """The fault of a text that is no document."""
    return Fault(error.code, "", error.position.line, error.position.column, error.message, error.fix, file)


def in_order(faults: Iterable[ConditionFault], source: Source, file: str) -> list[Fault]:
    """The faults where the text has them, each once, from the top down."""
    told = {located(fault, source, file): None for fault in faults}
    return sorted(told, key=lambda fault: (fault.line, fault.column, fault.path, fault.code))


def _agreement(source: Source, file: str, vocabulary: Vocabulary) -> Agreement:
    content = as_mapping(source.content)
    document, faults = shaped(source.content, own_context(content, vocabulary))
    faults = [*faults, *across(content)]
    if document is None or faults:
        raise AgreementError(in_order(faults, source, file))
    return build(document, content, vocabulary)
