"""What came in, and what needs a look."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.storage.tables.base import instant, metadata, portal_key

# A CRM account. `mode` is shadow or live; `paused_reason` stops looks, `blocked_reason` says why lanes wait;
# the brake counts writes from `braked_from` on.
portal = Table(
    "portal",
    metadata,
    portal_key(),
    Column("mode", Text, nullable=False, server_default="shadow"),
    Column("paused_reason", Text),
    instant("braked_from"),
    Column("blocked_reason", Text),
    Column("stages", JSONB, nullable=False, server_default="[]"),
    instant("checked_at"),
    instant("live_at"),
    instant("created_at", nullable=False),
)

# An app that posts webhooks, beside the first one, whose secrets are settings. Secrets are encrypted.
source = Table(
    "source",
    metadata,
    portal_key(),
    Column("name", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("secret_previous", LargeBinary),
    instant("created_at", nullable=False),
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
    instant("received_at", nullable=False),
    instant("unpacked_at"),
    Index("ix_delivery_packed", "received_at", postgresql_where=text("unpacked_at IS NULL")),
)

# One event, counted once however often it arrives. An unreadable one stands at EPOCH with its raw text.
event = Table(
    "event",
    metadata,
    portal_key(),
    Column("key", Text, primary_key=True),
    Column("occurred_at", DateTime(timezone=True), primary_key=True),
    Column("delivery_id", Uuid, nullable=False),
    instant("received_at", nullable=False),
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
    Index("ix_event_quarantined", "portal_id", "received_at", postgresql_where=text("state = 'quarantined'")),
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

# A record that needs a look. A lane whose lease token is yours is yours; nothing else fences. `covered` is the
# generation that the last whole look took in, `read_by` from when on the record must be read anew even so.
lane = Table(
    "lane",
    metadata,
    portal_key(),
    Column("object_type", Text, primary_key=True),
    Column("object_id", Text, primary_key=True),
    instant("wake_at", nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("generation", BigInteger, nullable=False, server_default="1"),
    Column("lease_token", Uuid),
    instant("leased_until"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("parked", Boolean, nullable=False, server_default="false"),
    instant("parked_at"),
    Column("code", Text),
    Column("reason", Text),
    instant("marked_at", nullable=False),
    Column("covered", BigInteger),
    instant("read_by"),
    Index("ix_lane_wake", "portal_id", "object_type", "priority", "wake_at", postgresql_where=text(_FREE)),
    Index("ix_lane_parked", "portal_id", "marked_at", postgresql_where=text("parked")),
    Index("ix_lane_held", "portal_id", "lease_token", postgresql_where=text(_HELD)),
    Index("ix_lane_silent", "portal_id", "object_type", "leased_until", postgresql_where=text(_HELD)),
    postgresql_with={"fillfactor": "70", "autovacuum_vacuum_scale_factor": "0.02"},
)
