"""Records of the CRM as last read, and as they were."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from app.storage.tables.base import instant, metadata, portal_key

# The last snapshot of a contact, and what Baton remembers of its own hand on it. `role` is its buying role; `read_at`
# and `written_at` are when the CRM last told of it, and last took a write to it.
contact = Table(
    "contact",
    metadata,
    portal_key(),
    Column("id", Text, primary_key=True),
    Column("properties", JSONB, nullable=False, server_default="{}"),
    Column("company_id", Text),
    Column("stage", Text),
    Column("owner_id", Text),
    Column("role", Text),
    Column("scores", JSONB, nullable=False, server_default="{}"),
    Column("applied", JSONB, nullable=False, server_default="{}"),
    Column("overrides", JSONB, nullable=False, server_default="{}"),
    Column("stage_move", JSONB),
    instant("waiting_since"),
    Column("merged_into", Text),
    instant("gone_at"),
    instant("read_at"),
    instant("written_at"),
    Index("ix_contact_merged_into", "portal_id", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    Index("ix_contact_company", "portal_id", "company_id", postgresql_where=text("company_id IS NOT NULL")),
)

company = Table(
    "company",
    metadata,
    portal_key(),
    Column("id", Text, primary_key=True),
    Column("properties", JSONB, nullable=False),
    instant("read_at", nullable=False),
)

owner = Table(
    "owner",
    metadata,
    portal_key(),
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    instant("read_at", nullable=False),
)

# A property as the portal defines it, as of the last check.
property_ = Table(
    "property",
    metadata,
    portal_key(),
    Column("object_type", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("definition", JSONB, nullable=False),
)

# A value that a property had from `at` on, as the CRM told of it when it was asked for the past.
past_value = Table(
    "past_value",
    metadata,
    portal_key(),
    Column("object_type", Text, primary_key=True),
    Column("object_id", Text, primary_key=True),
    Column("property", Text, primary_key=True),
    Column("at", DateTime(timezone=True), primary_key=True),
    Column("value", Text),
    Column("hand", Text, nullable=False),
)

# When the CRM was last asked for a record's past, and for which properties.
past_reading = Table(
    "past_reading",
    metadata,
    portal_key(),
    Column("object_type", Text, primary_key=True),
    Column("object_id", Text, primary_key=True),
    Column("properties", JSONB, nullable=False),
    instant("read_at", nullable=False),
)

# Something that happened between contacts and the people of the portal, as last read. `title` goes once one of
# its contacts is erased.
engagement = Table(
    "engagement",
    metadata,
    portal_key(),
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("owner_id", Text),
    Column("maker", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("title", Text, nullable=False),
    instant("occurred_at", nullable=False),
    instant("read_at", nullable=False),
)

# Whom an engagement was with.
engagement_contact = Table(
    "engagement_contact",
    metadata,
    portal_key(),
    Column("contact_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("engagement_id", Text, primary_key=True),
    Index("ix_engagement_contact_engagement", "portal_id", "kind", "engagement_id"),
)
