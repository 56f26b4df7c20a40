"""The tree of what can go wrong is whole: in its docstring and in the documentation."""

from __future__ import annotations

import re

import pytest

from app.notify import errors
from app.notify.errors import NotifyError
from tests.house.pages import REFERENCE

ALL = (NotifyError, *NotifyError.__subclasses__())


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_every_error_is_documented_with_its_code_and_what_helps(error: type[NotifyError]) -> None:
    page = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    row = rf"^\| `{error.__name__}` \| `{error.code}` \| .+ \| `{error.retry.value}` \|$"
    assert re.search(row, page, flags=re.MULTILINE)


def test_every_error_is_drawn_with_what_helps() -> None:
    drawn = re.findall(r"^[├└]── (\w+) .*\b(AGAIN|NEVER)$", errors.__doc__ or "", flags=re.MULTILINE)
    assert sorted(drawn) == sorted((one.__name__, one.retry.name) for one in NotifyError.__subclasses__())
