"""Further briefs of a handoff, and what was made of the first"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "handoff",
        sa.Column("later_briefs", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("handoff", sa.Column("brief_word", sa.Text(), nullable=True))
    op.add_column("handoff", sa.Column("brief_word_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("handoff", "brief_word_at")
    op.drop_column("handoff", "brief_word")
    op.drop_column("handoff", "later_briefs")
