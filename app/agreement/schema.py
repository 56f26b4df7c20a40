"""The agreement as JSON Schema 2020-12, for editors: made from the shapes and tables that parsing uses."""

from __future__ import annotations

import json
from typing import cast

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DictSchema, ModelSchema, NullableSchema, WithDefaultSchema

from app.agreement.grammar import grammar
from app.agreement.hover import HOVER
from app.agreement.shape import Document
from app.agreement.spelled import GRAMMAR, Schema

SCHEMA_ID = "urn:baton:agreement:1"


def agreement_schema() -> dict[str, object]:
    """The schema, JSON-able. A document that it refuses has a fault, or spells a value unlike the reference does:
    in upper case, with blanks around it, in quotes it does not need, or as nothing.

    What exists (ids, owners, a portal's words) it does not know, so a document may pass it and still have faults.
    """
    shapes = Document.model_json_schema(schema_generator=_Shapes)
    whole = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": SCHEMA_ID,
        "title": "Baton agreement",
        **shapes,
        "$defs": dict(sorted(_whole({**shapes["$defs"], **grammar()}).items())),
    }
    return cast("dict[str, object]", json.loads(json.dumps(whole).replace(GRAMMAR, "#/$defs/")))


def schema_text() -> str:
    """The schema as the text of its file, `agreement.schema.json`."""
    return json.dumps(agreement_schema(), indent=2, ensure_ascii=False) + "\n"


class _Shapes(GenerateJsonSchema):
    """Pydantic's schema of the shapes, told to people: our words for each name, and nothing that nobody writes."""

    def model_schema(self, schema: ModelSchema) -> Schema:
        made = super().model_schema(schema)
        says = HOVER[made.pop("title")]
        made.pop("description", None)
        made["properties"] = {name: {"description": says[name], **node} for name, node in made["properties"].items()}
        return made

    def dict_schema(self, schema: DictSchema) -> Schema:
        made = super().dict_schema(schema)
        return made | ({"additionalProperties": False} if "patternProperties" in made else {})

    def nullable_schema(self, schema: NullableSchema) -> Schema:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: WithDefaultSchema) -> Schema:
        made = super().default_schema(schema)
        return made if made.get("default") else {key: node for key, node in made.items() if key != "default"}

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002  Pydantic's to ask
        return False


def _whole(defined: dict[str, Schema]) -> dict[str, Schema]:
    """The definitions, with what the checks of a whole shape say beyond its fields."""
    one_field: Schema = {"minProperties": 1, "maxProperties": 1}
    return defined | {
        "Ready": _ready(defined["Ready"], defined["Condition"]),
        "Fallback": defined["Fallback"] | one_field | {"type": ["string", "object"], "minLength": 1},
        "Row": defined["Row"] | {"oneOf": [{"required": ["when"]}, {"required": ["each"]}]},
        "Promise": defined["Promise"] | {"anyOf": [{"required": ["accept"]}, {"required": ["first_touch"]}]},
    }


def _ready(shape: Schema, condition: Schema) -> Schema:
    """As it is written: the condition's own names, with `wait_for` beside them."""
    return condition | {
        "properties": condition["properties"] | shape["properties"],
        "maxProperties": 2,
        "anyOf": [{"maxProperties": 1}, {"required": ["wait_for"]}],
    }
