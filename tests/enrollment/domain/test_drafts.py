"""A draft begins with what is known, keeps every answer, and lets nobody overwrite anybody."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.core.actor import Actor
from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import acting_as
from enrollment.domain import drafts
from enrollment.domain.masters import Unacceptable
from enrollment.domain.queries.enrollments import others_on
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment
from enrollment.rules import Refused
from programs.models import ProgramVersion
from tests.factories.enrollments import EnrollmentFactory, PatientFactory
from tests.factories.offices import Office, office
from tests.factories.offices import stored as reread
from tests.factories.people import actor_of, member
from tests.factories.programs import published

pytestmark = pytest.mark.django_db
Save = Callable[..., drafts.Saved | drafts.Conflict]


@pytest.fixture
def lakeside() -> Office:
    return office()


@pytest.fixture
def save(lakeside: Office) -> Save:
    def save(
        enrollment: Enrollment, answers: dict[str, Any], *, seen: int, by: Actor | None = None
    ) -> drafts.Saved | drafts.Conflict:
        actor = by or lakeside.coordinator
        with acting_as(actor):
            return drafts.save_answers(
                enrollment.id, answers, seen_revision=seen, by=actor, now=timezone.now()
            )

    return save


def stored(lakeside: Office, enrollment: Enrollment) -> Enrollment:
    with acting_as(lakeside.coordinator):
        return reread(enrollment)


def test_a_draft_begins_with_everything_the_practice_knows(lakeside: Office) -> None:
    draft = stored(lakeside, lakeside.draft())
    known = {key: draft.answers[key] for key in ("A1", "B7", "C2", "D4")}
    assert known == {"A1": "Rosa", "B7": "MH204418890", "C2": "1234567893", "D4": "1679576722"}
    sources = {key: draft.changes[key]["source"] for key in known}
    assert sources == {
        "A1": "patient record",
        "B7": "insurance record",
        "C2": "practice profile",
        "D4": "prescriber record",
    }
    assert draft.status == EnrollmentStatus.DRAFT


def test_a_draft_holds_only_what_its_program_asks(lakeside: Office) -> None:
    draft = stored(lakeside, lakeside.draft())
    assert "C3" not in draft.answers  # the tax ID stands in the profile; Veltrana asks none


def test_clinical_facts_of_an_earlier_enrollment_are_not_typed_again(lakeside: Office) -> None:
    lakeside.complete()
    draft = stored(lakeside, lakeside.draft())
    assert draft.answers["E12"] == "None known"
    assert draft.changes["E12"]["source"] == "earlier enrollment"
    assert "E1" not in draft.answers


def test_an_only_choice_is_made_for_the_office() -> None:
    lakeside = office(version=published("ossivue"))
    assert stored(lakeside, lakeside.draft()).answers["F1"] == "99202001001"


@pytest.mark.parametrize(
    "fields",
    [
        {"published_at": None},
        {"valid_from": dt.date(2099, 1, 1)},
        {"valid_from": dt.date(2020, 1, 1), "valid_until": dt.date(2020, 12, 31)},
    ],
)
def test_a_version_that_is_not_open_today_starts_nothing(fields: dict[str, Any]) -> None:
    closed = office(version=published(**fields))
    with pytest.raises(Refused):
        closed.draft()


def test_a_draft_of_another_practices_patient_cannot_be_started(lakeside: Office) -> None:
    lakeside.rosa = PatientFactory.create()
    with pytest.raises(type(lakeside.rosa).DoesNotExist):
        lakeside.draft()


def test_an_answer_is_saved_with_who_and_when(lakeside: Office, save: Save) -> None:
    draft = lakeside.draft()
    saved = save(draft, {"E12": " None  known "}, seen=0)
    row = stored(lakeside, draft)
    assert (saved.revision, saved.changed, saved.wrong) == (1, ("E12",), {})
    assert row.answers["E12"] == "None known"
    assert row.changes["E12"]["name"] == "Ana Whitfield"


def test_saving_the_same_answer_again_changes_nothing(lakeside: Office, save: Save) -> None:
    draft = lakeside.draft()
    save(draft, {"E12": "None known"}, seen=0)
    assert save(draft, {"E12": "None known", "A1": "Rosa"}, seen=0).changed == ()
    assert stored(lakeside, draft).revision == 1


def test_a_blank_takes_an_answer_away(lakeside: Office, save: Save) -> None:
    draft = lakeside.draft()
    save(draft, {"A17": ""}, seen=0)
    assert "A17" not in stored(lakeside, draft).answers


def test_two_people_on_one_field_are_told_and_nothing_is_overwritten(
    lakeside: Office, save: Save
) -> None:
    draft = lakeside.draft()
    colleague = actor_of(member(lakeside.practice, Role.PRACTICE_STAFF, name="Lou Chen"))
    save(draft, {"E12": "Penicillin"}, seen=0, by=colleague)
    told = save(draft, {"E12": "None known", "E4": "new"}, seen=0)
    assert isinstance(told, drafts.Conflict)
    (clash,) = told.clashes
    assert (clash.key, clash.theirs, clash.yours) == ("E12", "Penicillin", "None known")
    assert clash.changed_by == "Lou Chen"
    row = stored(lakeside, draft)
    assert (row.answers["E12"], row.answers["E4"]) == ("Penicillin", "new")
    assert isinstance(save(draft, {"E12": "None known"}, seen=told.revision), drafts.Saved)
    assert stored(lakeside, draft).answers["E12"] == "None known"


def test_different_fields_at_once_do_not_collide(lakeside: Office, save: Save) -> None:
    draft = lakeside.draft()
    save(draft, {"E12": "None known"}, seen=0)
    saved = save(draft, {"E4": "new"}, seen=0)
    assert not isinstance(saved, drafts.Conflict)


@pytest.mark.parametrize(
    "key", ["status", "organization_id", "rivastet.prior_lines", "S1", "product.cold_chain", "Z9"]
)
def test_answers_to_questions_the_version_does_not_ask_are_refused(
    lakeside: Office, save: Save, key: str
) -> None:
    draft = lakeside.draft()
    with pytest.raises(Unacceptable) as refused:
        save(draft, {key: "submitted", "E12": "None known"}, seen=0)
    assert set(refused.value.problems) == {key}
    assert stored(lakeside, draft).revision == 0


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("A1", "R" * 60),
        ("A1", "Rosa 🌹"),
        ("A3", "دلگادو"),
        ("E5", "31/12/2026"),
        ("F5", "two"),
        ("G3", "the moon"),
        ("H1", ["benefit_verification", "a pony"]),
    ],
)
def test_what_is_wrong_is_kept_as_typed_and_said(
    lakeside: Office, save: Save, key: str, typed: Any
) -> None:
    draft = lakeside.draft()
    saved = save(draft, {key: typed}, seen=0)
    assert list(saved.wrong) == [key]
    assert stored(lakeside, draft).answers[key] == typed


def test_what_no_form_sends_is_refused(lakeside: Office, save: Save) -> None:
    draft = lakeside.draft()
    for value in ("x" * 5_001, {"a": 1}, ["x"] * 101, 1.5):
        with pytest.raises(Unacceptable):
            save(draft, {"E12": value}, seen=0)


def test_an_answer_that_becomes_hidden_is_kept_until_it_returns(
    lakeside: Office, save: Save
) -> None:
    draft = lakeside.draft()
    save(draft, {"veltrana.tried_before": True, "E6": "Methotrexate"}, seen=0)
    save(draft, {"veltrana.tried_before": False}, seen=1)
    assert stored(lakeside, draft).answers["E6"] == "Methotrexate"


def test_a_prescriber_reads_answers_and_changes_none(lakeside: Office, save: Save) -> None:
    with pytest.raises(Refused):
        save(lakeside.draft(), {"E12": "None known"}, seen=0, by=lakeside.doctor)


def test_a_withdrawn_draft_no_longer_changes(lakeside: Office, save: Save) -> None:
    draft = lakeside.draft()
    with acting_as(lakeside.coordinator):
        drafts.withdraw(draft.id, by=lakeside.coordinator, now=timezone.now())
        with pytest.raises(Refused):
            drafts.withdraw(draft.id, by=lakeside.coordinator, now=timezone.now())
    with pytest.raises(Refused):
        save(draft, {"E12": "None known"}, seen=0)


def test_another_practice_saves_nothing_here(lakeside: Office, save: Save) -> None:
    theirs = EnrollmentFactory.create(program_version=lakeside.version)
    for enrollment_id in (theirs.id, uuid.uuid4()):
        theirs.id = enrollment_id
        with pytest.raises(Enrollment.DoesNotExist):
            save(theirs, {"E12": "None known"}, seen=0)


def test_every_change_is_in_the_audit_by_field_and_never_by_value(
    lakeside: Office, save: Save
) -> None:
    draft = lakeside.draft()
    save(draft, {"E12": "Penicillin"}, seen=0)
    with acting_as(lakeside.coordinator):
        entries = AuditEntry.objects.filter(subject_id=draft.id).values_list("action", "fields")
        assert ("answered", ["E12"]) in list(entries)
        assert not any("Penicillin" in str(entry) for entry in entries)


def test_who_else_has_it_open_is_known_for_a_quarter_of_an_hour(
    lakeside: Office, save: Save
) -> None:
    draft = lakeside.draft()
    save(draft, {"E12": "None known"}, seen=0)
    now = timezone.now()
    with acting_as(lakeside.doctor):
        (other,) = others_on(draft.id, user_id=lakeside.doctor.user_id, now=now)
        assert (other.name, other.changed) == ("Ana Whitfield", True)
        later = now + dt.timedelta(minutes=16)
        assert others_on(draft.id, user_id=lakeside.doctor.user_id, now=later) == ()
    with acting_as(lakeside.coordinator):
        assert others_on(draft.id, user_id=lakeside.coordinator.user_id, now=now) == ()


def test_the_program_version_stays_the_one_it_began_with(lakeside: Office) -> None:
    draft = lakeside.draft()
    newer = published(valid_from=dt.date(2026, 6, 1))
    assert isinstance(newer, ProgramVersion)
    assert stored(lakeside, draft).program_version_id == lakeside.version.id
