"""Every refusal is problem+json with a documented type; what was not expected tells nothing."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from app.errors import BatonError
from app.routes.errors import KINDS
from app.routes.locations import AGREEMENT, DRAFT
from app.routes.problems import Kind
from tests.house.pages import REFERENCE
from tests.routes.desk import Desk, Person


async def test_a_path_or_method_that_there_is_not_is_a_problem(desk: Desk) -> None:
    for method, path, status in (("GET", "/api/v1/nothing", 404), ("PATCH", DRAFT, 405), ("GET", "/nowhere", 404)):
        answer = await desk.stranger()(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.json()["status"] == status
    assert "GET" in (await desk.stranger()("PATCH", AGREEMENT)).headers["allow"]


async def test_while_the_database_refuses_nothing_of_it_is_told_or_logged(desk: Desk, mia: Person) -> None:
    async with desk.world.database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE agreement_version RENAME TO elsewhere")
    with capture_logs() as logs:
        answer = await mia("GET", AGREEMENT)
    assert answer.status_code in {500, 503}
    assert "agreement_version" not in answer.text
    [line] = [one for one in logs if one["log_level"] == "error"]
    assert line["sqlstate"] == "42P01"
    assert "agreement_version" not in str(line)


async def test_no_key_is_ever_logged(desk: Desk, mia: Person) -> None:
    wrong = mia.key[:-1] + ("a" if mia.key[-1] != "a" else "b")
    with capture_logs() as logs:
        await mia("GET", AGREEMENT)
        await desk.stranger(wrong)("GET", AGREEMENT)
    assert [one["why"] for one in logs if one["event"] == "key_refused"] == ["the key is not known"]
    assert mia.key.split("_", 2)[2] not in str(logs)


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.slug)
def test_every_type_of_problem_is_documented(kind: Kind) -> None:
    page = (REFERENCE / "api.md").read_text(encoding="utf-8")
    assert f"| `{kind.type}` | {kind.status} | {kind.when} |" in page


def test_every_error_that_a_request_can_meet_has_a_kind_of_its_own_name() -> None:
    assert all(issubclass(error, BatonError) for error in KINDS)
    assert len({error.code for error in KINDS}) == len(KINDS)
