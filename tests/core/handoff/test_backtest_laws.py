"""The definition of right: every contact decided at each of its instants, all in the order of time."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings

from app.agreement.model import Agreement, Route
from app.handoff.backtest.compare import Tally
from app.handoff.backtest.load import load_of
from app.handoff.backtest.replay import Replay, begin, go_on
from app.handoff.backtest.setting import Batch, Waiting, start
from app.handoff.backtest.tale import Outcome, Tale
from app.handoff.backtest.timeline import Subject
from app.handoff.backtest.trial import Trial, reads_of_both
from app.records.ids import ContactId, PoolId
from tests.core.handoff.parts import DAY, HOUR
from tests.core.handoff.pasts import (
    HOURLY,
    LOOSE,
    NARROW,
    NIGHT,
    PEOPLE,
    START,
    any_agreement,
    any_subject,
    asked_for_a_demo,
    bank,
    buyer,
    subject,
    terms,
    trial,
    trials,
    was,
)
from tests.core.handoff.plain_replay import plain
from tests.core.made import made

FEW = settings(max_examples=settings().max_examples // 8)
"""One example decides some contacts at all their instants, four times over."""
AT = START + 5 * DAY  # a Monday, 11:00 in New York


def replayed(by: Trial, batch: Batch, which: str, most: int) -> tuple[Replay, dict[ContactId, Tale]]:
    told = [(one.contact_id, getattr(one, which)) for one in batch.underway]
    waiting = {contact_id: one for contact_id, one in told if isinstance(one, Waiting)}
    replay = begin(by, waiting, batch.open_before)
    while not replay.is_over:
        go_on(by, replay, most)
    return replay, {contact_id: one if isinstance(one, Tale) else replay.done[contact_id] for contact_id, one in told}


def any_world(rng: Random) -> tuple[Agreement, Agreement, list[Subject], int]:
    subjects = [any_subject(rng, number) for number in range(rng.randint(1, 3))]
    return any_agreement(rng), any_agreement(rng), subjects, rng.choice((1, 3, 1000))


@FEW
@given(made(any_world))
def test_every_outcome_sentence_and_owner_is_that_of_the_plain_replay(
    world: tuple[Agreement, Agreement, list[Subject], int],
) -> None:
    before, after, subjects, most = world
    both = trials(before, after, handoffs_last=6 * HOUR)
    names = reads_of_both(before, after)
    batch = start(both, names, subjects)
    tally = batch.tally
    sides = [replayed(by, batch, which, most) for by, which in zip(both, ("before", "after"), strict=True)]
    for one in batch.underway:
        tally.compare(one.contact_id, *(tales[one.contact_id] for _, tales in sides))
    rights = [plain(by, names, subjects) for by in both]
    for (replay, tales), right in zip(sides, rights, strict=True):
        assert [(one.at, one.contact_id, one.seat.owner_id) for one in replay.handed] == right.owners
        assert tales == {walk.contact_id: walk.tale for walk in right.walks if walk.contact_id in tales}
    expected = Tally()
    for mine, theirs in zip(*(right.walks for right in rights), strict=True):
        expected.compare(mine.contact_id, mine.tale, theirs.tale)
    assert (tally.matrix(), tally.changed, tally.contacts) == (expected.matrix(), expected.changed, len(subjects))


@FEW
@given(made(lambda rng: [any_subject(rng, number) for number in range(2)]))
def test_an_agreement_changes_nobody_beside_itself(subjects: list[Subject]) -> None:
    both, names = trials(LOOSE, LOOSE), reads_of_both(LOOSE, LOOSE)
    batch = start(both, names, subjects)
    for one in batch.underway:
        assert one.before == one.after
    assert batch.tally.changed == 0


def test_tallies_of_parts_add_up_to_that_of_the_whole() -> None:
    rng = Random(5)  # noqa: S311  no secret
    subjects = [any_subject(rng, number) for number in range(20)]
    both, names = trials(terms(), LOOSE), reads_of_both(terms(), LOOSE)
    parts = Tally()
    for part in (subjects[:8], subjects[8:]):
        parts.add(start(both, names, part).tally)
    assert parts == start(both, names, subjects).tally


def compared(*subjects: Subject, after: Agreement = LOOSE) -> tuple[Tally, list[tuple[Outcome, Outcome, str, str]]]:
    both = trials(terms(), after)
    batch = start(both, reads_of_both(terms(), after), subjects)
    sides = [replayed(by, batch, which, 100)[1] for by, which in zip(both, ("before", "after"), strict=True)]
    found = [batch.tally.compare(one.contact_id, *(side[one.contact_id] for side in sides)) for one in batch.underway]
    changed = [one for one in (*batch.changed, *found) if one]
    return batch.tally, [(one.before, one.after, one.why_before, one.why_after) for one in changed]


def test_a_contact_that_changes_is_told_with_what_both_sides_said_at_the_handoff() -> None:
    small = subject(
        buyer(**asked_for_a_demo(AT), email=[was("a@acme.com", AT + 9 * DAY)]),
        bank(numberofemployees=[was("12", START - DAY)]),
    )
    tally, [(before, after, why_before, why_after)] = compared(small)
    assert [(one.before, one.after, one.contacts) for one in tally.matrix()] == [
        ("not ready", "handed over by demo", 1)
    ]
    assert (after.at, after.owner) == (AT, "eve@example.com")
    assert "Fit score would have to be at least 40; it is 30" in why_before
    assert why_after.startswith("Asked for a demo, so route demo: eve@example.com")
    assert before.name == "not ready"


def test_outcomes_have_names_that_an_admin_reads() -> None:
    rival = subject(buyer(**asked_for_a_demo(AT), email=[was("spy@rival.com", AT)]), bank(), contact_id="1")
    owned = subject(buyer(lifecyclestage=[was("opportunity", AT)]), contact_id="2")
    quiet = subject(buyer(), contact_id="3")
    tally, _ = compared(rival, owned, quiet, after=terms(disqualify=()))
    assert {(one.before, one.after) for one in tally.matrix()} == {
        ("disqualified: competitor", "handed over by demo"),
        ("left alone", "left alone"),
        ("no news", "no news"),
    }


def test_the_same_route_to_another_pool_is_a_change() -> None:
    moved = terms(routes=tuple(_to_inbound(route) for route in terms().routes))
    _, [(before, after, *_)] = compared(subject(buyer(**asked_for_a_demo(AT)), bank()), after=moved)
    assert (before.name, before.terms) == ("handed over by demo", ("enterprise", "fast"))
    assert (after.name, after.terms) == ("handed over by demo", ("inbound", "fast"))


def test_who_was_not_wholly_known_is_counted_once_and_by_property() -> None:
    tally = Tally()
    for names in (["contact.jobtitle", "contact.email"], [], ["contact.email"]):
        tally.note_unknown(names)
    told = tally.unknowns()
    assert (told.contacts, told.by_property) == (2, {"contact.email": 2, "contact.jobtitle": 1})


def test_the_load_counts_owners_hours_caps_and_promises() -> None:
    night = AT.replace(hour=3)  # 23:00 in New York
    subjects = [
        subject(buyer(**asked_for_a_demo(at)), bank(), contact_id=str(number))
        for number, at in enumerate((AT, AT + HOUR, night))
    ]
    by = trial(terms())
    batch = start((by, by), reads_of_both(by.agreement, by.agreement), subjects)
    replay, _ = replayed(by, batch, "before", 100)
    load = load_of(by, replay.handed, replay.seating.peaks)
    assert load.handoffs == 3
    assert {one.owner: one.handoffs for one in load.owners} == {"dan@example.com": 1, "eve@example.com": 2}
    assert sum(sum(one.by_hour) for one in load.owners) == 3
    assert sum(one.outside for one in load.owners) == 1
    assert [(one.promise, one.handoffs, one.outside) for one in load.promises] == [("fast", 3, 1)]
    assert max(one.peak_open for one in load.owners) == 2


def test_a_handoff_that_nobody_ends_frees_its_seat_when_its_time_is_over() -> None:
    capped = terms(routes=tuple(_to_inbound(route) for route in terms().routes))
    asked = [AT, AT + HOUR, AT + 2 * HOUR, AT + 4 * DAY]
    subjects = [
        subject(buyer(**asked_for_a_demo(at)), bank(), contact_id=str(number)) for number, at in enumerate(asked)
    ]
    by = trial(capped, owners=PEOPLE[:1], handoffs_last=DAY)
    batch = start((by, by), reads_of_both(capped, capped), subjects)
    replay, tales = replayed(by, batch, "before", 1000)
    assert [one.contact_id for one in replay.handed] == ["0", "1", "2", "3"]
    assert tales[ContactId("2")].opened is not None
    assert (tales[ContactId("2")].outcome.at or AT) >= AT + by.handoffs_last
    assert max(replay.seating.peaks.values()) == 2


def test_a_lead_that_waits_for_somebody_at_work_gets_them_as_they_open() -> None:
    night = AT.replace(hour=4, minute=10)  # 00:10 in New York
    subjects = [subject(buyer(**asked_for_a_demo(night)), bank(), contact_id=str(number)) for number in range(2)]
    by = trial(terms(pools=HOURLY, calendars={**terms().calendars, NIGHT.id: NIGHT}))
    names = reads_of_both(by.agreement, by.agreement)
    replay, tales = replayed(by, start((by, by), names, subjects), "before", 1000)
    opens_at = AT.replace(hour=13)  # 09:00
    assert [(one.at, one.seat.owner_id) for one in replay.handed] == [(opens_at, "eve"), (opens_at, "eve")]
    assert sum(one.outside for one in load_of(by, replay.handed, replay.seating.peaks).owners) == 0
    assert tales == {walk.contact_id: walk.tale for walk in plain(by, names, subjects).walks}


def test_a_lead_that_nobody_can_take_is_not_weighed_again_while_nothing_moves() -> None:
    subjects = [subject(buyer(**asked_for_a_demo(AT)), bank(), contact_id=str(number)) for number in range(2)]
    by = trial(terms(pools=NARROW), owners=PEOPLE[2:3], handoffs_last=DAY)
    names = reads_of_both(by.agreement, by.agreement)
    batch = start((by, by), names, subjects)
    told = {one.contact_id: one.before for one in batch.underway}
    replay = begin(by, {name: one for name, one in told.items() if isinstance(one, Waiting)}, [])
    go_on(by, replay, 20)
    assert list(replay.stuck) == ["1"]
    while not replay.is_over:
        go_on(by, replay, 1000)
    assert replay.done == {walk.contact_id: walk.tale for walk in plain(by, names, subjects).walks}


def _to_inbound(route: Route) -> Route:
    return replace(route, to=PoolId("inbound"))
