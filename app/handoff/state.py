"""What is known of a lead before it is decided: everything that a decision may depend on.

A decision is a function of these values, the agreement and `now`; they are stored with it, so that
it can be computed again and explained whenever somebody asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.records.crm import Company, Contact, Deal, Owner
from app.records.engagement import Engagement
from app.records.ids import OwnerId, PoolId
from app.records.stages import StageOrder
from app.rules.facts import GroupMember
from app.sla.clock import Clock
from app.sla.pauses import Pause


class HandoffState(StrEnum):
    """A handoff moves down this list; the last four end it."""

    OPEN = "open"
    """Assigned; the owner has not yet said yes."""
    ACCEPTED = "accepted"
    WORKING = "working"
    QUALIFIED = "qualified"
    """Sales confirmed the lead."""
    REJECTED = "rejected"
    """Sales declined, with a reason."""
    EXPIRED = "expired"
    """Nobody acted in the time the agreement gives."""
    ENDED = "ended"
    """The record is gone, was merged into another, or shadow mode ended."""

    @property
    def is_closed(self) -> bool:
        return self in {
            HandoffState.QUALIFIED,
            HandoffState.REJECTED,
            HandoffState.EXPIRED,
            HandoffState.ENDED,
        }


@dataclass(frozen=True, slots=True)
class Tenure:
    """A stretch in which one owner has the lead, numbered from 1 within the handoff.

    `assigned_at` is when they were chosen, `confirmed_at` when they were known to stand on the record: their
    clocks start then, so that an outage of the CRM is nobody's breach.
    """

    number: int
    owner_id: OwnerId
    owner_email: str
    assigned_at: datetime
    confirmed_at: datetime | None = None
    because: str = ""


class ActKind(StrEnum):
    """What a person may do to an open handoff through Baton."""

    HOLD = "hold"
    """Its clocks stand still, until `until` or a release."""
    RELEASE = "release"
    REASSIGN = "reassign"
    """Somebody else gets it: `to`, or whoever is next."""
    EXTEND = "extend"
    """`more` time for its running clocks."""
    REAPPLY = "reapply"
    """Its clocks are laid again by the newest version of the agreement."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a person did to an open handoff, with the reason they gave."""

    kind: ActKind
    by: str
    at: datetime
    because: str
    until: datetime | None = None
    to: OwnerId | None = None
    more: str = ""


@dataclass(frozen=True, slots=True)
class Handoff:
    """A handoff that is not closed. `noted` and `tasked`: the note and the owner's task stand in the CRM.

    It keeps the agreement version, route and promise it was opened with. `told` names everything that stands in
    the CRM by the end of its key (`note`, `task`, `task-2`). `standstills` are outages of the CRM and absences of
    its owners, since it opened.
    """

    id: str
    version: int
    route: str
    promise: str
    pool: PoolId
    owner_id: OwnerId
    state: HandoffState
    opened_at: datetime
    owner_confirmed_at: datetime | None = None
    noted: bool = False
    tasked: bool = False
    told: tuple[str, ...] = ()
    tenures: tuple[Tenure, ...] = ()
    clocks: tuple[Clock, ...] = ()
    acts: tuple[Act, ...] = ()
    standstills: tuple[Pause, ...] = ()

    @property
    def tenure(self) -> Tenure | None:
        """Whose turn it is now."""
        return self.tenures[-1] if self.tenures else None

    @property
    def former_owner_id(self) -> OwnerId | None:
        """Who had the lead before whoever has it now; None while it is with its first owner."""
        return self.tenures[-2].owner_id if len(self.tenures) > 1 else None


@dataclass(frozen=True, slots=True)
class PastHandoff:
    """The handoff that closed last. `returns_at` is when the lead may come back; None is never.

    `owners` had it then, or in an earlier handoff that was to go to somebody else next. `returns` counts how often
    the lead has come back so far.
    """

    id: str
    state: HandoffState
    owner_id: OwnerId
    closed_at: datetime
    reason: str | None = None
    returns_at: datetime | None = None
    to_different_owner: bool = False
    owners: tuple[OwnerId, ...] = ()
    returns: int = 0


@dataclass(frozen=True, slots=True)
class Override:
    """A field that another hand changed after Baton wrote it; that hand keeps it until the handoff closes."""

    field: str
    value: str | None
    was: str | None
    by: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class StageMove:
    """A move back to an earlier stage that is under way: HubSpot wants the stage cleared, then set.

    Kept until the stage reads `to`, so that a crash in between is finished by the next look. `was` is the
    stage that the move leaves: any other means that another hand moved the lead meanwhile. None is not known.
    """

    to: str
    because: str
    was: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """The latest change that an event told of, for a property: whose hand, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """A handoff that the record carries and the store knows nothing of: it came after the backup that was restored.

    `told` is what of it stands in the CRM: the CRM's id by the end of its key (`note`, `task`).
    """

    id: str
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """What Baton itself did with this contact so far.

    `applied`: for each CRM property that Baton writes, the value it last saw standing as it wanted it.
    `overrides`: fields that another hand holds. `changes`: who last changed a property, as events told.
    `waiting_since`: when the contact was first found ready but incomplete. `lost` is looked for when a lead is to be
    handed over; the decision alone keeps it.
    """

    handoff: Handoff | None = None
    last: PastHandoff | None = None
    applied: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)
    stage_move: StageMove | None = None
    waiting_since: datetime | None = None
    lost: Lost | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """A contact as read from the CRM, with its company, its deals and its history with Baton.

    `group` are the known people of the same company with a buying role; None without a company, or where
    nobody looked for them. `engagements` are those since the open handoff began, whoever made them.
    """

    contact: Contact
    company: Company | None
    history: History
    stages: StageOrder = field(default_factory=StageOrder)
    deals: tuple[Deal, ...] = ()
    group: tuple[GroupMember, ...] | None = None
    engagements: tuple[Engagement, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolState:
    """A pool's ledger before a decision: credit and open handoffs for each owner.

    Credits are whole numbers that sum to zero; who has none recorded stands at 0.
    """

    credits: Mapping[OwnerId, int] = field(default_factory=dict)
    open_handoffs: Mapping[OwnerId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Roster:
    """Who could get a lead: the ledgers of every pool that the route can reach, and the owners.

    `away`: until when (UTC) each owner among them is away who is so at the decision's instant.
    """

    pools: Mapping[PoolId, PoolState] = field(default_factory=dict)
    owners: tuple[Owner, ...] = ()
    away: Mapping[OwnerId, datetime] = field(default_factory=dict)

    def by_email(self, email: str) -> Owner | None:
        """The active owner with this address, else an inactive one, else None."""
        found = [owner for owner in self.owners if owner.email.casefold() == email.casefold()]
        return max(found, key=lambda owner: owner.active, default=None)

    def by_id(self, owner_id: str | None) -> Owner | None:
        return next((owner for owner in self.owners if owner.id == owner_id), None)


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that one decision depended on, beside the agreement version."""

    lead: Lead
    roster: Roster
    now: datetime
