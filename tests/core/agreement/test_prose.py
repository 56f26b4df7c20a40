"""The agreement can be read aloud from the overview to the signatures."""

from __future__ import annotations

from datetime import date

import pytest

from app.agreement.model import Agreement
from app.agreement.parse import build_agreement, default_vocabulary, parse_agreement
from app.agreement.prose import as_markdown, prose
from app.agreement.prose.words import counted, day, length, listed, lowered, money, often, ordinal, plain
from app.records.span import Span
from tests.core.agreement.documents import SMALL, WHOLE
from tests.core.agreement.edits import ContentEdit, drop, edited, put

VOCABULARY = default_vocabulary()
BASE = parse_agreement(WHOLE, file="agreement.yaml")


def read(agreement: Agreement) -> list[str]:
    """The document's lines as Markdown."""
    return as_markdown(prose(agreement, VOCABULARY)).splitlines()


def with_edit(edit: ContentEdit) -> list[str]:
    return read(build_agreement(edited(BASE.document, edit)))


def section(lines: list[str], heading: str) -> list[str]:
    """The lines below a heading, without empty ones."""
    start = lines.index(f"## {heading}") + 1
    end = next((at for at in range(start, len(lines)) if lines[at].startswith("## ")), len(lines))
    return [line for line in lines[start:end] if line]


def test_the_sections_stand_in_the_order_in_which_an_agreement_is_read() -> None:
    assert [one.heading for one in prose(BASE, VOCABULARY).sections] == [
        "Overview",
        "Goals",
        "Who speaks for each side",
        "Term and review",
        "Support",
        "Disputes",
        "Definitions",
        "Personas and buying roles",
        "Scores",
        "Disqualification",
        "Lifecycle stages",
        "When a lead is ready for sales",
        "Routes",
        "Territories",
        "Named accounts",
        "Pools",
        "Promises",
        "Returned leads",
        "Playbooks",
        "Targets",
        "Accountability",
        "Working hours and holidays",
        "Examples",
        "Termination",
        "Signatures",
    ]


def test_a_long_condition_is_read_line_by_line() -> None:
    assert section(read(BASE), "When a lead is ready for sales") == [
        "- A lead is ready when at least one of these holds:",
        "  - Stage marketingqualifiedlead reached",
        "  - All of these hold:",
        "    - Persona is technical_champion",
        "    - Urgency score at least 40",
        "A ready lead waits at most 2 minutes until these are known: Company size.",
    ]


def test_routes_are_read_in_order_down_to_the_one_that_takes_the_rest() -> None:
    assert section(read(BASE), "Routes") == [
        "The first line that fits is used.",
        "1. demo: Asked for a demo; goes to the pool enterprise by the promise fast when Wants a demo is met",
        (
            "2. rest: Any other lead that is ready; goes to the pool inbound by the promise standard "
            "for every lead that is left"
        ),
    ]


def test_a_promise_is_read_with_its_steps() -> None:
    lines = section(read(BASE), "Promises")
    assert lines[: lines.index("### Promise standard")] == [
        "### Promise fast",
        "Business time counts in the hours of whoever has the lead.",
        "- Sales accepts or declines within 15 business minutes.",
        "  - At 75 % of the time: notify the owner.",
        "  - At the breach: notify the manager.",
        "- Sales gets in touch within 1 business hour.",
        "  - At the breach: notify the manager.",
        "  - 1 business hour after the breach: the lead goes to somebody else.",
        "- Sales tries at least 6 times within 14 days.",
        "  - At 75 % of the time: the owner gets one more task.",
        "  - 14 days after the breach: the handoff expires.",
    ]


def test_a_team_without_territories_and_accounts_has_no_such_sections() -> None:
    headings = {line for line in read(parse_agreement(SMALL, file="small.yaml")) if line.startswith("## ")}
    assert not headings & {"## Territories", "## Named accounts"}
    assert {"## Routes", "## Pools"} <= headings


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (
            put("score/interest.knowledge/rows/0/at_most", 10),
            (
                "- reads: 2 points for each E-mail clicked of any kind; each counts half as much after every 14 days; "
                "at most 10 points in all"
            ),
        ),
        (put("score/fit/rows/2/points", -1), "- champion: 1 point less when Persona is technical_champion"),
        (
            put("score/fit/rows/0/when", {"company.country": {"equals": "US", "if_missing": "met"}}),
            "- market: 40 points when Company country is US (met if not known)",
        ),
        (
            put("definitions/keen", {"signal": {"form": "any", "within": "7 days", "at_least": "2 times"}}),
            "- Keen: met when Form of any kind, within 7 days, at least 2 times",
        ),
        (put("score/interest.urgency/cap", 45), "It never passes 45."),
        (
            put("recycle/1", {"reason": "no_time", "return_after": "1 month"}),
            "- No time: it may come back after 1 month.",
        ),
        (put("pools/1/members/0/at_most", 1), "- eve@example.com: a share of 1, at most 1 open handoff at a time"),
        (put("promises/1/attempts", {"count": 1, "within": "1 week"}), "- Sales tries at least 1 time within 1 week."),
        (
            put(
                "calendars/0",
                {"id": "us", "time_zone": "UTC", "open": {"mon-tue": ["9:00-12:00"], "fri": ["8:00-9:00"]}},
            ),
            "- us: Monday to Tuesday 09:00-12:00; Friday 08:00-09:00, in UTC.",
        ),
        (
            drop("territories/0/when"),
            (
                "1. canada: Companies in Canada; goes to the first of bob@example.com and cy@example.com "
                "who can take it for every lead that is left"
            ),
        ),
        (
            put("named_accounts/1/domain", "m.example"),
            "- Meridian Freight: bob@example.com has it, known by the domain m.example.",
        ),
        (put("pools/1/members/0/calendar", "us"), "- eve@example.com: a share of 1, in the hours of the calendar us"),
        (
            put("calendars/0/extra_open", {"2026-12-20": ["8:00-9:00", "10:00-11:00"]}),
            (
                "- us: Monday to Friday 09:00-17:30, in America/New_York; closed on the public holidays of US and "
                "24 December 2026; open on 20 December 2026 08:00-09:00, 10:00-11:00."
            ),
        ),
        (
            put("recycle/1/at_most", "1 time"),
            (
                "- No time: it may come back to the same owner after 30 days, if there is a new signal, "
                "1 time at most; its stage is set back to lead."
            ),
        ),
        (
            put("promises/0/counts_as_touch", ["hs_lead_status"]),
            (
                "Business time counts in the hours of whoever has the lead. A change of hs_lead_status counts as a "
                "touch, as the owner's own calls and messages do."
            ),
        ),
        (put("agreement/ends_on", "never"), "The agreement has no last day; it stands until both sides replace it."),
        (put("agreement/support", []), "Neither side promised any."),
        (
            put("free_mail", {"add": ["a.example"]}),
            "Free e-mail addresses, beside the list that is kept: add a.example.",
        ),
        (
            put("targets/deal_size", 30000),
            (
                "Each quarter is to bring 500,000 USD. With an average deal of 30,000 USD that takes 17 deals. "
                "A deal takes 90 days."
            ),
        ),
        (
            put("agreement/accountability/0/when", "rejected above 30 % for 1 month"),
            "- When handoffs that Sales returned are above 30 % for 1 month: notify both sides and open review",
        ),
    ],
)
def test_whatever_the_document_says_is_said_in_good_english(edit: ContentEdit, line: str) -> None:
    assert line in with_edit(edit)


def test_the_smallest_agreement_says_what_it_leaves_out() -> None:
    lines = read(parse_agreement(SMALL, file="small.yaml"))
    assert section(lines, "Returned leads") == ["None."]
    assert section(lines, "Accountability") == ["No consequences were agreed on."]
    assert section(lines, "Pools")[1] == (
        "sam@example.com manages it. Its hours are those of the calendar office. "
        "When nobody in it can take a lead, it waits until somebody can. "
        "A late lead may be given to somebody else 2 times at most."
    )


def test_words_agree_with_their_numbers() -> None:
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]
    )
    assert [counted(number, "point") for number in (1, 2, 12.5)] == [
        "1 point",
        "2 points",
        "12.5 points",
    ]
    assert [length(Span.parse(span)) for span in ("1 h", "15 business min", "2 d")] == (
        ["1 hour", "15 business minutes", "2 days"]
    )
    assert [often(Span.parse(span)) for span in ("1 month", "3 months", "12 h")] == (
        ["every month", "every 3 months", "every 12 hours"]
    )
    assert [listed(texts) for texts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert [money(sum_, "EUR") for sum_ in (20000.0, 1234.5)] == ["20,000 EUR", "1,234.5 EUR"]
    assert [lowered(text) for text in ("Company size", "URL", "E-mail domain")] == [
        "company size",
        "URL",
        "e-mail domain",
    ]
    assert [plain(value) for value in (True, None, {"a": [1, "b"]})] == ["true", "nothing", "a 1, b"]
    assert day(date(2026, 10, 1)) == "1 October 2026"
