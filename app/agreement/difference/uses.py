"""Which sections a change touches: a definition counts as every section that uses it, and so does a calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.agreement.difference.change import Place
from app.agreement.difference.content import named, same

_FREE_MAIL = "contact.free_mail"
_ACCOUNTS = "named_accounts"


@dataclass(frozen=True, slots=True)
class Uses:
    """The sections that use each definition (through others too), each calendar, and the free-mail list."""

    definitions: Mapping[str, frozenset[str]]
    calendars: Mapping[str, frozenset[str]]
    free_mail: frozenset[str]

    def touched_at(self, place: Place) -> frozenset[str]:
        """The section of the place, and those that use what stands there."""
        match place:
            case ("definitions", name, *_):
                return frozenset({place[0]}) | self.definitions.get(name, frozenset())
            case ("calendars", name, *_):
                return frozenset({place[0]}) | self.calendars.get(name, frozenset())
            case ("free_mail", *_):
                return frozenset({place[0]}) | self.free_mail
            case _:
                return frozenset(place[:1])


def uses_of(content: Mapping[str, object]) -> Uses:
    """What the sections of one document use."""
    definitions = as_names(content.get("definitions"))
    met = {section: _reached(_met(node), definitions) for section, node in content.items() if section != "definitions"}
    direct = {section for section, node in content.items() if _asks_for_free_mail(section, node)}
    tested = {name for name, node in definitions.items() if _names(node, _FREE_MAIL)}
    return Uses(
        definitions={name: frozenset(one for one, names in met.items() if name in names) for name in definitions},
        calendars={name: frozenset({"pools", "promises"}) for name in _calendars(content.get("pools"))},
        free_mail=frozenset(direct | {section for section, names in met.items() if names & tested}),
    )


def touched(old: Mapping[str, object], new: Mapping[str, object]) -> frozenset[str]:
    """All sections whose meaning may differ between two contents; those at least that are written differently."""
    uses = (uses_of(old), uses_of(new))
    places = (place for section in {*old, *new} for place in _changed(section, old.get(section), new.get(section)))
    return frozenset(section for place in places for use in uses for section in use.touched_at(place))


def as_names(node: object) -> Mapping[str, object]:
    """A map as it is, a list by the ids of its items, nothing for anything else."""
    if isinstance(node, list):
        return named(node)
    return node if isinstance(node, Mapping) else {}


def _changed(section: str, old: object, new: object) -> Iterator[Place]:
    """The section, and the items of it that differ."""
    if same(old, new):
        return
    yield (section,)
    before, after = as_names(old), as_names(new)
    for name in {*before, *after}:
        if not same(before.get(name), after.get(name)):
            yield (section, name)


def _reached(names: Iterator[str], definitions: Mapping[str, object]) -> frozenset[str]:
    """The definitions named, and those that they are made of."""
    reached: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(_met(definitions.get(name)))
    return frozenset(reached)


def _met(node: object) -> Iterator[str]:
    """The definitions that a part of a document names, as a condition or as the ideal customer."""
    for inside in _maps(node):
        yield from (name for key in ("meets", "ideal_customer") if isinstance(name := inside.get(key), str))


def _names(node: object, name: str) -> bool:
    """Whether a part of a document has a field of that name, however deep."""
    return any(name in inside for inside in _maps(node))


def _maps(node: object) -> Iterator[Mapping[str, object]]:
    """Every map within a part of a document, itself included."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _asks_for_free_mail(section: str, node: object) -> bool:
    """Whether a section's meaning hangs on the list itself; an account is never known by a domain that is on it."""
    return _names(node, _FREE_MAIL) or (section == _ACCOUNTS and bool(node))


def _calendars(pools: object) -> Iterator[str]:
    """The calendars that pools and their members keep to. Promises are laid on them, whosever hours they name."""
    yield from (calendar for inside in _maps(pools) if isinstance(calendar := inside.get("calendar"), str))
