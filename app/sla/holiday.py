"""Public holidays of any year, by country and subdivision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

import holidays


def is_holiday(day: date, country: str, subdivision: str | None = None) -> bool:
    """Whether `day` is a public holiday there, substitute days included."""
    return day in _of_year(country, subdivision, day.year)


def holidays_of(country: str, subdivision: str | None, years: Iterable[int]) -> tuple[date, ...]:
    """The public holidays of these years there, in order."""
    return tuple(sorted(day for year in years for day in _of_year(country, subdivision, year)))


def name_of(day: date, country: str, subdivision: str | None = None) -> str | None:
    """What the public holiday on `day` is called there, in English where the list has it so; None on another day."""
    return _names(country, subdivision, day.year).get(day)


def check_known(country: str | None, subdivision: str | None) -> None:
    """Raises ValueError that names a country or a subdivision whose holidays nobody listed."""
    if country is None:
        if subdivision is not None:
            raise ValueError(f"holidays of the subdivision `{subdivision}` need their country")
        return
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise ValueError(f"no holidays are known for the country `{country}`; use a code like `US` or `DE`")
    if subdivision is not None and subdivision not in known[country]:
        expected = ", ".join(known[country]) or "none"
        raise ValueError(f"no holidays are known for `{subdivision}` in `{country}`; known are: {expected}")


@lru_cache(maxsize=4096)
def _of_year(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False))


@lru_cache(maxsize=256)
def _names(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    return dict(
        holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False, language="en_US").items()
    )
