"""What was raised, as the problem that the client is told. Nothing unexpected tells its text: it may hold a value."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.agreement.faults import AgreementError, pointer
from app.engine.absence import AbsenceRefused
from app.engine.acting import ActRefused
from app.engine.audit_pools import NoSuchPool
from app.engine.backfill import BackfillRefused
from app.engine.backtest import BacktestRefused
from app.engine.explain import Unexplained
from app.engine.keys import KeyRefused, NoSuchKey
from app.engine.local_time import OutOfCalendar
from app.engine.refusals import NotAllowed, NothingThere, NotPublishable, Stale
from app.engine.replay import ReplayRefused
from app.errors import BatonError
from app.logs import defect_of
from app.records.filter import FilterRefused
from app.routes.accept import NotAcceptable
from app.routes.answers import FaultShown
from app.routes.bodies import UnreadableBody, WrongMediaType
from app.routes.calculator import NotReckoned
from app.routes.etags import ConditionMissing, etag
from app.routes.problems import Kind, problem
from app.storage.database import FAILURES, is_away

_log = structlog.get_logger(__name__)

KINDS: Mapping[type[BatonError], Kind] = {
    UnreadableBody: Kind.UNREADABLE,
    KeyRefused: Kind.UNAUTHORIZED,
    NotAllowed: Kind.NOT_ALLOWED,
    NothingThere: Kind.NOT_FOUND,
    NoSuchKey: Kind.NOT_FOUND,
    NoSuchPool: Kind.NOT_FOUND,
    Unexplained: Kind.UNEXPLAINED,
    NotAcceptable: Kind.NOT_ACCEPTABLE,
    NotPublishable: Kind.NOT_PUBLISHABLE,
    Stale: Kind.STALE,
    WrongMediaType: Kind.MEDIA,
    AgreementError: Kind.AGREEMENT,
    BacktestRefused: Kind.REQUEST,
    AbsenceRefused: Kind.REQUEST,
    OutOfCalendar: Kind.REQUEST,
    FilterRefused: Kind.REQUEST,
    BackfillRefused: Kind.REQUEST,
    ActRefused: Kind.NOT_DONE,
    ReplayRefused: Kind.NOT_REPLAYED,
    NotReckoned: Kind.REQUEST,
    ConditionMissing: Kind.NO_CONDITION,
}
_OF_STATUS = {
    400: (Kind.UNREADABLE, "the body cannot be read; send JSON in UTF-8"),
    404: (Kind.NOT_FOUND, "there is nothing at this path; /openapi.json lists what there is"),
    405: (Kind.METHOD, "the path does not take this method; the header Allow names those that it takes"),
    413: (Kind.TOO_LARGE, "a body may have 256 kB"),
}


class Defects:
    """ASGI middleware: what nobody expected is answered as a problem and logged without its text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except ClientDisconnect:
            _log.info("client_gone")
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            await _unexpected(error)(scope, receive, send)


def answers_problems(app: FastAPI) -> None:
    """Let every error that a route raises be answered as a problem."""
    app.add_middleware(Defects)
    app.add_exception_handler(BatonError, _refused)
    app.add_exception_handler(HTTPException, _of_status)
    app.add_exception_handler(RequestValidationError, _wrong_request)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    kind = next((KINDS[one] for one in type(error).__mro__ if one in KINDS), None)
    if kind is None or not isinstance(error, BatonError):
        raise error
    faults = error.faults if isinstance(error, AgreementError) else ()
    detail = f"the document cannot be used; errors: {len(faults)}" if faults else str(error)
    return problem(kind, detail, headers=_headers(error), more={"code": error.code, **_members(error)})


def _headers(error: BatonError) -> dict[str, str]:
    match error:
        case KeyRefused():
            return {"WWW-Authenticate": "Bearer"}
        case Stale(standing=standing):
            return {"ETag": etag(standing.digest)}
        case _:
            return {}


def _members(error: BatonError) -> dict[str, object]:
    """What a program needs of the refusal, beside the sentence."""
    match error:
        case Stale(standing=standing, changes=changes):
            at = standing.saved_at.isoformat().replace("+00:00", "Z")
            who = {"changed_by": standing.author, "changed_at": at}
            return {**who, "etag": etag(standing.digest), "changes": list(changes)}
        case NotPublishable(reasons=reasons):
            return {"reasons": list(reasons)}
        case AgreementError(faults=faults):
            return {"errors": [FaultShown.model_validate(one).model_dump(mode="json") for one in faults]}
        case _:
            return {}


async def _of_status(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException) or error.status_code not in _OF_STATUS:
        raise error
    kind, detail = _OF_STATUS[error.status_code]
    return problem(kind, detail, headers=error.headers)


async def _wrong_request(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    found = [{"pointer": pointer(tuple(one["loc"])), "message": one["msg"]} for one in error.errors()]
    detail = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return problem(Kind.REQUEST, detail, more={"errors": found})


def _unexpected(error: Exception) -> JSONResponse:
    if isinstance(error, FAILURES) and is_away(error):
        _log.error("request_not_served", **defect_of(error))
        return problem(Kind.UNAVAILABLE, "the database does not answer; send the request again in a while")
    _log.error("request_failed", **defect_of(error))
    return problem(Kind.DEFECT, "this is a defect of Baton; its log says where")
