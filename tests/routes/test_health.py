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


async def test_a_database_that_takes_no_writes_is_not_ready_since_no_webhook_could_be_stored(desk: Desk) -> None:
    name = desk.world.database.engine.url.database
    async with desk.world.database.begin() as connection:
        await connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    await desk.world.database.close()  # connections that are open keep to what they began with
    answer = await desk.stranger()("GET", "/readyz")
    assert answer.status_code == 503
    assert "takes no writes" in answer.json()["detail"]


async def test_a_database_that_hangs_is_not_ready(desk: Desk) -> None:
    async with desk.world.database.begin() as connection:
        await connection.exec_driver_sql("LOCK TABLE portal IN ACCESS EXCLUSIVE MODE")
        answer = await desk.stranger()("GET", "/readyz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "The database does not answer.")
    assert (await desk.stranger()("GET", "/readyz")).status_code == 200
