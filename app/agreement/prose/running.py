"""The sections that run: who is meant, what counts, when a lead is ready, where it goes, and what is promised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.agreement.model import Agreement, Pool, Promise, Ready
from app.agreement.prose import rules
from app.agreement.prose.page import Block, Item, Listing, Paragraph, Section, Subheading
from app.agreement.prose.promises import (
    account_sentence,
    hours_sentence,
    member_sentence,
    pool_sentences,
    recycle_sentence,
    step_sentence,
    timed,
    touch_sentence,
)
from app.agreement.prose.rule import Rule, as_item
from app.agreement.prose.signed import bullets
from app.agreement.prose.titles import title
from app.agreement.prose.words import capital, length, listed, plain
from app.rules.condition import Meets
from app.rules.facts import Vocabulary
from app.rules.names import label
from app.rules.score import ScoreCard
from app.rules.wording import spoken

_FIRST_MATCH = Paragraph("The first line that fits is used.")
_NEVER = Paragraph("These are never handed over. They are looked at before anything else.")
_FORWARD = Paragraph("A lead moves forward, to the furthest stage that it meets, and never back but when returned.")


def running_sections(agreement: Agreement, vocabulary: Vocabulary) -> Iterator[Section]:
    """From the definitions to the playbooks."""
    yield from _sections_about_leads(agreement, vocabulary)
    yield from _sections_about_handoffs(agreement, vocabulary)


def _sections_about_leads(agreement: Agreement, vocabulary: Vocabulary) -> Iterator[Section]:
    yield Section(title("definitions"), tuple(_definitions(agreement, vocabulary)))
    yield Section(title("personas"), _first_match(map(rules.persona_rule, agreement.personas), vocabulary))
    yield Section(title("score"), tuple(_scores(agreement, vocabulary)))
    disqualifiers = _first_match(map(rules.disqualifier_rule, agreement.disqualify), vocabulary)
    yield Section(title("disqualify"), (_NEVER, *disqualifiers))
    yield Section(title("stages"), (_FORWARD, _rules(map(rules.stage_rule, agreement.stages), vocabulary)))
    yield Section(title("ready"), tuple(_ready(agreement.ready, vocabulary)))


def _sections_about_handoffs(agreement: Agreement, vocabulary: Vocabulary) -> Iterator[Section]:
    yield Section(title("routes"), _first_match(map(rules.route_rule, agreement.routes), vocabulary))
    yield from _sections_about_owners(agreement, vocabulary)
    yield Section(title("pools"), tuple(block for pool in agreement.pools.values() for block in _pool(pool)))
    promised = tuple(block for promise in agreement.promises.values() for block in _promise(promise))
    yield Section(title("promises"), promised)
    returned = (f"{spoken(one.reason)}: {recycle_sentence(one)}." for one in agreement.recycle)
    yield Section(title("recycle"), (bullets(*returned),))
    yield Section(title("playbooks"), _first_match(map(rules.playbook_rule, agreement.playbooks), vocabulary))


def _sections_about_owners(agreement: Agreement, vocabulary: Vocabulary) -> Iterator[Section]:
    """Who goes before turns where a pool prefers it; a team without territories or accounts has no such section."""
    if agreement.territories:
        yield Section(title("territories"), _first_match(map(rules.territory_rule, agreement.territories), vocabulary))
    if agreement.named_accounts:
        accounts = (f"{one.company}: {account_sentence(one)}." for one in agreement.named_accounts)
        yield Section(title("named_accounts"), (bullets(*accounts),))


def _rules(told: Iterable[Rule], vocabulary: Vocabulary, *, ordered: bool = False) -> Block:
    items = tuple(as_item(rule, vocabulary) for rule in told)
    return Listing(items, ordered) if items else Paragraph("None.")


def _first_match(told: Iterable[Rule], vocabulary: Vocabulary) -> tuple[Block, ...]:
    block = _rules(told, vocabulary, ordered=True)
    return (_FIRST_MATCH, block) if isinstance(block, Listing) else (block,)


def _definitions(agreement: Agreement, vocabulary: Vocabulary) -> Iterator[Block]:
    if isinstance(agreement.profile, Meets):
        yield Paragraph(f"The ideal customer is a lead for which {spoken(agreement.profile.name)} is met.")
    if agreement.document.get("free_mail"):
        yield Paragraph(
            f"Free e-mail addresses, beside the list that is kept: {plain(agreement.document['free_mail'])}."
        )
    named = (rules.definition_rule(name, when) for name, when in agreement.definitions.items())
    yield _rules(named, vocabulary)


def _scores(agreement: Agreement, vocabulary: Vocabulary) -> Iterator[Block]:
    yield Paragraph("Fit says how well the person and the company suit us. Interest is the sum of its parts.")
    for name, card in rules.cards(agreement).items():
        if card.rows:
            yield Subheading(f"Score {name}")
            yield _rules((rules.row_rule(row, vocabulary) for row in card.rows), vocabulary)
            yield Paragraph(_cap(card))


def _cap(card: ScoreCard) -> str:
    return "It has no cap." if card.cap is None else f"It never passes {card.cap}."


def _ready(ready: Ready, vocabulary: Vocabulary) -> Iterator[Block]:
    yield Listing((as_item(Rule("", "A lead is ready", ready.when), vocabulary),))
    if ready.wait_for is not None:
        names = listed([label(name, vocabulary) for name in ready.wait_for.known])
        yield Paragraph(f"A ready lead waits at most {length(ready.wait_for.at_most)} until these are known: {names}.")


def _pool(pool: Pool) -> Iterator[Block]:
    yield Subheading(f"Pool {pool.id}")
    yield Paragraph(" ".join(f"{text}." for text in pool_sentences(pool)))
    yield Paragraph("These take turns; a share of 2 means twice as many leads as a share of 1:")
    yield bullets(*(f"{one.owner}: {member_sentence(one)}" for one in pool.members))


def _promise(promise: Promise) -> Iterator[Block]:
    yield Subheading(f"Promise {promise.id}")
    said = filter(None, (hours_sentence(promise), touch_sentence(promise)))
    yield Paragraph(" ".join(f"{capital(text)}." for text in said))
    items = (
        Item(f"Sales {does}.", tuple(Item(f"{capital(step_sentence(step))}.") for step in steps))
        for does, steps in timed(promise)
    )
    yield Listing(tuple(items))
