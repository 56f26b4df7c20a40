"""A call to the API and its answer, freed from HTTP: handlers are plain functions between the two."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.crm.simulator.object_types import ObjectType, object_type
from app.crm.simulator.portal import Portal
from app.crm.simulator.refusals import Json, RefusedError, invalid

V3 = "v3"
V2026_03 = "2026-03"
V2026_09 = "2026-09"

MOST_INPUTS = 100


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Json | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `version` is v3, v4, 2026-03 or 2026-09; `body` is the JSON object that came, or empty."""

    method: str
    version: str
    path: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    body: Json

    @property
    def rules_apply(self) -> bool:
        """Admins' validation rules are enforced by the versions from 2026-09 on."""
        return self.version == V2026_09

    @property
    def partial_status(self) -> int | None:
        """The status of a batch that succeeded in part: 207, except where errors come inside a 2xx."""
        return None if self.version == V2026_09 else 207

    def kind(self, name: str = "object_type") -> ObjectType:
        """The object type named in the path. Raises the 400 for one there is none of."""
        kind = object_type(self.path[name])
        if kind is None:
            raise invalid(f"Unable to infer object type from: {self.path[name]}")
        return kind

    def text(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.query if key == name), default)

    def flag(self, name: str) -> bool:
        return self.text(name).lower() == "true"

    def words(self, name: str) -> list[str]:
        """A list in the query, repeated or joined by commas."""
        return [word for key, value in self.query if key == name for word in value.split(",") if word]

    def limit(self, default: int, most: int) -> int:
        """The page size. Raises the 400 for one that is no number or too large."""
        text = self.text("limit", str(default))
        if not text.isdigit() or not 0 < int(text) <= most:
            raise invalid(f"Invalid limit: {text}. It must be between 1 and {most}.")
        return int(text)


Handler = Callable[[Portal, Call], Answer]


def inputs_of(call: Call, most: int, what: str) -> list[Json]:
    """The inputs of a batch. Raises the 400s for a body without them and for too many."""
    inputs = call.body.get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(each, dict) for each in inputs):
        raise RefusedError(400, "VALIDATION_ERROR", "Invalid input JSON: `inputs` must be a list of objects")
    if len(inputs) > most:
        raise invalid(f"The maximum number of inputs supported in a batch request for {what} is {most}")
    return inputs


def properties_of(holder: Json) -> dict[str, str]:
    """The properties of an input, each as text. A null is left out: `""` is what clears."""
    properties = holder.get("properties")
    if not isinstance(properties, dict):
        raise invalid("Invalid input JSON: `properties` must be an object")
    return {name: _as_text(value) for name, value in properties.items() if value is not None}


def _as_text(value: Any) -> str:  # noqa: ANN401  # whatever JSON holds
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)
