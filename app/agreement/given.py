"""The leads of examples: values as a CRM would hold them, signals, and what is expected to come of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import ValidationInfo, WithJsonSchema

from app.agreement.fields import checked, context, refusal, within
from app.agreement.model import ExampleSignal
from app.agreement.source import Scalar
from app.agreement.spelled import GIVEN_SIGNAL, GIVEN_VALUES, Schema
from app.records.span import Span
from app.rules.grammar import ConditionFault, nearest
from app.rules.operators import read_span
from app.rules.signals import SIGNAL_KINDS

_REFERENCES = {
    "stage": "stages",
    "route": "routes",
    "pool": "pools",
    "persona": "personas",
    "disqualified": "disqualify",
    "owner": "owners",
}
_TRUTHS = ("ready",)
_EITHER = ("disqualified",)


def _values(node: object) -> Mapping[str, str | None]:
    if not isinstance(node, Mapping):
        raise refusal("not_a_map", "these are no values", "Write them like `{jobtitle: VP Sales}`")
    faults = [
        ConditionFault((key,), "not_a_value", f"`{key}` holds no single value", "Write one text or number")
        for key, value in node.items()
        if not isinstance(value, str | int | float | bool | None)
    ]
    if faults:
        raise within(faults)
    return {str(key): _as_text(value) for key, value in node.items()}


def _as_text(value: Scalar) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def _signal(node: object) -> ExampleSignal:
    if not isinstance(node, Mapping) or len(node) != 2 or "ago" not in node:  # noqa: PLR2004  kind and ago
        raise refusal("not_a_signal", "this is no signal", "Write it like `{form: Demo request, ago: 1 h}`")
    (kind,) = set(node) - {"ago"}
    if kind not in SIGNAL_KINDS:
        fix = nearest(str(kind), SIGNAL_KINDS)
        raise within([ConditionFault((kind,), "unknown_signal", f"`{kind}` is no kind of signal", fix, at_key=True)])
    return ExampleSignal(kind, _as_text(node[kind]) or "", _ago(node["ago"]))


def _ago(node: object) -> Span:
    span = read_span(str(node))
    if span is None:
        fault = ConditionFault(("ago",), "bad_span", f"`{node}` is no length of time", "Write it like `1 h`")
        raise within([fault])
    return span


def _expected(node: object, info: ValidationInfo) -> Mapping[str, Scalar]:
    if not isinstance(node, Mapping) or not node:
        raise refusal("not_expected", "nothing is expected", "Write it like `{stage: lead, ready: false}`")
    faults = [fault for key, value in node.items() for fault in _wrong(str(key), value, info)]
    if faults:
        raise within(faults)
    return dict(node)


def _wrong(key: str, value: object, info: ValidationInfo) -> list[ConditionFault]:
    scores = [f"score.{name}" for name in context(info).names.scores]
    if key not in (*_REFERENCES, *_TRUTHS, *scores):
        fix = nearest(key, (*_REFERENCES, *_TRUTHS, *scores))
        return [ConditionFault((key,), "unknown_expectation", f"`{key}` cannot be expected", fix, at_key=True)]
    if key in scores and (isinstance(value, bool) or not isinstance(value, int | float)):
        return [ConditionFault((key,), "not_a_number", f"`{value}` is no score", "Write a number")]
    if key in _TRUTHS or (key in _EITHER and isinstance(value, bool)):
        fault = ConditionFault((key,), "not_true_or_false", f"`{value}` is no answer", "Write true or false")
        return [] if isinstance(value, bool) else [fault]
    return _wrong_reference(key, value, info) if key in _REFERENCES else []


def _wrong_reference(key: str, value: object, info: ValidationInfo) -> list[ConditionFault]:
    known = context(info).ids.get(_REFERENCES[key], ())
    if value is None or value in known:
        return []
    message = f"there is no {key} `{value}`" if key != "disqualified" else f"`{value}` disqualifies nobody"
    return [ConditionFault((key,), f"unknown_{key}", message, nearest(str(value), known))]


_EXPECTED: Schema = {
    "type": "object",
    "properties": {key: {"type": ["string", "null"]} for key in _REFERENCES if key not in _EITHER}
    | {key: {"type": ["string", "boolean", "null"]} for key in _EITHER}
    | {key: {"type": "boolean"} for key in _TRUTHS},
    "patternProperties": {r"^score\.": {"type": "number"}},
    "additionalProperties": False,
    "minProperties": 1,
}
GivenValues: TypeAlias = Annotated[Mapping[str, str | None], checked(_values), WithJsonSchema(GIVEN_VALUES)]
GivenSignal: TypeAlias = Annotated[ExampleSignal, checked(_signal), WithJsonSchema(GIVEN_SIGNAL)]
Expected: TypeAlias = Annotated[Mapping[str, Scalar], checked(_expected), WithJsonSchema(_EXPECTED)]
