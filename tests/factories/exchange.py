"""Journeys that are on their way to a hub, and the keys that partners sign with."""

import base64
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.utils import timezone
from standardwebhooks import Webhook

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import acting_as, every_tenant
from journeys.domain.opening import NewJourney, open_journey
from journeys.models import Delivery, Endpoint, Journey, PartnerKey
from programs.models import ProgramVersion
from tests.factories.people import MembershipFactory, UserFactory, actor_of
from tests.factories.programs import published

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
AUTHORIZATION: dict[str, Any] = {
    "recipients": ["hub", "pharmacy", "vendor", "manufacturer"],
    "disclosers": ["practice", "hub"],
    "data_classes": [
        *("identity", "contact", "insurance", "diagnosis", "treatment", "prescription", "status"),
    ],
    "purposes": ["benefit_verification", "prior_authorization", "copay", "dispensing"],
    "statements": ["right_to_revoke", "conditioning", "redisclosure"],
    "signer": "patient",
}


def packet(name: str = "Rosa Delgado") -> dict[str, Any]:
    """A small packet in the shape that enrollments are handed over in."""
    return {
        "schema": "throughline.packet/1",
        "program": {
            "key": "veltrana",
            "version": "2026-01",
            "name": "Veltrana Together",
            "manufacturer": "Aldertree Biologics",
            "medicine": "Veltrana",
        },
        "route": {"hub": "northstar", "transport": "webhook"},
        "submitted_at": "2026-03-06T19:10:00Z",
        "services": ["benefit_verification"],
        "sections": [
            {"name": "Patient", "fields": [told("A1", "Legal first name", name)]},
            {"name": "Coverage", "fields": [told("B7", "Member ID", "MH204418890")]},
            {"name": "Clinical", "fields": [told("F1", "Weight", "71 kg")]},
            {"name": "Financial", "fields": [told("J1", "Household income", "$41,000")]},
        ],
        "signatures": [signature("patient", name), signature("prescriber", "Dr. Maya Okafor")],
    }


def told(field_id: str, label: str, value: str) -> dict[str, str]:
    return {
        "id": field_id,
        "name": field_id,
        "label": label,
        "type": "text",
        "value": value,
        "display": value,
    }


def signature(kind: str, signer: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "signer": signer,
        "relationship": "",
        "method": "typed",
        "signed_at": "2026-03-06T19:05:00+00:00",
        "language": "en",
        "digest": "a" * 64,
        "fields": {},
        "texts": [],
    }


def endpoint(partner: Organization, **fields: Any) -> Endpoint:
    """Where the partner takes what is sent to it."""
    with every_tenant(reason="a test lays out its world before anybody acts"):
        Endpoint.objects.filter(organization=partner).update(active=False)
        made: Endpoint = Endpoint.objects.create(
            organization=partner, **{"transport": "webhook", "secret": SECRET, **fields}
        )
        return made


def partner_key(partner: Organization, secret: str = SECRET, **fields: Any) -> PartnerKey:
    """A key that the partner's system may sign its reports with."""
    with every_tenant(reason="a test lays out its world before anybody acts"):
        made: PartnerKey = PartnerKey.objects.create(
            organization=partner, label="test", secret=secret, created_at=timezone.now(), **fields
        )
        return made


def practice_named(slug: str, name: str) -> Organization:
    return Organization.objects.get_or_create(
        slug=slug, defaults={"kind": "practice", "name": name}
    )[0]


def submitted(
    version: ProgramVersion | None = None,
    *,
    practice: Organization | None = None,
    grants: Sequence[dict[str, Any]] | None = None,
    now: dt.datetime | None = None,
) -> Journey:
    """A journey that a practice submitted just now; its hub's delivery waits to be sent."""
    now = now or timezone.now()
    practice = practice or practice_named("lakeside", "Lakeside Rheumatology")
    membership = practice.memberships.first() or MembershipFactory.create(
        user=UserFactory.create(), organization=practice, roles=[Role.PRACTICE_STAFF.value]
    )
    ana = actor_of(membership)
    grant = {
        "terms": AUTHORIZATION,
        "text_version": "2026-01",
        "signed_at": now - dt.timedelta(hours=1),
        "expires_at": now + dt.timedelta(days=365),
    }
    new = NewJourney(
        practice_id=practice.id,
        program_version=version or published(),
        patient_id=uuid4(),
        patient_name="Rosa Delgado",
        patient_born_on=dt.date(1984, 3, 27),
        prescriber_name="Dr. Maya Okafor",
        urgent=False,
        packet=packet(),
        packet_digest="0" * 64,
        facts={"line_of_business": "commercial", "payer_name": "Meridian Health"},
        grants=[grant] if grants is None else grants,
    )
    with acting_as(ana):
        return open_journey(new, by=ana, now=now)


def delivery_of(journey: Journey) -> Delivery:
    """The journey's first delivery as it stands now."""
    with every_tenant(reason="a test looks"):
        first: Delivery = (
            Delivery.objects.filter(journey=journey)
            .select_related("recipient")
            .order_by("created_at")[0]
        )
        return first


def signed_report(
    content: dict[str, Any] | bytes,
    *,
    partner: str,
    message_id: str = "msg_1",
    secret: str = SECRET,
    at: dt.datetime | None = None,
) -> tuple[bytes, dict[str, str]]:
    """A report's body and headers, signed by a third party's implementation."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    at = at or dt.datetime.now(dt.UTC)
    headers = {
        "throughline-partner": partner,
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body.decode()),
    }
    return body, headers


def step_report(journey: Journey, step: str, status: str, /, **data: Any) -> dict[str, Any]:
    """A report that a step came to a status just now."""
    now = timezone.now().isoformat()
    content = {"journey": journey.number, "step": step, "status": status, "occurred_at": now}
    return {"type": "step.reported", "timestamp": now, "data": {**content, **data}}
