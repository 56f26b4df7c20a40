from __future__ import annotations

from dataclasses import replace

import pytest

from app.agreement.consent import Consent, consents_needed
from app.agreement.model import Side as Speaker
from app.records.people import Side
from tests.core.handoff.parts import agreement

MIA, SAM = "mia@example.com", "sam@example.com"
IN_FORCE = agreement(
    sides=(Speaker("marketing", MIA, ("score", "personas")), Speaker("sales", SAM, ("routes", "pools", "promises")))
)


def asked(touched: set[str], author: Side | None = None) -> dict[str, tuple[str, ...]]:
    return {one.contact: one.sections for one in consents_needed(IN_FORCE, touched, author)}


def test_a_change_of_one_side_s_promise_asks_that_side_alone() -> None:
    assert asked({"score"}, Side.MARKETING) == {MIA: ("score",)}
    assert asked({"routes", "pools"}) == {SAM: ("pools", "routes")}


def test_a_change_of_the_other_side_s_promise_asks_both() -> None:
    assert asked({"promises"}, Side.MARKETING) == {MIA: (), SAM: ("promises",)}


@pytest.mark.parametrize("section", ["agreement", "examples", "targets"])
def test_a_section_that_no_side_lists_asks_both(section: str) -> None:
    assert asked({section}) == {MIA: (section,), SAM: (section,)}


def test_what_serves_other_sections_counts_as_those_that_use_it() -> None:
    assert asked({"definitions", "score"}) == {MIA: ("score",)}
    assert asked({"calendars", "pools", "promises"}) == {SAM: ("pools", "promises")}


def test_a_definition_that_nothing_uses_asks_both() -> None:
    assert set(asked({"definitions"})) == {MIA, SAM}


def test_a_change_of_nothing_that_runs_asks_nobody() -> None:
    assert asked(set(), Side.SALES) == {}


def test_one_person_who_speaks_for_both_sides_is_asked_once() -> None:
    sides = tuple(replace(one, contact="Boss@example.com") for one in IN_FORCE.sides)
    [consent] = consents_needed(replace(IN_FORCE, sides=sides), {"score", "routes"}, None)
    assert consent == Consent("boss@example.com", (Side.MARKETING, Side.SALES), ("routes", "score"))
