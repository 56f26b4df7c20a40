"""Why a decision came out as it did, computed from its stored inputs whenever somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.agreement.model import Agreement
from app.handoff.decision import Decision
from app.handoff.draft import in_digits
from app.handoff.qualify import Qualification, qualify
from app.handoff.readiness import misses
from app.handoff.route import route
from app.handoff.state import Inputs
from app.handoff.territory import territory_of
from app.handoff.weigh import Tried
from app.rules import trace as traces
from app.rules.facts import Vocabulary
from app.rules.score import Scored, ScoredRow
from app.rules.trace import Trace
from app.rules.truth import Truth

_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision with everything that was tried on the way to it, in the order it was tried.

    `misses` says what would have made the lead ready; it is empty for one that was.
    """

    decision: Decision
    personas: tuple[Tried, ...]
    scored: Mapping[str, Scored]
    disqualifiers: tuple[Tried, ...]
    stages: tuple[Tried, ...]
    ready: Trace
    routes: tuple[Tried, ...]
    territories: tuple[Tried, ...]
    misses: tuple[str, ...]


def explain(agreement: Agreement, inputs: Inputs, vocabulary: Vocabulary) -> Explanation:
    """Decide again from the same inputs, and keep what was tried."""
    qualification = qualify(agreement, inputs.lead, inputs.now, vocabulary)
    return explanation_of(qualification, route(qualification, inputs.roster, inputs.now))


def explanation_of(qualification: Qualification, decision: Decision) -> Explanation:
    unready = qualification.ready_trace.truth is not Truth.MET
    return Explanation(
        decision=decision,
        personas=qualification.personas,
        scored=qualification.scored,
        disqualifiers=qualification.disqualifiers,
        stages=qualification.stage.tried,
        ready=qualification.ready_trace,
        routes=qualification.routes,
        territories=_territories(qualification, decision),
        misses=misses(qualification.agreement, qualification.scope) if unready else (),
    )


def _territories(qualification: Qualification, decision: Decision) -> tuple[Tried, ...]:
    """The territories that were tried for the lead; none where its pool goes by turns and acquaintance alone."""
    line, agreement = decision.assignment, qualification.agreement
    pool = None if line is None else agreement.pools.get(line.pool)
    if pool is None or "territory" not in pool.prefer:
        return ()
    return territory_of(agreement, qualification.scope)[1]


def _headline(decision: Decision) -> str:
    kind = decision.kind.value
    said = decision.because.casefold().startswith(kind)
    return decision.because if said else f"{kind.capitalize()}: {decision.because}"


def render(explanation: Explanation) -> list[str]:
    """The explanation as lines of plain text: the one wording for console, command line, note and API."""
    decision = explanation.decision
    return [
        _headline(decision),
        *_section(f"Persona: {decision.persona or 'none fits'}", _tried(explanation.personas)),
        *_section("Disqualified?", _tried(explanation.disqualifiers)),
        *(line for name, scored in explanation.scored.items() for line in _score(name, scored)),
        *_section(_stage(decision), _tried(explanation.stages)),
        *_section("Ready?", traces.render(explanation.ready)),
        *_section("What would have made it ready", explanation.misses),
        *_section("Route", _tried(explanation.routes)),
        *_section("Territory", _tried(explanation.territories)),
        *_owner(decision),
    ]


def _section(title: str, lines: Iterable[str]) -> list[str]:
    """The title over its lines; nothing without lines."""
    below = [f"{_INDENT}{line}" for line in lines]
    return [title, *below] if below else []


def _tried(tried: Iterable[Tried]) -> list[str]:
    return [line for rule in tried for line in _rule(rule)]


def _rule(rule: Tried) -> list[str]:
    if rule.trace is None:
        return [f"{Truth.MET!s:<8} {rule.id} (takes all that is left)"]
    return [f"{rule.trace.truth!s:<8} {rule.id}", *traces.render(rule.trace, 1)]


def _score(name: str, scored: Scored) -> list[str]:
    capped = " (at its cap)" if scored.capped else ""
    title = f"Score {name}: {in_digits(scored.points)}{capped}"
    return [title, *(f"{_INDENT}{line}" for row in scored.rows for line in _row(row))]


def _row(row: ScoredRow) -> list[str]:
    capped = " (at its most)" if row.capped else ""
    return [
        f"{in_digits(row.points)} of {in_digits(row.possible)} {row.id}{capped}",
        *traces.render(row.trace, 1),
    ]


def _stage(decision: Decision) -> str:
    seen = decision.stage_seen or "none"
    return f"Stage: {seen}" if decision.stage_wanted is None else f"Stage: {seen}, to be {decision.stage_wanted}"


def _owner(decision: Decision) -> list[str]:
    """Who was chosen, who was passed over, and how the pool's credits stood."""
    line = decision.assignment
    if line is None:
        return []
    passed = [f"passed over {skipped.who}: {skipped.why}" for skipped in line.skipped]
    changed = [
        f"credit of owner {owner}: {line.credits_before.get(owner, 0)}, then {credit}"
        for owner, credit in sorted(line.credits_after.items())
        if line.charged
    ]
    charged = "" if line.charged else " (not charged to the rotation)"
    return _section("Owner", [f"{line.owner_email} {line.because}{charged}", *passed, *changed])
