"""The documentation says what the code does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from app.agreement.model import Agreement
from app.agreement.parse import build_agreement, default_vocabulary
from app.agreement.source import as_mapping, read_source
from app.crm.errors import Retry
from app.engine.setup import SCOPES
from app.engine.start import packaged_agreement
from app.handoff.decision import Kind, Step
from app.handoff.examples import run_examples
from app.handoff.state import HandoffState
from app.records.event import EventState
from app.rules.signals import SIGNAL_KINDS, SIGNAL_SOURCES
from app.settings import Settings, load_settings
from app.storage.issues import IssueState
from app.storage.replays import ItemState, ReplayState
from app.storage.writes import WriteState
from tests.house.pages import REFERENCE, ROOT, commands, pages

README = ROOT / "README.md"
PROSE = (README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))
README_LINES_MOST = 200
EXAMPLE = "A VP at a large firm who asks for a demo"


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _blocks(file: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", file.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def _anchor(heading: str) -> str:
    return re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-")


def _anchors(file: Path) -> set[str]:
    return {_anchor(one) for one in re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)}


@pytest.mark.parametrize("page", pages(), ids=_name)
def test_a_page_made_from_the_code_is_as_the_code_makes_it(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == pages()[page], "write it anew with `python -m tests.house.pages`"


def test_the_example_settings_can_be_used_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "baton.env"
    example = (ROOT / "config" / "baton.example.env").read_text(encoding="utf-8")
    file.write_text(example.replace("# BATON_", "BATON_"), encoding="utf-8")
    loaded = load_settings({}, file)
    assert loaded.settings == Settings.model_validate({})
    assert not loaded.warnings


@pytest.mark.parametrize(
    "states",
    [EventState, Kind, HandoffState, WriteState, Step, IssueState, ReplayState, ItemState],
    ids=lambda states: states.__name__,
)
def test_every_state_is_documented(states: type[Enum]) -> None:
    page = (REFERENCE / "events-and-states.md").read_text(encoding="utf-8")
    assert [one.value for one in states if f"`{one.value}`" not in page] == []


def test_everything_that_helps_is_documented() -> None:
    page = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    assert [one.value for one in Retry if f"| `{one.value}` |" not in page] == []


def test_every_signal_has_its_row_and_its_source() -> None:
    page = (REFERENCE / "signals.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, flags=re.MULTILINE))
    assert rows.keys() == SIGNAL_KINDS.keys()
    unsaid = [name for kind, names in SIGNAL_SOURCES.items() for name in names if f"`{name}`" not in rows[kind]]
    assert unsaid == []
    assert {kind for kind, row in rows.items() if not row.startswith("none yet")} == SIGNAL_SOURCES.keys()


def test_the_guide_to_hubspot_names_every_scope() -> None:
    guide = (ROOT / "docs" / "how-to" / "connect-hubspot.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r'"((?:crm\.|sales-)[\w.-]+)"', guide)) == SCOPES


@pytest.mark.parametrize("file", PROSE, ids=_name)
def test_every_link_leads_somewhere(file: Path) -> None:
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", file.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        if not target.is_file() or (anchor and anchor not in _anchors(target)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("file", PROSE, ids=_name)
def test_every_command_in_the_text_exists(file: Path) -> None:
    known = dict(commands())
    assert [said for said in _said(file) if not _exists(said, known)] == []


def _said(file: Path) -> Iterator[str]:
    """What the text tells to type: in code between backticks, and in shell blocks."""
    text = file.read_text(encoding="utf-8")
    spans = re.findall(r"`(baton [^`\n]+)`", text)
    lines = [line for block in _blocks(file, "sh") for line in block.splitlines() if line.startswith("baton ")]
    yield from (*spans, *lines)


def _exists(said: str, known: dict[str, object]) -> bool:
    words = said.split()[1:]
    name = next((one for one in (" ".join(words[:2]), words[0]) if one in known), None)
    if name is None:
        return words[-1] == "..." or words == ["--version"]
    options = {option for param in getattr(known[name], "params", ()) for option in param.opts}
    return {word for word in words if word.startswith("-")} <= options


def test_the_readme_names_only_targets_that_make_has() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"`?\bmake ([a-z]+)\b[ `]", "".join(_blocks(README, "sh")))) == {"demo", "test"}
    assert set(re.findall(r"`make ([a-z-]+)`", README.read_text(encoding="utf-8"))) <= targets


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= README_LINES_MOST


@pytest.fixture
def told() -> Agreement:
    """The packaged agreement with the README's sections in place of its own."""
    (rule,) = _blocks(README, "yaml")
    whole, shown = read_source(packaged_agreement().read_bytes()), read_source(rule)
    assert len(rule.splitlines()) <= 12
    return build_agreement({**as_mapping(whole.content), **as_mapping(shown.content)}, file="README.md")


def test_the_readmes_rule_is_sound_and_passes_the_examples(told: Agreement) -> None:
    assert [one.name for one in run_examples(told, default_vocabulary()) if not one.passed] == []


def test_the_readmes_explanation_is_what_baton_prints(told: Agreement) -> None:
    (example,) = [one for one in run_examples(told, default_vocabulary()) if one.name == EXAMPLE]
    shown = next(block for block in _blocks(README, "text") if block.startswith("Handed off")).splitlines()
    printed = iter(example.explanation)
    assert [line for line in shown if line not in printed] == [], "lines that are not printed, or in another order"
