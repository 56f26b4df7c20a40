"""Property definitions and groups: read and made."""

from app.crm.simulator.api.calls import MOST_INPUTS, Answer, Call, inputs_of
from app.crm.simulator.api.shapes import batch_json
from app.crm.simulator.definitions import Option, PropertyDefinition, PropertyGroup
from app.crm.simulator.instants import iso
from app.crm.simulator.portal import Portal
from app.crm.simulator.refusals import Json, RefusedError, conflict, invalid, not_found

_FIELD_TYPES = {
    "bool": {"booleancheckbox", "calculation_equation"},
    "enumeration": {"booleancheckbox", "checkbox", "radio", "select", "calculation_equation"},
    "date": {"date"},
    "datetime": {"date"},
    "string": {"file", "text", "textarea", "html", "phonenumber", "calculation_equation"},
    "phone_number": {"phonenumber"},
    "number": {"number", "calculation_equation"},
}


def list_properties(portal: Portal, call: Call) -> Answer:
    at = iso(portal.now())
    definitions = portal.schema(call.kind()).properties.values()
    return Answer(200, {"results": [definition.as_json(at) for definition in definitions]})


def get_property(portal: Portal, call: Call) -> Answer:
    definition = portal.schema(call.kind()).properties.get(call.path["name"])
    if definition is None:
        raise not_found(f"Property {call.path['name']} does not exist")
    return Answer(200, definition.as_json(iso(portal.now())))


def post_property(portal: Portal, call: Call) -> Answer:
    return Answer(201, _define(portal, call, call.body))


def batch_create(portal: Portal, call: Call) -> Answer:
    """Each alone: those that fail are errors under a 207."""
    results, errors = [], []
    for wanted in inputs_of(call, MOST_INPUTS, "properties"):
        try:
            results.append(_define(portal, call, wanted))
        except RefusedError as error:
            errors.append(error.entry())
    return Answer(207 if errors else 201, batch_json(portal, results, errors))


def batch_read(portal: Portal, call: Call) -> Answer:
    """Names that do not exist are errors under a 207."""
    known, at = portal.schema(call.kind()).properties, iso(portal.now())
    names = [str(wanted.get("name", "")) for wanted in inputs_of(call, MOST_INPUTS, "properties")]
    results = [known[name].as_json(at) for name in names if name in known]
    missing = [name for name in names if name not in known]
    errors = [not_found("Some properties do not exist", name=missing).entry()] if missing else []
    return Answer(207 if errors else 200, batch_json(portal, results, errors))


def list_groups(portal: Portal, call: Call) -> Answer:
    return Answer(200, {"results": [group.as_json() for group in portal.schema(call.kind()).groups.values()]})


def get_group(portal: Portal, call: Call) -> Answer:
    group = portal.schema(call.kind()).groups.get(call.path["name"])
    if group is None:
        raise not_found(f"Property group {call.path['name']} does not exist")
    return Answer(200, group.as_json())


def post_group(portal: Portal, call: Call) -> Answer:
    groups = portal.schema(call.kind()).groups
    name, label = _required(call.body, "name"), _required(call.body, "label")
    if name in groups:
        raise conflict(f"Property group {name} already exists")
    groups[name] = PropertyGroup(name, label, int(call.body.get("displayOrder") or -1))
    return Answer(201, groups[name].as_json())


def _define(portal: Portal, call: Call, wanted: Json) -> Json:
    schema = portal.schema(call.kind())
    definition = _definition(wanted)
    if definition.name in schema.properties:
        raise conflict(f"A property named '{definition.name}' already exists.", name=[definition.name])
    if definition.group not in schema.groups:
        raise invalid(f"Property group {definition.group} does not exist", groupName=[definition.group])
    schema.add([definition])
    return definition.as_json(iso(portal.now()))


def _definition(wanted: Json) -> PropertyDefinition:
    """Raises the 400s for a missing part and for a type that does not go with its field type."""
    kind, field_type = _required(wanted, "type"), _required(wanted, "fieldType")
    if field_type not in _FIELD_TYPES.get(kind, ()):
        raise invalid(f"Field type {field_type} does not fit type {kind}", fieldType=[field_type])
    name = _required(wanted, "name")
    if not name.replace("_", "").isalnum() or name != name.lower() or not name[0].isalpha():
        raise invalid(f"{name} is no property name: lower-case letters, digits and underscores", name=[name])
    return PropertyDefinition(
        name,
        _required(wanted, "label"),
        kind,
        field_type,
        group=_required(wanted, "groupName"),
        options=_options(wanted),
        description=str(wanted.get("description") or ""),
        display_order=int(wanted.get("displayOrder") or -1),
        unique=bool(wanted.get("hasUniqueValue")),
        hidden=bool(wanted.get("hidden")),
        form_field=bool(wanted.get("formField")),
    )


def _options(wanted: Json) -> tuple[Option, ...]:
    given = tuple(
        Option(_required(each, "value"), _required(each, "label"), bool(each.get("hidden")))
        for each in wanted.get("options") or ()
    )
    if wanted["type"] == "bool" and {option.value for option in given} != {"true", "false"}:
        raise invalid("A bool property needs the options true and false", options=["true", "false"])
    if len({option.value for option in given}) < len(given):
        raise invalid("Option values must be unique", options=[option.value for option in given])
    return given


def _required(wanted: Json, name: str) -> str:
    value = wanted.get(name)
    if not isinstance(value, str) or not value:
        raise invalid(f"Invalid input JSON: required field {name} is not set", name=[name])
    return value
