"""The agreement for people and for editors."""

from __future__ import annotations

import json
import re

from app.agreement.schema import schema_text
from app.routes.locations import AGREEMENT, SCHEMA
from tests.routes.desk import ACCEPT, Desk, Person, publish


async def test_the_prose_is_a_page_that_can_run_and_fetch_nothing(mia: Person) -> None:
    page = await mia("GET", f"{AGREEMENT}/prose")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert page.text.startswith("<!doctype html>")
    assert not re.search(r"<script|<link|<img|\son\w+=", page.text)


async def test_a_document_s_own_words_are_escaped_in_the_page(mia: Person) -> None:
    await mia.save(("name: Inbound leads", 'name: "<script>alert(1)</script>"'))
    page = await mia("GET", f"{AGREEMENT}/prose?draft=true")
    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text


async def test_the_prose_is_there_in_markdown_and_for_every_version(mia: Person, sam: Person) -> None:
    await publish(mia, sam, ACCEPT)
    asked = {"accept": "text/markdown"}
    now = await mia("GET", f"{AGREEMENT}/prose", **asked)
    then = await mia("GET", f"{AGREEMENT}/prose?version=1", **asked)
    assert now.headers["content-type"] == "text/markdown; charset=utf-8"
    assert now.text.startswith("# Inbound leads")
    assert "3 business hours" in now.text
    assert "3 business hours" not in then.text


async def test_the_schema_is_open_to_all_at_a_stable_address(desk: Desk) -> None:
    editor = desk.stranger()
    answer = await editor("GET", SCHEMA)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/schema+json")
    assert answer.json() == json.loads(schema_text())
    assert "max-age" in answer.headers["cache-control"]
    assert (await editor("GET", SCHEMA, if_none_match=answer.headers["etag"])).status_code == 304
