"""What is written wrongly is told, each fault at its own place, in words that help."""

from __future__ import annotations

from app.records.crm import PropertyDefinition, PropertyOption
from app.rules.condition import (
    All,
    BuyingGroupTest,
    DealTest,
    HandoffTest,
    PersonaTest,
    PropertyTest,
    RoleTest,
    SignalTest,
)
from app.rules.facts import Vocabulary
from app.rules.grammar import Names, nearest
from app.rules.truth import Truth
from tests.core.rules.leads import condition, faults_of

# what is written, then path and code of each fault
BROKEN: tuple[tuple[object, tuple[tuple[str, str], ...]], ...] = (
    (None, (("", "not_a_condition"),)),
    ("yes", (("", "not_a_condition"),)),
    ([], (("", "empty_list"),)),
    ({}, (("", "not_a_condition"),)),
    ({"any": []}, (("any", "empty_list"),)),
    ({"anny": [{"persona": "buyer"}]}, (("anny", "unknown_condition"),)),
    ({"persona": "buyer", "handoff": "open"}, (("handoff", "several_conditions"),)),
    (
        [{"persona": "byer"}, {"meets": "our_markt"}],
        (("0.persona", "unknown_persona"), ("1.meets", "unknown_definition")),
    ),
    ({"persona": 3.5}, (("persona", "unknown_persona"),)),
    ({"persona": {}}, (("persona", "not_a_persona"),)),
    ({"meets": ["our_market"]}, (("meets", "not_a_name"),)),
    ({"reaches": "mql"}, (("reaches", "unknown_stage"),)),
    ({"handoff": "acepted"}, (("handoff", "unknown_handoff_state"),)),
    ({"score.fitt": {"at_least": 4}}, (("score.fitt", "unknown_score"),)),
    ({"score.fit": {"contains": "4"}}, (("score.fit.contains", "operator_type"),)),
    ({"contact.a_number": {"at_lest": 4}}, (("contact.a_number.at_lest", "unknown_operator"),)),
    ({"contact.a_number": {"at_least": "four"}}, (("contact.a_number.at_least", "operand_type"),)),
    ({"contact.a_number": {"one_of": [1, "two"]}}, (("contact.a_number.one_of.1", "operand_type"),)),
    ({"contact.a_number": {"at_least": [4]}}, (("contact.a_number.at_least", "operand_count"),)),
    ({"contact.a_number": {"between": [4]}}, (("contact.a_number.between", "operand_count"),)),
    ({"contact.a_number": {}}, (("contact.a_number", "no_operator"),)),
    ({"contact.a_string": {"contains": " "}}, (("contact.a_string.contains", "operand_count"),)),
    ({"contact.a_string": {"has_any": ["&"]}}, (("contact.a_string.has_any.0", "operand_type"),)),
    ({"contact.a_string": {"matches": "("}}, (("contact.a_string.matches", "operand_type"),)),
    ({"contact.a_string": {"matches": "x" * 513}}, (("contact.a_string.matches", "operand_type"),)),
    ({"contact.a_string": {"matches": "(?=x)"}}, (("contact.a_string.matches", "operand_type"),)),
    ({"contact.a_string": {"known": "maybe"}}, (("contact.a_string.known", "operand_type"),)),
    ({"contact.a_date": {"in_last": "2 business days"}}, (("contact.a_date.in_last", "operand_type"),)),
    ({"contact.a_date": {"after": 2026}}, (("contact.a_date.after", "operand_type"),)),
    (
        {"contact.a_datetime": {"between": [2025, 2026]}},
        (("contact.a_datetime.between.0", "operand_type"), ("contact.a_datetime.between.1", "operand_type")),
    ),
    ({"contact.a_string": {"equals": "x", "if_missing": "no"}}, (("contact.a_string.if_missing", "bad_if_missing"),)),
    ({"contact.free_mail": {"at_least": 1}}, (("contact.free_mail.at_least", "operator_type"),)),
    ({"signal": "form"}, (("signal", "not_a_signal"),)),
    ({"signal": {"within": "7 days"}}, (("signal", "not_a_signal"),)),
    ({"signal": {"fom": "any"}}, (("signal.fom", "unknown_signal"),)),
    ({"signal": {"form": {"above": 3}}}, (("signal.form.above", "operator_type"),)),
    ({"signal": {"form": "any", "within": "soon"}}, (("signal.within", "bad_span"),)),
    ({"signal": {"form": "any", "at_least": "often"}}, (("signal.at_least", "bad_count"),)),
    ({"signal": {"form": "any", "at_least": "0 times"}}, (("signal.at_least", "bad_count"),)),
    ({"signal": {"form": "any", "at_least": 3, "at_most": 2}}, (("signal.at_most", "bad_count"),)),
    ({"signal": {"form": "any", "not_within": "0 days"}}, (("signal.not_within", "bad_span"),)),
    ({"contact.a_date": {"before": "3 business days ago"}}, (("contact.a_date.before", "operand_type"),)),
    ({"contact.a_date": {"in_this": "decade"}}, (("contact.a_date.in_this", "operand_type"),)),
    ({"contact.a_string": {"unknown": "perhaps"}}, (("contact.a_string.unknown", "operand_type"),)),
    ({"deal.a_number": {"at_least": "four"}}, (("deal.a_number.at_least", "operand_type"),)),
    ({"role": "boss"}, (("role", "unknown_buying_role"),)),
    ({"role": {}}, (("role", "not_a_role"),)),
    ({"buying_group": "champion"}, (("buying_group", "not_a_group"),)),
    ({"buying_group": {"have": ["champion"]}}, (("buying_group", "not_a_group"),)),
    ({"buying_group": {"has": []}}, (("buying_group.has", "not_a_role"),)),
    ({"buying_group": {"has": ["champion", "boss"]}}, (("buying_group.has", "unknown_buying_role"),)),
    ({"buying_group": {"at_least": "some"}}, (("buying_group.at_least", "bad_count"),)),
)


def test_each_fault_is_told_at_its_place() -> None:
    told = [(node, faults_of(node)) for node, _ in BROKEN]
    places = [(node, tuple((".".join(map(str, fault.path)), fault.code) for fault in faults)) for node, faults in told]
    assert [row for row, expected in zip(places, BROKEN, strict=True) if row != expected] == []
    assert [fault for _, faults in told for fault in faults if not (fault.message and fault.fix)] == []


def test_the_nearest_name_is_offered() -> None:
    assert [fault.fix for fault in faults_of({"persona": "byer"})] == ["Did you mean `buyer`?"]


def test_the_nearest_is_found_among_thousands() -> None:
    among = ["contact.jobtitle", *(f"contact.custom_{at}" for at in range(3_000)), "contact.title"]
    assert nearest("contact.jobtilte", among) == "Did you mean `contact.jobtitle`?"
    assert nearest("contact.custom_2O17", among) == "Did you mean `contact.custom_217`?"


def test_short_forms_mean_what_they_read_like() -> None:
    assert condition({"contact.a_bool": True}) == PropertyTest("contact.a_bool", "equals", ("true",))
    assert condition({"contact.a_string": ["x", 2]}) == PropertyTest("contact.a_string", "one_of", ("x", "2"))
    assert condition({"persona": "buyer"}) == PersonaTest(("buyer",))
    assert condition([{"handoff": "open"}]) == All((HandoffTest("open"),))
    assert condition({"signal": {"form": "any"}}) == SignalTest("form")
    assert condition({"signal": {"form": "any", "at_most": 2}}) == SignalTest("form", at_least=0, at_most=2)
    assert condition({"role": "champion"}) == RoleTest(("champion",))
    assert condition({"buying_group": {"at_least": 3}}) == BuyingGroupTest(at_least=3)
    assert condition({"buying_group": {"has": "champion"}}) == BuyingGroupTest(("champion",))


def test_two_comparisons_of_one_value_must_both_be_met() -> None:
    both = condition({"contact.a_number": {"at_least": 5, "below": 9, "if_missing": "not met"}})
    name, missing = "contact.a_number", Truth.NOT_MET
    assert condition({"deal.amount": {"at_least": 5, "below": 9}}) == DealTest(
        (PropertyTest("deal.amount", "at_least", ("5",)), PropertyTest("deal.amount", "below", ("9",)))
    )
    assert both == All((PropertyTest(name, "at_least", ("5",), missing), PropertyTest(name, "below", ("9",), missing)))


def test_what_is_not_known_yet_at_a_place_is_refused_there() -> None:
    names = Names(personas={"buyer"}, scores={"fit"}, without=("persona", "score"))
    assert [fault.code for fault in faults_of({"persona": "buyer"}, names)] == ["not_here"]
    assert [fault.code for fault in faults_of({"score.fit": {"at_least": 1}}, names)] == ["not_here"]


def test_in_a_portals_own_vocabulary_what_is_missing_does_not_exist() -> None:
    options = (PropertyOption("BANKING", "Banking"),)
    industry = PropertyDefinition("industry", "Industry", "enumeration", options)
    names = Names(vocabulary=Vocabulary({"company.industry": industry}), closed=True)
    assert faults_of({"contact.baton_need_confirmed": True}, names) == []
    assert [f.code for f in faults_of({"company.industri": "BANKING"}, names)] == ["unknown_property"]
    assert [f.code for f in faults_of({"contact.free_mail": True}, names)] == ["unknown_property"]
    assert [f.path for f in faults_of({"company.industry": ["BANKING", "BANKS"]}, names)] == [("company.industry", 1)]
    assert [f.code for f in faults_of({"company.industry": "BANKING;RETAIL"}, names)] == ["unknown_option"]
    assert faults_of({"company.industry": {"unknown": True}}, names) == []
