"""What a place in a document is called: `Route demo`, `Pool inbound, member ann@example.com, share`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.agreement.difference.change import Place
from app.agreement.prose.words import capital
from app.rules.wording import spoken

_NOUNS: Mapping[str, str] = {
    "support": "support",
    "accountability": "consequence",
    "calendars": "calendar",
    "definitions": "definition",
    "personas": "persona",
    "score": "score",
    "rows": "row",
    "disqualify": "disqualification",
    "stages": "stage",
    "routes": "route",
    "territories": "territory",
    "named_accounts": "named account",
    "pools": "pool",
    "members": "member",
    "promises": "promise",
    "steps": "step",
    "recycle": "returned lead",
    "playbooks": "playbook",
    "examples": "example",
}
"""What one item of a list or map is called."""


def subject_of(place: Place) -> str:
    """The place in words. The section of the terms is not named, since its fields say enough."""
    return capital(", ".join(_parts(place[1:] if len(place) > 1 and place[0] == "agreement" else place)))


def _parts(place: Place) -> Iterator[str]:
    at = 0
    while at < len(place):
        noun = _NOUNS.get(place[at]) if at + 1 < len(place) else None
        if noun is None:
            yield place[at].replace("_", " ")
            at += 1
        else:
            name = place[at + 1]
            yield f"{noun} {spoken(name) if noun == 'definition' else name}"
            at += 2
