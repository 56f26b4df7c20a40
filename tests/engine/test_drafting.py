"""The draft of the next agreement: who may save, who must agree, what is put in force."""

from __future__ import annotations

import pytest

from app.agreement.faults import AgreementError
from app.clock import SteppedClock
from app.engine.drafting import Drafting
from app.engine.refusals import NotAllowed, NothingThere, NotPublishable, Stale
from app.engine.review import DraftState
from app.records.people import Actor, Role, Side
from app.storage import audit
from app.storage.agreements import Version
from app.storage.drafts import Draft
from tests.world import World, open_world

MIA = Actor("mia@example.com", Role.PUBLISHER, "mia@example.com", Side.MARKETING)
SAM = Actor("sam@example.com", Role.PUBLISHER, "sam@example.com", Side.SALES)
REV = Actor("rev@example.com", Role.EDITOR, "rev@example.com")

SIZE = ("company.numberofemployees: {at_least: 50}", "company.numberofemployees: {at_least: 40}")
POINTS = ("{id: buyer, points: 30", "{id: buyer, points: 35")
ACCEPT = ("within: 4 business hours", "within: 3 business hours")


@pytest.fixture
def drafting(world: World) -> Drafting:
    return world.baton.drafting


def edited(text: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


async def save(drafting: Drafting, *edits: tuple[str, str], by: Actor = MIA) -> str:
    """Save the text that stands with these edits; returns its digest."""
    standing = await drafting.standing()
    saved = await drafting.save(edited(standing.text, *edits), standing.digest, by, "A change")
    return saved.digest


async def publish(drafting: Drafting, *edits: tuple[str, str]) -> Version:
    digest = await save(drafting, *edits)
    for contact in (MIA, SAM):
        if contact.email in {one.contact for one in (await drafting.review()).missing}:
            await drafting.approve(digest, contact, "")
    return await drafting.publish(digest, MIA, "A change")


async def test_a_draft_goes_from_saved_to_validated_to_approved_to_published(drafting: Drafting) -> None:
    digest = await save(drafting, POINTS)
    review = await drafting.review()
    assert (review.state, [one.contact for one in review.missing]) == (DraftState.VALIDATED, ["mia@example.com"])
    assert (await drafting.approve(digest, MIA, "Yes")).state is DraftState.APPROVED
    version = await drafting.publish(digest, MIA, "Buyers count more")
    assert (version.number, version.author, version.message) == (2, "mia@example.com", "Buyers count more")
    assert [one.email for one in version.approvals] == ["mia@example.com"]
    assert (await drafting.standing()).draft is None


async def test_whoever_saves_over_another_s_draft_is_told_who_changed_what(drafting: Drafting) -> None:
    seen = await drafting.standing()
    await drafting.save(edited(seen.text, SIZE), seen.digest, MIA, "Smaller firms")
    with pytest.raises(Stale) as refused:
        await drafting.save(edited(seen.text, ACCEPT), seen.digest, SAM, "Faster")
    assert refused.value.standing.author == "mia@example.com"
    assert any("50" in line and "40" in line for line in refused.value.changes)
    assert (await drafting.review()).draft.author == "mia@example.com"


async def test_a_change_of_one_s_own_promise_takes_one_approval_and_of_the_other_s_two(drafting: Drafting) -> None:
    await save(drafting, POINTS)
    assert [one.contact for one in (await drafting.review()).needed] == ["mia@example.com"]
    digest = await save(drafting, ACCEPT)
    assert {one.contact for one in (await drafting.review()).needed} == {"mia@example.com", "sam@example.com"}
    await drafting.approve(digest, MIA, "")
    with pytest.raises(NotPublishable, match=r"sam@example\.com has to approve for sales, because of promises"):
        await drafting.publish(digest, MIA, "Faster")
    await drafting.approve(digest, SAM, "")
    assert (await drafting.publish(digest, MIA, "Faster")).number == 2


async def test_a_definition_is_the_promise_of_everybody_who_uses_it(drafting: Drafting) -> None:
    await save(drafting, ("{signal: {form: {contains: demo}, within: 7 days}}", "{signal: {form: {contains: demo}}}"))
    sections = {section for one in (await drafting.review()).needed for section in one.sections}
    assert sections == {"score", "routes"}


async def test_a_draft_cannot_appoint_who_approves_it(drafting: Drafting) -> None:
    eve = Actor("eve@example.com", Role.APPROVER, "eve@example.com", Side.SALES)
    digest = await save(drafting, ("contact: sam@example.com", "contact: eve@example.com"), ACCEPT)
    assert {one.contact for one in (await drafting.review()).needed} == {"mia@example.com", "sam@example.com"}
    with pytest.raises(NotAllowed, match=r"eve@example\.com is not asked"):
        await drafting.approve(digest, eve, "")


async def test_an_approval_counts_for_the_text_that_was_approved_and_for_no_other(drafting: Drafting) -> None:
    first = await save(drafting, POINTS)
    await drafting.approve(first, MIA, "")
    second = await save(drafting, (POINTS[1], "{id: buyer, points: 34"))
    assert [one.contact for one in (await drafting.review()).missing] == ["mia@example.com"]
    with pytest.raises(Stale):
        await drafting.publish(first, MIA, "")
    with pytest.raises(NotPublishable):
        await drafting.publish(second, MIA, "")


async def test_a_draft_whose_example_fails_or_that_does_not_fit_the_portal_is_not_published(drafting: Drafting) -> None:
    digest = await save(
        drafting, ("score.fit: 70\n      score.interest.urgency", "score.fit: 71\n      score.interest.urgency")
    )
    with pytest.raises(NotPublishable, match=r"A VP at a large firm.*score\.fit: expected 71, came out as 70"):
        await drafting.publish(digest, MIA, "")
    await drafting.discard(digest, MIA)
    digest = await save(drafting, ("- {owner: cy@example.com}", "- {owner: zoe@example.com}"))
    with pytest.raises(NotPublishable, match=r"zoe@example\.com"):
        await drafting.publish(digest, MIA, "")


async def test_a_text_that_is_no_agreement_is_refused_with_its_faults_and_nothing_is_lost(drafting: Drafting) -> None:
    standing = await drafting.standing()
    with pytest.raises(AgreementError) as refused:
        await drafting.save(standing.text.replace("to: enterprise", "to: nowhere"), standing.digest, MIA, "")
    assert refused.value.faults[0].code == "unknown_pool"
    assert (await drafting.standing()).draft is None


async def test_identical_text_makes_neither_a_draft_nor_a_version(drafting: Drafting) -> None:
    standing = await drafting.standing()
    assert (await drafting.save(standing.text, standing.digest, MIA, "")).draft is None
    digest = await save(drafting, POINTS)
    back = await drafting.save(standing.text, digest, MIA, "Never mind")
    assert (await drafting.publish(back.digest, MIA, "")).number == 1
    assert (await drafting.standing()).draft is None


async def test_what_was_in_force_before_goes_back_at_once(drafting: Drafting) -> None:
    first = await drafting.version()
    await publish(drafting, POINTS)
    restored = await drafting.restore(1, 2, SAM, "Too many buyers")
    assert isinstance(restored, Version)
    assert (restored.number, restored.restored_from, restored.text) == (3, 1, first.text)
    assert restored.frozen == first.frozen


async def test_an_older_version_goes_back_as_a_draft_that_takes_its_approvals(drafting: Drafting) -> None:
    await publish(drafting, POINTS)
    await publish(drafting, ACCEPT)
    restored = await drafting.restore(1, 3, MIA, "Back to the start")
    assert isinstance(restored, Draft)
    assert {one.contact for one in (await drafting.review()).missing} == {"mia@example.com", "sam@example.com"}
    with pytest.raises(NotPublishable, match="has a draft open"):
        await drafting.restore(1, 3, MIA, "Again")


async def test_whoever_restores_must_know_what_is_in_force(drafting: Drafting) -> None:
    await publish(drafting, POINTS)
    with pytest.raises(Stale) as refused:
        await drafting.restore(1, 1, SAM, "")
    assert refused.value.changes
    with pytest.raises(NothingThere, match="no version 9"):
        await drafting.restore(9, 2, SAM, "")


async def test_a_draft_made_before_another_version_came_is_looked_at_again(drafting: Drafting) -> None:
    await publish(drafting, POINTS)
    digest = await save(drafting, ACCEPT)
    await drafting.restore(1, 2, SAM, "")
    review = await drafting.review()
    assert review.outdated
    with pytest.raises(NotPublishable, match=r"sam@example\.com published version 3"):
        await drafting.publish(digest, MIA, "")


async def test_a_draft_from_before_another_version_is_saved_again_as_it_is_and_takes_its_approvals_anew(
    drafting: Drafting,
) -> None:
    await publish(drafting, POINTS)
    digest = await save(drafting, ACCEPT)
    await drafting.approve(digest, SAM, "")
    await drafting.restore(1, 2, SAM, "")
    again = await drafting.save((await drafting.standing()).text, digest, MIA, "")
    review = await drafting.review()
    assert (again.digest, again.version, review.outdated) == (digest, 3, False)
    assert {one.contact for one in review.missing} == {"mia@example.com", "sam@example.com"}


async def test_a_version_that_never_fitted_the_portal_goes_back_as_a_draft(world: World, drafting: Drafting) -> None:
    await publish(drafting, POINTS)
    await world.rows("UPDATE agreement_version SET frozen = NULL WHERE number = 1 RETURNING number")
    restored = await drafting.restore(1, 2, SAM, "")
    assert isinstance(restored, Draft)
    assert (await drafting.version()).number == 2


async def test_while_nobody_read_the_portal_the_version_before_goes_back_at_once(
    world: World, drafting: Drafting
) -> None:
    await publish(drafting, POINTS)
    await world.rows("UPDATE agreement_version SET frozen = NULL RETURNING number")
    restored = await drafting.restore(1, 2, SAM, "")
    assert isinstance(restored, Version)
    assert (restored.number, restored.frozen) == (3, None)


async def test_whoever_throws_a_draft_away_must_know_it_and_nobody_throws_away_what_was_published(
    world: World, drafting: Drafting
) -> None:
    first = await save(drafting, POINTS)
    second = await save(drafting, (POINTS[1], "{id: buyer, points: 34"), by=SAM)
    with pytest.raises(Stale, match=r"sam@example\.com"):
        await drafting.discard(first, MIA)
    for contact in (MIA, SAM):
        await drafting.approve(second, contact, "")
    await drafting.publish(second, MIA, "")
    with pytest.raises(NothingThere):
        await drafting.discard(second, MIA)
    async with world.database.begin() as connection:
        lines = await audit.lines(connection, world.baton.portal_id, limit=10)
    assert "draft discarded" not in {line.action for line in lines}


async def test_each_role_does_what_it_may_and_no_more(drafting: Drafting) -> None:
    viewer = Actor("viv@example.com", Role.VIEWER, "viv@example.com")
    standing = await drafting.standing()
    with pytest.raises(NotAllowed, match="role viewer"):
        await drafting.save(edited(standing.text, POINTS), standing.digest, viewer, "")
    digest = await save(drafting, POINTS, by=REV)
    for attempt in (drafting.approve(digest, REV, ""), drafting.publish(digest, REV, "")):
        with pytest.raises(NotAllowed, match="role editor"):
            await attempt


async def test_every_change_is_a_line_in_the_audit(world: World, drafting: Drafting) -> None:
    await publish(drafting, POINTS)
    await drafting.restore(1, 2, SAM, "No")
    async with world.database.begin() as connection:
        lines = await audit.lines(connection, world.baton.portal_id, limit=10)
    told = {(line.actor, line.action) for line in lines}
    assert told >= {
        ("mia@example.com", "draft saved"),
        ("mia@example.com", "draft approved"),
        ("mia@example.com", "agreement published"),
        ("sam@example.com", "agreement restored"),
    }


async def test_a_version_keeps_what_it_depends_on(drafting: Drafting) -> None:
    version = await publish(drafting, POINTS)
    frozen = version.frozen
    assert frozen is not None
    assert frozen.properties["company.numberofemployees"].type == "number"
    assert frozen.holidays
    assert any(day.isoformat() == "2026-11-26" for day in frozen.holidays["us"])
    assert frozen.free_mail
    assert "gmail.com" in frozen.free_mail
    assert frozen.owners
    assert set(frozen.owners) >= {"ann@example.com", "sam@example.com"}


async def test_a_version_frozen_before_holidays_were_keeps_its_properties_and_gets_the_rest(world: World) -> None:
    drafting, watch = world.baton.drafting, world.baton.watch
    await world.rows("""
        UPDATE agreement_version SET frozen = jsonb_build_object('properties', jsonb_build_object(
            'contact.jobtitle', frozen -> 'properties' -> 'contact.jobtitle')) RETURNING number
    """)
    watch.forget()
    assert await watch.ready() is not None
    frozen = (await drafting.version()).frozen
    assert frozen is not None
    assert set(frozen.properties) == {"contact.jobtitle"}
    assert frozen.holidays
    assert frozen.free_mail


async def test_a_draft_published_into_shadow_stops_writing(world: World, drafting: Drafting) -> None:
    digest = await save(drafting, POINTS)
    await drafting.approve(digest, MIA, "")
    version = await drafting.publish(digest, MIA, "", shadow=True)
    assert version.mode == "shadow"
    contact = world.vp()
    await world.settle()
    assert [row["shadow"] for row in await world.rows("SELECT shadow FROM decision")] == [True]
    assert "lifecyclestage" not in world.sim.contact(contact)


async def test_publishing_what_is_in_force_already_into_shadow_stops_writing_too(
    world: World, drafting: Drafting
) -> None:
    standing = await drafting.standing()
    digest = await save(drafting, POINTS)
    back = await drafting.save(standing.text, digest, MIA, "Never mind")
    assert (await drafting.publish(back.digest, MIA, "", shadow=True)).number == 1
    assert [row["mode"] for row in await world.rows("SELECT mode FROM portal")] == ["shadow"]
    async with world.database.begin() as connection:
        lines = await audit.lines(connection, world.baton.portal_id, limit=10)
    assert "went into shadow" in {line.action for line in lines}


async def test_a_version_published_before_hubspot_was_read_is_held_against_it_before_anybody_is_decided(
    database_url: str, clock: SteppedClock
) -> None:
    async with open_world(database_url, clock, live=False) as unread:
        drafting = unread.baton.drafting
        version = await publish(drafting, ("- {owner: cy@example.com}", "- {owner: zoe@example.com}"))
        assert (version.number, version.frozen) == (2, None)
        assert await unread.baton.watch.ready() is None
        [row] = await unread.rows("SELECT blocked_reason FROM portal")
        assert "zoe@example.com" in row["blocked_reason"]
