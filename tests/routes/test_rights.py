"""Every route of the API declares the right it takes, and no role gets further than its rights."""

from __future__ import annotations

import re

import pytest

from app.main import create_app
from app.records.people import Right, Role
from tests.house.api import api_routes, right_of
from tests.routes.desk import Desk

OPEN = {"/webhooks/hubspot", "/webhooks/hubspot/{source}", "/healthz", "/readyz", "/schemas/agreement.schema.json"}
NOBODY = "00000000-0000-0000-0000-000000000000"
MADE_UP = {
    "number": "1",
    "backtest_id": NOBODY,
    "absence_id": NOBODY,
    "handoff_id": NOBODY,
    "contact_id": "1",
    "key_id": "00",
    "notice_id": NOBODY,
    "replay_id": NOBODY,
    "backfill_id": NOBODY,
    "fingerprint": "0",
    "pool": "inbound",
}


ROUTES = list(api_routes())
TAKING = [
    (method, one.path, right_of(one)) for one in ROUTES for method in sorted(one.methods or ()) if one.path not in OPEN
]


def test_every_path_that_is_served_is_looked_at_here() -> None:
    assert set(create_app().openapi()["paths"]) == {one.path for one in ROUTES}


def test_what_is_open_is_no_more_than_what_must_be() -> None:
    assert {one.path for one in ROUTES if right_of(one) is None} == OPEN
    assert {path for _, path, _ in TAKING if not path.startswith("/api/v1/")} == {"/metrics"}


@pytest.mark.parametrize(("method", "path", "right"), TAKING, ids=lambda one: one if isinstance(one, str) else "")
def test_to_change_something_takes_more_than_the_right_to_read(method: str, path: str, right: Right) -> None:
    assert right is not None
    assert (right is Right.READ) <= (method == "GET")


async def test_no_key_opens_nothing(desk: Desk) -> None:
    asked = [await desk.stranger()(method, _filled(path)) for method, path, _ in TAKING]
    assert {one.status_code for one in asked} == {401}


async def test_a_role_is_refused_exactly_what_it_has_no_right_to(desk: Desk) -> None:
    for role in Role:
        person = await desk.person("somebody@example.com", role)
        for method, path, right in TAKING:
            answer = await person(method, _filled(path))
            refused = right is None or not role.may(right)
            assert (answer.status_code == 403) == refused, f"{role} {method} {path}: {answer.text}"
            assert answer.status_code < 500


def _filled(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: MADE_UP[name[1]], path)
