"""The grammar of conditions in the keywords of JSON Schema, made from the tables that parsing reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from app.agreement.fields import NOT_YET_KNOWN
from app.agreement.spelled import ORDINARY_LENGTH, Schema, defined, follows
from app.records.roles import ROLES
from app.rules.leaves import HANDOFF_ENDS, HANDOFF_ROAD
from app.rules.moments import Period
from app.rules.operands import IF_MISSING
from app.rules.operators import OPERATORS, Operator, Reads, Takes
from app.rules.signals import SIGNAL_KINDS
from app.rules.values import Kind

_VALUE: Schema = {"type": ["string", "number", "boolean"], "minLength": 1}
_NAME: Schema = {"type": "string", "minLength": 1}
_RECORDS = ("contact", "company", "deal")
_OPERANDS: Mapping[Reads, Schema] = {
    Reads.AS_BOOL: {"type": "boolean"},
    Reads.AS_SPAN: ORDINARY_LENGTH,
    Reads.AS_PERIOD: {"enum": [period.value for period in Period]},
}
"""How an operand is spelled, where its operator says more than that it is one value."""

_JOINS = {
    "all": "Met when every one of these is.",
    "any": "Met when at least one of these is.",
    "none": "Met when not one of these is.",
}


def grammar() -> dict[str, Schema]:
    """The definitions that the shapes of the document refer to, by name."""
    numbers = [operator for operator in OPERATORS.values() if Kind.NUMBER in operator.kinds]
    texts = [operator for operator in OPERATORS.values() if Kind.STRING in operator.kinds]
    missing: Schema = {"enum": ["met", "not met"], "description": "What this says where there is no value."}
    return {
        **{place: _condition(place, without) for place, without in NOT_YET_KNOWN.items()},
        "Comparison": _comparison(OPERATORS.values(), {IF_MISSING: missing}),
        "NumberComparison": _comparison(numbers, {}),
        "TextComparison": _comparison(texts, {}) | {"maxProperties": 1},
        "Value": _VALUE,
        "Values": _VALUE | {"type": [*_VALUE["type"], "array"], "items": defined("Value"), "minItems": 1},
        "SignalCondition": _object({"signal": defined("Signal")}, required=["signal"]),
        "Signal": _signal(),
    }


def _condition(place: str, without: Iterable[str]) -> Schema:
    """One condition, or a list of them. Its own name is what stands in `all`, `any` and `none`."""
    joins = {name: {"description": says, **defined(place)} for name, says in _JOINS.items()}
    named = {name: leaf for name, leaf in _leaves().items() if name not in without}
    dotted = {rf"^{head}\.": leaf for head, leaf in _dotted().items() if head not in without}
    return {
        "description": "One condition, or a list of conditions that must all be met.",
        "type": ["object", "array"],
        "items": defined(place),
        "minItems": 1,
        "patternProperties": dotted,
        **_names({**joins, **named}),
        "minProperties": 1,
        "maxProperties": 1,
    }


def _leaves() -> dict[str, Schema]:
    return {
        "signal": {"description": "Something that the contact did.", **defined("Signal")},
        "persona": {"description": "The contact's persona is this one, or one of these.", **_one_of(_NAME)},
        "role": {
            "description": "The buying role of the contact's persona is this one, or one of these.",
            **_one_of({"enum": list(ROLES)}),
        },
        "buying_group": {
            "description": "The people of the contact's company who are known to have a buying role.",
            **_buying_group(),
        },
        "reaches": {"description": "The contact is at this lifecycle stage, or past it.", **_NAME},
        "handoff": {
            "description": f"The handoff's state. Each of {', '.join(HANDOFF_ROAD)} includes those after it.",
            "enum": [*HANDOFF_ROAD, *HANDOFF_ENDS],
        },
        "meets": {"description": "The definition of this name is met.", **_NAME},
    }


def _dotted() -> dict[str, Schema]:
    """The leaves whose name starts with what is looked at, by that start."""
    properties = {one: {"description": f"A property of the {one}.", **defined("Comparison")} for one in _RECORDS}
    score = {"description": "A score: fit, interest, or a part of interest.", **defined("NumberComparison")}
    return {**properties, "score": score}


def _comparison(operators: Iterable[Operator], more: Mapping[str, Schema]) -> Schema:
    """Operators with operands; a plain value means `equals`, a list `one_of`."""
    return {
        "description": "Comparisons that must all be met; or a value to equal, or a list of which one will do.",
        "type": ["object", "array", *_VALUE["type"]],
        "minLength": 1,
        "items": defined("Value"),
        "minItems": 1,
        **_names({operator.name: _operand(operator) for operator in operators} | dict(more)),
        "minProperties": 1,
    }


def _operand(operator: Operator) -> Schema:
    one = _OPERANDS.get(operator.reads, defined("Value"))
    described = {"description": f"The value has to {_in_words(operator)}."}
    match operator.takes:
        case Takes.ONE:
            return described | one
        case Takes.TWO:
            return described | {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
        case Takes.MANY:
            return described | defined("Values")
        case _:
            assert_never(operator.takes)


def _in_words(operator: Operator) -> str:
    wanted = ["true"] if operator.asks_presence else ["…"] * (2 if operator.takes is Takes.TWO else 1)
    return operator.in_words(wanted, would=True)


def _signal() -> Schema:
    kinds = {
        kind: {"description": f"{label}: `any`, or a comparison with its title.", **defined("TextComparison")}
        for kind, label in SIGNAL_KINDS.items()
    }
    limits = {
        "within": {"description": "It counts for this long.", **ORDINARY_LENGTH},
        "not_within": {"description": "It has happened, but not in this time.", **ORDINARY_LENGTH},
        "at_least": {"description": "How often it happened at least.", **_counted("times?", "2 times")},
        "at_most": {"description": "How often it happened at most.", **_counted("times?", "2 times", least=0)},
    }
    return _object({**kinds, **limits}) | {"oneOf": [{"required": [kind]} for kind in kinds]}


def _buying_group() -> Schema:
    return _object(
        {
            "has": {"description": "Roles that must all be played.", **_or_list({"enum": list(ROLES)})},
            "at_least": {"description": "How many people have a role.", **_counted("people|person", "2 people")},
        }
    ) | {"minProperties": 1}


def _counted(unit: str, example: str, *, least: int = 1) -> Schema:
    """A number, with its unit or without."""
    amount = f"0*[{least}-9][0-9]*"
    return follows(f"{amount}( *({unit}))?", example) | {"type": ["string", "integer"], "minimum": least}


def _one_of(one: Schema) -> Schema:
    """One, or several as a list or under `one_of`."""
    return {"anyOf": [*_or_list(one)["anyOf"], _object({"one_of": _or_list(one)}, required=["one_of"])]}


def _or_list(one: Schema) -> Schema:
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _object(properties: Mapping[str, Schema], *, required: Iterable[str] = ()) -> Schema:
    return {"type": "object", **_names(properties)} | ({"required": list(required)} if required else {})


def _names(properties: Mapping[str, Schema]) -> Schema:
    """These names and no others."""
    return {"properties": dict(properties), "additionalProperties": False}
