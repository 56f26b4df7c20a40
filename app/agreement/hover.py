"""What an editor says of each name in an agreement, by the shape that it stands in."""

from __future__ import annotations

from collections.abc import Mapping

HOVER: Mapping[str, Mapping[str, str]] = {
    "Document": {
        "agreement": "What the two sides agreed on, apart from the rules.",
        "calendars": "When people work. Business time is counted in these hours only.",
        "definitions": "Conditions with a name, used elsewhere by `meets: <name>`.",
        "profile": "Who sales wants to talk to.",
        "personas": "Who somebody is in a purchase. The first that fits is used.",
        "score": "How well a lead suits (`fit`), and how much it wants to talk (`interest.<part>`).",
        "disqualify": "Leads that are never handed over. Looked at before anything else; the first that fits is used.",
        "stages": "What it takes to reach a lifecycle stage. A lead moves forward, to the furthest one that it meets.",
        "ready": "When sales is called in: a condition, with `wait_for` beside it.",
        "routes": "Where a ready lead goes. The first that fits is used; the last has no `when`.",
        "pools": "Who takes turns at leads.",
        "promises": "How fast sales answers.",
        "recycle": "What becomes of a lead that sales returns, for each reason that it can give.",
        "playbooks": "What to say and to show. The first that fits is used.",
        "targets": "What a period must bring.",
        "examples": "Leads, and what must come of each. They are checked before a change goes live.",
        "free_mail": "What to change in the list of e-mail domains that count as free mail.",
    },
    "FreeMail": {
        "add": "Domains to count as free mail besides those that Baton knows.",
        "remove": "Domains that Baton knows as free mail and that are not to count as such.",
    },
    "Terms": {
        "name": "What the agreement is called.",
        "overview": "What it is for, in a sentence or two.",
        "goals": "What both sides want to reach with it.",
        "time_zone": "The zone in which the agreement's days begin and end.",
        "currency": "The currency of all amounts, by its three letters.",
        "starts_on": "Leads that were with sales before this day are left alone.",
        "ends_on": "The last day with new handoffs, or `never`.",
        "review": "How often both sides look at it again.",
        "sides": "Who speaks for each side, and which sections are its promises.",
        "disputes": "Who decides when the two sides differ.",
        "support": "What each side does for the other.",
        "accountability": "What follows when a promise is not kept.",
    },
    "Review": {"every": "The time from one review to the next."},
    "Sides": {
        "marketing": "Who speaks for marketing, and its sections.",
        "sales": "Who speaks for sales, and its sections.",
    },
    "Side": {
        "contact": "The e-mail address of whoever approves changes for this side.",
        "sections": "The sections that hold this side's promises: a change in one needs its contact.",
    },
    "Support": {
        "by": "The side that does it.",
        "what": "What is done.",
        "every": "How often.",
    },
    "Consequence": {
        "when": "A measure, a bound and a time: `first_touch_met below 90 % for 2 weeks`.",
        "then": "What is done about it.",
    },
    "OpeningHours": {
        "id": "The name by which pools refer to it.",
        "time_zone": "The zone that the hours are in.",
        "open": "Hours by weekday, like `mon-fri`. Days that are not named are closed.",
        "holidays": "The country, or country and region, whose public holidays are closed.",
        "closed": "More days that are closed.",
    },
    "Profile": {"ideal_customer": "The name of a definition."},
    "Persona": {
        "id": "The name by which conditions refer to it: `persona: <id>`.",
        "role": "The part that such a person plays in a purchase.",
        "when": "What makes somebody this persona. Scores and stages are not known yet here.",
    },
    "Card": {
        "cap": "The most that this score can be.",
        "rows": "What gives points.",
    },
    "Row": {
        "id": "The name by which an explanation refers to it.",
        "points": "What it adds, or with a minus what it takes away.",
        "when": "The condition that gives the points, once. Scores and stages are not known yet here.",
        "each": "A signal that gives the points each time it happened.",
        "half_life": "After this time a counted signal weighs half as much.",
        "at_most": "The most that this row can add.",
    },
    "Disqualifier": {
        "id": "The name by which examples and decisions refer to it.",
        "because": "The reason, in words that sales reads.",
        "when": "What disqualifies a lead.",
    },
    "StageRule": {
        "id": "A lifecycle stage, by its internal name in HubSpot.",
        "when": "What it takes to reach it.",
    },
    "Ready": {
        "when": "The condition, where it is not written straight under `ready`.",
        "wait_for": "Values that are waited for before a ready lead is handed over.",
    },
    "WaitFor": {
        "known": "Values that must be there, like `company.numberofemployees`.",
        "at_most": "After this time the lead goes on without them.",
    },
    "Route": {
        "id": "The name by which examples and decisions refer to it.",
        "because": "The reason, in words that sales reads.",
        "when": "Which leads it takes. Without it, all of them.",
        "to": "The pool that gets the lead.",
        "promise": "The promise that is kept to the lead.",
    },
    "Pool": {
        "id": "The name by which routes refer to it.",
        "manager": "The e-mail address of whoever is told when a promise is at risk.",
        "calendar": "The hours in which this pool works.",
        "prefer": "Who goes before turns, in this order: somebody who knows the company or the lead.",
        "if_nobody": "Where a lead goes when no member can take it: another pool, or one owner.",
        "members": "The people who take turns.",
    },
    "Member": {
        "owner": "The e-mail address of an owner in HubSpot.",
        "share": "A share of 2 gets twice as many leads as a share of 1.",
        "at_most": "The most handoffs that are open with this owner at a time.",
    },
    "Fallback": {
        "pool": "The id of another pool.",
        "owner": "The e-mail address of an owner in HubSpot.",
    },
    "Promise": {
        "id": "The name by which routes refer to it.",
        "hours_of": "Whose business hours count: the owner's, the pool's, or the pool's in the lead's own time zone.",
        "accept": "How soon the owner says that the lead is taken.",
        "first_touch": "How soon somebody first talks or writes to the lead.",
        "attempts": "How often and for how long the lead is tried.",
        "qualify": "How soon it is said whether the lead is qualified.",
    },
    "Target": {
        "within": "The time that is promised.",
        "steps": "What is done on the way to a breach and after it.",
    },
    "Step": {
        "at": "A part of the time, like `75 %`; `breach`; or a time after it, like `breach + 1 business hour`.",
        "do": "`notify` and whom, or `reassign`.",
    },
    "Attempts": {
        "count": "How many attempts.",
        "within": "The time in which they are made.",
    },
    "RecycleRule": {
        "reason": "The reason that sales can give.",
        "return_after": "When the lead may come back, or `never`.",
        "to": "Who gets it when it comes back.",
        "needs": "What has to happen before it comes back.",
        "back_to": "The lifecycle stage that it is set back to.",
    },
    "Playbook": {
        "id": "The name by which decisions refer to it.",
        "when": "For which leads. Without it, for all.",
        "say": "What to say. `{{ company.name }}` is filled in from the record.",
        "show": "What to show: names or links.",
    },
    "Targets": {
        "period": "The period that the revenue is for.",
        "revenue": "The revenue that the period must bring.",
        "deal_size": "The revenue of a usual deal.",
        "cycle": "The usual time from handoff to deal.",
    },
    "Example": {
        "name": "What the example shows.",
        "at": "The day and time at which the lead is looked at, in the agreement's time zone.",
        "given": "The lead, as HubSpot would know it.",
        "expect": "What must come of it; what is not named is not checked.",
    },
    "Given": {
        "contact": "The contact's properties.",
        "company": "The properties of its company; left out, it has none.",
        "signals": "What the contact did, and how long before.",
        "handoff": "The state of its handoff, if it has one.",
    },
}
