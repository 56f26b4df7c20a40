from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.agreement.model import EXPIRED, Agreement
from app.agreement.parse import parse_agreement
from app.clock import SteppedClock
from app.engine.portal import missing_properties
from app.engine.setup import SCOPES, Lacking, apply, plan, subscriptions
from app.engine.start import packaged_agreement
from app.handoff.properties import BRIEF_READS, GROUP, READS, own_properties
from app.records.crm import PropertyDefinition
from app.records.engagement import EngagementKind
from app.records.ids import ObjectType
from app.storage import portals
from tests.world import World, open_world


@pytest.fixture
async def bare(database_url: str, clock: SteppedClock) -> AsyncIterator[World]:
    """A portal in which nothing was set up."""
    async with open_world(database_url, clock, live=False) as opened:
        yield opened


@pytest.fixture
def agreement() -> Agreement:
    return parse_agreement(packaged_agreement().read_bytes(), file="agreement.yaml")


async def made(world: World, agreement: Agreement) -> Lacking:
    baton = world.baton
    return await apply(baton.crm, baton.database, baton.portal_id, agreement, by="ada", now=world.clock.now())


async def test_a_plan_lists_all_that_a_bare_portal_lacks_and_changes_nothing(bare: World, agreement: Agreement) -> None:
    for _ in range(2):
        lacking = await plan(bare.baton.crm, agreement)
        assert lacking.group
        assert lacking.properties == own_properties(agreement)
        assert lacking.scopes == SCOPES
    assert bare.sim.counters.total_calls == 2


async def test_applying_makes_what_is_lacking_once(bare: World, agreement: Agreement) -> None:
    first = await made(bare, agreement)
    assert first.properties == own_properties(agreement)
    second = await made(bare, agreement)
    assert (second.group, second.properties, second.differing) == (False, (), ())
    stands = {one.name: one for one in await bare.baton.crm.read_definitions(ObjectType.CONTACT)}
    assert all(stands[one.name].group == GROUP for one in own_properties(agreement))
    reasons = {option.value for option in stands["baton_rejection_reason"].options}
    assert reasons == {rule.reason for rule in agreement.recycle} - {EXPIRED}  # no rep gives that one


async def test_what_was_made_is_known_at_once_and_noted_in_the_audit(bare: World, agreement: Agreement) -> None:
    await made(bare, agreement)
    async with bare.database.begin() as connection:
        known = await portals.definitions(connection, bare.baton.portal_id)
    assert missing_properties(agreement, known) == ()
    [line] = await bare.rows("SELECT actor, action FROM audit")
    assert line == {"actor": "ada", "action": "properties created"}


async def test_a_property_of_another_type_is_told_of_and_left_alone(bare: World, agreement: Agreement) -> None:
    await bare.baton.crm.create_property_group(ObjectType.CONTACT, GROUP, "theirs")
    theirs = PropertyDefinition("baton_route", "Theirs", "number", field_type="number", group=GROUP)
    await bare.baton.crm.create_properties(ObjectType.CONTACT, [theirs])
    lacking = await made(bare, agreement)
    [sentence] = lacking.differing
    assert "baton_route is of type number" in sentence
    stands = {one.name: one for one in await bare.baton.crm.read_definitions(ObjectType.CONTACT)}
    assert (stands["baton_route"].type, stands["baton_route"].label) == ("number", "Theirs")
    assert "baton_why" in stands


async def test_a_reason_that_the_portal_does_not_offer_is_told_of(bare: World, agreement: Agreement) -> None:
    await bare.baton.crm.create_property_group(ObjectType.CONTACT, GROUP, "Baton handoff")
    few = [
        PropertyDefinition(one.name, one.label, one.type, one.options[:1], field_type=one.field_type, group=GROUP)
        for one in own_properties(agreement)
        if one.name == "baton_rejection_reason"
    ]
    await bare.baton.crm.create_properties(ObjectType.CONTACT, few)
    [sentence] = (await plan(bare.baton.crm, agreement)).differing
    assert "baton_rejection_reason lacks the options" in sentence


def test_there_is_a_subscription_for_everything_that_deciding_reads(agreement: Agreement) -> None:
    wanted = subscriptions(agreement)
    assert {f"contact.{what}" for what in ("creation", "deletion", "merge", "restore", "privacyDeletion")} <= {*wanted}
    for name in READS.contact | agreement.reads.contact | {one.name for one in own_properties(agreement)}:
        assert f"contact.propertyChange {name}" in wanted
    for name in READS.company | agreement.reads.company:
        assert f"company.propertyChange {name}" in wanted
    for kind in EngagementKind:
        assert {f"object.creation {kind.value}", f"object.deletion {kind.value}"} <= {*wanted}
    assert {
        "object.propertyChange call hs_call_status",
        "object.propertyChange email hs_email_status",
        "object.propertyChange meeting hs_meeting_outcome",
    } <= {*wanted}
    assert len(wanted) == len({*wanted})


def test_deals_are_subscribed_to_only_where_the_agreement_reads_them(agreement: Agreement) -> None:
    assert not [one for one in subscriptions(agreement) if one.startswith("deal.")]
    reading = replace(agreement, reads=replace(agreement.reads, deal=frozenset({"amount"})))
    told = {one for one in subscriptions(reading) if one.startswith("deal.")}
    assert told == {"deal.deletion", "deal.merge", "deal.restore", "deal.propertyChange amount"}


def test_there_is_no_subscription_for_what_only_the_brief_tells(agreement: Agreement) -> None:
    only_told = BRIEF_READS - agreement.reads.contact
    assert only_told
    assert not {f"contact.propertyChange {name}" for name in only_told} & {*subscriptions(agreement)}
