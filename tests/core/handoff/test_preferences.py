"""Who goes before turns: whoever has the named account, covers the territory, owns the company, had the lead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.agreement.model import Agreement, NamedAccount, Territory
from app.handoff.decision import Assignment, Skipped
from app.handoff.explain import explain, render
from app.handoff.state import History, Inputs, Lead, Roster
from app.records.ids import OwnerId
from app.rules.condition import PropertyTest
from tests.core.handoff.parts import (
    DAY,
    ENTERPRISE,
    NOW,
    VOCABULARY,
    decided,
    lead,
    open_lead,
    rejected,
    roster,
    with_pool,
)

NORTH = Territory("north", "Far up", PropertyTest("contact.country", "equals", ("Norway",)), ("ann@example.com",))
REST = Territory("rest", "All the rest", None, ("bob@example.com", "dan@example.com"))
ACME = NamedAccount("Acme Corporation", "acme.com", "ann@example.com")


def preferring(*preferences: str) -> Agreement:
    """The usual agreement with two territories and an account; its pool enterprise prefers these."""
    return replace(with_pool(ENTERPRISE, prefer=preferences), territories=(NORTH, REST), named_accounts=(ACME,))


def line(subject: Lead, by: Agreement, among: Roster | None = None) -> Assignment:
    found = decided(subject, by=by, among=among).assignment
    assert found is not None
    return found


def test_the_owner_of_the_named_account_goes_before_turns_uncharged_and_says_what_told() -> None:
    got = line(lead(), preferring("named_account"))
    assert (got.owner_id, got.charged, got.pool) == ("ann", False, ENTERPRISE)
    assert got.because == "has the named account Acme Corporation (domain acme.com)"


def test_a_lead_of_no_account_goes_by_turns_and_a_near_miss_is_told() -> None:
    got = line(lead(company={"name": "Acne"}, email="ada@else.com"), preferring("named_account"))
    assert (got.owner_id, got.charged, got.skipped) == ("eve", True, ())
    near = replace(preferring("named_account"), named_accounts=(replace(ACME, company="Acmes"),))
    told = line(lead(email="ada@else.com"), near)
    assert told.owner_id == "eve"
    assert told.skipped == (Skipped("ann@example.com", "has the named account Acmes, but Acme is only 88 % like it"),)


def test_an_unsure_account_is_told_for_each_that_it_may_be() -> None:
    twins = (replace(ACME, domain=None), NamedAccount("ACME GmbH", None, "bob@example.com"))
    got = line(lead(email="ada@else.com"), replace(preferring("named_account"), named_accounts=twins))
    assert (got.owner_id, got.charged) == ("eve", True)
    assert [one.why for one in got.skipped] == [
        "has the named account Acme Corporation, but Acme is 100 % like it, and so may be others",
        "has the named account ACME GmbH, but Acme is 100 % like it, and so may be others",
    ]


@pytest.mark.parametrize(
    ("country", "owner", "why"), [("Norway", "ann", "north (Far up)"), (None, "bob", "rest (All the rest)")]
)
def test_the_first_territory_that_fits_says_who_covers_the_lead(country: str | None, owner: str, why: str) -> None:
    got = line(lead(country=country), preferring("territory"))
    assert (got.owner_id, got.charged, got.because) == (owner, False, f"covers territory {why}")


def test_the_first_owner_of_a_territory_who_can_take_the_lead_gets_it() -> None:
    among = roster(gone=("bob",))
    got = line(lead(), preferring("territory"), among)
    assert got.owner_id == "dan"
    why = "covers territory rest (All the rest), but is no active HubSpot owner"
    assert got.skipped == (Skipped("bob@example.com", why),)
    absent = replace(among, away={OwnerId("dan"): NOW + DAY})
    turned = line(lead(), preferring("territory"), absent)
    assert (turned.owner_id, turned.charged) == ("eve", True)
    assert "is away until" in turned.skipped[1].why


def test_an_owner_of_a_territory_whom_the_portal_does_not_have_is_passed_over() -> None:
    unknown = replace(preferring("territory"), territories=(replace(REST, owners=("nobody@example.com",)),))
    got = line(lead(), unknown)
    assert got.owner_id == "eve"
    assert [one.who for one in got.skipped] == ["nobody@example.com"]


def test_preferences_are_asked_in_the_order_that_the_pool_gives_them() -> None:
    subject = lead(company={"hubspot_owner_id": "dan"}, history=History(last=rejected(owner_id=OwnerId("zoe"))))
    preferred = {"named_account": "ann", "territory": "bob", "company_owner": "dan", "previous_owner": "zoe"}
    for first, owner in preferred.items():
        assert line(subject, preferring(first, *(other for other in preferred if other != first))).owner_id == owner


def test_a_pool_that_prefers_nobody_looks_at_no_list() -> None:
    assert line(lead(country="Norway"), preferring()).owner_id == "eve"


def test_a_lead_that_is_given_on_goes_by_its_territory_too_and_not_to_who_had_it() -> None:
    decision = decided(open_lead(country="Norway"), by=preferring("territory"), among=roster(gone=("eve",)))
    assert decision.handoff_owner == "ann"
    declined = History(last=rejected(owner_id=OwnerId("ann"), to_different_owner=True))
    got = line(lead(history=declined, country="Norway"), preferring("territory"))
    assert got.owner_id == "eve"
    assert got.skipped == (
        Skipped("ann@example.com", "covers territory north (Far up), but declined this lead before"),
    )


def test_an_explanation_shows_the_territories_that_were_tried() -> None:
    inputs = Inputs(lead(country="Norway"), roster(), NOW)
    lines = render(explain(preferring("territory"), inputs, VOCABULARY))
    shown = lines[lines.index("Territory") :]
    assert shown[1].split() == ["met", "north"]
    assert "Territory" not in render(explain(preferring("company_owner"), inputs, VOCABULARY))
