"""Indexes by which the figures that are watched are found: what is not settled among all that ever was written"""

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


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_notice_delivery_unsent", table_name="notice_delivery")
    op.drop_index("ix_write_unsettled", table_name="write")
