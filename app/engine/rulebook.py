"""An agreement version ready to decide by: the document as values, with all that it depended on when published."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import structlog

from app.agreement.faults import AgreementError
from app.agreement.frozen import holidays_of, owners_of, with_holidays
from app.agreement.model import Agreement
from app.agreement.parse import default_vocabulary, parse_agreement
from app.agreement.portal import PortalWords
from app.engine.recent import Recent, digest
from app.handoff.properties import BRIEF_READS, OWN_PROPERTIES, READS
from app.records.crm import Owner, PropertyDefinition
from app.records.ids import ContactId, PortalId
from app.records.roles import BUYING_ROLE
from app.rules.facts import Vocabulary
from app.storage import agreements
from app.storage.agreements import Frozen, Version
from app.storage.database import Database

_log = structlog.get_logger(__name__)

_RECENT: Recent[Rulebook] = Recent(8)
"""Whoever explains, reviews or looks asks for the same few versions again and again."""
_KEPT = 16
"""How many older versions are kept ready; open handoffs seldom span more."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What a contact is decided by: exactly one version."""

    version: int
    agreement: Agreement
    vocabulary: Vocabulary

    @property
    def contact_properties(self) -> frozenset[str]:
        """Contact properties that a look reads."""
        own = {definition.name for definition in OWN_PROPERTIES}
        return READS.contact | BRIEF_READS | self.agreement.reads.contact | own

    @property
    def company_properties(self) -> frozenset[str]:
        return READS.company | self.agreement.reads.company

    @property
    def asks_for_groups(self) -> bool:
        """Whether a condition looks at the people around the contact."""
        return BUYING_ROLE in self.agreement.reads.contact


@dataclass(frozen=True, slots=True)
class Books:
    """Which rulebook each contact of a look is decided by: an open handoff keeps the version it began with.

    `versions` holds the version of each open handoff as it was seen before the CRM was read.
    """

    newest: Rulebook
    versions: Mapping[ContactId, int] = field(default_factory=dict)
    older: Mapping[int, Rulebook] = field(default_factory=dict)

    def of(self, contact_id: ContactId) -> Rulebook:
        number = self.versions.get(contact_id, self.newest.version)
        return self.older.get(number, self.newest)

    @property
    def all(self) -> tuple[Rulebook, ...]:
        return (self.newest, *self.older.values())

    @property
    def contact_properties(self) -> tuple[str, ...]:
        """What must be read so that each of the rulebooks can decide."""
        return tuple(sorted(frozenset().union(*(book.contact_properties for book in self.all))))

    @property
    def company_properties(self) -> tuple[str, ...]:
        return tuple(sorted(frozenset().union(*(book.company_properties for book in self.all))))

    @property
    def deal_properties(self) -> tuple[str, ...]:
        """Empty when no rulebook looks at deals: then none are read."""
        return tuple(sorted(frozenset().union(*(book.agreement.reads.deal for book in self.all))))

    @property
    def asks_for_groups(self) -> bool:
        return any(book.asks_for_groups for book in self.all)


class Shelf:
    """Rulebooks of older versions, kept ready as far as there is room: `kept` of them, those asked for last."""

    def __init__(self, database: Database, portal_id: PortalId, *, kept: int = _KEPT) -> None:
        self._database = database
        self._portal_id = portal_id
        self._kept = kept
        self._books: dict[int, Rulebook] = {}

    async def books(self, newest: Rulebook, versions: Mapping[ContactId, int]) -> Books:
        """The rulebooks for contacts with open handoffs of these versions.

        A version that can no longer be read is a defect: its handoffs go on under the newest one.
        """
        older = {number: await self._of(number) for number in sorted(set(versions.values()) - {newest.version})}
        return Books(newest, versions, {number: book for number, book in older.items() if book is not None})

    async def _of(self, number: int) -> Rulebook | None:
        book = self._books.pop(number, None) or await self._built(number)
        if book is not None:
            self._books[number] = book
        for stale in list(self._books)[: -self._kept]:
            del self._books[stale]
        return book

    async def _built(self, number: int) -> Rulebook | None:
        async with self._database.begin() as connection:
            version = await agreements.get(connection, self._portal_id, number)
        try:
            return None if version is None else await rulebook_of(version)
        except AgreementError as error:
            _log.error("old_version_unreadable", version=number, fault=str(error.faults[0]))
            return None


def vocabulary_with(definitions: Mapping[str, PropertyDefinition]) -> Vocabulary:
    """The default vocabulary, with a portal's own definitions in place of the usual ones."""
    usual = default_vocabulary()
    return Vocabulary(properties={**usual.properties, **definitions}, free_mail=usual.free_mail)


def portal_words(
    definitions: Mapping[str, PropertyDefinition], owners: tuple[Owner, ...], stages: tuple[str, ...], tier: str | None
) -> PortalWords:
    """What a portal has and nothing else: a usual property that it lacks is missing."""
    return PortalWords(Vocabulary(dict(definitions), default_vocabulary().free_mail), owners, stages, tier)


async def rulebook_of(version: Version) -> Rulebook:
    """Build a version's rulebook, off the event loop: parsing a large document takes a while.

    Raises AgreementError for a document that was stored and no longer reads: a defect, since it was checked.
    """
    return await asyncio.to_thread(_recent, version)


def _recent(version: Version) -> Rulebook:
    made_from = digest((version.number, int), (version.text, str), (version.frozen, Frozen | None))
    return _RECENT.get(made_from, lambda: _built(version))


def _built(version: Version) -> Rulebook:
    frozen = version.frozen or Frozen()
    vocabulary = vocabulary_with(frozen.properties)
    if frozen.free_mail is not None:
        vocabulary = Vocabulary(vocabulary.properties, frozenset(frozen.free_mail))
    agreement = parse_agreement(version.text, file=f"agreement version {version.number}", vocabulary=vocabulary)
    if frozen.holidays is not None:
        agreement = with_holidays(agreement, frozen.holidays)
    return Rulebook(version.number, agreement, vocabulary)


async def frozen_for(
    agreement: Agreement, definitions: Mapping[str, PropertyDefinition], owners: Iterable[Owner], today: date
) -> Frozen:
    """What is kept with a version that fits the portal as it is now, off the event loop: holidays take a while."""
    return await asyncio.to_thread(_frozen, agreement, definitions, owners, today)


def _frozen(
    agreement: Agreement, definitions: Mapping[str, PropertyDefinition], owners: Iterable[Owner], today: date
) -> Frozen:
    wanted = names_of(agreement)
    return Frozen(
        properties={name: one for name, one in definitions.items() if name in wanted},
        free_mail=tuple(sorted(default_vocabulary().free_mail)),
        holidays=holidays_of(agreement, today),
        owners=owners_of(agreement, owners),
    )


def names_of(agreement: Agreement) -> frozenset[str]:
    """Dotted names of the properties that a version depends on: what is frozen with it."""
    reads = agreement.reads
    read = {"contact": READS.contact | reads.contact, "company": READS.company | reads.company, "deal": reads.deal}
    return frozenset(f"{kind}.{name}" for kind, names in read.items() for name in names)
