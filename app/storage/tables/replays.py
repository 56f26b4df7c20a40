"""Replays with the records they look at again; what people said of issues, and requests that were turned away."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text, Uuid, text

from app.storage.tables.base import instant, metadata, portal_key

# A replay: the filter it began with, written with absolute times, and the count of what it chose. `request_key` is
# the client's own name for having asked.
replay = Table(
    "replay",
    metadata,
    portal_key(),
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("filter", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("request_key", Text),
    instant("created_at", nullable=False),
    instant("finished_at"),
    Index(
        "uq_replay_request",
        "portal_id",
        "request_key",
        unique=True,
        postgresql_where=text("request_key IS NOT NULL"),
    ),
    Index("ix_replay_created", "portal_id", "created_at"),
)

# A record of a replay: why it was chosen (`code`, `seen_at`), the generation of its lane that the replay asked
# for, and what its next look came to.
replay_item = Table(
    "replay_item",
    metadata,
    portal_key(),
    Column("replay_id", Uuid, primary_key=True),
    Column("object_type", Text, primary_key=True),
    Column("object_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("code", Text),
    instant("seen_at"),
    Column("generation", BigInteger),
    instant("marked_at"),
    Column("decision_id", Uuid),
    Column("outcome", Text),
    Column("words", Text),
    instant("settled_at"),
    Index(
        "ix_replay_item_queued",
        "portal_id",
        "replay_id",
        "object_type",
        "object_id",
        postgresql_where=text("state = 'queued'"),
    ),
    Index("ix_replay_item_looking", "portal_id", postgresql_where=text("state = 'looking'")),
    postgresql_with={"fillfactor": "70"},
)

# What somebody said of an issue; one that nobody said anything of has no row.
issue = Table(
    "issue",
    metadata,
    portal_key(),
    Column("fingerprint", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    instant("changed_at", nullable=False),
)

# Webhook requests that were turned away in an hour, by source and verdict.
refused_request = Table(
    "refused_request",
    metadata,
    portal_key(),
    Column("source", Text, primary_key=True),
    Column("verdict", Text, primary_key=True),
    Column("hour", DateTime(timezone=True), primary_key=True),
    Column("requests", BigInteger, nullable=False),
    instant("first_at", nullable=False),
    instant("last_at", nullable=False),
)
