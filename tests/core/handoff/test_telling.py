"""Whom a step tells, and in which words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.agreement.model import Side
from app.handoff.decision import Notice
from app.handoff.telling import not_reassigned, notices_for, reassigned, recipients, taken_back
from app.handoff.timing import DueStep
from app.records.crm import Contact
from app.records.ids import ContactId, PoolId
from app.settings import NOTICE_KINDS
from app.sla.ladder import read_rung
from tests.core.handoff.parts import HOUR, agreement
from tests.core.handoff.timed import (
    ACCEPT,
    MINUTE,
    START,
    Kept,
    call,
    clock,
    lead_of,
    more,
    promised,
    target,
    tenure,
    timed,
)

SIDES = (Side("marketing", "mia@example.com", ()), Side("sales", "sam@example.com", ()))
BY = promised(agreement(sides=SIDES), first_touch=target("1 h"))
WHERE = "Contact 1 in HubSpot."
HANDED = timed(tenure(), tenure(2, "dan", START + HOUR))


def step(at: str, do: str, number: int = 1, **changes: Any) -> DueStep:
    return DueStep(replace(clock(), **changes), read_rung(number, at, do))


def told(*steps: DueStep) -> tuple[Notice, ...]:
    return notices_for(BY, lead_of(HANDED), HANDED, steps)


@pytest.mark.parametrize(
    ("whom", "addresses"),
    [
        ("owner", ("dan@example.com",)),
        ("manager", ("sam@example.com",)),
        ("marketing", ("mia@example.com",)),
        ("sales", ("sam@example.com",)),
        ("both sides", ("mia@example.com", "sam@example.com")),
        ("rev@example.com", ("rev@example.com",)),
    ],
)
def test_the_agreements_words_stand_for_addresses(whom: str, addresses: tuple[str, ...]) -> None:
    assert recipients(BY, HANDED, whom) == addresses


def test_nobody_is_told_where_nobody_is_known() -> None:
    bare = replace(BY, sides=())
    lost = replace(HANDED, pool=PoolId("gone"), tenures=())
    assert [recipients(bare, lost, whom) for whom in ("owner", "manager", "sales", "both sides")] == [()] * 4


def test_the_owner_who_is_told_is_the_one_whom_the_clock_times() -> None:
    assert recipients(BY, HANDED, "owner", clock()) == ("eve@example.com",)
    assert recipients(BY, HANDED, "owner", clock(tenure=2)) == ("dan@example.com",)


def test_a_miss_is_told_to_the_owner_and_the_manager_and_to_nobody_else() -> None:
    """B-08."""
    by = promised(first_touch=target("1 h", ("breach", "notify owner"), ("breach", "notify manager")))
    kept = Kept(by)
    due = kept.look(START + HOUR).due
    notices = notices_for(by, lead_of(kept.handed), kept.handed, due)
    assert [(one.to, one.kind) for one in notices] == [("eve@example.com", "breached"), ("sam@example.com", "breached")]
    assert kept.look(START + 2 * HOUR).due == ()


def test_a_warning_says_until_when_and_a_breach_since_when() -> None:
    [warning] = told(step("75 %", "notify owner"))
    assert (warning.kind, warning.subject) == ("at risk", "At risk: first touch for Ada Lovelace")
    assert warning.lines == (
        "First touch is due 2026-11-20 10:00 (America/New_York); promised within 1 h.",
        "It is with eve@example.com.",
        WHERE,
    )
    [breach] = told(step("breach", "notify manager"))
    assert (breach.kind, breach.to) == ("breached", "sam@example.com")
    assert breach.lines[0] == "First touch was due 2026-11-20 10:00 (America/New_York); promised within 1 h."


def test_a_breach_that_is_told_after_the_touch_says_that_it_came_late() -> None:
    [breach] = told(step("breach", "notify manager", stopped_at=START + 2 * HOUR, because="call by eve@example.com"))
    assert breach.lines[1] == "It came late: call by eve@example.com."


def test_the_same_notice_has_the_same_key_and_different_ones_have_different_keys() -> None:
    steps = (
        step("75 %", "notify owner"),
        step("breach", "notify owner", 2),
        step("breach", "notify owner", 2, kind=ACCEPT),
        step("breach", "notify owner", 2, tenure=2),
        step("breach", "notify both sides", 3),
    )
    keys = [one.key for one in told(*steps, *steps)]
    assert len(keys) == len(set(keys)) == 6
    assert keys == [one.key for one in told(*steps)]


def test_steps_that_tell_nobody_make_no_notice() -> None:
    assert told(step("breach", "reassign"), step("breach", "task"), step("breach", "stop")) == ()


@pytest.mark.parametrize(("company", "who"), [("Acme", "Acme"), ("", "contact 1")])
def test_a_lead_without_a_name_is_called_by_its_company_and_then_by_its_number(company: str, who: str) -> None:
    said = {"firstname": "", "lastname": "", "company": company}
    nameless = replace(lead_of(HANDED), contact=Contact(ContactId("1"), said))
    [notice] = notices_for(BY, nameless, HANDED, [step("breach", "notify manager")])
    assert notice.subject == f"Breached: first touch for {who}"


def test_a_change_of_owner_is_told_to_both_owners_and_the_manager_once_each() -> None:
    handed = timed()
    notices = reassigned(BY, lead_of(handed), handed, "dan@example.com", "eve left")
    assert [one.to for one in notices] == ["eve@example.com", "dan@example.com", "sam@example.com"]
    assert {(one.kind, one.subject) for one in notices} == {
        ("reassigned", "Given to dan@example.com: Ada Lovelace"),
    }
    to_manager = reassigned(BY, lead_of(handed), handed, "sam@example.com", "eve left")
    assert [one.to for one in to_manager] == ["eve@example.com", "sam@example.com"]


def test_that_nobody_else_gets_the_lead_is_told_to_the_manager_with_the_reason() -> None:
    [notice] = not_reassigned(BY, lead_of(HANDED), HANDED, step("breach", "reassign"), "mia gave it to eve")
    assert (notice.to, notice.kind) == ("sam@example.com", "not reassigned")
    assert notice.lines[0] == "The agreement asks for another owner, but mia gave it to eve."


def test_whatever_people_are_told_is_of_a_kind_that_can_be_set_as_urgent() -> None:
    kept = Kept(BY)
    kept.look(START + HOUR)
    kept.acts(more(START + HOUR, "3 h"))
    made = {
        *told(step("75 %", "notify owner"), step("breach", "notify owner", number=2)),
        *reassigned(BY, lead_of(HANDED), HANDED, "cy@example.com", "why"),
        *not_reassigned(BY, lead_of(HANDED), HANDED, step("breach", "reassign"), "why"),
        *taken_back(BY, lead_of(kept.handed), kept.handed, kept.look(START + 2 * HOUR).rescinded),
    }
    assert {one.kind for one in made} | {"digest"} == NOTICE_KINDS


def rescinded(kept: Kept) -> set[tuple[str, ...]]:
    timing = kept.look(START + 2 * HOUR)
    return {one.lines for one in taken_back(BY, lead_of(kept.handed), kept.handed, timing.rescinded)}


def test_a_breach_taken_back_by_a_touch_names_the_touch_and_its_time() -> None:
    kept = Kept(BY)
    kept.look(START + HOUR)
    kept.made.append(call(START + 50 * MINUTE))
    assert rescinded(kept) == {
        ("The breach is taken back: call by eve@example.com, 2026-11-20 09:50 (America/New_York).", WHERE),
    }


def test_a_breach_taken_back_by_an_extension_names_the_new_deadline() -> None:
    kept = Kept(BY)
    kept.look(START + HOUR)
    kept.acts(more(START + HOUR, "3 h"))
    assert rescinded(kept) == {("The breach is taken back: it is due 2026-11-20 13:00 (America/New_York).", WHERE)}
