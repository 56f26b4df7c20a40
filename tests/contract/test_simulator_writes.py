"""Writing one record: values, stages, owners, admins' rules, notes and tasks."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.crm.simulator import RefusedError, Simulator, ValidationRule
from app.crm.simulator.instants import ShiftedClock

CONTACTS = "/crm/objects/2026-09/contacts"


async def patch(hs: httpx.AsyncClient, contact: str, **properties: str) -> httpx.Response:
    return await hs.patch(f"{CONTACTS}/{contact}", json={"properties": properties})


def error_of(answer: httpx.Response) -> dict[str, Any]:
    """The one entry of a refusal's errors."""
    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"
    (entry,) = answer.json()["errors"]
    assert isinstance(entry, dict)
    return entry


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("no_such_property", "1", "PROPERTY_DOESNT_EXIST"),
        ("hs_lead_status", "new", "INVALID_OPTION"),
        ("hs_buying_role", "CHAMPION;WIZARD", "INVALID_OPTION"),
        ("lifecyclestage", "Lead", "INVALID_OPTION"),
        ("email", "not an address", "INVALID_EMAIL"),
        ("createdate", "1700000000000", "READ_ONLY_VALUE"),
        ("hubspot_owner_id", "1113666268", "INVALID_OWNER_ID"),
        ("hs_pinned_engagement_id", "twelve", "INVALID_INTEGER"),
        ("due_on", "2026-11-24T09:30:00Z", "INVALID_DATE"),
        ("seen_at", "yesterday", "INVALID_LONG"),
        ("agreed", "yes", "INVALID_OPTION"),
    ],
)
async def test_a_value_that_does_not_fit_its_property_is_refused_with_its_code(
    sim: Simulator, hs: httpx.AsyncClient, name: str, value: str, code: str
) -> None:
    sim.define_property("contacts", "due_on", "date", "date")
    sim.define_property("contacts", "seen_at", "datetime", "date")
    sim.define_property("contacts", "agreed", "bool", "booleancheckbox")
    contact = sim.create_contact({"firstname": "Ada"})
    before = sim.contact(contact)

    entry = error_of(await patch(hs, contact, **{name: value}))

    assert entry["code"] == code
    assert entry["context"] == {"propertyName": [name]}
    assert sim.contact(contact) == before


@pytest.mark.parametrize(
    ("kind", "field", "given", "kept"),
    [
        ("datetime", "date", "1792749600000", "2026-10-23T10:00:00.000Z"),
        ("datetime", "date", "2026-10-23T12:00:00+02:00", "2026-10-23T10:00:00.000Z"),
        ("date", "date", "2026-10-23", "2026-10-23"),
        ("date", "date", "1792713600000", "2026-10-23"),
        ("number", "number", "-12.50", "-12.50"),
        ("bool", "booleancheckbox", "TRUE", "true"),
        ("string", "text", "plain", "plain"),
    ],
)
async def test_values_are_kept_as_text_in_hubspots_form(
    sim: Simulator, hs: httpx.AsyncClient, kind: str, field: str, given: str, kept: str
) -> None:
    sim.define_property("contacts", "thing", kind, field)
    contact = sim.create_contact({"firstname": "Ada"})

    answer = await patch(hs, contact, thing=given)

    assert answer.status_code == 200
    assert sim.contact(contact)["thing"] == kept


async def test_a_leading_semicolon_adds_to_a_list_of_options(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"hs_buying_role": "CHAMPION"})

    await patch(hs, contact, hs_buying_role=";DECISION_MAKER")

    assert sim.contact(contact)["hs_buying_role"] == "CHAMPION;DECISION_MAKER"


async def test_an_empty_text_clears_a_property(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"phone": "+49 30 1"})

    await patch(hs, contact, phone="")
    answer = await hs.get(f"{CONTACTS}/{contact}", params={"properties": "phone"})

    assert answer.json()["properties"]["phone"] is None


async def test_an_email_that_another_contact_has_is_a_conflict_that_names_it(
    sim: Simulator, hs: httpx.AsyncClient
) -> None:
    existing = sim.create_contact({"email": "ada@birch.example"})

    answer = await hs.post(CONTACTS, json={"properties": {"email": "Ada@Birch.example"}})

    assert answer.status_code == 409
    assert answer.json()["category"] == "CONFLICT"
    assert answer.json()["message"] == f"Contact already exists. Existing ID: {existing}"


async def test_an_owner_must_be_active(sim: Simulator, hs: httpx.AsyncClient) -> None:
    active, gone = sim.create_owner("a@vendor.example"), sim.create_owner("b@vendor.example", archived=True)
    contact = sim.create_contact({"firstname": "Ada"})

    entry = error_of(await patch(hs, contact, hubspot_owner_id=gone))
    answer = await patch(hs, contact, hubspot_owner_id=active)

    assert entry["message"] == f"{gone} was not a valid owner ID"
    assert answer.status_code == 200
    assert sim.contact(contact)["hubspot_owner_assigneddate"] == "2026-11-23T08:00:00.000Z"


async def test_an_archived_owner_keeps_the_records(sim: Simulator) -> None:
    owner = sim.create_owner("a@vendor.example")
    contact = sim.create_contact({"hubspot_owner_id": owner})

    sim.archive_owner(owner)

    assert sim.contact(contact)["hubspot_owner_id"] == owner


async def test_the_api_moves_a_stage_forward_and_dates_it(
    sim: Simulator, hs: httpx.AsyncClient, clock: ShiftedClock
) -> None:
    contact = sim.create_contact({"lifecyclestage": "lead"})
    clock.advance(timedelta(hours=1))

    await patch(hs, contact, lifecyclestage="salesqualifiedlead")

    now = sim.contact(contact)
    assert now["lifecyclestage"] == "salesqualifiedlead"
    assert now["hs_lifecyclestage_lead_date"] == "2026-11-23T08:00:00.000Z"
    assert now["hs_lifecyclestage_salesqualifiedlead_date"] == "2026-11-23T09:00:00.000Z"


async def test_the_api_does_not_move_a_stage_back_and_does_not_say_so(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"lifecyclestage": "salesqualifiedlead"})

    answer = await patch(hs, contact, lifecyclestage="lead", firstname="Ada")

    assert answer.status_code == 200
    assert answer.json()["properties"]["lifecyclestage"] == "salesqualifiedlead"
    assert sim.contact(contact)["firstname"] == "Ada"
    assert len(sim.history(contact, "lifecyclestage")) == 1
    assert sim.counters.effects(contact)["stage_writes"] == 0


async def test_a_stage_that_was_cleared_may_go_anywhere(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"lifecyclestage": "salesqualifiedlead"})

    await patch(hs, contact, lifecyclestage="")
    await patch(hs, contact, lifecyclestage="lead")

    assert [value for value, *_ in sim.history(contact, "lifecyclestage")] == [
        "lead",
        "",
        "salesqualifiedlead",
    ]


async def test_a_person_may_move_a_stage_back(sim: Simulator) -> None:
    contact = sim.create_contact({"lifecyclestage": "customer"})

    sim.edit_contact(contact, {"lifecyclestage": "lead"})

    assert sim.contact(contact)["lifecyclestage"] == "lead"


async def test_stages_of_ones_own_stand_where_they_were_put(sim: Simulator, hs: httpx.AsyncClient) -> None:
    sim.stages = ["lead", "771650212", "customer"]
    contact = sim.create_contact({"lifecyclestage": "771650212"})

    await patch(hs, contact, lifecyclestage="lead")
    assert sim.contact(contact)["lifecyclestage"] == "771650212"

    await patch(hs, contact, lifecyclestage="customer")
    assert sim.contact(contact)["lifecyclestage"] == "customer"
    assert "hs_v2_date_entered_771650212" in sim.contact(contact)


async def test_an_admins_rule_binds_the_api_from_2026_09_on_and_nobody_else(
    sim: Simulator, hs: httpx.AsyncClient
) -> None:
    rule = ValidationRule("lifecyclestage", "salesqualifiedlead", ("phone",), "Phone is required for SQL.")
    sim.faults.validation_rules.append(rule)
    by_api, by_hand, older = (sim.create_contact({"lifecyclestage": "lead"}) for _ in range(3))
    change = {"lifecyclestage": "salesqualifiedlead"}

    refused = await patch(hs, by_api, **change)
    sim.edit_contact(by_hand, change)
    taken = await hs.patch(f"/crm/v3/objects/contacts/{older}", json={"properties": change})
    filled = await patch(hs, by_api, **change, phone="+49 30 1")

    assert refused.status_code == 400
    assert refused.json()["category"] == "VALIDATION_ERROR"
    assert refused.json()["message"] == "Phone is required for SQL."
    assert refused.json()["context"] == {"properties": ["phone"]}
    assert (taken.status_code, filled.status_code) == (200, 200)
    assert sim.contact(by_hand)["lifecyclestage"] == "salesqualifiedlead"


async def test_what_is_the_same_already_is_no_change(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"lifecyclestage": "lead"})
    waiting = sim.pending_events()

    await patch(hs, contact, lifecyclestage="lead")

    assert sim.pending_events() == waiting
    assert sim.counters.effects(contact)["stage_writes"] == 0


@pytest.mark.parametrize("kind", ["notes", "tasks"])
async def test_a_note_or_task_needs_a_time(hs: httpx.AsyncClient, kind: str) -> None:
    answer = await hs.post(f"/crm/objects/2026-09/{kind}", json={"properties": {}, "associations": []})

    assert answer.status_code == 400
    assert answer.json()["context"] == {"properties": ["hs_timestamp"]}


async def test_a_note_hangs_on_its_contact_from_the_start(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"firstname": "Ada"})
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}]
    body = {
        "properties": {"hs_timestamp": "2026-11-23T08:00:00Z", "hs_note_body": "<p>Brief</p>"},
        "associations": [{"to": {"id": int(contact)}, "types": types}],
    }

    answer = await hs.post("/crm/objects/2026-09/notes", json=body)

    assert answer.status_code == 201
    (note,) = sim.notes_of(contact)
    assert note["hs_object_id"] == answer.json()["id"]
    assert note["hs_note_body"] == "<p>Brief</p>"
    assert sim.counters.effects(contact)["notes"] == 1


async def test_a_note_of_more_than_65536_characters_is_refused(hs: httpx.AsyncClient) -> None:
    properties = {"hs_timestamp": "2026-11-23T08:00:00Z", "hs_note_body": "x" * 65_537}

    answer = await hs.post("/crm/objects/2026-09/notes", json={"properties": properties, "associations": []})

    assert error_of(answer)["context"] == {"propertyName": ["hs_note_body"]}


async def test_an_association_type_that_does_not_fit_is_refused(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"firstname": "Ada"})
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 204}]
    body = {
        "properties": {"hs_timestamp": "2026-11-23T08:00:00Z"},
        "associations": [{"to": {"id": contact}, "types": types}],
    }

    answer = await hs.post("/crm/objects/2026-09/notes", json=body)

    assert answer.status_code == 400
    assert sim.notes_of(contact) == []


async def test_a_body_that_is_no_json_is_a_400(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"firstname": "Ada"})

    answer = await hs.patch(f"{CONTACTS}/{contact}", content=b'{"properties":')

    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Invalid input JSON")


async def test_people_cannot_set_what_does_not_exist_either(sim: Simulator) -> None:
    with pytest.raises(RefusedError):
        sim.create_contact({"baton_handoff_status": "open"})


async def test_a_deleted_contact_is_gone_until_it_is_restored(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"email": "ada@birch.example"})

    assert (await hs.delete(f"{CONTACTS}/{contact}")).status_code == 204
    assert (await hs.get(f"{CONTACTS}/{contact}")).status_code == 404
    archived = await hs.get(f"{CONTACTS}/{contact}", params={"archived": "true"})
    sim.restore_contact(contact)

    assert archived.json()["archived"] is True
    assert (await hs.get(f"{CONTACTS}/{contact}")).status_code == 200


async def test_a_form_is_seen_in_the_conversion_properties(sim: Simulator, clock: ShiftedClock) -> None:
    contact = sim.create_contact({"email": "ada@birch.example"})
    sim.submit_form(contact, "Newsletter")
    clock.advance(timedelta(days=1))
    sim.submit_form(contact, "Request a demo")

    now = sim.contact(contact)
    assert (now["first_conversion_event_name"], now["recent_conversion_event_name"]) == (
        "Newsletter",
        "Request a demo",
    )
    assert now["recent_conversion_date"] == "2026-11-24T08:00:00.000Z"
    assert now["num_conversion_events"] == "2"
