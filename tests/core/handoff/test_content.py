"""What a lead consumed: from its record, and from the past of its record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from app.handoff.content import TRAIL_PROPERTIES, content_of, with_past
from app.handoff.decision import Brief, ContentItem
from app.records.crm import PastValue
from app.rules.facts import Signal
from tests.core.handoff.parts import DAY, HOUR, NOW, decided, lead

SECOND = timedelta(seconds=1)


def brief(**properties: Any) -> Brief:
    made = decided(lead(lifecyclestage=None, **properties)).brief
    assert made is not None
    return made


def past(*values: tuple[timedelta, str | None]) -> tuple[PastValue, ...]:
    """Values set so long before now, newest first."""
    return tuple(PastValue(value, NOW - ago, "CALCULATED") for ago, value in values)


def on(ago: timedelta) -> tuple[timedelta, str]:
    """An instant that the CRM wrote down when it came."""
    return ago, (NOW - ago).isoformat()


def did(pasts: Mapping[str, tuple[PastValue, ...]]) -> list[tuple[timedelta, str, str]]:
    """How long ago what was done, beside the demo request that the record tells of."""
    content = with_past(brief(), pasts).content
    return [(NOW - one.at, one.kind, one.title) for one in content if one.title != "Demo request"]


def test_the_past_tells_of_forms_between_the_first_and_the_latest() -> None:
    told = did(
        {
            "recent_conversion_date": past(on(HOUR), on(DAY), on(9 * DAY)),
            "recent_conversion_event_name": past((HOUR, "Demo request"), (DAY, "Pricing guide"), (9 * DAY, "Letter")),
        }
    )
    assert told == [(DAY, "form", "Pricing guide"), (9 * DAY, "form", "Letter")]


@pytest.mark.parametrize("late", [-SECOND, SECOND], ids=["name first", "date first"])
def test_what_the_crm_sets_a_moment_apart_belongs_together(late: timedelta) -> None:
    told = did(
        {
            "recent_conversion_date": past(on(HOUR), on(DAY)),
            "recent_conversion_event_name": past((HOUR - late, "Demo request"), (DAY - late, "Pricing guide")),
        }
    )
    assert told == [(DAY, "form", "Pricing guide")]


def test_a_form_that_was_sent_twice_stands_twice_and_is_told_by_its_name() -> None:
    told = did(
        {
            "recent_conversion_date": past(on(DAY), on(2 * DAY)),
            "recent_conversion_event_name": past((2 * DAY, "Pricing guide")),
        }
    )
    assert told == [(DAY, "form", "Pricing guide"), (2 * DAY, "form", "Pricing guide")]


def test_mails_and_pages_are_told_by_what_stood_then() -> None:
    told = did(
        {
            "hs_email_last_open_date": past(on(DAY), on(3 * DAY)),
            "hs_email_last_send_date": past(on(2 * DAY), on(4 * DAY)),
            "hs_email_last_email_name": past((2 * DAY, "November letter"), (4 * DAY, "October letter")),
            "hs_analytics_last_visit_timestamp": past(on(5 * DAY)),
            "hs_analytics_last_url": past((5 * DAY, "https://acme.example/pricing")),
        }
    )
    assert told == [
        (DAY, "email_open", "November letter"),
        (3 * DAY, "email_open", "October letter"),
        (5 * DAY, "visit", "https://acme.example/pricing"),
    ]


def test_what_was_cleared_or_is_told_twice_adds_nothing() -> None:
    known = brief().content
    again = with_past(
        brief(),
        {
            "recent_conversion_date": past((SECOND, None), on(HOUR)),
            "recent_conversion_event_name": past((HOUR, "Demo request")),
            "first_conversion_date": past(on(HOUR)),
            "first_conversion_event_name": past((HOUR, "Demo request")),
        },
    )
    assert again.content == known
    assert with_past(brief(), {}).content == known


def test_the_latest_twenty_are_told_newest_first() -> None:
    signals = [Signal("visit", f"page {n}", NOW - n * HOUR) for n in range(30)]
    content = content_of(reversed(signals))
    assert [one.title for one in content] == [f"page {n}" for n in range(20)]


@pytest.mark.parametrize(
    ("counted", "partial"),
    [
        ({"num_conversion_events": "1"}, False),
        ({"num_conversion_events": "2"}, True),
        ({"num_conversion_events": "many"}, False),
        ({"hs_email_open": "1"}, True),
        ({"hs_email_click": "3.0"}, True),
        ({"hs_email_open": "1", "hs_email_last_open_date": (NOW - DAY).isoformat()}, False),
        ({}, False),
    ],
)
def test_a_brief_is_partial_where_the_record_counts_more_than_it_tells(counted: dict[str, str], partial: bool) -> None:  # noqa: FBT001  a parameter of the table
    assert brief(**counted).partial is partial


def test_a_brief_that_was_completed_is_partial_no_more() -> None:
    whole = with_past(brief(num_conversion_events="7"), {})
    assert (whole.partial, whole.content) == (False, (ContentItem(NOW - HOUR, "Demo request", "form"),))


def test_every_property_of_a_trail_is_read() -> None:
    assert {"recent_conversion_date", "hs_email_last_email_name", "hs_sales_email_last_opened"} <= {*TRAIL_PROPERTIES}
    assert list(TRAIL_PROPERTIES) == sorted(set(TRAIL_PROPERTIES))
