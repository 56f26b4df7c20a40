"""Checks that look across the document. They read plain content, whatever else is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.agreement.faults import Path
from app.records.stages import HUBSPOT_DEFAULT_STAGES
from app.rules.grammar import ConditionFault

MOST_TESTS, MOST_DEEP = 1_000, 8
"""How much a definition may hold with those that it names spelled out: every lead is held against all of it."""
MOST_IN_ALL = 20_000
"""How much all that the sections name may come to, spelled out wherever it is named."""

_LISTED = ("calendars", "personas", "disqualify", "stages", "routes", "territories", "pools", "promises", "playbooks")

_NAMED_BY = (("recycle", "reason"), ("examples", "name"), ("named_accounts", "company"), ("named_accounts", "domain"))
"""Sections whose items are told apart by another field than `id`."""


def ids(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """The ids that each section defines, in order; what is no id is left out."""
    found = {section: [id_ for _, id_ in _ids(content, section)] for section in _LISTED}
    found["definitions"] = list(_mapping(content.get("definitions")))
    found["score"] = list(_mapping(content.get("score")))
    found["stages"] = [*found["stages"], *HUBSPOT_DEFAULT_STAGES]
    found["owners"] = list(_owners(content))
    return found


def across(content: Mapping[str, Any]) -> Iterator[ConditionFault]:
    """Whatever only shows when parts are seen together."""
    yield from _duplicates(content)
    yield from _unreachable(content, "routes")
    yield from _unreachable(content, "territories")
    yield from _unreachable(content, "playbooks")
    yield from _left_over(content)
    circles = tuple(_circles(_definition_links(content), "definition_circle", "definition"))
    yield from circles or tuple(_too_involved(content)) or _too_often(content)
    yield from _circles(_fallback_links(content), "fallback_circle", "pool")


def _duplicates(content: Mapping[str, Any]) -> Iterator[ConditionFault]:
    for section, field in (*((section, "id") for section in _LISTED), *_NAMED_BY):
        yield from _repeated(((section,), content.get(section)), field)
    for name, card in _mapping(content.get("score")).items():
        yield from _repeated((("score", name, "rows"), _mapping(card).get("rows")), "id")


def _repeated(where: tuple[Path, Any], field: str) -> Iterator[ConditionFault]:
    path, items = where
    seen = set()
    for at, item in enumerate(_list(items)):
        value = _mapping(item).get(field)
        if isinstance(value, str) and value in seen:
            message = f"the {field} `{value}` is used twice"
            yield ConditionFault((*path, at, field), "duplicate_id", message, "Give one of them another")
        seen.add(value if isinstance(value, str) else None)


def _unreachable(content: Mapping[str, Any], section: str) -> Iterator[ConditionFault]:
    """First match: nothing after an item that catches all is ever reached."""
    for at, item in enumerate(_list(content.get(section))[:-1]):
        if _mapping(item) and item.get("when") is None:
            message = f"no lead gets past this one, so the {section} after it are never used"
            yield ConditionFault((section, at), "catches_all_early", message, "Give it a `when`, or move it last")


def _left_over(content: Mapping[str, Any]) -> Iterator[ConditionFault]:
    """Every ready lead needs a route, so the last one catches all."""
    routes = _list(content.get("routes"))
    if routes and _mapping(routes[-1]).get("when") is not None:
        message = "the last of the routes has a condition, but every ready lead needs a route"
        path: Path = ("routes", len(routes) - 1, "when")
        yield ConditionFault(path, "no_catch_all", message, "Add a last one without `when`", at_key=True)


def _circles(links: Mapping[str, tuple[Path, Sequence[str]]], code: str, what: str) -> Iterator[ConditionFault]:
    told: set[str] = set()
    for name, (path, _) in links.items():
        circle = () if name in told else _circle_from(name, links)
        if circle and not told & set(circle):
            told |= set(circle)
            way = " -> ".join(f"`{one}`" for one in (*circle, name))
            yield ConditionFault(path, code, f"the {what} leads back to itself: {way}", "Break the circle")


def _circle_from(start: str, links: Mapping[str, tuple[Path, Sequence[str]]]) -> tuple[str, ...]:
    """The way from a name back to it; empty if there is none. Each name is visited once."""
    before: dict[str, str | None] = {start: None}
    waiting = [start]
    while waiting:
        last = waiting.pop()
        for name in links.get(last, ((), ()))[1]:
            if name == start:
                return _way_to(last, before)
            if name not in before:
                before[name] = last
                waiting.append(name)
    return ()


def _way_to(last: str, before: Mapping[str, str | None]) -> tuple[str, ...]:
    """The names that lead to the last, from the first on."""
    way: list[str] = []
    name: str | None = last
    while name is not None:
        way.append(name)
        name = before[name]
    return tuple(reversed(way))


def _definition_links(content: Mapping[str, Any]) -> dict[str, tuple[Path, Sequence[str]]]:
    definitions = _mapping(content.get("definitions"))
    return {name: (("definitions", name), tuple(_met(node))) for name, node in definitions.items()}


def _met(node: object) -> Iterator[str]:
    """The definitions that a condition names."""
    for key, value in _mapping(node).items():
        if key == "meets" and isinstance(value, str):
            yield value
        yield from _met(value)
    for value in _list(node):
        yield from _met(value)


def _too_involved(content: Mapping[str, Any]) -> Iterator[ConditionFault]:
    """Definitions within definitions can say in a few lines what takes for ever to look at."""
    links = _definition_links(content)
    sizes = {name: _tests(node) for name, node in _mapping(content.get("definitions")).items()}
    for name, (path, _) in links.items():
        if _is_too_involved(name, links, sizes):
            message = f"spelled out, `{name}` has more than {MOST_TESTS} tests or {MOST_DEEP} levels of definitions"
            yield ConditionFault(path, "too_involved", message, "Name fewer definitions in it")


def _is_too_involved(name: str, links: Mapping[str, tuple[Path, Sequence[str]]], sizes: Mapping[str, int]) -> bool:
    waiting, tests = [(name, 1)], 0
    while waiting:
        one, depth = waiting.pop()
        tests += sizes.get(one, 0)
        if tests > MOST_TESTS or depth > MOST_DEEP:
            return True
        waiting.extend((inner, depth + 1) for inner in links.get(one, ((), ()))[1])
    return False


def _too_often(content: Mapping[str, Any]) -> Iterator[ConditionFault]:
    """Definitions that are small enough, named so often that it comes to the same."""
    links, definitions = _definition_links(content), _mapping(content.get("definitions"))
    sizes = {name: _tests(node) for name, node in definitions.items()}
    uses = Counter(name for section, node in content.items() if section != "definitions" for name in _met(node))
    if sum(times * _spelled_out(name, links, sizes) for name, times in uses.items()) > MOST_IN_ALL:
        message = f"spelled out wherever they are named, the definitions come to more than {MOST_IN_ALL:,} tests"
        yield ConditionFault(("definitions",), "too_involved", message, "Name them less often, or make them smaller")


def _spelled_out(name: str, links: Mapping[str, tuple[Path, Sequence[str]]], sizes: Mapping[str, int]) -> int:
    """The tests of a definition with those of all that it names; none of them may be too involved."""
    inner = links.get(name, ((), ()))[1]
    return sizes.get(name, 0) + sum(_spelled_out(one, links, sizes) for one in inner)


def _tests(node: object) -> int:
    """About how many tests a condition has: the maps in it."""
    below = (*_mapping(node).values(), *_list(node))
    return isinstance(node, Mapping) + sum(_tests(one) for one in below)


def _fallback_links(content: Mapping[str, Any]) -> dict[str, tuple[Path, Sequence[str]]]:
    pools = _list(content.get("pools"))
    return {
        id_: (("pools", at, "if_nobody"), [to] if isinstance(to := pools[at].get("if_nobody"), str) else [])
        for at, id_ in _ids(content, "pools")
    }


def _ids(content: Mapping[str, Any], section: str) -> Iterator[tuple[int, str]]:
    for at, item in enumerate(_list(content.get(section))):
        id_ = _mapping(item).get("id")
        if isinstance(id_, str):
            yield at, id_


def _owners(content: Mapping[str, Any]) -> Iterator[str]:
    for pool in _list(content.get("pools")):
        members = [_mapping(member).get("owner") for member in _list(_mapping(pool).get("members"))]
        for owner in (*members, _mapping(_mapping(pool).get("if_nobody")).get("owner")):
            if isinstance(owner, str):
                yield owner
    for territory in _list(content.get("territories")):
        yield from (owner for owner in _list(_mapping(territory).get("owners")) if isinstance(owner, str))
    accounts = (_mapping(account).get("owner") for account in _list(content.get("named_accounts")))
    yield from (owner for owner in accounts if isinstance(owner, str))


def _mapping(node: object) -> Mapping[str, Any]:
    return node if isinstance(node, Mapping) else {}


def _list(node: object) -> Sequence[Any]:
    return node if isinstance(node, list) else ()
