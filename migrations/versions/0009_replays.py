"""Replays, what people said of issues, requests turned away, and indexes of what needs a person"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_INDEXES = (
    ("ix_lane_parked", "lane", ["portal_id", "marked_at"], "parked"),
    ("ix_write_parked", "write", ["portal_id", "contact_id"], "state = 'parked'"),
    ("ix_event_quarantined", "event", ["portal_id", "received_at"], "state = 'quarantined'"),
)


def _instant(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _portal() -> sa.Column:
    return sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _replays()
    _items()
    op.create_table(
        "issue",
        _portal(),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        _instant("changed_at", nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "fingerprint", name=op.f("pk_issue")),
    )
    op.create_table(
        "refused_request",
        _portal(),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        _instant("hour", nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        _instant("first_at", nullable=False),
        _instant("last_at", nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "source", "verdict", "hour", name=op.f("pk_refused_request")),
    )
    for name, table, columns, where in _INDEXES:
        op.create_index(name, table, columns, unique=False, postgresql_where=sa.text(where))


def _replays() -> None:
    op.create_table(
        "replay",
        _portal(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=True),
        _instant("created_at", nullable=False),
        _instant("finished_at"),
        sa.PrimaryKeyConstraint("portal_id", "id", name=op.f("pk_replay")),
    )
    op.create_index(
        "uq_replay_request",
        "replay",
        ["portal_id", "request_key"],
        unique=True,
        postgresql_where=sa.text("request_key IS NOT NULL"),
    )
    op.create_index("ix_replay_created", "replay", ["portal_id", "created_at"], unique=False)


def _items() -> None:
    op.create_table(
        "replay_item",
        _portal(),
        sa.Column("replay_id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        _instant("seen_at"),
        sa.Column("generation", sa.BigInteger(), nullable=True),
        _instant("marked_at"),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        _instant("settled_at"),
        sa.PrimaryKeyConstraint("portal_id", "replay_id", "object_type", "object_id", name=op.f("pk_replay_item")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(
        "ix_replay_item_queued",
        "replay_item",
        ["portal_id", "replay_id", "object_type", "object_id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_replay_item_looking",
        "replay_item",
        ["portal_id"],
        unique=False,
        postgresql_where=sa.text("state = 'looking'"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table_name=table)
    for table in ("refused_request", "issue", "replay_item", "replay"):
        op.drop_table(table)
