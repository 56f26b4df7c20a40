"""What a person can do about HubSpot's refusal, in one sentence."""

from __future__ import annotations

from collections.abc import Collection

_OPTION = "Add the option to the property in HubSpot, or use one of those it has."
_BY_SIGN = {
    "PROPERTY_DOESNT_EXIST": "Run `baton setup --apply` to create Baton's properties, or take the property "
    "out of the agreement.",
    "INVALID_OWNER_ID": "Put an active owner in place of this one, which does not exist or was deactivated.",
    "INVALID_OPTION": _OPTION,
    "READ_ONLY_VALUE": "HubSpot fills this property itself: take it out of what is written.",
    "INVALID_EMAIL": "Correct the e-mail address on the record.",
    "VALUE_TOO_LONG": "Shorten the text: HubSpot keeps 65,536 characters at most.",
    "duplicate ids": "Look again: one record was named twice in a batch.",
    "was not one of the allowed options": _OPTION,
    "was not a valid": "Write a value that fits the property's type in HubSpot.",
    "already exist": "Use what exists, or another name.",
    "required": "Fill the property that a validation rule of this HubSpot account requires, or ask an admin "
    "to relax the rule.",
}
"""Signs are codes of HubSpot's, or its words in lower case; the first that is there decides."""

_ELSE = "Read HubSpot's words, then change the record, the property in HubSpot or the agreement."


def hint_for(words: str, codes: Collection[str]) -> str:
    """The sentence for a refusal with these words and codes."""
    haystack = words.lower()
    for sign, hint in _BY_SIGN.items():
        if sign in codes or sign in words or sign in haystack:
            return hint
    return _ELSE
