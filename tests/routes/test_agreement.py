"""The agreement over HTTP: read in either form, listed, restored."""

from __future__ import annotations

import httpx

from app.agreement.source import read_source
from app.engine.start import packaged_agreement
from app.routes.locations import AGREEMENT, DRAFT
from tests.routes.desk import ACCEPT, POINTS, Person, publish


async def test_the_agreement_in_force_is_the_text_that_was_published(mia: Person) -> None:
    answer = await mia("GET", AGREEMENT)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/yaml")
    assert answer.text == packaged_agreement().read_text()
    assert answer.headers["baton-version"] == "1"


async def test_as_json_it_is_the_same_content_under_an_etag_of_its_own(mia: Person) -> None:
    as_yaml = await mia("GET", AGREEMENT, accept="text/yaml")
    as_json = await mia("GET", AGREEMENT, accept="application/json")
    assert as_json.json() == read_source(as_yaml.text).content
    assert as_json.headers["etag"] == as_yaml.headers["etag"][:-1] + '-json"'


async def test_a_client_that_has_the_form_already_gets_304_and_no_body(mia: Person) -> None:
    for accept in ("application/yaml", "application/json"):
        tag = (await mia("GET", AGREEMENT, accept=accept)).headers["etag"]
        again = await mia("GET", AGREEMENT, accept=accept, if_none_match=f'"other", W/{tag}')
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        other = await mia(
            "GET", AGREEMENT, accept="text/yaml" if "json" in accept else "application/json", if_none_match=tag
        )
        assert other.status_code == 200


async def test_a_form_that_there_is_not_is_406_and_a_version_that_there_is_not_404(mia: Person) -> None:
    form = await mia("GET", AGREEMENT, accept="image/png")
    assert (form.status_code, form.json()["type"]) == (406, "/problems/not-acceptable")
    version = await mia("GET", f"{AGREEMENT}?version=2")
    assert (version.status_code, version.json()["detail"]) == (404, "there is no version 2")


async def test_what_cannot_be_a_version_is_422_and_says_so(mia: Person) -> None:
    for version in ("0", "-1", "2147483648", "one"):
        answer = await mia("GET", f"{AGREEMENT}?version={version}")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/version")


async def test_versions_are_listed_newest_first_page_by_page(mia: Person, sam: Person) -> None:
    for edits in (POINTS, ACCEPT):
        assert (await publish(mia, sam, edits)).status_code == 201
    first = (await mia("GET", f"{AGREEMENT}/versions?limit=2")).json()
    assert ([one["number"] for one in first["versions"]], first["next"]) == ([3, 2], 2)
    last = (await mia("GET", f"{AGREEMENT}/versions?limit=2&before={first['next']}")).json()
    assert ([one["number"] for one in last["versions"]], last["next"]) == ([1], None)
    newest = first["versions"][0]
    assert (newest["author"], newest["message"], newest["mode"]) == ("mia@example.com", "A change", "shadow")
    assert [one["email"] for one in newest["approvals"]] == ["mia@example.com", "sam@example.com"]
    assert newest["published_at"].endswith("Z")


async def test_the_version_before_the_one_in_force_goes_back_at_once(mia: Person, sam: Person) -> None:
    before = (await mia("GET", AGREEMENT)).text
    in_force = (await publish(mia, sam, ACCEPT)).headers["etag"]
    answer = await restore(mia, 1, in_force)
    assert (answer.status_code, answer.json()["number"], answer.json()["restored_from"]) == (201, 3, 1)
    assert (await mia("GET", answer.headers["location"])).text == before


async def test_an_older_version_becomes_a_draft_that_takes_its_approvals(mia: Person, sam: Person) -> None:
    await publish(mia, sam, POINTS)
    in_force = (await publish(mia, sam, ACCEPT)).headers["etag"]
    answer = await restore(mia, 1, in_force)
    assert (answer.status_code, answer.headers["location"]) == (202, DRAFT)
    assert {one["contact"] for one in answer.json()["missing"]} == {"mia@example.com", "sam@example.com"}
    assert (await mia("GET", f"{DRAFT}/review")).json()["restored_from"] == 1


async def test_restoring_what_is_in_force_makes_no_version(mia: Person) -> None:
    tag = (await mia("GET", AGREEMENT)).headers["etag"]
    answer = await restore(mia, 1, tag)
    assert (answer.status_code, answer.json()["number"]) == (200, 1)


async def test_whoever_restores_over_a_newer_version_is_told_what_it_changed(mia: Person, sam: Person) -> None:
    seen = (await mia("GET", AGREEMENT)).headers["etag"]
    in_force = (await publish(mia, sam, ACCEPT)).headers["etag"]
    answer = await restore(sam, 1, seen)
    assert (answer.status_code, answer.headers["etag"], answer.json()["changed_by"]) == (
        412,
        in_force,
        "mia@example.com",
    )
    assert any("4 business hours" in line and "3 business hours" in line for line in answer.json()["changes"])


async def restore(who: Person, number: int, tag: str) -> httpx.Response:
    path = f"{AGREEMENT}/versions/{number}/restore"
    return await who("POST", path, send={"message": "Back to what worked"}, if_match=tag)
