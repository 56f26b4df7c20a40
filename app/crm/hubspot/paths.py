"""Where each endpoint is, by API version. The one place that changes when HubSpot publishes the next version.

HubSpot publishes a dated version each March and September and supports it for eighteen months at least; version 3
ends with version 4 of the associations, which it needs, on 30 March 2027.
Source: HubSpot developer changelog, "Date-based versioning".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Paths:
    """The endpoints of one API version, which is supported until `ends_on` at least."""

    ends_on: date
    account: str
    objects: str
    owners: str
    associations: str
    properties: str

    def record(self, objects: str, record_id: str) -> str:
        return f"{self.objects}/{objects}/{record_id}"

    def batch(self, objects: str, verb: str) -> str:
        """`verb` is read, create or update."""
        return f"{self.objects}/{objects}/batch/{verb}"

    def search(self, objects: str) -> str:
        return f"{self.objects}/{objects}/search"

    def associated(self, objects: str, others: str) -> str:
        return f"{self.associations}/{objects}/{others}/batch/read"

    def properties_of(self, objects: str) -> str:
        return f"{self.properties}/{objects}"

    def property_batch(self, objects: str) -> str:
        return f"{self.properties}/{objects}/batch/create"

    def property_groups(self, objects: str) -> str:
        return f"{self.properties}/{objects}/groups"


def _dated(version: str, ends_on: date) -> Paths:
    return Paths(
        ends_on=ends_on,
        account=f"/account-info/{version}/details",
        objects=f"/crm/objects/{version}",
        owners=f"/crm/owners/{version}",
        associations=f"/crm/associations/{version}",
        properties=f"/crm/properties/{version}",
    )


PATHS = {
    "2026-09": _dated("2026-09", date(2028, 3, 30)),
    "2026-03": _dated("2026-03", date(2027, 9, 30)),
    "v3": Paths(
        ends_on=date(2027, 3, 30),
        account="/account-info/v3/details",
        objects="/crm/v3/objects",
        owners="/crm/v3/owners",
        associations="/crm/v4/associations",
        properties="/crm/v3/properties",
    ),
}


def paths_for(version: str) -> Paths:
    """The endpoints of `version`. Raises ConfigurationError that names the versions there are."""
    if version not in PATHS:
        raise ConfigurationError(f"HubSpot API version {version!r} is not known; use one of {', '.join(PATHS)}")
    return PATHS[version]
