"""A version retired while drafts are open: they go on in the new one, told what changed."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.tenancy import acting_as
from programs.models import ProgramVersion
from tests.factories.offices import Office, stored
from tests.factories.programs import ProgramVersionFactory, demo_definition

pytestmark = pytest.mark.django_db


def retire(old: ProgramVersion) -> ProgramVersion:
    """Publish a version without one question and with a new one, and end the old."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    ProgramVersion.objects.filter(id=old.id).update(valid_until=yesterday)
    definition = demo_definition("veltrana")
    definition["version"] = "carried"
    definition["asks"] = [each for each in definition["asks"] if each != "A17"]
    plain = next(each for each in definition["questions"] if each["type"] == "boolean")
    plain["hint"] = "Within the last year."
    definition["questions"].append(
        {
            **plain,
            "id": "veltrana.second_look",
            "label": "A second look",
            "required_when": None,
            "shown_when": None,
        }
    )
    definition["consents"][0]["body"]["en"] += " You may ask for a copy."
    stop = definition["eligibility"][0]
    definition["eligibility"].append({**stop, "key": "grown", "reason": "Nobody under 21."})
    new: ProgramVersion = ProgramVersionFactory.create(
        program=old.program, definition=definition, valid_from=yesterday
    )
    return new


def test_a_draft_goes_on_in_the_new_version_with_its_answers(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    lakeside.answer(draft, E12="Penicillin")
    new = retire(lakeside.version)
    page = ana.get(f"/enrollments/{draft.id}/").content.decode()
    assert "It asks in addition:" in page
    assert "A second look" in page
    assert "It no longer asks:" in page
    assert "It asks otherwise, look again: Has another medicine been tried" in page
    assert "New words, to be signed again: Permission" in page
    assert "A new rule: Nobody under 21." in page
    ana.post(f"/enrollments/{draft.id}/carry/")
    with acting_as(lakeside.coordinator):
        after = stored(draft)
    assert after.program_version_id == new.id
    assert after.answers["E12"] == "Penicillin"
    assert "A17" not in after.answers
    assert "It asks in addition:" not in ana.get(f"/enrollments/{draft.id}/").content.decode()


def test_nothing_is_sent_in_a_version_that_has_ended(ana: Client, lakeside: Office) -> None:
    """Signed while it held, and not sent by its last day: the new words are signed first."""
    draft = lakeside.signed()
    new = retire(lakeside.version)
    page = ana.get(f"/enrollments/{draft.id}/review/").content.decode()
    assert "so that it cannot be sent in it" in page
    assert "Go on in the new version" in page
    assert "Send to hub" not in page
    ana.post(f"/enrollments/{draft.id}/send/")
    with acting_as(lakeside.coordinator):
        assert stored(draft).journey_id is None
    ana.post(f"/enrollments/{draft.id}/carry/")
    page = ana.get(f"/enrollments/{draft.id}/review/").content.decode()
    assert "The patient has to authorize" in page
    # Where no other version holds there is nothing to go on in.
    ProgramVersion.objects.filter(id=new.id).update(
        valid_until=timezone.localdate() - dt.timedelta(days=1)
    )
    page = ana.get(f"/enrollments/{draft.id}/review/").content.decode()
    assert "takes no enrollments at present" in page


def test_a_version_that_holds_is_not_left(ana: Client, ben: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    ana.post(f"/enrollments/{draft.id}/carry/")
    with acting_as(lakeside.coordinator):
        assert stored(draft).program_version_id == lakeside.version.id
    assert ben.post(f"/enrollments/{draft.id}/carry/").status_code == 404


def test_a_version_replaced_on_its_own_first_day_is_over_at_once(
    ana: Client, lakeside: Office
) -> None:
    """No day comes before its first, on which it could have ended."""
    draft, today = lakeside.signed(), timezone.localdate()
    old = ProgramVersion.objects.filter(id=lakeside.version.id)
    review = f"/enrollments/{draft.id}/review/"
    old.update(valid_until=today)
    new = ProgramVersionFactory.create(
        program=lakeside.version.program,
        number=lakeside.version.number + 1,
        definition=lakeside.version.definition,
        valid_from=today,
    )
    # One that began earlier holds through the day that the overlap says.
    assert "Go on in the new version" not in ana.get(review).content.decode()
    old.update(valid_from=today)
    assert "Go on in the new version" in ana.get(review).content.decode()
    ana.post(f"/enrollments/{draft.id}/send/")
    ana.post(f"/enrollments/{draft.id}/carry/")
    with acting_as(lakeside.coordinator):
        after = stored(draft)
    assert (after.journey_id, after.program_version_id) == (None, new.pk)
