"""The past of properties, as a read with `propertiesWithHistory` tells it.

Each entry has `value`, `timestamp`, `sourceType` and mostly `sourceId`. A cleared value comes as an empty text.
Entries come newest first. How far back they go is not documented and differs between objects, so that the
oldest one need not be the first value there was.
Source: HubSpot's API specification, ValueWithTimestamp; answers shown in issues 143 and 154 of its clients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.crm.errors import Unreadable
from app.crm.hubspot.wire import fields, instant, items, property_value, text
from app.records.crm import PastValue
from app.records.event import hand_of

Pasts = Mapping[str, tuple[PastValue, ...]]


def read_pasts(value: object, names: Sequence[str]) -> Pasts:
    """The past of each name, newest first; empty where nothing is told. Raises Unreadable."""
    told = fields(value or {}, "propertiesWithHistory")
    return {name: _newest_first(items(told.get(name), "a history")) for name in names}


def _newest_first(entries: Sequence[object]) -> tuple[PastValue, ...]:
    """Sorted although HubSpot sorts, because a merge joins two pasts; what came at one instant stays as sent."""
    return tuple(sorted(map(_past_value, entries), key=lambda past: past.at, reverse=True))


def _past_value(entry: object) -> PastValue:
    past = fields(entry, "a past value")
    at = instant(past.get("timestamp"))
    if at is None:
        raise Unreadable("the timestamp of a past value in HubSpot's answer is no time")
    value = property_value(past.get("value")) or None
    return PastValue(value, at, hand_of(text(past.get("sourceType")), text(past.get("sourceId"))))
