"""The pages about the rule language and its signals, made from the tables of the code and of its tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.agreement.source import read_source
from app.rules.condition import Condition
from app.rules.facts import Vocabulary
from app.rules.grammar import ConditionFault, Names
from app.rules.operators import OPERATORS, Operator, Reads, Takes
from app.rules.parse import parse_condition
from app.rules.signals import SIGNALS, SignalSource
from app.rules.truth import Truth, every, some
from app.rules.values import Kind
from app.rules.wording import describe
from tests.core.rules.operator_table import HUBSPOT, OPERATOR_TABLE, UNREADABLE, Counterpart, Row
from tests.house.tables import table

_NAMES = Names(
    definitions={"our_market"},
    personas={"economic_buyer", "technical_champion"},
    stages={"marketingqualifiedlead"},
    scores={"fit", "interest", "interest.urgency"},
)
_OPERANDS = {
    Reads.AS_VALUE: "as the property's type reads it",
    Reads.AS_BOOL: "`true` or `false`",
    Reads.AS_SPAN: "a length of time, like `7 days` or `2 h`",
    Reads.AS_INSTANT: "a date, or one that moves: `3 days ago`, `7 days from now`",
    Reads.AS_PERIOD: "`day`, `week`, `month`, `quarter` or `year`",
    Reads.AS_WORDS: "whole words, or options",
    Reads.AS_PATTERN: "an RE2 pattern of at most 512 characters",
}
_TAKES = {Takes.ONE: "one", Takes.TWO: "two, lowest first", Takes.MANY: "one or a list"}

LEAVES: tuple[tuple[str, str], ...] = (
    ("contact.jobtitle: {has_any: [chief, vp, head of]}", "a value of the contact"),
    ("contact.email_domain: {one_of: [rival.com]}", "what follows the @ of the e-mail address"),
    ("contact.free_mail: true", "whether that domain is a free-mail one"),
    ("contact.days_since_createdate: {above: 30}", "whole days since any date of the contact"),
    ("company.numberofemployees: {at_least: 50}", "a value of the contact's company; no data without one"),
    ("deal.amount: {at_least: 5000, below: 9000}", "one deal of the contact meets all of it; no data without a deal"),
    ("signal: {form: {contains: demo}, within: 7 days}", "something that the contact did"),
    ("signal: {email_click: any, at_least: 3 times, within: 1 month}", "how often"),
    ("signal: {visit: any, not_within: 30 days}", "it has happened, but not lately"),
    ("signal: {form: any, at_most: 0 times}", "never yet"),
    ("score.fit: {at_least: 40}", "the points of a score; `score.interest` is the sum of its parts"),
    ("persona: economic_buyer", "who the contact is; also a list of ids"),
    ("role: [decision_maker, budget_holder]", "the buying role of the contact's persona"),
    (
        "buying_group: {has: [decision_maker, champion], at_least: 2 people}",
        "who of the company is known: each role is played, and so many people have one; no data without a company",
    ),
    ("reaches: marketingqualifiedlead", "at that lifecycle stage, or past it"),
    ("handoff: accepted", "accepted or later: open, accepted, working, qualified. A state that ends means itself"),
    ("meets: our_market", "the definition of that name holds"),
)
"""Every kind of leaf by an example, and what it looks at."""

_INTRO = """\
# The rule language

A condition says something of a lead that is met, not met, or cannot be told because a value is not known. Conditions
stand in definitions, personas, score rows, disqualifiers, stages, routes, playbooks and under `ready`.

A name with a dot is a value: `contact.jobtitle`, `company.industry`, `deal.amount`, `score.fit`. A name without one
belongs to the language. Types are those of the portal's properties; every value is read in its property's type.

"""
_NODES = """\

## All, any, none

| written | met when |
| --- | --- |
| a list, or `all:` | every part is |
| `any:` | at least one part is |
| `none:` | no part is |

What is not known decides only where it must. In these tables the row is one part, the column the other.

"""
_TOP = """
`none` of a part is its opposite; no data stays no data. Where a rule is decided, no data counts as not met.

## If a value is missing

A comparison with a value that is missing, empty or cannot be read in its type gives no data, unless the leaf says
otherwise: `company.numberofemployees: {at_least: 50, if_missing: met}`, or `if_missing: not met`. `known` and
`unknown` ask just for that, and always have an answer.

"""
_OPERATORS = """
## Operators

Several operators in one leaf must all be met: `{at_least: 50, below: 500}`. A value alone means `equals`, a list means
`one_of`. Text is compared without regard to case; options of a list exactly as HubSpot stores them, and several that
are picked at once are written with `;`. Of several operands of `contains`, `starts_with` or `ends_with` one is enough,
and of `not_contains` none may be in. A date alone means the whole day, and days begin at midnight UTC.

"""
_TRUTHS = """
## What comes of each value

Judged on Friday 2026-11-20 at 15:00 UTC. A text and a choice can always be read.

"""
_HUBSPOT = """
## HubSpot's list operators

For each operator of HubSpot's lists, what says the same here.

"""
_REST = """
## Signals

A signal names one kind of thing that a contact did, and `any` or one comparison of its detail. `within` counts those of
a window only, `not_within` asks that there be none in one, `at_least` and `at_most` how many there are. The kinds and
where they come from: [signals](signals.md).

## Scores

A row gives its `points` when its `when` is met, or for `each` signal that its test counts, while that test is met. With
`half_life` each signal weighs half after that time; `at_most` is the most that one row gives, or takes where its points
are below zero. A score never passes its `cap`. Conditions in rows cannot ask for scores or stages.

Points that fade change no lead by themselves, so they are looked at with the next news. Only where fewer points could
meet a test (`below`, `at_most`, or under `none`), and where points are taken away, is the lead looked at daily.

## Personas

The first persona whose condition is met is the contact's. Its role is its buying role. Conditions of personas cannot
ask for personas, roles, buying groups, scores or stages, which all come after.

A buying group counts the contact in the role of its persona; without one, in the roles of its `hs_buying_role`.

## Definitions

A condition with a name, used by `meets`. A definition may use others, but none may lead back to itself.

## Free-mail domains

`contact.free_mail` goes by a kept list of some thousand domains, which the document can change:
`free_mail: {add: [example.net], remove: [company.example]}`.
"""
_SIGNALS = """\
# Signals

A signal is something that a lead did. HubSpot has no webhook for forms or page views, so each kind must come from
somewhere else, and something can be lost on the way.

"""
_SIGNALS_REST = """
Only the properties of signals that the agreement asks for are read. A rule may name a kind that has no source yet. It
is valid and never met; `baton agreement explain` shows it as not met.

The detail of a `form` signal is the name that HubSpot gives the submission, which for a HubSpot form is the page's
title and the form's name. `contains: demo` looks in that text, without regard to case.

HubSpot sends webhooks in no order and sometimes twice, and tries a refused one again up to ten times over 24 hours.
Baton counts each event once and reads the record, so neither order nor repetition matters. An event that never arrives
is not noticed yet: there is no sweep that looks for it.
"""


def language_page() -> str:
    """`docs/reference/rule-language.md`."""
    leaves = ((f"`{text}`", describe(_condition(text)), meaning) for text, meaning in LEAVES)
    operators = (_operator(one) for one in OPERATORS.values())
    truths = (cells for row in OPERATOR_TABLE for cells in [_truth(row)])
    return "".join(
        (
            _INTRO,
            "## What a condition can look at\n\n",
            table(("written", "read aloud", "what it looks at"), leaves),
            _NODES,
            _three_valued(),
            _TOP.rstrip("\n") + "\n",
            _OPERATORS,
            table(("operator", "types", "operands", "read", "in a sentence"), operators),
            _TRUTHS,
            table(("test", "type", "met by", "not met by", "missing", "unreadable"), truths),
            _HUBSPOT,
            table(("type", "HubSpot", "here", "note"), (_counterpart(row) for row in HUBSPOT)),
            _REST,
        )
    )


def signals_page() -> str:
    """`docs/reference/signals.md`."""
    rows = ((f"`{kind}`", _source(one), one.tier, one.lost) for kind, one in SIGNALS.items())
    columns = ("signal", "source", "HubSpot tier", "what can be lost")
    return _SIGNALS + table(columns, rows) + _SIGNALS_REST


def _condition(text: str) -> Condition:
    node = read_source(f"{{{text}}}").content
    faults: list[ConditionFault] = []
    condition = parse_condition(node, (), _NAMES, faults)
    assert not faults, (text, faults)
    return condition


def _three_valued() -> str:
    parts = []
    for name, joins in (("all", every), ("any", some)):
        rows = ((f"**{left}**", *(str(joins((left, right))) for right in Truth)) for left in Truth)
        parts.append(table((f"`{name}`", *(str(truth) for truth in Truth)), rows))
    return "\n".join(parts)


def _operator(operator: Operator) -> Iterable[str]:
    kinds = "every type" if len(operator.kinds) == len(Kind) else ", ".join(kind.value for kind in operator.kinds)
    example = next(row for row in OPERATOR_TABLE if row.operator == operator.name)
    said = describe(_condition(f"contact.a_value: {{{_test(example)}}}"), Vocabulary())
    return (f"`{operator.name}`", kinds, _TAKES[operator.takes], _OPERANDS[operator.reads], said)


def _test(row: Row) -> str:
    operand = row.operand
    if isinstance(operand, list):
        return f"{row.operator}: [{', '.join(str(one) for one in operand)}]"
    written = str(operand).lower() if isinstance(operand, bool) else str(operand)
    return f"{row.operator}: {_quoted(written)}"


def _quoted(text: str) -> str:
    """Text as YAML wants it inside braces."""
    return f'"{text}"' if set(text) & set("[]{},$^") else text


def _truth(row: Row) -> Iterator[str]:
    yield f"`{_test(row)}`"
    yield row.kind
    yield _values(row.met)
    yield _values(row.not_met)
    yield row.missing
    yield row.unreadable if row.kind in UNREADABLE else ""


def _values(values: Iterable[str]) -> str:
    return ", ".join(f"`{value.strip()}`" for value in values)


def _counterpart(row: Counterpart) -> Iterable[str]:
    return (row.kind, row.hubspot, f"`{row.ours}`" if row.ours else "none", row.note)


def _source(source: SignalSource) -> str:
    told = ", and ".join(" and ".join(f"`{name}`" for name in trail.properties) for trail in source.trails)
    return f"the contact properties {told}" if told else "none yet"
