"""What surrounds the records: owners, lifecycle pipeline, account details."""

from app.crm.simulator.api.calls import Answer, Call
from app.crm.simulator.definitions import Option
from app.crm.simulator.instants import iso
from app.crm.simulator.object_types import CONTACTS
from app.crm.simulator.portal import Portal
from app.crm.simulator.refusals import Json, not_found

LIFECYCLE_PIPELINE = "contacts-lifecycle-pipeline"
_SCOPES = frozenset(
    {
        *(f"crm.objects.{kind}.{right}" for kind in ("contacts", "companies", "deals") for right in ("read", "write")),
        *(f"crm.schemas.{kind}.{right}" for kind in ("contacts", "companies", "deals") for right in ("read", "write")),
        "crm.objects.owners.read",
        "sales-email-read",
    }
)
"""What the app was granted, unless a fault says otherwise."""


def list_owners(portal: Portal, call: Call) -> Answer:
    """Active owners, or archived ones with `archived=true`; `email` narrows, `after` is an owner id."""
    limit, after = call.limit(100, 500), int(call.text("after", "0") or 0)
    email = call.text("email").lower()
    owners = [
        owner
        for owner in portal.owners.all(archived=call.flag("archived"))
        if int(owner.id) > after and (not email or owner.email.lower() == email)
    ]
    body: Json = {"results": [owner.as_json() for owner in owners[:limit]]}
    if len(owners) > limit:
        last = owners[limit - 1].id
        body["paging"] = {"next": {"after": last, "link": f"?after={last}"}}
    return Answer(200, body)


def get_owner(portal: Portal, call: Call) -> Answer:
    """By owner id, or by user id with `idProperty=userId`. An archived owner needs `archived=true`."""
    wanted = call.path["owner_id"]
    owner = portal.owners.by_user(wanted) if call.text("idProperty") == "userId" else portal.owners.get(wanted)
    if owner is None or owner.archived is not call.flag("archived"):
        raise not_found(f"No owner with ID {wanted} exists")
    return Answer(200, owner.as_json())


def list_pipelines(portal: Portal, call: Call) -> Answer:
    return Answer(200, {"results": [_pipeline(portal)] if call.kind() is CONTACTS else []})


def get_pipeline(portal: Portal, call: Call) -> Answer:
    _require_lifecycle(call)
    return Answer(200, _pipeline(portal))


def list_stages(portal: Portal, call: Call) -> Answer:
    _require_lifecycle(call)
    return Answer(200, {"results": _pipeline(portal)["stages"]})


def account_details(portal: Portal, _call: Call) -> Answer:
    return Answer(
        200,
        {
            "portalId": portal.id,
            "accountType": "STANDARD",
            "timeZone": portal.time_zone,
            "companyCurrency": "EUR",
            "additionalCurrencies": [],
            "utcOffset": "+00:00",
            "utcOffsetMilliseconds": 0,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        },
    )


def token_info(portal: Portal, _call: Call) -> Answer:
    """What the token may do: of the one that the call came with, which is the only one there is."""
    scopes = sorted(_SCOPES - portal.faults.ungranted)
    return Answer(200, {"userId": 1, "hubId": portal.id, "appId": portal.app_id, "scopes": scopes})


def _require_lifecycle(call: Call) -> None:
    if call.kind() is not CONTACTS or call.path["pipeline_id"] != LIFECYCLE_PIPELINE:
        raise not_found(f"Pipeline {call.path['pipeline_id']} does not exist")


def _pipeline(portal: Portal) -> Json:
    at = iso(portal.now())
    return {
        "id": LIFECYCLE_PIPELINE,
        "label": "Lifecycle Stage Pipeline",
        "displayOrder": 0,
        "archived": False,
        "createdAt": at,
        "updatedAt": at,
        "stages": [_stage(stage, order, at) for order, stage in enumerate(portal.stages)],
    }


def _stage(stage: Option, order: int, at: str) -> Json:
    return {
        "id": stage.value,
        "label": stage.label or stage.value,
        "displayOrder": order,
        "metadata": {},
        "archived": False,
        "createdAt": at,
        "updatedAt": at,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }
