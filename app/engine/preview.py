"""A lead's note and task as they would be, from what was last read of it. Nothing is read from the CRM or written."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from app.agreement.faults import AgreementError
from app.agreement.model import Agreement
from app.agreement.parse import default_vocabulary
from app.engine.checking import check, words_of
from app.engine.explain import readable
from app.engine.refusals import NothingThere
from app.engine.rulebook import rulebook_of, vocabulary_with
from app.handoff.preview import BriefPreview, preview_of
from app.handoff.qualify import qualify
from app.handoff.state import Inputs
from app.records.ids import PortalId
from app.rules.facts import Vocabulary
from app.storage import agreements, decisions, drafts
from app.storage.database import Database


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent. `version` is None for the draft; `read_at` is when the lead was last read and decided."""

    contact_id: str
    version: int | None
    read_at: datetime
    brief: BriefPreview


@dataclass(frozen=True, slots=True)
class _Book:
    """What the lead is weighed by."""

    version: int | None
    agreement: Agreement
    vocabulary: Vocabulary


async def preview(database: Database, portal_id: PortalId, contact_id: str, *, draft: bool = False) -> Preview:
    """The brief of a contact by the version in force, or by the draft.

    Raises Unexplained for a contact that was never decided or is erased, NothingThere without a draft or a version,
    AgreementError for a draft with errors.
    """
    async with database.begin() as connection:
        stored = readable(await decisions.of_contact(connection, portal_id, contact_id, limit=1), contact_id)
    book = await _draft(database, portal_id) if draft else await _in_force(database, portal_id)
    found = await asyncio.to_thread(_weighed, book, stored.inputs())
    return Preview(contact_id, book.version, stored.at, found)


async def _in_force(database: Database, portal_id: PortalId) -> _Book:
    async with database.begin() as connection:
        version = await agreements.newest(connection, portal_id)
    if version is None:
        raise NothingThere("no agreement was published yet; start `baton run` once")
    book = await rulebook_of(version)
    return _Book(book.version, book.agreement, book.vocabulary)


async def _draft(database: Database, portal_id: PortalId) -> _Book:
    async with database.begin() as connection:
        draft = await drafts.current(connection, portal_id)
        words = await words_of(connection, portal_id, None)
    if draft is None:
        raise NothingThere("there is no draft; without `draft` the version in force is used")
    checked = await check(draft.text, words, file="draft")
    if checked.agreement is None:
        raise AgreementError(checked.errors)
    vocabulary = default_vocabulary() if words is None else vocabulary_with(words.vocabulary.properties)
    return _Book(None, checked.agreement, vocabulary)


def _weighed(book: _Book, inputs: Inputs) -> BriefPreview:
    return preview_of(qualify(book.agreement, inputs.lead, inputs.now, book.vocabulary))
