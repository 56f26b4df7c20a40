"""The gate in front of every API call: counting, authentication, faults, quota, and only then the handler."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC
from email.utils import format_datetime

import httpx
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.crm.simulator.api.calls import V2026_03, V2026_09, Answer, Call, Handler
from app.crm.simulator.api.shapes import correlation_id
from app.crm.simulator.object_types import object_type
from app.crm.simulator.portal import Portal
from app.crm.simulator.quota import MESSAGES, Bucket, Policy, Quota
from app.crm.simulator.refusals import Json, RefusedError, invalid

OnEcho = Callable[[], Awaitable[object]]

_FAILURES = {
    401: ("INVALID_AUTHENTICATION", "Authentication credentials not found or invalid."),
    403: ("MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call."),
    423: ("LOCKED", "The resource is locked by a bulk operation. Wait at least 2 seconds."),
    477: ("MIGRATION_IN_PROGRESS", "This account is being migrated between data hosting locations."),
    503: ("SERVICE_UNAVAILABLE", "HubSpot is temporarily unavailable."),
}
_MIGRATING = 477
_THROTTLED = 429
_READS = ("/batch/read", "/search")


class BrokenAnswer(Response):
    """An answer that never comes: the connection breaks off.

    Over a socket the server closes it, and the client sees the peer go away. Over `httpx.ASGITransport` the
    exception below comes out at the caller, and is the same that a socket would have led to.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        headers = [(b"content-length", b"1"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")


class Gate:
    """Turns HTTP requests into calls. `on_echo` is awaited before a write is answered, if faults say so."""

    def __init__(self, portal: Portal, quota: Quota, access_token: str) -> None:
        self.on_echo: OnEcho | None = None
        self._portal = portal
        self._quota = quota
        self._token = access_token

    def guard(self, template: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """The HTTP endpoint for a handler. `template` names its calls: `{object_type}/batch/read`."""

        async def endpoint(request: Request) -> Response:
            name = f"{request.method} {_named(template, request)}"
            body = await request.body()
            response = await self._pass(name, request, body, handler)
            response.headers["X-HubSpot-Correlation-Id"] = correlation_id(self._portal)
            response.headers["Date"] = format_datetime(self._portal.now().astimezone(UTC), usegmt=True)
            return response

        return endpoint

    async def _pass(self, name: str, request: Request, body: bytes, handler: Handler) -> Response:
        faults = self._portal.faults
        self._portal.counters.calls[name] += 1
        if faults.latency:
            await asyncio.sleep(faults.latency)
        if faults.drop_connection:
            return BrokenAnswer()
        refused = self._refusal(name, request)
        if refused is not None:
            return refused
        response = self._handled(name, request, body, handler)
        if faults.echo_before_answer and self.on_echo is not None and _writes(name):
            await self.on_echo()
        return BrokenAnswer() if self._answer_is_lost(name) else response

    def _refusal(self, name: str, request: Request) -> Response | None:
        """The answer to a call that does not get through, most severe first."""
        faults = self._portal.faults
        if faults.down:
            return self._failure(503)
        if faults.unauthorized or request.headers.get("authorization") != f"Bearer {self._token}":
            return self._failure(401)
        if name in faults.forbidden:
            return self._failure(403)
        if faults.fail_next:
            return self._failure(faults.fail_next.pop(0))
        if faults.throttle_next > 0:
            faults.throttle_next -= 1
            return self._throttled("TEN_SECONDLY_ROLLING", _bucket(name))
        policy = self._quota.take(_bucket(name))
        return self._throttled(policy, _bucket(name)) if policy else None

    def _handled(self, name: str, request: Request, body: bytes, handler: Handler) -> Response:
        """Run the handler: without a pause, so that a write happens at once or not at all."""
        try:
            answer = handler(self._portal, _call(request, body))
        except RefusedError as error:
            answer = Answer(error.status, error.body(correlation_id(self._portal)))
        except (KeyError, TypeError, ValueError) as error:
            # A body of an unexpected shape. HubSpot answers 400 and names the part; the words are ours.
            refusal = invalid(f"Invalid input JSON: {type(error).__name__}: {error}")
            answer = Answer(400, refusal.body(correlation_id(self._portal)))
        return _response(answer.status, answer.body, self._quota.headers(_bucket(name)))

    def _failure(self, wanted: int | str) -> Response:
        status, _, policy = str(wanted).partition(":")
        if int(status) == _THROTTLED:
            return self._throttled(_policy(policy), "general")
        category, message = _FAILURES.get(int(status), ("INTERNAL_ERROR", "There was a problem with the request."))
        headers = {"Retry-After": str(self._portal.faults.retry_after_s)} if int(status) == _MIGRATING else {}
        body = RefusedError(int(status), category, message).body(correlation_id(self._portal))
        return _response(int(status), body, headers)

    def _throttled(self, policy: Policy, bucket: Bucket) -> Response:
        self._portal.counters.throttled += 1
        body = {
            "status": "error",
            "message": MESSAGES[policy],
            "errorType": "RATE_LIMIT",
            "correlationId": correlation_id(self._portal),
            "policyName": policy,
            "requestId": correlation_id(self._portal),
        }
        return _response(_THROTTLED, body, self._quota.headers(bucket))

    def _answer_is_lost(self, name: str) -> bool:
        faults = self._portal.faults
        if name in (faults.lose_answer_on or ()):
            return True
        if faults.lose_answer_next > 0 and _writes(name):
            faults.lose_answer_next -= 1
            return True
        return False


def _named(template: str, request: Request) -> str:
    """The template with object types filled in by name; ids stay as `{id}`."""
    name = template
    for key in ("object_type", "from_type", "to_type"):
        if word := request.path_params.get(key):
            kind = object_type(word)
            name = name.replace(f"{{{key}}}", kind.name if kind else word)
    return name.replace("{record_id}", "{id}").replace("{to_id}", "{id}").replace("{owner_id}", "{id}")


def _writes(name: str) -> bool:
    return not name.startswith("GET ") and not name.endswith(_READS)


def _bucket(name: str) -> Bucket:
    if name.endswith("/search"):
        return "search"
    return "associations" if "associations/" in name else "general"


def _policy(word: str) -> Policy:
    policies: dict[str, Policy] = {"DAILY": "DAILY", "SECONDLY": "SECONDLY"}
    return policies.get(word, "TEN_SECONDLY_ROLLING")


def _call(request: Request, body: bytes) -> Call:
    return Call(
        request.method,
        _version(request.url.path),
        request.path_params,
        request.query_params.multi_items(),
        _json(body),
    )


def _version(path: str) -> str:
    parts = path.split("/")
    return next((version for version in (V2026_09, V2026_03, "v4") if version in parts), "v3")


def _json(body: bytes) -> Json:
    if not body:
        return {}
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise invalid(f"Invalid input JSON on line 1: {error.msg}") from error
    if not isinstance(parsed, dict):
        raise invalid("Invalid input JSON: an object is expected")
    return parsed


def _response(status: int, body: Json | None, headers: dict[str, str]) -> Response:
    if body is None:
        return Response(status_code=status, headers=headers)
    media_type = "application/json;charset=utf-8"
    return Response(orjson.dumps(body), status_code=status, headers=headers, media_type=media_type)
