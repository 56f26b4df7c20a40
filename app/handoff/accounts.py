"""Named accounts: which of them a lead's company is, by its domain or by a name that is nearly the same.

Names are compared without case, accents, punctuation and legal forms, letter by letter and word by word, in
per cent: https://rapidfuzz.github.io/RapidFuzz/Usage/fuzz.html.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from app.agreement.model import Agreement, NamedAccount
from app.handoff.state import Lead
from app.rules.names import email_domain

SAME, LIKE, NEAR, APART = 100, 90, 80, 3
"""In per cent: names that are one, names alike enough to be one, names worth a word; and how close to the best
another may come before nobody can tell which is meant. A name that is the same is not unsure for one that is alike.
"""
_LONG = 8
"""Letters of a name that may have a slip of the pen: of shorter ones, a letter more makes another company's."""
_SHOWN, _COMPARED = 60, 200
"""How much of a name is told, and how much is looked at: a longer text is no name."""
_BETWEEN = re.compile(r"[\W_]+")
_SITE = re.compile(r"\s*(?:https?://)?(?:www\.)?([^\s/?#:]+)")
"""The domain within what somebody may have pasted as one."""
_NUMBER = re.compile(r"\d+")
_WITHIN = re.compile(r"[.'\u2019]")
"""What stands within a word: `S.A.` is one, and so is `Sotheby's`, whichever apostrophe it is written with."""
_LEGAL_FORMS = (
    *("inc", "incorporated", "corp", "corporation", "co", "company", "llc", "llp", "lp", "ltd", "limited", "plc"),
    *("gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "ug", "ev", "se", "sa", "sas", "sarl", "sl", "srl", "spa", "bv", "nv"),
    *("ab", "as", "asa", "aps", "oy", "oyj", "sro", "doo", "kft", "zrt", "pty", "pte", "pvt", "kk", "sp z oo"),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that the company may be. `because` is what speaks for it: `domain acme.com`."""

    account: NamedAccount
    because: str


@dataclass(frozen=True, slots=True)
class Matched:
    """The account that the company is. Where it is none, `missed` is the one that it nearly is, or several that it
    may be as well: then nobody can tell which.
    """

    found: Candidate | None = None
    missed: tuple[Candidate, ...] = ()


def account_of(agreement: Agreement, lead: Lead) -> Matched:
    """Which named account the lead's company is. The domain counts before the name, and free mail never."""
    domains = [domain for domain in _domains(lead) if domain not in agreement.free_mail]
    for domain in domains:
        for account in agreement.named_accounts:
            if account.domain is not None and account.domain.removeprefix("www.") == domain:
                return Matched(Candidate(account, f"domain {domain}"))
    return _by_name(agreement.named_accounts, _company_name(lead))


def plain_name(name: str) -> str:
    """The name as it is compared: `Société Générale S.A.` as `societe generale`."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name[:_COMPARED]).casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = _BETWEEN.sub(" ", _WITHIN.sub("", bare))
    return _without_forms(" ".join(words.split()))


def _without_forms(words: str) -> str:
    """The words without the legal forms at their end; a name that is nothing else stays."""
    for form in _LEGAL_FORMS:
        if words.endswith(f" {form}"):
            return _without_forms(words.removesuffix(f" {form}"))
    return words


def _domains(lead: Lead) -> Iterator[str]:
    company = _SITE.match((lead.company.properties.get("domain") or "").casefold()) if lead.company else None
    if company:
        yield company[1].rstrip(".")
    of_mail = email_domain(lead.contact.properties.get("email") or "")
    if of_mail:
        yield of_mail


def _company_name(lead: Lead) -> str:
    """The company's name on its record, else as the contact gave it."""
    company = lead.company.properties.get("name") if lead.company else None
    return company or lead.contact.properties.get("company") or ""


def _by_name(accounts: Iterable[NamedAccount], name: str) -> Matched:
    alike = ((likeness(name, one.company), one) for one in accounts)
    near = sorted((pair for pair in alike if pair[0] >= NEAR), key=lambda pair: -pair[0])
    shown = " ".join(name.split())[:_SHOWN]
    if not near:
        return Matched()
    best, account = near[0]
    apart = 0 if best == SAME else APART
    tied = [one for one in near if one[0] >= best - apart]
    if best < LIKE:
        return Matched(missed=(Candidate(account, f"{shown} is only {int(best)} % like it"),))
    if len(tied) > 1:
        return Matched(missed=tuple(Candidate(one, f"{shown} is {int(alike)} % like it") for alike, one in tied))
    return Matched(Candidate(account, f"{shown} is {int(best)} % like it"))


def likeness(name: str, other: str) -> float:
    """How alike two company names are, in per cent; none where one of them says nothing.

    Less than LIKE where their numbers differ, and where a short one differs by more than spaces and order.
    """
    one, two = _plain(name), _plain(other)
    if not one or not two:
        return 0
    alike = max(fuzz.ratio(one, two, score_cutoff=NEAR), fuzz.token_sort_ratio(one, two, score_cutoff=NEAR))
    return min(alike, LIKE - 1) if alike < SAME and _two_companies(one, two) else alike


def _two_companies(one: str, two: str) -> bool:
    """Whether names that are not the same are those of two companies, however alike they look."""
    if sorted(_NUMBER.findall(one)) != sorted(_NUMBER.findall(two)):
        return True
    letters, others = one.replace(" ", ""), two.replace(" ", "")
    return letters != others and min(len(letters), len(others)) < _LONG


_plain = lru_cache(maxsize=8_192)(plain_name)
"""The names of accounts come again with every lead."""
