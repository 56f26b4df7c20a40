"""What was decided, who got it, and what is to be written; the limits that all workers share."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from app.storage.tables.base import instant, metadata, portal_key

# One handing over. A contact has at most one that is not closed, in each mode. `later_briefs` are by the stage that
# the lead reached meanwhile; `brief_word` is what the rep said of the brief, and when it was first seen.
handoff = Table(
    "handoff",
    metadata,
    portal_key(),
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
    Column("later_briefs", JSONB, nullable=False, server_default="{}"),
    Column("brief_word", Text),
    instant("brief_word_at"),
    instant("opened_at", nullable=False),
    instant("owner_confirmed_at"),
    instant("due_at"),
    instant("closed_at"),
    Column("reason", Text),
    instant("returns_at"),
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

# A stretch in which one owner has a handed-over lead. Their clocks start when they are known to stand.
tenure = Table(
    "tenure",
    metadata,
    portal_key(),
    Column("handoff_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("owner_id", Text, nullable=False),
    Column("owner_email", Text, nullable=False),
    Column("because", Text, nullable=False),
    instant("assigned_at", nullable=False),
    instant("confirmed_at"),
)

# One promise being timed. What follows from its timestamps is kept beside them, to be found: `next_at` is when
# time alone next changes something.
clock = Table(
    "clock",
    metadata,
    portal_key(),
    Column("handoff_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("tenure", Integer, primary_key=True, autoincrement=False),
    Column("contact_id", Text, nullable=False),
    Column("owner_id", Text, nullable=False),
    Column("calendar", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("target", Text, nullable=False),
    instant("started_at", nullable=False),
    instant("due_at"),
    Column("pauses", JSONB, nullable=False, server_default="[]"),
    instant("no_later_than"),
    instant("limited_at"),
    Column("extensions", Integer, nullable=False, server_default="0"),
    instant("stopped_at"),
    Column("stop", Text),
    Column("because", Text, nullable=False, server_default=""),
    Column("kept_by", Text, nullable=False, server_default=""),
    instant("breached_at"),
    instant("rescinded_at"),
    Column("rungs", JSONB, nullable=False, server_default="[]"),
    instant("next_at"),
    Index("ix_clock_contact", "portal_id", "contact_id", postgresql_where=text("stop IS NULL")),
    Index("ix_clock_due", "portal_id", "due_at", postgresql_where=text("stop IS NULL")),
    Index("ix_clock_next", "portal_id", "next_at", postgresql_where=text("stop IS NULL")),
)

# What a person did to an open handoff, with the reason they gave. Looks take it in; nothing is undone here.
# `request_key` is the client's own name for having asked.
act = Table(
    "act",
    metadata,
    portal_key(),
    Column("id", Uuid, primary_key=True),
    Column("handoff_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("because", Text, nullable=False),
    instant("until"),
    Column("to_owner_id", Text),
    Column("more", Text, nullable=False, server_default=""),
    instant("at", nullable=False),
    Column("request_key", Text),
    Index("ix_act_handoff", "portal_id", "handoff_id"),
    Index(
        "uq_act_request",
        "portal_id",
        "request_key",
        unique=True,
        postgresql_where=text("request_key IS NOT NULL"),
    ),
)

# A time in which the CRM did not answer: no clock runs then.
outage = Table(
    "outage",
    metadata,
    portal_key(),
    Column("from_at", DateTime(timezone=True), primary_key=True),
    instant("until_at"),
    Index("ix_outage_open", "portal_id", postgresql_where=text("until_at IS NULL")),
)

# What was decided: the inputs (so that it can be computed again), the agreement version, the outcome.
decision = Table(
    "decision",
    metadata,
    portal_key(),
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("shadow", Boolean, nullable=False),
    Column("kind", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("inputs", JSONB, nullable=False),
    Column("decision", JSONB, nullable=False),
    instant("at", nullable=False),
    Index("ix_decision_contact", "portal_id", "contact_id", "at"),
)

# One change to be made in the CRM. `key` is unique: a handoff's note and task have one row for ever.
write = Table(
    "write",
    metadata,
    portal_key(),
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
    instant("made_at", nullable=False),
    instant("sent_at"),
    instant("settled_at"),
    Index("uq_write_key", "portal_id", "key", unique=True),
    Index("ix_write_contact", "portal_id", "contact_id", "state"),
    Index("ix_write_parked", "portal_id", "contact_id", postgresql_where=text("state = 'parked'")),
    Index(
        "ix_write_unsettled",
        "portal_id",
        "state",
        postgresql_where=text("state IN ('due', 'sending', 'parked')"),
    ),
    Index("ix_write_sent", "portal_id", "sent_at"),
    Index("ix_write_handoff", "portal_id", "handoff_id", postgresql_where=text("handoff_id IS NOT NULL")),
    Index("ix_write_crm", "portal_id", "crm_id", postgresql_where=text("crm_id IS NOT NULL")),
)

# A pool's credits, locked while a lead is routed through it.
pool = Table(
    "pool",
    metadata,
    portal_key(),
    Column("pool", Text, primary_key=True),
    Column("shadow", Boolean, primary_key=True),
    Column("credits", JSONB, nullable=False, server_default="{}"),
    Column("assigned", BigInteger, nullable=False, server_default="0"),
)

# A line of a pool's ledger: who got which lead, credits before and after, who was skipped and why.
assignment = Table(
    "assignment",
    metadata,
    portal_key(),
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
    instant("at", nullable=False),
)

# Who is away when, as somebody said; ended early where somebody said so.
absence = Table(
    "absence",
    metadata,
    portal_key(),
    Column("id", Uuid, primary_key=True),
    Column("owner_id", Text, nullable=False),
    instant("from_at", nullable=False),
    instant("until_at", nullable=False),
    Column("reason", Text),
    Column("made_by", Text, nullable=False),
    instant("made_at", nullable=False),
    instant("ended_at"),
    Index("ix_absence_until", "portal_id", "until_at", postgresql_where=text("ended_at IS NULL")),
)

# A quota of the portal, as a theoretical arrival time (GCRA): when the next call would be free of burst.
quota = Table(
    "quota",
    metadata,
    portal_key(),
    Column("class", Text, primary_key=True),
    instant("arrival_at", nullable=False),
    postgresql_with={"fillfactor": "70"},
)

# The portal's breaker: calls and failures in the running window, and until when no call is made.
breaker = Table(
    "breaker",
    metadata,
    portal_key(),
    instant("window_at", nullable=False),
    Column("calls", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    instant("open_until"),
    instant("probe_until"),
    postgresql_with={"fillfactor": "70"},
)
