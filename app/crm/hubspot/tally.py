"""Each call to HubSpot, counted and logged: which it was and how it went, never what it sent or got."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from app.crm.guard import QuotaClass
from app.metrics import HUBSPOT_REMAINING, HUBSPOT_REQUESTS, HUBSPOT_SECONDS

REMAINING = "X-HubSpot-RateLimit-Remaining"
"""Calls left in the rolling ten seconds, on every answer but a search's ("API usage guidelines")."""
_REMAINING_TODAY = "X-HubSpot-RateLimit-Daily-Remaining"
"""Calls left until midnight in the account's zone; not told to OAuth apps."""
_CORRELATION = "X-HubSpot-Correlation-Id"
"""Names the call to HubSpot's own support."""
_CORRELATION_LONGEST = 64

_log = structlog.get_logger(__name__)


def tell(
    method: str, endpoint: str, quota: QuotaClass, outcome: str, headers: Mapping[str, str], seconds: float
) -> None:
    """Tell of one call. `outcome` is ok or the error's code; `headers` are the answer's, empty where none came."""
    HUBSPOT_REQUESTS.labels(method, endpoint, outcome).inc()
    HUBSPOT_SECONDS.labels(endpoint).observe(seconds)
    for window, header in (("ten_seconds", REMAINING), ("day", _REMAINING_TODAY)):
        if headers.get(header, "").isdecimal():
            HUBSPOT_REMAINING.labels(window).set(int(headers[header]))
    _log.info(
        "hubspot.call",
        method=method,
        endpoint=endpoint,
        quota=quota.value,
        outcome=outcome,
        ms=round(seconds * 1000, 1),
        correlation=headers.get(_CORRELATION, "")[:_CORRELATION_LONGEST],
    )
