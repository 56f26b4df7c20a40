"""Owners: the people whom records can belong to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.crm.simulator.instants import iso

_FIRST_OWNER_ID = 64_492_900
_FIRST_USER_ID = 7_551_470


@dataclass(slots=True)
class Owner:
    """A person in the portal. An archived one keeps the records, and loses the user id."""

    id: str
    user_id: int
    email: str
    first_name: str
    last_name: str
    created_at: datetime
    updated_at: datetime
    archived: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "email": self.email,
            "type": "PERSON",
            "firstName": self.first_name,
            "lastName": self.last_name,
            "userId": None if self.archived else self.user_id,
            "userIdIncludingInactive": self.user_id,
            "createdAt": iso(self.created_at),
            "updatedAt": iso(self.updated_at),
            "archived": self.archived,
            "teams": [],
        }


class Owners:
    def __init__(self) -> None:
        self._owners: dict[str, Owner] = {}

    def add(self, email: str, first_name: str, last_name: str, at: datetime) -> Owner:
        place = len(self._owners) + 1
        owner = Owner(str(_FIRST_OWNER_ID + place * 17), _FIRST_USER_ID + place, email, first_name, last_name, at, at)
        self._owners[owner.id] = owner
        return owner

    def get(self, owner_id: str) -> Owner | None:
        return self._owners.get(owner_id)

    def by_user(self, user_id: str) -> Owner | None:
        return next((owner for owner in self._owners.values() if str(owner.user_id) == user_id), None)

    def all(self, *, archived: bool = False) -> Iterator[Owner]:
        return (owner for owner in self._owners.values() if owner.archived is archived)

    def is_active(self, owner_id: str) -> bool:
        owner = self._owners.get(owner_id)
        return owner is not None and not owner.archived

    def archive(self, owner_id: str, at: datetime) -> None:
        """Deactivate the person; KeyError for an unknown id."""
        owner = self._owners[owner_id]
        owner.archived, owner.updated_at = True, at
