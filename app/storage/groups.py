"""Buying groups: the known people of a company, each with the roles that they have in a purchase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select, text

from app.records.ids import CompanyId, ContactId, PortalId
from app.rules.facts import GroupMember
from app.storage.database import Connection
from app.storage.tables import contact

_GLUE = ";"
"""Between the roles of somebody who has several, as the CRM joins them."""


def written(roles: Sequence[str]) -> str | None:
    """The roles as one row keeps them."""
    return _GLUE.join(roles) or None


async def roles(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]
) -> Mapping[ContactId, tuple[str, ...]]:
    """The buying roles of those of these contacts that are known and have some."""
    rows = await connection.execute(
        select(contact.c.id, contact.c.role).where(
            contact.c.portal_id == portal_id, contact.c.id.in_(contact_ids), contact.c.role.is_not(None)
        )
    )
    return {ContactId(row.id): tuple(row.role.split(_GLUE)) for row in rows}


async def of_companies(
    connection: Connection, portal_id: PortalId, company_ids: Sequence[CompanyId]
) -> Mapping[CompanyId, tuple[GroupMember, ...]]:
    """The known people with a buying role at each of these companies; one row for each of their roles."""
    if not company_ids:
        return {}
    rows = await connection.execute(
        text("""
            SELECT company_id, id, role FROM contact
            WHERE portal_id = :portal_id AND company_id = ANY(:ids) AND role IS NOT NULL
              AND merged_into IS NULL AND gone_at IS NULL ORDER BY company_id, id
        """),
        {"portal_id": portal_id, "ids": list(company_ids)},
    )
    found: dict[CompanyId, tuple[GroupMember, ...]] = {}
    for row in rows:
        members = tuple(GroupMember(row.id, role) for role in row.role.split(_GLUE))
        found[CompanyId(row.company_id)] = (*found.get(CompanyId(row.company_id), ()), *members)
    return found
