"""Which named account a lead's company is."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given

from app.agreement.model import NamedAccount
from app.handoff.accounts import LIKE, Candidate, Matched, account_of, likeness, plain_name
from app.handoff.state import Lead
from tests.core.handoff.parts import agreement, lead
from tests.core.made import made, text

ACME = NamedAccount("Acme Corporation", "acme.com", "eve@example.com")
NORTH = NamedAccount("Northbank", None, "dan@example.com")
GENERAL = NamedAccount("Société Générale S.A.", None, "ann@example.com")


def matched(subject: Lead, *accounts: NamedAccount) -> Matched:
    named = accounts or (ACME, NORTH, GENERAL)
    return account_of(agreement(named_accounts=named, free_mail=frozenset({"gmail.com"})), subject)


def of_company(name: str | None, domain: str | None = None, email: str = "ada@gmail.com") -> Lead:
    return lead(company={"name": name, "domain": domain}, email=email)


def found(subject: Lead) -> tuple[str, str] | None:
    candidate = matched(subject).found
    return None if candidate is None else (candidate.account.company, candidate.because)


@pytest.mark.parametrize(
    "domain", ["acme.com", "ACME.com", " www.acme.com ", "https://www.Acme.com/about?x=1", "acme.com.", "acme.com/"]
)
def test_the_company_s_domain_tells_whatever_its_name(domain: str) -> None:
    assert found(of_company("Northbank", domain)) == ("Acme Corporation", "domain acme.com")


def test_an_account_may_be_listed_by_the_name_of_its_web_site() -> None:
    site = NamedAccount("Acme Corporation", "www.acme.com", "eve@example.com")
    assert matched(of_company("Nobody Ltd", "acme.com"), site) == Matched(Candidate(site, "domain acme.com"))


def test_the_domain_of_the_contact_s_e_mail_tells_where_the_company_s_does_not() -> None:
    assert found(of_company("Nobody Ltd", "other.com", email="Ada@Acme.com")) == ("Acme Corporation", "domain acme.com")


def test_free_mail_tells_nothing_even_if_it_is_listed() -> None:
    mail = NamedAccount("Mail", "gmail.com", "eve@example.com")
    assert matched(of_company("Nobody", "gmail.com"), mail) == Matched()


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("ACME, Inc.", "Acme Corporation"),
        ("Acme GmbH & Co. KG", "Acme Corporation"),
        ("North Bank plc", "Northbank"),
        ("Northbanc", None),
        ("SOCIETE GENERALE", "Société Générale S.A."),
        ("Générale Société", "Société Générale S.A."),
        ("Societe General", "Société Générale S.A."),
        ("Acme Bank", None),
        ("Ltd.", None),
        ("!?", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_tells_without_case_accents_punctuation_order_and_legal_form(
    name: str | None, account: str | None
) -> None:
    told = found(of_company(name))
    assert (None if told is None else told[0]) == account


def test_the_name_that_the_contact_gave_tells_where_there_is_no_company() -> None:
    alone = replace(of_company(None), company=None)
    contact = replace(alone.contact, properties={**alone.contact.properties, "company": "Acme Corp."})
    assert found(replace(alone, contact=contact)) == (
        "Acme Corporation",
        "Acme Corp. is 100 % like it",
    )


def test_a_name_that_is_nearly_like_enough_is_told_and_not_taken() -> None:
    near = matched(of_company("Northbanc"))
    assert near.found is None
    assert [(one.account, one.because) for one in near.missed] == [(NORTH, "Northbanc is only 88 % like it")]


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("Region 11 Education Service Center", "Region 10 Education Service Center"),
        ("Education Service Center", "Education Service Center 4"),
        ("Vista", "Vistra Corp."),
        ("Lindex", "Linde plc"),
        ("Bayern", "Bayer AG"),
    ],
)
def test_another_number_or_a_letter_of_a_short_name_makes_another_company(name: str, account: str) -> None:
    other = matched(of_company(name), NamedAccount(account, None, "dan@example.com"))
    assert other.found is None
    assert [one.because for one in other.missed] == [f"{name} is only 89 % like it"]


@pytest.mark.parametrize(
    ("name", "account"),
    [("Ex Pay", "Expay Inc."), ("7 Eleven", "7-Eleven"), ("Century 21 Reality", "Century 21 Realty"), ("3M", "3M Co")],
)
def test_spaces_do_not_make_another_company_nor_does_a_number_that_is_the_same(name: str, account: str) -> None:
    assert matched(of_company(name), NamedAccount(account, None, "dan@example.com")).found is not None


def test_a_name_as_like_two_accounts_is_neither_of_them() -> None:
    german = NamedAccount("Acme GmbH", None, "dan@example.com")
    unsure = matched(of_company("Acme Inc."), ACME, german, NORTH)
    assert unsure.found is None
    assert [one.account for one in unsure.missed] == [ACME, german]


def test_a_name_that_comes_nearly_as_close_to_another_account_is_neither() -> None:
    lane = NamedAccount("Southern Freight Lane", None, "dan@example.com")
    plane = NamedAccount("Southern Freight Plane", None, "eve@example.com")
    unsure = matched(of_company("Southern Freight Plan"), lane, plane)
    assert unsure.found is None
    assert [one.account for one in unsure.missed] == [plane, lane]


def test_the_same_name_is_taken_however_alike_another_is() -> None:
    lane = NamedAccount("Southern Freight Lane", None, "dan@example.com")
    plane = NamedAccount("Southern Freight Plane", None, "eve@example.com")
    best = matched(of_company("Southern Freight Lane Ltd"), plane, lane)
    assert likeness("Southern Freight Lane", plane.company) >= LIKE
    assert best.found is not None
    assert best.found.account == lane


def test_braces_and_lines_in_a_name_are_only_text() -> None:
    told = found(of_company("Acme\n{0} {name}\n" + "x" * 200))
    assert told is None
    assert found(of_company("Acme\n Corporation")) == ("Acme Corporation", "Acme Corporation is 100 % like it")


def test_a_text_that_is_far_too_long_is_looked_at_no_further_than_a_name_goes() -> None:
    assert matched(of_company("inc " * 20_000)) == Matched()
    assert len(plain_name("x" * 100_000)) == 200


@given(made(lambda rng: (text(rng, 12), text(rng, 12))))
def test_likeness_is_the_same_both_ways_and_whole_for_the_same_name(pair: tuple[str, str]) -> None:
    one, other = pair
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 100
    assert likeness(one, one) == (100 if plain_name(one) else 0)


@given(made(lambda rng: text(rng, 12)))
def test_a_plain_name_is_as_plain_as_it_gets(name: str) -> None:
    assert plain_name(plain_name(name)) == plain_name(name)


def decorated(rng: Random) -> tuple[str, str]:
    """A name, and the same as somebody else may write it."""
    words = [text(rng, 8, "abcdeéö").capitalize() or "Acme" for _ in range(rng.randint(1, 3))]
    name = " ".join(words)
    form = rng.choice((" Inc.", ", Ltd", " GmbH & Co. KG", " S.A.", " Sp. z o.o.", ""))
    return name, rng.choice((name.upper(), name.lower(), f"  {name} ")) + form


@given(made(decorated))
def test_another_way_of_writing_a_name_is_enough_alike(pair: tuple[str, str]) -> None:
    name, written = pair
    assert likeness(name, written) >= LIKE
