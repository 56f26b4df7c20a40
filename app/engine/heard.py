"""When the CRM was last heard: what is stored is enough to go by only while it is known to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LATELY = timedelta(minutes=6)
"""A little longer than the portal is left unasked when nothing else is to be read."""


@dataclass(slots=True)
class Heard:
    """Shared by all that ask the CRM in one process. Each worker trusts its own ears only."""

    at: datetime | None = None

    def lately(self, now: datetime) -> datetime | None:
        """When it was last heard, if that is so short a while ago that it can be taken to be there."""
        return self.at if self.at is not None and now - self.at <= LATELY else None

    def silent_since(self, now: datetime) -> datetime:
        """From when on a CRM that does not answer at `now` has been silent, as far as anybody can say."""
        return now if self.at is None else max(min(self.at, now), now - LATELY)
