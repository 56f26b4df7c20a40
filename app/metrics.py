"""Metrics: what this process did, counted as it happens, and how the portal stands, measured when somebody asks.

Two registries. `PROCESS` holds counters and histograms of this very process: sum them over processes. `PORTAL` holds
gauges that are read from the database for each scrape: every process would tell the same, so take one, not the sum.

No label ever holds an id, a name or a sentence: their values are few, and none is about a person.
"""

from __future__ import annotations

from importlib.metadata import version

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
    start_http_server,
)

# When each counter began says nothing here, and would double what is told. The library leaves this one untyped.
disable_created_metrics()  # type: ignore[no-untyped-call]

PROCESS = CollectorRegistry(auto_describe=True)
PORTAL = CollectorRegistry(auto_describe=True)
CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_CONTACTS = (1, 2, 5, 10, 20, 50, 100)

ProcessCollector(registry=PROCESS)
BUILD = Info("baton_build", "The version of Baton.", registry=PROCESS)
BUILD.info({"version": version("baton")})

HTTP_REQUESTS = Counter(
    "baton_http_requests", "HTTP requests answered.", ("method", "route", "status"), registry=PROCESS
)
HTTP_SECONDS = Histogram(
    "baton_http_request_seconds", "From a request to its answer.", ("route",), buckets=_SECONDS, registry=PROCESS
)
WEBHOOKS = Counter(
    "baton_webhook_requests",
    "Webhook requests by what became of them: stored, refused, shut, overloaded, not_stored, too_large.",
    ("outcome",),
    registry=PROCESS,
)
WEBHOOK_SECONDS = Histogram(
    "baton_webhook_ack_seconds",
    "From a webhook request to its answer; HubSpot waits for 5 seconds.",
    buckets=_SECONDS,
    registry=PROCESS,
)
EVENTS_RECEIVED = Counter(
    "baton_events_received", "Events read from webhook requests, those that were known included.", registry=PROCESS
)
EVENTS_DUPLICATE = Counter("baton_events_duplicate", "Events that had come before.", registry=PROCESS)
EVENTS_QUARANTINED = Counter("baton_events_quarantined", "Events that could not be read.", registry=PROCESS)

LOOK_SECONDS = Histogram("baton_look_seconds", "How long a look took.", buckets=_SECONDS, registry=PROCESS)
LOOK_CONTACTS = Histogram("baton_look_contacts", "Contacts that a look took in.", buckets=_CONTACTS, registry=PROCESS)
DECISIONS = Counter("baton_decisions", "Decisions by what they did.", ("kind",), registry=PROCESS)
LOOK_ERRORS = Counter(
    "baton_look_errors", "Contacts that a look did not finish, by the error's code.", ("code",), registry=PROCESS
)

REPLAYED = Counter(
    "baton_replayed_records", "Records of replays by what came of them: done, failed, overtaken.", ("result",),
    registry=PROCESS,
)  # fmt: skip
SWEPT = Counter(
    "baton_swept_contacts",
    "Contacts that sweeps and backfills walked past: known; unknown, or missed where no webhook had told. Both are "
    "looked at.",
    ("outcome",),
    registry=PROCESS,
)
# Told as 0 from the start: of a count that begins at its first event no increase is seen.
for _counter, _each in ((REPLAYED, ("done", "failed", "overtaken")), (SWEPT, ("known", "unknown", "missed"))):
    for _one in _each:
        _counter.labels(_one)

HUBSPOT_REQUESTS = Counter(
    "baton_hubspot_requests",
    "Calls to HubSpot by what came of them: ok, or the error's code.",
    ("method", "endpoint", "outcome"),
    registry=PROCESS,
)
HUBSPOT_SECONDS = Histogram(
    "baton_hubspot_request_seconds",
    "From a call to HubSpot to its answer.",
    ("endpoint",),
    buckets=_SECONDS,
    registry=PROCESS,
)
HUBSPOT_WAIT_SECONDS = Histogram(
    "baton_hubspot_ratelimit_wait_seconds",
    "How long a call waited for quota, or would have had to.",
    ("quota",),
    buckets=_SECONDS,
    registry=PROCESS,
)
HUBSPOT_REMAINING = Gauge(
    "baton_hubspot_ratelimit_remaining",
    "Calls that HubSpot said were left, in the rolling ten seconds or in the day, at its last answer.",
    ("window",),
    registry=PROCESS,
)
NOTICES_SENT = Counter(
    "baton_notice_deliveries", "Attempts to tell somebody, by where they stand then.", ("channel", "state"),
    registry=PROCESS,
)  # fmt: skip

INBOX_PENDING = Gauge("baton_inbox_pending", "Webhook requests stored and not unpacked.", registry=PORTAL)
INBOX_AGE = Gauge(
    "baton_inbox_oldest_age_seconds", "How long the oldest of them has waited; 0 where none does.", registry=PORTAL
)
LANES = Gauge(
    "baton_lanes", "Records that need a look: due, leased, asleep until later, parked.", ("state",), registry=PORTAL
)
LANES_LATE = Gauge(
    "baton_lanes_oldest_due_seconds", "How long the record that waits longest is due; 0 where none is.", registry=PORTAL
)
WRITES = Gauge(
    "baton_writes",
    "Writes to HubSpot that are not settled: due, sending (whose outcome nobody knows yet), parked.",
    ("state",),
    registry=PORTAL,
)
NOTICES = Gauge("baton_notices", "Notices that are not sent: due, sending, dead.", ("state",), registry=PORTAL)
CLOCKS = Gauge(
    "baton_clocks", "Clocks of open handoffs that run: all of them, and those past their deadline.", ("state",),
    registry=PORTAL,
)  # fmt: skip
CLOCK_LATENESS = Gauge(
    "baton_clock_lateness_seconds",
    "How long the step of a clock that is most overdue for Baton to take is due; 0 where none is.",
    registry=PORTAL,
)
REPLAY_RECORDS = Gauge(
    "baton_replay_records", "Records of replays without a result: queued in those that run, looking.", ("state",),
    registry=PORTAL,
)  # fmt: skip
SWEPT_AGE = Gauge(
    "baton_swept_age_seconds",
    "How long ago the moment is up to which no change is unknown; 0 before the first sweep, and without sweeps.",
    registry=PORTAL,
)
LEADS_WAITING = Gauge(
    "baton_leads_waiting", "Leads that are ready and not served: nobody can take them, or a value is missing.",
    registry=PORTAL,
)  # fmt: skip
QUOTA_AHEAD = Gauge(
    "baton_hubspot_quota_ahead_seconds",
    "How far ahead of now calls are reserved: 0 means that the whole quota is free.",
    ("quota",),
    registry=PORTAL,
)
BREAKER_OPEN = Gauge("baton_breaker_open", "1 while no call is made because HubSpot failed too often.", registry=PORTAL)
OUTAGE_SECONDS = Gauge(
    "baton_hubspot_outage_seconds", "How long HubSpot has not answered; 0 while it does.", registry=PORTAL
)
PORTAL_STATE = Gauge(
    "baton_portal",
    "1 for what holds of the portal: live or shadow; paused by a person or the brake; blocked, so that lanes wait.",
    ("state",),
    registry=PORTAL,
)


def told(*registries: CollectorRegistry) -> bytes:
    """What the registries hold, in the text format of Prometheus."""
    return b"".join(generate_latest(one) for one in registries)


def serve(host: str, port: int) -> None:
    """Tell of this process at `http://host:port/metrics` until it ends: for one that serves nothing else.

    Raises OSError when the port cannot be had.
    """
    start_http_server(port, host, registry=PROCESS)
