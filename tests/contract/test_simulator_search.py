"""Search: operators, pages, limits, and an index that is behind."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.crm.simulator import Simulator
from app.crm.simulator.instants import ShiftedClock, epoch_ms

PATH = "/crm/objects/2026-09/contacts/search"


def asking(name: str, operator: str, **values: Any) -> dict[str, Any]:  # JSON values
    return {"filterGroups": [{"filters": [{"propertyName": name, "operator": operator, **values}]}]}


@pytest.fixture
def people(sim: Simulator) -> dict[str, str]:
    """Ada, Bruno and Chiara, told apart by everything; ids to names."""
    given = (
        {"firstname": "Ada", "email": "ada@birch.example", "lifecyclestage": "lead", "hs_email_open": "2"},
        {
            "firstname": "Bruno",
            "email": "bruno@alder.example",
            "lifecyclestage": "customer",
            "hs_email_open": "10",
        },
        {"firstname": "Chiara", "email": "chiara@birch.example"},
    )
    return {sim.create_contact(each): each["firstname"] for each in given}


@pytest.mark.parametrize(
    ("question", "names"),
    [
        (asking("firstname", "EQ", value="ada"), {"Ada"}),
        (asking("lifecyclestage", "EQ", value="LEAD"), set()),
        (asking("lifecyclestage", "NEQ", value="lead"), {"Bruno", "Chiara"}),
        (asking("hs_email_open", "GT", value="2"), {"Bruno"}),
        (asking("hs_email_open", "GTE", value="2"), {"Ada", "Bruno"}),
        (asking("hs_email_open", "LT", value="10"), {"Ada"}),
        (asking("hs_email_open", "LTE", value="10"), {"Ada", "Bruno"}),
        (asking("hs_email_open", "BETWEEN", value="1", highValue="3"), {"Ada"}),
        (asking("lifecyclestage", "IN", values=["lead", "customer"]), {"Ada", "Bruno"}),
        (asking("lifecyclestage", "NOT_IN", values=["lead"]), {"Bruno", "Chiara"}),
        (asking("lifecyclestage", "HAS_PROPERTY"), {"Ada", "Bruno"}),
        (asking("lifecyclestage", "NOT_HAS_PROPERTY"), {"Chiara"}),
        (asking("email", "CONTAINS_TOKEN", value="birch"), {"Ada", "Chiara"}),
        (asking("email", "CONTAINS_TOKEN", value="*birch.example"), {"Ada", "Chiara"}),
        (asking("email", "CONTAINS_TOKEN", value="bir"), set()),
        ({"query": "alder"}, {"Bruno"}),
        ({}, {"Ada", "Bruno", "Chiara"}),
    ],
)
async def test_an_operator_finds_what_it_says(
    hs: httpx.AsyncClient, people: dict[str, str], question: dict[str, Any], names: set[str]
) -> None:
    answer = await hs.post(PATH, json=question)

    assert answer.status_code == 200
    assert {people[each["id"]] for each in answer.json()["results"]} == names
    assert answer.json()["total"] == len(names)


async def test_filters_of_a_group_must_all_hold_and_one_group_is_enough(
    hs: httpx.AsyncClient, people: dict[str, str]
) -> None:
    birch_lead = [
        *asking("email", "CONTAINS_TOKEN", value="birch")["filterGroups"][0]["filters"],
        *asking("lifecyclestage", "EQ", value="lead")["filterGroups"][0]["filters"],
    ]
    bruno = asking("firstname", "EQ", value="Bruno")["filterGroups"][0]["filters"]

    answer = await hs.post(PATH, json={"filterGroups": [{"filters": birch_lead}, {"filters": bruno}]})

    assert {people[each["id"]] for each in answer.json()["results"]} == {"Ada", "Bruno"}


async def test_changes_since_an_instant_are_walked_in_order(
    sim: Simulator, hs: httpx.AsyncClient, people: dict[str, str], clock: ShiftedClock
) -> None:
    since = epoch_ms(clock())
    for contact in reversed(people):
        clock.advance(timedelta(seconds=1))
        sim.edit_contact(contact, {"jobtitle": "CTO"})
    question = {
        **asking("lastmodifieddate", "GT", value=str(since)),
        "sorts": [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}],
        "limit": 2,
    }

    first = (await hs.post(PATH, json=question)).json()
    second = (await hs.post(PATH, json={**question, "after": first["paging"]["next"]["after"]})).json()

    assert [people[each["id"]] for each in first["results"] + second["results"]] == ["Chiara", "Bruno", "Ada"]
    assert "paging" not in second


async def test_the_index_is_behind_by_its_lag(
    sim: Simulator, hs: httpx.AsyncClient, people: dict[str, str], clock: ShiftedClock
) -> None:
    sim.faults.search_lag = 60
    clock.advance(timedelta(minutes=5))
    ada = next(iter(people))
    sim.edit_contact(ada, {"firstname": "Adele"})
    sim.create_contact({"firstname": "Adele"})

    early = (await hs.post(PATH, json=asking("firstname", "EQ", value="Adele"))).json()
    clock.advance(timedelta(minutes=1))
    later = (await hs.post(PATH, json=asking("firstname", "EQ", value="Adele"))).json()

    assert (early["total"], later["total"]) == (0, 2)


async def test_a_poll_for_changes_does_not_see_one_before_the_index_does(
    sim: Simulator, hs: httpx.AsyncClient, people: dict[str, str], clock: ShiftedClock
) -> None:
    sim.faults.search_lag = 60
    clock.advance(timedelta(minutes=5))
    since = str(epoch_ms(clock()))
    sim.edit_contact(next(iter(people)), {"firstname": "Adele"})
    question = {**asking("lastmodifieddate", "GTE", value=since), "properties": ["firstname"]}

    early = (await hs.post(PATH, json=question)).json()
    stale = (await hs.post(PATH, json=asking("firstname", "EQ", value="Ada"))).json()
    clock.advance(timedelta(minutes=1))
    later = (await hs.post(PATH, json=question)).json()

    assert (early["total"], stale["total"], later["total"]) == (0, 1, 1)
    assert stale["results"][0]["properties"]["firstname"] == "Ada"
    assert later["results"][0]["properties"]["firstname"] == "Adele"


@pytest.mark.parametrize(
    "question",
    [
        {"limit": 201},
        {"after": "9990", "limit": 11},
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": ["lead"]},
        {"query": "x" * 3000},
        asking("no_such_property", "EQ", value="1"),
        asking("firstname", "SOUNDS_LIKE", value="1"),
    ],
)
async def test_a_search_beyond_the_limits_is_refused(
    hs: httpx.AsyncClient, people: dict[str, str], question: dict[str, Any]
) -> None:
    answer = await hs.post(PATH, json=question)

    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"


async def test_five_searches_a_second_and_no_more(hs: httpx.AsyncClient, clock: ShiftedClock) -> None:
    answers = [await hs.post(PATH, json={}) for _ in range(6)]
    clock.advance(timedelta(seconds=1))
    again = await hs.post(PATH, json={})

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].json()["policyName"] == "SECONDLY"
    assert not [name for name in answers[0].headers if name.startswith("x-hubspot-ratelimit")]
    assert again.status_code == 200
