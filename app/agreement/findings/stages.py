"""Stage rules against the order of the stages: who meets a later one never stops at an earlier."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from app.agreement.findings.whole import Whole
from app.agreement.logic.formula import Formula, Literal, spelled_out
from app.agreement.logic.points import World
from app.agreement.logic.proof import Proof
from app.agreement.shape import StageRule
from app.records.stages import StageOrder
from app.rules.condition import StageTest
from app.rules.grammar import ConditionFault


def stage_rules(whole: Whole) -> Iterator[ConditionFault]:
    """Rules out of order, rules that ask for what they give, and stages that everybody passes by."""
    order, rules = StageOrder(whole.stages), whole.document.stages
    proof = Proof(World(whole.vocabulary, tuple(one.id for one in whole.document.personas), whole.stages))
    formulas = [spelled_out(rule.when, whole.document.definitions) for rule in rules]
    for at, (rule, formula) in enumerate(zip(rules, formulas, strict=True)):
        if proof.implies(formula, Literal(StageTest(rule.id), met=True)):
            message = f"reaching `{rule.id}` takes having reached it, so the rule moves nobody"
            yield ConditionFault(("stages", at, "when"), "stage_needs_itself", message, "Ask for an earlier stage")
    for (at, one), (_, other) in combinations(enumerate(zip(rules, formulas, strict=True)), 2):
        yield from _pair(at, one, other, order, proof)


def _pair(
    at: int, one: tuple[StageRule, Formula], other: tuple[StageRule, Formula], order: StageOrder, proof: Proof
) -> Iterator[ConditionFault]:
    """What is wrong with a rule and one that stands after it."""
    (rule, formula), (later, asked) = one, other
    if order.rank(later.id) < order.rank(rule.id):
        message = f"`{rule.id}` comes after `{later.id}` in a lead's life, but stands before it"
        yield ConditionFault(("stages", at, "id"), "stage_order", message, "List stages from the first to the last")
    elif rule.id != later.id and proof.implies(formula, asked):
        message = f"whoever meets this meets `{later.id}` too, so no lead stops at `{rule.id}`"
        yield ConditionFault(("stages", at, "when"), "stage_skipped", message, f"Ask for more at `{later.id}`")
