"""What the two sides agreed on, apart from the rules: goals, people, term, support, targets, consequences."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from app.agreement.model import Agreement, Side
from app.agreement.prose.page import Block, Item, Listing, Paragraph, Section, Table
from app.agreement.prose.promises import (
    calendar_sentence,
    consequence_sentence,
    example_sentence,
    last_day,
    support_sentence,
)
from app.agreement.prose.titles import title
from app.agreement.prose.words import capital, counted, day, length, listed, lowered, money, often
from app.agreement.terms import Targets, Terms


def bullets(*texts: str, none: str = "None.") -> Block:
    """The texts as a list, or the one sentence for none."""
    return Listing(tuple(Item(text) for text in texts)) if texts else Paragraph(none)


def opening_sections(agreement: Agreement, terms: Terms) -> Iterator[Section]:
    """From the overview to what happens in a dispute."""
    yield Section("Overview", (Paragraph(terms.overview),))
    yield Section("Goals", (bullets(*terms.goals),))
    yield Section("Who speaks for each side", tuple(_side(side) for side in agreement.sides))
    yield Section("Term and review", (Paragraph(_term(terms)),))
    yield Section("Support", (bullets(*map(support_sentence, terms.support), none="Neither side promised any."),))
    differ = f"When the two sides differ, {terms.disputes} decides."
    yield Section("Disputes", (Paragraph(differ),))


def closing_sections(agreement: Agreement, terms: Terms, targets: Targets) -> Iterator[Section]:
    """From the targets to the signatures."""
    yield Section(title("targets"), (Paragraph(_targets(targets, terms.currency)),))
    consequences = map(consequence_sentence, terms.accountability)
    yield Section("Accountability", (bullets(*consequences, none="No consequences were agreed on."),))
    yield Section(title("calendars"), (_calendars(agreement),))
    examples = (f"{one.name}: {example_sentence(one)}" for one in agreement.examples)
    checked = Paragraph("These leads must come out so, whatever else is changed.")
    yield Section(title("examples"), (checked, bullets(*examples)))
    yield Section("Termination", (Paragraph(last_day(terms.ends_on)),))
    yield Section("Signatures", (_signatures(agreement),))


def _side(side: Side) -> Paragraph:
    promises = listed([lowered(title(section)) for section in side.sections])
    held = f" The sections that are its promises: {promises}." if promises else " No section is its promise."
    return Paragraph(f"{capital(side.name)}: {side.contact}.{held}")


def _term(terms: Terms) -> str:
    ends = "it has no last day" if terms.ends_on is None else f"its last day is {day(terms.ends_on)}"
    return (
        f"The agreement starts on {day(terms.starts_on)}; {ends}. Leads that were with Sales before it starts are "
        f"left alone. Both sides review it {often(terms.review.every)}. Days and times are meant in the time "
        f"zone {terms.time_zone}."
    )


def _targets(targets: Targets, currency: str) -> str:
    deals = counted(ceil(targets.revenue / targets.deal_size), "deal")
    return (
        f"Each {targets.period} is to bring {money(targets.revenue, currency)}. With an average deal of "
        f"{money(targets.deal_size, currency)} that takes {deals}. A deal takes {length(targets.cycle)}."
    )


def _calendars(agreement: Agreement) -> Block:
    return bullets(*(f"{one.id}: {calendar_sentence(one)}." for one in agreement.calendars.values()))


def _signatures(agreement: Agreement) -> Table:
    return Table(
        ("Side", "Contact", "Signature", "Date"),
        tuple((capital(side.name), side.contact, "", "") for side in agreement.sides),
    )
