"""Notices, and how far each channel is with them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

_INDEXES: dict[str, dict[str, tuple[str, str | None]]] = {
    "notice": {
        "uq_notice_key": ("key", None),
        "ix_notice_made": ("made_at", None),
        "ix_notice_contact": ("contact_id", "contact_id IS NOT NULL"),
        "ix_notice_unspread": ("made_at", "spread_at IS NULL"),
    },
    "notice_delivery": {"ix_notice_delivery_due": ("next_at", "state IN ('due', 'sending')")},
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "notice",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Text(), nullable=True),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("skipped", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spread_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("portal_id", "id", name=op.f("pk_notice")),
    )
    op.create_table(
        "notice_delivery",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("portal_id", "notice_id", "channel", name=op.f("pk_notice_delivery")),
    )
    for table, indexes in _INDEXES.items():
        for name, (column, where) in indexes.items():
            op.create_index(
                name,
                table,
                ["portal_id", column],
                unique=name.startswith("uq_"),
                postgresql_where=sa.text(where) if where else None,
            )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("notice_delivery")
    op.drop_table("notice")
