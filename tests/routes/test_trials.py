"""A document tried before it is saved."""

from __future__ import annotations

from app.engine.start import packaged_agreement
from app.routes.locations import AGREEMENT, DRAFT
from tests.routes.desk import ACCEPT, POINTS, SIZE, Person, edited, publish

TEXT = packaged_agreement().read_text()
STRANGER = ("- {owner: cy@example.com}", "- {owner: zoe@example.com}")
EXAMPLE = ("score.fit: 70\n      score.interest.urgency", "score.fit: 71\n      score.interest.urgency")


async def test_a_sound_document_is_valid_and_saved_nowhere(mia: Person) -> None:
    answer = await mia("POST", f"{AGREEMENT}/validate", send=TEXT)
    assert (answer.status_code, answer.json()["valid"], answer.json()["faults"]) == (200, True, [])
    assert (await mia("GET", DRAFT)).status_code == 404


async def test_what_the_portal_lacks_is_found_at_its_line(mia: Person) -> None:
    answer = await mia("POST", f"{AGREEMENT}/validate", send=edited(TEXT, STRANGER))
    assert (answer.status_code, answer.json()["valid"]) == (200, False)
    [fault] = [one for one in answer.json()["faults"] if one["severity"] == "error"]
    assert "zoe@example.com" in fault["message"]
    assert "cy@example.com" in TEXT.splitlines()[fault["line"] - 1]


async def test_text_that_is_no_document_is_invalid_and_not_an_error(mia: Person) -> None:
    answer = await mia("POST", f"{AGREEMENT}/validate", send="a: [")
    assert (answer.status_code, answer.json()["valid"], answer.json()["examples"]) == (200, False, [])
    assert answer.json()["faults"][0]["line"] >= 1


async def test_without_a_body_the_draft_is_checked(mia: Person) -> None:
    assert (await mia("POST", f"{AGREEMENT}/validate")).status_code == 404
    await mia.save(EXAMPLE)
    assert (await mia("POST", f"{AGREEMENT}/validate")).json()["valid"] is False


async def test_examples_are_decided_and_say_why(mia: Person) -> None:
    tried = (await mia("POST", f"{AGREEMENT}/test", send=edited(TEXT, EXAMPLE))).json()
    [failed] = [one for one in tried["examples"] if not one["passed"]]
    assert tried["failed"] == 1
    assert tried["passed"] == len(tried["examples"]) - 1
    [difference] = failed["differences"]
    assert difference.startswith("score.fit: expected 71, came out as 70")
    assert failed["explanation"]


async def test_examples_of_what_cannot_be_read_are_422(mia: Person) -> None:
    answer = await mia("POST", f"{AGREEMENT}/test", send="routes: 7")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/agreement")


async def test_the_difference_is_told_in_sentences_and_by_kind(mia: Person) -> None:
    await mia.save(SIZE)
    told = (await mia("GET", f"{AGREEMENT}/diff")).json()
    [change] = told["changes"]
    assert (told["before"], told["after"], change["kind"], change["section"]) == (
        "in-force",
        "draft",
        "changed",
        "definitions",
    )
    assert "at least 50" in change["before"]
    assert "at least 40" in change["after"]
    assert any(change["sentence"] in line for line in told["lines"])


async def test_any_two_versions_can_be_compared(mia: Person, sam: Person) -> None:
    await publish(mia, sam, POINTS)
    await publish(mia, sam, ACCEPT)
    path = f"{AGREEMENT}/diff?from={{}}&to={{}}"
    both = (await mia("GET", path.format(1, 3))).json()["changes"]
    assert {one["section"] for one in both} == {"score", "promises"}
    assert (await mia("GET", path.format(3, "in-force"))).json()["changes"] == []
    assert (await mia("GET", path.format(1, 4))).status_code == 404
    assert (await mia("GET", path.format(1, "newest"))).status_code == 422
