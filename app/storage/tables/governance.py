"""The agreement's versions and drafts, backtests, keys, and who changed what."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from app.storage.tables.base import instant, metadata, portal_key

# An agreement as it ran: immutable. `frozen` holds what it depends on, once it was held against the portal;
# `approvals` who agreed to it; `mode` the portal's when it was published.
agreement_version = Table(
    "agreement_version",
    metadata,
    portal_key(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("frozen", JSONB),
    Column("faults", JSONB, nullable=False, server_default="[]"),
    Column("approvals", JSONB, nullable=False, server_default="[]"),
    Column("published_by", Text),
    Column("restored_from", Integer),
    Column("mode", Text),
    instant("published_at", nullable=False),
    instant("checked_at"),
)

# A draft of the next version, as somebody saved it. The newest revision that is not closed is the draft.
agreement_draft = Table(
    "agreement_draft",
    metadata,
    portal_key(),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("base", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("side", Text),
    Column("message", Text, nullable=False),
    Column("restored_from", Integer),
    instant("saved_at", nullable=False),
    instant("closed_at"),
    Column("published_as", Integer),
)

# Somebody agreed to a draft, exactly as it stood in that revision.
agreement_approval = Table(
    "agreement_approval",
    metadata,
    portal_key(),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("email", Text, primary_key=True),
    Column("note", Text, nullable=False, server_default=""),
    instant("approved_at", nullable=False),
)

# A draft tried on a past period beside version `base`. Queued, or whose lease ran out: any worker takes it.
backtest = Table(
    "backtest",
    metadata,
    portal_key(),
    Column("id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    Column("draft", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("base", Integer, nullable=False),
    instant("start_at", nullable=False),
    instant("end_at", nullable=False),
    Column("phase", Text, nullable=False, server_default=""),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("result", JSONB),
    Column("reason", Text),
    Column("requested_by", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_token", Uuid),
    instant("leased_until"),
    instant("created_at", nullable=False),
    instant("started_at"),
    instant("finished_at"),
    Index("ix_backtest_open", "portal_id", "created_at", postgresql_where=text("state IN ('queued', 'running')")),
)

# A contact that comes out otherwise in a backtest. `told` says what each side said; {} once the person is erased.
backtest_contact = Table(
    "backtest_contact",
    metadata,
    portal_key(),
    Column("backtest_id", Uuid, primary_key=True),
    Column("contact_id", Text, primary_key=True),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("told", JSONB, nullable=False),
    Index("ix_backtest_contact_contact", "portal_id", "contact_id"),
)

# A key to the API: only its digest is kept. Whose it is, what it may do, until when.
api_key = Table(
    "api_key",
    metadata,
    portal_key(),
    Column("id", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("email", Text, nullable=False),
    Column("side", Text),
    Column("role", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    instant("made_at", nullable=False),
    instant("expires_at"),
    instant("used_at"),
    instant("revoked_at"),
)

# Who changed what by hand, and why. Only ever added to.
audit = Table(
    "audit",
    metadata,
    portal_key(),
    Column("id", Uuid, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("detail", JSONB, nullable=False, server_default="{}"),
    instant("at", nullable=False),
)
