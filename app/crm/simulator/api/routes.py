"""Which paths there are, in the versions that are current: v3 and v4, 2026-03 and 2026-09."""

from collections.abc import Iterator

from starlette.routing import BaseRoute, Route

from app.crm.simulator.api import account, associations, batches, objects, properties, searching
from app.crm.simulator.api.calls import V2026_03, V2026_09, Handler
from app.crm.simulator.api.gate import Gate

Line = tuple[str, str, Handler]

_OBJECTS: tuple[Line, ...] = (
    ("POST", "{object_type}/batch/read", batches.batch_read),
    ("POST", "{object_type}/batch/create", batches.batch_create),
    ("POST", "{object_type}/batch/update", batches.batch_update),
    ("POST", "{object_type}/batch/upsert", batches.batch_upsert),
    ("POST", "{object_type}/batch/archive", batches.batch_archive),
    ("POST", "{object_type}/search", searching.search),
    ("POST", "{object_type}/merge", objects.merge_contacts),
    ("POST", "{object_type}/gdpr-delete", objects.erase_contact),
    ("GET", "{object_type}", objects.list_page),
    ("POST", "{object_type}", objects.post_one),
    ("GET", "{object_type}/{record_id}", objects.get_one),
    ("PATCH", "{object_type}/{record_id}", objects.patch_one),
    ("DELETE", "{object_type}/{record_id}", objects.delete_one),
)
_DEFAULT_ASSOCIATION: Line = (
    "PUT",
    "{object_type}/{record_id}/associations/default/{to_type}/{to_id}",
    associations.put_default,
)
_ASSOCIATIONS: tuple[Line, ...] = (
    ("POST", "{from_type}/{to_type}/batch/read", associations.batch_read),
    ("POST", "{from_type}/{to_type}/batch/associate/default", associations.batch_default),
)
_OWNERS: tuple[Line, ...] = (("GET", "", account.list_owners), ("GET", "{owner_id}", account.get_owner))
_PROPERTIES: tuple[Line, ...] = (
    ("POST", "{object_type}/batch/create", properties.batch_create),
    ("POST", "{object_type}/batch/read", properties.batch_read),
    ("GET", "{object_type}/groups", properties.list_groups),
    ("POST", "{object_type}/groups", properties.post_group),
    ("GET", "{object_type}/groups/{name}", properties.get_group),
    ("GET", "{object_type}", properties.list_properties),
    ("POST", "{object_type}", properties.post_property),
    ("GET", "{object_type}/{name}", properties.get_property),
)
_PIPELINES: tuple[Line, ...] = (
    ("GET", "{object_type}", account.list_pipelines),
    ("GET", "{object_type}/{pipeline_id}", account.get_pipeline),
    ("GET", "{object_type}/{pipeline_id}/stages", account.list_stages),
)
_ACCOUNT: tuple[Line, ...] = (("GET", "details", account.account_details),)
_TOKEN: tuple[Line, ...] = (("POST", "get/access-token-info", account.token_info),)

_DATED = (V2026_03, V2026_09)


def api_routes(gate: Gate) -> list[BaseRoute]:
    """Every path of the API. A call has the same name in every version: `POST contacts/search`."""
    routes: list[BaseRoute] = []
    for version in _DATED:
        routes += _mounted(gate, f"/crm/objects/{version}", "", (*_OBJECTS, _DEFAULT_ASSOCIATION))
        routes += _mounted(gate, f"/crm/associations/{version}", "associations", _ASSOCIATIONS)
        routes += _mounted(gate, f"/crm/owners/{version}", "owners", _OWNERS)
        routes += _mounted(gate, f"/crm/properties/{version}", "properties", _PROPERTIES)
        routes += _mounted(gate, f"/crm/pipelines/{version}", "pipelines", _PIPELINES)
        routes += _mounted(gate, f"/account-info/{version}", "account-info", _ACCOUNT)
    routes += _mounted(gate, "/crm/v3/objects", "", _OBJECTS)
    routes += _mounted(gate, "/crm/v4/objects", "", (_DEFAULT_ASSOCIATION,))
    routes += _mounted(gate, "/crm/v4/associations", "associations", _ASSOCIATIONS)
    routes += _mounted(gate, "/crm/v3/owners", "owners", _OWNERS)
    routes += _mounted(gate, "/crm/v3/properties", "properties", _PROPERTIES)
    routes += _mounted(gate, "/crm/v3/pipelines", "pipelines", _PIPELINES)
    routes += _mounted(gate, "/account-info/v3", "account-info", _ACCOUNT)
    routes += _mounted(gate, "/oauth/v2/private-apps", "private-apps", _TOKEN)
    return routes


def _mounted(gate: Gate, prefix: str, resource: str, lines: tuple[Line, ...]) -> Iterator[BaseRoute]:
    for method, path, handler in lines:
        full_path = "/".join(part for part in (prefix, path) if part)
        template = "/".join(part for part in (resource, path) if part)
        yield Route(full_path, gate.guard(template, handler), methods=[method])
        if not path:
            # The official Python client asks for owners with a slash at the end.
            yield Route(f"{full_path}/", gate.guard(template, handler), methods=[method])
