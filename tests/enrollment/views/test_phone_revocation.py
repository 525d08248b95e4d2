"""A patient calls the hub and takes a permission back: the same end, and how it came is kept."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import acting_as, every_tenant
from enrollment.domain.signatures import standing
from enrollment.models import Enrollment
from journeys.enums import PacketKind
from journeys.models import ConsentGrant, Delivery, Journey, JourneyEvent, Packet
from tests.factories.offices import Office
from tests.factories.people import OrganizationFactory, actor_of, member, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def journey(lakeside: Office) -> Journey:
    sent = lakeside.sent()
    with every_tenant(reason="the test looks what came of it"):
        found: Journey = Journey.objects.select_related("hub").get(id=sent.journey_id)
        Delivery.objects.filter(journey=found).update(status="sent", attempts=1)
        return found


@pytest.fixture
def hub(journey: Journey) -> Client:
    return signed_in(member(journey.hub, Role.HUB_AGENT, name="Jonah Reyes"))


def on_the_clock_of(journey: Journey, moment: dt.datetime) -> str:
    """As the hub's people type it."""
    assert journey.hub
    return f"{moment.astimezone(ZoneInfo(journey.hub.time_zone)):%Y-%m-%dT%H:%M}"


def told(journey: Journey, **changed: Any) -> dict[str, Any]:
    with every_tenant(reason="the test names the permission"):
        grant = ConsentGrant.objects.get(journey=journey)
    return {
        "grant": str(grant.pk),
        "caller": "Rosa Delgado",
        "authority": "",
        "identified_by": ["birth_date", "called_back"],
        "called_at": on_the_clock_of(journey, timezone.now()),
        "read_back": "on",
        **changed,
    }


def call(browser: Client, journey: Journey, **changed: Any) -> Any:
    return browser.post(
        f"/journeys/{journey.pk}/permission/", told(journey, **changed), follow=True
    )


def grant_of(journey: Journey) -> ConsentGrant:
    with every_tenant(reason="the test looks at the permission"):
        found: ConsentGrant = ConsentGrant.objects.get(journey=journey)
        return found


def test_a_call_ends_the_permission_as_everywhere_and_how_it_came_is_kept(
    lakeside: Office, journey: Journey, hub: Client
) -> None:
    page = hub.get(f"/journeys/{journey.pk}/").content.decode()
    assert f"/journeys/{journey.pk}/permission/" in page
    form = hub.get(f"/journeys/{journey.pk}/permission/").content.decode()
    assert "You take back your permission for" in form
    assert "The permission has ended." in call(hub, journey).content.decode()
    grant = grant_of(journey)
    assert grant.revoked_at is not None
    kept = grant.revoked_by_phone
    assert (kept["caller"], kept["authority"]) == ("Rosa Delgado", "")
    assert kept["identified_by"] == ["birth_date", "called_back"]
    assert "From now on nothing more is shared on it." in kept["read_back"]
    assert kept["taken_by"]
    with every_tenant(reason="the test looks at what everybody was told"):
        assert Packet.objects.filter(journey=journey, kind=PacketKind.REVOCATION).count() == 1
        event = JourneyEvent.objects.get(journey=journey, kind="authorization")
        assert journey.hub
        assert (event.status, event.source) == ("revoked", journey.hub.slug)
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"revoked", "taken_back"} <= actions


def test_the_practice_sees_it_and_the_signature_counts_no_more(
    lakeside: Office, ana: Client, journey: Journey, hub: Client
) -> None:
    call(hub, journey)
    with acting_as(lakeside.coordinator):
        row = Enrollment.objects.get(journey=journey)
        assert set(standing(row)) == {"prescriber"}
    receipt = ana.get(f"/enrollments/{row.id}/receipt/").content.decode()
    assert "Rosa Delgado told the hub on the telephone." in receipt


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"caller": " "}, "Write who called."),
        ({"identified_by": ["birth_date"]}, "Recognize the caller in at least two ways."),
        ({"identified_by": []}, "Recognize the caller in at least two ways."),
        ({"read_back": ""}, "Read the sentence out, and hear a yes."),
        ({"called_at": "2019-01-02T10:00"}, "This is before the permission was given."),
        ({"called_at": "2099-01-02T10:00"}, "This is in the future."),
        ({"called_at": "yesterday"}, "Enter a valid date"),
        ({"authority": "caregiver"}, "Select a valid choice"),
    ],
)
def test_what_is_not_told_ends_nothing(
    journey: Journey, hub: Client, changed: dict[str, Any], sentence: str
) -> None:
    answer = call(hub, journey, **changed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert grant_of(journey).revoked_at is None


def test_a_second_call_changes_nothing(journey: Journey, hub: Client) -> None:
    posted = told(journey)
    call(hub, journey)
    first = grant_of(journey)
    again = hub.post(f"/journeys/{journey.pk}/permission/", posted, follow=True)
    assert "No permission of this patient stands here." in again.content.decode()
    assert grant_of(journey).revoked_at == first.revoked_at


@pytest.mark.asvs("8.2.2")
def test_nobody_but_the_journeys_hub_ends_it(
    journey: Journey, hub: Client, ana: Client, lakeside: Office
) -> None:
    other: Organization = OrganizationFactory.create(kind="hub")
    stranger = signed_in(member(other, Role.HUB_AGENT))
    posted = told(journey)
    path = f"/journeys/{journey.pk}/permission/"
    assert stranger.post(path, posted).status_code == 404
    assert ana.post(path, posted).status_code == 403
    foreign = lakeside.sent()
    with every_tenant(reason="a journey of another hub, in the same browser's hands"):
        Journey.objects.filter(id=foreign.journey_id).update(hub=other)
    assert foreign.journey_id
    assert hub.post(f"/journeys/{foreign.journey_id}/permission/", posted).status_code in (403, 404)
    assert grant_of(journey).revoked_at is None


def test_a_permission_of_another_journey_is_not_ended_here(
    lakeside: Office, journey: Journey, hub: Client
) -> None:
    second = lakeside.sent()
    with every_tenant(reason="the test names another permission"):
        other = ConsentGrant.objects.get(journey=second.journey_id)
    assert call(hub, journey, grant=str(other.pk)).status_code == 422
    with every_tenant(reason="the test looks at it"):
        assert ConsentGrant.objects.get(pk=other.pk).revoked_at is None


def test_looking_at_the_form_is_a_read_of_the_patient(journey: Journey, hub: Client) -> None:
    hub.get(f"/journeys/{journey.pk}/permission/")
    with acting_as(actor_of(member(journey.hub, Role.HUB_SUPERVISOR))):
        assert AuditEntry.objects.filter(purpose="revocation by phone").exists()


def test_a_grant_from_long_ago_is_ended_from_now_on(journey: Journey, hub: Client) -> None:
    with every_tenant(reason="it was given a year ago"):
        signed_at = timezone.now() - dt.timedelta(days=300)
        ConsentGrant.objects.filter(journey=journey).update(signed_at=signed_at)
    two_days_ago = on_the_clock_of(journey, timezone.now() - dt.timedelta(days=2))
    call(hub, journey, called_at=two_days_ago)
    revoked_at = grant_of(journey).revoked_at
    assert revoked_at is not None
    assert timezone.now() - revoked_at < dt.timedelta(minutes=1)
