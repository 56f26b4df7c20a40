"""Why a lead went there, over HTTP."""

from __future__ import annotations

from datetime import timedelta

from tests.routes.desk import POINTS, Desk, Person, publish


async def test_a_decision_is_explained_in_lines_and_as_structure(desk: Desk, mia: Person) -> None:
    contact = desk.world.vp()
    await desk.world.settle()
    answer = await mia("GET", f"/api/v1/contacts/{contact}/why")
    why = answer.json()
    assert (answer.status_code, why["kind"], why["contact_id"]) == (200, "handed off", contact)
    assert why["lines"][0].startswith("Handed off: Asked for a demo")
    assert (why["version"], why["decided_by_version"], why["differs"], why["defective"]) == (1, 1, [], False)
    [taken] = [one for one in why["reasons"]["routes"] if one["met"]]
    assert taken["trace"]["truth"] == "met"
    rows = {row["id"]: row for row in why["reasons"]["scores"]["fit"]["rows"]}
    assert (rows["buyer"]["points"], rows["buyer"]["possible"]) == (30, 30)
    assert why["decided_at"].endswith("Z")


async def test_a_lead_that_was_not_ready_is_told_what_would_have_made_it(desk: Desk, mia: Person) -> None:
    contact = desk.world.sim.create_contact({"email": "clerk@firm.example", "jobtitle": "Clerk"})
    await desk.world.settle()
    why = (await mia("GET", f"/api/v1/contacts/{contact}/why")).json()
    assert why["reasons"]["misses"]
    assert all(miss in "\n".join(why["lines"]) for miss in why["reasons"]["misses"])


async def test_another_version_says_how_it_would_have_decided(desk: Desk, mia: Person, sam: Person) -> None:
    contact = desk.world.vp()
    await desk.world.settle()
    await publish(mia, sam, POINTS)
    why = (await mia("GET", f"/api/v1/contacts/{contact}/why?version=2")).json()
    assert (why["version"], why["decided_by_version"], why["defective"]) == (2, 1, False)
    rows = {row["id"]: row["points"] for row in why["reasons"]["scores"]["fit"]["rows"]}
    assert rows["buyer"] == 35


async def test_what_cannot_be_explained_says_why_not(desk: Desk, mia: Person) -> None:
    contact = desk.world.vp()
    await desk.world.settle()
    path = f"/api/v1/contacts/{contact}/why"
    before = (desk.world.clock.now() - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    for asked, said in (
        (f"{path}?at={before}", "nothing was decided about contact"),
        (f"{path}?version=7", "there is no version 7"),
        ("/api/v1/contacts/999999/why", "nothing was decided about contact 999999"),
    ):
        answer = await mia("GET", asked)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unexplained")
        assert said in answer.json()["detail"]


async def test_what_is_no_contact_or_no_instant_is_422(mia: Person) -> None:
    for path in ("abc/why", "%00/why", "1/why?at=soon", "1/why?at=0001-01-01T00:00:00%2B14:00"):
        assert (await mia("GET", f"/api/v1/contacts/{path}")).status_code == 422, path
