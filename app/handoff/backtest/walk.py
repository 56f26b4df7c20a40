"""A contact on its way through a period under one agreement, instant by instant."""

from __future__ import annotations

import pickle
import zlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import takewhile
from typing import cast

from app.handoff.backtest.imagine import imagine
from app.handoff.backtest.tale import Tale
from app.handoff.backtest.timeline import PastChange, Timeline
from app.handoff.backtest.trial import SETTLING, Trial
from app.handoff.course import Stop
from app.handoff.decision import Decision
from app.handoff.properties import OWN_PROPERTIES, OWNER, STAGE
from app.handoff.qualify import Qualification, qualify
from app.handoff.route import route
from app.handoff.state import Change, History, Lead, Roster
from app.records.crm import Company, Contact
from app.records.ids import CompanyId, ContactId, ObjectType

_WATCHED = frozenset({STAGE, OWNER, *(own.name for own in OWN_PROPERTIES)})
Packed = bytes
"""A walk put away, at a fifth of its size."""


@dataclass(slots=True)
class Walk:
    """Where a contact stands between two of its instants; it changes as the walk goes on.

    An instant is a change of a property that is read, the creation of the contact, or a time at which the last
    decision asked to look again. At each, `arrive` lets the record change, `weigh` and routing decide, and
    `settle` imagines what that brings about. `at` is the instant arrived at and not yet settled.
    """

    contact_id: ContactId
    company_id: CompanyId | None
    contact: dict[str, str | None]
    company: dict[str, str | None] | None
    ahead: tuple[PastChange, ...]
    history: History
    created_at: datetime | None
    passed: int = 0
    at: datetime | None = None
    look_again_at: datetime | None = None
    tale: Tale = field(default_factory=Tale)

    def next_at(self, until: datetime) -> datetime | None:
        """The instant to decide at next; None when there is none before `until`."""
        if self.at is not None:
            return self.at
        following = min((at for at in (self._news_at(), self.look_again_at) if at is not None), default=None)
        return following if following is not None and following < until else None

    def arrive(self, at: datetime) -> None:
        """Let the record change as it did until this instant; again is the same as once."""
        if self.at is not None:
            return
        self.at, self.created_at = at, None
        self.let_all(at)

    def weigh(self, trial: Trial) -> Qualification:
        """Weigh the lead where it stands. Raises ValueError before `arrive`."""
        if self.at is None:
            raise ValueError(f"contact {self.contact_id} has not arrived at an instant; call arrive first")
        firm = Company(self.company_id, dict(self.company)) if self.company_id and self.company is not None else None
        lead = Lead(Contact(self.contact_id, dict(self.contact)), firm, self.history, trial.stages)
        return qualify(trial.agreement, lead, self.at, trial.vocabulary)

    def settle(self, qualification: Qualification, decision: Decision, trial: Trial) -> None:
        """Imagine that all the decision writes has landed, and go on."""
        self.tale.tell(qualification, decision)
        self.history, overlay = imagine(self.history, decision, version=trial.version)
        self.contact |= overlay
        self.look_again_at = decision.look_again_at
        self.at = None

    def has_news(self, at: datetime) -> bool:
        """Whether anything changes by then, beside the time."""
        news_at = self._news_at()
        return news_at is not None and news_at <= at

    def repeat(self, at: datetime, look_again_at: datetime) -> None:
        """The last decision holds at this instant too; look again then."""
        self.look_again_at = look_again_at
        self.tale.repeat(at)

    def let_all(self, until: datetime) -> None:
        """Let every change up to and at `until` be on the record, and remember whose hand it was."""
        changed: dict[str, Change] = {}
        while self.passed < len(self.ahead) and self.ahead[self.passed].at <= until:
            self._let(self.ahead[self.passed], changed)
            self.passed += 1
        self.history = replace(self.history, changes={**self.history.changes, **changed})

    def _let(self, change: PastChange, changed: dict[str, Change]) -> None:
        if change.of is ObjectType.COMPANY:
            self.company = {**(self.company or {}), change.name: change.value}
            return
        self.contact[change.name] = change.value
        if change.name in _WATCHED:
            changed[change.name] = Change(change.hand, change.at)

    def _news_at(self) -> datetime | None:
        """The end of the next burst of changes, or the contact's creation if that comes first."""
        if self.passed == len(self.ahead):
            return self.created_at
        first = self.ahead[self.passed].at
        if self.created_at is not None and self.created_at + SETTLING < first:
            return self.created_at
        began = first if self.created_at is None else min(first, self.created_at)
        burst = takewhile(lambda change: change.at <= began + SETTLING, self.ahead[self.passed :])
        return max((change.at for change in burst), default=began)


def set_out(timeline: Timeline) -> Walk:
    """The walk before its first step. What changed before the contact was there stands from the start."""
    walk = Walk(
        contact_id=timeline.contact_id,
        company_id=timeline.company_id,
        contact=dict(timeline.contact),
        company=None if timeline.company is None else dict(timeline.company),
        ahead=timeline.changes,
        history=timeline.history,
        created_at=timeline.created_at,
    )
    if timeline.created_at is not None:
        walk.let_all(timeline.created_at - SETTLING)
    return walk


def go_alone(walk: Walk, trial: Trial) -> bool:
    """Take the steps that need nobody. True when the walk is over; False when its next step needs the others.

    Only a lead that is stopped needs no ledger, now or for its seat: those steps come out the same in any order.
    """
    while (at := walk.next_at(trial.period.end_at)) is not None:
        walk.arrive(at)
        qualification = walk.weigh(trial)
        if not isinstance(qualification.course, Stop):
            return False
        walk.settle(qualification, route(qualification, Roster(), at), trial)
    return True


def pack(walk: Walk) -> Packed:
    """Put a walk away: most wait a long time for their next instant."""
    return zlib.compress(pickle.dumps(walk, pickle.HIGHEST_PROTOCOL), 1)


def unpack(packed: Packed) -> Walk:
    """The walk that was put away, in this run of this program."""
    return cast("Walk", pickle.loads(zlib.decompress(packed)))  # noqa: S301  `pack` of the same run made it
