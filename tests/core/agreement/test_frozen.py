from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.agreement.frozen import holidays_of, with_holidays
from app.agreement.parse import parse_agreement
from tests.core.agreement.documents import WHOLE

AGREEMENT = parse_agreement(WHOLE, file="agreement")
TODAY = date(2026, 11, 20)
DAYS = [date(2022, 1, 1) + timedelta(days=day) for day in range(20 * 365)]


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (date(2026, 10, 1), date(2027, 9, 30)),
        (date(2010, 1, 1), None),
        (date(1, 1, 1), date(9999, 12, 31)),
    ],
)
def test_the_holidays_around_today_are_kept_whatever_the_agreement_s_term(
    starts_on: date, ends_on: date | None
) -> None:
    agreement = replace(AGREEMENT, starts_on=starts_on, ends_on=ends_on)
    kept = holidays_of(agreement, TODAY)
    frozen = with_holidays(agreement, kept)
    assert kept.keys() == agreement.calendars.keys()
    assert max(len(days) for days in kept.values()) < 500
    for name, calendar in agreement.calendars.items():
        assert [frozen.calendars[name].hours(day) for day in DAYS] == [calendar.hours(day) for day in DAYS]
