"""What happens, one act a function, and what was seen of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.demo.cast import BURST, KIT, ROSA, UMA, Lead, crowd
from app.demo.show import Screen
from app.demo.sights import Eyes, Sight, owner_name
from app.demo.stage import Stage
from app.engine import mode, setup
from app.engine.mode import LivePlan
from app.engine.recheck import Rechecked, recheck
from app.handoff.properties import OWNER
from app.records.ids import ObjectType, PoolId
from app.storage import decisions, events

BY = "the demo's admin"
TIMES = 3
BOSS = "sam@example.com"
POOL = PoolId("inbound")
_READS = ("/read", "/search")


@dataclass(frozen=True, slots=True)
class Shadowed:
    """Shadow mode: a lead decided, and how often HubSpot was asked and written to."""

    sight: Sight
    reads: int
    writes: int


@dataclass(frozen=True, slots=True)
class WentLive:
    """`made`: the properties created; `plan`: what going live was to change; `again`: contacts decided anew."""

    made: tuple[str, ...]
    plan: LivePlan
    again: int
    sight: Sight


@dataclass(frozen=True, slots=True)
class Thrice:
    """The same events, posted over and over."""

    sight: Sight
    events: int
    posts: int


@dataclass(frozen=True, slots=True)
class Overridden:
    """Who had the lead by Baton's choice, and what Baton said when a person had given it to somebody else."""

    sight: Sight
    first_owner: str
    given_to: str
    said: str


@dataclass(frozen=True, slots=True)
class Portion:
    """What one owner got of the burst."""

    owner: str
    share: int
    leads: int
    fair: float


@dataclass(frozen=True, slots=True)
class Burst:
    """`strayed` is how far, at the worst moment, anybody was from their fair share, in leads."""

    handed_off: int
    notes: int
    tasks: int
    portions: tuple[Portion, ...]
    strayed: float
    calls: Mapping[str, int]
    seconds: float

    @property
    def calls_per_hundred(self) -> float:
        return sum(self.calls.values()) * 100 / BURST


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything together."""

    calls: int
    throttled: int
    posts: Mapping[int, int]
    lost: int
    events: Mapping[str, int]
    undecided: int
    parked: int
    rechecked: Rechecked


async def play_shadow(stage: Stage, eyes: Eyes) -> Shadowed:
    stage.enter(ROSA)
    await stage.settle()
    calls = stage.sim.counters.calls
    reads = sum(many for name, many in calls.items() if _is_read(name))
    return Shadowed(await eyes.on(ROSA, shadow=True), reads, calls.total() - reads)


def _is_read(name: str) -> bool:
    return name.startswith("GET ") or name.endswith(_READS)


async def go_live(stage: Stage, eyes: Eyes, screen: Screen) -> WentLive:
    """Create the properties, show what going live changes, go live."""
    baton, now = stage.baton, stage.clock.now()
    made = await setup.apply(baton.crm, baton.database, baton.portal_id, eyes.rulebook.agreement, by=BY, now=now)
    names = tuple(one.name for one in made.properties)
    plan = await mode.live_plan(baton.database, baton.portal_id, limit=10)
    screen.live_plan(names, plan)
    again = await mode.go_live(baton.database, baton.portal_id, BY, now=stage.clock.now())
    baton.worker.wake()
    await stage.settle()
    return WentLive(names, plan, again, await eyes.on(ROSA))


async def play_one(stage: Stage, eyes: Eyes, lead: Lead) -> Sight:
    stage.enter(lead)
    await stage.settle()
    return await eyes.on(lead)


async def play_thrice(stage: Stage, eyes: Eyes) -> Thrice:
    stage.enter(KIT)
    told, before = stage.sim.pending_events(), stage.posted.total()
    await stage.deliver_in_disorder(TIMES)
    posts = stage.posted.total() - before
    await stage.settle()
    return Thrice(await eyes.on(KIT), told, posts)


async def play_override(stage: Stage, eyes: Eyes) -> Overridden:
    """Baton hands over, a person gives the lead to the boss, and the lead comes back with another form."""
    first = await play_one(stage, eyes, UMA)
    boss = stage.owner_id(BOSS)
    stage.sim.edit_contact(stage.id_of(UMA), {OWNER: boss}, by=stage.user_of(BOSS))
    await stage.settle()
    said = (await eyes.on(UMA)).newest
    stage.sim.submit_form(stage.id_of(UMA), "Webinar: planning for next year")
    await stage.settle()
    return Overridden(await eyes.on(UMA), first.record.owner, owner_name(stage, boss), said)


async def play_burst(stage: Stage, eyes: Eyes, screen: Screen) -> Burst:
    before, started = stage.sim.counters.calls.copy(), time.monotonic()
    ids = [stage.enter(lead, source="IMPORT") for lead in crowd()]
    with screen.counting(f"{BURST} contacts are imported and submit a form", BURST) as show:
        await stage.settle(lambda: show(_told(stage, ids)))
    seconds = time.monotonic() - started
    calls = stage.sim.counters.calls - before
    owners = Counter(stage.sim.contact(one).get(OWNER, "") for one in ids)
    return Burst(
        handed_off=sum(stage.sim.contact(one).get("baton_handoff_status") == "open" for one in ids),
        notes=sum(len(stage.sim.notes_of(one)) for one in ids),
        tasks=sum(len(stage.sim.tasks_of(one)) for one in ids),
        portions=_portions(stage, eyes, owners),
        strayed=await _strayed(stage, eyes),
        calls=calls,
        seconds=seconds,
    )


def _told(stage: Stage, ids: list[str]) -> int:
    return sum(stage.sim.counters.effects(one)["owner_writes"] for one in ids)


def _portions(stage: Stage, eyes: Eyes, owners: Counter[str]) -> tuple[Portion, ...]:
    members = eyes.rulebook.agreement.pools[POOL].members
    whole = sum(member.share for member in members)
    return tuple(
        Portion(
            owner_name(stage, stage.owner_id(member.owner)),
            member.share,
            owners[stage.owner_id(member.owner)],
            BURST * member.share / whole,
        )
        for member in members
    )


async def _strayed(stage: Stage, eyes: Eyes) -> float:
    """From the ledger: a credit is how much an owner is owed, in parts of a lead."""
    whole = sum(member.share for member in eyes.rulebook.agreement.pools[POOL].members)
    async with stage.baton.database.begin() as connection:
        made = await decisions.newest(connection, stage.baton.portal_id, limit=BURST)
    owed = [credit for one in made for credit in _credits(one.stored_decision.get("assignment"))]
    return max((abs(credit) for credit in owed), default=0) / whole


def _credits(assignment: object) -> list[int]:
    if not isinstance(assignment, dict) or assignment["pool"] != POOL:
        return []
    return list(assignment["credits_after"].values())


async def add_up(stage: Stage) -> Totals:
    async with stage.baton.database.begin() as connection:
        counted = await events.counts(connection)
        undecided = (await events.counts(connection, about=ObjectType.CONTACT)).get("pending", 0)
    parked = sum(lane.parked for lane in await stage.lanes())
    again = await recheck(stage.baton.database, stage.baton.portal_id)
    calls, throttled = stage.sim.counters.total_calls, stage.sim.counters.throttled
    return Totals(calls, throttled, dict(stage.posted), stage.lost, counted, undecided, parked, again)
