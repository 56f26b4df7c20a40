"""A document held against everything: its own shape, the portal as last read, its own examples."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from app.agreement.difference import as_lines, difference
from app.agreement.faults import Fault, Severity
from app.agreement.model import Agreement
from app.agreement.parse import default_vocabulary, parse_agreement
from app.agreement.portal import PortalWords
from app.engine.recent import Recent, digest
from app.engine.rulebook import portal_words, vocabulary_with
from app.handoff.examples import ExampleResult, run_examples
from app.handoff.lint import read_document
from app.records.ids import PortalId
from app.storage import portals
from app.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found. `agreement` is None for a document that cannot be used; then no example was tried.

    `portal` is what it was held against; None for a document that was held against itself alone.
    """

    agreement: Agreement | None
    faults: tuple[Fault, ...]
    examples: tuple[ExampleResult, ...]
    portal: PortalWords | None = None

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.severity is Severity.ERROR)

    @property
    def failed(self) -> tuple[ExampleResult, ...]:
        return tuple(one for one in self.examples if not one.passed)

    @property
    def failures(self) -> tuple[str, ...]:
        """Each example that fails, in a sentence."""
        return tuple(f"the example {one.name!r} fails: {'; '.join(one.differences)}" for one in self.failed)

    @property
    def sound(self) -> bool:
        """Whether it may be published."""
        return self.agreement is not None and not self.errors and not self.failed


_RECENT: Recent[Checked] = Recent(8)
"""A draft is checked when it is saved, reviewed, approved and published: mostly the same text by the same words."""


async def words_of(connection: Connection, portal_id: PortalId, tier: str | None) -> PortalWords | None:
    """The portal as Baton last read it; None before the first time."""
    portal = await portals.get(connection, portal_id)
    known = await portals.definitions(connection, portal_id)
    if portal is None or not known:
        return None
    owners = await portals.owners(connection, portal_id)
    return portal_words(known, owners, portal.stages, tier)


async def check(text: str, portal: PortalWords | None, *, file: str) -> Checked:
    """Hold a document against everything, off the event loop. Never raises, whatever the text."""
    return await asyncio.to_thread(check_now, text, portal, file=file)


def check_now(text: str, portal: PortalWords | None, *, file: str) -> Checked:
    """As `check`, on the caller's own thread."""
    made_from = digest((text, str), (file, str), (portal, PortalWords | None))
    return _RECENT.get(made_from, lambda: _checked(text, portal, file))


def _checked(text: str, portal: PortalWords | None, file: str) -> Checked:
    faults, agreement = read_document(text, file=file, portal=portal)
    if agreement is None:
        return Checked(None, tuple(faults), (), portal)
    vocabulary = vocabulary_with(portal.vocabulary.properties) if portal else default_vocabulary()
    return Checked(agreement, tuple(faults), tuple(run_examples(agreement, vocabulary)), portal)


async def changes_between(old: str, new: str) -> tuple[str, ...]:
    """The difference of two documents in sentences, off the event loop; empty when nothing that runs differs.

    Raises AgreementError when one of them cannot be read.
    """

    def work() -> tuple[str, ...]:
        vocabulary = default_vocabulary()
        before, after = (parse_agreement(text, file="agreement", vocabulary=vocabulary) for text in (old, new))
        return tuple(as_lines(difference(before, after, vocabulary)))

    return await asyncio.to_thread(work)
