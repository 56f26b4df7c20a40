"""What becomes of a lane after its look: asleep until then, tried again, or parked for a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from app.crm.errors import CrmError, Outage, Retry
from app.storage.lanes import Claimed, Release

ATTEMPTS_MOST = 10
"""After so many failed looks in a row the lane is parked, unless the CRM as a whole is down."""
_LONGEST = timedelta(minutes=5)
_APART = timedelta(seconds=2)


def backoff(attempts: int) -> timedelta:
    """How long to wait before another try: 2, 4, 8 ... seconds, at most five minutes."""
    return min(timedelta(seconds=2 ** min(attempts, 10)), _LONGEST)


def settled(lane: Claimed, wake_at: datetime | None, *, clock_at: datetime | None = None) -> Release:
    """The look did what it could. Conditions may change at `wake_at`, a clock asks to be looked at by `clock_at`."""
    wakes = min((at for at in (wake_at, clock_at) if at is not None), default=None)
    return Release(lane.object_id, lane.generation, wakes, whole=True, read_by=wake_at)


def put_off(lane: Claimed, until: datetime, reason: str) -> Release:
    """Not now, and nobody's fault."""
    return Release(lane.object_id, lane.generation, until, failed=True, counted=False, code="put_off", reason=reason)


def failed(lane: Claimed, error: CrmError, now: datetime) -> Release:
    """The look met an error: its `retry` says what helps."""
    wait = error.retry_after or backoff(lane.attempts)
    match error.retry:
        case Retry.WAIT | Retry.PERSON:
            return _again(lane, error, now + wait, counted=False)
        case Retry.AGAIN | Retry.LOOK | Retry.ASK:
            tired = lane.attempts >= ATTEMPTS_MOST and not isinstance(error, Outage)
            # An outage is nobody's fault: it uses up no more than leaves two tries for afterwards.
            counted = not isinstance(error, Outage) or lane.attempts < ATTEMPTS_MOST - 2
            return _park(lane, error, now) if tired else _again(lane, error, now + wait, counted=counted)
        case Retry.PARK:
            return _park(lane, error, now)
        case _:
            assert_never(error.retry)


def broken(lane: Claimed, now: datetime, place: int, *, alone: bool) -> Release:
    """A defect of Baton's ended the look. Lanes come back one after the other; the one that fails alone is parked."""
    if alone and lane.attempts >= ATTEMPTS_MOST:
        reason = "Baton fails whenever it looks at this record; the log says where. Please report it"
        return Release(lane.object_id, lane.generation, failed=True, parked_at=now, code="defect", reason=reason)
    wake_at = now + backoff(lane.attempts) + place * _APART
    return Release(
        lane.object_id, lane.generation, wake_at, failed=True, code="defect", reason="a defect ended the look"
    )


def _again(lane: Claimed, error: CrmError, wake_at: datetime, *, counted: bool) -> Release:
    return Release(
        lane.object_id,
        lane.generation,
        wake_at,
        failed=True,
        counted=counted,
        code=error.code,
        reason=error.words,
    )


def _park(lane: Claimed, error: CrmError, now: datetime) -> Release:
    hint = getattr(error, "hint", "")
    return Release(
        lane.object_id,
        lane.generation,
        failed=True,
        parked_at=now,
        code=error.code,
        reason=f"{error.words}. {hint}".strip() if hint else error.words,
    )
