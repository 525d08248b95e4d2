"""Two programs in one sitting: one form to fill in, two enrollments that live apart."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.tenancy import acting_as
from enrollment.domain import drafts, sending
from enrollment.domain.masters import Unacceptable
from enrollment.domain.sittings import enrollments_of_sitting, sitting_of
from enrollment.domain.starting import start_together
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment
from enrollment.rules import Refused
from tests.factories.enrollments import PrescriberFactory, veltrana_answers
from tests.factories.offices import Office, office, stored
from tests.factories.programs import published

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def lakeside() -> Office:
    return office()


@pytest.fixture
def pair(lakeside: Office) -> list[Enrollment]:
    """Veltrana and Ossivue, begun together."""
    return begin(lakeside, lakeside.version, published("ossivue"))


def begin(lakeside: Office, *versions: Any) -> list[Enrollment]:
    with acting_as(lakeside.coordinator):
        return start_together(
            [version.id for version in versions],
            patient_id=lakeside.rosa.id,
            prescriber_id=lakeside.prescriber.id,
            by=lakeside.coordinator,
            now=NOW(),
        )


def save(
    lakeside: Office, row: Enrollment, answers: dict[str, Any], *, seen: int = 99
) -> drafts.Saved | drafts.Conflict:
    with acting_as(lakeside.coordinator):
        return drafts.save_answers(
            row.id, answers, seen_revision=seen, by=lakeside.coordinator, now=NOW()
        )


def now_stored(lakeside: Office, rows: list[Enrollment]) -> list[Enrollment]:
    with acting_as(lakeside.coordinator):
        return [stored(row) for row in rows]


def test_each_program_has_an_enrollment_of_its_own(
    lakeside: Office, pair: list[Enrollment]
) -> None:
    assert len({row.id for row in pair}) == 2
    assert pair[0].sitting is not None
    assert pair[0].sitting == pair[1].sitting
    assert all(row.answers["A1"] == "Rosa" for row in pair)
    assert lakeside.draft().sitting is None


def test_a_shared_answer_is_saved_into_both_and_an_own_one_into_its_program(
    lakeside: Office, pair: list[Enrollment]
) -> None:
    save(lakeside, pair[0], {"A8": "9 New Street", "ossivue:E5": "2030-01-15"})
    first, second = now_stored(lakeside, pair)
    assert first.answers["A8"] == second.answers["A8"] == "9 New Street"
    assert "E5" not in first.answers
    assert second.answers["E5"] == "2030-01-15"
    assert first.revision == second.revision == 1
    assert second.changes["A8"]["name"] == "Ana Whitfield"


def test_whoever_speaks_to_one_enrollment_uses_its_own_names(
    lakeside: Office, pair: list[Enrollment]
) -> None:
    save(lakeside, pair[1], {"E5": "2030-01-15"})
    first, second = now_stored(lakeside, pair)
    assert "E5" not in first.answers
    assert second.answers["E5"] == "2030-01-15"
    with pytest.raises(Unacceptable):
        save(lakeside, pair[0], {"ossivue:Z9": "x"})


def test_a_change_through_one_program_clashes_with_one_through_the_other(
    lakeside: Office, pair: list[Enrollment]
) -> None:
    save(lakeside, pair[0], {"A8": "9 New Street"}, seen=0)
    clash = save(lakeside, pair[1], {"A8": "10 Old Street"}, seen=0)
    assert isinstance(clash, drafts.Conflict)
    assert clash.clashes[0].theirs == "9 New Street"
    first, second = now_stored(lakeside, pair)
    assert first.answers["A8"] == second.answers["A8"] == "9 New Street"


def test_what_is_withdrawn_leaves_the_form_and_the_other_goes_on(
    lakeside: Office, pair: list[Enrollment]
) -> None:
    with acting_as(lakeside.coordinator):
        drafts.withdraw(pair[0].id, by=lakeside.coordinator, now=NOW())
    save(lakeside, pair[1], {"A8": "9 New Street"})
    first, second = now_stored(lakeside, pair)
    assert first.answers["A8"] != "9 New Street"
    assert second.answers["A8"] == "9 New Street"
    with acting_as(lakeside.coordinator):
        assert [row.id for row in sitting_of(second).rows] == [second.id]
        assert sitting_of(first).rows == [first]


def test_the_complete_one_is_sent_and_the_other_waits(
    lakeside: Office, pair: list[Enrollment]
) -> None:
    own = veltrana_answers(today=timezone.localdate())
    save(lakeside, pair[0], own)
    lakeside.authorize(pair[0])
    with acting_as(lakeside.coordinator):
        assert pair[0].sitting is not None
        asked = sending.ask_for_all(pair[0].sitting, by=lakeside.coordinator, now=NOW())
        assert [row.id for row in asked] == [pair[0].id]
    lakeside.certify(pair[0])
    with acting_as(lakeside.coordinator):
        sent = sending.send_complete(
            pair[0].sitting, urgent=False, by=lakeside.coordinator, now=NOW()
        )
        assert [row.id for row in sent.enrollments] == [pair[0].id]
        statuses = [row.status for row in enrollments_of_sitting(pair[0].sitting)]
    assert sorted(statuses) == [EnrollmentStatus.DRAFT, EnrollmentStatus.SUBMITTED]


def test_the_same_program_twice_and_none_at_all_are_refused(lakeside: Office) -> None:
    again = published("veltrana")
    with pytest.raises(Refused, match="at least one"):
        begin(lakeside)
    if again.id != lakeside.version.id:
        with pytest.raises(Refused, match="twice"):
            begin(lakeside, lakeside.version, again)
    assert len(begin(lakeside, lakeside.version, lakeside.version)) == 1


def test_another_practices_patient_or_prescriber_begins_nothing(lakeside: Office) -> None:
    harbor = office("Harbor Neurology", version=lakeside.version)
    theirs = PrescriberFactory.create(organization=harbor.practice)
    lakeside.prescriber = theirs
    with pytest.raises(type(theirs).DoesNotExist):
        begin(lakeside, lakeside.version)
