"""Which records are associated with which. Answers come in no order and in pages of their own.

Source: HubSpot developer documentation, "Associations v4": ids are text in the specification and numbers
in answers; a record without associations is reported as an error that is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.crm.errors import Unreadable
from app.crm.guard import QuotaClass
from app.crm.hubspot.calls import Call, Caller, Effect
from app.crm.hubspot.faults import entry_fault, has_code
from app.crm.hubspot.objects import chunks
from app.crm.hubspot.paths import Paths
from app.crm.hubspot.wire import Fields, fields, identifier, items

LINKED_AT_ONCE = 1_000
"""How many records one call asks about at most."""
_MOST_PAGES = 200
_HARMLESS = ("NO_ASSOCIATIONS_FOUND", "OBJECT_NOT_FOUND")
_PRIMARY_COMPANY = 1
"""The association type HubSpot defines for a contact's primary company."""


@dataclass(frozen=True, slots=True)
class Link:
    """An association with one record. `is_primary_company` means anything from contacts to companies only."""

    to_id: str
    is_primary_company: bool


class LinkReader:
    def __init__(self, caller: Caller, paths: Paths) -> None:
        self._caller = caller
        self._paths = paths

    async def read(self, objects: str, others: str, ids: Iterable[str]) -> dict[str, list[Link]]:
        """All links from each id to `others`; ids without any are absent."""
        links: dict[str, list[Link]] = {}
        for chunk in chunks(list(dict.fromkeys(ids)), LINKED_AT_ONCE):
            await self._read_pages(self._paths.associated(objects, others), chunk, links)
        return links

    async def _read_pages(self, path: str, ids: Sequence[str], links: dict[str, list[Link]]) -> None:
        inputs = [{"id": record_id} for record_id in ids]
        for _ in range(_MOST_PAGES):
            if not inputs:
                return
            call = Call("POST", path, Effect.READ, QuotaClass.ASSOCIATIONS, body={"inputs": inputs})
            inputs = _collect(await self._caller.send(call), links)
        raise Unreadable("HubSpot's list of associations does not end")


def _collect(content: Fields, links: dict[str, list[Link]]) -> list[dict[str, str]]:
    """Add a page to `links`; what is left to ask for comes back."""
    for entry in items(content.get("errors"), "errors"):
        if not any(has_code(entry, code) for code in _HARMLESS):
            raise entry_fault(entry)
    left = []
    for value in items(content.get("results"), "results"):
        result = fields(value, "a result")
        from_id = identifier(fields(result.get("from"), "from").get("id"), "from")
        links.setdefault(from_id, []).extend(_link(each) for each in items(result.get("to"), "to"))
        if after := next_page(result):
            left.append({"id": from_id, "after": after})
    return left


def _link(value: object) -> Link:
    entry = fields(value, "an association")
    types = [fields(each, "a type") for each in items(entry.get("associationTypes"), "associationTypes")]
    primary = any(
        each.get("typeId") == _PRIMARY_COMPANY and each.get("category") == "HUBSPOT_DEFINED" for each in types
    )
    return Link(identifier(entry.get("toObjectId"), "toObjectId"), primary)


def next_page(content: Fields) -> str | None:
    """The cursor to the next page, where there is one."""
    paging = content.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    after = following.get("after") if isinstance(following, dict) else None
    return None if after in (None, "") else identifier(after, "paging.next.after")
