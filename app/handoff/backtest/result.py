"""What a backtest tells: who ends up where, the load that makes, and how far the past is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.handoff.backtest.tale import Outcome
from app.records.ids import ContactId

HOURS_OF_WEEK = 168


@dataclass(frozen=True, slots=True)
class Move:
    """How many contacts came out as `before` under one agreement and as `after` under the other."""

    before: str
    after: str
    contacts: int


@dataclass(frozen=True, slots=True)
class ChangedContact:
    """A contact that comes out otherwise: both outcomes, and for the same instant what each side said."""

    contact_id: ContactId
    before: Outcome
    after: Outcome
    why_before: str
    why_after: str


@dataclass(frozen=True, slots=True)
class OwnerLoad:
    """What one owner gets from one pool.

    `peak_open` is the most handoffs that were open at once, beside the cap `at_most`. `by_hour` counts by hour of
    the week on the pool's wall, Monday 00:00 first; `outside` is how many came while the pool was closed.
    """

    pool: str
    owner: str
    handoffs: int
    peak_open: int
    at_most: int | None
    outside: int
    by_hour: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PromiseLoad:
    """What is promised: how many times, how many of them begun while the pool was closed, and the most that
    fall due within one hour of the clock.
    """

    promise: str
    handoffs: int
    outside: int
    peak_due: int


@dataclass(frozen=True, slots=True)
class Load:
    """The load of one agreement."""

    handoffs: int
    owners: tuple[OwnerLoad, ...]
    promises: tuple[PromiseLoad, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """For how many contacts a value was not known at the time, in all and by dotted property name."""

    contacts: int
    by_property: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """The whole of it but the changed contacts, which are kept one by one."""

    start_at: datetime
    end_at: datetime
    contacts: int
    changed: int
    matrix: tuple[Move, ...]
    before: Load
    after: Load
    unknown: Unknown
    assumptions: tuple[str, ...]
