"""What the owner of a lead would be told, over HTTP."""

from __future__ import annotations

from tests.routes.desk import Desk, Person

SAY = ("Open with how soon", "Begin with how soon")


async def test_a_brief_is_shown_as_it_would_be_sent(desk: Desk, mia: Person) -> None:
    contact = desk.world.vp()
    await desk.world.settle()
    answer = await mia("GET", f"/api/v1/contacts/{contact}/brief")
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["contact_id"], shown["version"]) == (contact, 1)
    assert shown["read_at"].endswith("Z")
    brief = shown["brief"]
    assert (brief["route"], brief["remark"]) == ("demo", "")
    assert "Say: Open with how soon Northbank would earn back the cost." in brief["note_lines"]
    assert "<b>Say:</b> Open with how soon" in brief["note_html"]
    assert brief["task_subject"].startswith("First touch: Lead 1")


async def test_the_draft_is_shown_before_it_is_in_force(desk: Desk, mia: Person) -> None:
    contact = desk.world.vp()
    await desk.world.settle()
    await mia.save(SAY)
    shown = (await mia("GET", f"/api/v1/contacts/{contact}/brief?draft=true")).json()
    assert shown["version"] is None
    assert any(line.startswith("Say: Begin with how soon") for line in shown["brief"]["note_lines"])
    in_force = (await mia("GET", f"/api/v1/contacts/{contact}/brief")).json()
    assert not any("Begin" in line for line in in_force["brief"]["note_lines"])


async def test_looking_at_a_brief_writes_nothing(desk: Desk, mia: Person) -> None:
    contact = desk.world.vp()
    await desk.world.settle()
    kept = "SELECT (SELECT count(*) FROM write) AS writes, (SELECT count(*) FROM decision) AS decisions"
    before, calls = await desk.world.rows(kept), desk.world.sim.counters.total_calls
    await mia("GET", f"/api/v1/contacts/{contact}/brief")
    assert await desk.world.rows(kept) == before
    assert desk.world.sim.counters.total_calls == calls


async def test_a_brief_of_nobody_or_by_no_draft_is_404(desk: Desk, mia: Person) -> None:
    contact = desk.world.vp()
    await desk.world.settle()
    for path, said in ((f"{contact}/brief?draft=true", "no draft"), ("999999/brief", "nothing was decided")):
        answer = await mia("GET", f"/api/v1/contacts/{path}")
        assert answer.status_code == 404
        assert said in answer.json()["detail"]
