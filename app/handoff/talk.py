"""What is wrong with talk tracks before any lead is seen: what would read as an error, or always as missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from jinja2 import TemplateError, nodes

from app.agreement.faults import Path
from app.agreement.model import Playbook
from app.handoff.template import ALLOWED, FILTERS, LONGEST_TEMPLATE, read_template
from app.rules.grammar import ConditionFault, nearest
from app.rules.names import OWN

RECORDS: Final = ("contact", "company")
NAMES: Final = (*RECORDS, "persona", "role")
"""What a talk track may name: two records, by their properties, and two words."""


def talk_faults(playbooks: Iterable[Playbook], properties: Collection[str] | None) -> Iterator[ConditionFault]:
    """What is wrong with each playbook's `say`, at its path.

    `properties` are the dotted names that the portal has; None when it is not known which.
    """
    for at, playbook in enumerate(playbooks):
        yield from _faults(playbook.say, ("playbooks", at, "say"), properties)


def _faults(text: str, path: Path, properties: Collection[str] | None) -> Iterator[ConditionFault]:
    if len(text) > LONGEST_TEMPLATE:
        message = f"the talk track has more than {LONGEST_TEMPLATE} characters"
        yield ConditionFault(path, "talk_too_long", message, "Shorten it")
        return
    try:
        tree = read_template(text)
    except (TemplateError, RecursionError, ValueError) as error:
        message = f"the talk track cannot be read: {str(error).rstrip('.') or 'it is nested too deep'}"
        yield ConditionFault(path, "talk_syntax", message, "Write placeholders like `{{ company.name }}`")
        return
    beyond = [fault for node in tree.find_all(nodes.Node) for fault in _construct(node, path)]
    yield from beyond
    if not beyond:  # a construct that is not allowed may make names of its own
        for name in dict.fromkeys(_named(tree)):
            yield from _name(name, path, properties)


def _construct(node: nodes.Node, path: Path) -> Iterator[ConditionFault]:
    if not isinstance(node, ALLOWED):
        what = type(node).__name__.lower()
        message = f"`{what}` is not allowed in a talk track"
        yield ConditionFault(path, "talk_construct", message, "Name values, and choose between texts with `if`")
    elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
        yield ConditionFault(path, "talk_filter", f"there is no filter `{node.name}` here", nearest(node.name, FILTERS))


def _named(node: nodes.Node) -> Iterator[str]:
    """Every value that is named: `contact.firstname`, `contact["firstname"]`, `persona`."""
    dotted = _dotted(node)
    if dotted is not None:
        yield dotted
        return
    for child in node.iter_child_nodes():
        yield from _named(child)


def _dotted(node: nodes.Node) -> str | None:
    """The name that a node stands for, as far as it is written out; None for anything else."""
    match node:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Getattr(node=inner, attr=attribute):
            return _below(inner, attribute)
        case nodes.Getitem(node=inner, arg=nodes.Const(value=str(key))):
            return _below(inner, key)
        case _:
            return None


def _below(node: nodes.Node, key: str) -> str | None:
    owner = _dotted(node)
    return None if owner is None else f"{owner}.{key}"


def _name(name: str, path: Path, properties: Collection[str] | None) -> Iterator[ConditionFault]:
    owner, _, key = name.partition(".")
    if owner not in NAMES or bool(key) != (owner in RECORDS) or "." in key:
        message = f"`{name}` is nothing that a talk track can name"
        fix = f"Write a property like `{owner}.name`" if name in RECORDS else nearest(owner, NAMES)
        yield ConditionFault(path, "talk_name", message, fix)
    elif key and properties is not None and name not in properties and not key.startswith(OWN):
        message = f"the portal has no property `{name}`"
        yield ConditionFault(path, "talk_name", message, nearest(name, properties))
