"""The brief: what the owner needs to know about a lead, gathered when the handoff opens. Plain text."""

from __future__ import annotations

from collections.abc import Iterable

from app.agreement.model import Agreement, Playbook
from app.handoff.content import content_of, is_partial
from app.handoff.decision import Brief, Opening
from app.handoff.draft import in_digits
from app.handoff.origin import origin_of
from app.handoff.plain import clean
from app.handoff.promise import promise_in_words
from app.handoff.qualify import Qualification
from app.handoff.template import Known, render_text
from app.handoff.weigh import first_met
from app.records.crm import Properties
from app.rules.names import label
from app.rules.score import Scored, ScoredRow
from app.rules.trace import Join, Trace
from app.rules.truth import Truth

_MOST_REASONS = 10


def make_brief(agreement: Agreement, qualification: Qualification, opening: Opening) -> Brief:
    """What is to be told about the lead, by the playbook that fits its persona, stage, source and whatever else."""
    lead, persona = qualification.lead, qualification.persona
    playbook, _ = first_met(agreement.playbooks, qualification.scope)
    content = content_of(qualification.scope.facts.signals)
    return Brief(
        lead_name=_lead_name(lead.contact.properties, lead.contact.id),
        company_name=_company_name(lead.contact.properties, lead.company.properties if lead.company else {}),
        why=why_of(qualification, opening),
        source=origin_of(lead.contact.properties),
        content=content,
        persona=None if persona is None else persona.id,
        role=None if persona is None else persona.role,
        fit=_reasons([qualification.scored["fit"]]),
        interest=_reasons(card for name, card in qualification.scored.items() if name != "fit"),
        say="" if playbook is None else _say(playbook, qualification),
        show=() if playbook is None else playbook.show,
        next_step=next_step_of(agreement, opening),
        promise=promise_in_words(agreement.promises.get(opening.promise)),
        partial=is_partial(content, lead.contact.properties),
    )


def why_of(qualification: Qualification, opening: Opening) -> str:
    """One sentence for the rep: why this lead, and what it scores."""
    fit, interest = (in_digits(qualification.scores.get(name, 0)) for name in ("fit", "interest"))
    persona = "" if qualification.persona is None else f", persona {qualification.persona.id}"
    return f"{opening.because}: fit {fit}, interest {interest}{persona}."


def next_step_of(agreement: Agreement, opening: Opening) -> str:
    """What the owner does next, and how soon."""
    promised = promise_in_words(agreement.promises.get(opening.promise))
    soon = f"{promised[0].upper()}{promised[1:]}. " if promised else ""
    return f"{soon}Set Handoff status to Accepted, or to Rejected with a reason."


def _lead_name(contact: Properties, contact_id: str) -> str:
    name = clean(f"{contact.get('firstname') or ''} {contact.get('lastname') or ''}")
    return name or clean(contact.get("email")) or f"Contact {contact_id}"


def _company_name(contact: Properties, company: Properties) -> str:
    return clean(company.get("name")) or clean(contact.get("company"))


def _reasons(cards: Iterable[Scored]) -> tuple[str, ...]:
    """The rows that gave points, highest first."""
    rows = [row for card in cards for row in card.rows if row.points > 0]
    rows.sort(key=lambda row: -row.points)
    return tuple(_reason(row) for row in rows[:_MOST_REASONS])


def _reason(row: ScoredRow) -> str:
    met = "; ".join(dict.fromkeys(_met(row.trace)))
    return clean(f"+{in_digits(row.points)} {row.id.replace('_', ' ')}{f': {met}' if met else ''}")


def _met(trace: Trace) -> list[str]:
    """The leaves that made the trace met, with the values seen."""
    if trace.truth is not Truth.MET or trace.join is Join.NONE:
        return []
    if trace.join is not Join.LEAF:
        return [leaf for child in trace.children for leaf in _met(child)]
    seen = "" if trace.seen is None else f" (is {trace.seen})"
    return [f"{trace.label} {trace.wanted}{seen}"]


def _say(playbook: Playbook, qualification: Qualification) -> str:
    lead, vocabulary, persona = qualification.lead, qualification.scope.vocabulary, qualification.persona
    company = lead.company.properties if lead.company else {}
    context = {
        "contact": Known(lead.contact.properties, lambda name: label(f"contact.{name}", vocabulary)),
        "company": Known(company, lambda name: label(f"company.{name}", vocabulary)),
        "persona": "" if persona is None else persona.id,
        "role": "" if persona is None else persona.role,
    }
    return render_text(playbook.say, context)
