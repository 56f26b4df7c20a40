"""What an agreement depends on beside its own text, so that it can be kept as it was when it was published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from app.agreement.model import Agreement
from app.records.crm import Owner

_YEARS_BACK, _YEARS_ON = 5, 20
"""How many years of holidays are kept before and after the one in which they are: no decision reaches further,
whatever the agreement's own term is, which may have begun long ago and never end.
"""


def holidays_of(agreement: Agreement, today: date) -> dict[str, tuple[date, ...]]:
    """The public holidays of each calendar that keeps some, in the years around `today`."""
    years = range(today.year - _YEARS_BACK, today.year + _YEARS_ON + 1)
    return {name: days for name, calendar in agreement.calendars.items() if (days := calendar.holidays(years))}


def with_holidays(agreement: Agreement, holidays: Mapping[str, Iterable[date]]) -> Agreement:
    """The agreement whose calendars keep exactly these public holidays."""
    kept = {name: calendar.with_holidays(holidays.get(name, ())) for name, calendar in agreement.calendars.items()}
    return replace(agreement, calendars=kept)


def owners_of(agreement: Agreement, owners: Iterable[Owner]) -> dict[str, str]:
    """The ids of the active owners whom the agreement names, by address."""
    named = addresses_of(agreement)
    return {owner.email.casefold(): owner.id for owner in owners if owner.active and owner.email.casefold() in named}


def addresses_of(agreement: Agreement) -> frozenset[str]:
    """The addresses of everybody who may get a lead by the agreement, in lower case."""
    pools = agreement.pools.values()
    named = (
        *(member.owner for pool in pools for member in pool.members),
        *(pool.fallback_owner for pool in pools if pool.fallback_owner),
        *(owner for territory in agreement.territories for owner in territory.owners),
        *(account.owner for account in agreement.named_accounts),
    )
    return frozenset(email.casefold() for email in named)
