"""HubSpot's own Python client reads owners, properties and pipelines, and checks signatures."""

from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.properties import OptionInput, PropertyCreate, PropertyGroupCreate
from hubspot.crm.properties.exceptions import ApiException
from hubspot.utils.signature import Signature

from app.crm.simulator import Simulator, WebhookSender


@pytest.fixture
def client(served: str) -> HubSpot:
    return HubSpot(access_token="sim-token", host=served)


def test_owners_are_listed_and_read(sim: Simulator, client: HubSpot) -> None:
    active = sim.create_owner("mara@vendor.example", "Mara", "Lindt")
    gone = sim.create_owner("gone@vendor.example", archived=True)

    listed = client.crm.owners.owners_api.get_page(limit=100, archived=False)
    archived = client.crm.owners.owners_api.get_by_id(gone, archived=True)

    assert [(each.id, each.email, each.first_name) for each in listed.results] == [
        (active, "mara@vendor.example", "Mara")
    ]
    assert archived.archived is True
    assert archived.user_id is None


def test_a_group_and_a_property_are_made_and_read(sim: Simulator, client: HubSpot) -> None:
    groups, core = client.crm.properties.groups_api, client.crm.properties.core_api
    wanted = PropertyCreate(
        name="baton_handoff_status",
        label="Handoff status",
        type="enumeration",
        field_type="select",
        group_name="baton",
        options=[OptionInput(label="Open", value="open", hidden=False, display_order=0)],
    )

    groups.create("contacts", PropertyGroupCreate(name="baton", label="Baton handoff"))
    core.create("contacts", wanted)
    read = core.get_by_name("contacts", "baton_handoff_status")
    with pytest.raises(ApiException) as twice:
        core.create("contacts", wanted)

    assert [option.value for option in read.options] == ["open"]
    assert read.group_name == "baton"
    assert "baton" in {each.name for each in groups.get_all("contacts").results}
    assert {each.name for each in core.get_all("contacts").results} == sim.property_names("contacts")
    assert twice.value.status == 409


def test_the_lifecycle_pipeline_is_read(sim: Simulator, client: HubSpot) -> None:
    (pipeline,) = client.crm.pipelines.pipelines_api.get_all("contacts").results

    assert [stage.id for stage in pipeline.stages] == sim.stages


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


@pytest.mark.parametrize("version", ["v1", "v3"])
async def test_a_signature_is_one_that_hubspots_client_accepts(http: httpx.AsyncClient, version: str) -> None:
    # The client reads the machine's clock, so here the simulator does too.
    sim, url, body = Simulator(), "https://baton.example/webhooks/hubspot", '[{"propertyValue":"Zoë"}]'
    at: datetime = sim.now()
    headers = WebhookSender(sim, url, http).sign(body.encode(), at)

    assert Signature.is_valid(
        signature=headers["X-HubSpot-Signature-v3" if version == "v3" else "X-HubSpot-Signature"],
        client_secret="sim-secret",
        request_body=body,
        http_uri=url,
        http_method="POST",
        signature_version=version,
        timestamp=headers["X-HubSpot-Request-Timestamp"],
    )
