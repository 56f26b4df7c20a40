"""What an account is made of: its owners, and the properties its records have.

Source: HubSpot developer documentation, "Owners", "Properties" and "Private apps".
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from app.crm.errors import Unreadable
from app.crm.hubspot.calls import Call, Caller, Effect
from app.crm.hubspot.faults import Conflict, entry_fault
from app.crm.hubspot.kinds import PLURALS
from app.crm.hubspot.links import next_page
from app.crm.hubspot.paths import Paths
from app.crm.hubspot.wire import Fields, fields, identifier, items, text
from app.crm.port import Account
from app.records.crm import Owner, PropertyDefinition, PropertyOption
from app.records.ids import ObjectType, OwnerId, PortalId

_TOKEN_INFO = "/oauth/v2/private-apps/get/access-token-info"  # noqa: S105  a path
_PAGE = "100"
_MOST_PAGES = 200
_TYPES = frozenset({"string", "number", "bool", "date", "datetime", "enumeration"})
_FIELD_TYPES = {
    "string": "text",
    "number": "number",
    "bool": "booleancheckbox",
    "date": "date",
    "datetime": "date",
    "enumeration": "select",
}
_YES_AND_NO = (PropertyOption("true", "Yes"), PropertyOption("false", "No"))


class Directory:
    def __init__(self, caller: Caller, paths: Paths, token: str) -> None:
        self._caller = caller
        self._paths = paths
        self._token = token

    async def account(self) -> Account:
        """Whose token it is. Raises Unreadable for an answer that names no account."""
        content = await self._caller.send(Call("GET", self._paths.account, Effect.READ))
        number = identifier(content.get("portalId"), "the account's id")
        if not number.isdecimal():
            raise Unreadable("the account's id in HubSpot's answer is no number")
        return Account(PortalId(int(number)), text(content.get("timeZone")), self._caller.clock_ahead)

    async def scopes(self) -> frozenset[str]:
        """What the token may do. The path has no version, and is documented for tokens that are static."""
        content = await self._caller.send(Call("POST", _TOKEN_INFO, Effect.READ, body={"tokenKey": self._token}))
        scopes = content.get("scopes")
        if not isinstance(scopes, list):
            raise Unreadable("HubSpot's answer names no scopes")
        return frozenset(identifier(one, "a scope") for one in scopes)

    async def owners(self) -> tuple[Owner, ...]:
        """Archived owners come from a list of their own, and an owner that is in both is active."""
        owners: dict[str, Owner] = {}
        for archived in ("false", "true"):
            async for entry in self._pages(self._paths.owners, {"archived": archived, "limit": _PAGE}):
                owner = _owner(entry, active=archived == "false")
                owners.setdefault(owner.id, owner)
        return tuple(owners.values())

    async def definitions(self, object_type: ObjectType) -> tuple[PropertyDefinition, ...]:
        path = self._paths.properties_of(PLURALS[object_type])
        return tuple([_definition(entry) async for entry in self._pages(path, {})])

    async def create_group(self, object_type: ObjectType, name: str, label: str) -> bool:
        """Make a property group; False when it was there."""
        path = self._paths.property_groups(PLURALS[object_type])
        try:
            await self._caller.send(Call("POST", path, Effect.CREATE, body={"name": name, "label": label}))
        except Conflict:
            return False
        return True

    async def create_properties(self, object_type: ObjectType, definitions: Sequence[PropertyDefinition]) -> None:
        """Make properties; those that are there stay as they are. Raises CrmError for the first refused."""
        if not definitions:
            return
        objects = PLURALS[object_type]
        bodies = [_as_json(definition) for definition in definitions]
        call = Call("POST", self._paths.property_batch(objects), Effect.CREATE, body={"inputs": bodies})
        try:
            answer = await self._caller.send(call)
        except Conflict:
            # Which of them was there the answer does not have to say.
            await self._create_singly(self._paths.properties_of(objects), bodies)
        else:
            _raise_first_fault(answer)

    async def _create_singly(self, path: str, bodies: Sequence[Fields]) -> None:
        for body in bodies:
            try:
                await self._caller.send(Call("POST", path, Effect.CREATE, body=body))
            except Conflict:
                continue

    async def _pages(self, path: str, params: dict[str, str]) -> AsyncIterator[Fields]:
        for _ in range(_MOST_PAGES):
            content = await self._caller.send(Call("GET", path, Effect.READ, params=params))
            for entry in items(content.get("results"), "results"):
                yield fields(entry, "a result")
            after = next_page(content)
            if after is None:
                return
            params = params | {"after": after}
        raise Unreadable("HubSpot's list does not end")


def _raise_first_fault(answer: Fields) -> None:
    for entry in items(answer.get("errors"), "errors"):
        fault = entry_fault(entry)
        if not isinstance(fault, Conflict):
            raise fault


def _owner(entry: Fields, *, active: bool) -> Owner:
    email = text(entry.get("email"))
    names = (text(entry.get("firstName")), text(entry.get("lastName")))
    return Owner(
        id=OwnerId(identifier(entry.get("id"), "an owner's id")),
        email=email,
        name=" ".join(name for name in names if name) or email,
        active=active and entry.get("archived") is not True,
    )


def _definition(entry: Fields) -> PropertyDefinition:
    value_type = text(entry.get("type"))
    return PropertyDefinition(
        name=identifier(entry.get("name"), "a property's name"),
        label=text(entry.get("label")),
        # Phone numbers, coordinates and JSON are text to whoever reads them.
        type=value_type if value_type in _TYPES else "string",
        options=tuple(_option(option) for option in items(entry.get("options"), "options")),
        read_only=_is_read_only(entry),
        field_type=text(entry.get("fieldType")),
        group=text(entry.get("groupName")),
        description=text(entry.get("description")),
    )


def _option(value: object) -> PropertyOption:
    option = fields(value, "an option")
    return PropertyOption(text(option.get("value")), text(option.get("label")))


def _is_read_only(entry: Fields) -> bool:
    metadata = entry.get("modificationMetadata")
    is_fixed = isinstance(metadata, dict) and metadata.get("readOnlyValue") is True
    return is_fixed or entry.get("calculated") is True


def _as_json(definition: PropertyDefinition) -> Fields:
    options = definition.options or (_YES_AND_NO if definition.type == "bool" else ())
    return {
        "name": definition.name,
        "label": definition.label,
        "type": definition.type,
        "fieldType": definition.field_type or _FIELD_TYPES.get(definition.type, "text"),
        "groupName": definition.group,
        "description": definition.description,
        "options": [
            {"value": option.value, "label": option.label, "displayOrder": place, "hidden": False}
            for place, option in enumerate(options)
        ],
    }
