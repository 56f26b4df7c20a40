"""Keys over HTTP: made once, told once, good for no longer than they should be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.records.people import Role
from app.routes.locations import AGREEMENT
from tests.routes.desk import Desk, Person

KEYS, ME = "/api/v1/keys", "/api/v1/me"
WRONG: tuple[tuple[str, Any], ...] = (
    ("email", "nobody"),
    ("email", "a@b\u0000"),
    ("role", "king"),
    ("side", "both"),
    ("days", 0),
    ("days", 10**9),
    ("dayz", 1),
)


@pytest.fixture
async def admin(desk: Desk) -> Person:
    return await desk.person("ada@example.com", Role.ADMIN)


async def make(admin: Person, **wanted: Any) -> dict[str, Any]:
    answer = await admin("POST", KEYS, send={"email": "vi@example.com", "role": "viewer", **wanted})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_new_key_opens_what_its_role_may(desk: Desk, admin: Person) -> None:
    made = await make(admin, side="sales", role="editor")
    me = (await desk.stranger(made["key"])("GET", ME)).json()
    assert me == {
        "name": "vi@example.com",
        "email": "vi@example.com",
        "role": "editor",
        "side": "sales",
        "rights": ["edit", "read"],
    }


async def test_a_key_s_text_is_told_once_and_its_secret_is_not_kept(desk: Desk, admin: Person) -> None:
    made = await make(admin)
    secret = made["key"].split("_", 2)[2]
    listed = await admin("GET", KEYS)
    assert made["id"] in {one["id"] for one in listed.json()["keys"]}
    assert secret not in listed.text
    assert secret.encode() not in b"".join(row["digest"] for row in await desk.world.rows("SELECT digest FROM api_key"))


async def test_a_revoked_key_opens_nothing_from_then_on(desk: Desk, admin: Person) -> None:
    made = await make(admin)
    person = desk.stranger(made["key"])
    assert (await person("GET", ME)).status_code == 200
    assert (await admin("DELETE", f"{KEYS}/{made['id']}")).status_code == 204
    refused = await person("GET", ME)
    assert (refused.status_code, refused.json()["detail"]) == (401, "the key was revoked")
    assert (await admin("DELETE", f"{KEYS}/{made['id']}")).status_code == 404


async def test_a_key_expires_to_the_instant(desk: Desk, admin: Person) -> None:
    made = await make(admin, days=1)
    person = desk.stranger(made["key"])
    desk.world.clock.advance(timedelta(days=1) - timedelta(microseconds=1))
    assert (await person("GET", ME)).status_code == 200
    desk.world.clock.advance(timedelta(microseconds=1))
    refused = await person("GET", ME)
    assert (refused.status_code, refused.json()["detail"]) == (401, "the key has expired")


async def test_a_key_that_is_none_is_401_and_says_how_to_authenticate(desk: Desk) -> None:
    for key in ("", "x", "baton_", "baton_00_11", "baton__", "BATON_a_b", "baton_\u00b2_x"):
        answer = await desk.world.web.get(AGREEMENT, headers=[(b"authorization", f"Bearer {key}".encode("latin-1"))])
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


async def test_another_s_id_with_one_s_own_secret_opens_nothing(desk: Desk, admin: Person) -> None:
    one, other = await make(admin), await make(admin)
    mixed = f"baton_{one['id']}_{other['key'].split('_', 2)[2]}"
    assert (await desk.stranger(mixed)("GET", ME)).status_code == 401


async def test_the_last_use_of_a_key_is_kept(desk: Desk, admin: Person) -> None:
    made = await make(admin)
    assert made["used_at"] is None
    desk.world.clock.advance(timedelta(hours=1))
    await desk.stranger(made["key"])("GET", ME)
    [listed] = [one for one in (await admin("GET", KEYS)).json()["keys"] if one["id"] == made["id"]]
    assert listed["used_at"] == "2026-11-20T16:00:00Z"


async def test_a_key_that_cannot_be_is_refused_and_the_field_named(admin: Person) -> None:
    sound = {"email": "vi@example.com", "role": "viewer"}
    for name, wrong in WRONG:
        answer = await admin("POST", KEYS, send={**sound, name: wrong})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/body/{name}"), wrong
