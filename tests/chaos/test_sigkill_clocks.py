"""A worker killed at any point leaves the clocks right: every breach as of its deadline, every step done once."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from app.engine.audit_pools import audit
from app.engine.probes import (
    AFTER_CLAIM,
    AFTER_COMMIT,
    AFTER_NOTICE_SETTLED,
    AFTER_NOTIFY,
    AFTER_READ,
    AFTER_SEND,
    AFTER_SETTLE,
    BEFORE_NOTIFY,
    BEFORE_SEND,
    BETWEEN_CLEAR_AND_SET,
    NOTICE_POINTS,
    POINTS,
)
from tests.chaos.field import EXAMPLE, Field, open_field
from tests.chaos.killing import Doom, Killing
from tests.notify.receiver import Receiver, receiving
from tests.world import PORTAL

SOAK = os.environ.get("BATON_SOAK") == "1"
BREACH = re.compile(r"-\d{8}T\d{6}Z")
"""When a breach was, in the key of what is told of it: each clock here is breached once."""
LEADS = 400 if SOAK else 20
ROUNDS = 3 if SOAK else 1
RANDOM_KILLS = 9 if SOAK else 2
DRAINS_WITHIN_S = 300.0 if SOAK else 90.0
MANAGER = "sam@example.com"

_Task: TypeAlias = tuple[str, str, str]
"""Whose it is, how it stands, and the first word of its subject."""

PROMISES = """promises:
  - id: fast
    hours_of: pool
    accept:
      within: 3 s
      steps: [{at: breach, do: notify manager}, {at: breach + 1 s, do: stop}]
  - id: standard
    hours_of: pool
    accept:
      within: 3 s
      steps:
        - {at: 50 %, do: notify owner}
        - {at: breach, do: notify manager}
        - {at: breach + 1 s, do: reassign}
        - {at: breach + 2 s, do: task}
"""
"""In seconds of the machine's own clock: who asks for a demo expires, any other lead is given on once.

`Field.add_leads` makes as many of either.
"""

# The third time that something is sent, it is a task, or what a step of a ladder asked for.
DOOMS = (
    Doom(BEFORE_SEND, nth=3),
    Doom(AFTER_SEND, nth=3),
    Doom(AFTER_CLAIM),
    Doom(BEFORE_NOTIFY),
    Doom(AFTER_READ),
    Doom(AFTER_NOTIFY),
    Doom(AFTER_COMMIT),
    Doom(AFTER_NOTICE_SETTLED),
    Doom(BEFORE_SEND),
    Doom(AFTER_SEND),
    Doom(AFTER_SETTLE),
    Doom(BETWEEN_CLEAR_AND_SET),
)


def hurried() -> str:
    """The example agreement with promises in seconds, and one other owner for a late lead of the pool inbound."""
    before, _, rest = EXAMPLE.partition("promises:\n")
    _, heading, after = rest.partition("# What becomes of a lead that Sales returns")
    whole = f"{before}{PROMISES}\n{heading}{after}"
    return whole.replace("    if_nobody: enterprise\n", "    if_nobody: enterprise\n    reassign_at_most: 1\n")


@dataclass(frozen=True, slots=True)
class Ground:
    """The field, and who hears of notices."""

    field: Field
    receiver: Receiver


@pytest.fixture
async def ground(database_url: str, tmp_path: Path) -> AsyncIterator[Ground]:
    async with AsyncExitStack() as stack:
        receiver = await stack.enter_async_context(receiving(tmp_path))
        opened = open_field(database_url, tmp_path, document=hurried(), receiver=receiver)
        yield Ground(await stack.enter_async_context(opened), receiver)


@pytest.mark.soak
@pytest.mark.xdist_group("chaos")
async def test_workers_killed_everywhere_keep_every_clock_right(ground: Ground) -> None:
    assert {doom.point for doom in DOOMS} == {*POINTS, *NOTICE_POINTS}, "a failpoint at which nobody is killed"
    field, killing = ground.field, Killing(ground.field, LEADS // (ROUNDS * len(DOOMS) + RANDOM_KILLS + 1))
    await killing.at_random()
    for doom in DOOMS * ROUNDS:
        await killing.at(doom)
    for _ in range(RANDOM_KILLS - 1):
        await killing.at_random()
    await killing.over(LEADS, within=DRAINS_WITHIN_S)
    assert {"clock", "notice", "properties"} <= set(killing.interrupted), "what no kill interrupted"
    handoffs = await _handoffs(field)
    assert sorted(handoffs) == sorted(field.contacts), "a lead with two handoffs, or none"
    await _assert_clocks(field)
    await _assert_ledgers(field)
    await _assert_told(ground, handoffs)
    await _assert_as_hubspot_sees_it(field, handoffs)


@dataclass(frozen=True, slots=True)
class _Handoff:
    """A handoff as Baton knows it at the end; `owners` and `emails` of its tenures, in their order."""

    id: str
    state: str
    owners: tuple[str, ...]
    emails: tuple[str, ...]

    @property
    def was_given_on(self) -> bool:
        return self.state == "open"

    @property
    def always_told(self) -> frozenset[str]:
        """The notices that there must be: the numbers are those of the tenure and of the step."""
        if not self.was_given_on:
            return frozenset({f"accept-1-1-{MANAGER}"})
        moved = (f"reassigned-2-{whom}" for whom in (*self.emails, MANAGER))
        return frozenset({f"accept-1-2-{MANAGER}", f"accept-2-2-{MANAGER}", f"accept-2-3-{MANAGER}", *moved})

    @property
    def sometimes_told(self) -> frozenset[str]:
        """The warnings: one that would come too late is not given."""
        warned = self.emails if self.was_given_on else ()
        return frozenset(f"accept-{number}-1-{whom}" for number, whom in enumerate(warned, start=1))


async def _handoffs(field: Field) -> dict[str, _Handoff]:
    """Each contact's handoff."""
    rows = await field.rows("""
        SELECT contact_id, CAST(handoff.id AS text) AS id, state, array_agg(tenure.owner_id ORDER BY number) AS owners,
               array_agg(owner_email ORDER BY number) AS emails
        FROM handoff JOIN tenure ON handoff_id = handoff.id GROUP BY handoff.id, contact_id, state
    """)
    handoffs = [
        (row["contact_id"], _Handoff(row["id"], row["state"], tuple(row["owners"]), tuple(row["emails"])))
        for row in rows
    ]
    assert Counter((one.state, len(set(one.owners))) for _, one in handoffs) == {
        ("open", 2): LEADS // 2,
        ("expired", 1): LEADS // 2,
    }
    return dict(handoffs)


async def _assert_clocks(field: Field) -> None:
    wrong = "breached_at IS DISTINCT FROM due_at OR rescinded_at IS NOT NULL OR due_at < started_at + interval '3 s'"
    assert await field.rows(f"SELECT * FROM clock WHERE {wrong}") == []
    assert await field.rows("SELECT * FROM clock WHERE pauses = '[]' AND due_at <> started_at + interval '3 s'") == []
    rows = await field.rows("SELECT tenure, stop, rungs FROM clock")
    ends = Counter((row["tenure"], row["stop"], tuple(sorted({2, 3} & {*row["rungs"]}))) for row in rows)
    half = LEADS // 2
    assert ends == {(1, "closed", (2,)): half, (1, "passed on", (2, 3)): half, (2, None, (2, 3)): half}


async def _assert_ledgers(field: Field) -> None:
    found = await audit(field.baton.database, field.baton.portal_id)
    assert {one.pool: one.faults for one in found} == {"enterprise": (), "inbound": ()}
    assert {one.pool: one.lines for one in found} == {"enterprise": LEADS // 2, "inbound": LEADS}
    pools = await field.rows("SELECT pool, credits FROM pool")
    assert {row["pool"]: sum(row["credits"].values()) for row in pools} == {"enterprise": 0, "inbound": 0}


async def _assert_told(ground: Ground, handoffs: Mapping[str, _Handoff]) -> None:
    rows = await ground.field.rows("SELECT key, CAST(handoff_id AS text) AS handoff_id FROM notice")
    told: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        told[row["handoff_id"]].add(BREACH.sub("", row["key"].removeprefix(f"{row['handoff_id']}-")))
    assert sum(map(len, told.values())) == len(rows), "a notice of one breach twice"
    for handoff in handoffs.values():
        assert told[handoff.id] - handoff.sometimes_told == handoff.always_told
    heard = {request.headers["idempotency-key"] for request in ground.receiver.requests}
    assert heard == {f"{PORTAL}:{row['key']}" for row in rows}, "a notice that nobody got"


async def _assert_as_hubspot_sees_it(field: Field, handoffs: Mapping[str, _Handoff]) -> None:
    effects = await field.ask("effects")
    for record in (await field.ask("contacts"))["results"]:
        handoff, done = handoffs[record["id"]], effects[record["id"]]
        stage = "marketingqualifiedlead" if handoff.was_given_on else "lead"
        stands = (stage, handoff.state, handoff.owners[-1])
        names = ("lifecyclestage", "baton_handoff_status", "hubspot_owner_id")
        assert tuple(record["properties"][name] for name in names) == stands
        # One that expires is raised once, cleared once and set back once.
        assert (done["stage_writes"], done["owner_writes"]) == ((1, 2) if handoff.was_given_on else (3, 1))
        assert done["notes"] == 1 or (done["notes"] == 0 and not handoff.was_given_on)
        tasks = (await field.ask(f"contacts/{record['id']}/activities/tasks"))["results"]
        _assert_tasks(handoff, Counter(map(_task, tasks)))


def _assert_tasks(handoff: _Handoff, tasks: Counter[_Task]) -> None:
    """Whoever has the lead has two open tasks; the one who had it may have got none before time was up."""
    first, last = handoff.owners[0], handoff.owners[-1]
    if handoff.was_given_on:
        former = (first, "COMPLETED", "The")
        assert tasks - Counter([former]) == Counter([(last, "NOT_STARTED", "First"), (last, "NOT_STARTED", "Overdue:")])
    else:
        assert tasks - Counter([(first, "COMPLETED", "Nobody")]) == Counter()


def _task(task: Mapping[str, Any]) -> _Task:
    return task["hubspot_owner_id"], task["hs_task_status"], task["hs_task_subject"].split()[0]
