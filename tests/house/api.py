"""The page about the HTTP API, made from what the application itself says of its routes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.main import ROOMS, create_app
from app.records.people import Right, Role
from app.routes.auth import RIGHTS
from app.routes.problems import Kind
from tests.house.tables import table

_INTRO = """\
# HTTP API

[How to use the config endpoint](../how-to/use-the-config-endpoint.md) shows it at work. `/openapi.json` says the same
for programs, with the shape of every answer.

- A key goes along as `Authorization: Bearer baton_...`. Each path says which right it takes; a role has the rights
  below. Where none is named, the path is open.
- Instants are ISO 8601 in UTC, `2026-11-20T15:00:00Z`. Names are in snake case. Lists come in pages: `next` is what to
  ask for next, null on the last page.
- A document is sent and answered as YAML or JSON, by `Content-Type` and `Accept`. Sent as JSON it is kept as the YAML
  that Baton makes of it, and lines and columns count in that. A body may have 256 kB.
- What is refused is answered as `application/problem+json` (RFC 9457). See [problems](#problems).

"""
_PROBLEMS = """
## Problems

Each has `type`, `title`, `status` and `detail`, which says what to do. `type` never changes. A refusal on purpose also
carries the error's `code`, as logs and commands show it.

"""


def api_routes() -> Iterator[APIRoute]:
    """Every route of the application."""
    return (one for room in ROOMS for one in room.router.routes if isinstance(one, APIRoute))


def right_of(route: APIRoute) -> Right | None:
    """The right that the route declares; None where it is open to all."""
    calls = set(_calls(route.dependant))
    return next((right for call, right in RIGHTS.items() if call in calls), None)


def _calls(dependant: Dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from _calls(one)


def api_page() -> str:
    """The page: rights, every route with what it takes and answers, and the problems."""
    tags = dict.fromkeys(str(tag) for route in api_routes() for tag in route.tags)
    kinds = ((f"`{one.type}`", str(one.status), one.when) for one in Kind)
    problems = _PROBLEMS + table(("type", "status", "when"), kinds)
    return _INTRO + _rights() + "".join(_tag(tag) for tag in tags) + problems


def _rights() -> str:
    rows = ((f"`{role.value}`", ", ".join(f"`{right.value}`" for right in Right if role.may(right))) for role in Role)
    return table(("role", "rights"), rows)


def _tag(tag: str) -> str:
    paths = create_app().openapi()["paths"]
    routes = ((route, method) for route in api_routes() if tag in route.tags for method in sorted(route.methods or ()))
    rows = (_row(route, method, paths[route.path][method.lower()]) for route, method in routes)
    return f"\n## {tag.capitalize()}\n\n" + table(("request", "right", "what it does", "with", "answers"), rows)


def _row(route: APIRoute, method: str, said: Mapping[str, Any]) -> tuple[str, ...]:
    right = right_of(route)
    given = [one["name"] for one in said.get("parameters", ()) if one["in"] != "path"]
    return (
        f"`{method} {route.path}`",
        f"`{right.value}`" if right else "",
        " ".join(said["description"].split()),
        ", ".join(f"`{name}`" for name in given),
        ", ".join(sorted(status for status in said["responses"] if status != "default")),
    )
