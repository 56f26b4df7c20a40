"""E-mail over SMTP. A notice that is sent again has the same Message-ID, so that a repeat can be told.

Without a password a relay of the own network may be spoken to in the clear; everybody else must offer TLS.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Self
from urllib.parse import unquote, urlsplit

import aiosmtplib
import httpx

from app.notify.channels import Message
from app.notify.errors import Busy, Denied, NotifyError, Refused, Unlawful, Unreachable
from app.notify.reach import Reach

_PORTS = {"smtp": 587, "smtps": 465}
_NO_RELAY = "this is no mail server; write it like smtp://user:password@mail.example.com:587"
_FAREWELL_S = 2.0
_PERMANENT = 500
"""RFC 5321, 4.2.1: replies from 500 on are refusals for good, those below ask to come again."""
_NO_ENTRY = frozenset({530, 534, 535, 538})
"""RFC 4954, 6: replies about the log-in, whatever the message is."""


@dataclass(frozen=True, slots=True)
class Relay:
    """The SMTP server that takes our mail. `smtps`: TLS from the first byte, not by STARTTLS."""

    host: str
    port: int
    smtps: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Of `smtp://user:password@host:587` or `smtps://…`. Raises Unlawful, without naming the URL."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise Unlawful(_NO_RELAY) from None
        if not host or parts.scheme not in _PORTS:
            raise Unlawful(_NO_RELAY)
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        return cls(host, port, parts.scheme == "smtps", user, password)


class Mail:
    """Sends each message to its address through one relay."""

    name = "mail"

    def __init__(
        self, relay: Relay, sender: str, reach: Reach, *, within: timedelta, tls: ssl.SSLContext | None = None
    ) -> None:
        """`within` bounds a delivery from the look-up of the name to the relay's last word."""
        self._relay = relay
        self._sender = sender
        self._domain = sender.rpartition("@")[2]
        self._reach = reach
        self._within = within.total_seconds()
        self._tls = tls or httpx.create_ssl_context()

    async def deliver(self, message: Message) -> None:
        """Hand the message to the relay. Raises NotifyError."""
        letter = self._letter(message)
        try:
            async with asyncio.timeout(self._within):
                smtp = await self._hand_over(letter)
        except TimeoutError:
            raise Unreachable(f"the mail server did not finish within {self._within:g} s") from None
        except aiosmtplib.SMTPException as error:
            raise _failure(error) from None
        except OSError as error:
            raise Unreachable(f"the connection to the mail server failed ({type(error).__name__})") from None
        await _part(smtp)

    async def _hand_over(self, letter: EmailMessage) -> aiosmtplib.SMTP:
        relay = self._relay
        smtp = aiosmtplib.SMTP(
            hostname=relay.host,
            local_hostname=self._domain,
            username=relay.user,
            password=relay.password,
            use_tls=relay.smtps,
            start_tls=self._start_tls(),
            tls_context=self._tls,
            timeout=self._within,
            sock=await self._reach.connect(relay.host, relay.port),
        )
        try:
            await smtp.connect()
            await smtp.send_message(letter)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _start_tls(self) -> bool | None:
        """True: the relay must offer STARTTLS; None: it is taken up where offered; False: TLS is there already."""
        if self._relay.smtps:
            return False
        return None if self._reach.opens(self._relay.host) and not self._relay.password else True

    def _letter(self, message: Message) -> EmailMessage:
        """The message as text and as HTML. What came from a CRM cannot break out of a header or into markup."""
        letter = EmailMessage()
        letter["From"] = self._sender
        letter["To"] = _address(message.to)
        letter["Subject"] = " ".join(message.subject.split())
        letter["Date"] = format_datetime(message.made_at)
        letter["Message-ID"] = f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@{self._domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content("\n".join(message.lines) + "\n")
        paragraphs = (f"<p>{html.escape(line)}</p>" for line in message.lines)
        letter.add_alternative("\n".join(paragraphs) + "\n", subtype="html")
        return letter


def _address(text: str) -> Address:
    try:
        return Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError):
        raise Refused(f"{text!r} is no e-mail address; write it like ann@example.com") from None


async def _part(smtp: aiosmtplib.SMTP) -> None:
    """Say good-bye. The mail is taken already, so nothing that goes wrong now matters."""
    with suppress(aiosmtplib.SMTPException, OSError):
        await smtp.quit(timeout=_FAREWELL_S)
    smtp.close()


def _failure(error: aiosmtplib.SMTPException) -> NotifyError:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        words = f"the mail server answered {error.code}: {error.message}"
        if error.code in _NO_ENTRY:
            return Denied(words)
        return Refused(words) if error.code >= _PERMANENT else Busy(words)
    if isinstance(error, ConnectionError):
        return Unreachable(f"the connection to the mail server failed ({type(error).__name__})")
    return Refused(f"the mail server cannot be used: {error}")
