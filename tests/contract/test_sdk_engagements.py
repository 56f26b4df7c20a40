"""HubSpot's own Python client reads engagements and completes tasks: somebody else's word on the simulator."""

import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4 import (
    BatchInputPublicFetchAssociationsBatchRequest,
    PublicFetchAssociationsBatchRequest,
)
from hubspot.crm.objects import calls, communications, emails, meetings, tasks

from app.crm.simulator import Simulator

KINDS = {"calls": calls, "communications": communications, "emails": emails, "meetings": meetings}


@pytest.fixture
def client(served: str) -> HubSpot:
    return HubSpot(access_token="sim-token", host=served)


@pytest.mark.parametrize("kind", KINDS)
def test_engagements_are_read_in_a_batch_with_their_contacts(sim: Simulator, client: HubSpot, kind: str) -> None:
    contact = sim.create_contact({"email": "ada@birch.example"})
    made = sim.log_activity(kind, contact)
    module = KINDS[kind]

    read = getattr(client.crm.objects, kind).batch_api.read(
        module.BatchReadInputSimplePublicObjectId(
            inputs=[module.SimplePublicObjectId(id=made)],
            properties=["hs_timestamp", "hs_object_source"],
            properties_with_history=[],
        )
    )
    linked = client.crm.associations.v4.batch_api.get_page(
        kind,
        "contacts",
        BatchInputPublicFetchAssociationsBatchRequest(inputs=[PublicFetchAssociationsBatchRequest(id=made)]),
    )

    assert [(each.id, each.properties["hs_object_source"]) for each in read.results] == [(made, "CRM_UI")]
    assert [str(to.to_object_id) for each in linked.results for to in each.to] == [contact]


def test_a_task_is_completed_in_a_batch(sim: Simulator, client: HubSpot) -> None:
    contact = sim.create_contact({"email": "ada@birch.example"})
    task = sim.log_activity("tasks", contact, {"hs_task_subject": "Call"})
    done = tasks.SimplePublicObjectBatchInput(id=task, properties={"hs_task_status": "COMPLETED"})

    answer = client.crm.objects.tasks.batch_api.update(tasks.BatchInputSimplePublicObjectBatchInput(inputs=[done]))

    assert [each.properties["hs_task_status"] for each in answer.results] == ["COMPLETED"]
    assert sim.tasks_of(contact)[0]["hs_task_completion_date"]
