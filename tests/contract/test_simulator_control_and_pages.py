"""The simulator from outside: control over HTTP, the record page, a process of its own."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.crm.simulator import Simulator, ValidationRule, WebhookSender
from app.crm.simulator.safe_html import safe_html


@pytest.fixture
async def control(sim: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    transport = httpx.ASGITransport(app=sim.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hubspot") as client:
        yield client


async def test_another_process_can_do_what_people_do(sim: Simulator, control: httpx.AsyncClient) -> None:
    company = (await control.post("/_sim/companies", json={"properties": {"name": "Birch Bank"}})).json()["id"]
    body = {"properties": {"email": "ada@birch.example", "lifecyclestage": "lead"}, "company_id": company}
    (contact,) = (await control.post("/_sim/contacts", json=body)).json()["ids"]
    owner = (await control.post("/_sim/owners", json={"email": "mara@vendor.example"})).json()["id"]
    await control.post(f"/_sim/contacts/{contact}", json={"properties": {"hubspot_owner_id": owner}})
    await control.post(f"/_sim/contacts/{contact}/forms", json={"form_name": "Request a demo"})
    await control.post(f"/_sim/contacts/{contact}/activities", json={"object_type": "calls", "by": "userId:7"})
    deal = {"properties": {"dealname": "Pilot"}, "contact_id": contact}
    deal_id = (await control.post("/_sim/deals", json=deal)).json()["id"]
    await control.post(f"/_sim/deals/{deal_id}", json={"properties": {"dealstage": "closedwon"}})
    await control.post(f"/_sim/owners/{owner}/archive")
    (other,) = (await control.post("/_sim/contacts", json={"count": 1})).json()["ids"]
    merged = (await control.post("/_sim/merge", json={"primary_id": contact, "other_id": other})).json()["id"]

    (listed,) = (await control.get("/_sim/contacts")).json()["results"]
    assert listed == {"id": merged, "properties": sim.contact(merged)}
    assert listed["properties"]["recent_conversion_event_name"] == "Request a demo"
    assert listed["properties"]["hubspot_owner_id"] == owner
    assert listed["properties"]["num_associated_deals"] == "1"
    (call,) = (await control.get(f"/_sim/contacts/{merged}/activities/calls")).json()["results"]
    assert call["hs_created_by_user_id"] == "7"


async def test_faults_are_switched_over_http(sim: Simulator, control: httpx.AsyncClient) -> None:
    rule = {"property_name": "lifecyclestage", "value": None, "requires": ["phone"], "message": "Phone!"}
    wanted: dict[str, Any] = {
        "down": True,
        "fail_next": [500],
        "validation_rules": [rule],
        "forbidden": ["GET owners"],
    }

    answer = await control.patch("/_sim/faults", json=wanted)

    assert answer.json() == (await control.get("/_sim/faults")).json()
    assert {name: answer.json()[name] for name in wanted} == wanted
    assert sim.faults.validation_rules == [ValidationRule("lifecyclestage", None, ("phone",), "Phone!")]
    assert sim.faults.forbidden == {"GET owners"}
    assert (await control.patch("/_sim/faults", json={"donw": True})).status_code == 400
    await control.post("/_sim/faults/clear")
    assert not sim.faults.down


async def test_counts_and_effects_can_be_read_and_reset(
    sim: Simulator, hs: httpx.AsyncClient, control: httpx.AsyncClient
) -> None:
    contact = sim.create_contact({"firstname": "Ada"})
    await hs.patch(f"/crm/v3/objects/contacts/{contact}", json={"properties": {"lifecyclestage": "lead"}})

    counted = (await control.get("/_sim/counters")).json()
    effects = (await control.get("/_sim/effects")).json()

    assert counted == {"calls": {"PATCH contacts/{id}": 1}, "total_calls": 1, "throttled": 0}
    assert effects == {contact: {"stage_writes": 1, "owner_writes": 0, "notes": 0, "tasks": 0}}
    assert (await control.post("/_sim/counters/reset")).json()["total_calls"] == 0


async def test_the_clock_can_be_moved(sim: Simulator, control: httpx.AsyncClient) -> None:
    await control.post("/_sim/clock", json={"advance_s": 90})
    assert (await control.get("/_sim/clock")).json() == {"now": "2026-11-23T08:01:30.000Z"}

    await control.post("/_sim/clock", json={"now": "2026-12-01T00:00:00Z"})
    contact = sim.create_contact({"firstname": "Ada"})
    assert sim.contact(contact)["createdate"] == "2026-12-01T00:00:00.000Z"


async def test_a_delivery_can_be_asked_for_when_a_sender_is_attached(
    sim: Simulator, control: httpx.AsyncClient
) -> None:
    sim.create_contact({})
    assert (await control.post("/_sim/deliver")).status_code == 409
    assert (await control.get("/_sim/events")).json()["pending"] == 1

    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(204))) as http:
        WebhookSender(sim, "https://baton.example/in", http)
        report = (await control.post("/_sim/deliver")).json()

    assert (report["events"], report["statuses"]) == (1, {"204": 1})


async def test_what_is_not_there_is_a_404(control: httpx.AsyncClient) -> None:
    assert (await control.post("/_sim/contacts/1", json={"properties": {}})).status_code == 404
    assert (await control.get("/contacts/1")).status_code == 404


async def test_the_record_page_shows_what_a_rep_needs(sim: Simulator, control: httpx.AsyncClient) -> None:
    sim.define_property("contacts", "baton_route", "string", "text", "Route", group="baton")
    company, owner = (
        sim.create_company({"name": "Birch & Sons"}),
        sim.create_owner("m@v.example", "Mara", "Lindt"),
    )
    contact = sim.create_contact(
        {"firstname": "Ada", "lifecyclestage": "lead", "hubspot_owner_id": owner, "baton_route": "dach"},
        company_id=company,
    )
    sim.log_activity("tasks", contact, {"hs_task_subject": "Call <Ada>", "hs_timestamp": "2026-11-23T09:30:00Z"})
    sim.log_activity("notes", contact, {"hs_note_body": "<p>Why now</p><script>alert(1)</script>"})

    page = (await control.get(f"/contacts/{contact}")).text

    for shown in ("Ada", "Birch &amp; Sons", "Mara Lindt", "Lead", "Route", "dach", "<p>Why now</p>"):
        assert shown in page
    assert "Call &lt;Ada&gt;" in page
    assert "due Mon 23 Nov 2026, 09:30 UTC" in page
    assert "<script" not in page
    assert "Ada" in (await control.get("/")).text


async def test_an_old_address_of_a_merged_record_leads_on(sim: Simulator, control: httpx.AsyncClient) -> None:
    first, second = sim.create_contact({"firstname": "A"}), sim.create_contact({"firstname": "B"})
    merged = sim.merge_contacts(first, second)

    answer = await control.get(f"/contacts/{first}")

    assert (answer.status_code, answer.headers["location"]) == (302, f"/contacts/{merged}")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('<p onclick="x()">hi</p>', "<p>hi</p>"),
        ("<ul><li>one<li>two</ul>", "<ul><li>one<li>two</li></li></ul>"),
        ('<a href="javascript:x()">go</a>', "<a>go</a>"),
        ("<!-- key -->text &amp; &lt;b&gt;", "text &amp; &lt;b&gt;"),
        ("<style>p{}</style><img src=x onerror=y>end", "end"),
        ("</p></div>loose", "loose"),
    ],
)
def test_only_harmless_html_of_a_note_is_shown(body: str, shown: str) -> None:
    assert safe_html(body) == shown


def test_the_simulator_runs_in_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "app.crm.simulator", "--port", "0", "--contacts", "3", "--token", "t"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            answer = httpx.get(f"{url}/crm/v3/objects/contacts", headers={"Authorization": "Bearer t"}, timeout=5)
        finally:
            process.terminate()
    assert len(answer.json()["results"]) == 3
