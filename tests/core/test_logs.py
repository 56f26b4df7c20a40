"""A log line is JSON on standard error, and never tells what an exception said."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from typing import Any

import pytest
import structlog

from app.logs import configure_logs


@contextmanager
def logged() -> Iterator[StringIO]:
    """What is logged within, as the service logs it; logging is put back afterwards."""
    root, kept = logging.getLogger(), StringIO()
    handlers, level = root.handlers, root.level
    with redirect_stderr(kept):
        configure_logs("info", "json")
    try:
        yield kept
    finally:
        root.handlers = handlers
        root.setLevel(level)
        structlog.reset_defaults()


def refuse(values: Mapping[str, str]) -> None:
    """Raises an error that quotes what it was given, as databases do, from another that does so too."""
    try:
        values["phone"]
    except KeyError as error:
        raise ValueError(f"not stored: {values}") from error


@pytest.mark.parametrize("made", [structlog.get_logger, logging.getLogger])
def test_an_exception_is_told_by_its_type_and_not_by_its_words(made: Callable[[str], Any]) -> None:
    with logged() as lines:
        try:
            refuse({"email": "jane@northbank.example"})
        except ValueError:
            made("any").exception("failed")
    assert "ValueError" in json.loads(lines.getvalue())["exception"]
    assert "jane" not in lines.getvalue()


def test_a_sentence_that_names_somebody_is_told_without_the_address() -> None:
    with logged() as lines:
        structlog.get_logger("app").warning("lanes_wait", why="12:4: jane.o'hara+x@mail.northbank.example is no owner.")
        logging.getLogger("library").warning("cannot send to <jane@northbank.example>")
    assert [json.loads(line).get("why") for line in lines.getvalue().splitlines()] == [
        "12:4: [address] is no owner.",
        None,
    ]
    assert "jane" not in lines.getvalue()


def test_each_line_is_one_object_whoever_logs_it() -> None:
    with logged() as lines:
        structlog.get_logger("app").info("looked", contacts=3)
        logging.getLogger("library").warning("Invalid HTTP request received.")
    first, second = (json.loads(line) for line in lines.getvalue().splitlines())
    assert (first["event"], first["contacts"], first["level"]) == ("looked", 3, "info")
    assert (second["event"], second["level"]) == ("Invalid HTTP request received.", "warning")
