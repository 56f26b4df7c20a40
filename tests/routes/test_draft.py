"""The draft over HTTP: nobody's change is lost, nobody's promise moves without them."""

from __future__ import annotations

from app.engine.start import packaged_agreement
from app.records.people import Role, Side
from app.routes.locations import AGREEMENT, DRAFT
from tests.routes.desk import ACCEPT, POINTS, SIZE, Desk, Person, edited, publish

TEXT = packaged_agreement().read_text()
WRONG = ("points: 30, when: {persona: economic_buyer}", "points: 30, when: {persona: nobody}")


async def test_a_saved_document_is_the_draft_byte_for_byte(mia: Person) -> None:
    text, tag = await mia.text()
    saved = await mia("PUT", f"{DRAFT}?message=Sooner", send=edited(text, ACCEPT), if_match=tag)
    assert (saved.status_code, saved.json()["state"]) == (200, "validated")
    assert any("4 business" in change and "3 business" in change for change in saved.json()["changes"])
    draft = await mia("GET", DRAFT)
    assert (draft.text, draft.headers["etag"]) == (edited(text, ACCEPT), saved.headers["etag"])
    assert (await mia("GET", f"{DRAFT}/review")).json()["message"] == "Sooner"


async def test_there_is_no_draft_before_one_is_saved(mia: Person) -> None:
    for path in (DRAFT, f"{DRAFT}/review"):
        answer = await mia("GET", path)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


async def test_saving_unseen_is_428_and_says_what_to_send(mia: Person) -> None:
    for condition in ({}, {"if_match": "*"}, {"if_match": " * "}):
        answer = await mia("PUT", DRAFT, send=edited(TEXT, SIZE), **condition)
        assert (answer.status_code, answer.json()["type"]) == (428, "/problems/if-match-missing")
        assert "ETag" in answer.json()["detail"]


async def test_a_document_is_saved_from_json_too_under_the_etag_of_either_form(mia: Person) -> None:
    read = await mia("GET", AGREEMENT, accept="application/json")
    document = read.json()
    document["definitions"]["our_market"][0]["company.numberofemployees"] = {"at_least": 40}
    saved = await mia("PUT", DRAFT, send=document, if_match=read.headers["etag"])
    assert saved.status_code == 200, saved.text
    assert len(saved.json()["changes"]) == 1
    assert (await mia("GET", DRAFT, accept="application/json")).json() == document


async def test_of_two_who_edit_at_once_the_second_sees_in_sentences_what_the_first_changed(
    mia: Person, sam: Person
) -> None:
    text, tag = await mia.text()
    first = await mia("PUT", DRAFT, send=edited(text, SIZE), if_match=tag)
    second = await sam("PUT", DRAFT, send=edited(text, ACCEPT), if_match=tag)
    told = second.json()
    assert (second.status_code, told["type"], told["changed_by"]) == (412, "/problems/stale", "mia@example.com")
    assert told["code"] == "stale"
    assert told["etag"] == second.headers["etag"] == first.headers["etag"]
    assert told["changed_at"] == "2026-11-20T15:00:00Z"
    assert any("at least 50" in line and "at least 40" in line for line in told["changes"])
    assert not any("business hours" in line for line in told["changes"])
    assert (await sam("GET", DRAFT)).text == edited(text, SIZE)


async def test_what_is_not_exactly_the_strong_etag_saves_nothing(mia: Person) -> None:
    text, own = await mia.text()
    for tag in (f"W/{own}", f'{own}, "other"', '"no-such"', "nonsense"):
        answer = await mia("PUT", DRAFT, send=edited(text, SIZE), if_match=tag)
        assert answer.status_code == 412, tag
    assert (await mia("GET", DRAFT)).status_code == 404


async def test_a_document_with_faults_is_422_with_each_at_its_line_and_what_to_do(mia: Person) -> None:
    text, tag = await mia.text()
    wrong = edited(text, WRONG)
    answer = await mia("PUT", DRAFT, send=wrong, if_match=tag)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/agreement")
    errors = answer.json()["errors"]
    assert all(set(one) == {"pointer", "line", "column", "code", "severity", "message", "fix"} for one in errors)
    assert any("nobody" in wrong.splitlines()[one["line"] - 1] for one in errors)
    assert (await mia("GET", DRAFT)).status_code == 404


async def test_saving_what_stands_makes_nothing(mia: Person) -> None:
    text, tag = await mia.text()
    same = await mia("PUT", DRAFT, send=text, if_match=tag)
    assert (same.status_code, same.json()["state"], same.headers["etag"]) == (200, None, tag)
    assert (await mia("GET", DRAFT)).status_code == 404


async def test_a_draft_is_thrown_away_only_by_whoever_saw_it(mia: Person, sam: Person) -> None:
    first = await mia.save(SIZE)
    second = await sam.save(ACCEPT)
    assert (await mia("DELETE", DRAFT, if_match=first)).status_code == 412
    assert (await mia("DELETE", DRAFT, if_match=second)).status_code == 204
    assert (await mia("DELETE", DRAFT, if_match=second)).status_code == 404


async def test_a_change_of_one_s_own_promise_takes_one_approval(mia: Person) -> None:
    tag = await mia.save(POINTS)
    refused = await mia("POST", f"{DRAFT}/publish", if_match=tag)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-publishable")
    assert [one.split(" ")[0] for one in refused.json()["reasons"]] == ["mia@example.com"]
    approved = await mia("POST", f"{DRAFT}/approve", send={"note": "Yes"}, if_match=tag)
    assert (approved.json()["state"], approved.json()["missing"]) == ("approved", [])
    made = await mia("POST", f"{DRAFT}/publish", send={"message": "Buyers count more"}, if_match=tag)
    assert (made.status_code, made.headers["location"]) == (201, f"{AGREEMENT}?version=2")
    assert (made.json()["message"], made.json()["approvals"][0]["note"]) == ("Buyers count more", "Yes")


async def test_a_change_of_the_other_side_s_promise_takes_both(mia: Person, sam: Person) -> None:
    tag = await mia.save(ACCEPT)
    one = await mia("POST", f"{DRAFT}/approve", if_match=tag)
    assert [consent["contact"] for consent in one.json()["missing"]] == ["sam@example.com"]
    refused = await mia("POST", f"{DRAFT}/publish", if_match=tag)
    assert (refused.status_code, len(refused.json()["reasons"])) == (409, 1)
    both = await sam("POST", f"{DRAFT}/approve", if_match=tag)
    assert (both.json()["state"], both.json()["missing"]) == ("approved", [])
    assert (await mia("POST", f"{DRAFT}/publish", if_match=tag)).status_code == 201


async def test_whom_the_draft_itself_appoints_cannot_approve_it(desk: Desk, mia: Person) -> None:
    eve = await desk.person("eve@example.com", Role.APPROVER, Side.SALES)
    tag = await mia.save(("contact: sam@example.com", "contact: eve@example.com"), ACCEPT)
    answer = await eve("POST", f"{DRAFT}/approve", if_match=tag)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-allowed")
    needed = (await mia("GET", f"{DRAFT}/review")).json()["consents"]["needed"]
    assert {one["contact"] for one in needed} == {"mia@example.com", "sam@example.com"}


async def test_an_approval_of_another_text_than_stands_is_412(mia: Person, sam: Person) -> None:
    seen = await mia.save(POINTS)
    await sam.save(ACCEPT)
    answer = await mia("POST", f"{DRAFT}/approve", if_match=seen)
    assert answer.status_code == 412
    assert any("3 business hours" in line for line in answer.json()["changes"])


async def test_a_draft_that_says_what_is_in_force_closes_without_a_version(mia: Person) -> None:
    await mia.save(SIZE)
    tag = await mia.save((SIZE[1], SIZE[0]))
    answer = await mia("POST", f"{DRAFT}/publish", if_match=tag)
    assert (answer.status_code, answer.json()["number"]) == (200, 1)
    assert (await mia("GET", DRAFT)).status_code == 404


async def test_published_into_shadow_the_version_says_so(mia: Person, sam: Person) -> None:
    assert (await publish(mia, sam, POINTS)).json()["mode"] == "shadow"


async def test_the_review_tells_all_there_is_to_know_before_publishing(mia: Person) -> None:
    await mia.save(ACCEPT)
    review = (await mia("GET", f"{DRAFT}/review")).json()
    [change] = review["changes"]
    assert (review["state"], review["base"], review["in_force"], change["kind"]) == ("validated", 1, 1, "changed")
    assert "promises" in change["sections"]
    assert review["faults"] == []
    assert review["examples"]
    assert all(one["passed"] for one in review["examples"])
    assert review["consents"]["missing"] == review["consents"]["needed"]
    assert len(review["obstacles"]) == 2


async def test_a_message_with_a_control_character_is_refused(mia: Person) -> None:
    text, tag = await mia.text()
    answer = await mia("PUT", f"{DRAFT}?message=a%00b", send=edited(text, SIZE), if_match=tag)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/request")


async def test_an_unknown_name_in_a_small_body_is_refused(mia: Person) -> None:
    tag = await mia.save(POINTS)
    answer = await mia("POST", f"{DRAFT}/publish", send={"shadwo": True}, if_match=tag)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/body/shadwo")
