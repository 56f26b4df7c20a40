"""Sweeps: walks through what changed in the CRM, each under a lease, page by page from where it last was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import RowMapping, text

from app.records.changes import Changed, Place
from app.records.ids import ContactId, PortalId
from app.storage.database import Connection


class SweepKind(StrEnum):
    SWEEP = "sweep"
    """Begun by itself, every so often; one after the other."""
    BACKFILL = "backfill"
    """Asked for by a person, over a longer past."""


class SweepState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    """Broken off by a person: what it marked until then is looked at."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A walk from `from_at` up to `until_at`, over when it has `finished_at`. `words` say why it last stood still.

    `seen` counts the contacts walked past, `marked` those that needed a look, `missed` those of them of which no
    webhook had told.
    """

    id: UUID
    kind: SweepKind
    from_at: datetime
    until_at: datetime
    place: Place
    seen: int
    marked: int
    missed: int
    begun_at: datetime
    begun_by: str | None
    finished_at: datetime | None
    cancelled_by: str | None
    words: str | None

    @property
    def state(self) -> SweepState:
        if self.cancelled_by is not None:
            return SweepState.CANCELLED
        return SweepState.RUNNING if self.finished_at is None else SweepState.DONE


@dataclass(frozen=True, slots=True)
class Claimed:
    """A sweep in this worker's hands, for one page."""

    sweep: Sweep
    token: UUID


@dataclass(frozen=True, slots=True)
class Page:
    """What one page came to, and where to go on; None at the end."""

    seen: int
    marked: int
    missed: int
    next: Place | None


async def begin_if_due(
    connection: Connection, portal_id: PortalId, *, every: timedelta, overlap: timedelta, until: datetime, now: datetime
) -> bool:
    """Begin a sweep unless one is under way, or began less than `every` ago; whether one was begun.

    It goes from where the last one ended, the first from when the portal was first known, each less the overlap.
    """
    done = await connection.execute(
        text("""
            INSERT INTO sweep (portal_id, id, kind, from_at, until_at, place_at, begun_at)
            SELECT :portal_id, :id, 'sweep', from_at, :until, from_at, :now
            FROM (SELECT coalesce(
                    (SELECT max(until_at) FROM sweep WHERE portal_id = :portal_id AND kind = 'sweep'), created_at
                  ) - CAST(:overlap AS interval) AS from_at
                  FROM portal WHERE portal_id = :portal_id) AS due
            WHERE from_at < :until AND NOT EXISTS (
                SELECT FROM sweep WHERE portal_id = :portal_id AND kind = 'sweep'
                  AND (finished_at IS NULL OR begun_at > CAST(:now AS timestamptz) - CAST(:every AS interval)))
            ON CONFLICT DO NOTHING
        """),
        {"portal_id": portal_id, "id": uuid4(), "every": every, "overlap": overlap, "until": until, "now": now},
    )
    return bool(done.rowcount)


async def claim(connection: Connection, portal_id: PortalId, *, lease: timedelta) -> Claimed | None:
    """Take a walk that is not over and in nobody's hands: a sweep before backfills, then the oldest."""
    token = uuid4()
    rows = await connection.execute(
        text("""
            UPDATE sweep SET lease_token = :token, leased_until = now() + CAST(:lease AS interval)
            WHERE portal_id = :portal_id AND id = (
                SELECT id FROM sweep WHERE portal_id = :portal_id AND finished_at IS NULL
                  AND (lease_token IS NULL OR leased_until < now())
                ORDER BY kind = 'backfill', begun_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
        """),
        {"portal_id": portal_id, "token": token, "lease": lease},
    )
    return next((Claimed(sweep_of(row), token) for row in rows.mappings()), None)


async def keep(
    connection: Connection, portal_id: PortalId, claimed: Claimed, page: Page, *, now: datetime
) -> Sweep | None:
    """Add up a page and let the walk go, finished when nothing follows. None when the token does not hold any more."""
    place = page.next or Place(claimed.sweep.until_at)
    rows = await connection.execute(
        text("""
            UPDATE sweep SET place_at = :at, place_within = :within, seen = seen + :seen, marked = marked + :marked,
                             missed = missed + :missed, finished_at = :finished_at, words = NULL,
                             lease_token = NULL, leased_until = NULL
            WHERE portal_id = :portal_id AND id = :id AND lease_token = :token RETURNING *
        """),
        {
            "portal_id": portal_id,
            "id": claimed.sweep.id,
            "token": claimed.token,
            "at": place.at,
            "within": place.within,
            "seen": page.seen,
            "marked": page.marked,
            "missed": page.missed,
            "finished_at": now if page.next is None else None,
        },
    )
    return next((sweep_of(row) for row in rows.mappings()), None)


async def stand_still(connection: Connection, portal_id: PortalId, claimed: Claimed, words: str) -> None:
    """Let the walk go where it is, and say why; nothing where the token does not hold any more."""
    await connection.execute(
        text("""
            UPDATE sweep SET words = :words, lease_token = NULL, leased_until = NULL
            WHERE portal_id = :portal_id AND id = :id AND lease_token = :token
        """),
        {"portal_id": portal_id, "id": claimed.sweep.id, "token": claimed.token, "words": words},
    )


async def unknown(
    connection: Connection, portal_id: PortalId, changed: Sequence[Changed], *, lag: timedelta, slack: timedelta
) -> Mapping[ContactId, bool]:
    """Those whose last change no look has seen or is going to see; whether a webhook about it had been missed.

    A change is known where the contact was read, or its lane marked, `slack` later or more: a look is stamped after
    it has read, and clocks differ. Also where an event came since that leads to a look, and where Baton itself wrote.
    It was not missed where an event of that time is on disk, or a write by Baton: a CRM counts up after either. Nor
    before the portal was known.
    """
    rows = await connection.execute(
        text("""
            SELECT told.id, told.at >= portal.created_at
                AND coalesce(contact.written_at < told.at - CAST(:lag AS interval), true)
                AND NOT EXISTS (SELECT FROM event
                    WHERE event.portal_id = :portal_id AND event.object_type = 'contact' AND event.object_id = told.id
                      AND event.occurred_at >= told.at - CAST(:lag AS interval)) AS missed
            FROM unnest(CAST(:ids AS text[]), CAST(:ats AS timestamptz[])) AS told (id, at)
            JOIN portal ON portal.portal_id = :portal_id
            LEFT JOIN contact ON contact.portal_id = :portal_id AND contact.id = told.id
            LEFT JOIN lane ON lane.portal_id = :portal_id AND lane.object_type = 'contact' AND lane.object_id = told.id
            WHERE coalesce(greatest(contact.read_at, lane.marked_at) < told.at + CAST(:slack AS interval), true)
              AND coalesce(contact.written_at < told.at, true)
              AND NOT EXISTS (SELECT FROM event
                    WHERE event.portal_id = :portal_id AND event.object_type = 'contact' AND event.object_id = told.id
                      AND event.state <> 'ignored' AND event.received_at >= told.at)
        """),
        {
            "portal_id": portal_id,
            "ids": [one.contact_id for one in changed],
            "ats": [one.at for one in changed],
            "lag": lag,
            "slack": slack,
        },
    )
    return {ContactId(row.id): bool(row.missed) for row in rows}


async def forget(connection: Connection, *, before: datetime) -> int:
    """Drop walks that were over before an instant; a portal's last sweep stays, the next one begins there."""
    done = await connection.execute(
        text("""
            DELETE FROM sweep WHERE finished_at < :before AND (kind <> 'sweep' OR until_at < (
                SELECT max(until_at) FROM sweep AS other
                WHERE other.portal_id = sweep.portal_id AND other.kind = 'sweep'))
        """),
        {"before": before},
    )
    return int(done.rowcount)


async def packed_before(connection: Connection, at: datetime) -> bool:
    """Whether a request that came before an instant still waits to be unpacked: what it tells is not known yet."""
    return bool(
        await connection.scalar(
            text("SELECT EXISTS (SELECT FROM delivery WHERE unpacked_at IS NULL AND received_at < :at)"),
            {"at": at},
        )
    )


async def newest(connection: Connection, portal_id: PortalId, kind: SweepKind) -> Sweep | None:
    """The walk of this kind that began last, whether it is over or not."""
    rows = await connection.execute(
        text("""
            SELECT * FROM sweep WHERE portal_id = :portal_id AND kind = :kind
            ORDER BY begun_at DESC, id LIMIT 1
        """),
        {"portal_id": portal_id, "kind": kind.value},
    )
    return next((sweep_of(row) for row in rows.mappings()), None)


def sweep_of(row: RowMapping) -> Sweep:
    """The walk that a row of the table tells of."""
    within = ContactId(row["place_within"]) if row["place_within"] else None
    return Sweep(
        row["id"], SweepKind(row["kind"]), row["from_at"], row["until_at"], Place(row["place_at"], within),
        row["seen"], row["marked"], row["missed"], row["begun_at"], row["begun_by"], row["finished_at"],
        row["cancelled_by"], row["words"],
    )  # fmt: skip
