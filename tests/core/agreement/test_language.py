"""What a document says in the rule language, as it is built: reads, row caps, watched scores, free mail."""

from __future__ import annotations

import pytest

from app.agreement.model import Agreement
from app.agreement.parse import default_vocabulary, parse_agreement
from tests.core.agreement.documents import broken, faults

READY = "ready: {reaches: marketingqualifiedlead}"
ROW = "{id: size, points: 40, when: {meets: big}}"
READS = "{id: reads, points: 2, each: {signal: {email_click: any}}, half_life: 14 days, at_most: 10}"
PROFILE = "profile: {ideal_customer: big}"


def built(old: str, new: str) -> Agreement:
    return parse_agreement(broken(old, new), file="a.yaml")


def codes(old: str, new: str) -> list[str]:
    return [fault.code for fault in faults(broken(old, new))]


def test_what_deals_signals_and_buying_groups_look_at_is_read() -> None:
    leaves = "{deal.amount: {at_least: 5}}, {buying_group: {has: champion}}, {signal: {visit: any}}"
    reads = built(READY, f"ready: {{any: [{leaves}]}}").reads
    assert reads.deal == {"amount"}
    assert {"hs_buying_role", "hs_analytics_last_url", "hs_analytics_last_visit_timestamp"} <= reads.contact


def test_a_row_keeps_its_own_most() -> None:
    (row,) = built(ROW, READS).fit.rows
    assert row.cap == 10
    assert codes(ROW, "{id: size, points: 40, when: {meets: big}, at_most: 10}") == ["row_at_most"]


@pytest.mark.parametrize(
    ("ready", "is_watched"),
    [("{score.fit: {above: 3}}", False), ("{score.fit: {below: 3}}", True), ("{none: {score.fit: {above: 3}}}", True)],
)
def test_a_score_is_watched_where_fewer_points_could_meet_a_test(ready: str, *, is_watched: bool) -> None:
    assert built(READY, f"ready: {ready}").fit.watched is is_watched


def test_a_score_that_bars_a_lead_is_watched_as_it_fades() -> None:
    barring = "disqualify: [{id: bot, because: Too keen, when: {score.fit: {above: 30}}}]"
    assert built("disqualify: []", barring).fit.watched


def test_a_document_adds_to_the_free_mail_domains_and_takes_from_them() -> None:
    kept = default_vocabulary().free_mail
    free_mail = built(PROFILE, f"{PROFILE}\nfree_mail: {{add: [post.example], remove: [gmail.com]}}").free_mail
    assert free_mail == (kept | {"post.example"}) - {"gmail.com"}
    assert built(PROFILE, PROFILE).free_mail == kept


def test_what_is_no_domain_is_refused() -> None:
    assert codes(PROFILE, f"{PROFILE}\nfree_mail: {{add: [Post.example, '@x.com', localhost]}}") == ["bad_domain"] * 3


@pytest.mark.parametrize("leaf", ["role: champion", "buying_group: {has: champion}"])
def test_a_persona_cannot_depend_on_what_follows_from_it(leaf: str) -> None:
    assert codes("{contact.jobtitle: {has_any: [head]}}", f"{{{leaf}}}") == ["not_here"]
