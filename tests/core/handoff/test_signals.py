"""What a contact did, read from its properties: each kind by the table of signals."""

from __future__ import annotations

from typing import Any

import pytest

from app.handoff.signals import signals_of
from app.rules.facts import Signal
from app.rules.signals import SIGNAL_KINDS, SIGNAL_SOURCES, SIGNALS
from tests.core.handoff.parts import HOUR, NOW, unready

AN_HOUR_AGO = (NOW - HOUR).isoformat()


def told(**properties: Any) -> list[Signal]:
    return list(signals_of(unready(**properties).contact))


@pytest.mark.parametrize(
    ("kind", "name", "detail"),
    [
        ("email_open", "hs_email_last_open_date", "Marketing e-mail"),
        ("email_open", "hs_sales_email_last_opened", "Sales e-mail"),
        ("email_click", "hs_email_last_click_date", "Marketing e-mail"),
        ("email_click", "hs_sales_email_last_clicked", "Sales e-mail"),
        ("reply", "hs_email_last_reply_date", "Marketing e-mail"),
        ("reply", "hs_sales_email_last_replied", "Sales e-mail"),
        ("visit", "hs_analytics_last_visit_timestamp", ""),
        ("visit", "hs_analytics_first_visit_timestamp", ""),
        ("meeting", "engagements_last_meeting_booked", "Meeting booked"),
    ],
)
def test_a_property_with_an_instant_tells_of_a_signal(kind: str, name: str, detail: str) -> None:
    assert told(**{name: AN_HOUR_AGO}) == [Signal(kind, detail, NOW - HOUR)]
    assert told(**{name: "soon"}) == []


def test_a_click_bears_the_name_of_the_mail_sent_last_unless_that_was_sent_after_it() -> None:
    clicked = {"hs_email_last_click_date": AN_HOUR_AGO, "hs_email_last_email_name": "Pricing"}
    before, after = ((NOW - hours * HOUR).isoformat() for hours in (2, 0))
    assert [one.detail for one in told(**clicked, hs_email_last_send_date=before)] == ["Pricing"]
    assert [one.detail for one in told(**clicked, hs_email_last_send_date=after)] == ["Marketing e-mail"]


def test_a_visit_bears_the_address_of_its_page() -> None:
    seen = told(hs_analytics_last_visit_timestamp=AN_HOUR_AGO, hs_analytics_last_url="https://example.com/pricing")
    assert [one.detail for one in seen] == ["https://example.com/pricing"]


def test_the_table_names_every_kind_and_what_it_is_made_from() -> None:
    assert {kind: source.label for kind, source in SIGNALS.items()} == SIGNAL_KINDS
    assert {kind for kind, source in SIGNALS.items() if not source.trails} == {"page_view", "call"}
    assert SIGNAL_SOURCES["form"] == (
        "recent_conversion_event_name",
        "recent_conversion_date",
        "first_conversion_event_name",
        "first_conversion_date",
    )
    assert {source.tier for source in SIGNALS.values()} <= {"any", "starter", "professional", "enterprise"}
    assert [kind for kind, source in SIGNALS.items() if not source.lost] == []
