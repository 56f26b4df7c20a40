"""When a lane was parked, and who cancelled a backfill"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("lane", sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sweep", sa.Column("cancelled_by", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("sweep", "cancelled_by")
    op.drop_column("lane", "parked_at")
