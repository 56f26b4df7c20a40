"""Every code that a fault can have: what it means, and what usually mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.agreement.faults import Severity


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code says of a document, whatever the document; the fault itself names the value and the remedy."""

    group: str
    severity: Severity
    means: str
    fix: str


def severity_of(code: str) -> Severity:
    """How much a fault of this code matters; one that nobody listed is an error."""
    return CODES[code].severity if code in CODES else Severity.ERROR


_LISTED = """
# The text
too_big|The document is larger than 256 kB|Shorten it
encoding|The text is not UTF-8|Save the file as UTF-8
character|A character is not allowed in YAML|Remove it
yaml|The text is no YAML|Mind the indentation and the quotes
two_documents|A second document starts|Keep one document a file
directive|A line starts with `%`|Remove it
alias|An anchor (`&`) or an alias (`*`)|Write the value out, or name a condition under `definitions`
tag|A tag (`!`)|Remove it, and put quotes around text
key|A name is a list or a map|Put quotes around text that starts with `[` or `{`
duplicate_key|A name is written twice in one place|Keep one
too_deep|Values stand more than 32 deep in one another|Name inner conditions under `definitions`
too_many|There are more than 10,000 values|Shorten it

# The form
missing|A section or a field is missing|Add it
unknown_key|A field has a name that nobody knows|Use the name that the fault suggests
model_type|A part needs names and values|Write `name: value` pairs below it
dict_type|A part needs names and values|Write `name: value` pairs below it
list_type|A list is wanted|Put a dash before each item
too_short|A list is empty that must not be|Write at least one item
string_type|Text is wanted|Put quotes around it if it looks like a number
string_too_short|A text is empty|Write something
string_too_long|An id is longer than 64 characters|Shorten it
string_pattern_mismatch|An id holds other signs than letters, digits, `_` and `-`|Use only those
int_type|A whole number is wanted|Write a number like `2`
float_type|A number is wanted|Write a number like `10`
greater_than|A number is not more than 0|Write a larger number
greater_than_equal|A number is too small|Write a larger number
less_than_equal|A number is too large|Write a smaller number
not_usable|A value is none of what is accepted|Correct it as the fault says
unknown_word|A word is not among those that may stand here|Use one that the fault names
bad_email|This is no e-mail address|Write it like `ann@example.com`
bad_time_zone|There is no such time zone|Write it like `America/New_York`
bad_currency|This is no currency|Write a code like `USD`
bad_country|This is no country|Write a code like `US` or `US-CA`
bad_domain|This is no domain|Write it in lower case, like `example.net`
bad_span|This is no length of time, or not one of the kind wanted here|Write it like `7 days` or `15 business min`
bad_date|This is no date|Write it like `2026-10-01`
bad_time|This is no day and time|Write it like `"2026-11-20 10:00"`
bad_count|This is no count|Write it like `2 times` or `25 open handoffs`
bad_moment|This is no moment of a promise|Write `75 %`, `breach` or `breach + 1 business hour`
bad_step|This is no step of a ladder|Write `notify owner`, `reassign`, `task` or `stop`
bad_property|This is no name of a contact property|Write it like `notes_last_contacted`
bad_value|This is no dotted name|Write it like `company.numberofemployees`
bad_score|This is no name of a score|Write `fit` or `interest.<part>`
bad_calendar|Hours that cannot be used: no such day, out of order, or never open|Write `mon-fri: ["09:00-17:30"]`
ends_before_start|The agreement ends before it starts|Put `ends_on` after `starts_on`
when_or_each|A score row has both or neither of `when` and `each`|Keep one
half_life|A row has a half-life and counts no signals|Use `each`, or take `half_life` away
row_at_most|A row has a most of its own and counts no signals|Use `each`, or take `at_most` away
if_nobody|`if_nobody` names neither or both of a pool and an owner|Write a pool's id, or `{owner: ...}`
empty_promise|A promise times nothing|Give it `accept` or `first_touch`
bad_template|A placeholder is empty or never closed|Write it like `{{ company.name }}`
not_a_map|An example's values have no names|Write them like `{jobtitle: VP Sales}`
not_a_value|An example's property holds a list or a map|Write one text or number
not_expected|An example expects nothing|Write it like `{stage: lead, ready: false}`
unknown_expectation|An example expects what nothing can come out as|Use one of the names that the fault suggests
not_a_number|An example expects a score that is no number|Write a number
not_true_or_false|An example expects an answer that is neither yes nor no|Write `true` or `false`

# Conditions
not_a_condition|There is no condition where one is wanted|Write it like `{company.numberofemployees: {at_least: 50}}`
several_conditions|One condition has several names|Put a dash before each
unknown_condition|A condition is of no known kind|Use the kind that the fault suggests
empty_list|A list of conditions is empty|Write at least one condition in it
not_here|A condition asks for what is decided later, or for itself|Use values and signals here
unknown_operator|There is no such comparison|Use the one that the fault suggests
no_operator|A value is compared with nothing|Write a comparison, like `at_least: 50`
operator_type|A comparison does not go with the type of the value|Use one that the fault names
operand_count|A comparison has too many or too few values|Write one, or a list, as the fault says
operand_type|What is compared with cannot be read in the type of the value|Write it as the fault says
bad_if_missing|`if_missing` says neither yes nor no|Write `met` or `not met`
not_a_signal|A signal names no kind, or more than one|Write it like `signal: {form: {contains: demo}, within: 7 days}`
several_tests|A signal has several tests of its title|Keep one
signal_wanted|`each` holds another condition than a signal|Write `each: {signal: {form: any}}`, or use `when`
not_a_persona|`persona` names no persona|Write `persona: <id>`
not_a_role|A buying role is wanted|Write it like `role: decision_maker`
not_a_group|A buying group asks for nothing|Write it like `buying_group: {has: [champion], at_least: 2 people}`
not_a_name|An id is wanted|Write the id
too_involved|Definitions hold too much, spelled out wherever they are named|Name fewer definitions in one another
definition_circle|A definition leads back to itself|Break the circle

# Names
duplicate_id|An id, a reason or a name is used twice in one section|Give one of them another
unknown_section|A side lists a section that does not exist|Use the name that the fault suggests
unknown_definition|There is no such definition|Define it, or use the one that the fault suggests
unknown_persona|There is no such persona|Define it, or use the one that the fault suggests
unknown_buying_role|There is no such buying role|Use the one that the fault suggests
unknown_score|There is no such score|Give it rows, or use the one that the fault suggests
unknown_stage|There is no such lifecycle stage|Use the one that the fault suggests
unknown_handoff_state|A handoff has no such state|Use the one that the fault suggests
unknown_signal|There is no such kind of signal|Use the one that the fault suggests
unknown_route|There is no such route|Use the one that the fault suggests
unknown_pool|There is no such pool|Define it, or use the one that the fault suggests
unknown_promise|There is no such promise|Define it, or use the one that the fault suggests
unknown_calendar|There is no such calendar|Define it, or use the one that the fault suggests
unknown_disqualified|An example expects a disqualification that does not exist|Use the one that the fault suggests
fallback_circle|The pools that stand in for a pool lead back to it|Break the circle
unused ~|Nothing looks at a definition, a pool, a promise, a calendar, a list or a rule|Use it, or remove it
prefers_nothing ~|A pool prefers territories or named accounts, and there are none|Add them, or take the word away

# Rows that nothing reaches
catches_all_early|A row without `when` stands before the last, so those after it are never used|Move it last
no_catch_all|The last of the routes has a condition, so a ready lead could be left over|Add a last one without `when`
shadowed|An earlier row takes every lead that would meet this one|Move it up, ask for something else, or remove it
cannot_match|No lead can meet this: its tests exclude each other|Take away one of them
stage_order ~|A stage rule stands before that of an earlier stage|List stages from the first to the last
stage_needs_itself|A stage is reached only by who has reached it|Ask for an earlier stage
stage_skipped ~|Whoever reaches a stage reaches a later one too, so nobody stops there|Ask for more at the later one
threshold_out_of_reach|A score is asked for that its rows and caps never give|Move the number, or let the rows give more
threshold_always_met ~|A score is asked for that every lead has|Move the number, or remove the test
cap_out_of_reach ~|A cap is more than the rows can give|Lower it, or add a row
signal_unsupplied ~|Nothing supplies this kind of signal|Use another signal
signal_tier ~|The portal's HubSpot tier does not tell of this kind of signal|Use another signal
signal_count ~|More signals are asked for than are ever known at once|Ask for fewer

# What people sign
section_listed_twice|A section is listed twice, by one side or by both|Keep it with the side that promises it
bad_breach|Accountability says not what is measured|Write it like `first_touch_met below 90 % for 2 weeks`
unknown_measure|Accountability names a measure that does not exist|Use the one that the fault suggests
bad_consequence|Nothing of this kind can follow|Write `notify both sides` or `open review`
steps_order ~|A step comes twice, or before one that it should follow|List each step once, the earliest first
step_after_stop ~|A step comes after one that ends the handoff|Move it up, or remove it
nobody_else ~|A step gives a lead to somebody else where there is nobody else|Add a member, or tell the manager
targets_order ~|A target is later than the one that follows it|Shorten it, or give the other longer
duplicate_member ~|An owner is in a pool twice|Write a larger `share` instead
hours_apart ~|A member works only while the pool whose hours count is closed|Count the owner's hours instead
account_free_mail ~|A named account has a free-mail domain, which counts for nobody|Write the company's own domain

# The portal
unknown_property|The portal has no such property|Create it, or use the one that the fault suggests
unknown_option|The property has no such option|Use the one that the fault suggests
unknown_owner|The portal has no such owner|Use the one that the fault suggests
lead_zone ~|A promise keeps to the lead's time zone, and the portal does not tell it|Count the pool's hours
inactive_owner|The owner is switched off in the portal|Name who takes their place
unknown_given ~|An example gives a property that the portal does not have|Use the one that the fault suggests

# Talk tracks
talk_too_long|A talk track is longer than 4,000 characters|Shorten it
talk_syntax|A talk track cannot be read|Write placeholders like `{{ company.name }}`
talk_construct|A talk track does more than name values and choose between texts|Take that part away
talk_filter|A talk track uses a filter that is not among the few|Use one that the fault names
talk_name|A talk track names what is not known, or what the portal does not have|Use the name that the fault suggests
"""


def _read(listed: str) -> Iterator[tuple[str, Meaning]]:
    group = ""
    for line in filter(None, listed.splitlines()):
        if line.startswith("# "):
            group = line.removeprefix("# ")
            continue
        code, means, fix = line.split("|")
        severity = Severity.WARNING if code.endswith(" ~") else Severity.ERROR
        yield code.removesuffix(" ~"), Meaning(group, severity, means, fix)


CODES: Mapping[str, Meaning] = dict(_read(_LISTED))
"""By code, in the order of the reference page. In the list above a `~` marks a warning."""
