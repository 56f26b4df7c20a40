"""The pools and their ledgers, over HTTP."""

from __future__ import annotations

from tests.routes.desk import Desk, Person


async def test_the_members_of_every_pool_are_listed_with_share_and_open_handoffs(desk: Desk, mia: Person) -> None:
    desk.world.vp()
    await desk.world.settle()
    pools = {one["id"]: one["members"] for one in (await mia("GET", "/api/v1/pools")).json()["pools"]}
    assert pools["enterprise"][0]["owner"] == "eve@example.com"
    assert pools["enterprise"][0]["open_handoffs"] == 1
    assert [one["share"] for one in pools["inbound"] if one["owner"] == "ann@example.com"] == [2]


async def test_a_ledger_is_computed_again_line_by_line(desk: Desk, mia: Person) -> None:
    desk.world.vp()
    await desk.world.settle()
    audited = (await mia("GET", "/api/v1/pools/enterprise/audit")).json()
    [ledger] = audited["ledgers"]
    assert (audited["pool"], ledger["shadow"], ledger["lines"], ledger["faulty"]) == ("enterprise", True, 1, 0)
    [member] = ledger["members"]
    assert (member["owner"], member["leads"], member["fair_share"]) == ("eve@example.com", 1, 1.0)
    assert member["largest_deviation"] == 0.0


async def test_a_line_that_does_not_follow_is_told_with_what_is_wrong(desk: Desk, mia: Person) -> None:
    desk.world.vp()
    await desk.world.settle()
    async with desk.world.database.begin() as connection:
        await connection.exec_driver_sql("UPDATE assignment SET number = 2")
    [ledger] = (await mia("GET", "/api/v1/pools/enterprise/audit")).json()["ledgers"]
    assert ledger["faulty"] == len(ledger["faults"]) == 1
    assert ledger["faults"][0]["line"] == 2
    assert "lines are missing" in ledger["faults"][0]["why"]


async def test_a_pool_without_a_ledger_is_not_found(mia: Person) -> None:
    answer = await mia("GET", "/api/v1/pools/mars/audit")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert "'mars'" in answer.json()["detail"]
