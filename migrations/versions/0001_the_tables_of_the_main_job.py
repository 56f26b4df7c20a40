"""The tables of the main job"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "agreement_version",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("frozen", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("portal_id", "number", name=op.f("pk_agreement_version")),
    )
    op.create_table(
        "assignment",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("charged", sa.Boolean(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("credits_before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("credits_after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("skipped", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "pool", "shadow", "number", name=op.f("pk_assignment")),
    )
    op.create_table(
        "audit",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "id", name=op.f("pk_audit")),
    )
    op.create_table(
        "breaker",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("window_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probe_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("portal_id", name=op.f("pk_breaker")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "company",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("properties", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "id", name=op.f("pk_company")),
    )
    op.create_table(
        "contact",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("properties", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("company_id", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Text(), nullable=True),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("applied", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("overrides", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("stage_move", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("portal_id", "id", name=op.f("pk_contact")),
    )
    op.create_index(
        "ix_contact_merged_into",
        "contact",
        ["portal_id", "merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "decision",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decision", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_contact", "decision", ["portal_id", "contact_id", "at"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unpacked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(
        "ix_delivery_packed", "delivery", ["received_at"], unique=False, postgresql_where=sa.text("unpacked_at IS NULL")
    )
    op.create_table(
        "event",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("type_name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("object_type", sa.Text(), nullable=True),
        sa.Column("object_id", sa.Text(), nullable=True),
        sa.Column("property_name", sa.Text(), nullable=True),
        sa.Column("property_value", sa.Text(), nullable=True),
        sa.Column("hand", sa.Text(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("generation", sa.BigInteger(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("portal_id", "key", "occurred_at", name=op.f("pk_event")),
        postgresql_partition_by="RANGE (occurred_at)",
    )
    op.create_index("ix_event_object", "event", ["portal_id", "object_type", "object_id"], unique=False)
    op.create_index(
        "ix_event_pending",
        "event",
        ["portal_id", "object_type", "object_id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_event_received", "event", ["portal_id", "received_at", "key"], unique=False)
    op.create_table(
        "handoff",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("promise", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("brief", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("returns_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("to_different_owner", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "id", name=op.f("pk_handoff")),
    )
    op.create_index("ix_handoff_contact", "handoff", ["portal_id", "contact_id", "closed_at"], unique=False)
    op.create_index(
        "ix_handoff_pool",
        "handoff",
        ["portal_id", "pool", "owner_id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "uq_handoff_open",
        "handoff",
        ["portal_id", "contact_id", "shadow"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "lane",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("generation", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("parked", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "object_type", "object_id", name=op.f("pk_lane")),
        postgresql_with={"fillfactor": "70", "autovacuum_vacuum_scale_factor": "0.02"},
    )
    op.create_index(
        "ix_lane_held",
        "lane",
        ["portal_id", "lease_token"],
        unique=False,
        postgresql_where=sa.text("lease_token IS NOT NULL"),
    )
    op.create_index(
        "ix_lane_silent",
        "lane",
        ["portal_id", "object_type", "leased_until"],
        unique=False,
        postgresql_where=sa.text("lease_token IS NOT NULL"),
    )
    op.create_index(
        "ix_lane_wake",
        "lane",
        ["portal_id", "object_type", "priority", "wake_at"],
        unique=False,
        postgresql_where=sa.text("NOT parked AND lease_token IS NULL"),
    )
    op.create_table(
        "owner",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "id", name=op.f("pk_owner")),
    )
    op.create_table(
        "pool",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("credits", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("assigned", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "pool", "shadow", name=op.f("pk_pool")),
    )
    op.create_table(
        "portal",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.Text(), server_default="shadow", nullable=False),
        sa.Column("paused_reason", sa.Text(), nullable=True),
        sa.Column("braked_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_reason", sa.Text(), nullable=True),
        sa.Column("stages", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", name=op.f("pk_portal")),
    )
    op.create_table(
        "property",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "object_type", "name", name=op.f("pk_property")),
    )
    op.create_table(
        "quota",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("arrival_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "class", name=op.f("pk_quota")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "source",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("secret_previous", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "name", name=op.f("pk_source")),
    )
    op.create_table(
        "write",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("properties", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("echoed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("crm_id", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("hint", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("portal_id", "id", name=op.f("pk_write")),
    )
    op.create_index("ix_write_contact", "write", ["portal_id", "contact_id", "state"], unique=False)
    op.create_index(
        "ix_write_crm", "write", ["portal_id", "crm_id"], unique=False, postgresql_where=sa.text("crm_id IS NOT NULL")
    )
    op.create_index(
        "ix_write_handoff",
        "write",
        ["portal_id", "handoff_id"],
        unique=False,
        postgresql_where=sa.text("handoff_id IS NOT NULL"),
    )
    op.create_index("ix_write_sent", "write", ["portal_id", "sent_at"], unique=False)
    op.create_index("uq_write_key", "write", ["portal_id", "key"], unique=True)
    op.execute("CREATE TABLE event_default PARTITION OF event DEFAULT")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("uq_write_key", table_name="write")
    op.drop_index("ix_write_sent", table_name="write")
    op.drop_index("ix_write_handoff", table_name="write", postgresql_where=sa.text("handoff_id IS NOT NULL"))
    op.drop_index("ix_write_crm", table_name="write", postgresql_where=sa.text("crm_id IS NOT NULL"))
    op.drop_index("ix_write_contact", table_name="write")
    op.drop_table("write")
    op.drop_table("source")
    op.drop_table("quota")
    op.drop_table("property")
    op.drop_table("portal")
    op.drop_table("pool")
    op.drop_table("owner")
    op.drop_index("ix_lane_wake", table_name="lane", postgresql_where=sa.text("NOT parked AND lease_token IS NULL"))
    op.drop_index("ix_lane_silent", table_name="lane", postgresql_where=sa.text("lease_token IS NOT NULL"))
    op.drop_index("ix_lane_held", table_name="lane", postgresql_where=sa.text("lease_token IS NOT NULL"))
    op.drop_table("lane")
    op.drop_index("uq_handoff_open", table_name="handoff", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index("ix_handoff_pool", table_name="handoff", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index("ix_handoff_contact", table_name="handoff")
    op.drop_table("handoff")
    op.drop_index("ix_event_received", table_name="event")
    op.drop_index("ix_event_pending", table_name="event", postgresql_where=sa.text("state = 'pending'"))
    op.drop_index("ix_event_object", table_name="event")
    op.drop_table("event")
    op.drop_index("ix_delivery_packed", table_name="delivery", postgresql_where=sa.text("unpacked_at IS NULL"))
    op.drop_table("delivery")
    op.drop_index("ix_decision_contact", table_name="decision")
    op.drop_table("decision")
    op.drop_index("ix_contact_merged_into", table_name="contact", postgresql_where=sa.text("merged_into IS NOT NULL"))
    op.drop_table("contact")
    op.drop_table("company")
    op.drop_table("breaker")
    op.drop_table("audit")
    op.drop_table("assignment")
    op.drop_table("agreement_version")
