"""Drafts, approvals and keys; what a version depends on; buying roles"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

_JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "agreement_draft",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("restored_from", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_as", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("portal_id", "revision", name=op.f("pk_agreement_draft")),
    )
    op.create_table(
        "agreement_approval",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("portal_id", "revision", "email", name=op.f("pk_agreement_approval")),
    )
    op.create_table(
        "api_key",
        sa.Column("portal_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("portal_id", "id", name=op.f("pk_api_key")),
    )
    op.add_column("agreement_version", sa.Column("approvals", _JSON, server_default="[]", nullable=False))
    op.add_column("agreement_version", sa.Column("published_by", sa.Text(), nullable=True))
    op.add_column("agreement_version", sa.Column("restored_from", sa.Integer(), nullable=True))
    op.add_column("agreement_version", sa.Column("mode", sa.Text(), nullable=True))
    op.execute(
        "UPDATE agreement_version SET frozen = jsonb_build_object('properties', frozen) WHERE frozen IS NOT NULL"
    )
    op.add_column("contact", sa.Column("role", sa.Text(), nullable=True))
    op.create_index(
        "ix_contact_company",
        "contact",
        ["portal_id", "company_id"],
        postgresql_where=sa.text("company_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_contact_company", table_name="contact")
    op.drop_column("contact", "role")
    op.execute("UPDATE agreement_version SET frozen = frozen -> 'properties' WHERE frozen IS NOT NULL")
    for name in ("mode", "restored_from", "published_by", "approvals"):
        op.drop_column("agreement_version", name)
    for name in ("api_key", "agreement_approval", "agreement_draft"):
        op.drop_table(name)
