"""What conditions learn while a lead is weighed: its role, its buying group, its deals, its free-mail domains."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.handoff.qualify import Qualification, qualify
from app.handoff.state import Lead
from app.records.crm import Deal
from app.rules.condition import BuyingGroupTest, Condition, DealTest, PropertyTest, RoleTest
from app.rules.evaluate import evaluate
from app.rules.facts import GroupMember, Vocabulary
from app.rules.truth import Truth
from tests.core.handoff.parts import NOW, VOCABULARY, agreement, lead

CHAMPION = GroupMember("2", "champion")


def qualified(subject: Lead, vocabulary: Vocabulary = VOCABULARY) -> Qualification:
    return qualify(agreement(), subject, NOW, vocabulary)


def met(condition: Condition, subject: Lead) -> Truth:
    return evaluate(condition, qualified(subject).scope).truth


def test_the_role_of_a_persona_is_known_once_the_persona_is() -> None:
    assert met(RoleTest(("decision_maker",)), lead()) is Truth.MET
    assert met(RoleTest(("decision_maker",)), lead(jobtitle="Clerk")) is Truth.NOT_MET


def test_the_contact_joins_its_buying_group_in_the_role_of_its_persona() -> None:
    both = BuyingGroupTest(("decision_maker", "champion"), 2)
    subject = replace(lead(), group=(CHAMPION, GroupMember("1", "end_user")))
    assert met(both, subject) is Truth.MET
    assert met(BuyingGroupTest(("end_user",)), subject) is Truth.NOT_MET


@pytest.mark.parametrize("given", ["DECISION_MAKER", "BLOCKER;DECISION_MAKER", " decision_maker "])
def test_without_a_persona_the_roles_given_by_hand_count(given: str) -> None:
    subject = replace(lead(jobtitle="Clerk", hs_buying_role=given), group=(CHAMPION,))
    assert met(BuyingGroupTest(("decision_maker", "champion"), 2), subject) is Truth.MET


def test_a_contact_without_a_role_is_no_part_of_the_group() -> None:
    subject = replace(lead(jobtitle="Clerk", hs_buying_role="CHAIRPERSON"), group=(CHAMPION,))
    assert met(BuyingGroupTest(at_least=2), subject) is Truth.NOT_MET


def test_without_a_company_nothing_is_known_of_a_group() -> None:
    assert met(BuyingGroupTest(("champion",)), lead()) is Truth.NO_DATA


def test_conditions_see_the_leads_deals() -> None:
    large = DealTest((PropertyTest("deal.amount", "at_least", ("5000",)),))
    assert met(large, replace(lead(), deals=(Deal("7", {"amount": "9000"}),))) is Truth.MET
    assert met(large, lead()) is Truth.NO_DATA


def test_the_agreement_says_which_domains_are_free_mail() -> None:
    free = PropertyTest("contact.free_mail", "equals", ("true",))
    listed = qualify(agreement(free_mail=frozenset({"acme.com"})), lead(), NOW, VOCABULARY)
    assert evaluate(free, listed.scope).truth is Truth.MET
    elsewhere = qualified(lead(), Vocabulary(free_mail=frozenset({"acme.com"})))
    assert evaluate(free, elsewhere.scope).truth is Truth.NOT_MET
