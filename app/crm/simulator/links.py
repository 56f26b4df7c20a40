"""Associations between records, in both directions, with the primary company of a contact or deal."""

from dataclasses import dataclass
from datetime import datetime

from app.crm.simulator.object_types import DEFAULT_TYPE_IDS, PRIMARY_TYPE_IDS, ObjectType


@dataclass(frozen=True, slots=True)
class Link:
    to_id: str
    at: datetime
    primary: bool = False


class Links:
    """Who is associated with whom. Ids are taken as they come: callers resolve merged ones."""

    def __init__(self) -> None:
        self._links: dict[tuple[str, str, str], dict[str, Link]] = {}

    def of(self, kind: ObjectType, record_id: str, to: ObjectType) -> list[Link]:
        """The primary one first, then in the order in which they were made."""
        links = self._links.get((kind.name, record_id, to.name), {}).values()
        return sorted(links, key=lambda link: not link.primary)

    def primary_of(self, kind: ObjectType, record_id: str, to: ObjectType) -> str | None:
        return next((link.to_id for link in self.of(kind, record_id, to) if link.primary), None)

    def connect(
        self, start: tuple[ObjectType, str], end: tuple[ObjectType, str], at: datetime, *, primary: bool
    ) -> bool:
        """Associate two records; False when that changes nothing. A new primary replaces the old one."""
        (kind, record_id), (to, to_id) = start, end
        there = self._links.setdefault((kind.name, record_id, to.name), {})
        before = there.get(to_id)
        if before is not None and (before.primary or not primary):
            return False
        if primary:
            self._demote(start, to)
        there[to_id] = Link(to_id, at, primary)
        self._links.setdefault((to.name, to_id, kind.name), {})[record_id] = Link(record_id, at, primary)
        return True

    def disconnect(self, start: tuple[ObjectType, str], end: tuple[ObjectType, str]) -> bool:
        (kind, record_id), (to, to_id) = start, end
        self._links.get((to.name, to_id, kind.name), {}).pop(record_id, None)
        return self._links.get((kind.name, record_id, to.name), {}).pop(to_id, None) is not None

    def move(self, kind: ObjectType, old_id: str, new_id: str, to: ObjectType) -> None:
        """Give all associations of one record to another, which keeps its own primary if it has one."""
        for link in self.of(kind, old_id, to):
            self.disconnect((kind, old_id), (to, link.to_id))
            primary = link.primary and self.primary_of(kind, new_id, to) is None
            self.connect((kind, new_id), (to, link.to_id), link.at, primary=primary)

    def _demote(self, start: tuple[ObjectType, str], to: ObjectType) -> None:
        kind, record_id = start
        for link in self.of(kind, record_id, to):
            if link.primary:
                self._links[(kind.name, record_id, to.name)][link.to_id] = Link(link.to_id, link.at)
                self._links[(to.name, link.to_id, kind.name)][record_id] = Link(record_id, link.at)


def may_be_primary(kind: ObjectType, to: ObjectType) -> bool:
    return (kind.name, to.name) in PRIMARY_TYPE_IDS and to.name == "companies"


def association_types(kind: ObjectType, to: ObjectType, *, primary: bool) -> list[dict[str, object]]:
    """The labels an association carries in answers: Primary, if it is, and the unlabelled one."""
    unlabelled = {
        "category": "HUBSPOT_DEFINED",
        "typeId": DEFAULT_TYPE_IDS[(kind.name, to.name)],
        "label": None,
    }
    if not primary:
        return [unlabelled]
    typed = PRIMARY_TYPE_IDS[(kind.name, to.name)]
    return [{"category": "HUBSPOT_DEFINED", "typeId": typed, "label": "Primary"}, unlabelled]


def type_of(kind: ObjectType, to: ObjectType, type_id: int) -> bool | None:
    """Whether a type id means the primary association; None when it does not join these kinds."""
    if PRIMARY_TYPE_IDS.get((kind.name, to.name)) == type_id:
        return True
    return False if DEFAULT_TYPE_IDS.get((kind.name, to.name)) == type_id else None
