"""The page that shows the packaged agreement as its readers sign it."""

from __future__ import annotations

import re

from app.agreement.parse import default_vocabulary, parse_agreement
from app.agreement.prose import as_markdown, prose
from app.engine.start import packaged_agreement

_INTRODUCTION = """\
# The agreement in prose

What both heads of department sign is not written beside the rules: it is made from them. This is
[the packaged agreement](../../config/agreement.yaml) as Baton words it, from the overview to the signatures. The same
sentences tell the difference between two versions.

"""


def prose_page() -> str:
    """The packaged agreement, its headings one level below the page's own."""
    agreement = parse_agreement(packaged_agreement().read_bytes(), file="agreement.yaml")
    text = as_markdown(prose(agreement, default_vocabulary()))
    return _INTRODUCTION + re.sub(r"^#", "##", text, flags=re.MULTILINE)
