"""Records of a CRM as last read. Every property value is text or absent, as CRMs hand them over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.records.ids import CompanyId, ContactId, OwnerId

Properties = Mapping[str, str | None]
"""Property name to value; None and a missing key both mean that the CRM holds no value."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as read. `merged_ids` are former ids that now answer with this record."""

    id: ContactId
    properties: Properties
    updated_at: datetime | None = None
    merged_ids: tuple[ContactId, ...] = ()


@dataclass(frozen=True, slots=True)
class Company:
    id: CompanyId
    properties: Properties


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal as read. Its stage, amount and the rest are properties, named as the CRM names them."""

    id: str
    properties: Properties


@dataclass(frozen=True, slots=True)
class PastValue:
    """A value that a property had from `at` (UTC) until the next one came; None from when it was cleared.

    `hand` says who set it, in the words of an event's hand: `CRM_UI userId:7`.
    """

    value: str | None
    at: datetime
    hand: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Someone who can own a record. An inactive owner keeps old records but must get no new ones."""

    id: OwnerId
    email: str
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class PropertyOption:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class PropertyDefinition:
    """A property as the CRM defines it. `type` is one of: string, number, bool, date, datetime, enumeration."""

    name: str
    label: str
    type: str
    options: tuple[PropertyOption, ...] = ()
    read_only: bool = False
    field_type: str = ""
    group: str = ""
    description: str = field(default="", compare=False)
