"""One HubSpot account: all that it knows, in memory."""

from random import Random

from app.crm.simulator.counters import Counters
from app.crm.simulator.default_contacts import stage_dates
from app.crm.simulator.default_objects import default_schemas
from app.crm.simulator.definitions import ObjectSchema, Option
from app.crm.simulator.events import Outbox
from app.crm.simulator.faults import Faults
from app.crm.simulator.instants import Now
from app.crm.simulator.links import Links
from app.crm.simulator.object_types import CONTACTS, ObjectType
from app.crm.simulator.owners import Owners
from app.crm.simulator.records import RecordStore, Source


class Portal:
    """The state. Nothing here waits, so whatever a request does to it happens at once or not at all."""

    def __init__(self, *, portal_id: int, app_id: int, now: Now, seed: int, time_zone: str) -> None:
        self.id = portal_id
        self.app_id = app_id
        self.now = now
        self.seed = seed
        self.time_zone = time_zone
        self.rng = Random(seed)  # noqa: S311  # a repeatable world, not cryptography
        self.schemas = default_schemas()
        self.records = RecordStore(self.rng)
        self.links = Links()
        self.owners = Owners()
        self.outbox = Outbox(portal_id, app_id, self.rng)
        self.counters = Counters(self.records.current_id)
        self.faults = Faults()

    @property
    def app_source(self) -> Source:
        """How a write by this app is marked, in histories and in its webhook echo."""
        return Source("INTEGRATION", str(self.app_id))

    def schema(self, kind: ObjectType) -> ObjectSchema:
        return self.schemas[kind.name]

    @property
    def stages(self) -> list[Option]:
        """The lifecycle pipeline, in its order."""
        return list(self.schema(CONTACTS).properties["lifecyclestage"].options)

    def set_stages(self, stages: list[Option]) -> None:
        """Replace the lifecycle pipeline; its dates come with it."""
        for name in ("contacts", "companies"):
            self.schemas[name].set_options("lifecyclestage", stages)
        self.schema(CONTACTS).add(date for stage in stages for date in stage_dates(stage))
