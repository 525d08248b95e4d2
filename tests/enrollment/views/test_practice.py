"""What an office says once: its profile and prescribers, and a patient's insurance by plan year."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import Membership
from accounts.tenancy import acting_as
from enrollment.models import Coverage, PracticeProfile, Prescriber
from tests.enrollment.views.conftest import Queries
from tests.factories.enrollments import PrescriberFactory
from tests.factories.offices import Office
from tests.factories.people import member, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(lakeside: Office) -> Client:
    """A coordinator who is an administrator too."""
    return signed_in(administrator(lakeside))


def administrator(lakeside: Office) -> Membership:
    return member(lakeside.practice, Role.PRACTICE_STAFF, Role.ADMIN, name="Dana Voss")


def profile(lakeside: Office) -> PracticeProfile:
    with acting_as(lakeside.coordinator):
        found: PracticeProfile = PracticeProfile.objects.get()
    return found


def prescribers(lakeside: Office) -> dict[str, Prescriber]:
    with acting_as(lakeside.coordinator):
        return {each.name: each for each in Prescriber.objects.all()}


def test_the_profile_is_changed_and_the_next_form_begins_with_it(
    ana: Client, lakeside: Office
) -> None:
    before = profile(lakeside)
    sent = {**before.details, "C8": "(617) 555-0188", "seen_at": before.confirmed_at.isoformat()}
    answer = ana.post("/practice/edit/", sent)
    assert answer.status_code == 302
    assert profile(lakeside).details["C8"] == "6175550188"
    assert profile(lakeside).origins["C8"]["name"] == "Ana Whitfield"
    assert lakeside.draft().answers["C8"] == "6175550188"


def test_a_profile_changed_meanwhile_is_shown_and_nothing_is_lost(
    ana: Client, lakeside: Office
) -> None:
    before = profile(lakeside)
    seen = before.confirmed_at.isoformat()
    assert (
        ana.post("/practice/edit/", {**before.details, "C10": "One", "seen_at": seen}).status_code
        == 302
    )
    answer = ana.post("/practice/edit/", {**before.details, "C10": "Two", "seen_at": seen})
    assert answer.status_code == 422
    assert "One" in answer.content.decode()
    assert profile(lakeside).details["C10"] == "One"


def test_a_wrong_number_is_refused_at_its_field(ana: Client, lakeside: Office) -> None:
    answer = ana.post("/practice/edit/", {**profile(lakeside).details, "C2": "1234567890"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_an_administrator_adds_a_prescriber_and_says_who_signs(
    chief: Client, lakeside: Office
) -> None:
    ruth = member(lakeside.practice, Role.PRESCRIBER, name="Ruth Adler")
    sent = {"D1": "Dr. Ruth Adler", "D2": "MD", "D4": "2000004046", "signs_as": str(ruth.user_id)}
    assert chief.post("/practice/prescribers/new/", sent).status_code == 302
    added = prescribers(lakeside)["Dr. Ruth Adler"]
    assert added.user_id == ruth.user_id
    assert (
        "Dr. Ruth Adler"
        in chief.get(f"/enrollments/new/?patient={lakeside.rosa.id}").content.decode()
    )


def test_a_coordinator_changes_a_prescriber_but_not_who_signs(
    ana: Client, lakeside: Office
) -> None:
    row = lakeside.prescriber
    page = ana.get(f"/practice/prescribers/{row.id}/").content.decode()
    assert 'name="signs_as"' not in page
    sent = {**row.details, "D2": "DO", "signs_as": str(lakeside.ana.user_id)}
    assert ana.post(f"/practice/prescribers/{row.id}/", sent).status_code == 302
    after = prescribers(lakeside)[row.details["D1"]]
    assert after.details["D2"] == "DO"
    assert after.user_id == row.user_id


def test_only_a_prescriber_of_the_practice_can_be_the_one_who_signs(
    chief: Client, lakeside: Office, harbor: Office
) -> None:
    row = lakeside.prescriber
    for stranger in (lakeside.ana.user_id, harbor.maya.user_id):
        answer = chief.post(
            f"/practice/prescribers/{row.id}/", {**row.details, "signs_as": str(stranger)}
        )
        assert answer.status_code == 422
    assert prescribers(lakeside)[row.name].user_id == row.user_id


def test_who_left_is_not_offered_for_a_new_form(ana: Client, lakeside: Office) -> None:
    other = PrescriberFactory.create(organization=lakeside.practice, name="Dr. Gone")
    start = f"/enrollments/new/?patient={lakeside.rosa.id}"
    assert ">Dr. Gone</option>" in ana.get(start).content.decode()
    ana.post(f"/practice/prescribers/{other.id}/leave/")
    assert ">Dr. Gone</option>" not in ana.get(start).content.decode()
    ana.post(f"/practice/prescribers/{other.id}/leave/", {"back": "yes"})
    assert ">Dr. Gone</option>" in ana.get(start).content.decode()


def test_another_practices_prescriber_is_not_found(
    ben: Client, maya: Client, lakeside: Office
) -> None:
    assert prescribers(lakeside)
    path = f"/practice/prescribers/{lakeside.prescriber.id}/"
    assert ben.get(path).status_code == 404
    assert ben.post(f"{path}leave/").status_code == 404
    assert maya.get("/practice/").status_code == 403


def test_the_next_plan_year_waits_for_its_day(ana: Client, lakeside: Office) -> None:
    path = f"/patients/{lakeside.rosa.id}/insurance"
    with acting_as(lakeside.coordinator):
        now = Coverage.objects.get(patient=lakeside.rosa)
    year = timezone.localdate().year + 1
    assert f"plan year {year}" in ana.get(f"{path}/next-year/").content.decode()
    sent = {**now.details, "B1": "true", "B7": "NEW00112233"}
    assert ana.post(f"{path}/next-year/", sent).status_code == 302
    with acting_as(lakeside.coordinator):
        now.refresh_from_db()
        coming = Coverage.objects.exclude(id=now.id).get()
    assert now.ended_on == coming.starts_on == dt.date(year, 1, 1)
    assert lakeside.draft().answers["B7"] == now.details["B7"]
    page = ana.get(f"{path}/all/").content.decode()
    assert "Counts today" in page
    assert "From " in page


def test_an_insurance_that_ended_starts_no_form(ana: Client, lakeside: Office) -> None:
    path = f"/patients/{lakeside.rosa.id}/insurance"
    with acting_as(lakeside.coordinator):
        now = Coverage.objects.get(patient=lakeside.rosa)
    assert ana.post(f"{path}/{now.id}/end/").status_code == 302
    assert "B7" not in lakeside.draft().answers
    assert "Ended" in ana.get(f"{path}/all/").content.decode()


def test_another_practice_finds_no_insurance(ben: Client, lakeside: Office) -> None:
    path = f"/patients/{lakeside.rosa.id}/insurance"
    with acting_as(lakeside.coordinator):
        coverage = Coverage.objects.get(patient=lakeside.rosa)
    assert ben.get(f"{path}/all/").status_code == 404
    assert ben.get(f"{path}/next-year/").status_code == 404
    assert ben.post(f"{path}/{coverage.id}/end/").status_code == 404


@pytest.mark.parametrize("more", [0, 29])
def test_the_pages_take_the_same_queries_for_one_and_for_thirty(
    ana: Client, lakeside: Office, queries: Queries, more: int
) -> None:
    PrescriberFactory.create_batch(more, organization=lakeside.practice, user=lakeside.maya.user)
    with acting_as(lakeside.coordinator):
        known = Coverage.objects.get(patient=lakeside.rosa)
        for _ in range(more):
            Coverage(
                organization_id=known.organization_id,
                patient=lakeside.rosa,
                details=known.details,
                confirmed_at=known.confirmed_at,
                ended_on=timezone.localdate(),
            ).save(force_insert=True)
    assert queries(ana, "/practice/") == 8
    assert queries(ana, f"/patients/{lakeside.rosa.id}/insurance/all/") == 9
