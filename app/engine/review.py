"""A draft beside the version in force: what it changes, what is wrong with it, who must agree and who did."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from app.agreement.consent import Consent, consents_needed
from app.agreement.difference import Change, difference, touched_sections
from app.engine.checking import Checked
from app.engine.rulebook import Rulebook, rulebook_of
from app.records.people import Side
from app.storage.agreements import Approval, Version
from app.storage.drafts import Draft


class DraftState(StrEnum):
    """How far a draft is on its way."""

    SAVED = "saved"
    """It has faults against the portal, an example fails, or a newer version was published since."""
    VALIDATED = "validated"
    APPROVED = "approved"
    """Everybody whose consent it takes has agreed: it may be published."""


@dataclass(frozen=True, slots=True)
class Review:
    """All that is to be known of a draft before it is published."""

    draft: Draft
    in_force: Version
    checked: Checked
    changes: tuple[Change, ...]
    needed: tuple[Consent, ...]
    approvals: tuple[Approval, ...]

    @property
    def missing(self) -> tuple[Consent, ...]:
        """Consents that are still to be given."""
        given = {one.email for one in self.approvals}
        return tuple(one for one in self.needed if one.contact not in given)

    @property
    def outdated(self) -> bool:
        """Whether another version was published since the draft was saved."""
        return self.draft.base != self.in_force.number

    @property
    def state(self) -> DraftState:
        if not self.checked.sound or self.outdated:
            return DraftState.SAVED
        return DraftState.VALIDATED if self.missing else DraftState.APPROVED

    @property
    def obstacles(self) -> tuple[str, ...]:
        """What stands against publishing it, each with what to do."""
        return (*map(str, self.checked.errors), *self.checked.failures, *self._age(), *map(_asked, self.missing))

    def _age(self) -> tuple[str, ...]:
        if not self.outdated:
            return ()
        who = self.in_force.published_by or self.in_force.author
        newer = f"{who} published version {self.in_force.number} since this was made from version {self.draft.base}"
        return (f"{newer}; save the draft again to see the difference",)


async def review_of(draft: Draft, in_force: Version, checked: Checked, approvals: tuple[Approval, ...]) -> Review:
    """Compare the draft with the version in force, off the event loop."""
    book = await rulebook_of(in_force)
    changes, touched = await asyncio.to_thread(_compared, book, checked)
    side = Side(draft.side) if draft.side else None
    return Review(draft, in_force, checked, changes, consents_needed(book.agreement, touched, side), approvals)


def _compared(book: Rulebook, checked: Checked) -> tuple[tuple[Change, ...], frozenset[str]]:
    if checked.agreement is None:
        return (), frozenset()
    old, new = book.agreement, checked.agreement
    return difference(old, new, book.vocabulary), touched_sections(old, new)


def _asked(consent: Consent) -> str:
    sides = " and ".join(consent.sides)
    because = f", because of {', '.join(consent.sections)}" if consent.sections else ""
    return f"{consent.contact} has to approve for {sides}{because}"
