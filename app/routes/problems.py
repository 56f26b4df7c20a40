"""Problems as RFC 9457 problem+json: every kind of refusal, with its stable `type`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
PROBLEM_ANSWER: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem (RFC 9457); some types carry more members than these.",
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail"],
                    "properties": {
                        "type": {"type": "string", "format": "uri-reference"},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                    },
                }
            }
        },
    }
}
"""What OpenAPI says of every refusal."""


class Kind(Enum):
    """Each kind's name in `type`, its status, its title, and when it is answered."""

    UNREADABLE = ("unreadable", 400, "Unreadable body", "The body is not what its Content-Type says.")
    UNAUTHORIZED = ("unauthorized", 401, "No valid key", "The key is missing, unknown, expired or revoked.")
    SIGNATURE = ("signature", 401, "Signature refused", "A webhook is not signed with its source's client secret.")
    NOT_ALLOWED = ("not-allowed", 403, "Not allowed", "The key's role, or its owner, may not do this.")
    NOT_FOUND = ("not-found", 404, "Not found", "There is nothing of that name; `detail` says of what.")
    UNEXPLAINED = ("unexplained", 404, "No explanation", "No decision is stored that could be explained.")
    METHOD = ("method", 405, "Method not allowed", "The path takes other methods; `Allow` names them.")
    NOT_ACCEPTABLE = ("not-acceptable", 406, "Not acceptable", "There is no form that `Accept` takes.")
    NOT_PUBLISHABLE = ("not-publishable", 409, "Not publishable", "Something stands against it: `reasons` says what.")
    NOT_DONE = ("not-done", 409, "Not done", "The handoff cannot be treated so as it stands; `detail` says why.")
    NOT_REPLAYED = ("not-replayed", 409, "Not replayed", "A replay is not begun or resumed so; `detail` says why.")
    STALE = (
        "stale",
        412,
        "Changed meanwhile",
        "What stands is not what `If-Match` names; `changes` says how it differs.",
    )
    TOO_LARGE = ("too-large", 413, "Too large", "The body is larger than the path takes.")
    MEDIA = ("media-type", 415, "Unsupported media type", "The `Content-Type` is none that the path takes.")
    AGREEMENT = ("agreement", 422, "Not a usable agreement", "The document has faults; `errors` lists each.")
    REQUEST = ("request", 422, "Wrong request", "A parameter or a field of the body is wrong; `detail` says which.")
    NO_CONDITION = (
        "if-match-missing",
        428,
        "If-Match is missing",
        "A change names the ETag of what it was made from.",
    )
    DEFECT = ("defect", 500, "Defect", "Baton failed; its log says where.")
    UNAVAILABLE = ("unavailable", 503, "Unavailable", "The database does not answer, or has not the expected shape.")
    SHUT = ("webhooks-shut", 503, "Webhooks are disabled", "No client secret is set for this source.")
    OVERLOADED = ("overloaded", 503, "Overloaded", "Too much waits to be stored; send it again in a while.")

    def __init__(self, slug: str, status: int, title: str, when: str) -> None:
        self.slug, self.status, self.title, self.when = slug, status, title, when

    @property
    def type(self) -> str:
        """The URI reference that names the kind for good."""
        return f"/problems/{self.slug}"


class ProblemAnswer(JSONResponse):
    """In ASCII, since a refusal may name what UTF-8 cannot hold: half a surrogate pair in a name of the request."""

    media_type = MEDIA_TYPE

    def render(self, content: object) -> bytes:
        return json.dumps(content).encode("ascii")


def problem(
    kind: Kind, detail: str, *, headers: Mapping[str, str] | None = None, more: Mapping[str, object] | None = None
) -> JSONResponse:
    """A refusal that says what is wrong and what to do; `more` are JSON-able members beside the usual ones."""
    content = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": detail, **(more or {})}
    return ProblemAnswer(content, status_code=kind.status, headers=dict(headers or {}))
