"""The known people of a company, and its buying group: the roles that they have in a purchase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from app.records.ids import CompanyId, ContactId, PortalId
from app.rules.facts import GroupMember
from app.storage.database import Connection

Places = frozenset[tuple[CompanyId, str]]
"""The companies that a contact is at, each with a part that it plays there."""

_GLUE = ";"
"""Between the roles of somebody who has several, as the CRM joins them."""


def written(roles: Sequence[str]) -> str | None:
    """The roles as one row keeps them."""
    return _GLUE.join(roles) or None


async def places(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]
) -> Mapping[ContactId, Places]:
    """Where those of these contacts that are in a buying group are in one."""
    rows = await connection.execute(
        text("""
            SELECT id, company_id, role FROM contact
            WHERE portal_id = :portal_id AND id = ANY(:ids) AND company_id IS NOT NULL AND role IS NOT NULL
              AND merged_into IS NULL AND gone_at IS NULL
        """),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )
    return {ContactId(row.id): frozenset((row.company_id, role) for role in row.role.split(_GLUE)) for row in rows}


async def people_at(
    connection: Connection, portal_id: PortalId, company_ids: Sequence[CompanyId], *, after: str, limit: int
) -> list[ContactId]:
    """The next `limit` known contacts of these companies whose ids come after `after`, with a role or without."""
    rows = await connection.execute(
        text("""
            SELECT id FROM contact
            WHERE portal_id = :portal_id AND company_id = ANY(:companies) AND id > :after
              AND merged_into IS NULL AND gone_at IS NULL ORDER BY id LIMIT :limit
        """),
        {"portal_id": portal_id, "companies": list(company_ids), "after": after, "limit": limit},
    )
    return [ContactId(row.id) for row in rows]


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
