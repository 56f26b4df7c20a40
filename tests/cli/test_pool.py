from __future__ import annotations

from tests.cli.conftest import Cli
from tests.world import World


async def test_the_members_of_every_pool_are_listed_with_share_and_credit(cli: Cli, shadow: World) -> None:
    shadow.vp()
    await shadow.settle()
    listed = {(one["pool"], one["member"]): one for one in await cli.json("pool", "list")}
    assert listed["enterprise", "eve@example.com"]["open_handoffs"] == 1
    assert listed["inbound", "ann@example.com"]["share"] == 2
    assert (await cli.run("pool", "list")).stdout.startswith("pool\tmember\tactive\tshare")


async def test_without_an_agreement_there_is_no_pool_to_list(cli: Cli) -> None:
    result = await cli.run("pool", "list")
    assert (result.exit_code, "there is no agreement yet" in result.stderr) == (1, True)


async def test_an_audit_counts_the_lines_and_tells_leads_fair_share_and_deviation(cli: Cli, shadow: World) -> None:
    shadow.vp()
    await shadow.settle()
    [found] = await cli.json("pool", "audit", "enterprise")
    assert (found["pool"], found["shadow"], found["lines"], found["faults"]) == ("enterprise", True, 1, [])
    [member] = found["members"]
    assert (member["email"], member["leads"], member["fair"], member["strayed"]) == ("eve@example.com", 1, 1.0, 0.0)
    result = await cli.run("pool", "audit")
    assert result.exit_code == 0
    assert "pool enterprise, shadow: 1 line computed again, 0 differ" in result.stderr
    assert "enterprise\tshadow\teve@example.com\t1\t1.00\t0\t+0.00" in result.stdout


async def test_an_audit_that_finds_a_wrong_line_names_it_and_ends_with_exit_code_3(cli: Cli, shadow: World) -> None:
    shadow.vp()
    await shadow.settle()
    async with shadow.database.begin() as connection:
        await connection.exec_driver_sql("""UPDATE assignment SET credits_after = '{"1": 5}'""")
    result = await cli.run("pool", "audit")
    assert result.exit_code == 3
    assert "enterprise\tshadow\t1\tcharges other credits than the shares give" in result.stdout
    assert (await cli.run("pool", "audit", "--json")).exit_code == 3


async def test_a_pool_that_no_lead_went_through_is_named_with_the_remedy(cli: Cli, shadow: World) -> None:
    result = await cli.run("pool", "audit", "enterprise")
    assert (result.exit_code, "`baton pool list`" in result.stderr) == (1, True)
    assert "No lead was routed yet." in (await cli.run("pool", "audit")).stderr
