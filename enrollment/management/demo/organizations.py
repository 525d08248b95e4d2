"""The fictional organizations of the demo world, and how each takes what is sent to it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from journeys.domain.endpoint_secrets import new_secret_for
from journeys.enums import Transport
from journeys.models import Endpoint, PartnerKey


@dataclass(frozen=True)
class Place:
    """One organization; `takes` is how it receives, None when nothing is sent to it."""

    slug: str
    kind: OrganizationKind
    name: str
    phone: str = ""
    contact: str = ""
    hours: str = "Mon to Fri, 8 am to 6 pm ET"
    affiliated_with: str = ""
    after_hours: str = ""
    takes: Transport | None = None
    reports: bool = False


K = OrganizationKind
NIGHT_LINE = "the nurse line answers within the hour; press 2"
PLACES = (
    Place("lakeside", K.PRACTICE, "Lakeside Rheumatology", "6175550142", "Ana Whitfield"),
    Place("harbor", K.PRACTICE, "Harbor Neurology", "4105550177", "Ben Castillo"),
    Place(
        "northstar",
        K.HUB,
        "Northstar Access",
        "8005550110",
        "Priya Raman",
        after_hours=NIGHT_LINE,
        takes=Transport.WEBHOOK,
        reports=True,
    ),
    Place(
        "beacon",
        K.HUB,
        "Beacon Support Hub",
        "8005550121",
        "Jonah Reyes",
        after_hours=NIGHT_LINE,
        takes=Transport.PORTAL,
        reports=True,
    ),
    Place(
        "parcel",
        K.HUB,
        "Parcel Patient Services",
        "8005550132",
        "Omar Haddad",
        after_hours=NIGHT_LINE,
        takes=Transport.PACKET,
        reports=True,
    ),
    Place(
        "crescent",
        K.PHARMACY,
        "Crescent Specialty Pharmacy",
        "8005550143",
        "Grace Lindqvist",
        takes=Transport.WEBHOOK,
        reports=True,
    ),
    Place(
        "meridian-home",
        K.PHARMACY,
        "Meridian Home Rx",
        "8005550154",
        "Hal Whitaker",
        affiliated_with="Meridian Health",
        takes=Transport.WEBHOOK,
        reports=True,
    ),
    Place(
        "quarry",
        K.PHARMACY,
        "Quarry Street Pharmacy",
        "8005550165",
        "Mina Torres",
        takes=Transport.WEBHOOK,
        reports=True,
    ),
    Place(
        "copperline",
        K.VENDOR,
        "Copperline Copay",
        "8005550176",
        "Theo Marsh",
        takes=Transport.WEBHOOK,
        reports=True,
    ),
    Place("aldertree", K.MANUFACTURER, "Aldertree Biologics", contact="Nadia Brooks"),
    Place("kestrel", K.MANUFACTURER, "Kestrel Therapeutics", contact="Samuel Ito"),
    Place("pelham", K.MANUFACTURER, "Pelham Oncology", contact="Ines Moreau"),
    Place("fennimore", K.MANUFACTURER, "Fennimore Medicines", contact="Tobias Grey"),
    Place("ostrane", K.MANUFACTURER, "Ostrane Rare Therapies", contact="Amara Nwosu"),
    Place("wendle", K.MANUFACTURER, "Wendle Bioscience", contact="Julia Stern"),
    Place("operations", K.OPERATOR, "Throughline Operations", "8005550100", "Casey Lin"),
)


def make_organizations(*, now: datetime) -> dict[str, Organization]:
    """Every organization with its endpoint and its key for reports, by slug."""
    return {place.slug: _make(place, now=now) for place in PLACES}


def point_at_simulator() -> None:
    """Send to where the simulator listens now: a copy's port may have been taken since.

    A partner whose own system was connected meanwhile is left alone: by the command it has
    another secret, by the page another address than any simulator's.
    """
    signed = [place.slug for place in PLACES if place.takes == Transport.WEBHOOK]
    for endpoint in Endpoint.objects.filter(organization__slug__in=signed).select_related(
        "organization"
    ):
        slug = endpoint.organization.slug
        simulated = urlsplit(endpoint.address).path == f"/{slug}"
        if simulated and endpoint.secret == settings.SIMULATOR_SECRET:
            endpoint.address = _address(slug)
            endpoint.save(update_fields=["address"])


def _address(slug: str) -> str:
    return f"{settings.SIMULATOR_URL}/{slug}"


def _make(place: Place, *, now: datetime) -> Organization:
    # Without a simulator nobody knows it, and no key stands open.
    secret = settings.SIMULATOR_SECRET or new_secret_for(Transport.WEBHOOK)
    organization = Organization.objects.create(
        slug=place.slug,
        kind=place.kind.value,
        name=place.name,
        phone=place.phone,
        contact_name=place.contact,
        contact_hours=place.hours,
        affiliated_with=place.affiliated_with,
        after_hours=place.after_hours,
    )
    if place.takes:
        signed = place.takes == Transport.WEBHOOK
        Endpoint.objects.create(
            organization=organization,
            transport=place.takes,
            address=_address(place.slug) if signed else "",
            secret=secret if signed else None,
        )
    if place.reports:
        PartnerKey.objects.create(
            organization=organization,
            label="Demo key",
            secret=secret,
            created_at=now,
        )
    return organization
