"""One polite call to HubSpot: quota first, then the breaker, then the wire, within a time and a size."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from enum import Enum

import httpx
import orjson
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random

from app.clock import Clock
from app.crm.errors import BreakerOpen, CrmError, Outage, OutcomeUnknown, Throttled, Unreadable
from app.crm.guard import Breaker, Quota, QuotaClass
from app.crm.hubspot.faults import refusal
from app.crm.hubspot.tally import REMAINING, tell
from app.crm.hubspot.wire import Fields, decode, fields
from app.errors import ConfigurationError
from app.metrics import HUBSPOT_WAIT_SECONDS

LARGEST_ANSWER = 32 * 1024 * 1024
QUICK_TRIES = 2
QUICK_PAUSE_S = (0.1, 0.4)

_REFUSED_FROM = 400
_DOUBTFUL = frozenset({500, 502, 504, 520, 524})
"""Statuses after which something may have been created: a gateway lost the answer, or the work broke off."""
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
)

_ID = re.compile(r"/\d+(?=/|$)")

Sleep = Callable[[float], Awaitable[None]]


class Effect(Enum):
    """What a call does, which decides what may be done when its answer is lost."""

    READ = "read"
    """Nothing: it may be made again at once."""
    UPDATE = "update"
    """Sets values: made twice, the result is the same, but the world may have moved on in between."""
    CREATE = "create"
    """Makes a record: made twice, there are two. HubSpot has no idempotency keys."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to be made. `body` is JSON and stays out of logs and of this value's text."""

    method: str
    path: str
    effect: Effect
    kind: QuotaClass = QuotaClass.GENERAL
    body: object = field(default=None, repr=False)
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """The path with ids taken out: for metrics and logs."""
        return _ID.sub("/{id}", self.path)


@dataclass(frozen=True, slots=True)
class Limits:
    """`http_timeout` bounds a call from connecting to the last byte; `patience` the wait for quota."""

    http_timeout: timedelta
    patience: timedelta
    zone: tzinfo = UTC


_WINDOW_FULL = timedelta(seconds=1)
"""The window rolls: after a moment some of it is free again."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back; `content` is None when it was too large to be read."""

    status: int
    headers: httpx.Headers
    content: bytes | None


class _Bearer(httpx.Auth):
    """Adds the token on the way out, so that no value with a readable text ever holds it."""

    def __init__(self, token: str) -> None:
        # httpx would repeat an unfit header, token and all, in its error.
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ConfigurationError("the HubSpot access token is empty or holds characters that no token has")
        self._header = f"Bearer {token}"
        self._secret = token.encode()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._header
        yield request

    def scrub(self, content: bytes) -> bytes:
        return content.replace(self._secret, b"[token]")


class Caller:
    """Makes calls with one token on one account. `http` knows the base URL."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        token: str,
        quota: Quota,
        breaker: Breaker,
        *,
        limits: Limits,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._http = http
        self._auth = _Bearer(token)
        self._quota = quota
        self._breaker = breaker
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._ahead: timedelta | None = None

    @property
    def clock_ahead(self) -> timedelta | None:
        """How far this machine's clock is ahead of HubSpot's by the last answer's Date; None before one told it."""
        return self._ahead

    @property
    def limits(self) -> Limits:
        return self._limits

    async def send(self, call: Call) -> Fields:
        """The JSON object that HubSpot answers with any 2xx. Raises CrmError.

        A read that meets an outage is tried once more at once; whatever takes longer is the caller's to plan.
        """
        if call.effect is not Effect.READ:
            return await self._send_once(call)
        retrying = AsyncRetrying(
            stop=stop_after_attempt(QUICK_TRIES),
            wait=wait_random(*QUICK_PAUSE_S),
            retry=retry_if_exception(_is_worth_a_quick_try),
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(self._send_once, call)

    async def _send_once(self, call: Call) -> Fields:
        await self._wait_for_quota(call.kind)
        # Asked last: the one probe that a half-open breaker lets through must really be sent.
        shut = await self._breaker.check()
        if shut is not None:
            raise BreakerOpen("HubSpot failed too often lately; no call is made for now", retry_after=shut)
        outcome = await self._outcome(call)
        if isinstance(outcome, CrmError):
            raise outcome
        return outcome

    async def _outcome(self, call: Call) -> Fields | CrmError:
        """Make the call. The answer stays in here: a traceback with locals must not show what HubSpot echoed."""
        began = time.monotonic()
        answer = await self._exchange(call)
        outcome = self._judge(call, answer)
        self._set_clock(answer)
        headers = httpx.Headers() if isinstance(answer, CrmError) else answer.headers
        code = outcome.code if isinstance(outcome, CrmError) else "ok"
        tell(call.method, call.endpoint, call.kind, code, headers, time.monotonic() - began)
        await self._feed_back(call, answer, outcome)
        return outcome

    def _set_clock(self, answer: _Answer | CrmError) -> None:
        dates = [] if isinstance(answer, CrmError) else answer.headers.get_list("date")
        with suppress(ValueError, TypeError):
            self._ahead = self._clock.now() - parsedate_to_datetime(dates[-1]) if dates else None

    async def _wait_for_quota(self, kind: QuotaClass) -> None:
        wait = await self._quota.take(kind, patience=self._limits.patience)
        HUBSPOT_WAIT_SECONDS.labels(kind.value).observe(wait.total_seconds())
        if wait > self._limits.patience:
            words = f"the {kind.value} quota of the portal is used up for {wait.total_seconds():.1f} s"
            raise Throttled(words, policy=f"baton {kind.value}", retry_after=wait)
        if wait > timedelta():
            await self._sleep(wait.total_seconds())

    async def _feed_back(self, call: Call, answer: _Answer | CrmError, outcome: Fields | CrmError) -> None:
        await self._breaker.record(ok=not isinstance(outcome, Outage | OutcomeUnknown))
        if isinstance(outcome, Throttled) and outcome.retry_after is not None:
            await self._quota.push_back(call.kind, outcome.retry_after)
        elif isinstance(answer, _Answer) and answer.headers.get(REMAINING) == "0":
            await self._quota.push_back(call.kind, _WINDOW_FULL)

    async def _exchange(self, call: Call) -> _Answer | CrmError:
        """The answer, or the error that stands for the lack of one.

        Errors of httpx end here: they hold the request and with it the token.
        """
        try:
            async with asyncio.timeout(self._limits.http_timeout.total_seconds()):
                return await self._receive(call)
        except _NOT_SENT as error:
            return Outage(f"HubSpot could not be reached: {type(error).__name__}")
        except (httpx.TransportError, OSError) as error:
            return _lost(call, type(error).__name__)
        except httpx.RequestError as error:
            return _unfit(call, f"HubSpot's answer could not be decoded: {type(error).__name__}")

    async def _receive(self, call: Call) -> _Answer:
        whole = self._limits.http_timeout.total_seconds()
        request = self._http.build_request(
            call.method,
            call.path,
            params=call.params or None,
            content=None if call.body is None else orjson.dumps(call.body),
            headers={"Accept": "application/json", "Content-Type": "application/json"},
            # Connecting gives up well before the whole time is over, so that it is told from a lost answer.
            timeout=httpx.Timeout(whole, connect=whole / 3, pool=whole / 3),
        )
        response = await self._http.send(request, auth=self._auth, stream=True, follow_redirects=False)
        try:
            return _Answer(response.status_code, response.headers, await _read(response))
        finally:
            await response.aclose()

    def _judge(self, call: Call, answer: _Answer | CrmError) -> Fields | CrmError:
        if isinstance(answer, CrmError):
            return answer
        if answer.status >= _REFUSED_FROM:
            return self._refusal(call, answer)
        if answer.content is None or not httpx.codes.is_success(answer.status):
            return _unfit(call, f"HubSpot's answer {answer.status} is too large or of an unknown kind")
        try:
            return fields(decode(answer.content or b"{}"), "the body")
        except Unreadable as error:
            return _unfit(call, error.words)

    def _refusal(self, call: Call, answer: _Answer) -> CrmError:
        content = self._auth.scrub(answer.content or b"")
        now = self._clock.now()
        error = refusal(answer.status, answer.headers, content, now=now, zone=self._limits.zone)
        if call.effect is Effect.CREATE and answer.status in _DOUBTFUL:
            return OutcomeUnknown(error.words, correlation_id=error.correlation_id)
        return error


def _is_worth_a_quick_try(error: BaseException) -> bool:
    return isinstance(error, Outage) and not isinstance(error, BreakerOpen)


def _lost(call: Call, name: str) -> CrmError:
    words = f"the connection to HubSpot broke after the request was sent: {name}"
    return Outage(words) if call.effect is Effect.READ else OutcomeUnknown(words)


def _unfit(call: Call, words: str) -> CrmError:
    """An answer came and says nothing. What a create made is there all the same."""
    return OutcomeUnknown(words) if call.effect is Effect.CREATE else Unreadable(words)


async def _read(response: httpx.Response) -> bytes | None:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > LARGEST_ANSWER:
            return None
    return bytes(content)
