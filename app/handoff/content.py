"""What a lead consumed, as a dated list: what its record tells today, and what the past of its properties adds.

A record keeps the first and the latest form, and the latest of each kind of mail. What lies between is only in the
past values of the same properties.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.handoff.decision import Brief, ContentItem
from app.handoff.plain import clean
from app.handoff.properties import CLICKS_COUNTED, FORMS_COUNTED, OPENS_COUNTED
from app.handoff.signals import signal_on
from app.records.crm import PastValue, Properties
from app.rules.facts import Signal
from app.rules.signals import SIGNAL_SOURCES, SIGNALS, Trail

Pasts = Mapping[str, Sequence[PastValue]]
"""Property name to its past, newest value first."""

TRAIL_PROPERTIES: Final = tuple(sorted({name for names in SIGNAL_SOURCES.values() for name in names}))
"""The properties whose past tells what a lead did."""

_MOST = 20
_COUNTED = {"form": FORMS_COUNTED, "email_open": OPENS_COUNTED, "email_click": CLICKS_COUNTED}
_TOGETHER = timedelta(seconds=5)
"""A CRM sets the properties of one act one after the other; what stands this soon after belongs to it."""


def content_of(signals: Iterable[Signal]) -> tuple[ContentItem, ...]:
    """The latest 20 things that a lead did, newest first, each once."""
    return _latest(ContentItem(one.occurred_at, clean(one.detail), one.kind) for one in signals)


def is_partial(content: Sequence[ContentItem], contact: Properties) -> bool:
    """Whether the record counts more forms or mails than the list has, and the list has room for them."""
    counted = ((_number(contact.get(name)), kind) for kind, name in _COUNTED.items())
    return len(content) < _MOST and any(many > sum(one.kind == kind for one in content) for many, kind in counted)


def with_past(brief: Brief, pasts: Pasts) -> Brief:
    """The brief with all that the past of the record tells of what the lead did; what is known already stays."""
    return with_content(brief, content_of(_past_signals(pasts)))


def with_content(brief: Brief, more: Iterable[ContentItem]) -> Brief:
    """The brief with more that the lead did; there is nothing further to read for it."""
    return replace(brief, content=_latest((*brief.content, *more)), partial=False)


def _latest(items: Iterable[ContentItem]) -> tuple[ContentItem, ...]:
    return tuple(sorted(dict.fromkeys(items), key=lambda one: one.at, reverse=True)[:_MOST])


def _past_signals(pasts: Pasts) -> Iterator[Signal]:
    for kind, source in SIGNALS.items():
        for trail in source.trails:
            for past in pasts.get(trail.at, ()):
                signal = signal_on(kind, trail, _as_of(past, trail, pasts))
                if signal is not None:
                    yield signal


def _as_of(past: PastValue, trail: Trail, pasts: Pasts) -> Properties:
    """The trail's properties as they stood when the signal was written."""
    standing = {name: _standing(pasts.get(name, ()), past.at + _TOGETHER) for name in trail.properties}
    return {**standing, trail.at: past.value}


def _standing(past: Sequence[PastValue], at: datetime) -> str | None:
    return next((one.value for one in past if one.at <= at), None)


def _number(text: str | None) -> int:
    try:
        return int(float(text or 0))
    except (ValueError, OverflowError):
        return 0
