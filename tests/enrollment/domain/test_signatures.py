"""Who may sign, what exactly was signed, and when it no longer counts."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.tenancy import acting_as
from enrollment.domain import signatures
from enrollment.domain.queries.enrollments import waiting_for
from enrollment.enums import SignatureKind
from enrollment.models import Enrollment, Signature
from enrollment.rules import Refused
from programs.core.consents import text
from tests.factories.enrollments import PrescriberFactory
from tests.factories.offices import SCREEN, Office, office
from tests.factories.people import actor_of, member

pytestmark = pytest.mark.django_db
Agreement = signatures.Agreement


@pytest.fixture
def lakeside() -> Office:
    return office()


def standing(lakeside: Office, enrollment: Enrollment) -> set[str]:
    with acting_as(lakeside.coordinator):
        return set(signatures.standing(enrollment))


def authorize(lakeside: Office, enrollment: Enrollment, agreement: Agreement) -> Signature:
    with acting_as(lakeside.coordinator):
        return signatures.authorize(
            enrollment.id, agreement, means=SCREEN, by=lakeside.coordinator, now=timezone.now()
        )


def test_the_evidence_holds_the_exact_words_and_how_they_were_signed(lakeside: Office) -> None:
    enrollment = lakeside.draft()
    agreement = Agreement("Rosa Delgado", {"authorization", "text_messages"}, language="es")
    signature = authorize(lakeside, enrollment, agreement)
    with acting_as(lakeside.coordinator):
        kept = Signature.objects.select_related("enrollment__program_version").get(id=signature.id)
        shown = signatures.statement_of(kept.enrollment, "patient", today=timezone.localdate())
        texts = {each["key"]: each["text"] for each in kept.evidence["consents"]}
        assert texts == {
            consent.key: text(consent, "es") for consent in shown.consents if consent.key in texts
        }
        assert set(texts) == {"authorization", "text_messages"}
        assert kept.digest == shown.digest("es")
        assert kept.evidence["fields"]["S1"] == str(kept.id)
        assert kept.evidence["fields"]["S5"] is True
        assert "S6" not in kept.evidence["fields"]
        assert (kept.signer_name, kept.address) == ("Rosa Delgado", "192.0.2.7")


def test_what_is_free_to_refuse_is_never_needed_and_what_is_needed_is(lakeside: Office) -> None:
    enrollment = lakeside.draft()
    with pytest.raises(signatures.NotAgreed) as refused:
        authorize(lakeside, enrollment, Agreement(" ", {"marketing"}))
    assert set(refused.value.problems) == {"authorization", "signer_name"}
    authorize(lakeside, enrollment, Agreement("Rosa Delgado", {"authorization"}))
    assert standing(lakeside, enrollment) == {SignatureKind.PATIENT}


def test_who_signs_for_the_patient_says_by_which_authority(lakeside: Office) -> None:
    enrollment = lakeside.draft()
    agreement = Agreement("Elena Delgado", {"authorization"}, relationship="parent")
    signature = authorize(lakeside, enrollment, agreement)
    assert signature.evidence["fields"]["S3"] == "Elena Delgado, parent"


def test_signing_again_replaces_the_signature_and_keeps_both(lakeside: Office) -> None:
    enrollment = lakeside.draft()
    for _ in range(2):
        authorize(lakeside, enrollment, Agreement("Rosa Delgado", {"authorization"}))
    with acting_as(lakeside.coordinator):
        assert Signature.objects.filter(superseded_at=None).count() == 1
        assert Signature.objects.count() == 2


def test_only_the_prescriber_on_the_form_certifies_it(lakeside: Office) -> None:
    enrollment = lakeside.complete()
    other = member(lakeside.practice, Role.PRESCRIBER, name="Ruth Adler")
    PrescriberFactory.create(organization=lakeside.practice, user=other.user, name="Ruth Adler")
    with acting_as(lakeside.coordinator):
        row = Enrollment.objects.select_related("program_version").get(id=enrollment.id)
        digest = signatures.statement_of(row, "prescriber", today=timezone.localdate()).digest("en")
    for stranger in (lakeside.coordinator, actor_of(other)):
        with acting_as(stranger), pytest.raises(Refused):
            signatures.certify(
                enrollment.id, seen_digest=digest, means=SCREEN, by=stranger, now=timezone.now()
            )
    lakeside.certify(enrollment)
    assert standing(lakeside, enrollment) == {SignatureKind.PRESCRIBER}


def test_only_what_was_shown_is_signed(lakeside: Office) -> None:
    enrollment = lakeside.complete()
    with acting_as(lakeside.doctor), pytest.raises(signatures.ContentChanged):
        signatures.certify(
            enrollment.id,
            seen_digest="0" * 64,
            means=SCREEN,
            by=lakeside.doctor,
            now=timezone.now(),
        )
    assert standing(lakeside, enrollment) == set()


def test_an_unfinished_form_is_neither_asked_about_nor_signed(lakeside: Office) -> None:
    draft = lakeside.draft()
    with pytest.raises(Refused):
        lakeside.certify(draft)
    with acting_as(lakeside.coordinator), pytest.raises(Refused):
        signatures.ask_to_sign(draft.id, by=lakeside.coordinator, now=timezone.now())


def test_a_changed_answer_ends_the_certification_and_says_so(lakeside: Office) -> None:
    enrollment = lakeside.signed()
    saved = lakeside.answer(enrollment, F6="3")
    assert saved.unsigned == (SignatureKind.PRESCRIBER,)
    assert standing(lakeside, enrollment) == {SignatureKind.PATIENT}


def test_the_patients_signature_ends_with_what_only_the_patient_says(lakeside: Office) -> None:
    enrollment = lakeside.signed()
    assert lakeside.answer(enrollment, C9="6175550199").unsigned == (SignatureKind.PRESCRIBER,)
    assert lakeside.answer(enrollment, A5="1985-03-27").unsigned == (SignatureKind.PATIENT,)
    assert standing(lakeside, enrollment) == set()


def test_a_change_of_a_hidden_answer_ends_nothing(lakeside: Office) -> None:
    enrollment = lakeside.signed()
    assert lakeside.answer(enrollment, E6="Methotrexate").unsigned == ()


def test_the_queue_holds_what_was_asked_for_until_it_is_signed(lakeside: Office) -> None:
    enrollment = lakeside.complete()
    maya = lakeside.maya.user_id

    def queue() -> list[Enrollment]:
        with acting_as(lakeside.doctor):
            return waiting_for(maya)

    assert queue() == []
    with acting_as(lakeside.coordinator):
        signatures.ask_to_sign(enrollment.id, by=lakeside.coordinator, now=timezone.now())
    assert queue() == [enrollment]
    lakeside.authorize(enrollment)
    lakeside.certify(enrollment)
    assert queue() == []
    lakeside.answer(enrollment, F6="3")
    assert queue() == [enrollment]


def test_the_date_signed_is_the_day_of_signing(lakeside: Office) -> None:
    enrollment = lakeside.draft()
    with acting_as(lakeside.coordinator):
        signature = signatures.authorize(
            enrollment.id,
            Agreement("Rosa Delgado", {"authorization"}),
            means=SCREEN,
            by=lakeside.coordinator,
            now=dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC),
        )
    assert signature.evidence["fields"]["S2"] == "2026-11-22"
