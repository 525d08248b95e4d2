"""Made-up deliveries for sample files: the same patients in every format."""

from datetime import datetime
from uuid import UUID

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.delivery import Outgoing
from journeys.domain.disclosing import DISCLOSURES, share_of
from journeys.domain.sandbox_sending import MAKERS, NothingToSend
from journeys.domain.sandbox_worlds import double_of, version_of

# Known to everybody, so nobody's.
DELIVERIES = (
    (UUID("00000000-0000-4000-8000-000000000001"), "TL-SAMPLE1"),
    (UUID("00000000-0000-4000-8000-000000000002"), "TL-SAMPLE2"),
)
MARKS = {"expected_outcome": "approve", "urgent": False}


def sample_deliveries(partner: Organization, *, by: Actor, now: datetime) -> list[Outgoing]:
    """What would go to the partner. Raises NothingToSend before its keys are made."""
    with every_tenant(reason="a sandbox's program belongs to a made-up maker", actor=by):
        if double_of(partner) is None:
            raise NothingToSend("Make your keys first.")
        definition = version_of(partner).definition
    made = []
    for seed, (delivery, number) in enumerate(DELIVERIES, start=1):
        told = MAKERS["packet"](definition, seed=seed, changes={}, marks=MARKS, now=now)
        body = {
            "delivery": str(delivery),
            "journey": number,
            "version": 1,
            "digest": told.digest,
            "packet": share_of(told.packet, role=partner.kind),
        }
        made.append(Outgoing(str(delivery), DISCLOSURES[partner.kind].kind, body, now))
    return made
