"""The tables. What one row of each is, is said beside it; migrations/ holds how they came to be."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def _instant(name: str, *, nullable: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _portal() -> Column[int]:
    return Column("portal_id", BigInteger, primary_key=True, autoincrement=False)


# A CRM account. `mode` is shadow or live; `paused_reason` stops looks, `blocked_reason` says why lanes wait;
# the brake counts writes from `braked_from` on.
portal = Table(
    "portal",
    metadata,
    _portal(),
    Column("mode", Text, nullable=False, server_default="shadow"),
    Column("paused_reason", Text),
    _instant("braked_from"),
    Column("blocked_reason", Text),
    Column("stages", JSONB, nullable=False, server_default="[]"),
    _instant("checked_at"),
    _instant("live_at"),
    _instant("created_at", nullable=False),
)

# An app that posts webhooks, beside the first one, whose secrets are settings. Secrets are encrypted.
source = Table(
    "source",
    metadata,
    _portal(),
    Column("name", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("secret_previous", LargeBinary),
    _instant("created_at", nullable=False),
)

# One webhook request, exactly as it came. `body` goes once it is unpacked and a few days old.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary),
    Column("verdict", Text, nullable=False),
    _instant("received_at", nullable=False),
    _instant("unpacked_at"),
    Index("ix_delivery_packed", "received_at", postgresql_where=text("unpacked_at IS NULL")),
)

# One event, counted once however often it arrives. An unreadable one stands at EPOCH with its raw text.
event = Table(
    "event",
    metadata,
    _portal(),
    Column("key", Text, primary_key=True),
    Column("occurred_at", DateTime(timezone=True), primary_key=True),
    Column("delivery_id", Uuid, nullable=False),
    _instant("received_at", nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("type_name", Text),
    Column("kind", Text),
    Column("object_type", Text),
    Column("object_id", Text),
    Column("property_name", Text),
    Column("property_value", Text),
    Column("hand", Text),
    Column("raw", Text),
    Column("generation", BigInteger),
    Column("decision_id", Uuid),
    Index("ix_event_received", "portal_id", "received_at", "key"),
    Index("ix_event_object", "portal_id", "object_type", "object_id"),
    Index(
        "ix_event_pending",
        "portal_id",
        "object_type",
        "object_id",
        postgresql_where=text("state = 'pending'"),
    ),
    postgresql_partition_by="RANGE (occurred_at)",
)

_FREE = "NOT parked AND lease_token IS NULL"
_HELD = "lease_token IS NOT NULL"

# A record that needs a look. A lane whose lease token is yours is yours; nothing else fences.
lane = Table(
    "lane",
    metadata,
    _portal(),
    Column("object_type", Text, primary_key=True),
    Column("object_id", Text, primary_key=True),
    _instant("wake_at", nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("generation", BigInteger, nullable=False, server_default="1"),
    Column("lease_token", Uuid),
    _instant("leased_until"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("parked", Boolean, nullable=False, server_default="false"),
    Column("code", Text),
    Column("reason", Text),
    _instant("marked_at", nullable=False),
    Index("ix_lane_wake", "portal_id", "object_type", "priority", "wake_at", postgresql_where=text(_FREE)),
    Index("ix_lane_held", "portal_id", "lease_token", postgresql_where=text(_HELD)),
    Index("ix_lane_silent", "portal_id", "object_type", "leased_until", postgresql_where=text(_HELD)),
    postgresql_with={"fillfactor": "70", "autovacuum_vacuum_scale_factor": "0.02"},
)

# The last snapshot of a contact, and what Baton remembers of its own hand on it.
contact = Table(
    "contact",
    metadata,
    _portal(),
    Column("id", Text, primary_key=True),
    Column("properties", JSONB, nullable=False, server_default="{}"),
    Column("company_id", Text),
    Column("stage", Text),
    Column("owner_id", Text),
    Column("scores", JSONB, nullable=False, server_default="{}"),
    Column("applied", JSONB, nullable=False, server_default="{}"),
    Column("overrides", JSONB, nullable=False, server_default="{}"),
    Column("stage_move", JSONB),
    _instant("waiting_since"),
    Column("merged_into", Text),
    _instant("gone_at"),
    _instant("read_at"),
    Index("ix_contact_merged_into", "portal_id", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
)

company = Table(
    "company",
    metadata,
    _portal(),
    Column("id", Text, primary_key=True),
    Column("properties", JSONB, nullable=False),
    _instant("read_at", nullable=False),
)

owner = Table(
    "owner",
    metadata,
    _portal(),
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    _instant("read_at", nullable=False),
)

# A property as the portal defines it, as of the last check.
property_ = Table(
    "property",
    metadata,
    _portal(),
    Column("object_type", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("definition", JSONB, nullable=False),
)

# One handing over. A contact has at most one that is not closed, in each mode.
handoff = Table(
    "handoff",
    metadata,
    _portal(),
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Text, nullable=False),
    Column("shadow", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("route", Text, nullable=False),
    Column("promise", Text, nullable=False),
    Column("pool", Text, nullable=False),
    Column("owner_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("brief", JSONB, nullable=False),
    _instant("opened_at", nullable=False),
    _instant("owner_confirmed_at"),
    _instant("due_at"),
    _instant("closed_at"),
    Column("reason", Text),
    _instant("returns_at"),
    Column("to_different_owner", Boolean, nullable=False, server_default="false"),
    Index(
        "uq_handoff_open",
        "portal_id",
        "contact_id",
        "shadow",
        unique=True,
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("ix_handoff_contact", "portal_id", "contact_id", "closed_at"),
    Index("ix_handoff_pool", "portal_id", "pool", "owner_id", postgresql_where=text("closed_at IS NULL")),
)

# What was decided: the inputs (so that it can be computed again), the agreement version, the outcome.
decision = Table(
    "decision",
    metadata,
    _portal(),
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("shadow", Boolean, nullable=False),
    Column("kind", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("inputs", JSONB, nullable=False),
    Column("decision", JSONB, nullable=False),
    _instant("at", nullable=False),
    Index("ix_decision_contact", "portal_id", "contact_id", "at"),
)

# One change to be made in the CRM. `key` is unique: a handoff's note and task have one row for ever.
write = Table(
    "write",
    metadata,
    _portal(),
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("decision_id", Uuid, nullable=False),
    Column("handoff_id", Uuid),
    Column("step", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("properties", JSONB, nullable=False, server_default="{}"),
    Column("state", Text, nullable=False),
    Column("echoed", Boolean, nullable=False, server_default="false"),
    Column("crm_id", Text),
    Column("code", Text),
    Column("words", Text),
    Column("hint", Text),
    _instant("made_at", nullable=False),
    _instant("sent_at"),
    _instant("settled_at"),
    Index("uq_write_key", "portal_id", "key", unique=True),
    Index("ix_write_contact", "portal_id", "contact_id", "state"),
    Index("ix_write_sent", "portal_id", "sent_at"),
    Index("ix_write_handoff", "portal_id", "handoff_id", postgresql_where=text("handoff_id IS NOT NULL")),
    Index("ix_write_crm", "portal_id", "crm_id", postgresql_where=text("crm_id IS NOT NULL")),
)

# An agreement as it ran: immutable. `frozen` holds what it depends on (property definitions), once checked.
agreement_version = Table(
    "agreement_version",
    metadata,
    _portal(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("frozen", JSONB),
    Column("faults", JSONB, nullable=False, server_default="[]"),
    _instant("published_at", nullable=False),
    _instant("checked_at"),
)

# A pool's credits, locked while a lead is routed through it.
pool = Table(
    "pool",
    metadata,
    _portal(),
    Column("pool", Text, primary_key=True),
    Column("shadow", Boolean, primary_key=True),
    Column("credits", JSONB, nullable=False, server_default="{}"),
    Column("assigned", BigInteger, nullable=False, server_default="0"),
)

# A line of a pool's ledger: who got which lead, credits before and after, who was skipped and why.
assignment = Table(
    "assignment",
    metadata,
    _portal(),
    Column("pool", Text, primary_key=True),
    Column("shadow", Boolean, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("decision_id", Uuid, nullable=False),
    Column("handoff_id", Uuid, nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("owner_id", Text, nullable=False),
    Column("charged", Boolean, nullable=False),
    Column("because", Text, nullable=False),
    Column("credits_before", JSONB, nullable=False),
    Column("credits_after", JSONB, nullable=False),
    Column("skipped", JSONB, nullable=False),
    _instant("at", nullable=False),
)

# A quota of the portal, as a theoretical arrival time (GCRA): when the next call would be free of burst.
quota = Table(
    "quota",
    metadata,
    _portal(),
    Column("class", Text, primary_key=True),
    _instant("arrival_at", nullable=False),
    postgresql_with={"fillfactor": "70"},
)

# The portal's breaker: calls and failures in the running window, and until when no call is made.
breaker = Table(
    "breaker",
    metadata,
    _portal(),
    _instant("window_at", nullable=False),
    Column("calls", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    _instant("open_until"),
    _instant("probe_until"),
    postgresql_with={"fillfactor": "70"},
)

# Who changed what by hand, and why. Only ever added to.
audit = Table(
    "audit",
    metadata,
    _portal(),
    Column("id", Uuid, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("detail", JSONB, nullable=False, server_default="{}"),
    _instant("at", nullable=False),
)
