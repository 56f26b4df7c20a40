"""A stateful HubSpot in memory: the API over HTTP, and the webhooks that follow from every change.

It imports nothing of the service, and the service cannot tell that it is there. What it does follows
HubSpot's documentation and recorded deliveries; where those are silent, the docstring at the spot says so.
It runs in a process of its own too: `python -m app.crm.simulator --help`.
"""

from app.crm.simulator.definitions import Option
from app.crm.simulator.events import Subscription
from app.crm.simulator.faults import Faults, ValidationRule
from app.crm.simulator.refusals import RefusedError
from app.crm.simulator.sender import DeliveryReport, WebhookSender
from app.crm.simulator.simulator import Simulator

__all__ = [
    "DeliveryReport",
    "Faults",
    "Option",
    "RefusedError",
    "Simulator",
    "Subscription",
    "ValidationRule",
    "WebhookSender",
]
