from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crm.hubspot.inbox import HubspotInbox
from app.crm.port import Secrets, SignedRequest, Verdict
from tests.core.made import SOME, made, text

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "payloads" / "signatures.json").read_text())
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
URL = "https://leads.example.com"
TARGET = "/webhooks/hubspot"
BODY = '[{"eventId":1,"propertyValue":"Zoë 東京"}]'.encode()
SECRETS = Secrets("current-secret", "previous-secret")
SIGNATURE, TIMESTAMP, OLD_SIGNATURE = (
    b"x-hubspot-signature-v3",
    b"x-hubspot-request-timestamp",
    b"x-hubspot-signature",
)

Headers = tuple[tuple[bytes, bytes], ...]


def milliseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)


def sign(body: bytes = BODY, *, secret: str = SECRETS.current, at: datetime = NOW, uri: str = URL + TARGET) -> Headers:
    """The headers HubSpot would send, reckoned apart from the code under test."""
    timestamp = str(milliseconds(at)).encode()
    digest = hmac.new(secret.encode(), b"POST" + uri.encode() + body + timestamp, hashlib.sha256).digest()
    return ((SIGNATURE, base64.b64encode(digest)), (TIMESTAMP, timestamp))


def judge(
    headers: Headers,
    body: bytes = BODY,
    *,
    target: str = TARGET,
    secrets: Secrets = SECRETS,
    allow_v1: bool = False,
    method: str = "POST",
) -> Verdict:
    request = SignedRequest(method, target, headers, body)
    return HubspotInbox(URL, allow_v1=allow_v1).verify(request, secrets, now=NOW)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_published_signature_is_valid(vector: dict[str, Any]) -> None:
    headers: Headers = ((OLD_SIGNATURE, vector["signature"].encode()),)
    now = NOW
    if vector["version"] == "v3":
        headers = (
            (SIGNATURE, vector["signature"].encode()),
            (TIMESTAMP, vector["timestamp"].encode()),
        )
        now = EPOCH + timedelta(milliseconds=int(vector["timestamp"]))
    request = SignedRequest(vector["method"], vector["target"], headers, vector["body"].encode())
    inbox = HubspotInbox(vector["public_url"], allow_v1=vector["version"] == "v1")
    assert inbox.verify(request, Secrets(vector["secret"]), now=now) is Verdict.VALID
    assert inbox.verify(request, Secrets("another"), now=now) is Verdict.MISMATCH


def test_signature_of_an_undecoded_uri_is_refused() -> None:
    vector = next(each for each in VECTORS if "signature_of_undecoded_uri" in each)
    headers = (
        (SIGNATURE, vector["signature_of_undecoded_uri"].encode()),
        (TIMESTAMP, vector["timestamp"].encode()),
    )
    request = SignedRequest("POST", vector["target"], headers, vector["body"].encode())
    now = EPOCH + timedelta(milliseconds=int(vector["timestamp"]))
    inbox = HubspotInbox(vector["public_url"])
    assert inbox.verify(request, Secrets(vector["secret"]), now=now) is Verdict.MISMATCH


@pytest.mark.parametrize(
    ("age", "verdict"),
    [
        (timedelta(), Verdict.VALID),
        (timedelta(minutes=5), Verdict.VALID),
        (timedelta(minutes=5, milliseconds=1), Verdict.TOO_OLD),
        (timedelta(minutes=5, seconds=1), Verdict.TOO_OLD),
        (timedelta(days=365), Verdict.TOO_OLD),
        (-timedelta(minutes=1), Verdict.VALID),
        (-timedelta(minutes=1, milliseconds=1), Verdict.IN_FUTURE),
        (-timedelta(days=365), Verdict.IN_FUTURE),
    ],
)
def test_timestamp_may_be_five_minutes_old_or_one_ahead(age: timedelta, verdict: Verdict) -> None:
    assert judge(sign(at=NOW - age)) is verdict


def test_current_and_previous_secret_are_accepted_and_older_ones_are_not() -> None:
    assert judge(sign(secret="current-secret")) is Verdict.VALID
    assert judge(sign(secret="previous-secret")) is Verdict.VALID
    assert judge(sign(secret="the-one-before")) is Verdict.MISMATCH


@pytest.mark.parametrize("secrets", [Secrets(""), Secrets("", ""), Secrets("current-secret", "")])
def test_empty_secret_opens_nothing(secrets: Secrets) -> None:
    assert judge(sign(secret=""), secrets=secrets) is Verdict.MISMATCH


GOOD = sign()
BAD_HEADERS: list[tuple[str, Headers, Verdict]] = [
    ("no header at all", (), Verdict.NO_SIGNATURE),
    ("timestamp alone", GOOD[1:], Verdict.NO_SIGNATURE),
    ("signature empty", ((SIGNATURE, b""), GOOD[1]), Verdict.BAD_HEADER),
    ("signature blank", ((SIGNATURE, b"  "), GOOD[1]), Verdict.BAD_HEADER),
    ("signature not ASCII", ((SIGNATURE, "sïgnature".encode()), GOOD[1]), Verdict.BAD_HEADER),
    ("signature not UTF-8", ((SIGNATURE, b"\xff\xfe"), GOOD[1]), Verdict.BAD_HEADER),
    ("signature repeated", (GOOD[0], *GOOD), Verdict.BAD_HEADER),
    ("a second signature", (*GOOD, (SIGNATURE, b"other")), Verdict.BAD_HEADER),
    ("signature cut", ((SIGNATURE, GOOD[0][1][:-1]), GOOD[1]), Verdict.MISMATCH),
    ("no timestamp", GOOD[:1], Verdict.BAD_TIMESTAMP),
    ("timestamp repeated", (*GOOD, GOOD[1]), Verdict.BAD_TIMESTAMP),
    ("timestamp empty", (GOOD[0], (TIMESTAMP, b"")), Verdict.BAD_TIMESTAMP),
    ("timestamp NaN", (GOOD[0], (TIMESTAMP, b"NaN")), Verdict.BAD_TIMESTAMP),
    ("timestamp signed", (GOOD[0], (TIMESTAMP, b"+1")), Verdict.BAD_TIMESTAMP),
    ("timestamp with underscores", (GOOD[0], (TIMESTAMP, b"1_700_000")), Verdict.BAD_TIMESTAMP),
    ("timestamp without end", (GOOD[0], (TIMESTAMP, b"9" * 5_000)), Verdict.BAD_TIMESTAMP),
    ("timestamp in Arabic digits", (GOOD[0], (TIMESTAMP, "١٢".encode())), Verdict.BAD_TIMESTAMP),
    ("timestamp in seconds", (GOOD[0], (TIMESTAMP, b"1795168800")), Verdict.TOO_OLD),
]


def test_unfit_headers_are_refused_with_a_verdict() -> None:
    judged = {name: judge(headers) for name, headers, _ in BAD_HEADERS}
    assert judged == {name: verdict for name, _, verdict in BAD_HEADERS}


def test_body_encoded_anew_is_refused() -> None:
    assert judge(sign(), json.dumps(json.loads(BODY)).encode()) is Verdict.MISMATCH


def test_other_method_path_or_host_is_refused() -> None:
    assert judge(sign(), method="PUT") is Verdict.MISMATCH
    assert judge(sign(), target="/webhooks/other") is Verdict.MISMATCH
    assert judge(sign(uri="http://10.0.0.7:8080" + TARGET)) is Verdict.MISMATCH


def test_prefix_that_a_proxy_takes_away_belongs_to_the_public_url() -> None:
    headers = sign(uri="https://example.com/baton/webhooks/hubspot")
    request = SignedRequest("POST", TARGET, headers, BODY)
    assert HubspotInbox("https://example.com/baton/").verify(request, SECRETS, now=NOW) is Verdict.VALID


@pytest.mark.parametrize(
    ("on_wire", "signed"),
    [
        ("/hook?a=%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B", "/hook?a=:/?@!$'()*,;"),
        ("/hook?a=%3a%2f", "/hook?a=:/"),
        ("/hook?a=%20%26%23%2B%3D%25%7E", "/hook?a=%20%26%23%2B%3D%25%7E"),
        ("/hook?a=%253A", "/hook?a=%253A"),
        ("/ho%2Fok", "/ho/ok"),
    ],
)
def test_only_the_escapes_of_the_table_are_decoded(on_wire: str, signed: str) -> None:
    assert judge(sign(uri=URL + signed), target=on_wire) is Verdict.VALID


def sign_v1(secret: str = SECRETS.current, body: bytes = BODY) -> Headers:
    return ((OLD_SIGNATURE, hashlib.sha256(secret.encode() + body).hexdigest().encode()),)


def test_version_1_counts_only_where_it_is_switched_on() -> None:
    assert judge(sign_v1()) is Verdict.NO_SIGNATURE
    assert judge(sign_v1(), allow_v1=True) is Verdict.VALID
    assert judge(sign_v1("previous-secret"), allow_v1=True) is Verdict.VALID
    assert judge(sign_v1("another"), allow_v1=True) is Verdict.MISMATCH
    assert judge(sign_v1() * 2, allow_v1=True) is Verdict.BAD_HEADER
    assert judge(sign_v1(""), allow_v1=True, secrets=Secrets("")) is Verdict.MISMATCH


def test_good_version_1_does_not_rescue_a_bad_version_3() -> None:
    headers = (*sign_v1(), (SIGNATURE, b"wrong"), sign()[1])
    assert judge(headers, allow_v1=True) is Verdict.MISMATCH


def any_request(rng: Random) -> SignedRequest:
    names = (SIGNATURE, TIMESTAMP, OLD_SIGNATURE, rng.randbytes(rng.randint(0, 30)))
    values = (str(milliseconds(NOW)).encode(), rng.randbytes(rng.randint(0, 60)))
    headers = tuple((rng.choice(names), rng.choice(values)) for _ in range(rng.randint(0, 5)))
    method, target = (text(rng, 40, "/aé東%3A?\0\ud83d") for _ in range(2))
    return SignedRequest(method, target, headers, rng.randbytes(rng.randint(0, 200)))


@SOME
@given(made(any_request), st.booleans())
def test_anything_gets_a_verdict_and_nothing_forged_gets_in(
    request: SignedRequest,
    allow_v1: bool,  # noqa: FBT001
) -> None:
    verdict = HubspotInbox(URL, allow_v1=allow_v1).verify(request, SECRETS, now=NOW)
    assert isinstance(verdict, Verdict)
    assert verdict is not Verdict.VALID


@SOME
@given(body=st.binary(min_size=1, max_size=300), position=st.integers(0, 299), flip=st.integers(1, 255))
def test_one_changed_byte_is_refused(body: bytes, position: int, flip: int) -> None:
    headers = sign(body)
    assert judge(headers, body) is Verdict.VALID
    at = position % len(body)
    changed = body[:at] + bytes([body[at] ^ flip]) + body[at + 1 :]
    assert judge(headers, changed) is Verdict.MISMATCH


def test_secrets_stay_out_of_texts() -> None:
    assert "current-secret" not in repr(SECRETS)
    assert "current-secret" not in f"{SECRETS}"


@given(body=st.binary(max_size=40), target=st.sampled_from([TARGET, f"{TARGET}/other?x=%2F", "/p%C3%A9"]))
def test_what_is_signed_here_is_let_in_and_nothing_else_is(body: bytes, target: str) -> None:
    headers = HubspotInbox(URL).sign("POST", target, body, SECRETS.current, now=NOW)
    assert judge(headers, body, target=target) is Verdict.VALID
    assert judge(headers, body + b" ", target=target) is Verdict.MISMATCH
    assert judge(headers, body, target=target, secrets=Secrets("another")) is Verdict.MISMATCH


def test_it_is_signed_as_hubspot_signs() -> None:
    assert HubspotInbox(URL).sign("POST", TARGET, BODY, SECRETS.current, now=NOW) == sign()
