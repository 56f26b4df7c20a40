from __future__ import annotations

import json
import shlex
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.engine.start import packaged_agreement
from tests.cli.conftest import Cli

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "check-a-due-time.md"
FRIDAY = "2026-11-20 16:50"
BERLIN = '  - {id: berlin, time_zone: Europe/Berlin, open: {mon-sun: ["00:00-24:00"]}}\n'
CALENDARS = {"office": {"tz": "UTC", "hours": {"wed": [["09:00", "17:00"]]}}, "shut": {"tz": "UTC"}}
CASE = {"kind": "deadline", "calendar": "office", "start": "2024-01-17T10:00Z", "target_s": 60}
OK = {**CASE, "id": "fine", "expect": "2024-01-17T10:01Z"}
DIFFERS = {**CASE, "id": "late", "expect": "2024-01-17T10:02Z"}
REFUSED = {**CASE, "id": "shut", "calendar": "shut", "expect": "2024-01-17T10:02Z"}
AS_EXPECTED = {**REFUSED, "id": "known", "expect": None}


def due(baton: Cli, *more: str, at: str = FRIDAY, span: str = "1 business hour") -> str:
    result = baton("clock", "due", "--at", at, "--span", span, *more)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def counted(baton: Cli, *more: str, at: str = FRIDAY, span: str = "1 business hour") -> list[str]:
    return [line for line in due(baton, *more, at=at, span=span).splitlines() if " to " in line]


def reckoned(baton: Cli, *more: str, at: str = FRIDAY, span: str = "1 business hour") -> Any:
    return json.loads(due(baton, "--json", *more, at=at, span=span))


def two_calendars(baton: Cli) -> str:
    text = packaged_agreement().read_text(encoding="utf-8")
    file = baton.folder / "two.yaml"
    file.write_text(text.replace("calendars:\n", f"calendars:\n{BERLIN}", 1), encoding="utf-8")
    return str(file)


def shown(language: str) -> str:
    """The first block of that language in the guide."""
    return GUIDE.read_text(encoding="utf-8").partition(f"```{language}\n")[2].partition("```")[0]


def cases(baton: Cli, *given: object, name: str = "cases.json") -> Path:
    file = baton.folder / name
    file.write_text(json.dumps({"conventions": "", "calendars": CALENDARS, "cases": given}), encoding="utf-8")
    return file


def test_a_due_time_is_shown_in_its_zone_and_in_utc_with_the_time_that_was_counted(baton: Cli) -> None:
    said = due(baton)
    assert "due         Mon 23 Nov 2026 09:20 America/New_York\n" in said
    assert "due in UTC  2026-11-23T14:20:00Z\n" in said
    assert counted(baton) == ["Fri 20 Nov 16:50 to 17:30: 40 min", "Mon 23 Nov 09:00 to 09:20: 20 min"]


@pytest.mark.parametrize("span", ["1 business hour", "20 business h", "2 business days", "90 min", "3 weeks", "0 s"])
@pytest.mark.parametrize("at", [FRIDAY, "2026-10-30 16:50:07", "2026-11-21T03:00Z"])
def test_what_is_counted_adds_up_and_ends_when_it_is_due(baton: Cli, at: str, span: str) -> None:
    told = reckoned(baton, at=at, span=span)
    assert sum(one["seconds"] for one in told["counted"]) == told["counted_seconds"]
    for one in told["counted"]:
        length = datetime.fromisoformat(one["to"]) - datetime.fromisoformat(one["from"])
        assert length.total_seconds() == one["seconds"] > 0
    last = told["counted"][-1]["to"] if told["counted"] else told["start"]
    assert last == told["due"] or (last < told["due"] and span == "2 business days"), "only a day may end at an opening"
    assert datetime.fromisoformat(told["due_local"]) == datetime.fromisoformat(told["due"])


def test_business_days_show_the_open_time_on_the_way(baton: Cli) -> None:
    assert counted(baton, at="2026-11-25 16:50", span="1 business day") == [
        "Wed 25 Nov 16:50 to 17:30: 40 min",
        "Fri 27 Nov 09:00 to 16:50: 7 h 50 min",
    ]


def test_time_in_no_hours_is_counted_in_one_piece(baton: Cli) -> None:
    assert counted(baton, at="2026-11-20 23:30:15", span="1 h") == ["Fri 20 Nov 23:30:15 to Sat 21 Nov 00:30:15: 1 h"]


def test_the_year_and_the_offset_are_told_where_they_change(baton: Cli) -> None:
    assert counted(baton, at="2026-12-31 17:00") == [
        "Thu 31 Dec 2026 17:00 to 17:30: 30 min",
        "Mon 4 Jan 2027 09:00 to 09:30: 30 min",
    ]
    assert counted(baton, at="2026-10-30 17:00") == [
        "Fri 30 Oct 17:00 EDT to 17:30 EDT: 30 min",
        "Mon 2 Nov 09:00 EST to 09:30 EST: 30 min",
    ]


def test_a_day_that_is_open_to_its_end_ends_at_24(baton: Cli) -> None:
    assert counted(baton, "--agreement", two_calendars(baton), "--calendar", "berlin") == [
        "Fri 20 Nov 16:50 to 17:50: 1 h"
    ]
    assert counted(baton, "--agreement", two_calendars(baton), "--calendar", "berlin", span="9 business h") == [
        "Fri 20 Nov 16:50 to 24:00: 7 h 10 min",
        "Sat 21 Nov 00:00 to 01:50: 1 h 50 min",
    ]


def test_another_zone_reads_and_shows_times_but_keeps_the_hours(baton: Cli) -> None:
    assert counted(baton, "--zone", "Europe/Berlin", at="2026-11-20 22:50") == [
        "Fri 20 Nov 22:50 to 23:30: 40 min",
        "Mon 23 Nov 15:00 to 15:20: 20 min",
    ]
    assert reckoned(baton, "--zone", "Europe/Berlin", at="2026-11-20 22:50")["due"] == reckoned(baton)["due"]


def test_an_offset_in_the_instant_is_kept(baton: Cli) -> None:
    assert reckoned(baton, "--zone", "Asia/Tokyo", at="2026-11-20T21:50Z")["due"] == reckoned(baton)["due"]


@pytest.mark.parametrize(("at", "what"), [("2026-03-08 02:30", "not at all"), ("2026-11-01 01:30", "twice")])
def test_a_time_that_clocks_skip_or_repeat_is_pointed_out(baton: Cli, at: str, what: str) -> None:
    result = baton("clock", "due", "--at", at, "--span", "1 h", "--json")
    assert what in result.stderr
    assert json.loads(result.stdout)["counted_seconds"] == 3600


def test_a_span_may_be_named_as_the_agreement_names_it(baton: Cli) -> None:
    assert baton("clock", "due", "--at", FRIDAY, "--within", "1 business hour").stdout == due(baton)


def test_the_agreement_that_is_set_is_the_one_whose_calendars_count(baton: Cli) -> None:
    result = baton("clock", "due", "--at", FRIDAY, "--span", "1 h", agreement_file=two_calendars(baton))
    assert result.exit_code == 2
    assert "berlin, us" in result.stderr


@pytest.mark.parametrize(
    ("option", "value", "remedy"),
    [
        ("--calendar", "mars", "use one of: us"),
        ("--zone", "Mars", "America/New_York"),
        ("--span", "3 parsec", "2 h"),
        ("--span", "999999 business days", "shorter"),
        ("--span", "999999 h", "shorter"),
        ("--span", "999999 years", "shorter"),
        ("--at", "yesterday", "2026-11-20T16:50"),
        ("--at", "0001-01-01T00:00+05:00", "another"),
        ("--at", "0001-01-01T00:00Z", "another"),
        ("--at", "9999-12-31T23:00", "another"),
        ("--agreement", "nowhere.yaml", "name a file"),
        ("--agreement", ".", "name a file"),
    ],
)
def test_what_cannot_be_used_is_told_with_option_value_and_remedy(
    baton: Cli, option: str, value: str, remedy: str
) -> None:
    given = {"--at": "9990-11-20 16:50" if value == "999999 h" else FRIDAY, "--span": "1 h", option: value}
    result = baton("clock", "due", *(word for pair in given.items() for word in pair))
    assert result.exit_code == 2
    assert result.stdout == ""
    said = " ".join(result.stderr.replace("│", " ").split())
    for part in (option, value.removesuffix("h"), remedy):
        assert part in said, said


def test_an_agreement_with_faults_is_told_with_the_first_of_them(baton: Cli) -> None:
    file = baton.folder / "agreement.yaml"
    file.write_text("agreement: 7\n", encoding="utf-8")
    result = baton("clock", "due", "--at", FRIDAY, "--span", "1 h", "--agreement", "agreement.yaml")
    assert result.exit_code == 2
    assert "agreement.yaml:1" in result.stderr
    assert baton("clock", "due", "--at", FRIDAY, "--span", "1 h", agreement_file=str(file)).exit_code == 1


def test_an_agreement_that_is_set_and_gone_is_an_error(baton: Cli) -> None:
    result = baton("clock", "due", "--at", FRIDAY, "--span", "1 h", agreement_file="gone.yaml")
    assert result.exit_code == 1
    assert "gone.yaml cannot be read" in result.stderr


def test_cases_are_told_one_a_line(baton: Cli) -> None:
    result = baton("clock", "cases", str(cases(baton, OK, AS_EXPECTED)))
    assert result.exit_code == 0
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert lines[:2] == [
        ["id", "result", "expected", "got"],
        ["fine", "ok", "2024-01-17T10:01:00Z", "2024-01-17T10:01:00Z"],
    ]
    assert lines[2][:3] == ["known", "ok", "refused"]
    assert lines[2][3].startswith("refused: calendar `shut`: it never opens")
    assert result.stderr == "2 ok\n"


@pytest.mark.parametrize("bad", [DIFFERS, REFUSED, 7], ids=["differs", "refused", "unreadable"])
def test_a_case_that_comes_out_otherwise_exits_with_1_after_all_the_others(baton: Cli, bad: object) -> None:
    result = baton("clock", "cases", str(cases(baton, bad, OK)))
    assert result.exit_code == 1
    assert [line.split("\t")[1] for line in result.stdout.splitlines()[1:]][1:] == ["ok"]


def test_cases_as_json_hold_what_was_expected_and_what_came_out(baton: Cli) -> None:
    result = baton("clock", "cases", str(cases(baton, DIFFERS, REFUSED, AS_EXPECTED, CASE)), "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert [one["verdict"] for one in told] == ["differs", "refused", "ok", "computed"]
    assert told[0] == {
        "id": "late",
        "verdict": "differs",
        "expected": "2024-01-17T10:02:00Z",
        "got": "2024-01-17T10:01:00Z",
        "reason": "",
    }
    assert told[1]["got"] is told[2]["got"] is told[2]["expected"] is None
    assert told[3]["got"] == "2024-01-17T10:01:00Z"


def test_a_file_without_cases_is_told_as_such(baton: Cli) -> None:
    result = baton("clock", "cases", str(cases(baton)))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no cases" in result.stderr


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b"{}", b'{"calendars": {}}', b"[" * 5000])
def test_a_file_of_another_form_is_wrong_usage(baton: Cli, content: bytes) -> None:
    (baton.folder / "cases.json").write_bytes(content)
    result = baton("clock", "cases", "cases.json", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cases.json" in result.stderr


@pytest.mark.parametrize("name", ["nowhere.json", "."])
def test_a_file_that_cannot_be_read_is_wrong_usage(baton: Cli, name: str) -> None:
    result = baton("clock", "cases", name)
    assert result.exit_code == 2
    assert "name a file" in result.stderr


def test_a_byte_order_mark_is_passed_over(baton: Cli) -> None:
    file = cases(baton, OK)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert baton("clock", "cases", str(file)).exit_code == 0


def test_the_guide_shows_what_baton_prints(baton: Cli) -> None:
    _, *arguments = shlex.split(shown("sh"))
    assert baton(*arguments).stdout == shown("text")


def test_the_cases_of_the_guide_come_out_as_expected(baton: Cli) -> None:
    (baton.folder / "cases.json").write_text(shown("json"), encoding="utf-8")
    result = baton("clock", "cases", "cases.json")
    assert (result.exit_code, result.stderr) == (0, "2 ok\n")
