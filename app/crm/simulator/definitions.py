"""Property definitions: what a portal knows about a property, in HubSpot's words."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

PropertyType = str  # bool | date | datetime | enumeration | number | phone_number | string


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str = ""
    hidden: bool = False

    def as_json(self, order: int) -> dict[str, Any]:
        return {
            "label": self.label or self.value,
            "value": self.value,
            "displayOrder": order,
            "hidden": self.hidden,
            "description": "",
        }


@dataclass(frozen=True, slots=True)
class PropertyDefinition:
    """One property of one object type. `external` says where else options come from: OWNER, or nowhere."""

    name: str
    label: str
    type: PropertyType
    field_type: str
    group: str = "contactinformation"
    options: tuple[Option, ...] = ()
    description: str = ""
    display_order: int = -1
    read_only: bool = False
    calculated: bool = False
    unique: bool = False
    hidden: bool = False
    form_field: bool = False
    hubspot_defined: bool = False
    external: str = ""

    @property
    def several(self) -> bool:
        """Whether a value may be a list of options joined by semicolons."""
        return self.type == "enumeration" and self.field_type == "checkbox"

    def as_json(self, at: str) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "groupName": self.group,
            "description": self.description,
            "options": [option.as_json(order) for order, option in enumerate(self.options)],
            "displayOrder": self.display_order,
            "calculated": self.calculated,
            "externalOptions": bool(self.external),
            **({"referencedObjectType": self.external} if self.external else {}),
            "archived": False,
            "hasUniqueValue": self.unique,
            "hidden": self.hidden,
            "hubspotDefined": self.hubspot_defined,
            "formField": self.form_field,
            "dataSensitivity": "non_sensitive",
            "modificationMetadata": {
                "archivable": not self.hubspot_defined,
                "readOnlyDefinition": self.hubspot_defined,
                "readOnlyValue": self.read_only,
            },
            "createdAt": at,
            "updatedAt": at,
        }


@dataclass(slots=True)
class PropertyGroup:
    name: str
    label: str
    display_order: int = -1

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "label": self.label, "displayOrder": self.display_order, "archived": False}


@dataclass(slots=True)
class ObjectSchema:
    """The properties and property groups of one object type."""

    properties: dict[str, PropertyDefinition] = field(default_factory=dict)
    groups: dict[str, PropertyGroup] = field(default_factory=dict)

    def add(self, definitions: Iterable[PropertyDefinition]) -> None:
        for definition in definitions:
            self.properties[definition.name] = definition
            if definition.group not in self.groups:
                self.groups[definition.group] = PropertyGroup(definition.group, definition.group)

    def set_options(self, name: str, options: Iterable[Option]) -> None:
        self.properties[name] = replace(self.properties[name], options=tuple(options))


def options(*values: str) -> tuple[Option, ...]:
    """Options from internal values, labelled in plain words (`COMPUTER_SOFTWARE` as Computer Software)."""
    return tuple(Option(value, value.replace("_", " ").title()) for value in values)


_DEFAULT_FIELD = {
    "string": "text",
    "number": "number",
    "datetime": "date",
    "date": "date",
    "bool": "booleancheckbox",
    "enumeration": "select",
    "phone_number": "phonenumber",
}


def standard(name: str, label: str, kind: PropertyType = "string", **facts: Any) -> PropertyDefinition:  # noqa: ANN401  # the fields of PropertyDefinition
    """A property that HubSpot defines itself. A bool has its two options spelled out, as HubSpot does."""
    if kind == "bool":
        facts.setdefault("options", (Option("true", "Yes"), Option("false", "No")))
    facts.setdefault("field_type", _DEFAULT_FIELD[kind])
    return PropertyDefinition(name, label, kind, hubspot_defined=True, **facts)


def kept(name: str, label: str, kind: PropertyType = "string", **facts: Any) -> PropertyDefinition:  # noqa: ANN401  # the fields of PropertyDefinition
    """A standard property that HubSpot keeps by itself: read-only over the API."""
    return standard(name, label, kind, read_only=True, **facts)
