"""Who may change what: the sides of an agreement, the roles of its people, and who is acting."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """The two teams that an agreement binds."""

    MARKETING = "marketing"
    SALES = "sales"


class Right(StrEnum):
    """One kind of thing that somebody may do."""

    READ = "read"
    EDIT = "edit"
    """Save drafts, try them on examples and on the past."""
    APPROVE = "approve"
    """Agree to a draft for a side whose contact one is."""
    PUBLISH = "publish"
    """Put a draft in force, or an earlier version back."""
    OPERATE = "operate"
    """Pause, resume, replay."""
    ADMINISTER = "administer"
    """Make and revoke keys."""


class Role(StrEnum):
    """What somebody is to Baton. Everybody may read."""

    VIEWER = "viewer"
    EDITOR = "editor"
    APPROVER = "approver"
    PUBLISHER = "publisher"
    OPERATOR = "operator"
    ADMIN = "admin"

    @property
    def rights(self) -> frozenset[Right]:
        return _RIGHTS[self]

    def may(self, right: Right) -> bool:
        return right in _RIGHTS[self]


_RIGHTS = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.EDITOR: frozenset({Right.READ, Right.EDIT}),
    Role.APPROVER: frozenset({Right.READ, Right.EDIT, Right.APPROVE}),
    Role.PUBLISHER: frozenset({Right.READ, Right.EDIT, Right.APPROVE, Right.PUBLISH}),
    Role.OPERATOR: frozenset({Right.READ, Right.OPERATE}),
    Role.ADMIN: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, by a key or at the keyboard of the machine. `email` is None for the latter."""

    name: str
    role: Role
    email: str | None = None
    side: Side | None = None

    def may(self, right: Right) -> bool:
        return self.role.may(right)
