"""Walks through what changed in the CRM, to find what no webhook told of."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, Uuid, text

from app.storage.tables.base import instant, metadata, portal_key

# One walk from `from_at` up to `until_at`: a sweep, or a backfill that somebody asked for. How far it is stands in
# `place_at` and, within one instant, `place_within`; `words` say why it last stood still.
sweep = Table(
    "sweep",
    metadata,
    portal_key(),
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    instant("from_at", nullable=False),
    instant("until_at", nullable=False),
    instant("place_at", nullable=False),
    Column("place_within", Text),
    Column("seen", Integer, nullable=False, server_default="0"),
    Column("marked", Integer, nullable=False, server_default="0"),
    Column("missed", Integer, nullable=False, server_default="0"),
    Column("begun_by", Text),
    Column("cancelled_by", Text),
    instant("begun_at", nullable=False),
    instant("finished_at"),
    Column("lease_token", Uuid),
    instant("leased_until"),
    Column("words", Text),
    Index("ix_sweep_begun", "portal_id", "kind", "begun_at"),
    Index(
        "uq_sweep_running",
        "portal_id",
        unique=True,
        postgresql_where=text("kind = 'sweep' AND finished_at IS NULL"),
    ),
)
