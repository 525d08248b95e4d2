"""Typed once: old facts are confirmed with one press, clinical ones are kept for the next form."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.tenancy import acting_as
from enrollment.domain import drafts, submission
from enrollment.domain.confirming import confirm
from enrollment.domain.defaults import settled_by
from enrollment.models import ClinicalFact, Coverage, Enrollment, Patient
from tests.factories.offices import Office, office
from tests.factories.offices import stored as reread
from tests.factories.programs import published
from tests.programs.core.samples import COMPLETE, OSSIVUE, TODAY, VELTRANA

pytestmark = pytest.mark.django_db


@pytest.fixture
def lakeside() -> Office:
    return office()


def stored(lakeside: Office, enrollment: Enrollment) -> Enrollment:
    with acting_as(lakeside.coordinator):
        return reread(enrollment)


def grow_old(lakeside: Office, days: int) -> None:
    before = timezone.now() - dt.timedelta(days=days)
    with acting_as(lakeside.coordinator):
        Patient.objects.update(confirmed_at=before)
        Coverage.objects.update(confirmed_at=before)


def confirmed(lakeside: Office, draft: Enrollment, section: str) -> tuple[str, ...]:
    with acting_as(lakeside.coordinator):
        return confirm(draft.id, section, by=lakeside.coordinator, now=timezone.now())


def test_one_press_confirms_a_section_and_its_record(lakeside: Office) -> None:
    grow_old(lakeside, 120)
    draft = lakeside.draft()
    revision = draft.revision
    fields = confirmed(lakeside, draft, "patient")
    assert "A8" in fields
    after = stored(lakeside, draft)
    assert after.revision == revision
    assert after.answers == draft.answers
    assert after.changes["A8"]["confirmed_by"] == "Ana Whitfield"
    assert after.changes["A8"]["as_of"] == timezone.localdate().isoformat()
    with acting_as(lakeside.coordinator):
        lakeside.rosa.refresh_from_db()
        assert lakeside.rosa.confirmed_at.date() == timezone.now().date()
        coverage = Coverage.objects.get(patient=lakeside.rosa)
        assert coverage.confirmed_at < timezone.now() - dt.timedelta(days=100)


def test_what_is_fresh_needs_no_confirmation(lakeside: Office) -> None:
    draft = lakeside.draft()
    assert confirmed(lakeside, draft, "patient") == ()


def test_a_confirmation_ends_no_signature(lakeside: Office) -> None:
    grow_old(lakeside, 120)
    enrollment = lakeside.signed()
    confirmed(lakeside, enrollment, "patient")
    with acting_as(lakeside.coordinator):
        assert reread(enrollment).signatures.filter(superseded_at=None).count() == 2


def test_clinical_answers_stand_in_the_next_programs_form(lakeside: Office) -> None:
    lakeside.sent()
    with acting_as(lakeside.coordinator):
        facts = {fact.field: fact for fact in ClinicalFact.objects.all()}
        assert facts["E12"].value
        assert facts["E12"].origin["name"] == "Ana Whitfield"
    lakeside.version = published("ossivue")
    second = lakeside.draft()
    assert second.answers["E12"] == facts["E12"].value
    assert second.changes["E12"]["source"] == "clinical record"


def test_what_only_came_along_keeps_its_age(lakeside: Office) -> None:
    lakeside.sent()
    before = timezone.now() - dt.timedelta(days=40)
    with acting_as(lakeside.coordinator):
        ClinicalFact.objects.update(confirmed_at=before)
    lakeside.sent()
    with acting_as(lakeside.coordinator):
        assert ClinicalFact.objects.get(field="E12").confirmed_at == before


def test_where_a_value_came_from_is_kept_beside_the_record(lakeside: Office) -> None:
    enrollment = lakeside.complete()
    lakeside.answer(enrollment, A8="9 New Street")
    lakeside.authorize(enrollment)
    lakeside.certify(enrollment)
    with acting_as(lakeside.coordinator):
        submission.submit(enrollment.id, urgent=False, by=lakeside.coordinator, now=timezone.now())
        patient = Patient.objects.get(id=lakeside.rosa.id)
    assert patient.details["A8"] == "9 New Street"
    assert patient.origins["A8"]["source"] == "typed"
    assert patient.origins["A8"]["name"] == "Ana Whitfield"


def test_an_unsent_form_lends_what_was_typed_to_the_next(lakeside: Office) -> None:
    first = lakeside.draft()
    lakeside.answer(first, E12="Penicillin")
    second = lakeside.draft()
    assert second.answers["E12"] == "Penicillin"
    assert second.changes["E12"]["source"] == "earlier enrollment"


def shared(answers: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answers.items() if key[0] in "ABCD"}


def test_a_program_settles_what_it_leaves_no_choice_about() -> None:
    chosen = settled_by(OSSIVUE, shared(COMPLETE), today=TODAY)
    assert chosen["F1"] == OSSIVUE.products[0].ndc
    assert chosen["F2"] == OSSIVUE.products[0].doses[0].code
    assert "benefit_verification" in chosen["H1"]
    assert "F5" not in chosen


def test_services_are_ticked_beforehand_unless_they_ask_for_more_answers() -> None:
    services = settled_by(VELTRANA, shared(COMPLETE), today=TODAY)["H1"]
    assert "prior_authorization" in services
    # Copay help has the patient attest to its terms, so a person chooses it.
    assert "copay" not in services


def test_what_is_settled_counts_as_the_programs_and_can_be_changed(lakeside: Office) -> None:
    lakeside.version = published("ossivue")
    draft = lakeside.draft()
    assert draft.changes["F1"]["source"] == "the program"
    assert "as_of" not in draft.changes["F1"]
    saved = lakeside.answer(draft, H1=["benefit_verification"])
    assert isinstance(saved, drafts.Saved)
    assert stored(lakeside, draft).answers["H1"] == ["benefit_verification"]
