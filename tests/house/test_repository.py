"""What the repository promises of itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.house.pages import ROOT, commands

FILE_LINES_MOST = 400
FUNCTION_LINES_MOST = 60
CODE = sorted((ROOT / "app").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"[a-z0-9][a-z0-9-]*==[\w.+!]+( ; [\w '=!<>.()]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
SKIPS = frozenset({"skip", "skipif", "xfail", "importorskip"})


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_no_file_is_too_long_to_read() -> None:
    long = {_name(one): len(one.read_text(encoding="utf-8").splitlines()) for one in CODE}
    assert {name: lines for name, lines in long.items() if lines > FILE_LINES_MOST} == {}


def test_no_function_is_too_long_to_grasp() -> None:
    long = {f"{_name(file)}:{one.name}": _lines(one) for file in CODE for one in _functions(file)}
    assert {name: lines for name, lines in long.items() if lines > FUNCTION_LINES_MOST} == {}


def test_no_test_is_skipped() -> None:
    skipping = [
        f"{_name(file)}:{node.lineno}"
        for file in TESTS
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in SKIPS and ast.unparse(node).startswith("pytest.")
    ]
    assert skipping == []


@pytest.mark.parametrize("file", REQUIREMENTS, ids=_name)
def test_requirements_are_names_versions_markers_and_hashes_and_nothing_else(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if not PIN.fullmatch(line) and not HASH.fullmatch(line)] == []


def _pinned(name: str) -> set[str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return {line.split(" ")[0] for line in text.splitlines() if PIN.fullmatch(line)}


@pytest.mark.parametrize("name", ["runtime.txt", "build.txt"])
def test_what_runs_and_what_builds_are_the_versions_that_the_tests_ran_with(name: str) -> None:
    assert _pinned(name) <= _pinned("dev.txt")


def test_the_import_contracts_hold() -> None:
    checked = subprocess.run(  # noqa: S603  the linter of this very environment
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_the_image_runs_the_oldest_python_that_baton_supports() -> None:
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^FROM python:(\d+\.\d+)-slim", dockerfile, flags=re.MULTILINE) == [oldest.removeprefix(">=")]


def test_compose_runs_commands_that_exist() -> None:
    services = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    known = {name for name, _ in commands()}
    assert set(services) == {"postgres", "migrate", "serve", "worker"}
    assert {one["command"][1] for one in services.values() if "command" in one} <= known


def test_a_worker_of_compose_tells_its_metrics_to_the_other_containers_alone() -> None:
    worker = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["worker"]
    assert worker["command"][2:] == ["--host", "0.0.0.0", "--metrics-port", *worker["expose"]]  # noqa: S104  a container's
    assert "ports" not in worker


def test_continuous_integration_runs_what_a_developer_runs() -> None:
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8") == "#!/usr/bin/env bash\nset -eu\nmake check\n"
