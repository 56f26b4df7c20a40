"""Was a webhook request signed with the app's client secret? Pure, on raw bytes, and it never raises.

Version 3 is an HMAC-SHA256 over method, URI, body and timestamp, in base64; version 1 is a plain
SHA-256 over secret and body, in hex, and has no protection against being sent again.
Source: HubSpot developer documentation, "Validating requests from HubSpot".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from app.crm.port import Headers, Secrets, SignedRequest, Verdict

PAST = timedelta(minutes=5)
FUTURE = timedelta(minutes=1)

_V1 = b"x-hubspot-signature"
_V3 = b"x-hubspot-signature-v3"
_TIMESTAMP = b"x-hubspot-request-timestamp"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LONGEST_TIMESTAMP = 15

_DECODED = re.compile(rb"%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
"""The escapes that HubSpot decodes before signing: `: / ? @ ! $ ' ( ) * , ;`. All others stay as sent."""


def verify(request: SignedRequest, secrets: Secrets, *, public_url: str, allow_v1: bool, now: datetime) -> Verdict:
    """Judge a request that reached `public_url` + its target. A version 3 signature, once there, is the only
    one looked at: a bad one is never rescued by a good older one.
    """
    signatures = _values(request, _V3)
    if signatures:
        return _verify_v3(request, signatures, secrets, public_url, now)
    signatures = _values(request, _V1)
    if signatures and allow_v1:
        return _verify_v1(request, signatures, secrets)
    return Verdict.NO_SIGNATURE


def sign(request: SignedRequest, secret: str, *, public_url: str, now: datetime) -> Headers:
    """The headers of version 3 that HubSpot would send with the request."""
    timestamp = str((now - _EPOCH) // _MILLISECOND).encode()
    signature = _hmac(_bytes(secret), _v3_content(request, public_url, timestamp))
    return ((_V3, signature), (_TIMESTAMP, timestamp))


def _verify_v3(
    request: SignedRequest, signatures: list[bytes], secrets: Secrets, public_url: str, now: datetime
) -> Verdict:
    if not _is_one_text(signatures):
        return Verdict.BAD_HEADER
    timestamps = _values(request, _TIMESTAMP)
    if not _is_one_number(timestamps):
        return Verdict.BAD_TIMESTAMP
    if (refusal := _judge_age(int(timestamps[0]), now)) is not None:
        return refusal
    content = _v3_content(request, public_url, timestamps[0])
    expected = (_hmac(secret, content) for secret in _keys(secrets))
    return _compare(signatures[0], list(expected))


def _verify_v1(request: SignedRequest, signatures: list[bytes], secrets: Secrets) -> Verdict:
    if not _is_one_text(signatures):
        return Verdict.BAD_HEADER
    expected = (hashlib.sha256(secret + request.body).hexdigest().encode() for secret in _keys(secrets))
    return _compare(signatures[0], list(expected))


def _judge_age(timestamp_ms: int, now: datetime) -> Verdict | None:
    age = (now - _EPOCH) // _MILLISECOND - timestamp_ms
    if age > PAST // _MILLISECOND:
        return Verdict.TOO_OLD
    if age < -FUTURE // _MILLISECOND:
        return Verdict.IN_FUTURE
    return None


def _v3_content(request: SignedRequest, public_url: str, timestamp: bytes) -> bytes:
    uri = _DECODED.sub(_decode_escape, _bytes(public_url.rstrip("/") + request.target))
    return _bytes(request.method.upper()) + uri + request.body + timestamp


def _decode_escape(escape: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escape[1].decode())


def _hmac(secret: bytes, content: bytes) -> bytes:
    return base64.b64encode(hmac.digest(secret, content, "sha256"))


def _compare(given: bytes, expected: list[bytes]) -> Verdict:
    # Every secret is tried, so that the time taken does not tell which one is in use.
    matches = [hmac.compare_digest(given, candidate) for candidate in expected]
    return Verdict.VALID if any(matches) else Verdict.MISMATCH


def _keys(secrets: Secrets) -> list[bytes]:
    """The secrets to try. An empty one is left out: anybody can sign with it."""
    return [_bytes(secret) for secret in (secrets.current, secrets.previous) if secret]


def _values(request: SignedRequest, name: bytes) -> list[bytes]:
    return [value for header, value in request.headers if header == name]


def _is_one_text(values: list[bytes]) -> bool:
    return len(values) == 1 and bool(values[0].strip()) and values[0].isascii()


def _is_one_number(values: list[bytes]) -> bool:
    # `int` alone would also take signs, spaces and underscores, and digits without end.
    return len(values) == 1 and values[0].isdigit() and len(values[0]) <= _LONGEST_TIMESTAMP


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
