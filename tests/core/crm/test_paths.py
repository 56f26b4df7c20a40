from __future__ import annotations

import pytest

from app.crm.hubspot.paths import PATHS, paths_for
from app.errors import ConfigurationError


@pytest.mark.parametrize("version", ["2026-09", "2026-03"])
def test_dated_paths_carry_their_date(version: str) -> None:
    paths = paths_for(version)
    assert paths.batch("contacts", "read") == f"/crm/objects/{version}/contacts/batch/read"
    assert paths.record("contacts", "7") == f"/crm/objects/{version}/contacts/7"
    assert paths.associated("contacts", "notes") == f"/crm/associations/{version}/contacts/notes/batch/read"
    assert paths.owners == f"/crm/owners/{version}"
    assert paths.property_groups("contacts") == f"/crm/properties/{version}/contacts/groups"


def test_version_3_reads_associations_by_version_4() -> None:
    paths = paths_for("v3")
    assert paths.batch("notes", "create") == "/crm/v3/objects/notes/batch/create"
    assert paths.associated("contacts", "companies") == "/crm/v4/associations/contacts/companies/batch/read"
    assert paths.property_batch("contacts") == "/crm/v3/properties/contacts/batch/create"


def test_unknown_version_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match=", ".join(PATHS)):
        paths_for("2019-01")


def test_every_version_has_an_end_and_a_later_version_a_later_one() -> None:
    assert PATHS["v3"].ends_on < PATHS["2026-03"].ends_on < PATHS["2026-09"].ends_on
