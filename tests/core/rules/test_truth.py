"""Truth follows Kleene's tables."""

from __future__ import annotations

from itertools import product

from app.rules.truth import Truth, every, some

MET, NOT_MET, NO_DATA = Truth.MET, Truth.NOT_MET, Truth.NO_DATA
ALL = (MET, NOT_MET, NO_DATA)

AND = {
    (MET, MET): MET,
    (MET, NOT_MET): NOT_MET,
    (MET, NO_DATA): NO_DATA,
    (NOT_MET, MET): NOT_MET,
    (NOT_MET, NOT_MET): NOT_MET,
    (NOT_MET, NO_DATA): NOT_MET,
    (NO_DATA, MET): NO_DATA,
    (NO_DATA, NOT_MET): NOT_MET,
    (NO_DATA, NO_DATA): NO_DATA,
}
OR = {
    (MET, MET): MET,
    (MET, NOT_MET): MET,
    (MET, NO_DATA): MET,
    (NOT_MET, MET): MET,
    (NOT_MET, NOT_MET): NOT_MET,
    (NOT_MET, NO_DATA): NO_DATA,
    (NO_DATA, MET): MET,
    (NO_DATA, NOT_MET): NO_DATA,
    (NO_DATA, NO_DATA): NO_DATA,
}


def test_every_is_kleenes_and() -> None:
    assert {pair: every(pair) for pair in product(ALL, ALL)} == AND


def test_some_is_kleenes_or() -> None:
    assert {pair: some(pair) for pair in product(ALL, ALL)} == OR


def test_opposites_leave_no_data_alone() -> None:
    assert [truth.opposite for truth in ALL] == [NOT_MET, MET, NO_DATA]


def test_truths_read_as_words() -> None:
    assert [str(truth) for truth in ALL] == ["met", "not met", "no data"]
