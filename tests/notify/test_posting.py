"""Webhooks and Slack, over TLS to a receiver on this machine."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.notify.channels import Message
from app.notify.errors import Busy, Denied, Refused, Unlawful, Unreachable
from app.notify.post import Post
from app.notify.reach import Reach
from app.notify.slack import Slack
from app.notify.webhook import SIGNATURE, Webhook
from tests.notify.receiver import INSIDE, Receiver, answer, client_tls, receiving

MESSAGE = Message(
    key="62515:8f:breach",
    to="ann@example.com",
    kind="breached",
    subject="Lead <Ann & Co> waits",
    lines=("It was due at 10:15.", "Call now."),
    made_at=datetime(2026, 11, 20, 15, tzinfo=UTC),
)


@pytest.fixture
async def receiver(tmp_path: Path) -> AsyncIterator[Receiver]:
    async with receiving(tmp_path) as made:
        yield made


def post(receiver: Receiver, folder: Path, *, reach: Reach = INSIDE, within: float = 5) -> Post:
    tls = client_tls(folder)
    return Post(receiver.url, reach, within=timedelta(seconds=within), ports=(receiver.port,), tls=tls)


async def test_a_webhook_gets_the_notice_as_json_with_its_key(receiver: Receiver, tmp_path: Path) -> None:
    await Webhook(post(receiver, tmp_path)).deliver(MESSAGE)
    [request] = receiver.requests
    assert request.target == "/hook?to=me"
    assert request.headers["idempotency-key"] == MESSAGE.key
    assert request.headers["host"] == f"localhost:{receiver.port}"
    assert SIGNATURE.lower() not in request.headers
    assert json.loads(request.body) == {
        "key": MESSAGE.key,
        "to": "ann@example.com",
        "kind": "breached",
        "subject": "Lead <Ann & Co> waits",
        "lines": ["It was due at 10:15.", "Call now."],
        "made_at": "2026-11-20T15:00:00Z",
    }


async def test_a_webhook_with_a_secret_is_signed_over_its_body(receiver: Receiver, tmp_path: Path) -> None:
    await Webhook(post(receiver, tmp_path), "s3cret").deliver(MESSAGE)
    [request] = receiver.requests
    expected = hmac.new(b"s3cret", request.body, hashlib.sha256).hexdigest()
    assert request.headers[SIGNATURE.lower()] == f"sha256={expected}"


async def test_a_repeat_is_the_same_to_the_byte(receiver: Receiver, tmp_path: Path) -> None:
    webhook = Webhook(post(receiver, tmp_path), "s3cret")
    await webhook.deliver(MESSAGE)
    await webhook.deliver(MESSAGE)
    first, second = receiver.requests
    assert first == second


async def test_slack_gets_text_that_mentions_nobody_and_says_whom_it_is_for(receiver: Receiver, tmp_path: Path) -> None:
    await Slack(post(receiver, tmp_path)).deliver(MESSAGE)
    [request] = receiver.requests
    text = json.loads(request.body)["text"]
    assert text.splitlines() == [
        "*Lead &lt;Ann &amp; Co&gt; waits*",
        "It was due at 10:15.",
        "Call now.",
        f"_For ann@example.com · {MESSAGE.key}_",
    ]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_a_refusal_of_the_moment_is_one_to_try_again(receiver: Receiver, tmp_path: Path, status: int) -> None:
    receiver.answers = [answer(status, "later", "Retry-After: 120")]
    with pytest.raises(Busy, match=f"{status}: later") as busy:
        await post(receiver, tmp_path).send(b"{}", {})
    assert busy.value.retry_after == timedelta(seconds=120)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_receiver_that_lets_nobody_in_is_one_to_try_again(
    receiver: Receiver, tmp_path: Path, status: int
) -> None:
    receiver.answers = [answer(status, "invalid_token")]
    with pytest.raises(Denied, match=f"{status}: invalid_token"):
        await post(receiver, tmp_path).send(b"{}", {})


@pytest.mark.parametrize("status", [400, 404, 410])
async def test_a_refusal_of_the_message_is_one_for_good(receiver: Receiver, tmp_path: Path, status: int) -> None:
    receiver.answers = [answer(status, "no\x1b[2Jservice\n" + "x" * 5000)]
    with pytest.raises(Refused, match=rf"{status}: no \[2Jservice x") as refused:
        await post(receiver, tmp_path).send(b"{}", {})
    assert len(refused.value.words) <= 300


async def test_a_redirect_is_not_followed(receiver: Receiver, tmp_path: Path) -> None:
    receiver.answers = [answer(302, "", f"Location: {receiver.url}")]
    with pytest.raises(Refused, match="redirects are not followed"):
        await post(receiver, tmp_path).send(b"{}", {})
    assert len(receiver.requests) == 1


async def test_an_answer_without_end_is_not_waited_for(receiver: Receiver, tmp_path: Path) -> None:
    receiver.answers = [b"HTTP/1.1 400 No\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 100_000]
    with pytest.raises(Refused):
        await post(receiver, tmp_path).send(b"{}", {})


async def test_an_answer_that_is_no_http_is_one_to_try_again(receiver: Receiver, tmp_path: Path) -> None:
    receiver.answers = [b"220 mail.example.com ESMTP\r\n"]
    with pytest.raises(Unreachable):
        await post(receiver, tmp_path).send(b"{}", {})


async def test_a_receiver_that_never_answers_is_given_up(tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    async with receiving(tmp_path):
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable, match=r"within 0\.2 s"):
            await post(Receiver(port), tmp_path, within=0.2).send(b"{}", {})
        gone.set()
        server.close()


async def test_a_certificate_that_is_not_trusted_is_no_receiver(receiver: Receiver) -> None:
    stranger = Post(receiver.url, INSIDE, within=timedelta(seconds=5), ports=(receiver.port,))
    with pytest.raises(Unreachable):
        await stranger.send(b"{}", {})
    assert receiver.requests == []


async def test_the_same_receiver_is_out_of_reach_when_no_setting_names_it(receiver: Receiver, tmp_path: Path) -> None:
    with pytest.raises(Unlawful):
        await post(receiver, tmp_path, reach=Reach()).send(b"{}", {})
    assert receiver.requests == []


async def test_a_proxy_of_the_environment_is_not_asked(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    await post(receiver, tmp_path).send(b"{}", {})
    assert len(receiver.requests) == 1
