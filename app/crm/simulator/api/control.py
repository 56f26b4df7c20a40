"""Control over HTTP for other processes, under `/_sim/`: the Python surface as JSON. No authentication."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app.crm.simulator.instants import ShiftedClock, instant, iso
from app.crm.simulator.refusals import Json, RefusedError

if TYPE_CHECKING:
    from app.crm.simulator.simulator import Simulator

Act = Callable[["Simulator", Request, Json], Any]


def control_routes(sim: "Simulator") -> list[BaseRoute]:
    """The paths: see the functions below, each of which is one of them."""
    lines: tuple[tuple[str, str, Act], ...] = (
        ("GET", "counters", _counters),
        ("POST", "counters/reset", _reset),
        ("GET", "effects", _effects),
        ("GET", "faults", _faults),
        ("PATCH", "faults", _set_faults),
        ("POST", "faults/clear", _clear_faults),
        ("GET", "contacts", _contacts),
        ("POST", "contacts", _create_contacts),
        ("POST", "contacts/{contact_id}", _edit_contact),
        ("DELETE", "contacts/{contact_id}", _delete_contact),
        ("POST", "contacts/{contact_id}/forms", _submit_form),
        ("POST", "contacts/{contact_id}/activities", _log_activity),
        ("GET", "contacts/{contact_id}/activities/{object_type}", _activities),
        ("POST", "companies", _create_company),
        ("POST", "companies/{company_id}", _edit_company),
        ("POST", "deals", _create_deal),
        ("POST", "deals/{deal_id}", _edit_deal),
        ("POST", "owners", _create_owner),
        ("POST", "owners/{owner_id}/archive", _archive_owner),
        ("POST", "tasks/{task_id}/complete", _complete_task),
        ("POST", "merge", _merge),
        ("GET", "clock", _clock),
        ("POST", "clock", _set_clock),
        ("GET", "events", _events),
    )
    routes: list[BaseRoute] = [
        Route(f"/_sim/{path}", _endpoint(sim, act), methods=[method]) for method, path, act in lines
    ]
    routes.append(Route("/_sim/deliver", _delivery(sim), methods=["POST"]))
    return routes


def _endpoint(sim: "Simulator", act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
            return JSONResponse(act(sim, request, body))
        except RefusedError as error:
            return JSONResponse({"message": error.message, "errors": error.errors}, error.status)
        except KeyError as error:
            return JSONResponse({"message": f"not there: {error}"}, 404)
        except (TypeError, ValueError) as error:
            return JSONResponse({"message": str(error)}, 400)

    return endpoint


def _delivery(sim: "Simulator") -> Callable[[Request], Awaitable[Response]]:
    async def deliver(_request: Request) -> Response:
        """Flush the attached sender; 409 without one."""
        if sim.sender is None:
            return JSONResponse({"message": "no webhook sender is attached"}, 409)
        report = await sim.sender.flush()
        return JSONResponse(report.as_json())

    return deliver


def _counters(sim: "Simulator", _request: Request, _body: Json) -> Json:
    counters = sim.counters
    return {
        "calls": dict(counters.calls),
        "total_calls": counters.total_calls,
        "throttled": counters.throttled,
    }


def _reset(sim: "Simulator", request: Request, body: Json) -> Json:
    sim.counters.reset()
    return _counters(sim, request, body)


def _effects(sim: "Simulator", _request: Request, _body: Json) -> Json:
    return sim.counters.all_effects()


def _faults(sim: "Simulator", _request: Request, _body: Json) -> Json:
    return sim.faults.as_json()


def _set_faults(sim: "Simulator", _request: Request, body: Json) -> Json:
    sim.faults.change(body)
    return sim.faults.as_json()


def _clear_faults(sim: "Simulator", _request: Request, _body: Json) -> Json:
    sim.faults.clear()
    return sim.faults.as_json()


def _contacts(sim: "Simulator", _request: Request, _body: Json) -> Json:
    return {"results": [{"id": each, "properties": sim.contact(each)} for each in sim.contact_ids()]}


def _create_contacts(sim: "Simulator", _request: Request, body: Json) -> Json:
    """`{"properties": {...}, "company_id": ...}` makes one, `{"count": n}` makes n plausible ones."""
    if "properties" not in body:
        return {"ids": sim.seed_world(int(body.get("count", 1)), owners=(), emit=bool(body.get("emit", True)))}
    made = sim.create_contact(body["properties"], company_id=body.get("company_id"), **_hand(body))
    return {"ids": [made]}


def _edit_contact(sim: "Simulator", request: Request, body: Json) -> Json:
    contact_id = request.path_params["contact_id"]
    sim.edit_contact(contact_id, body["properties"], **_hand(body))
    return {"id": contact_id, "properties": sim.contact(contact_id)}


def _delete_contact(sim: "Simulator", request: Request, _body: Json) -> Json:
    """`?erase=true` deletes for privacy."""
    act = sim.erase_contact if request.query_params.get("erase") == "true" else sim.delete_contact
    act(request.path_params["contact_id"])
    return {"id": request.path_params["contact_id"]}


def _submit_form(sim: "Simulator", request: Request, body: Json) -> Json:
    sim.submit_form(request.path_params["contact_id"], body["form_name"])
    return {"id": request.path_params["contact_id"]}


def _log_activity(sim: "Simulator", request: Request, body: Json) -> Json:
    """`{"object_type": "calls", "properties": {...}}`."""
    contact_id = request.path_params["contact_id"]
    made = sim.log_activity(body["object_type"], contact_id, body.get("properties", {}), **_hand(body))
    return {"id": made}


def _activities(sim: "Simulator", request: Request, _body: Json) -> Json:
    found = sim.activities_of(request.path_params["contact_id"], request.path_params["object_type"])
    return {"results": found}


def _create_company(sim: "Simulator", _request: Request, body: Json) -> Json:
    return {"id": sim.create_company(body["properties"], **_hand(body))}


def _edit_company(sim: "Simulator", request: Request, body: Json) -> Json:
    sim.edit_company(request.path_params["company_id"], body["properties"], **_hand(body))
    return {"id": request.path_params["company_id"]}


def _create_deal(sim: "Simulator", _request: Request, body: Json) -> Json:
    return {"id": sim.create_deal(body["properties"], contact_id=body["contact_id"], **_hand(body))}


def _edit_deal(sim: "Simulator", request: Request, body: Json) -> Json:
    sim.edit_deal(request.path_params["deal_id"], body["properties"], **_hand(body))
    return {"id": request.path_params["deal_id"]}


def _create_owner(sim: "Simulator", _request: Request, body: Json) -> Json:
    names = (body.get("first_name", ""), body.get("last_name", ""))
    return {"id": sim.create_owner(body["email"], *names, archived=bool(body.get("archived", False)))}


def _archive_owner(sim: "Simulator", request: Request, _body: Json) -> Json:
    sim.archive_owner(request.path_params["owner_id"])
    return {"id": request.path_params["owner_id"]}


def _complete_task(sim: "Simulator", request: Request, _body: Json) -> Json:
    sim.complete_task(request.path_params["task_id"])
    return {"id": request.path_params["task_id"]}


def _merge(sim: "Simulator", _request: Request, body: Json) -> Json:
    return {"id": sim.merge_contacts(body["primary_id"], body["other_id"])}


def _clock(sim: "Simulator", _request: Request, _body: Json) -> Json:
    return {"now": iso(sim.now())}


def _set_clock(sim: "Simulator", _request: Request, body: Json) -> Json:
    """`{"now": iso}` or `{"advance_s": seconds}`; the clock keeps running from there, if it ran before."""
    clock = sim.now if isinstance(sim.now, ShiftedClock) else ShiftedClock(sim.now)
    if "now" in body:
        clock.move_to(instant(body["now"]))
    clock.advance(timedelta(seconds=float(body.get("advance_s", 0))))
    sim.now = clock
    return {"now": iso(clock())}


def _events(sim: "Simulator", _request: Request, _body: Json) -> Json:
    """Events that no sender has taken yet, and the number still on their way."""
    return {"pending": sim.pending_events(), "results": sim.waiting_events()}


def _hand(body: Json) -> dict[str, str]:
    """Who does it, where the body says so: a change source and its id."""
    return {name: str(body[name]) for name in ("source", "by") if name in body}
