"""Named points in the engine where a test may stand: to crash, to wait, to count.

The service runs with SILENT. A fault test hands in its own Probes; nothing is ever patched.
"""

from __future__ import annotations

from typing import Protocol


class Probes(Protocol):
    async def at(self, point: str) -> None:
        """Called when the engine reaches `point`."""


class _Silent:
    async def at(self, point: str) -> None:
        del point


SILENT: Probes = _Silent()

AFTER_CLAIM = "after claim"
AFTER_READ = "after read"
AFTER_COMMIT = "after commit"
BEFORE_SEND = "before send"
"""`sending` is committed, nothing is sent."""
AFTER_SEND = "after send"
"""The CRM answered, nothing is settled."""
BETWEEN_CLEAR_AND_SET = "between clear and set"
AFTER_SETTLE = "after settle"

POINTS = (AFTER_CLAIM, AFTER_READ, AFTER_COMMIT, BEFORE_SEND, AFTER_SEND, BETWEEN_CLEAR_AND_SET, AFTER_SETTLE)
"""Those of a look."""

BEFORE_NOTIFY = "before notify"
"""A notice is claimed, nothing is sent."""
AFTER_NOTIFY = "after notify"
"""The receiver took it, nothing is settled."""
AFTER_NOTICE_SETTLED = "after notice settled"

NOTICE_POINTS = (BEFORE_NOTIFY, AFTER_NOTIFY, AFTER_NOTICE_SETTLED)
"""Those on a notice's way out."""
