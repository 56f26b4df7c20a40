"""Writes over the API: planned first, so that a batch can be refused as a whole, then carried out.

What the API does otherwise than a person in the UI: read-only values are refused, a lifecycle stage moves
forward only (backward is answered 2xx and does nothing, unless the stage was cleared before), admins'
validation rules apply from version 2026-09 on, and the change is marked with the app's id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.crm.simulator.changes import already_exists, change, check_unique, checked, create
from app.crm.simulator.counters import Effect
from app.crm.simulator.links import may_be_primary
from app.crm.simulator.object_types import ACTIVITIES, CONTACTS, ObjectType
from app.crm.simulator.people import associate
from app.crm.simulator.portal import Portal
from app.crm.simulator.records import Record
from app.crm.simulator.refusals import RefusedError, invalid

_EFFECTS: dict[str, Effect] = {"lifecyclestage": "stage_writes", "hubspot_owner_id": "owner_writes"}
_ADDED: dict[str, Effect] = {"notes": "notes", "tasks": "tasks"}


@dataclass(frozen=True, slots=True)
class Ends:
    """A record that a new one is to be associated with."""

    record: Record
    primary: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A write that was found good. `record` is None for one that is to be made."""

    kind: ObjectType
    values: Mapping[str, str]
    record: Record | None = None
    ends: Sequence[Ends] = ()


@dataclass(slots=True)
class Claims:
    """Unique values that earlier inputs of the same batch will take."""

    taken: set[tuple[str, str]] = field(default_factory=set)

    def take(self, portal: Portal, plan: Plan) -> None:
        for name, value in plan.values.items():
            if value and portal.schema(plan.kind).properties[name].unique:
                if (name, value.lower()) in self.taken:
                    raise already_exists(plan.kind, "in this batch")
                self.taken.add((name, value.lower()))


def plan_create(
    portal: Portal, kind: ObjectType, properties: Mapping[str, str], ends: Sequence[Ends], *, rules: bool
) -> Plan:
    """Check a new record. Raises RefusedError."""
    if kind in ACTIVITIES and not properties.get("hs_timestamp"):
        message = f"Error creating {kind.singular.upper()}. Some required properties were not set."
        raise invalid(message, properties=["hs_timestamp"])
    values = checked(portal, kind, properties, {}, over_api=True)
    _check_stage(portal, values)
    check_unique(portal, kind, values, None)
    if rules:
        _check_rules(portal, kind, values, {})
    return Plan(kind, values, ends=ends)


def plan_update(portal: Portal, record: Record, properties: Mapping[str, str], *, rules: bool) -> Plan:
    """Check a change to a record. Raises RefusedError."""
    values = checked(portal, record.kind, properties, record.values, over_api=True)
    _check_stage(portal, values)
    check_unique(portal, record.kind, values, record.id)
    if rules:
        _check_rules(portal, record.kind, values, record.values)
    if "lifecyclestage" in values and not _stage_moves(portal, record, values["lifecyclestage"]):
        del values["lifecyclestage"]
    return Plan(record.kind, values, record)


def carry_out(portal: Portal, plan: Plan) -> Record:
    """Do what was planned, and count what it did to contacts."""
    if plan.record is not None:
        changed = change(portal, plan.record, plan.values, portal.app_source)
        _count_changes(portal, plan.record, changed)
        return plan.record
    record = create(portal, plan.kind, plan.values, portal.app_source)
    _count_changes(portal, record, list(plan.values))
    for end in plan.ends:
        join(portal, record, end.record, primary=end.primary)
    return record


def join(portal: Portal, start: Record, end: Record, *, primary: bool = False) -> None:
    """Associate two records. A contact's first company becomes its primary one, whatever was asked for."""
    known = any(link.to_id == end.id for link in portal.links.of(start.kind, start.id, end.kind))
    first = may_be_primary(start.kind, end.kind) and not portal.links.of(start.kind, start.id, end.kind)
    associate(portal, start, end, portal.app_source, primary=primary or first)
    if not known:
        _count_added(portal, start, end)
        _count_added(portal, end, start)


def _count_added(portal: Portal, record: Record, end: Record) -> None:
    """A note or task that now hangs on a contact."""
    if end.kind is CONTACTS and (effect := _ADDED.get(record.kind.name)):
        portal.counters.add_effect(end.id, effect)


def _count_changes(portal: Portal, record: Record, changed: Sequence[str]) -> None:
    if record.kind is not CONTACTS:
        return
    for name in changed:
        if effect := _EFFECTS.get(name):
            portal.counters.add_effect(record.id, effect)


def _check_stage(portal: Portal, values: Mapping[str, str]) -> None:
    stage = values.get("lifecyclestage", "")
    if stage in portal.faults.reject_stage_values:
        message = f"{stage} was not one of the allowed options"
        entry = {
            "message": message,
            "code": "INVALID_OPTION",
            "context": {"propertyName": ["lifecyclestage"]},
        }
        raise RefusedError(400, "VALIDATION_ERROR", message, errors=[entry])


def _check_rules(portal: Portal, kind: ObjectType, values: Mapping[str, str], current: Mapping[str, str]) -> None:
    """Refuse a write under which a property that an admin requires would be empty.

    That it is a 400 VALIDATION_ERROR is documented; the code in the entry is not, and is made up.
    """
    if kind is not CONTACTS:
        return
    after = {**current, **values}
    for rule in portal.faults.validation_rules:
        wanted = values.get(rule.property_name)
        missing = [name for name in rule.requires if not after.get(name)]
        if wanted and rule.value in {None, wanted} and missing:
            entry = {
                "message": rule.message,
                "code": "REQUIRED_PROPERTY_MISSING",
                "context": {"propertyName": missing},
            }
            raise RefusedError(400, "VALIDATION_ERROR", rule.message, errors=[entry], context={"properties": missing})


def _stage_moves(portal: Portal, record: Record, stage: str) -> bool:
    """Whether the API would move a record to this stage. Clearing and filling an empty one always work."""
    if record.id in portal.faults.refuse_stage_silently:
        return False
    current = record.values.get("lifecyclestage", "")
    order = [option.value for option in portal.stages]
    if not stage or current not in order or stage not in order:
        return True
    return order.index(stage) >= order.index(current)
