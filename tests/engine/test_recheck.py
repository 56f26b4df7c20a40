"""Whatever was decided can be decided again: the stored inputs and the version give the stored value."""

from __future__ import annotations

import os
import random
from datetime import timedelta

import pytest

from app.engine.recheck import recheck
from tests.engine.test_drafting import POINTS, publish
from tests.world import World

MANY = 5_000 if os.environ.get("BATON_SOAK") else 500
"""The whole run in `make soak`, a tenth in `make check`."""

_TITLES = ("VP Sales", "Senior Engineer", "Student", "Head of Ops", "Clerk", "", "chief ✓ officer", "VP\u00a0Growth")
_DOMAINS = ("northbank.example", "rival.com", "gmail.com", "quiet.example")
_FORMS = ("Demo request", "Pricing guide", "Webinar: scoring", "Contact us", "Newsletter")
_SIZES = ("12", "49", "50", "900", "100000")
_INDUSTRIES = ("BANKING", "RETAIL", "COMPUTER_SOFTWARE")
_EDITS: tuple[dict[str, str], ...] = (
    {"baton_handoff_status": "accepted"},
    {"baton_rejection_reason": "no_time", "baton_handoff_status": "rejected"},
    {"baton_need_confirmed": "true"},
    {"jobtitle": "VP Sales"},
    {"lifecyclestage": "opportunity"},
    {"hubspot_owner_id": ""},
)


def _enter(world: World, dice: random.Random, many: int) -> list[str]:
    """Contacts of every kind, some sharing a company, some with none."""
    companies = [
        world.sim.create_company({"name": f"Firm {n}", "numberofemployees": size, "industry": dice.choice(_INDUSTRIES)})
        for n, size in enumerate(_SIZES * 4)
    ]
    return [
        world.lead(
            dice.choice(_FORMS),
            dice.choice([*companies, None]),
            email=f"lead{n}@{dice.choice(_DOMAINS)}",
            jobtitle=dice.choice(_TITLES),
        )
        for n in range(many)
    ]


async def _run(world: World, many: int) -> None:
    """Enter, edit by hand, publish another version, edit again, let time pass."""
    dice = random.Random(7)  # noqa: S311  a repeatable run, no secret
    contacts = _enter(world, dice, many)
    await world.settle()
    for contact in dice.sample(contacts, many // 5):
        world.sim.edit_contact(contact, dice.choice(_EDITS))
    await world.settle()
    await publish(world.baton.drafting, POINTS)
    world.clock.advance(timedelta(days=31))
    for contact in dice.sample(contacts, many // 5):
        world.sim.submit_form(contact, dice.choice(_FORMS))
    await world.settle()


@pytest.mark.soak
async def test_every_decision_of_a_random_run_comes_out_the_same_when_computed_again(world: World) -> None:
    await _run(world, MANY)
    found = await recheck(world.database, world.baton.portal_id)
    assert found.differing == ()
    assert found.same >= MANY
    kinds = {row["kind"] for row in await world.rows("SELECT DISTINCT kind FROM decision")}
    assert kinds >= {"handed off", "closed", "kept", "not ready", "disqualified"}
    assert {row["version"] for row in await world.rows("SELECT DISTINCT version FROM decision")} == {1, 2}


async def test_a_decision_that_is_no_longer_what_it_was_is_named_with_what_differs(world: World) -> None:
    contact = world.vp()
    await world.settle()
    async with world.database.begin() as connection:
        await connection.exec_driver_sql("""UPDATE decision SET decision = decision || '{"persona": "student"}'""")
    found = await recheck(world.database, world.baton.portal_id)
    [differing] = found.differing
    assert (differing.contact_id, differing.names, found.same) == (contact, ("persona",), 0)


async def test_what_was_erased_is_counted_and_not_computed(world: World) -> None:
    world.vp()
    await world.settle()
    async with world.database.begin() as connection:
        await connection.exec_driver_sql("UPDATE decision SET inputs = '{}', decision = '{}'")
    found = await recheck(world.database, world.baton.portal_id)
    assert (found.same, found.erased, found.differing) == (0, 1, ())
