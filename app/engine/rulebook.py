"""An agreement version ready to decide by: the document as values, and the portal's words it was checked against."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from app.agreement.model import Agreement
from app.agreement.parse import default_vocabulary, parse_agreement
from app.handoff.properties import OWN_PROPERTIES, READS
from app.records.crm import PropertyDefinition
from app.rules.facts import Vocabulary
from app.storage.agreements import Version


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What one look decides by: exactly one version."""

    version: int
    agreement: Agreement
    vocabulary: Vocabulary

    @property
    def contact_properties(self) -> tuple[str, ...]:
        """Contact properties that a look reads."""
        return tuple(sorted(READS.contact | self.agreement.reads.contact | {own.name for own in OWN_PROPERTIES}))

    @property
    def company_properties(self) -> tuple[str, ...]:
        return tuple(sorted(READS.company | self.agreement.reads.company))


def vocabulary_with(definitions: Mapping[str, PropertyDefinition]) -> Vocabulary:
    """The default vocabulary, with a portal's own definitions in place of the usual ones."""
    usual = default_vocabulary()
    return Vocabulary(properties={**usual.properties, **definitions}, free_mail=usual.free_mail)


async def rulebook_of(version: Version) -> Rulebook:
    """Build a version's rulebook, off the event loop: parsing a large document takes a while.

    Raises AgreementError for a document that was stored and no longer reads: a defect, since it was checked.
    """
    vocabulary = vocabulary_with(version.frozen or {})
    agreement = await asyncio.to_thread(
        parse_agreement, version.text, file=f"agreement version {version.number}", vocabulary=vocabulary
    )
    return Rulebook(version.number, agreement, vocabulary)


def names_of(agreement: Agreement) -> frozenset[str]:
    """Dotted names of the properties that a version depends on: what is frozen with it."""
    contact = READS.contact | agreement.reads.contact
    company = READS.company | agreement.reads.company
    return frozenset({f"contact.{name}" for name in contact} | {f"company.{name}" for name in company})
