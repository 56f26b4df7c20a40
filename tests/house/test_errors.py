"""The tree of errors is whole: in the code, in its docstring and in the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app.crm import errors, hubspot
from app.crm.errors import CrmError, Retry
from tests.house.pages import REFERENCE


def _tree(root: type[CrmError]) -> Iterator[type[CrmError]]:
    yield root
    for branch in root.__subclasses__():
        yield from _tree(branch)


ALL = tuple(dict.fromkeys(_tree(CrmError)))
NEUTRAL = tuple(one for one in ALL if one.__module__ == errors.__name__)
OF_HUBSPOT = tuple(one for one in ALL if one.__module__.startswith(hubspot.__name__))


def _drawn() -> list[tuple[str, int, str]]:
    """Name, depth and what helps, as the docstring draws them."""
    helps = "|".join(one.name for one in Retry)
    lines = re.findall(rf"^([│ ]*[├└]── )(\w+) .*\b({helps})\b.*$", errors.__doc__ or "", flags=re.MULTILINE)
    return [(name, len(branch) // 4, retry) for branch, name, retry in lines]


def test_every_error_is_drawn_where_it_stands_with_what_helps() -> None:
    depth = {one.__name__: len(one.__mro__) - len(CrmError.__mro__) for one in NEUTRAL}
    expected = {(one.__name__, depth[one.__name__], one.retry.name) for one in NEUTRAL if one is not CrmError}
    assert set(_drawn()) == expected


@pytest.mark.parametrize("error", NEUTRAL, ids=lambda error: error.__name__)
def test_every_error_is_documented_with_its_code_and_what_helps(error: type[CrmError]) -> None:
    page = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    row = rf"^\| `{error.__name__}` \| `{error.code}` \| .+ \| `{error.retry.value}` \|$"
    assert re.search(row, page, flags=re.MULTILINE)


@pytest.mark.parametrize("error", OF_HUBSPOT, ids=lambda error: error.__name__)
def test_an_error_of_hubspots_alone_is_a_form_of_one_in_the_tree(error: type[CrmError]) -> None:
    assert error.code in {one.code for one in NEUTRAL}
    assert f"`{error.__name__}`" in (REFERENCE / "errors.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_every_error_says_what_helps(error: type[CrmError]) -> None:
    assert isinstance(error.retry, Retry)
    assert error in {*NEUTRAL, *OF_HUBSPOT}


def test_no_two_errors_of_the_tree_have_one_code() -> None:
    assert len({one.code for one in NEUTRAL}) == len(NEUTRAL)
