"""Named accounts and territories, from what HubSpot says of a company to the owner who gets the lead."""

from __future__ import annotations

from app.engine.audit_pools import audit
from app.engine.recheck import recheck
from app.records.ids import PortalId
from tests.world import PORTAL, World

PORTAL_ID = PortalId(PORTAL)
FIRM = {"numberofemployees": "900", "industry": "FINANCIAL_SERVICES"}


async def line_of(world: World, contact: str) -> tuple[str, bool]:
    """Who got the lead, and whether by turn."""
    [row] = await world.rows(
        """
        SELECT email, charged FROM assignment
        JOIN owner ON owner.portal_id = assignment.portal_id AND owner.id = owner_id
        WHERE contact_id = :contact
        """,
        contact=contact,
    )
    return str(row["email"]), bool(row["charged"])


async def test_accounts_and_territories_go_before_turns_and_are_computed_again_the_same(world: World) -> None:
    by_domain = world.sim.create_company({**FIRM, "name": "HI Claims", "domain": "harbour.example"})
    by_name = world.sim.create_company({**FIRM, "name": "Meridien Freight Ltd."})
    in_canada = world.sim.create_company({**FIRM, "name": "Maple Soft", "country": "Canada"})
    elsewhere = world.sim.create_company({**FIRM, "name": "Softworks"})
    firms = (by_domain, by_name, in_canada, elsewhere)
    leads = [world.lead("Pricing guide", firm, jobtitle="Claims Lead") for firm in firms]
    await world.settle()
    assert [await line_of(world, lead) for lead in leads] == [
        ("ann@example.com", False),
        ("bob@example.com", False),
        ("bob@example.com", False),
        ("ann@example.com", True),
    ]
    [told] = await world.rows("SELECT decision FROM decision WHERE contact_id = :contact", contact=leads[1])
    assert "has the named account Meridian Freight (Meridien Freight Ltd. is 93 % like it)" in str(told["decision"])
    assert (await recheck(world.database, PORTAL_ID)).differing == ()
    [found] = await audit(world.database, PORTAL_ID, "inbound")
    assert (found.lines, found.faults) == (4, ())
