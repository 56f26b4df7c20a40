"""Checking a property value and putting it into the form HubSpot keeps. Every value is a string."""

import re
from collections.abc import Callable

from app.crm.simulator.definitions import PropertyDefinition
from app.crm.simulator.instants import instant, iso

MAX_TEXT = 65_536

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+")


class ValueRefusedError(Exception):
    """A value that does not fit its property. `code` is HubSpot's, e.g. INVALID_OPTION."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def stored_form(definition: PropertyDefinition, value: str, current: str, is_owner: Callable[[str], bool]) -> str:
    """The value as HubSpot would keep it; `""` clears. Raises ValueRefusedError.

    `current` matters for lists of options only: a leading semicolon appends to it.
    """
    if value == "":
        return ""
    if definition.external == "OWNER":
        return _owner(value, is_owner)
    check = _CHECKS.get(definition.type)
    return check(definition, value, current) if check else _text(definition, value)


def _owner(value: str, is_owner: Callable[[str], bool]) -> str:
    if not is_owner(value):
        raise ValueRefusedError("INVALID_OWNER_ID", f"{value} was not a valid owner ID")
    return value


def _text(definition: PropertyDefinition, value: str) -> str:
    if len(value) > MAX_TEXT:
        raise ValueRefusedError("VALUE_TOO_LONG", f"{definition.name} was too long, the limit is {MAX_TEXT} characters")
    if definition.name == "email":
        return _email(value)
    return value


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value.strip()):
        raise ValueRefusedError("INVALID_EMAIL", f"Email address {value} is invalid")
    return value.strip().lower()


def _number(definition: PropertyDefinition, value: str, _current: str) -> str:
    if not _NUMBER.fullmatch(value.strip()):
        raise ValueRefusedError("INVALID_INTEGER", f"{definition.name} was not a valid number")
    return value.strip()


def _datetime(_definition: PropertyDefinition, value: str, _current: str) -> str:
    try:
        return iso(instant(value.strip()))
    except (ValueError, OverflowError) as error:
        raise ValueRefusedError("INVALID_LONG", f"{value} was not a valid long.") from error


def _date(_definition: PropertyDefinition, value: str, _current: str) -> str:
    try:
        at = instant(value.strip())
    except (ValueError, OverflowError) as error:
        raise ValueRefusedError("INVALID_DATE", f"{value} was not a valid date.") from error
    if (at.hour, at.minute, at.second, at.microsecond) != (0, 0, 0, 0):
        raise ValueRefusedError("INVALID_DATE", f"{value} is at {at:%H:%M:%S} UTC, not midnight!")
    return f"{at:%Y-%m-%d}"


def _flag(definition: PropertyDefinition, value: str, _current: str) -> str:
    if value.lower() not in {"true", "false"}:
        raise _no_option(definition, value)
    return value.lower()


def _choice(definition: PropertyDefinition, value: str, current: str) -> str:
    if definition.read_only and not definition.options:
        return value  # HubSpot's own, open lists; people cannot set them, the world around the contact can
    allowed = {option.value for option in definition.options}
    if not definition.several:
        if value not in allowed:
            raise _no_option(definition, value)
        return value
    chosen = [part for part in value.split(";") if part]
    for part in chosen:
        if part not in allowed:
            raise _no_option(definition, part)
    before = [part for part in current.split(";") if part] if value.startswith(";") else []
    return ";".join(dict.fromkeys([*before, *chosen]))


def _no_option(definition: PropertyDefinition, value: str) -> ValueRefusedError:
    allowed = ", ".join(option.value for option in definition.options)
    return ValueRefusedError("INVALID_OPTION", f"{value} was not one of the allowed options: [{allowed}]")


_CHECKS: dict[str, Callable[[PropertyDefinition, str, str], str]] = {
    "number": _number,
    "datetime": _datetime,
    "date": _date,
    "bool": _flag,
    "enumeration": _choice,
}
