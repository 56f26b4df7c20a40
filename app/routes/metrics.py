"""`GET /metrics`: what this process did and how the portal stands, for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app import metrics
from app.routes.auth import Inside, Reader
from app.storage.standing import Standing, standing

router = APIRouter(tags=["health"])


@router.get("/metrics", operation_id="health_metrics", response_class=Response)
async def tell(container: Inside, _: Reader) -> Response:
    """Counters of this process, and gauges read from the database at this moment, in the text format of Prometheus."""
    async with container.database.begin() as connection:
        stands = await standing(connection, container.portal_id, now=container.clock.now())
    _measure(stands, sweeps=container.settings.sweep_every is not None)
    return Response(metrics.told(metrics.PROCESS, metrics.PORTAL), media_type=metrics.CONTENT_TYPE)


def _measure(stands: Standing, *, sweeps: bool) -> None:
    metrics.INBOX_PENDING.set(stands.inbox)
    metrics.INBOX_AGE.set(stands.inbox_age.total_seconds())
    metrics.LANES_LATE.set(stands.lanes_late.total_seconds())
    metrics.CLOCK_LATENESS.set(stands.clock_lateness.total_seconds())
    metrics.SWEPT_AGE.set(stands.swept_age.total_seconds() if sweeps else 0)
    metrics.LEADS_WAITING.set(stands.leads_waiting)
    metrics.BREAKER_OPEN.set(stands.breaker_open)
    metrics.OUTAGE_SECONDS.set(stands.outage.total_seconds())
    for kind, ahead in stands.quota_ahead.items():
        metrics.QUOTA_AHEAD.labels(kind).set(ahead.total_seconds())
    for gauge, counts in (
        (metrics.LANES, stands.lanes),
        (metrics.WRITES, stands.writes),
        (metrics.NOTICES, stands.notices),
        (metrics.CLOCKS, stands.clocks),
        (metrics.REPLAY_RECORDS, stands.replays),
        (metrics.PORTAL_STATE, stands.state),
    ):
        for state, many in counts.items():
            gauge.labels(state).set(many)
