"""The records that hang on contacts: first which they are, then what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from app.crm.hubspot.links import Link, LinkReader
from app.crm.hubspot.objects import Record, RecordReader
from app.records.ids import ContactId


class LinkedReader:
    def __init__(self, links: LinkReader, reader: RecordReader) -> None:
        self._links = links
        self._reader = reader

    async def read(
        self, objects: str, contact_ids: Iterable[ContactId], properties: Sequence[str]
    ) -> dict[ContactId, list[Record]]:
        """The records of every contact asked for, in the order of their ids; those deleted in between are left out.

        Costs a call for each page of links, and one for each hundred records.
        """
        contacts = list(dict.fromkeys(contact_ids))
        links = await self._links.read("contacts", objects, contacts)
        ids = {contact: _in_order(links.get(contact, ())) for contact in contacts}
        wanted = chain.from_iterable(ids.values())
        read = await self._reader.read(objects, wanted, properties, follow_merges=False)
        return {contact: [read.found[each] for each in linked if each in read.found] for contact, linked in ids.items()}


def _in_order(links: Iterable[Link]) -> list[str]:
    """Each id once, in the order of their numbers."""
    return sorted({link.to_id for link in links}, key=lambda each: (len(each), each))
