"""Drafting a decision: what every course has in common, and the writes in their steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.handoff.decision import Decision, Kind, SetProperties, Step, Write
from app.handoff.properties import FIT, INTEREST, PERSONA, STAGE
from app.handoff.qualify import Qualification
from app.handoff.reconcile import reconcile, same
from app.handoff.stage import MoveBack
from app.handoff.state import Lead


@dataclass(frozen=True, slots=True)
class Aims:
    """What the record is to say.

    `wanted` goes through the three-way comparison. `forced` is written whatever was applied, unless it
    reads so already. The `seal` goes out with everything else, even where it reads so already: once it is
    known to be applied, all that was written with it is.
    """

    wanted: Mapping[str, str]
    forced: Mapping[str, str] = field(default_factory=dict)
    seal: Mapping[str, str] = field(default_factory=dict)


def draft(qualification: Qualification, kind: Kind, *sentences: str) -> Decision:
    """A decision that so far only says where the lead stands, and why."""
    return Decision(
        contact_id=qualification.lead.contact.id,
        at=qualification.now,
        kind=kind,
        because=" ".join(sentence for sentence in sentences if sentence),
        stage_seen=qualification.stage.seen,
        stage_wanted=qualification.stage.wanted,
        persona=None if qualification.persona is None else qualification.persona.id,
        scores=qualification.scores,
        look_again_at=qualification.look_again_at,
    )


def with_writes(
    decision: Decision,
    qualification: Qualification,
    aims: Aims,
    move: MoveBack,
    *,
    tell: tuple[Write, ...] = (),
) -> Decision:
    """The decision with the writes that bring the aims about and carry the move back on."""
    found = reconcile(aims.wanted, qualification.lead, decision.at)
    move = MoveBack() if STAGE in found.theirs else move  # what another hand holds is not moved either
    to_set, standing = _set(aims, found.write, move, qualification.lead)
    cleared = (SetProperties(Step.CLEAR, {STAGE: ""}),) if move.clear else ()
    written = (SetProperties(Step.SET, to_set),) if to_set else ()
    adopted = {**move.adopted, **found.adopted, **standing}
    return replace(
        decision,
        stage_wanted=decision.stage_wanted or move.to,
        adopted={name: value for name, value in adopted.items() if name not in to_set},
        new_overrides=(*found.found, *decision.new_overrides),
        stage_move=move.move,
        writes=(*cleared, *written, *tell),
    )


def _set(aims: Aims, write: Mapping[str, str], move: MoveBack, lead: Lead) -> tuple[dict[str, str], dict[str, str]]:
    """The properties to set in one write, and those of the forced and the seal that read so already."""
    seen = lead.contact.properties
    standing = {name: value for name, value in aims.forced.items() if same(name, seen.get(name), value)}
    to_set = {**write, **{name: value for name, value in aims.forced.items() if name not in standing}}
    if move.to is not None:
        to_set[STAGE] = move.to
    for name, value in aims.seal.items():
        (standing if not to_set and same(name, seen.get(name), value) else to_set)[name] = value
    return to_set, standing


def stage_properties(qualification: Qualification) -> dict[str, str]:
    """The stage aimed at; with a stage to be written go the scores and the persona that led to it."""
    stage = qualification.stage
    if stage.aim is None:
        return {}
    return {STAGE: stage.aim, **(weight_properties(qualification) if stage.wanted else {})}


def weight_properties(qualification: Qualification) -> dict[str, str]:
    persona, scores = qualification.persona, qualification.scores
    return {
        PERSONA: "" if persona is None else persona.id,
        FIT: in_digits(scores.get("fit", 0)),
        INTEREST: in_digits(scores.get("interest", 0)),
    }


def stage_sentence(qualification: Qualification) -> str:
    """What is to be said of the stage: that it rises, or that another hand holds it."""
    stage = qualification.stage
    if stage.wanted is not None:
        return f"Reaches {stage.wanted}."
    if stage.override is not None:
        return f"The stage stays at {stage.seen or 'none'}, as {stage.override.by} set it."
    return ""


def in_digits(points: float) -> str:
    """A number as people and CRMs write it: `70`, `12.5`."""
    return f"{points:.2f}".rstrip("0").rstrip(".")
