"""Writing through the port, to the simulator in process and over a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest

from app.crm.errors import (
    CrmError,
    Gone,
    Invalid,
    InvalidOwner,
    Moved,
    NotApplied,
    Outage,
    OutcomeUnknown,
    Retry,
    Throttled,
)
from app.crm.hubspot.batches import MOST_CALLS
from app.crm.hubspot.paths import PATHS
from app.crm.port import ActivityKind, Done, NoteDraft, Outcome, PropertyChange, TaskDraft
from app.crm.simulator import Simulator, ValidationRule
from app.records.ids import ContactId, OwnerId
from tests.contract.port_parts import NOW, Bench, portal


@pytest.fixture
def sim() -> Simulator:
    return portal()


def make_contacts(sim: Simulator, count: int, **properties: str) -> list[ContactId]:
    return [
        ContactId(sim.create_contact({"email": f"lead{number}@example.com", **properties})) for number in range(count)
    ]


def change(contact_id: str, key: str = "", **properties: str) -> PropertyChange:
    return PropertyChange(key or f"k-{contact_id}", ContactId(contact_id), properties)


def note(contact_id: str, key: str = "", owner_id: str | None = None) -> NoteDraft:
    key = key or f"n-{contact_id}"
    return NoteDraft(key, ContactId(contact_id), OwnerId(owner_id) if owner_id else None, NOW, f"<p>{key}</p>")


def kinds(outcomes: Mapping[str, Outcome]) -> dict[str, type[Outcome]]:
    return {key: type(outcome) for key, outcome in outcomes.items()}


async def test_hundred_updates_cost_one_call(sim: Simulator, bench: Bench) -> None:
    owner = sim.create_owner("ann@example.com")
    ids = make_contacts(sim, 100)
    changes = [change(each, lifecyclestage="lead", hubspot_owner_id=owner, jobtitle="CTO") for each in ids]
    outcomes = await bench.crm.update_contacts(changes)
    assert kinds(outcomes) == {each.key: Done for each in changes}
    assert all(sim.contact(each)["hubspot_owner_id"] == owner for each in ids)
    assert sim.counters.total_calls == 1


async def test_bad_inputs_leave_the_good_ones_alone(sim: Simulator, bench: Bench) -> None:
    good, bad_owner, bad_option, no_property, gone = make_contacts(sim, 5)
    sim.delete_contact(gone)
    outcomes = await bench.crm.update_contacts(
        [
            change(good, jobtitle="CTO"),
            change(bad_owner, hubspot_owner_id="1113666268"),
            change(bad_option, lifecyclestage="nonsense"),
            change(no_property, baton_nowhere="x"),
            change(gone, jobtitle="CTO"),
        ]
    )
    by_id = {key.removeprefix("k-"): outcome for key, outcome in outcomes.items()}
    assert isinstance(by_id[good], Done)
    assert isinstance(by_id[bad_owner], InvalidOwner)
    assert isinstance(by_id[bad_option], Invalid)
    assert isinstance(no := by_id[no_property], Invalid)
    assert "baton setup --apply" in no.hint
    assert isinstance(by_id[gone], Gone)
    assert sim.contact(good)["jobtitle"] == "CTO"
    assert sim.counters.total_calls == 1


async def test_admins_validation_rule_parks_with_its_words(sim: Simulator, bench: Bench) -> None:
    sim.faults.validation_rules.append(
        ValidationRule("lifecyclestage", "customer", ("company",), "Company is required for customers.")
    )
    (contact_id,) = make_contacts(sim, 1)
    (outcome,) = (await bench.crm.update_contacts([change(contact_id, lifecyclestage="customer")])).values()
    assert isinstance(outcome, Invalid)
    assert outcome.retry is Retry.PARK
    assert "Company is required" in outcome.words
    assert "validation rule" in outcome.hint


@pytest.mark.parametrize("bad", [{0}, {99}, {0, 1}, {13, 57, 98}])
async def test_refused_batch_is_halved_down_to_its_bad_inputs(sim: Simulator, bench: Bench, bad: set[int]) -> None:
    sim.faults.refuse_whole_batch = True
    ids = make_contacts(sim, 100)
    outcomes = await bench.crm.update_contacts(
        [change(each, lifecyclestage="nonsense" if place in bad else "lead") for place, each in enumerate(ids)]
    )
    refused = {place for place, each in enumerate(ids) if isinstance(outcomes[f"k-{each}"], Invalid)}
    assert refused == bad
    assert sum(isinstance(outcome, Done) for outcome in outcomes.values()) == 100 - len(bad)
    assert sim.counters.total_calls <= MOST_CALLS


async def test_batch_of_nothing_but_bad_inputs_has_a_bounded_cost_and_comes_again(sim: Simulator, bench: Bench) -> None:
    sim.faults.refuse_whole_batch = True
    changes = [change(each, lifecyclestage="nonsense") for each in make_contacts(sim, 100)]
    outcomes = await bench.crm.update_contacts(changes)
    assert sim.counters.total_calls <= MOST_CALLS
    assert set(outcomes) == {each.key for each in changes}
    retries = {outcome.retry for outcome in outcomes.values() if isinstance(outcome, CrmError)}
    assert retries == {Retry.PARK, Retry.AGAIN}


async def test_property_that_the_portal_lacks_is_found_in_two_calls(sim: Simulator, bench: Bench) -> None:
    sim.faults.refuse_whole_batch = True
    ids = make_contacts(sim, 100)
    outcomes = await bench.crm.update_contacts(
        [change(each, **({"baton_nowhere": "x"} if int(each) % 2 else {"jobtitle": "CTO"})) for each in ids]
    )
    assert all(isinstance(outcomes[f"k-{each}"], Invalid if int(each) % 2 else Done) for each in ids)
    assert sim.counters.total_calls == 2


async def test_stage_that_hubspot_left_silently_is_not_applied(sim: Simulator, bench: Bench) -> None:
    forward, backward, refused = make_contacts(sim, 3, lifecyclestage="opportunity")
    sim.faults.refuse_stage_silently.add(refused)
    outcomes = await bench.crm.update_contacts(
        [
            change(forward, lifecyclestage="customer"),
            change(backward, lifecyclestage="lead"),
            change(refused, lifecyclestage="customer"),
        ]
    )
    assert kinds(outcomes) == {
        f"k-{forward}": Done,
        f"k-{backward}": NotApplied,
        f"k-{refused}": NotApplied,
    }
    fault = outcomes[f"k-{backward}"]
    assert isinstance(fault, NotApplied)
    assert "'opportunity'" in fault.words
    assert "clear the stage first" in fault.hint
    assert sim.counters.total_calls == 1


async def test_cleared_value_counts_as_applied(sim: Simulator, bench: Bench) -> None:
    owner = sim.create_owner("ann@example.com")
    (contact_id,) = make_contacts(sim, 1, lifecyclestage="opportunity", hubspot_owner_id=owner)
    outcomes = await bench.crm.update_contacts([change(contact_id, lifecyclestage="", hubspot_owner_id="")])
    assert kinds(outcomes) == {f"k-{contact_id}": Done}
    assert not sim.contact(contact_id).get("lifecyclestage")
    assert not sim.contact(contact_id).get("hubspot_owner_id")


async def test_two_changes_of_one_contact_go_one_after_the_other(sim: Simulator, bench: Bench) -> None:
    (contact_id,) = make_contacts(sim, 1, lifecyclestage="opportunity")
    outcomes = await bench.crm.update_contacts(
        [change(contact_id, "clear", lifecyclestage=""), change(contact_id, "set", lifecyclestage="lead")]
    )
    assert kinds(outcomes) == {"clear": Done, "set": Done}
    assert sim.contact(contact_id)["lifecyclestage"] == "lead"


async def test_merged_contact_has_moved_and_nothing_was_written(sim: Simulator, bench: Bench) -> None:
    first, second, other = make_contacts(sim, 3)
    new = sim.merge_contacts(first, second)
    outcomes = await bench.crm.update_contacts([change(second, jobtitle="CTO"), change(other, jobtitle="CTO")])
    assert kinds(outcomes) == {f"k-{second}": Moved, f"k-{other}": Done}
    assert isinstance(fault := outcomes[f"k-{second}"], Moved)
    assert new in fault.words
    assert "jobtitle" not in sim.contact(new)


async def test_hundred_notes_cost_one_call_and_stand_on_their_contacts(sim: Simulator, bench: Bench) -> None:
    owner = sim.create_owner("ann@example.com")
    ids = make_contacts(sim, 100)
    outcomes = await bench.crm.create_notes([note(each, owner_id=owner) for each in ids])
    assert kinds(outcomes) == {f"n-{each}": Done for each in ids}
    assert sim.counters.total_calls == 1
    (written,) = sim.notes_of(ids[5])
    assert written["hs_note_body"] == f"<p>n-{ids[5]}</p>"
    assert written["hubspot_owner_id"] == owner
    assert written["hs_timestamp"] == "2026-11-20T10:00:00.000Z"
    read = await bench.crm.read_activities(ActivityKind.NOTE, ids)
    assert read[ids[5]][0].id == getattr(outcomes[f"n-{ids[5]}"], "object_id", None)


async def test_task_is_due_when_it_was_promised(sim: Simulator, bench: Bench) -> None:
    owner = sim.create_owner("ann@example.com")
    (contact_id,) = make_contacts(sim, 1)
    draft = TaskDraft("t1", contact_id, OwnerId(owner), NOW + timedelta(hours=4), "Call Ida", "<p>Say hello</p>")
    outcomes = await bench.crm.create_tasks([draft])
    assert kinds(outcomes) == {"t1": Done}
    (task,) = sim.tasks_of(contact_id)
    wanted = {
        "hs_timestamp": "2026-11-20T14:00:00.000Z",
        "hs_task_subject": "Call Ida",
        "hs_task_status": "NOT_STARTED",
        "hs_task_priority": "HIGH",
        "hs_task_type": "TODO",
        "hubspot_owner_id": owner,
    }
    assert wanted.items() <= task.items()


async def test_note_without_an_owner_and_one_for_nobody(sim: Simulator, bench: Bench) -> None:
    (contact_id,) = make_contacts(sim, 1)
    outcomes = await bench.crm.create_notes([note(contact_id), note("999000999")])
    assert isinstance(outcomes[f"n-{contact_id}"], Done)
    assert isinstance(outcomes["n-999000999"], Gone)


async def test_note_is_written_without_characters_that_cannot_be_sent(sim: Simulator, bench: Bench) -> None:
    (contact_id,) = make_contacts(sim, 1)
    draft = NoteDraft("n", contact_id, None, NOW, "a\ud83db\0c")
    assert kinds(await bench.crm.create_notes([draft])) == {"n": Done}
    assert sim.notes_of(contact_id)[0]["hs_note_body"] == "a\ufffdb\ufffdc"


async def test_refused_batch_of_notes_is_halved_and_none_is_made_twice(sim: Simulator, bench: Bench) -> None:
    sim.faults.refuse_whole_batch = True
    ids = make_contacts(sim, 40)
    outcomes = await bench.crm.create_notes([*(note(each) for each in ids), note("999000999")])
    assert sum(isinstance(outcome, Done) for outcome in outcomes.values()) == 40
    assert isinstance(outcomes["n-999000999"], Gone)
    assert all(len(sim.notes_of(each)) == 1 for each in ids)


@pytest.mark.parametrize("version", PATHS)
async def test_every_version_writes_the_same(sim: Simulator, bench: Bench, version: str) -> None:
    bench.version = version
    good, gone = make_contacts(sim, 2)
    sim.delete_contact(gone)
    changed = await bench.crm.update_contacts([change(good, jobtitle="CTO"), change(gone, jobtitle="CTO")])
    noted = await bench.crm.create_notes([note(good), note(gone)])
    assert kinds(changed) == {f"k-{good}": Done, f"k-{gone}": Gone}
    assert kinds(noted) == {f"n-{good}": Done, f"n-{gone}": Gone}


async def test_answer_lost_after_a_write_leaves_the_outcome_unknown(sim: Simulator, bench: Bench) -> None:
    (contact_id,) = make_contacts(sim, 1)
    sim.faults.lose_answer_next = 2
    with pytest.raises(OutcomeUnknown) as updated:
        await bench.crm.update_contacts([change(contact_id, jobtitle="CTO")])
    with pytest.raises(OutcomeUnknown):
        await bench.crm.create_notes([note(contact_id)])
    assert updated.value.retry is Retry.ASK
    assert sim.contact(contact_id)["jobtitle"] == "CTO"
    assert len(sim.notes_of(contact_id)) == 1  # made, and not made again
    assert bench.breaker.records == [False, False]
    read = await bench.crm.read_activities(ActivityKind.NOTE, [contact_id])
    assert [each.body for each in read[contact_id]] == [f"<p>n-{contact_id}</p>"]


async def test_writes_are_never_tried_twice_and_reads_are(sim: Simulator, bench: Bench) -> None:
    (contact_id,) = make_contacts(sim, 1)
    sim.faults.fail_next = [503, 503]
    with pytest.raises(Outage):
        await bench.crm.update_contacts([change(contact_id, jobtitle="CTO")])
    assert sim.counters.total_calls == 1
    assert (await bench.crm.read_contacts([contact_id], ["email"])).found
    assert sim.counters.total_calls == 3
    assert bench.breaker.records == [False, False, True]
    assert len(bench.sleeps.seconds) == 1


async def test_outage_while_halving_stops_the_halving(sim: Simulator, bench: Bench) -> None:
    sim.faults.refuse_whole_batch = True
    ids = make_contacts(sim, 8)

    def go_down_at_the_third_call() -> None:
        sim.faults.down = len(bench.quota.taken) == 3

    bench.quota.on_take = go_down_at_the_third_call
    outcomes = await bench.crm.update_contacts(
        [change(each, lifecyclestage="nonsense" if each == ids[0] else "lead") for each in ids]
    )
    assert kinds(outcomes) == {f"k-{each}": Outage for each in ids}
    assert sim.counters.total_calls == 3


async def test_throttled_call_is_pushed_back_for_all(sim: Simulator, bench: Bench) -> None:
    (contact_id,) = make_contacts(sim, 1)
    sim.faults.fail_next = ["429:TEN_SECONDLY_ROLLING", "429:DAILY"]
    for wait in (timedelta(seconds=10), timedelta(hours=14)):
        with pytest.raises(Throttled) as caught:
            await bench.crm.update_contacts([change(contact_id, jobtitle="CTO")])
        assert caught.value.retry_after == wait
        assert bench.quota.pushed_back[-1][1] == wait
    assert bench.breaker.records == [True, True]


async def test_cancelled_call_leaves_the_client_usable(sim: Simulator, bench: Bench) -> None:
    (contact_id,) = make_contacts(sim, 1)
    crm = bench.crm
    call = asyncio.create_task(crm.read_contacts([contact_id], ["email"]))
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await crm.read_contacts([contact_id], ["email"])).found
