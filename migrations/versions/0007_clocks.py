"""Clocks, tenures, what people do to a handoff, and outages of the CRM"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def _instant(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _portal() -> sa.Column:
    return sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _tenures()
    _clocks()
    _acts()
    op.create_table(
        "outage",
        _portal(),
        _instant("from_at", nullable=False),
        _instant("until_at"),
        sa.PrimaryKeyConstraint("portal_id", "from_at", name=op.f("pk_outage")),
    )
    op.create_index(
        "ix_outage_open", "outage", ["portal_id"], unique=False, postgresql_where=sa.text("until_at IS NULL")
    )
    op.add_column("lane", sa.Column("covered", sa.BigInteger(), nullable=True))
    op.add_column("lane", _instant("read_by"))


def _tenures() -> None:
    """Every handoff so far has had one owner as far as is known."""
    op.create_table(
        "tenure",
        _portal(),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("owner_email", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        _instant("assigned_at", nullable=False),
        _instant("confirmed_at"),
        sa.PrimaryKeyConstraint("portal_id", "handoff_id", "number", name=op.f("pk_tenure")),
    )
    op.execute(
        """
        INSERT INTO tenure (portal_id, handoff_id, number, owner_id, owner_email, because, assigned_at, confirmed_at)
        SELECT handoff.portal_id, handoff.id, 1, handoff.owner_id, coalesce(owner.email, ''), 'had the lead',
               handoff.opened_at, handoff.owner_confirmed_at
        FROM handoff LEFT JOIN owner ON owner.portal_id = handoff.portal_id AND owner.id = handoff.owner_id
        """
    )


def _clocks() -> None:
    op.create_table(
        "clock",
        _portal(),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenure", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        _instant("started_at", nullable=False),
        _instant("due_at"),
        sa.Column("pauses", postgresql.JSONB(), server_default="[]", nullable=False),
        _instant("no_later_than"),
        sa.Column("extensions", sa.Integer(), server_default="0", nullable=False),
        _instant("stopped_at"),
        sa.Column("stop", sa.Text(), nullable=True),
        sa.Column("because", sa.Text(), server_default="", nullable=False),
        _instant("breached_at"),
        _instant("rescinded_at"),
        sa.Column("rungs", postgresql.JSONB(), server_default="[]", nullable=False),
        _instant("next_at"),
        sa.PrimaryKeyConstraint("portal_id", "handoff_id", "kind", "tenure", name=op.f("pk_clock")),
    )
    running = sa.text("stop IS NULL")
    op.create_index("ix_clock_contact", "clock", ["portal_id", "contact_id"], unique=False, postgresql_where=running)
    op.create_index("ix_clock_due", "clock", ["portal_id", "due_at"], unique=False, postgresql_where=running)


def _acts() -> None:
    op.create_table(
        "act",
        _portal(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        _instant("until"),
        sa.Column("to_owner_id", sa.Text(), nullable=True),
        sa.Column("more", sa.Text(), server_default="", nullable=False),
        _instant("at", nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "id", name=op.f("pk_act")),
    )
    op.create_index("ix_act_handoff", "act", ["portal_id", "handoff_id"], unique=False)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("lane", "read_by")
    op.drop_column("lane", "covered")
    for table in ("outage", "act", "clock", "tenure"):
        op.drop_table(table)
