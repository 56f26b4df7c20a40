"""An agreement on trial: taken as if it had been in force all through a past period."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.agreement.model import Agreement, Reads
from app.handoff.gates import day_of
from app.handoff.properties import READS
from app.records.crm import Owner
from app.records.stages import StageOrder
from app.rules.facts import Vocabulary

SETTLING = timedelta(seconds=1)
"""What changes within this time of a first change is looked at together, as a live look would."""
CREATED = "createdate"
"""The property that tells since when a contact is there."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start_at` up to, not including, `end_at`."""

    start_at: datetime
    end_at: datetime

    def holds(self, at: datetime) -> bool:
        """Whether the instant lies in the period."""
        return self.start_at <= at < self.end_at


@dataclass(frozen=True, slots=True)
class Trial:
    """One of the agreements compared, and all that deciding by it takes beside the leads.

    `handoffs_last` is how long a handoff counts against its owner's cap where no word of the rep ends it.
    """

    version: int
    agreement: Agreement
    vocabulary: Vocabulary
    period: Period
    owners: tuple[Owner, ...] = ()
    stages: StageOrder = field(default_factory=StageOrder)
    handoffs_last: timedelta = timedelta(days=14)


def as_if_live(agreement: Agreement, period: Period) -> Agreement:
    """The agreement, its term widened to cover the period."""
    starts_on = min(agreement.starts_on, day_of(agreement, period.start_at))
    ends_on = agreement.ends_on and max(agreement.ends_on, day_of(agreement, period.end_at))
    return replace(agreement, starts_on=starts_on, ends_on=ends_on)


def reads_of_both(before: Agreement, after: Agreement) -> Reads:
    """The properties that either agreement, or deciding as such, looks at: those whose changes are instants."""
    return Reads(
        contact=READS.contact | before.reads.contact | after.reads.contact,
        company=READS.company | before.reads.company | after.reads.company,
    )


def names_to_read(before: Agreement, after: Agreement) -> Reads:
    """The properties whose past is asked for: those read, and the one that tells when a contact was created."""
    names = reads_of_both(before, after)
    return Reads(contact=names.contact | {CREATED}, company=names.company)
