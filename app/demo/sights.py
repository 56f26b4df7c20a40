"""What can be seen of a lead: what Baton decided and why, and what the rep finds in HubSpot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.demo.cast import Lead
from app.demo.plain import plain_lines
from app.demo.stage import TIME_ZONE, Stage
from app.engine.rulebook import Rulebook, rulebook_of
from app.handoff.decision import Kind
from app.handoff.explain import Explanation, explain
from app.handoff.properties import OWNER, STAGE
from app.handoff.state import Override
from app.rules import trace as traces
from app.rules.truth import Truth
from app.storage import agreements, contacts, decisions


@dataclass(frozen=True, slots=True)
class Task:
    """A task as its owner sees it."""

    subject: str
    due: str
    owner: str


@dataclass(frozen=True, slots=True)
class Record:
    """The contact as the rep sees it in HubSpot. `stage_writes` and `owner_writes` count what the API changed."""

    stage: str
    owner: str
    status: str
    tasks: tuple[Task, ...]
    notes: tuple[tuple[str, ...], ...]
    stage_writes: int
    owner_writes: int
    url: str

    @property
    def untouched(self) -> bool:
        """Whether Baton left no trace on it."""
        return not (self.tasks or self.notes or self.stage_writes or self.owner_writes or self.status)


@dataclass(frozen=True, slots=True)
class Sight:
    """A lead after its story. `kinds` are all decisions made about it in the current mode, oldest first."""

    lead: Lead
    kind: str
    because: str
    newest: str
    reasons: tuple[str, ...]
    kinds: tuple[str, ...]
    pool: str
    promise: str
    overrides: tuple[Override, ...]
    record: Record


class Eyes:
    """Sees leads. The rulebook is read once: the story has one version of the agreement."""

    def __init__(self, stage: Stage, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._stage = stage

    async def on(self, lead: Lead, *, shadow: bool = False) -> Sight:
        """The decision that the story is about, else the newest; and the record as it is now."""
        contact_id = self._stage.id_of(lead)
        portal_id = self._stage.baton.portal_id
        async with self._stage.baton.database.begin() as connection:
            made = [
                one for one in await decisions.of_contact(connection, portal_id, contact_id) if one.shadow is shadow
            ]
            known = await contacts.known(connection, portal_id, contact_id)
        told = next((one for one in made if one.kind == lead.becomes.value), made[0])
        explanation = explain(self.rulebook.agreement, told.inputs(), self.rulebook.vocabulary)
        opening = explanation.decision.opening
        return Sight(
            lead=lead,
            kind=told.kind,
            because=told.because,
            newest=made[0].because,
            reasons=tuple(main_reasons(explanation)),
            kinds=tuple(one.kind for one in reversed(made)),
            pool=opening.pool if opening else "",
            promise=opening.promise if opening else "",
            overrides=tuple(known.overrides.values()) if known else (),
            record=record_of(self._stage, contact_id),
        )


async def open_eyes(stage: Stage) -> Eyes:
    async with stage.baton.database.begin() as connection:
        version = await agreements.newest(connection, stage.baton.portal_id)
    if version is None:
        raise AssertionError("a started Baton has an agreement")
    return Eyes(stage, await rulebook_of(version))


def main_reasons(explanation: Explanation) -> list[str]:
    """What weighed: persona and scores, the rule that barred the lead, or what would have made it ready."""
    decision = explanation.decision
    barred = [one.trace for one in explanation.disqualifiers if one.trace and one.trace.truth is Truth.MET]
    if decision.kind is Kind.DISQUALIFIED:
        return [line for trace in barred for line in traces.render(trace)]
    lines = [f"Persona: {decision.persona or 'none fits'}", *_scores(explanation)]
    return [*lines, *(f"Nearest miss: {miss}" for miss in explanation.misses)]


def _scores(explanation: Explanation) -> list[str]:
    """`Fit 70: market 40, buyer 30`, and the same for interest with all its parts."""
    points: dict[str, dict[str, float]] = {"fit": {}, "interest": {}}
    for name, card in explanation.scored.items():
        points[name.partition(".")[0]] |= {row.id.replace("_", " "): row.points for row in card.rows if row.points}
    return [_score(name, explanation.decision.scores.get(name, 0), rows) for name, rows in points.items()]


def _score(name: str, total: float, rows: Mapping[str, float]) -> str:
    parts = ", ".join(f"{row} {points:g}" for row, points in rows.items())
    return f"{name.capitalize()} {total:g}{f': {parts}' if parts else ''}"


def record_of(stage: Stage, contact_id: str) -> Record:
    values, effects = stage.sim.contact(contact_id), stage.sim.counters.effects(contact_id)
    return Record(
        stage=stage_label(stage, values.get(STAGE, "")),
        owner=owner_name(stage, values.get(OWNER, "")),
        status=values.get("baton_handoff_status", ""),
        tasks=tuple(_task(stage, task) for task in stage.sim.tasks_of(contact_id)),
        notes=tuple(tuple(plain_lines(note["hs_note_body"])) for note in stage.sim.notes_of(contact_id)),
        stage_writes=effects["stage_writes"],
        owner_writes=effects["owner_writes"],
        url=f"{stage.hubspot_url}/contacts/{contact_id}",
    )


def _task(stage: Stage, task: dict[str, str]) -> Task:
    due = datetime.fromisoformat(task["hs_timestamp"]).astimezone(ZoneInfo(TIME_ZONE))
    owner = owner_name(stage, task.get("hubspot_owner_id", ""))
    return Task(task["hs_task_subject"], f"{due:%a %d %b %Y, %H:%M} New York time", owner)


def owner_name(stage: Stage, owner_id: str) -> str:
    owner = stage.sim.portal.owners.get(owner_id)
    return owner.name if owner else "nobody"


def stage_label(stage: Stage, value: str) -> str:
    return next((option.label or value for option in stage.sim.portal.stages if option.value == value), value or "none")
