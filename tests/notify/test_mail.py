"""E-mail, to a mail server on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from app.notify.channels import Message
from app.notify.errors import Busy, Denied, Refused, Unlawful, Unreachable
from app.notify.mail import Mail, Relay
from app.notify.reach import Reach
from tests.notify.receiver import HOST, INSIDE, client_tls, server_tls

WITHIN = timedelta(seconds=5)
MESSAGE = Message(
    key="62515:8f:breach",
    to="ann@example.com",
    kind="breached",
    subject="Lead <Ann & Zoë> waits",
    lines=("It was due at 10:15.", "<b>Call</b> now."),
    made_at=datetime(2026, 11, 20, 15, tzinfo=UTC),
)


@dataclass(slots=True)
class MailServer:
    """Takes mail, or answers what it is told to."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    recipient_answer: str = "250 OK"
    answer: str = "250 OK"
    lets_in: bool = True

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802  aiosmtpd calls it so
        envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd calls it so
        assert isinstance(envelope.content, bytes)
        if self.answer.startswith("2"):
            self.taken.append(message_from_bytes(envelope.content, EmailMessage, policy=default))
        return self.answer

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        self.users.append(f"{given.login.decode()}:{given.password.decode()}")
        return AuthResult(success=self.lets_in, handled=False)


@asynccontextmanager
async def serving(made: MailServer, **options: Any) -> AsyncIterator[MailServer]:
    loop = asyncio.get_running_loop()
    wrapped = options.pop("wrapped", None)
    server = await loop.create_server(
        lambda: SMTP(made, hostname=HOST, loop=loop, **options), "127.0.0.1", 0, ssl=wrapped
    )
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """A mail server of the own network, without TLS."""
    async with serving(MailServer()) as made:
        yield made


def mail(server: MailServer, scheme: str = "smtp", *, tls: Path | None = None, login: str = "") -> Mail:
    relay = Relay.parse(f"{scheme}://{login}{HOST}:{server.port}")
    return Mail(relay, "baton@example.com", INSIDE, within=WITHIN, tls=client_tls(tls) if tls else None)


async def test_a_mail_says_in_text_and_in_html_what_the_notice_says(server: MailServer) -> None:
    await mail(server).deliver(MESSAGE)
    [taken] = server.taken
    assert (taken["From"], taken["To"], taken["Subject"]) == ("baton@example.com", "ann@example.com", MESSAGE.subject)
    assert taken["Date"].datetime == MESSAGE.made_at
    assert taken["Auto-Submitted"] == "auto-generated"
    text, html = (part.get_content().replace("\r\n", "\n") for part in taken.iter_parts())
    assert text == "It was due at 10:15.\n<b>Call</b> now.\n"
    assert html == "<p>It was due at 10:15.</p>\n<p>&lt;b&gt;Call&lt;/b&gt; now.</p>\n"


async def test_a_repeat_has_the_same_message_id_and_another_notice_another(server: MailServer) -> None:
    for message in (MESSAGE, MESSAGE, replace(MESSAGE, key="62515:8f:other")):
        await mail(server).deliver(message)
    first, repeat, other = (taken["Message-ID"] for taken in server.taken)
    assert first == repeat != other
    assert first.endswith("@example.com>")


async def test_what_came_from_a_crm_cannot_add_a_header(server: MailServer) -> None:
    await mail(server).deliver(replace(MESSAGE, subject="Lead\r\nBcc: spy@example.com\n\nwaits"))
    [taken] = server.taken
    assert taken["Subject"] == "Lead Bcc: spy@example.com waits"
    assert "Bcc" not in taken


@pytest.mark.parametrize(
    "address", ["", "nobody", "a b@example.com", "a@b\r\nBcc: c@d", "a@example.com, b@example.com"]
)
async def test_what_is_no_address_is_refused_for_good(server: MailServer, address: str) -> None:
    with pytest.raises(Refused, match="is no e-mail address"):
        await mail(server).deliver(replace(MESSAGE, to=address))
    assert server.taken == []


async def test_a_server_that_refuses_now_is_tried_again_and_one_that_refuses_for_good_is_not(
    server: MailServer,
) -> None:
    server.answer = "451 Try again later"
    with pytest.raises(Busy, match="451: Try again later"):
        await mail(server).deliver(MESSAGE)
    server.answer, server.recipient_answer = "250 OK", "550 No such\0 user"
    with pytest.raises(Refused, match="550: No such user"):
        await mail(server).deliver(MESSAGE)


async def test_with_a_password_tls_comes_first(tmp_path: Path) -> None:
    made = MailServer()
    options = {"tls_context": server_tls(tmp_path), "require_starttls": True, "authenticator": made.authenticate}
    async with serving(made, **options) as server:
        await mail(server, tls=tmp_path, login="baton:p%40ss@").deliver(MESSAGE)
    assert made.users == ["baton:p@ss"]
    assert len(made.taken) == 1


async def test_a_password_that_does_not_hold_is_no_fault_of_the_message(tmp_path: Path) -> None:
    made = MailServer(lets_in=False)
    options = {"tls_context": server_tls(tmp_path), "require_starttls": True, "authenticator": made.authenticate}
    async with serving(made, **options) as server:
        with pytest.raises(Denied, match="535"):
            await mail(server, tls=tmp_path, login="baton:old@").deliver(MESSAGE)
    assert made.taken == []


async def test_a_server_that_wants_a_password_is_no_fault_of_the_message(server: MailServer) -> None:
    server.recipient_answer = "530 5.7.0 Authentication required"
    with pytest.raises(Denied, match="530"):
        await mail(server).deliver(MESSAGE)


async def test_no_password_is_told_to_a_server_without_tls(server: MailServer) -> None:
    with pytest.raises(Refused, match="STARTTLS extension not supported"):
        await mail(server, login="baton:secret@").deliver(MESSAGE)
    assert (server.users, server.taken) == ([], [])


async def test_smtps_speaks_tls_from_the_first_byte_and_checks_the_certificate(tmp_path: Path) -> None:
    async with serving(MailServer(), wrapped=server_tls(tmp_path)) as server:
        await mail(server, "smtps", tls=tmp_path).deliver(MESSAGE)
        assert len(server.taken) == 1
        with pytest.raises(Unreachable):
            await mail(server, "smtps").deliver(MESSAGE)
        assert len(server.taken) == 1


async def test_a_mail_server_inside_is_out_of_reach_when_no_setting_names_it(server: MailServer) -> None:
    relay = Relay.parse(f"smtp://{HOST}:{server.port}")
    with pytest.raises(Unlawful, match="BATON_NOTIFY_ALLOW_PRIVATE_HOSTS"):
        await Mail(relay, "baton@example.com", Reach(), within=WITHIN).deliver(MESSAGE)
    assert server.taken == []


async def test_a_server_that_is_not_there_can_be_tried_again(server: MailServer) -> None:
    away = Relay.parse(f"smtp://{HOST}:1")
    with pytest.raises(Unreachable, match="takes no connection at port 1"):
        await Mail(away, "baton@example.com", INSIDE, within=WITHIN).deliver(MESSAGE)


async def test_a_server_that_never_answers_is_given_up() -> None:
    gone = asyncio.Event()

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    relay = Relay.parse(f"smtp://{HOST}:{server.sockets[0].getsockname()[1]}")
    with pytest.raises(Unreachable, match=r"within 0\.2 s"):
        await Mail(relay, "baton@example.com", INSIDE, within=timedelta(seconds=0.2)).deliver(MESSAGE)
    gone.set()
    server.close()


def test_a_relay_s_url_gives_host_port_and_log_in() -> None:
    assert Relay.parse("smtps://mail.example.com") == Relay("mail.example.com", 465, smtps=True)
    relay = Relay.parse("smtp://ann:s%2Fcret@mail.example.com")
    assert relay == Relay("mail.example.com", 587, smtps=False, user="ann", password="s/cret")
    assert "s/cret" not in repr(relay)


@pytest.mark.parametrize("url", ["mail.example.com", "https://mail.example.com", "smtp://", "smtp://secret@host:port"])
def test_what_is_no_mail_server_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(Unlawful, match="this is no mail server") as refused:
        Relay.parse(url)
    assert "secret@" not in str(refused.value)
