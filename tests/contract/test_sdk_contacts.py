"""HubSpot's own Python client reads and writes records: somebody else's word on the simulator's answers."""

import json
from datetime import timedelta

import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4 import (
    BatchInputPublicFetchAssociationsBatchRequest,
    PublicFetchAssociationsBatchRequest,
)
from hubspot.crm.contacts import (
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchReadInputSimplePublicObjectId,
    SimplePublicObjectBatchInput,
    SimplePublicObjectBatchInputForCreate,
    SimplePublicObjectId,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.contacts.exceptions import ApiException
from hubspot.crm.objects import notes, tasks

from app.crm.simulator import Simulator
from app.crm.simulator.instants import ShiftedClock, epoch_ms


@pytest.fixture
def client(served: str) -> HubSpot:
    return HubSpot(access_token="sim-token", host=served)


def test_a_contact_is_created_read_and_changed(sim: Simulator, client: HubSpot) -> None:
    api = client.crm.contacts.basic_api
    made = api.create(SimplePublicObjectInputForCreate(properties={"email": "ada@birch.example"}, associations=[]))
    changed = api.update(made.id, SimplePublicObjectInput(properties={"lifecyclestage": "lead"}))
    read = api.get_by_id(made.id, properties=["email", "lifecyclestage"], properties_with_history=["lifecyclestage"])

    assert changed.properties["lifecyclestage"] == "lead"
    assert read.properties["email"] == "ada@birch.example"
    assert read.created_at == sim.now()
    (version,) = read.properties_with_history["lifecyclestage"]
    assert (version.value, version.source_type, version.source_id) == ("lead", "INTEGRATION", "54321")


def test_contacts_are_read_in_a_batch_with_those_missing_named(sim: Simulator, client: HubSpot) -> None:
    contact = sim.create_contact({"email": "ada@birch.example"})
    wanted = [SimplePublicObjectId(id=contact), SimplePublicObjectId(id="1")]

    answer = client.crm.contacts.batch_api.read(
        BatchReadInputSimplePublicObjectId(inputs=wanted, properties=["email"], properties_with_history=[])
    )

    assert [each.properties["email"] for each in answer.results] == ["ada@birch.example"]
    assert answer.num_errors == 1
    assert answer.errors[0].context == {"ids": ["1"]}


def test_a_batch_that_succeeds_in_part_is_understood(sim: Simulator, client: HubSpot) -> None:
    good, bad = sim.create_contact({"firstname": "A"}), sim.create_contact({"firstname": "B"})
    wanted = [
        SimplePublicObjectBatchInput(id=each, properties={"lifecyclestage": stage}, object_write_trace_id=each)
        for each, stage in ((good, "lead"), (bad, "nonsense"))
    ]

    answer = client.crm.contacts.batch_api.update(BatchInputSimplePublicObjectBatchInput(inputs=wanted))

    assert [(each.id, each.object_write_trace_id) for each in answer.results] == [(good, good)]
    assert answer.errors[0].category == "VALIDATION_ERROR"
    assert answer.errors[0].context["objectWriteTraceId"] == [bad]


def test_contacts_are_created_in_a_batch(sim: Simulator, client: HubSpot) -> None:
    wanted = [
        SimplePublicObjectBatchInputForCreate(properties={"email": f"c{n}@birch.example"}, associations=[])
        for n in range(3)
    ]

    answer = client.crm.contacts.batch_api.create(BatchInputSimplePublicObjectBatchInputForCreate(inputs=wanted))

    assert [each.id for each in answer.results] == sim.contact_ids()
    assert answer.status == "COMPLETE"


def test_contacts_are_listed_page_by_page(sim: Simulator, client: HubSpot) -> None:
    made = [sim.create_contact({"email": f"c{n}@birch.example"}) for n in range(3)]

    page = client.crm.contacts.basic_api.get_page(limit=2, properties=["email", "phone"])
    rest = client.crm.contacts.basic_api.get_page(limit=2, after=page.paging.next.after)

    assert [each.id for each in page.results + rest.results] == made


def test_contacts_are_searched(sim: Simulator, client: HubSpot) -> None:
    contact = sim.create_contact({"lifecyclestage": "lead"})
    filters = [{"propertyName": "lifecyclestage", "operator": "EQ", "value": "lead"}]

    answer = client.crm.contacts.search_api.do_search({"filterGroups": [{"filters": filters}], "limit": 10})

    assert (answer.total, answer.results[0].id) == (1, contact)


def test_changes_are_searched_in_the_order_of_time(sim: Simulator, client: HubSpot, clock: ShiftedClock) -> None:
    since = str(epoch_ms(clock()))
    contacts = [sim.create_contact({"firstname": name}) for name in ("Ada", "Bruno")]
    for contact in reversed(contacts):
        clock.advance(timedelta(seconds=1))
        sim.edit_contact(contact, {"jobtitle": "CTO"})
    later = {"propertyName": "lastmodifieddate", "operator": "GT", "value": since}
    in_order = [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}]

    answer = client.crm.contacts.search_api.do_search(
        {"filterGroups": [{"filters": [later]}], "sorts": in_order, "limit": 200}
    )

    assert [each.id for each in answer.results] == contacts[::-1]
    assert answer.results[-1].updated_at == clock()


def test_notes_and_tasks_hang_on_their_contact(sim: Simulator, client: HubSpot) -> None:
    contact = sim.create_contact({"firstname": "Ada"})

    def to_contact(type_id: int) -> list[dict[str, object]]:
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
        return [{"to": {"id": contact}, "types": types}]

    note = client.crm.objects.notes.basic_api.create(
        notes.SimplePublicObjectInputForCreate(
            properties={"hs_timestamp": "2026-11-23T08:00:00Z", "hs_note_body": "Brief"},
            associations=to_contact(202),
        )
    )
    task = client.crm.objects.tasks.basic_api.create(
        tasks.SimplePublicObjectInputForCreate(
            properties={"hs_timestamp": "1795680000000", "hs_task_subject": "Call"},
            associations=to_contact(204),
        )
    )

    assert [each["hs_object_id"] for each in sim.notes_of(contact)] == [note.id]
    assert [each["hs_object_id"] for each in sim.tasks_of(contact)] == [task.id]


def test_associations_are_read_in_a_batch(sim: Simulator, client: HubSpot) -> None:
    company = sim.create_company({"name": "Birch"})
    contact, lone = (
        sim.create_contact({"firstname": "A"}, company_id=company),
        sim.create_contact({"firstname": "B"}),
    )
    wanted = [PublicFetchAssociationsBatchRequest(id=each) for each in (contact, lone)]

    answer = client.crm.associations.v4.batch_api.get_page(
        "contacts", "companies", BatchInputPublicFetchAssociationsBatchRequest(inputs=wanted)
    )

    (result,) = answer.results
    assert str(result.to[0].to_object_id) == company
    assert [each.type_id for each in result.to[0].association_types] == [1, 279]
    assert answer.errors[0].sub_category == "crm.associations.NO_ASSOCIATIONS_FOUND"


def test_a_refusal_arrives_as_the_clients_own_exception(sim: Simulator, client: HubSpot) -> None:
    contact = sim.create_contact({"email": "ada@birch.example"})
    api = client.crm.contacts.basic_api

    with pytest.raises(ApiException) as unknown:
        api.update(contact, SimplePublicObjectInput(properties={"nothing": "1"}))
    with pytest.raises(ApiException) as taken:
        api.create(SimplePublicObjectInputForCreate(properties={"email": "ada@birch.example"}, associations=[]))
    with pytest.raises(ApiException) as gone:
        api.get_by_id("123")

    assert [each.value.status for each in (unknown, taken, gone)] == [400, 409, 404]
    assert json.loads(unknown.value.body)["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"
    assert json.loads(taken.value.body)["message"] == f"Contact already exists. Existing ID: {contact}"


def test_being_throttled_arrives_with_the_policy(sim: Simulator, client: HubSpot) -> None:
    sim.faults.throttle_next = 1

    with pytest.raises(ApiException) as throttled:
        client.crm.contacts.basic_api.get_page()

    assert throttled.value.status == 429
    assert json.loads(throttled.value.body)["policyName"] == "TEN_SECONDLY_ROLLING"


def test_a_wrong_token_is_refused(served: str) -> None:
    with pytest.raises(ApiException) as refused:
        HubSpot(access_token="wrong", host=served).crm.contacts.basic_api.get_page()

    assert refused.value.status == 401
    assert json.loads(refused.value.body)["category"] == "INVALID_AUTHENTICATION"
