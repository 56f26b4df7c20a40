"""Steps of a ladder as an agreement writes them, and when each falls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.records.span import Span
from app.sla.calendar import ALWAYS, Calendar
from app.sla.hours import Interval
from app.sla.ladder import After, Share, read_rung
from app.sla.lay import lay_out

OFFICE = Calendar("office", "UTC", {day: (Interval.parse("09:00-17:00"),) for day in range(5)})
FRIDAY = datetime(2026, 11, 20, 16, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("75 %", Share(75)),
        ("75%", Share(75)),
        ("1 %", Share(1)),
        ("99 %", Share(99)),
        ("breach", After()),
        ("breach + 1 business hour", After(Span.parse("1 business hour"))),
        ("breach + 2 days", After(Span.parse("2 days"))),
    ],
)
def test_a_moment_is_read_as_it_is_written(written: str, moment: Share | After) -> None:
    rung = read_rung(3, written, "notify owner")
    assert (rung.number, rung.at, rung.do, rung.is_warning) == (3, moment, "notify owner", isinstance(moment, Share))


@pytest.mark.parametrize(
    "written", ["", "0 %", "100 %", "120 %", "-5 %", "breach +", "breach - 1 h", "later", "breach + x"]
)
def test_what_is_no_moment_is_refused_with_what_would_be(written: str) -> None:
    with pytest.raises(ValueError, match=r"write it like|write `75 %`"):
        read_rung(1, written, "notify owner")


@pytest.mark.parametrize(
    ("written", "falls"),
    [
        ("50 %", datetime(2026, 11, 20, 17, tzinfo=UTC)),
        ("75 %", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("breach", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("breach + 30 min", datetime(2026, 11, 23, 10, 30, tzinfo=UTC)),
        ("breach + 8 business hours", datetime(2026, 11, 24, 10, tzinfo=UTC)),
        ("breach + 8 hours", datetime(2026, 11, 23, 18, tzinfo=UTC)),
        ("breach + 999999 years", None),
    ],
)
def test_shares_are_of_counted_time_and_what_follows_is_counted_as_it_is_written(
    written: str, falls: datetime | None
) -> None:
    laid = lay_out(FRIDAY, Span.parse("2 business hours"), OFFICE)
    assert laid is not None
    assert read_rung(1, written, "reassign").falls_at(laid, OFFICE, ()) == falls


def test_a_pause_takes_time_out_of_a_share_and_out_of_what_follows_a_breach() -> None:
    held = [(FRIDAY + 10 * MINUTE, FRIDAY + 20 * MINUTE), (FRIDAY + 80 * MINUTE, FRIDAY + 90 * MINUTE)]
    laid = lay_out(FRIDAY, Span.parse("1 h"), ALWAYS, held)
    assert laid is not None
    falls = [read_rung(1, at, "task").falls_at(laid, ALWAYS, held) for at in ("50 %", "breach", "breach + 20 min")]
    assert falls == [FRIDAY + 40 * MINUTE, FRIDAY + 70 * MINUTE, FRIDAY + 100 * MINUTE]
