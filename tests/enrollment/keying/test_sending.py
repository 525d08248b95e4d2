"""What a hub keyed is signed by hand, checked by a second person, and sent as of when it came."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import acting_as, every_tenant
from enrollment import rules
from enrollment.core.files import CheckedFile
from enrollment.domain import (
    drafts,
    keyed_sending,
    keyed_signatures,
    keying,
    patients,
    submission,
)
from enrollment.domain.keyed_signatures import ReadOff
from enrollment.domain.signatures import NotAgreed
from enrollment.enums import SignatureKind
from enrollment.models import (
    Coverage,
    Enrollment,
    Keying,
    Patient,
    PracticeProfile,
    Signature,
)
from journeys.core.faxes import About
from journeys.domain.fax_parts import set_aside, unfile
from journeys.domain.faxes import due_of
from journeys.models import Fax, FaxPart, Journey, JourneyEvent, Notice, WorkItem
from tests.enrollment.keying.conftest import Desk, draft_of, text_of
from tests.factories.enrollments import COVERAGE, PRACTICE, PRESCRIBER, ROSA, veltrana_answers
from tests.factories.people import member, signed_in

pytestmark = pytest.mark.django_db

PAGE = CheckedFile("application/pdf", b"%PDF the signed page", (b"jpeg",))
PATIENT, PRESCRIBES = SignatureKind.PATIENT, SignatureKind.PRESCRIBER


def fill(desk: Desk, kept: Keying, **changed: str) -> None:
    """Everything that the pages say, typed by Priya."""
    read = {**ROSA, **COVERAGE, **PRACTICE, **PRESCRIBER, "C4": "1 Other Street", **changed}
    told = {key: read[key] for key in read if key not in ("A1", "A3", "A5")}
    told |= veltrana_answers(today=timezone.localdate())
    with acting_as(desk.by), keying.at_practice(kept, by=desk.by) as actor:
        row = Enrollment.objects.select_related("program_version").get(pk=kept.enrollment_id)
        asked = {*row.program_version.definition["asks"]}
        drafts.save_answers(
            row.id,
            {key: value for key, value in told.items() if key in asked or "." in key},
            seen_revision=99,
            basis=drafts.Basis(source=keying.source_of(kept, 2)),
            by=actor,
            now=timezone.now(),
        )


def sign(desk: Desk, kept: Keying, kind: SignatureKind, **changed: Any) -> None:
    """Priya reads it off page 3."""
    on = timezone.localdate(kept.came_at)
    given = {"signer_name": "Tomas Ferreira", "agreed": ["authorization"]}
    own = given if kind == PATIENT else {}
    told: dict[str, Any] = {"page": 3, "signed_on": on, **own, **changed}
    read = ReadOff(kind=kind, **told)
    with acting_as(desk.by):
        keyed_signatures.read_off(kept.pk, PAGE, read, by=desk.by, now=timezone.now())


def check(desk: Desk, kept: Keying, kind: SignatureKind) -> Signature:
    """Sam looks at the page."""
    with acting_as(desk.colleague):
        return keyed_signatures.check(kept.pk, kind, by=desk.colleague, now=timezone.now())


def signed(desk: Desk, about: About | None = None, **answers: str) -> Keying:
    kept = desk.keyed(desk.part(about=about) if about else None)
    fill(desk, kept, **answers)
    for kind in (PATIENT, PRESCRIBES):
        sign(desk, kept, kind)
        check(desk, kept, kind)
    return kept


def sent(desk: Desk, kept: Keying, *, but: Collection[UUID] = ()) -> Journey:
    """Priya sends it; the journey that was not there `but` for."""
    with acting_as(desk.by):
        keyed_sending.send_keyed(kept.pk, urgent=False, by=desk.by, now=timezone.now())
    with every_tenant(reason="the test looks"):
        rows = Journey.objects.select_related("hub", "program_version__program")
        found: Journey = rows.exclude(pk__in=but).get()
        return found


def test_a_signature_counts_once_a_second_person_saw_it_on_the_page(desk: Desk) -> None:
    kept = desk.keyed()
    with pytest.raises(rules.Refused, match="Key every answer first"):
        sign(desk, kept, PATIENT)
    fill(desk, kept)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(NotAgreed):
        sign(desk, kept, PATIENT, signed_on=tomorrow)
    with pytest.raises(NotAgreed):
        sign(desk, kept, PATIENT, agreed=[])
    with pytest.raises(rules.Refused, match="which page"):
        sign(desk, kept, PATIENT, page=1)
    sign(desk, kept, PATIENT)
    sign(desk, kept, PRESCRIBES)
    with pytest.raises(rules.Refused, match="waits"):
        sign(desk, kept, PATIENT)
    with acting_as(desk.by), pytest.raises(rules.Refused, match="a colleague checks it"):
        keyed_signatures.check(kept.pk, PATIENT, by=desk.by, now=timezone.now())
    with every_tenant(reason="the test looks"):
        assert not Signature.objects.exists()
        assert Keying.objects.get(pk=kept.pk).unchecked_since is not None
    by_hand = check(desk, kept, PATIENT)
    assert (by_hand.method, by_hand.signer_name) == ("Paper, faxed", "Tomas Ferreira")
    assert by_hand.evidence["session"]["paper"]["page"] == 3
    certified = check(desk, kept, PRESCRIBES)
    assert certified.signer_name == "Maya Okafor"
    with every_tenant(reason="the test looks"):
        assert Keying.objects.get(pk=kept.pk).unchecked_since is None


def test_what_is_changed_afterwards_is_read_off_again(desk: Desk) -> None:
    kept = signed(desk)
    with acting_as(desk.by), keying.at_practice(kept, by=desk.by) as actor:
        now = timezone.now()
        drafts.save_answers(
            draft_of(kept).id, {"E12": "Penicillin"}, seen_revision=99, by=actor, now=now
        )
    with acting_as(desk.by), pytest.raises(submission.Incomplete):
        keyed_sending.send_keyed(kept.pk, urgent=False, by=desk.by, now=timezone.now())
    # The same page shows it again.
    sign(desk, kept, PRESCRIBES)
    check(desk, kept, PRESCRIBES)
    assert sent(desk, kept).number.startswith("TL-")


def test_sent_it_is_a_journey_of_when_the_fax_came_with_its_pages(
    desk: Desk,
) -> None:
    kept = signed(desk)
    journey = sent(desk, kept)
    with every_tenant(reason="the test looks"):
        fax, part = Fax.objects.get(), FaxPart.objects.get()
        over = Keying.objects.get()
        submitted = JourneyEvent.objects.get(kind="status")
        told = JourneyEvent.objects.get(kind="message")
        review = WorkItem.objects.get(journey=journey, key="intake_review")
        news = Notice.objects.filter(organization=desk.office.practice, kind="message").count()
        row = Enrollment.objects.get()
    assert journey.started_at == submitted.occurred_at == fax.received_at
    assert submitted.body["transport"] == "fax"
    assert submitted.body["source_name"] == desk.hub.name
    assert submitted.body["facts"]["submission_channel"] == "fax"
    assert review.due_at == due_of(fax.received_at, time_zone=desk.hub.time_zone)
    assert (over.journey_id, part.journey_id) == (journey.pk, journey.pk)
    assert told.source_event_id == f"message:{part.token}"
    assert news == 1
    assert row.changes["E12"]["source"].endswith(", page 2")


def test_the_hub_reviews_it_beside_its_pages_and_the_practice_reads_who_keyed_it(
    desk: Desk, priya: Client, ana: Client
) -> None:
    kept = signed(desk)
    journey = sent(desk, kept)
    with every_tenant(reason="the test looks"):
        fax, part = Fax.objects.get(), FaxPart.objects.get()
    beside = text_of(priya, "intake_review", journey.pk)
    assert "Fax, pages 2\u20133" in beside
    assert "Fax, page 3" in beside
    story = text_of(ana, "journey", journey.pk)
    assert "Priya Raman keyed the enrollment from these pages, which came by fax." in story
    assert f"Keyed by {desk.hub.name}" in text_of(ana, "enrollments")
    # The pages stay with what they became; the fax is done with its other pages.
    with acting_as(desk.by), pytest.raises(rules.Refused, match="began with these pages"):
        unfile(part.pk, why="patient", by=desk.by, now=timezone.now())
    assert fax.closed_at is None
    with acting_as(desk.by):
        set_aside(fax.pk, [1, 4], why="cover", by=desk.by, now=timezone.now())
        assert Fax.objects.get().closed_at is not None
    again = priya.post(reverse("keying_send", args=[kept.pk]))
    assert again["Location"] == reverse("journey", args=[journey.pk])


def test_a_patient_whom_the_practice_has_is_joined_and_their_records_stay(desk: Desk) -> None:
    rosa = About(name="Delgado, Rosa", born_on=dt.date(1984, 3, 27), phone="6175550199")
    kept = signed(desk, rosa)
    with every_tenant(reason="the test looks"):
        assert Patient.objects.count() == 2
    journey = sent(desk, kept)
    with every_tenant(reason="the test looks"):
        patient = Patient.objects.get()
        profile = PracticeProfile.objects.get()
    assert journey.patient_id == patient.pk == desk.office.rosa.pk
    assert patient.details["A13"] == ROSA["A13"]
    assert profile.details["C4"] == PRACTICE["C4"]


def test_one_whom_it_does_not_have_is_remembered_and_the_office_is_not_changed(desk: Desk) -> None:
    sent(desk, signed(desk))
    with every_tenant(reason="the test looks"):
        tom = Patient.objects.exclude(pk=desk.office.rosa.pk).get()
        profile = PracticeProfile.objects.get()
    assert (tom.details["A3"], tom.details["A10"]) == ("Ferreira", "Boston")
    assert profile.details["C4"] == PRACTICE["C4"]


def test_without_the_prescribers_signature_the_practice_has_it_signed_and_sends_it(
    desk: Desk, priya: Client, ana: Client
) -> None:
    kept = desk.keyed()
    fill(desk, kept)
    sign(desk, kept, PATIENT)
    check(desk, kept, PATIENT)
    with acting_as(desk.by):
        set_aside(Fax.objects.get().pk, [1, 4], why="cover", by=desk.by, now=timezone.now())
        assert Fax.objects.get().closed_at is None
    priya.post(reverse("keying_hand", args=[kept.pk]))
    assert "Lakeside Rheumatology has it since" in text_of(priya, "keyings")
    # The fax waits for nothing more of the hub's.
    with every_tenant(reason="the test looks"):
        assert Fax.objects.get().closed_at is not None
    row = draft_of(kept)
    assert row.signing_requested_at is not None
    # The office is told, by no name, and finds the form there.
    news = text_of(ana, "notices")
    assert f'href="{reverse("enrollment", args=[row.id])}">Form that a hub keyed for you' in news
    assert "Ferreira" not in news
    assert "from a fax that came" in text_of(ana, "enrollment", row.id)
    desk.office.certify(row)
    ana.post(reverse("enrollment_send", args=[row.id]))
    with every_tenant(reason="the test looks"):
        journey, part = Journey.objects.get(), FaxPart.objects.get(aside="")
        submitted = JourneyEvent.objects.get(kind="status")
    assert part.journey_id == journey.pk
    assert submitted.body["source_name"] == "Lakeside Rheumatology"
    assert submitted.body["facts"]["submission_channel"] == "fax"
    assert priya.get(reverse("keying", args=[kept.pk]))["Location"] == reverse(
        "journey", args=[journey.pk]
    )


def handed(desk: Desk, browser: Client) -> Enrollment:
    """A form that lacks nothing but signatures, left to the practice."""
    kept = desk.keyed()
    fill(desk, kept)
    browser.post(reverse("keying_hand", args=[kept.pk]))
    return draft_of(kept)


def send_there(desk: Desk, row: Enrollment, browser: Client) -> None:
    """The practice has it signed, and sends it."""
    desk.office.authorize(row)
    desk.office.certify(row)
    assert browser.post(reverse("enrollment_send", args=[row.id])).status_code == 302


def test_the_hubs_record_names_who_sent_what_it_keyed(
    desk: Desk, priya: Client, ana: Client
) -> None:
    send_there(desk, handed(desk, priya), ana)
    with every_tenant(reason="the test looks"):
        journey, part = Journey.objects.get(), FaxPart.objects.get()
        told = ("filed a part", "sent a message")
        acted = AuditEntry.objects.filter(organization_id=desk.hub.pk, action__in=told)
        assert [each.user_id for each in acted] == 2 * [desk.office.ana.user_id]
    # The words in the story are about who keyed it.
    assert "Priya Raman keyed the enrollment" in text_of(ana, "journey", journey.pk)
    sheet = " ".join(text_of(priya, "fax", part.fax_id).split())
    assert "Keyed, and sent by Ana Whitfield as" in sheet


def test_that_a_form_was_left_is_read_where_it_is_opened_and_settled_once_it_is_sent(
    desk: Desk, priya: Client, ana: Client
) -> None:
    leo = signed_in(member(desk.office.practice, Role.PRACTICE_STAFF, name="Leo Marchetti"))
    row, news = handed(desk, priya), "Form that a hub keyed"
    looking = reverse("enrollment_seen", args=[row.id])
    assert f'hx-post="{looking}"' in text_of(ana, "enrollment", row.id)
    ana.post(looking)
    assert [news in text_of(each, "notices") for each in (ana, leo)] == [False, True]
    send_there(desk, row, ana)
    assert news not in text_of(leo, "notices")
    assert "Settled" in leo.get(reverse("notices"), {"show": "all"}).content.decode()


def test_given_up_what_the_prescriber_signed_stays_the_practices(desk: Desk) -> None:
    kept = desk.keyed()
    fill(desk, kept)
    desk.office.certify(draft_of(kept))
    with acting_as(desk.by):
        keying.give_up(kept.pk, why="mistake", by=desk.by, now=timezone.now())
    with every_tenant(reason="the test looks"):
        assert Signature.objects.get().enrollment == Enrollment.objects.get()


def insure(desk: Desk, kept: Keying) -> Coverage:
    """What Ana keeps with the row that came by fax."""
    by, now = desk.office.coordinator, timezone.now()
    with acting_as(by):
        row = draft_of(kept).patient
        return patients.add_coverage(
            row.id, COVERAGE, by=by, now=now, starts_on=timezone.localdate()
        )


def test_what_the_office_kept_with_the_row_that_came_by_fax_is_not_lost(desk: Desk) -> None:
    kept = signed(desk, About(name="Delgado, Rosa", born_on=dt.date(1984, 3, 27)))
    insurance = insure(desk, kept)
    assert sent(desk, kept).patient_id == desk.office.rosa.pk
    given = desk.keyed(desk.part(desk.fax(name="two")))
    other = insure(desk, given)
    with acting_as(desk.by):
        keying.give_up(given.pk, why="mistake", by=desk.by, now=timezone.now())
    with every_tenant(reason="the test looks"):
        stand = Coverage.objects.filter(pk__in=[insurance.pk, other.pk])
        assert set(stand) == {insurance, other}
