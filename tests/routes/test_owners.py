"""Who is there and who is away, over HTTP. Leave takes no approval, only the right to operate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.records.people import Role
from tests.routes.desk import Desk, Person

EVE = "eve@example.com"
ABSENCES, OWNERS = "/api/v1/absences", "/api/v1/owners"


@pytest.fixture
async def olga(desk: Desk) -> Person:
    return await desk.person("olga@example.com", Role.OPERATOR)


async def away(person: Person, **more: str) -> dict[str, Any]:
    made = await person("POST", ABSENCES, send={"owner": EVE, "until": "2026-12-01", **more})
    assert made.status_code == 201, made.text
    return dict(made.json())


async def eve(person: Person) -> dict[str, Any]:
    [found] = [one for one in (await person("GET", OWNERS)).json()["owners"] if one["email"] == EVE]
    return dict(found)


async def test_who_is_away_is_told_until_when_and_passed_over(desk: Desk, olga: Person) -> None:
    made = await away(olga)
    assert (made["owner"], made["until_at"]) == (EVE, "2026-12-01T05:00:00Z"), "midnight in New York"
    assert (await eve(olga))["away_until"] == "2026-12-01T05:00:00Z"
    desk.world.vp()
    await desk.world.settle()
    assert (await eve(olga))["open_handoffs"] == {}


async def test_the_audit_names_whose_key_it_was_and_no_answer_tells_the_reason(desk: Desk, olga: Person) -> None:
    made = await away(olga, reason="An operation")
    listed = await olga("GET", ABSENCES)
    assert [one["id"] for one in listed.json()["absences"]] == [made["id"]]
    assert "operation" not in str(made) + listed.text
    rows = await desk.world.rows("SELECT actor, detail FROM audit WHERE action = 'owner away'")
    assert [(row["actor"], row["detail"]["owner"]) for row in rows] == [("olga@example.com", EVE)]
    assert "operation" not in str(rows)


async def test_an_absence_that_was_called_off_is_listed_and_counts_no_more(olga: Person) -> None:
    made = await away(olga)
    assert (await olga("DELETE", f"{ABSENCES}/{made['id']}")).status_code == 204
    assert (await olga("GET", ABSENCES)).json()["absences"] == []
    assert (await eve(olga))["away_until"] is None
    again = await olga("DELETE", f"{ABSENCES}/{made['id']}")
    assert (again.status_code, again.json()["type"]) == (404, "/problems/not-found")


async def test_absences_and_owners_come_in_pages(olga: Person) -> None:
    made = [(await away(olga, **{"from": f"2026-11-2{day}"}))["id"] for day in (7, 5, 6)]
    first = (await olga("GET", f"{ABSENCES}?limit=2")).json()
    assert [one["id"] for one in first["absences"]] == [made[1], made[2]]
    rest = (await olga("GET", f"{ABSENCES}?limit=2&after={first['next']}")).json()
    assert ([one["id"] for one in rest["absences"]], rest["next"]) == ([made[0]], None)

    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = (await olga("GET", f"{OWNERS}?limit=2&after={after}")).json()
        seen += [one["email"] for one in page["owners"]]
        after = page["next"]
    assert sorted(seen) == [f"{name}@example.com" for name in ("ann", "bob", "cy", "eve", "sam")]


async def test_a_page_follows_an_absence_that_has_ended_meanwhile(olga: Person) -> None:
    made = [(await away(olga, **{"from": f"2026-11-2{day}"}))["id"] for day in (5, 6)]
    await olga("DELETE", f"{ABSENCES}/{made[0]}")
    rest = (await olga("GET", f"{ABSENCES}?after={made[0]}")).json()
    assert [one["id"] for one in rest["absences"]] == [made[1]]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"owner": "nobody@example.com"}, "no owner with the address nobody@example.com"),
        ({"until": "2020-01-01"}, "say a later instant"),
        ({"from": "2026-12-02"}, "say a later instant"),
        ({"until": "9999-12-31T23:00:00-14:00"}, "beyond the years"),
        ({"until": "soon"}, "until"),
        ({"because": "why not"}, "because"),
        ({"reason": "\0"}, "control character"),
    ],
)
async def test_what_cannot_be_an_absence_says_what_would_do(olga: Person, given: dict[str, str], said: str) -> None:
    answer = await olga("POST", ABSENCES, send={"owner": EVE, "until": "2026-12-01", **given})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/request")
    assert said in answer.json()["detail"]


async def test_somebody_away_twice_is_back_when_the_later_absence_ends(desk: Desk, olga: Person) -> None:
    later = await away(olga, until="2026-12-05")
    await away(olga)
    assert (await eve(olga))["away_until"] == later["until_at"]
    desk.world.clock.advance(timedelta(days=20))
    assert (await olga("GET", ABSENCES)).json()["absences"] == []
