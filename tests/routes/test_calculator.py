"""When a promise would be due, over HTTP: by the calendars of the agreement in force."""

from __future__ import annotations

from typing import Any

import pytest

from tests.routes.desk import Person

DUE = "/api/v1/clock/due"
FRIDAY = "2026-11-20T16:50"


async def due(person: Person, within: str, at: str = FRIDAY, **more: str) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in {"at": at, "within": within, **more}.items())
    answer = await person("GET", f"{DUE}?{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_due_time_is_told_with_the_time_that_was_counted(mia: Person) -> None:
    told = await due(mia, "1 business hour", calendar="us")
    assert (told["due_at"], told["due_local"]) == ("2026-11-23T14:20:00Z", "2026-11-23T09:20:00-05:00")
    assert [one["seconds"] for one in told["counted"]] == [40 * 60, 20 * 60]
    assert (told["counted_seconds"], told["stretches"]) == (3600, 2)


async def test_an_offset_in_the_instant_is_kept_and_a_single_calendar_needs_no_name(mia: Person) -> None:
    assert (await due(mia, "1 business hour", "2026-11-20T21:50:00Z"))["due_at"] == "2026-11-23T14:20:00Z"


async def test_an_answer_stays_short_however_long_the_span(mia: Person) -> None:
    told = await due(mia, "9999 business hours")
    assert len(told["counted"]) == 200 < told["stretches"]
    assert told["counted_seconds"] == 9999 * 3600


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"calendar": "mars"}, "use one of: us"),
        ({"within": "3 parsec"}, "`within`: '3 parsec' is no length of time"),
        ({"within": "999999 business days"}, "write a shorter one"),
        ({"at": "0001-01-01T00:00:00%2B05:00"}, "`at`"),
        ({"at": "soon"}, "at"),
    ],
)
async def test_what_cannot_be_reckoned_names_the_parameter(mia: Person, given: dict[str, str], said: str) -> None:
    query = "&".join(f"{name}={value}" for name, value in {"at": FRIDAY, "within": "1 h", **given}.items())
    answer = await mia("GET", f"{DUE}?{query}")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/request")
    assert said in answer.json()["detail"]
