"""The rules of an agreement, each as what follows and when: personas, score rows, stages, routes, ..."""

from __future__ import annotations

from app.agreement.model import Agreement, Disqualifier, Persona, Playbook, Route, StageRule, Territory
from app.agreement.prose.rule import Rule, as_sentence
from app.agreement.prose.words import counted, listed, often
from app.rules.condition import Condition
from app.rules.facts import Vocabulary
from app.rules.score import ScoreCard, ScoreRow
from app.rules.wording import describe, spoken


def definition_rule(name: str, when: Condition) -> Rule:
    return Rule(spoken(name), "met", when)


def persona_rule(persona: Persona) -> Rule:
    return Rule(persona.id, f"{spoken(persona.role).lower()},", persona.when)


def row_rule(row: ScoreRow, vocabulary: Vocabulary) -> Rule:
    worth = counted(row.points, "point") if row.points >= 0 else f"{counted(-row.points, 'point')} less"
    if row.each is None:
        return Rule(row.id, worth, row.when)
    fades = "" if row.half_life is None else f"; each counts half as much after {often(row.half_life)}"
    most = "" if row.cap is None else f"; at most {counted(row.cap, 'point')} in all"
    return Rule(row.id, f"{worth} for each {describe(row.each, vocabulary)}{fades}{most}")


def disqualifier_rule(disqualifier: Disqualifier) -> Rule:
    return Rule(disqualifier.id, f"{disqualifier.because},", disqualifier.when)


def stage_rule(stage: StageRule) -> Rule:
    return Rule(stage.id, "reached", stage.when)


def route_rule(route: Route) -> Rule:
    """The last route, which has no condition, takes every lead that is left."""
    where = f"goes to the pool {route.to} by the promise {route.promise}"
    return Rule(route.id, f"{route.because}; {where}{_left_over(route.when)}", route.when)


def territory_rule(territory: Territory) -> Rule:
    owners = listed(territory.owners)
    whom = owners if len(territory.owners) == 1 else f"the first of {owners} who can take it"
    return Rule(territory.id, f"{territory.because}; goes to {whom}{_left_over(territory.when)}", territory.when)


def playbook_rule(playbook: Playbook) -> Rule:
    shows = f", and show {listed(playbook.show)}" if playbook.show else ""
    return Rule(playbook.id, f"say “{playbook.say}”{shows},{_left_over(playbook.when)}", playbook.when)


def _left_over(when: Condition | None) -> str:
    """What stands in place of a condition where there is none."""
    return " for every lead that is left" if when is None else ""


def cards(agreement: Agreement) -> dict[str, ScoreCard]:
    """The score cards by the names that the document gives them: `fit`, `interest.urgency`."""
    interest = {f"interest.{name}": card for name, card in agreement.interest.items()}
    return {"fit": agreement.fit, **interest}


def rule_sentences(agreement: Agreement, vocabulary: Vocabulary) -> dict[tuple[str, ...], str]:
    """Each rule in one sentence, by its place in the document: `("routes", "demo")`."""
    rules: dict[tuple[str, ...], Rule] = {
        **{("definitions", name): definition_rule(name, when) for name, when in agreement.definitions.items()},
        **{("personas", one.id): persona_rule(one) for one in agreement.personas},
        **{("disqualify", one.id): disqualifier_rule(one) for one in agreement.disqualify},
        **{("stages", one.id): stage_rule(one) for one in agreement.stages},
        **{("routes", one.id): route_rule(one) for one in agreement.routes},
        **{("territories", one.id): territory_rule(one) for one in agreement.territories},
        **{("playbooks", one.id): playbook_rule(one) for one in agreement.playbooks},
    }
    for name, card in cards(agreement).items():
        rules |= {("score", name, "rows", row.id): row_rule(row, vocabulary) for row in card.rows}
    return {place: as_sentence(rule, vocabulary) for place, rule in rules.items()}


def conditions(agreement: Agreement) -> dict[tuple[str, ...], Condition]:
    """Each condition by its place in the document: `("routes", "demo", "when")`, `("definitions", "our_market")`."""
    rows = {("score", name, "rows", row.id): row for name, card in cards(agreement).items() for row in card.rows}
    written: dict[tuple[str, ...], Condition | None] = {
        **{("definitions", name): when for name, when in agreement.definitions.items()},
        **{("personas", one.id, "when"): one.when for one in agreement.personas},
        **{(*place, "when"): row.when for place, row in rows.items()},
        **{(*place, "each"): row.each for place, row in rows.items()},
        **{("disqualify", one.id, "when"): one.when for one in agreement.disqualify},
        **{("stages", one.id, "when"): one.when for one in agreement.stages},
        ("ready", "when"): agreement.ready.when,
        **{("routes", one.id, "when"): one.when for one in agreement.routes},
        **{("territories", one.id, "when"): one.when for one in agreement.territories},
        **{("playbooks", one.id, "when"): one.when for one in agreement.playbooks},
    }
    return {place: condition for place, condition in written.items() if condition is not None}
