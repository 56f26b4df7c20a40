"""The whole agreement as a readable document: the text that both heads of department sign."""

from __future__ import annotations

from app.agreement.model import Agreement
from app.agreement.prose.in_html import as_html
from app.agreement.prose.in_markdown import as_markdown
from app.agreement.prose.page import Prose
from app.agreement.prose.running import running_sections
from app.agreement.prose.signed import closing_sections, opening_sections
from app.agreement.terms import Targets, Terms
from app.rules.facts import Vocabulary

__all__ = ["Prose", "as_html", "as_markdown", "prose"]


def prose(agreement: Agreement, vocabulary: Vocabulary) -> Prose:
    """Every section in the order it is read; `vocabulary` gives properties the names that people know."""
    terms = Terms.model_validate(agreement.document["agreement"])
    targets = Targets.model_validate(agreement.document["targets"])
    return Prose(
        title=f"{agreement.name}: service level agreement between Marketing and Sales",
        sections=(
            *opening_sections(agreement, terms),
            *running_sections(agreement, vocabulary),
            *closing_sections(agreement, terms, targets),
        ),
    )
