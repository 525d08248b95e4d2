"""A partner on paper: it downloads its packet, and says by hand that it has it."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import acting_as, every_tenant
from journeys.core.delivery import Outgoing
from journeys.documents.packet import of_outgoing
from journeys.domain.drawing import draw_due
from journeys.domain.parties import add_party
from journeys.domain.revoking import revoke
from journeys.domain.sending import queue_delivery
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, DrawnPacket, Journey, JourneyEvent, JourneyParty, Packet
from tests.factories.exchange import endpoint, practice_named, submitted
from tests.factories.people import (
    MembershipFactory,
    OrganizationFactory,
    actor_of,
    member,
    signed_in,
)
from tests.journeys.exchange.conftest import Turning, deliver, draw


@pytest.fixture
def journey(northstar: Organization, clock: Turning) -> Journey:
    """A journey whose hub and pharmacy both take paper, and have it."""
    endpoint(northstar, transport="packet", secret=None)
    crescent = OrganizationFactory.create(
        kind="pharmacy", slug="paper-pharmacy", name="Paper Pharmacy"
    )
    endpoint(crescent, transport="packet", secret=None)
    made = submitted(now=clock.now)
    with every_tenant(reason="the hub passes it on"):
        add_party(made, role="pharmacy", organization=crescent, now=clock.now)
        queue_delivery(made, recipient=crescent, now=clock.now)
    return made


@pytest.fixture
def pharmacist(journey: Journey) -> Client:
    return signed_in(member(Organization.objects.get(slug="paper-pharmacy"), Role.PHARMACIST))


@pytest.fixture
def agent(journey: Journey, northstar: Organization) -> Client:
    return signed_in(member(northstar, Role.HUB_AGENT))


def sent_to(slug: str) -> Delivery:
    with every_tenant(reason="a test looks"):
        found: Delivery = Delivery.objects.get(recipient__slug=slug)
        return found


def address(name: str, delivery: Delivery) -> str:
    return reverse(name, args=[delivery.id])


def test_a_pharmacist_finds_its_packet_on_the_journeys_page_once_it_was_sent(
    journey: Journey, pharmacist: Client, clock: Turning
) -> None:
    page, url = (
        reverse("journey", args=[journey.id]),
        address("exchange_packet", sent_to("paper-pharmacy")),
    )
    assert url not in pharmacist.get(page).content.decode()
    assert pharmacist.get(url).status_code == 404
    deliver(clock)
    draw(clock)
    shown = pharmacist.get(page).content.decode()
    assert url in shown
    assert address("exchange_packet", sent_to("northstar")) not in shown
    assert pharmacist.get(url).content.startswith(b"%PDF")
    assert pharmacist.get(address("exchange_packet", sent_to("northstar"))).status_code == 404
    with every_tenant(reason="a test reads the audit"):
        assert AuditEntry.objects.filter(purpose="packet download").count() == 1


def test_a_hub_confirms_by_hand_and_everyone_reads_its_case_number(
    journey: Journey, agent: Client, clock: Turning
) -> None:
    deliver(clock)
    delivery = sent_to("northstar")
    url, page = address("exchange_confirm", delivery), reverse("journey", args=[journey.id])
    assert url in agent.get(page).content.decode()
    answer = agent.post(url, {"number": " NP-20417 "}, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "Case NP-20417" in answer.content.decode()
    assert url not in answer.content.decode()
    delivery = sent_to("northstar")
    assert (delivery.status, delivery.partner_case_number) == (
        DeliveryStatus.ACCEPTED,
        "NP-20417",
    )
    again = agent.post(url, {"number": "NP-2"}, follow=True)
    assert "NP-2<" not in again.content.decode()
    assert sent_to("northstar").partner_case_number == "NP-20417"
    with every_tenant(reason="a test reads the audit"):
        assert AuditEntry.objects.filter(action="confirmed by hand").count() == 2


def test_only_who_received_it_confirms_it(
    journey: Journey, agent: Client, pharmacist: Client, clock: Turning
) -> None:
    deliver(clock)
    url = address("exchange_confirm", sent_to("northstar"))
    lakeside = practice_named("lakeside", "Lakeside Rheumatology")
    harbor = practice_named("harbor", "Harbor Neurology")
    for other in (
        pharmacist,
        signed_in(member(lakeside, Role.PRACTICE_STAFF)),
        signed_in(member(harbor, Role.PRACTICE_STAFF)),
    ):
        assert other.post(url).status_code == 404
    northstar = Organization.objects.get(slug="northstar")
    assert signed_in(member(northstar, Role.ADMIN)).post(url).status_code == 403
    assert agent.post(reverse("exchange_confirm", args=[uuid.uuid4()])).status_code == 404
    assert sent_to("northstar").status == DeliveryStatus.SENT


def test_a_practices_page_offers_what_it_sent_and_no_confirmation(
    journey: Journey, clock: Turning
) -> None:
    deliver(clock)
    lakeside = practice_named("lakeside", "Lakeside Rheumatology")
    ana = signed_in(member(lakeside, Role.PRACTICE_STAFF))
    shown = ana.get(reverse("journey", args=[journey.id])).content.decode()
    for slug in ("northstar", "paper-pharmacy"):
        assert address("exchange_packet", sent_to(slug)) in shown
        assert address("exchange_confirm", sent_to(slug)) not in shown


def test_a_pharmacy_treats_also_after_the_patient_revoked(
    journey: Journey, pharmacist: Client, clock: Turning
) -> None:
    deliver(clock)
    draw(clock)
    with every_tenant(reason="the patient revokes"):
        journey.grants.update(revoked_at=clock.now - dt.timedelta(minutes=1))
    answer = pharmacist.get(address("exchange_packet", sent_to("paper-pharmacy")))
    assert answer.headers["Content-Type"] == "application/pdf"


def test_a_download_only_reads_what_a_worker_drew(
    journey: Journey, pharmacist: Client, clock: Turning
) -> None:
    deliver(clock)
    url = address("exchange_packet", sent_to("paper-pharmacy"))
    early = pharmacist.get(url, follow=True)
    assert "is being made. Ask for it again" in early.content.decode()
    assert (draw(clock), draw(clock)) == (2, 0)
    first, second = pharmacist.get(url).content, pharmacist.get(url).content
    assert first == second
    with every_tenant(reason="a test reads what was kept, and for whom"):
        kept = DrawnPacket.objects.get(delivery=sent_to("paper-pharmacy"))
        assert bytes(kept.content) == first
        assert set(kept.party_ids) == set(Journey.objects.get(id=journey.id).party_ids)


def test_a_packet_that_cannot_be_drawn_says_so_and_holds_up_no_other(
    journey: Journey, pharmacist: Client, clock: Turning
) -> None:
    deliver(clock)
    unlucky = sent_to("paper-pharmacy")

    def breaks(outgoing: Outgoing, *, recipient: str) -> bytes:
        if outgoing.delivery_id == str(unlucky.id):
            raise ValueError
        return of_outgoing(outgoing, recipient=recipient)

    assert draw_due(draw=breaks, now=clock()) == 2
    answer = pharmacist.get(address("exchange_packet", unlucky), follow=True)
    assert "This packet cannot be drawn as a PDF." in answer.content.decode()
    with every_tenant(reason="a test looks"):
        assert DrawnPacket.objects.get().delivery.recipient.slug == "northstar"


def test_who_joins_later_has_what_was_drawn_before(journey: Journey, clock: Turning) -> None:
    draw(clock)
    joins = OrganizationFactory.create(kind="vendor", slug="late", name="Late Copay")
    with every_tenant(reason="a vendor takes part"):
        add_party(
            Journey.objects.get(id=journey.id), role="vendor", organization=joins, now=clock.now
        )
        assert all(joins.id in each.party_ids for each in DrawnPacket.objects.all())


@pytest.fixture
def copay(journey: Journey, clock: Turning) -> Organization:
    """A copay vendor on paper that has its packet."""
    copay = OrganizationFactory.create(kind="vendor", slug="paper-copay", name="Paper Copay")
    endpoint(copay, transport="packet", secret=None)
    with every_tenant(reason="the copay vendor takes part"):
        made = Journey.objects.get(pk=journey.pk)
        add_party(made, role="vendor", organization=copay, now=clock.now)
        queue_delivery(made, recipient=copay, now=clock.now)
    deliver(clock)
    return copay


def end_the_vendors_part(journey: Journey, clock: Turning) -> Delivery:
    """The patient takes back what it rested on; afterwards another pharmacy comes in."""
    clock.turn(minutes=5)
    ana = actor_of(MembershipFactory.create(organization=journey.organization))
    with every_tenant(reason="a test finds what is to be revoked"):
        (grant,) = journey.grants.all()
    revoke(grant.pk, by=ana, now=clock.now)
    deliver(clock)
    while draw(clock):
        pass
    late = OrganizationFactory.create(kind="pharmacy", slug="late-pharmacy")
    with every_tenant(reason="somebody else comes in"):
        JourneyParty.objects.filter(role="pharmacy").update(until=clock.now)
        made = Journey.objects.get(pk=journey.pk)
        add_party(made, role="pharmacy", organization=late, now=clock.now)
        told: Delivery = Delivery.objects.get(
            recipient__slug="paper-copay", packet__kind="revocation"
        )
        return told


def test_a_vendor_whose_part_ended_reads_the_word_to_stop_and_nothing_else(
    journey: Journey, copay: Organization, clock: Turning
) -> None:
    theo, had = signed_in(member(copay, Role.VENDOR_AGENT)), sent_to("paper-copay")
    pages = reverse("journeys"), reverse("journey", args=[journey.id])
    assert all("Rosa Delgado" in theo.get(page).content.decode() for page in pages)
    told = end_the_vendors_part(journey, clock)
    for page in pages:
        shown = theo.get(page).content.decode()
        assert f"Permission taken back: {journey.number}" in shown
        assert "Rosa" not in shown
    notice = theo.get(address("exchange_packet", told))
    assert notice.content.startswith(b"%PDF")
    assert journey.number in notice.headers["Content-Disposition"]
    assert theo.get(address("exchange_packet", had)).status_code == 404
    with acting_as(actor_of(copay.memberships.get())):
        assert [each.pk for each in Delivery.objects.all()] == [told.pk]
        assert [each.kind for each in Packet.objects.all()] == ["revocation"]
        assert not JourneyEvent.objects.exists()
        assert not Journey.objects.exists()
    confirmed = theo.post(address("exchange_confirm", told), follow=True).content.decode()
    assert "Confirm that you have it" not in confirmed
    with every_tenant(reason="a test looks"):
        assert Delivery.objects.get(pk=told.pk).status == DeliveryStatus.ACCEPTED
    other = OrganizationFactory.create(kind="vendor", slug="other-copay")
    assert signed_in(member(other, Role.VENDOR_AGENT)).get(pages[1]).status_code == 404
