"""Contacts by when they were last changed, from the search index, however many there are.

A search ends after 10,000 results and takes one sort. So every page is a search of its own, from where the last one
ended: by the time of the change, and where one instant fills a page, by id within that instant. The index is behind
what was written by seconds to minutes.
Source: HubSpot developer documentation, "Search the CRM": 200 results a page, 10,000 a query, five queries a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from app.crm.errors import Unreadable
from app.crm.hubspot.calls import Call, Caller, Effect
from app.crm.hubspot.paths import Paths
from app.crm.hubspot.wire import NO_FIELDS, Fields, fields, identifier, instant, items
from app.crm.port import SEARCH_PAGE, ChangedPage
from app.records.changes import Changed, Place
from app.records.ids import ContactId
from app.records.quota import QuotaClass

_CHANGED_AT = "lastmodifieddate"
_ID = "hs_object_id"
_BEFORE_ALL = ContactId("0")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class ChangeSearch:
    """Walks through contacts in the order of their last changes."""

    def __init__(self, caller: Caller, paths: Paths) -> None:
        self._caller = caller
        self._path = paths.search("contacts")

    async def page(self, after: Place, until: datetime) -> ChangedPage:
        """The next page of those last changed after `after`, up to `until`. Raises CrmError."""
        if after.within is not None:
            return await self._within(after.at, after.within)
        changed, more = await self._search(
            _CHANGED_AT, [_filter(_CHANGED_AT, "GT", _ms(after.at)), _filter(_CHANGED_AT, "LTE", _ms(until))]
        )
        if not more:
            return ChangedPage(tuple(changed), None)
        # What changed at the last instant may go on behind the page.
        last_at = changed[-1].at
        whole = tuple(takewhile(lambda one: one.at < last_at, changed))
        return ChangedPage(whole, Place(whole[-1].at) if whole else Place(last_at, _BEFORE_ALL))

    async def _within(self, at: datetime, after: ContactId) -> ChangedPage:
        """The next page of those changed at one instant, by id."""
        changed, more = await self._search(
            _ID,
            [
                _filter(_CHANGED_AT, "GTE", _ms(at)),
                _filter(_CHANGED_AT, "LTE", _ms(at)),
                _filter(_ID, "GT", after),
            ],
        )
        return ChangedPage(tuple(changed), Place(at, changed[-1].contact_id) if more else Place(at))

    async def _search(self, sort: str, filters: Sequence[Fields]) -> tuple[list[Changed], bool]:
        """One page in order, and whether more follow."""
        body = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
            "properties": [_CHANGED_AT],
            "limit": SEARCH_PAGE,
        }
        content = await self._caller.send(Call("POST", self._path, Effect.READ, QuotaClass.SEARCH, body=body))
        changed = [_changed(entry) for entry in items(content.get("results"), "results")]
        return changed, bool(changed) and "next" in fields(content.get("paging") or NO_FIELDS, "paging")


def _changed(entry: object) -> Changed:
    result = fields(entry, "a result")
    values = fields(result.get("properties") or NO_FIELDS, "properties")
    at = instant(values.get(_CHANGED_AT)) or instant(result.get("updatedAt"))
    if at is None:
        raise Unreadable("a result of a search in HubSpot's answer does not say when it was changed")
    return Changed(ContactId(identifier(result.get("id"), "id")), at)


def _filter(name: str, operator: str, value: str) -> Fields:
    return {"propertyName": name, "operator": operator, "value": value}


def _ms(at: datetime) -> str:
    """Milliseconds since 1970, as filters take instants."""
    return str((at - _EPOCH) // _MILLISECOND)
