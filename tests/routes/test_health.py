"""Whether Baton lives and can take requests in: the database's business, never HubSpot's."""

from __future__ import annotations

from tests.routes.desk import Desk


async def test_while_hubspot_is_down_baton_is_ready(desk: Desk) -> None:
    desk.world.sim.faults.down = True
    desk.world.vp()
    await desk.world.unpack()
    await desk.world.baton.worker.work()
    answer = await desk.stranger()("GET", "/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


async def test_a_database_of_an_old_shape_is_not_ready_and_told_how_to_mend(desk: Desk) -> None:
    async with desk.world.database.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    answer = await desk.stranger()("GET", "/readyz")
    assert answer.status_code == 503
    assert "baton migrate" in answer.json()["detail"]
    assert (await desk.stranger()("GET", "/healthz")).status_code == 200
