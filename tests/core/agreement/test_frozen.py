from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.agreement.frozen import addresses_of, holidays_of, owners_of, with_holidays
from app.agreement.parse import parse_agreement
from app.records.crm import Owner
from app.records.ids import OwnerId
from tests.core.agreement.documents import WHOLE, broken

AGREEMENT = parse_agreement(WHOLE, file="agreement")
TODAY = date(2026, 11, 20)
DAYS = [date(2022, 1, 1) + timedelta(days=day) for day in range(20 * 365)]


def test_everybody_who_may_get_a_lead_is_among_the_owners_that_are_kept() -> None:
    text = (
        broken(
            "members: [{owner: ann@example.com}]", "members: [{owner: Ann@example.com}], if_nobody: {owner: sam@b.cd}"
        )
        + "territories: [{id: north, because: Up there, owners: [cy@b.cd, ann@example.com]}]\n"
        + "named_accounts: [{company: Acme, owner: eve@b.cd}]\n"
    )
    agreement = parse_agreement(text, file="a.yaml")
    assert addresses_of(agreement) == {"ann@example.com", "sam@b.cd", "cy@b.cd", "eve@b.cd"}
    owners = [Owner(OwnerId(name), f"{name}@b.cd", name, active=name != "cy") for name in ("cy", "eve", "zoe")]
    assert owners_of(agreement, owners) == {"eve@b.cd": "eve"}


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
