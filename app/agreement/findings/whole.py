"""A document without faults of form, as the findings look at it."""

from __future__ import annotations

from dataclasses import dataclass

from app.agreement.model import Agreement
from app.agreement.places import Place
from app.agreement.portal import PortalWords
from app.agreement.shape import Document
from app.records.stages import HUBSPOT_DEFAULT_STAGES
from app.rules.facts import Vocabulary
from app.rules.grammar import Names


@dataclass(frozen=True, slots=True)
class Whole:
    """The document as written (`document`, `places`) and as meant (`agreement`), and the portal if one is known."""

    document: Document
    agreement: Agreement
    places: tuple[Place, ...]
    names: Names
    portal: PortalWords | None

    @property
    def vocabulary(self) -> Vocabulary:
        return self.names.vocabulary

    @property
    def stages(self) -> tuple[str, ...]:
        """The portal's lifecycle stages in order; without a portal, those that every portal starts with."""
        return HUBSPOT_DEFAULT_STAGES if self.portal is None else self.portal.stages

    def within(self, section: str) -> tuple[Place, ...]:
        """The conditions of one section, in order."""
        return tuple(place for place in self.places if place.section == section)
