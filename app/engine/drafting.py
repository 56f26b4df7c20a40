"""The draft of the next agreement: saved, reviewed, approved, published; and earlier versions put back.

One draft a portal. Whoever saves, approves or publishes says by its digest what they saw; when that is not
what stands, nothing happens and they are told who changed it and how.
"""

from __future__ import annotations

from typing import NoReturn

from app.agreement.faults import AgreementError
from app.clock import Clock
from app.engine.checking import changes_between, check, words_of
from app.engine.refusals import NotAllowed, NothingThere, NotPublishable, Stale, Standing
from app.engine.review import Review, review_of
from app.engine.rulebook import Rulebook, frozen_for, rulebook_of
from app.records.ids import PortalId
from app.records.people import Actor, Right
from app.storage import agreements, audit, drafts, portals
from app.storage.agreements import Frozen, NewVersion, Version, digest_of
from app.storage.database import Connection, Database
from app.storage.drafts import Draft, NewDraft
from app.storage.portals import Mode, Portal


class Drafting:
    """The use cases of one portal's draft."""

    def __init__(self, database: Database, portal_id: PortalId, clock: Clock, *, tier: str | None = None) -> None:
        """`tier` is the portal's HubSpot edition, where the deployment says it."""
        self._database = database
        self._portal_id = portal_id
        self._clock = clock
        self._tier = tier

    async def standing(self) -> Standing:
        """What is there to edit. Raises NothingThere before the first version."""
        async with self._database.begin() as connection:
            return await self._standing(connection)

    async def version(self, number: int | None = None) -> Version:
        """A version; the one in force without a number. Raises NothingThere."""
        async with self._database.begin() as connection:
            return await self._version(connection, number)

    async def rulebook(self, number: int | None = None) -> Rulebook:
        """A version ready to read. Raises NothingThere."""
        return await rulebook_of(await self.version(number))

    async def save(self, text: str, seen: str, actor: Actor, message: str) -> Standing:
        """Save a text as the draft; `seen` is the digest that it was made from.

        Saving what stands changes nothing, but that a draft from before the version in force is made from it now.
        Raises NotAllowed, AgreementError for a text that is no agreement, and Stale.
        """
        demand(actor, Right.EDIT)
        checked = await check(text, None, file="draft")
        if checked.errors:
            raise AgreementError(checked.errors)

        async def work(connection: Connection) -> Standing | None:
            await portals.hold(connection, self._portal_id)
            standing = await self._standing(connection)
            if standing.digest == digest_of(text) and not standing.outdated:
                return standing
            if standing.digest != seen:
                return None
            await self._save(connection, text, actor, message)
            return await self._standing(connection)

        return await self._database.transact(work) or await self._refuse(seen)

    async def review(self) -> Review:
        """The draft as it stands beside the version in force. Raises NothingThere when there is no draft."""
        async with self._database.begin() as connection:
            draft = await drafts.current(connection, self._portal_id)
            if draft is None:
                raise NothingThere("there is no draft; save one first")
            in_force = await self._version(connection)
            approvals = await drafts.approvals(connection, self._portal_id, draft.revision)
            words = await words_of(connection, self._portal_id, self._tier)
        checked = await check(draft.text, words, file="draft")
        return await review_of(draft, in_force, checked, approvals)

    async def approve(self, seen: str, actor: Actor, note: str) -> Review:
        """Agree to the draft with that digest. Raises NotAllowed for anybody whose consent it does not take."""
        demand(actor, Right.APPROVE)
        review = await self.review()
        if review.draft.digest != seen:
            await self._refuse(seen)
        email = (actor.email or "").casefold()
        if email not in {one.contact for one in review.needed}:
            asked = ", ".join(one.contact for one in review.needed) or "nobody: it changes nothing that runs"
            raise NotAllowed(f"{actor.name} is not asked to approve this draft; asked: {asked}")

        async def work(connection: Connection) -> None:
            await portals.hold(connection, self._portal_id)
            await self._still(connection, review)
            await drafts.approve(connection, self._portal_id, review.draft.revision, email, note, now=self._clock.now())
            await self._note(connection, actor, "draft approved", {"revision": review.draft.revision, "note": note})

        await self._database.transact(work)
        return await self.review()

    async def publish(self, seen: str, actor: Actor, message: str, *, shadow: bool = False) -> Version:
        """Put the draft with that digest in force; with `shadow`, the portal goes into shadow mode at once.

        Text that is in force already makes no version. Raises NotAllowed, Stale, NothingThere, NotPublishable.
        """
        demand(actor, Right.PUBLISH)
        review = await self.review()
        if review.draft.digest != seen:
            await self._refuse(seen)
        if review.obstacles:
            raise NotPublishable(review.obstacles)
        frozen = await self._frozen(review)

        async def work(connection: Connection) -> int:
            await portals.hold(connection, self._portal_id)
            await self._still(connection, review)
            if shadow:
                await self._into_shadow(connection, actor)
            number = review.in_force.number
            if review.draft.digest != review.in_force.digest:
                number = await self._publish(connection, review, frozen, actor, message)
            await drafts.close(connection, self._portal_id, published_as=number, now=self._clock.now())
            return number

        return await self.version(await self._database.transact(work))

    async def restore(self, number: int, seen: int, actor: Actor, message: str) -> Version | Draft:
        """Put an earlier version back as a new one; `seen` is the number in force as the caller knows it.

        What was in force right before goes back at once: both sides had agreed to it. Anything older, or that never
        fitted the portal, becomes a draft that takes its approvals, unless another is open. Raises NotAllowed,
        NothingThere, Stale, NotPublishable.
        """
        demand(actor, Right.PUBLISH)
        old = await self.version(number)

        async def work(connection: Connection) -> Draft | bool:
            await portals.hold(connection, self._portal_id)
            in_force = await self._version(connection)
            if in_force.number != seen:
                return False
            if old.digest == in_force.digest:
                return True
            if number != in_force.number - 1 or _never_fitted(old, beside=in_force):
                await self._no_draft(connection)
                return await self._save(connection, old.text, actor, message, restored_from=number)
            await self._put_back(connection, old, in_force, actor, message)
            return True

        done = await self._database.transact(work)
        if done is False:
            await self._refuse((await self.version(seen)).digest)
        return done if isinstance(done, Draft) else await self.version()

    async def discard(self, seen: str, actor: Actor) -> None:
        """Throw the draft with that digest away. Raises NotAllowed, Stale, NothingThere."""
        demand(actor, Right.EDIT)

        async def work(connection: Connection) -> bool:
            await portals.hold(connection, self._portal_id)
            standing = await self._standing(connection)
            if standing.draft is None:
                raise NothingThere("there is no draft to throw away")
            if standing.digest != seen:
                return False
            await drafts.close(connection, self._portal_id, published_as=None, now=self._clock.now())
            await self._note(connection, actor, "draft discarded", {"digest": seen})
            return True

        if not await self._database.transact(work):
            await self._refuse(seen)

    async def _standing(self, connection: Connection) -> Standing:
        in_force = await self._version(connection)
        draft = await drafts.current(connection, self._portal_id)
        if draft is None:
            who = in_force.published_by or in_force.author
            return Standing(in_force.text, in_force.digest, who, in_force.published_at, in_force.number, None)
        return Standing(draft.text, draft.digest, draft.author, draft.saved_at, in_force.number, draft)

    async def _version(self, connection: Connection, number: int | None = None) -> Version:
        if number is None:
            found = await agreements.newest(connection, self._portal_id)
        else:
            found = await agreements.get(connection, self._portal_id, number)
        if found is None:
            what = (
                "no agreement was published yet; start `baton run` once" if number is None else f"no version {number}"
            )
            raise NothingThere(f"there is {what}")
        return found

    async def _save(
        self, connection: Connection, text: str, actor: Actor, message: str, *, restored_from: int | None = None
    ) -> Draft:
        in_force = await self._version(connection)
        side = actor.side.value if actor.side else None
        new = NewDraft(in_force.number, text, actor.name, side, message, restored_from)
        draft = await drafts.save(connection, self._portal_id, new, now=self._clock.now())
        await self._note(connection, actor, "draft saved", {"revision": draft.revision, "message": message})
        return draft

    async def _no_draft(self, connection: Connection) -> None:
        draft = await drafts.current(connection, self._portal_id)
        if draft is not None:
            raise NotPublishable([f"{draft.author} has a draft open; publish it or throw it away first"])

    async def _still(self, connection: Connection, review: Review) -> None:
        """Raises NotPublishable when the draft or the version in force is another by now than the reviewed one."""
        draft = await drafts.current(connection, self._portal_id)
        number = await agreements.newest_number(connection, self._portal_id)
        if draft is None or draft.revision != review.draft.revision or number != review.in_force.number:
            raise NotPublishable(["somebody changed the draft, or published, just now; look at it again"])

    async def _publish(
        self, connection: Connection, review: Review, frozen: Frozen | None, actor: Actor, message: str
    ) -> int:
        """Make the reviewed draft the next version; its number."""
        draft = review.draft
        new = NewVersion(
            review.in_force.number + 1,
            draft.text,
            author=draft.author,
            message=message or draft.message,
            frozen=frozen,
            approvals=await drafts.approvals(connection, self._portal_id, draft.revision),
            published_by=actor.name,
            restored_from=draft.restored_from,
            mode=await self._mode(connection),
        )
        await agreements.publish(connection, self._portal_id, new, now=self._clock.now())
        await self._note(connection, actor, "agreement published", {"version": new.number, "message": new.message})
        return new.number

    async def _into_shadow(self, connection: Connection, actor: Actor) -> None:
        if await self._mode(connection) != Mode.SHADOW:
            await portals.set_mode(connection, self._portal_id, Mode.SHADOW, now=self._clock.now())
            await self._note(connection, actor, "went into shadow", {})

    async def _frozen(self, review: Review) -> Frozen | None:
        """What the version depends on, as the portal was when it fitted; None while HubSpot was never read."""
        agreement, portal = review.checked.agreement, review.checked.portal
        if agreement is None or portal is None:
            return None
        return await frozen_for(agreement, portal.vocabulary.properties, portal.owners, self._clock.now().date())

    async def _put_back(
        self, connection: Connection, old: Version, in_force: Version, actor: Actor, message: str
    ) -> None:
        new = NewVersion(
            in_force.number + 1,
            old.text,
            author=old.author,
            message=message or f"Restored version {old.number}",
            frozen=old.frozen,
            approvals=old.approvals,
            published_by=actor.name,
            restored_from=old.number,
            mode=await self._mode(connection),
        )
        await agreements.publish(connection, self._portal_id, new, now=self._clock.now())
        detail = {"version": new.number, "restored_from": old.number, "message": new.message}
        await self._note(connection, actor, "agreement restored", detail)

    async def _mode(self, connection: Connection) -> str:
        portal: Portal | None = await portals.get(connection, self._portal_id)
        return (portal.mode if portal else Mode.SHADOW).value

    async def _refuse(self, seen: str) -> NoReturn:
        """Raises Stale, with the way from what the caller saw to what stands."""
        async with self._database.begin() as connection:
            standing = await self._standing(connection)
            known = await drafts.of_digest(connection, self._portal_id, seen)
            version = await agreements.of_digest(connection, self._portal_id, seen)
        base = known or version
        try:
            changes = () if base is None else await changes_between(base.text, standing.text)
        except AgreementError:
            changes = ()
        raise Stale(standing, changes)

    async def _note(self, connection: Connection, actor: Actor, action: str, detail: dict[str, object]) -> None:
        await audit.note(connection, self._portal_id, actor.name, action, detail, now=self._clock.now())


def demand(actor: Actor, right: Right) -> None:
    """Raises NotAllowed when the actor's role does not give the right."""
    if not actor.may(right):
        raise NotAllowed(f"{actor.name} has the role {actor.role.value}, which does not allow to {right.value}")


def _never_fitted(old: Version, *, beside: Version) -> bool:
    """Whether the portal was read since, and the old version never fitted it; unread, nobody can tell of either."""
    return old.frozen is None and beside.frozen is not None
