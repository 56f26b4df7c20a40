"""Everything that is wrong with a document, errors and warnings, each at its line.

Parsing refuses what cannot be read or built. Linting goes on from there: rows that nothing reaches, scores
that cannot be had, and with a portal, all that the portal lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.agreement.build import build
from app.agreement.checked import own_context, portal_context, shaped
from app.agreement.checks import across
from app.agreement.faults import Fault
from app.agreement.fields import Context
from app.agreement.findings.drift import drift
from app.agreement.findings.owners import owner_faults
from app.agreement.findings.promises import promise_faults
from app.agreement.findings.rows import unmet_rows
from app.agreement.findings.scores import score_faults
from app.agreement.findings.signing import signing_faults
from app.agreement.findings.stages import stage_rules
from app.agreement.findings.supply import signal_faults
from app.agreement.findings.unused import unused
from app.agreement.findings.whole import Whole
from app.agreement.model import Agreement
from app.agreement.parse import in_order, unreadable
from app.agreement.places import places
from app.agreement.portal import PortalWords
from app.agreement.source import Source, Unreadable, as_mapping, read_source
from app.agreement.vocabulary import default_vocabulary
from app.rules.facts import Vocabulary
from app.rules.grammar import ConditionFault

_FINDINGS: tuple[Callable[[Whole], Iterable[ConditionFault]], ...] = (
    unmet_rows,
    stage_rules,
    score_faults,
    promise_faults,
    owner_faults,
    signing_faults,
    signal_faults,
    unused,
    drift,
)


@dataclass(frozen=True, slots=True)
class Linted:
    """What linting found. `agreement` is None where the form is at fault: then nothing deeper was looked at."""

    faults: tuple[Fault, ...]
    agreement: Agreement | None
    source: Source
    file: str

    def with_more(self, found: Iterable[ConditionFault]) -> list[Fault]:
        """All faults in order, with those that another floor found."""
        every = {*self.faults, *in_order(found, self.source, self.file)}
        return sorted(every, key=lambda fault: (fault.line, fault.column, fault.path, fault.code))


def lint(text: str | bytes, *, file: str, portal: PortalWords | None = None) -> list[Fault]:
    """Everything wrong with the document, from the top down. Never raises.

    Text that is no document has one fault. Faults of form hide the deeper ones until they are mended.
    """
    return list(lint_whole(text, file=file, portal=portal).faults)


def lint_whole(text: str | bytes, *, file: str, portal: PortalWords | None = None) -> Linted:
    """As `lint`, with the agreement that the document makes. Never raises."""
    try:
        source = read_source(text)
    except Unreadable as error:
        return Linted((unreadable(error, file),), None, Source(), file)
    return _linted(source, file, portal)


def _linted(source: Source, file: str, portal: PortalWords | None) -> Linted:
    content = as_mapping(source.content)
    vocabulary = default_vocabulary() if portal is None else portal.vocabulary
    faults = list(across(content))
    document = None if faults else shaped(source.content, own_context(content, vocabulary))[0]
    faults += shaped(source.content, _strictest(content, vocabulary, portal))[1]
    if document is None:
        return Linted(tuple(in_order(faults, source, file)), None, source, file)
    agreement = build(document, content, vocabulary)
    names = own_context(content, vocabulary).names
    whole = Whole(document, agreement, tuple(places(document, content)), names, portal)
    faults += (fault for find in _FINDINGS for fault in find(whole))
    return Linted(tuple(in_order(faults, source, file)), agreement, source, file)


def _strictest(content: Mapping[str, object], vocabulary: Vocabulary, portal: PortalWords | None) -> Context:
    """The context with the most to say: the portal's, if there is one."""
    return own_context(content, vocabulary) if portal is None else portal_context(content, portal)
