"""Indexes by which what is watched is found: what is not settled among all that was written, clocks that are due"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(
        "ix_write_unsettled",
        "write",
        ["portal_id", "state"],
        unique=False,
        postgresql_where=sa.text("state IN ('due', 'sending', 'parked')"),
    )
    op.create_index(
        "ix_notice_delivery_unsent",
        "notice_delivery",
        ["portal_id", "state"],
        unique=False,
        postgresql_where=sa.text("state IN ('due', 'sending', 'dead')"),
    )
    op.create_index(
        "ix_clock_next", "clock", ["portal_id", "next_at"], unique=False, postgresql_where=sa.text("stop IS NULL")
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_clock_next", table_name="clock")
    op.drop_index("ix_notice_delivery_unsent", table_name="notice_delivery")
    op.drop_index("ix_write_unsettled", table_name="write")
