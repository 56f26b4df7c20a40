"""What a document says in the rule language, as it is built: reads, row caps, watched scores, free mail."""

from __future__ import annotations

from datetime import date

import pytest

from app.agreement.model import Agreement, Attempts, Member, NamedAccount, Step, Territory
from app.agreement.parse import default_vocabulary, parse_agreement
from app.records.ids import PoolId
from app.records.span import Span
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


def test_what_routing_and_clocks_look_at_is_read() -> None:
    plain = built(READY, READY).reads
    assert "hs_timezone" not in plain.contact
    assert "domain" not in plain.company
    account = "named_accounts: [{company: Acme, owner: a@b.cd}]"
    north = "territories: [{id: n, because: Up there, when: {contact.city: Oslo}, owners: [a@b.cd]}]"
    reads = built(READY, f"{READY}\n{account}\n{north}").reads
    assert reads.company - plain.company == {"domain"}
    assert reads.contact - plain.contact == {"city"}
    hours = built("hours_of: pool", "hours_of: lead, counts_as_touch: [hs_lead_status]").reads
    assert hours.contact - plain.contact == {"hs_timezone", "hs_lead_status"}


def test_who_gets_leads_and_when_they_work_is_kept_as_written() -> None:
    more = (
        "working_hours: require, prefer: [named_account, territory], reassign_at_most: 0, "
        "members: [{owner: ann@example.com, calendar: office}]"
    )
    pool = built("members: [{owner: ann@example.com}]", more).pools[PoolId("everyone")]
    assert (pool.working_hours, pool.prefer, pool.reassign_at_most) == ("require", ("named_account", "territory"), 0)
    assert pool.members == (Member("ann@example.com", calendar="office"),)
    lists = (
        "territories: [{id: rest, because: The rest, owners: [a@b.cd, c@d.ef]}]\n"
        "named_accounts: [{company: Acme, owner: a@b.cd}]"
    )
    agreement = built(READY, f"{READY}\n{lists}")
    assert agreement.territories == (Territory("rest", "The rest", None, ("a@b.cd", "c@d.ef")),)
    assert agreement.named_accounts == (NamedAccount("Acme", None, "a@b.cd"),)


def test_what_promises_and_returns_say_is_kept_as_written() -> None:
    steps = "steps: [{at: 75 %, do: task}, {at: breach, do: stop}]"
    more = f"hours_of: pool, when_owner_away: stop, attempts: {{count: 3, within: 5 days, {steps}}}"
    promise = built("hours_of: pool", more).promises["soon"]
    assert promise.when_owner_away == "stop"
    assert promise.attempts == Attempts(3, Span.parse("5 days"), (Step("75 %", "task"), Step("breach", "stop")))
    rules = (
        "recycle: [{reason: a, return_after: 1 day, at_most: 2 times}, {reason: b, return_after: never, at_most: 3}]"
    )
    assert [rule.at_most for rule in built("recycle: []", rules).recycle] == [2, 3]


def test_a_day_has_hours_of_its_own_or_is_closed_but_never_both() -> None:
    friday = 'fri: ["09:00-13:00"]}'
    extra = '{2026-12-19: ["10:00-14:00", "08:00-09:00"]}'
    calendar = built(friday, f"{friday}, extra_open: {extra}").calendars["office"]
    assert [str(one) for one in calendar.hours(date(2026, 12, 19))] == ["08:00-09:00", "10:00-14:00"]
    assert codes(friday, f"{friday}, closed: [2026-12-19], extra_open: {extra}") == ["bad_calendar"]
    assert codes(friday, f"{friday}, extra_open: {{2026-12-19: []}}") == ["bad_calendar"]


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
