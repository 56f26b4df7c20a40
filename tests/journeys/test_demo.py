"""`baton demo`, as a new user runs it: in a process of its own, on a fresh folder."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.demo.cast import PORTAL_ID
from app.demo.folder import FolderRefused, fresh_folder
from app.demo.plain import plain_lines

PLAY = """
import sys
from pathlib import Path
from app.demo.story import main
sys.exit(main(once={once}, port=0, data_dir=Path({folder!r})))
"""

pytestmark = pytest.mark.xdist_group("demo")


@contextmanager
def playing(folder: Path, *, once: bool) -> Iterator[subprocess.Popen[str]]:
    """A demo in a process of its own, on free ports; killed, as by SIGKILL, when the block ends before it does."""
    command = [sys.executable, "-c", PLAY.format(once=once, folder=str(folder))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield process
        finally:
            process.kill()


def kill_in_the_middle(folder: Path) -> None:
    with playing(folder, once=False) as process:
        assert process.stdout is not None
        assert any("1. Shadow mode" in line for line in process.stdout)


def test_the_story_comes_out_as_told_even_after_one_that_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    kill_in_the_middle(folder)
    with playing(folder, once=True) as process:
        told, logged = process.communicate(timeout=120)
    assert process.returncode == 0, told + logged
    for fact in (
        " calls that read, and 0 that write",
        "owner Eve Ellis, handoff open",
        "due Fri 20 Nov 2026, 11:00 New York time",
        "Disqualified: Works for a competitor.",
        "Nearest miss: Fit score would have to be at least 40; it is 0",
        "The lead was given to sam@example.com by",
        "500 handed over",
        " for every 100 contacts",
        "/healthz",
    ):
        assert fact in told
    assert "✗" not in told
    assert "error" not in logged
    assert_commands_in_the_folder_speak_with_it(folder)


def assert_commands_in_the_folder_speak_with_it(folder: Path) -> None:
    command = [sys.executable, "-c", "from app.cli import app; app()", "status", "--json"]
    answer = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603
    status = json.loads(answer.stdout)
    assert (status["portal_id"], status["mode"]) == (PORTAL_ID, "live")


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(FolderRefused, match=r"thesis\.txt"), fresh_folder(tmp_path):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "three years of work"


def test_a_folder_in_which_a_demo_plays_is_refused(tmp_path: Path) -> None:
    with fresh_folder(tmp_path), pytest.raises(FolderRefused, match="Another demo"), fresh_folder(tmp_path):
        pass


def test_a_folder_whose_database_is_in_use_is_refused(tmp_path: Path) -> None:
    with fresh_folder(tmp_path):
        (tmp_path / "postgres").mkdir()
    with (tmp_path / "users.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with pytest.raises(FolderRefused, match="in use"), fresh_folder(tmp_path):
            pass
    assert (tmp_path / "postgres").is_dir()


def test_what_an_earlier_demo_left_is_deleted(tmp_path: Path) -> None:
    with fresh_folder(tmp_path):
        (tmp_path / "postgres").mkdir()
        (tmp_path / "postgres" / "PG_VERSION").write_text("18")
    with fresh_folder(tmp_path):
        assert [each.name for each in tmp_path.iterdir()] == ["demo.lock"]


def test_a_note_reads_as_plain_lines_without_its_marker() -> None:
    note = '<p><b>Show:</b></p><ul><li>a &lt; b</li></ul><p style="color:#999999;font-size:10px">0815-note</p>'
    assert plain_lines(note) == ["Show:", "- a < b"]
