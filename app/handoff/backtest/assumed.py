"""What a backtest takes for granted, in sentences: part of every result."""

from __future__ import annotations

from app.handoff.backtest.trial import Trial

_ALWAYS = (
    "Both agreements are taken to have been in force all through the period, and every write to have landed at once.",
    "A contact is decided whenever something that either agreement reads changes, and when time alone may matter.",
    "A contact about which nothing changed in the period is not decided.",
    "What Baton itself wrote in the period is left out; what each agreement would have written stands in its place.",
    "Contacts belong to the company that they belong to now, and owners are those of now.",
    "Turns start from zero credit; handoffs that were open when the period began hold their seats.",
    "Deals and buying groups are not replayed: conditions on them find no data.",
    "No clock runs: nobody is warned, and no step gives a lead to somebody else or ends its handoff.",
)


def assumptions(trial: Trial, unread: str) -> tuple[str, ...]:
    """The sentences, for the trial's length of handoffs; `unread` says why the past was not all read, if so."""
    days = trial.handoffs_last.total_seconds() / 86400
    seats = (
        "A handoff counts against its owner's cap until the rep's own words in the past end it, "
        f"and for {days:.1f} days at most."
    )
    past = f"The past could not all be read from HubSpot ({unread}): stored events stand in." if unread else ""
    return tuple(sentence for sentence in (*_ALWAYS, seats, past) if sentence)
