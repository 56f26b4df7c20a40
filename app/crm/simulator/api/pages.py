"""The records as people see them: a list of contacts, and one contact with its note, tasks and history."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from app.crm.simulator.instants import instant
from app.crm.simulator.object_types import ACTIVITIES, COMPANIES, CONTACTS, NOTES, TASKS, ObjectType
from app.crm.simulator.portal import Portal
from app.crm.simulator.records import Record, Source
from app.crm.simulator.safe_html import safe_html

_PAGE_SIZE = 100
_MOST_CHANGES = 60
_QUIET = ("hs_v2_", "hs_email_domain", "num_unique_conversion_events", "hs_lifecyclestage_")

Page = Callable[[Portal, Request], Response]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the timeline."""

    at: datetime
    what: str
    value: str
    source: str


def page_routes(portal: Portal) -> list[BaseRoute]:
    pages: tuple[tuple[str, Page], ...] = (("/", _list), ("/contacts/{contact_id}", _record))
    return [Route(path, _endpoint(portal, page), methods=["GET"]) for path, page in pages]


def _endpoint(portal: Portal, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        response = page(portal, request)
        # Notes come from outside: nothing on the page may run, load or leave.
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        return response

    return endpoint


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("app.crm.simulator", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["when"] = _when
    environment.filters["instant"] = instant
    environment.filters["note"] = lambda body: Markup(safe_html(body))  # noqa: S704  # made safe one call earlier
    return environment


def _list(portal: Portal, request: Request) -> Response:
    text = request.query_params.get("page", "1")
    page = max(1, int(text)) if text.isdigit() else 1
    records = sorted(portal.records.all(CONTACTS), key=lambda record: record.updated_at, reverse=True)
    start = (page - 1) * _PAGE_SIZE
    shown = [_row(portal, record) for record in records[start : start + _PAGE_SIZE]]
    more = start + _PAGE_SIZE < len(records)
    return _html("contacts.html", portal=portal, rows=shown, total=len(records), page=page, more=more)


def _row(portal: Portal, record: Record) -> dict[str, str]:
    return {
        "id": record.id,
        "name": _name(record),
        "company": _company(portal, record),
        "stage": _stage(portal, record),
        "owner": _owner(portal, record),
    }


def _record(portal: Portal, request: Request) -> Response:
    wanted = request.path_params["contact_id"]
    record = portal.records.find(CONTACTS, wanted)
    if record is None:
        return _html("gone.html", 404, portal=portal, wanted=wanted)
    if record.id != wanted:
        return RedirectResponse(f"/contacts/{record.id}", 302)
    return _html(
        "contact.html",
        portal=portal,
        row=_row(portal, record),
        about=_about(portal, record),
        handoff=_handoff(portal, record),
        notes=_newest_first(portal, record, NOTES),
        tasks=_tasks(portal, record),
        changes=_timeline(portal, record),
        now=portal.now(),
    )


def _about(portal: Portal, record: Record) -> list[tuple[str, str]]:
    """The few properties a rep looks at first, those that are filled."""
    names = (
        "jobtitle",
        "email",
        "phone",
        "country",
        "hs_lead_status",
        "hs_buying_role",
        "recent_conversion_event_name",
    )
    return [(label, value) for label, value in _labelled(portal, record, names) if value]


def _handoff(portal: Portal, record: Record) -> list[tuple[str, str]]:
    names = [name for name in portal.schema(CONTACTS).properties if name.startswith("baton_")]
    return list(_labelled(portal, record, names))


def _labelled(portal: Portal, record: Record, names: tuple[str, ...] | list[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        definition = portal.schema(CONTACTS).properties[name]
        yield definition.label, _readable(portal, record.kind, name, record.values.get(name, ""))


def _readable(portal: Portal, kind: ObjectType, name: str, value: str) -> str:
    """Options by their label, owners by name, instants as text."""
    definition = portal.schema(kind).properties.get(name)
    if not value or definition is None:
        return value
    if definition.external == "OWNER":
        owner = portal.owners.get(value)
        return owner.name if owner else value
    if definition.type == "datetime":
        return _when(value)
    labels = {option.value: option.label or option.value for option in definition.options}
    return ", ".join(labels.get(part, part) for part in value.split(";")) if labels else value


def _activities(portal: Portal, record: Record, kind: ObjectType) -> list[Record]:
    links = portal.links.of(CONTACTS, record.id, kind)
    found = (portal.records.find(kind, link.to_id) for link in links)
    return [activity for activity in found if activity is not None]


def _tasks(portal: Portal, record: Record) -> list[dict[str, str]]:
    """Open ones by due time, then those that are done."""

    def place(task: dict[str, str]) -> tuple[bool, str]:
        return task.get("hs_task_status") == "COMPLETED", task["hs_timestamp"]

    return sorted((task.values for task in _activities(portal, record, TASKS)), key=place)


def _newest_first(portal: Portal, record: Record, kind: ObjectType) -> list[dict[str, str]]:
    """Notes, the pinned one before all others."""
    found = sorted(_activities(portal, record, kind), key=lambda each: each.values["hs_timestamp"], reverse=True)
    pinned = record.values.get("hs_pinned_engagement_id")
    return [each.values for each in sorted(found, key=lambda each: each.id != pinned)]


def _timeline(portal: Portal, record: Record) -> list[Change]:
    changes = [
        Change(
            version.at,
            _label(portal, name),
            _readable(portal, CONTACTS, name, version.value),
            _by(version.source),
        )
        for name, versions in record.histories.items()
        if not name.startswith(_QUIET)
        for version in versions
        if version.source.kind != "CALCULATED"
    ]
    for kind in ACTIVITIES:
        for each in _activities(portal, record, kind):
            source = Source(each.values["hs_object_source"], each.values["hs_object_source_id"])
            changes.append(Change(each.created_at, f"{kind.singular.title()} added", _title(each), _by(source)))
    return sorted(changes, key=lambda change: change.at, reverse=True)[:_MOST_CHANGES]


def _title(activity: Record) -> str:
    names = ("hs_task_subject", "hs_call_title", "hs_email_subject", "hs_meeting_title")
    return next((activity.values[name] for name in names if name in activity.values), "")


def _label(portal: Portal, name: str) -> str:
    definition = portal.schema(CONTACTS).properties.get(name)
    return definition.label if definition else name


def _by(source: Source) -> str:
    words = {
        "CRM_UI": "a person",
        "IMPORT": "an import",
        "INTEGRATION": "app",
        "FORM": "a form",
        "USER": "a person",
    }
    who = words.get(source.kind, source.kind.replace("_", " ").lower())
    return f"{who} {source.id}" if source.kind == "INTEGRATION" else who


def _name(record: Record) -> str:
    full = f"{record.values.get('firstname', '')} {record.values.get('lastname', '')}".strip()
    return full or record.values.get("email", "") or f"Contact {record.id}"


def _company(portal: Portal, record: Record) -> str:
    company_id = portal.links.primary_of(CONTACTS, record.id, COMPANIES)
    company = portal.records.find(COMPANIES, company_id) if company_id else None
    return company.values.get("name", "") if company else record.values.get("company", "")


def _stage(portal: Portal, record: Record) -> str:
    return _readable(portal, CONTACTS, "lifecyclestage", record.values.get("lifecyclestage", ""))


def _owner(portal: Portal, record: Record) -> str:
    return _readable(portal, CONTACTS, "hubspot_owner_id", record.values.get("hubspot_owner_id", ""))


def _when(value: str | datetime) -> str:
    at = value if isinstance(value, datetime) else instant(value)
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M} UTC"


_TEMPLATES = _environment()


def _html(template: str, status: int = 200, **values: object) -> Response:
    return HTMLResponse(_TEMPLATES.get_template(template).render(**values), status)
