"""The real HubSpot behind the port. Bootstrap alone imports it; every HubSpot word of the service lives here.

    signature   was a webhook request signed with the app's secret (pure)
    inbox       a webhook body to events (pure); `kinds` and `associations` know the names HubSpot uses
    paths       where each endpoint is, by API version
    faults      an answer that is no success, as an error with what helps
    calls       one polite call: quota, breaker, time limit, size limit
    tally       each call counted and logged
    wire        reading JSON that may be anything
    objects     reading records in batches, merged ones included
    batches     writing records in batches, each with an outcome of its own
    pasts       the values that properties had before
    changes     contacts by when they last changed, from the search index
    links       which records are associated with which
    linked      the records that hang on contacts
    activities  notes and tasks
    makers      who made an engagement, who reached out to whom (pure)
    engagements reading calls, e-mails, meetings and the rest
    directory   owners and property definitions
    client      HubspotCrm, which joins the above into the port

It must not know the engine, storage or the agreement: quota and breaker come in as protocols.
"""

from app.crm.hubspot.client import HubspotCrm
from app.crm.hubspot.inbox import HubspotInbox
from app.crm.hubspot.paths import paths_for

__all__ = ["HubspotCrm", "HubspotInbox", "paths_for"]
