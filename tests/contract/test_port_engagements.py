"""Reading engagements and closing tasks through the port, from the simulator in process and over a socket."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.crm.errors import Gone, Unauthorized
from app.crm.guard import QuotaClass
from app.crm.hubspot.paths import PATHS
from app.crm.port import Done, TaskClosing
from app.crm.simulator import Simulator
from app.records.engagement import Direction, Engagement, EngagementKind, Maker
from app.records.ids import ContactId, ObjectType, OwnerId
from tests.contract.port_parts import NOW, Bench, portal

ANN = "ann@example.com"


@pytest.fixture
def sim() -> Simulator:
    return portal()


@pytest.fixture
def ann(sim: Simulator) -> str:
    return sim.create_owner(ANN, "Ann", "Example")


@pytest.fixture
def contact(sim: Simulator) -> str:
    return sim.create_contact({"email": "lead@example.org"})


async def test_a_call_is_read_with_owner_time_and_what_it_tells(
    sim: Simulator, bench: Bench, contact: str, ann: str
) -> None:
    call = sim.log_call(contact, owner_id=ann, at=NOW - timedelta(hours=2), hs_call_title="Intro")
    read = await bench.crm.read_engagements(EngagementKind.CALL, [call])
    assert read[call].engagement == Engagement(
        id=call,
        kind=EngagementKind.CALL,
        occurred_at=NOW - timedelta(hours=2),
        owner_id=OwnerId(ann),
        maker=Maker.HUMAN,
        direction=Direction.OUTBOUND,
        because="hs_object_source is CRM_UI",
        title="Intro",
    )


async def test_an_email_says_who_sent_it(sim: Simulator, bench: Bench, contact: str, ann: str) -> None:
    email = sim.log_email(contact, owner_id=ann, hubspot_owner_id="", hs_email_from_email="Ann@Example.com")
    (read,) = (await bench.crm.read_engagements(EngagementKind.EMAIL, [email])).values()
    assert (read.engagement.owner_id, read.sender, read.engagement.title) == (None, ANN, "Hello")


async def test_a_meeting_takes_place_when_it_starts(sim: Simulator, bench: Bench, contact: str, ann: str) -> None:
    start = NOW + timedelta(days=1)
    meeting = sim.hold_meeting(contact, owner_id=ann, at=start, hs_timestamp="2026-11-20T08:00:00Z")
    (read,) = (await bench.crm.read_engagements(EngagementKind.MEETING, [meeting])).values()
    assert (read.engagement.occurred_at, read.engagement.direction) == (start, Direction.TWO_WAY)


async def test_a_task_takes_place_when_it_was_made_not_when_it_is_due(
    sim: Simulator, bench: Bench, contact: str
) -> None:
    task = sim.log_activity("tasks", contact, {"hs_task_subject": "Call", "hs_timestamp": "2026-12-24T08:00:00Z"})
    (read,) = (await bench.crm.read_engagements(EngagementKind.TASK, [task])).values()
    assert (read.engagement.occurred_at, read.engagement.direction) == (NOW, Direction.NONE)


async def test_a_sequence_is_told_from_the_person_in_whose_name_it_writes(
    sim: Simulator, bench: Bench, contact: str, ann: str
) -> None:
    email = sim.send_sequence_email(contact, owner_id=ann)
    (read,) = (await bench.crm.read_engagements(EngagementKind.EMAIL, [email])).values()
    assert (read.engagement.maker, read.engagement.because) == (Maker.AUTOMATIC, "hs_sequence_id is 7001")


@pytest.mark.parametrize("kind", EngagementKind)
@pytest.mark.parametrize("version", PATHS)
async def test_every_version_reads_every_kind_with_its_contact(
    sim: Simulator, bench: Bench, contact: str, kind: EngagementKind, version: str
) -> None:
    bench.version = version
    made = sim.log_activity(kind.value, contact, {"hs_timestamp": "2026-11-20T08:00:00Z"})
    assert (await bench.crm.read_engagements(kind, [made]))[made].engagement.kind is kind
    assert await bench.crm.read_contacts_of(ObjectType(kind.value), [made]) == {made: (ContactId(contact),)}


async def test_a_hundred_engagements_and_their_contacts_cost_two_calls(
    sim: Simulator, bench: Bench, contact: str, ann: str
) -> None:
    calls = [sim.log_call(contact, owner_id=ann) for _ in range(100)]
    read = await bench.crm.read_engagements(EngagementKind.CALL, calls)
    contacts = await bench.crm.read_contacts_of(ObjectType.CALL, calls)
    assert (list(read), len(contacts)) == (calls, 100)
    assert bench.quota.taken == [QuotaClass.GENERAL, QuotaClass.ASSOCIATIONS]


async def test_engagements_that_are_gone_or_still_alone_are_absent(
    sim: Simulator, bench: Bench, contact: str, ann: str
) -> None:
    there, gone = sim.log_call(contact, owner_id=ann), sim.log_call(contact, owner_id=ann)
    sim.delete_activity("calls", gone)
    assert list(await bench.crm.read_engagements(EngagementKind.CALL, [there, gone])) == [there]
    sim.faults.association_lag = 5.0
    assert await bench.crm.read_contacts_of(ObjectType.CALL, [there]) == {}


async def test_emails_without_their_scope_are_unauthorized(
    sim: Simulator, bench: Bench, contact: str, ann: str
) -> None:
    email = sim.log_email(contact, owner_id=ann)
    sim.faults.forbidden.add("POST emails/batch/read")
    with pytest.raises(Unauthorized):
        await bench.crm.read_engagements(EngagementKind.EMAIL, [email])


async def test_the_contacts_of_a_deal_are_read(sim: Simulator, bench: Bench, contact: str) -> None:
    deal = sim.create_deal({"dealname": "Pilot"}, contact_id=contact)
    assert await bench.crm.read_contacts_of(ObjectType.DEAL, [deal]) == {deal: (ContactId(contact),)}


async def test_a_closed_task_is_completed_with_the_reason_and_keeps_its_body(
    sim: Simulator, bench: Bench, contact: str
) -> None:
    task = sim.log_activity("tasks", contact, {"hs_task_subject": "Call", "hs_task_body": "<p>mark</p>"})
    closing = TaskClosing("k", task, "Closed: reassigned to Bob")
    for _ in range(2):
        outcomes = await bench.crm.close_tasks([closing])
        assert isinstance(outcomes["k"], Done)
    (told,) = sim.tasks_of(contact)
    assert told["hs_task_status"] == "COMPLETED"
    assert (told["hs_task_subject"], told["hs_task_body"]) == ("Closed: reassigned to Bob", "<p>mark</p>")


async def test_closing_tasks_of_which_one_is_gone_closes_the_others(sim: Simulator, bench: Bench, contact: str) -> None:
    there, gone = (sim.log_activity("tasks", contact, {"hs_task_subject": "Call"}) for _ in range(2))
    sim.delete_activity("tasks", gone)
    outcomes = await bench.crm.close_tasks([TaskClosing(each, each, "Closed") for each in (there, gone)])
    assert isinstance(outcomes[there], Done)
    assert isinstance(outcomes[gone], Gone)
