"""Whatever is sent, nothing fails: every refusal is one that the client could have known."""

from __future__ import annotations

import re
from random import Random
from urllib.parse import quote

from app.main import create_app
from app.records.people import Role
from tests.routes.desk import Desk

ODD = (
    "",
    "0",
    "-1",
    "9" * 30,
    "a",
    "null",
    "true",
    "\0",
    "\ud7ff\uffff",
    "'; DROP TABLE lane; --",
    "2026-13-01",
    "draft",
    "%",
)
BODIES = (
    b"",
    b"\xff\xfe",
    b'{"note": "\xe9"}',
    b'{"a": ' + b"9" * 5_000 + b"}",
    b"null",
    b"[]",
    b'"text"',
    b"{}",
    b'{"\\ud800": 1}',
    b'{"message": "\\u0000"}',
    b'{"note": "\\ud800"}',
    b'{"email": "a@b", "role": "viewer", "days": 1e400}',
    b'{"from": "0001-01-01T00:00:00+14:00", "to": "9999-12-31T23:59:59-14:00", "document": "\\ud800"}',
    b'{"from": "2026-10-01T00:00:00Z", "to": "2026-10-02T00:00:00Z", "document": "\\ud800"}',
    b'{"from": 1e300, "to": -1, "document": "routes: 7"}',
    b"[" * 10_000,
    b"a: *b",
    b"? [a]\n: 1",
    b'"\\ud800": 1',
)
KINDS = ("application/json", "application/yaml", "text/plain", "", ";", "application/json; charset=utf-16")


async def test_no_request_makes_a_route_fail(desk: Desk) -> None:
    admin, rng = await desk.person("ada@example.com", Role.ADMIN), Random(7)  # noqa: S311  no secret
    for path, methods in create_app().openapi()["paths"].items():
        for method, said in methods.items():
            for body in BODIES:
                given = [one["name"] for one in said.get("parameters", ()) if one["in"] == "query"]
                query = "&".join(f"{name}={quote(rng.choice(ODD))}" for name in given if rng.random() < 0.5)
                filled = re.sub(r"{\w+}", lambda _: quote(rng.choice(ODD), safe="") or "x", path)
                headers = {"content_type": rng.choice(KINDS), "if_match": rng.choice(("*", '"a"', "W/", '"', ""))}
                answer = await admin(method.upper(), f"{filled}?{query}", send=body, **headers)
                assert answer.status_code < 500 or "/webhooks/" in path, (method, filled, query, body, answer.text)
