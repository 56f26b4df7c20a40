"""What linting says of owners, territories, accounts, working hours, and of steps that look for somebody else."""

from __future__ import annotations

import pytest

from app.agreement.lint import lint
from tests.core.agreement.documents import SMALL, broken
from tests.core.agreement.one_of_each import found

REASSIGNED = broken("within: 4 business hours", "within: 4 business hours, steps: [{at: breach, do: reassign}]")
ALONE = "members: [{owner: ann@example.com}]"


@pytest.mark.parametrize(
    "others",
    [
        "members: [{owner: ann@example.com}, {owner: sam@example.com}]",
        f"{ALONE}, if_nobody: {{owner: sam@example.com}}",
        (
            f"{ALONE}, if_nobody: others}}\n"
            "  - {id: others, manager: sam@example.com, calendar: office, members: [{owner: sam@example.com}]"
        ),
    ],
)
def test_a_step_that_reassigns_wants_somebody_else_in_reach(others: str) -> None:
    assert found(REASSIGNED) == [("nobody_else", "/promises/0/accept/steps/0/do")]
    assert found(REASSIGNED.replace(ALONE, others)) == []


def test_who_stands_in_and_is_the_only_member_is_nobody_else() -> None:
    text = REASSIGNED.replace(ALONE, f"{ALONE}, if_nobody: {{owner: Ann@example.com}}")
    assert found(text) == [("nobody_else", "/promises/0/accept/steps/0/do")]


NORTH = "territories: [{id: north, because: Up there, when: {contact.city: Oslo}, owners: [ann@example.com]}]\n"
ACME = "named_accounts: [{company: Acme, domain: acme.example, owner: ann@example.com}]\n"


def test_territories_and_accounts_are_used_where_a_pool_prefers_them() -> None:
    assert found(SMALL + NORTH + ACME) == [("unused", "/territories"), ("unused", "/named_accounts")]
    preferring = SMALL.replace("members: [", "prefer: [named_account, territory], members: [")
    assert found(preferring + NORTH + ACME) == []
    assert found(preferring) == [
        ("prefers_nothing", "/pools/0/prefer/0"),
        ("prefers_nothing", "/pools/0/prefer/1"),
    ]


def test_territories_are_linted_as_other_rows_are() -> None:
    preferring = SMALL.replace("members: [", "prefer: [territory], members: [")
    twice = NORTH.replace(
        "}]\n", "}, {id: oslo, because: City, when: {contact.city: oslo}, owners: [ann@example.com]}]\n"
    )
    assert found(preferring + twice) == [("shadowed", "/territories/1/when")]
    early = NORTH.replace("when: {contact.city: Oslo}, ", "").replace(
        "}]\n", "}, {id: b, because: B, owners: [x@y.zz]}]\n"
    )
    assert ("catches_all_early", "/territories/0") in found(preferring + early)


def test_a_company_or_a_domain_names_one_account() -> None:
    text = SMALL.replace("members: [", "prefer: [named_account], members: [")
    twice = ACME.replace("}]\n", "}, {company: Acme, domain: acme.example, owner: sam@example.com}]\n")
    assert found(text + twice) == [
        ("duplicate_id", "/named_accounts/1/company"),
        ("duplicate_id", "/named_accounts/1/domain"),
    ]


def test_leads_expire_only_where_a_step_stops_them() -> None:
    expired = broken("recycle: []", "recycle: [{reason: expired, return_after: 30 days}]")
    assert found(expired) == [("unused", "/recycle/0/reason")]
    assert found(expired.replace("4 business hours", "4 business hours, steps: [{at: breach, do: stop}]")) == []


def test_a_property_that_counts_as_a_touch_must_exist_in_the_portal() -> None:
    text = broken("hours_of: pool", "hours_of: pool, counts_as_touch: [notes_last_contacted, last_talk]")
    assert found(text) == [("unknown_property", "/promises/0/counts_as_touch/1")]
    assert lint(text, file="a.yaml") == []


def test_hours_that_meet_the_pool_s_at_any_time_are_not_apart() -> None:
    night = '  - {id: night, time_zone: Europe/Berlin, open: {mon-sun: ["20:00-24:00"]}}\ndefinitions:\n'
    text = SMALL.replace("definitions:\n", night).replace(ALONE, "members: [{owner: ann@example.com, calendar: night}]")
    assert found(text) == [("hours_apart", "/pools/0/members/0/calendar")]
    assert found(text.replace("hours_of: pool", "hours_of: owner")) == []
    assert found(text.replace("20:00-24:00", "16:59-24:00")) == []
