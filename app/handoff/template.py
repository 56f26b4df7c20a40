"""Talk tracks: Jinja2 in a sandbox, cut down to naming values and choosing between texts.

What a lead typed is a value and never a template. Nothing here raises: what cannot be rendered reads
`[template error: ...]`, what is not known `[missing: Industry]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from jinja2 import Template, TemplateError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.records.crm import Properties

LONGEST_TEMPLATE: Final = 4_000
LONGEST_TEXT: Final = 8_000
_LONGEST_VALUE = 1_000
FILTERS: Final = frozenset({"upper", "lower", "title", "capitalize", "trim", "default", "d"})
ALLOWED: Final[tuple[type[nodes.Node], ...]] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Const,
    nodes.Filter,
    nodes.Keyword,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)


@dataclass(frozen=True, slots=True)
class Known:
    """A record that a template may name values of; one without a value reads as missing, by its label."""

    values: Properties
    label: Callable[[str], str]

    def __getitem__(self, name: str) -> str:
        value = (self.values.get(name) or "").strip()
        if not value:
            raise KeyError(name)
        return value[:_LONGEST_VALUE]


class _Missing(Undefined):
    """A value that is not known."""

    __slots__ = ()

    def __str__(self) -> str:
        name = str(self._undefined_name)
        known = self._undefined_obj
        return f"[missing: {known.label(name) if isinstance(known, Known) else name}]"


class _Environment(ImmutableSandboxedEnvironment):
    """Templates see the values of records, never the attributes of the objects that carry them."""

    def getattr(self, obj: object, attribute: str) -> object:
        return self.getitem(obj, attribute)

    def getitem(self, obj: object, argument: object) -> object:
        if isinstance(obj, Known) and isinstance(argument, str):
            try:
                return obj[argument]
            except KeyError:
                return self.undefined(obj=obj, name=argument)
        return self.undefined(obj=None, name=str(argument))


# The text is plain: whoever shows it escapes it, once, where it becomes HTML.
_ENVIRONMENT = _Environment(undefined=_Missing, autoescape=False)


def render_text(text: str, context: Mapping[str, object]) -> str:
    """The template with its values filled in: plain text, cut at LONGEST_TEXT. Never raises."""
    try:
        return _compiled(text).render(context)[:LONGEST_TEXT].strip()
    except (
        TemplateError,
        ArithmeticError,
        LookupError,
        RecursionError,
        SyntaxError,
        TypeError,
        ValueError,
    ) as error:
        return f"[template error: {str(error) or type(error).__name__}]"


def read_template(text: str) -> nodes.Template:
    """The template as a tree, whatever it does. Raises TemplateError, and ValueError for one that is too long."""
    if len(text) > LONGEST_TEMPLATE:
        raise ValueError(f"longer than {LONGEST_TEMPLATE} characters")
    return _ENVIRONMENT.parse(text)


@lru_cache(maxsize=256)
def _compiled(text: str) -> Template:
    for node in read_template(text).find_all(nodes.Node):
        _check(node)
    return _ENVIRONMENT.from_string(text)


def _check(node: nodes.Node) -> None:
    """Raises ValueError for anything but naming values, choosing between texts and a few filters."""
    if not isinstance(node, ALLOWED):
        raise ValueError(  # noqa: TRY004  a fault of the text, not of a type
            f"`{type(node).__name__.lower()}` is not allowed in a talk track"
        )
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        raise ValueError(f"the filter `{node.name}` is not allowed; use one of {', '.join(sorted(FILTERS))}")
