"""What every table is made with."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def instant(name: str, *, nullable: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def portal_key() -> Column[int]:
    return Column("portal_id", BigInteger, primary_key=True, autoincrement=False)
