"""The alert rules and the dashboard name only metrics that there are, in expressions that can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.house.metrics import sample_labels
from tests.house.pages import ROOT, commands

ALERTS = ROOT / "ops" / "alerts.yaml"
DASHBOARD = ROOT / "ops" / "grafana" / "baton.json"
WORDS = frozenset({"sum", "max", "min", "by", "rate", "increase", "histogram_quantile", "and", "or"})
GIVEN = {"up": frozenset[str](), "process_resident_memory_bytes": frozenset[str]()}
"""What Prometheus itself and the client library tell."""
FROM_PROMETHEUS = frozenset({"job", "instance"})
"""Labels that Prometheus adds to every sample."""

_SELECTOR = re.compile(r"([a-z_]+)(?:\{([^{}]*)\})?(?:\[\d+[smh]\])?")
_MATCHER = re.compile(r'([a-z_]+)(?:=~|!~|!=|=)"[^"]*"')
_GROUPING = re.compile(r"\bby \(([^)]*)\)")


def rules() -> list[Mapping[str, Any]]:
    [group] = YAML(typ="safe").load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return list(group["rules"])


def panels() -> list[Mapping[str, Any]]:
    return list(json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"])


def expressions() -> Iterator[tuple[str, str]]:
    yield from ((one["alert"], one["expr"]) for one in rules())
    yield from ((one["title"], target["expr"]) for one in panels() for target in one["targets"])


def faults_of(expression: str) -> list[str]:
    """What is wrong with it, as far as a look without a parser tells."""
    known = {**sample_labels(), **GIVEN}
    rest = _GROUPING.sub("", expression)
    selected = [(name, matchers) for name, matchers in _SELECTOR.findall(rest) if name not in WORDS]
    unknown = [f"no metric {name}" for name, _ in selected if name not in known]
    labels = FROM_PROMETHEUS.union(*(known.get(name, ()) for name, _ in selected))
    grouped = {label.strip() for group in _GROUPING.findall(expression) for label in group.split(",")}
    ungrouped = [f"nothing has the label {one}" for one in sorted(grouped - labels)]
    matching = [fault for name, matchers in selected for fault in _matching(matchers, known.get(name, frozenset()))]
    return [*unknown, *ungrouped, *matching, *_left_over(_SELECTOR.sub("", rest)), *_brackets(rest)]


def _matching(matchers: str, labels: frozenset[str]) -> Iterator[str]:
    yield from (f"no label {one}" for one in _MATCHER.findall(matchers) if one not in labels | FROM_PROMETHEUS)
    if left := _MATCHER.sub("", matchers).strip(", "):
        yield f"no matcher: {left}"


def _left_over(text: str) -> list[str]:
    """What is neither a number, a comparison, a product nor a bracket."""
    left = re.sub(r"\d+(\.\d+)?|==|[<>*,()\s]", "", text)
    return [f"left over: {left}"] if left else []


def _brackets(expression: str) -> list[str]:
    depth = 0
    for sign in expression:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            break
    return [] if depth == 0 else ["brackets"]


@pytest.mark.parametrize(("title", "expression"), list(expressions()), ids=lambda one: one[:40])
def test_an_expression_can_be_read_and_names_what_there_is(title: str, expression: str) -> None:
    assert faults_of(expression) == [], title


@pytest.mark.parametrize(
    "wrong",
    [
        "max(baton_inbox_waiting) > 0",
        'max(baton_lanes{kind="parked"})',
        "max by (kind) (baton_lanes)",
        "max(baton_inbox_pending",
        "rate(baton_events_received[5m])",
        "max(baton_inbox_pending) % 2",
        "max(baton_lanes{state=parked})",
    ],
)
def test_a_wrong_expression_is_found(wrong: str) -> None:
    assert faults_of(wrong) != []


def test_every_metric_is_watched_by_a_rule_or_a_panel() -> None:
    seen = {name for _, expression in expressions() for name, _ in _SELECTOR.findall(expression)}
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in seen}
    told = {re.sub(r"_(bucket|sum|count)$", "", name) for name in sample_labels()}
    assert told - families - {"baton_build_info"} == set()


def test_every_rule_says_what_to_do_and_how_urgent_it_is() -> None:
    assert len({one["alert"] for one in rules()}) == len(rules())
    for one in rules():
        assert one["labels"]["severity"] in {"page", "ticket"}
        assert one["annotations"]["summary"]
        assert one["annotations"]["action"]


def test_every_command_that_a_rule_names_exists() -> None:
    known = {name for name, _ in commands()}
    said = re.findall(r"`baton ([a-z ]+?)(?: --[^`]*)?`", ALERTS.read_text(encoding="utf-8"))
    assert said
    assert [one for one in said if one not in known] == []


def test_panels_have_a_place_of_their_own() -> None:
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels()]
    assert len(set(places)) == len(places)
    assert len({one["id"] for one in panels()}) == len(places)
