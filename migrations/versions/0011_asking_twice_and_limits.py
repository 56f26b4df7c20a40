"""Acts that are asked for twice are one; when a clock's earlier deadline was set, and by what it was kept"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("act", sa.Column("request_key", sa.Text(), nullable=True))
    op.create_index(
        "uq_act_request",
        "act",
        ["portal_id", "request_key"],
        unique=True,
        postgresql_where=sa.text("request_key IS NOT NULL"),
    )
    op.add_column("clock", sa.Column("limited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("clock", sa.Column("kept_by", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("clock", "kept_by")
    op.drop_column("clock", "limited_at")
    op.drop_index("uq_act_request", table_name="act")
    op.drop_column("act", "request_key")
