"""A webhook body to events. One bad event never costs its siblings anything."""

from __future__ import annotations

import hashlib
import json
import math
import re
from datetime import datetime

import orjson

from app.crm.hubspot import signature
from app.crm.hubspot.payload import WrongPayload, read_event
from app.crm.port import Headers, Secrets, SignedRequest, Verdict
from app.records.event import Event, Unreadable

_LONGEST_NUMBER = 20
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class HubspotInbox:
    """HubSpot's webhooks. `public_url` is scheme, host and any prefix that a proxy takes away: what HubSpot
    calls, less the request's own target. Version 1 signatures are refused unless `allow_v1`.
    """

    def __init__(self, public_url: str, *, allow_v1: bool = False) -> None:
        self._public_url = public_url
        self._allow_v1 = allow_v1

    def verify(self, request: SignedRequest, secrets: Secrets, *, now: datetime) -> Verdict:
        """Judge a request on its raw bytes, before anything is parsed. Never raises."""
        return signature.verify(request, secrets, public_url=self._public_url, allow_v1=self._allow_v1, now=now)

    def sign(self, method: str, target: str, body: bytes, secret: str, *, now: datetime) -> Headers:
        """The headers that make the request one of HubSpot's, for trying out the way here."""
        request = SignedRequest(method, target, (), body)
        return signature.sign(request, secret, public_url=self._public_url, now=now)

    def parse(self, body: bytes) -> list[Event | Unreadable]:
        """Read every event of a body. Never raises: what cannot be read comes back as Unreadable, alone."""
        try:
            content = _decode(body)
            if not isinstance(content, list):
                return [_whole(body, "the body is no list of events")]
            return [_read(piece) for piece in content]
        except RecursionError:
            return [_whole(body, "the body is nested too deeply")]
        except json.JSONDecodeError:
            return [_whole(body, "the body is no JSON")]


def _decode(body: bytes) -> object:
    """Parse a body. What is strictly no JSON is read again leniently, so that it costs its own event only."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # A byte that is no UTF-8 becomes half a surrogate pair here.
        return _LENIENT.decode(body.decode("utf-8", "surrogateescape"))


def _integer(digits: str) -> object:
    """A whole number as orjson reads it, so that both ways of reading give an event the same key."""
    # Python refuses to convert thousands of digits, and would lose the whole body over them.
    number = int(digits) if len(digits) <= _LONGEST_NUMBER else 2**64
    return number if -(2**63) <= number < 2**64 else _float(digits)


def _float(digits: str) -> object:
    number = float(digits)
    return number if math.isfinite(number) else _NO_NUMBER


_NO_NUMBER = object()
"""Stands for NaN and the infinities: no encoder takes it."""

_LENIENT = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=lambda _: _NO_NUMBER, strict=False)
_READABLE = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=lambda _: "no finite number"
)


def _read(piece: object) -> Event | Unreadable:
    if not isinstance(piece, dict):
        return _alone(piece, "the event is no object")
    lasting = {name: value for name, value in piece.items() if name != "attemptNumber"}
    try:
        return read_event(piece, key=_digest(_canonical(lasting)))
    except WrongPayload as wrong:
        return _alone(lasting, str(wrong))


def _canonical(lasting: dict[str, object]) -> bytes:
    """The one serialisation of an event. Raises WrongPayload for what JSON or PostgreSQL cannot hold."""
    try:
        content = orjson.dumps(lasting, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise WrongPayload("half a surrogate pair, a number that is not finite, or deep nesting") from None
    if b"\\u0000" in content and _ESCAPED_NUL.search(content):
        raise WrongPayload("a text holds a NUL character")
    return content


def _alone(piece: object, reason: str) -> Unreadable:
    try:
        raw = _READABLE.encode(piece).encode("utf-8", "backslashreplace")
    except RecursionError:
        return _alone(_shallow(piece), "the event is nested too deeply")
    return Unreadable(_digest(raw), raw.decode(), reason)


def _shallow(piece: object) -> object:
    """What of a bottomless event can be written down."""
    fields = piece.items() if isinstance(piece, dict) else ()
    return {name: value for name, value in fields if not isinstance(value, dict | list)}


def _whole(body: bytes, reason: str) -> Unreadable:
    raw = body.decode("utf-8", "backslashreplace").replace("\0", "\\u0000")
    return Unreadable(_digest(body), raw, reason)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
