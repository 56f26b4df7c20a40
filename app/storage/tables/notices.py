"""What people are told, and how far each channel is with telling it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from app.storage.tables.base import instant, metadata, portal_key

# Something to be told to a person, once: `key` is unique. `spread_at` is when it was given to the channels, and
# `skipped` why it is given to none. A digest is about no one handoff or contact.
notice = Table(
    "notice",
    metadata,
    portal_key(),
    Column("id", Uuid, primary_key=True),
    Column("key", Text, nullable=False),
    Column("handoff_id", Uuid),
    Column("contact_id", Text),
    Column("shadow", Boolean, nullable=False),
    Column("kind", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("skipped", Text),
    instant("made_at", nullable=False),
    instant("spread_at"),
    Index("uq_notice_key", "portal_id", "key", unique=True),
    Index("ix_notice_made", "portal_id", "made_at"),
    Index("ix_notice_contact", "portal_id", "contact_id", postgresql_where=text("contact_id IS NOT NULL")),
    Index("ix_notice_unspread", "portal_id", "made_at", postgresql_where=text("spread_at IS NULL")),
)

# One notice on its way through one channel, its kind beside it so that quiet hours are minded without a join. Whoever
# holds the lease token sends it; nothing else fences.
notice_delivery = Table(
    "notice_delivery",
    metadata,
    portal_key(),
    Column("notice_id", Uuid, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    instant("next_at", nullable=False),
    Column("lease_token", Uuid),
    instant("leased_until"),
    Column("code", Text),
    Column("words", Text),
    instant("sent_at"),
    Index("ix_notice_delivery_due", "portal_id", "next_at", postgresql_where=text("state IN ('due', 'sending')")),
    Index(
        "ix_notice_delivery_unsent",
        "portal_id",
        "state",
        postgresql_where=text("state IN ('due', 'sending', 'dead')"),
    ),
)
