"""How many inputs each demo program asks of an office that types every fact once."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.tenancy import acting_as
from enrollment.management.demo.clinical import clinical_answers
from enrollment.models import Coverage, Enrollment
from enrollment.views.standing import work_on
from programs.core.forms import missing, union
from programs.definitions import load_definitions
from tests.enrollment.management.test_demo_answers import CHILD
from tests.factories.enrollments import COVERAGE, ROSA
from tests.factories.offices import Office, office
from tests.factories.programs import published

pytestmark = pytest.mark.django_db

PROGRAMS = sorted(load_definitions())
NEW, SECOND, KEYED = 36, 16, 8
# Altivane is for children: on top come the guardian and whose insurance it is, three answers each.
MORE_WHEN_NEW = {"altivane": 6}
PICKED = frozenset({"pick", "multi", "boolean", "agreement", "checklist", "ndc", "state"})
# Once per prescriber and practice, on file since the first enrollment that needed them.
ON_FILE = {"D5.number": "MA-204417", "D5.state": "MA", "D6": "AO1234563", "D8": "SSS-40417"}


@pytest.fixture
def lakeside() -> Office:
    place = office()
    with acting_as(place.coordinator):
        place.prescriber.details = {**place.prescriber.details, **ON_FILE}
        place.prescriber.save()
    return place


def known_of(key: str) -> dict[str, Any]:
    """What the records say of a typical patient, nothing optional."""
    abroad = {"A19": True} if key in ("opendoor", "wakelle") else {}
    known = {**ROSA, **COVERAGE, **(CHILD if key == "altivane" else {}), **abroad}
    return {name: known[name] for name in known if name != "A17"}


def filled_in(lakeside: Office, key: str) -> Enrollment:
    """The form of one program, each required question answered only if it stands unanswered."""
    lakeside.version = published(key)
    draft, today = lakeside.draft(), timezone.localdate()
    typical = {**known_of(key), **clinical_answers(key, today=today)}
    definition = load_definitions()[key]
    left = missing([definition], draft.answers, today=today)
    while left:
        # A card's picture is asked for only as long as nobody types what is on it.
        field = next(each.key for each in left if each.key != "B2")
        lakeside.answer(draft, **{field: typical[field]})
        with acting_as(lakeside.coordinator):
            draft = Enrollment.objects.select_related("program_version").get(id=draft.id)
        left = missing([definition], draft.answers, today=today)
    return draft


def keyed(draft: Enrollment, key: str) -> list[str]:
    """The answers that somebody typed, not picked."""
    types = {item.key: item.field.type for item in union([load_definitions()[key]])}
    typed = [name for name, change in draft.changes.items() if change["source"] == "typed"]
    return [name for name in typed if types[name] not in PICKED]


def knows(lakeside: Office, key: str) -> None:
    """The records of a patient of this program, insurance included."""
    known = known_of(key)
    with acting_as(lakeside.coordinator):
        lakeside.rosa.details = {name: known[name] for name in known if name.startswith("A")}
        lakeside.rosa.save()
        coverage = Coverage.objects.get(patient=lakeside.rosa)
        coverage.details = {name: known[name] for name in known if name.startswith("B")}
        coverage.save()


@pytest.mark.parametrize("key", PROGRAMS)
def test_a_new_patient_takes_few_inputs(lakeside: Office, key: str) -> None:
    knows(lakeside, key)
    with acting_as(lakeside.coordinator):
        Coverage.objects.all().delete()
    draft = filled_in(lakeside, key)
    with acting_as(lakeside.coordinator):
        work = work_on([draft])
    assert work.inputs <= NEW + MORE_WHEN_NEW.get(key, 0)


@pytest.mark.parametrize("key", [key for key in PROGRAMS if key != "veltrana"])
def test_a_second_program_of_a_known_patient_takes_fewer(lakeside: Office, key: str) -> None:
    knows(lakeside, "veltrana")
    lakeside.sent()
    knows(lakeside, key)
    draft = filled_in(lakeside, key)
    with acting_as(lakeside.coordinator):
        work = work_on([draft])
    assert work.inputs <= SECOND
    assert len(keyed(draft, key)) <= KEYED


def test_what_an_answer_leaves_no_choice_about_is_picked_once(lakeside: Office) -> None:
    lakeside.version = published("corvanta")
    draft = lakeside.draft()
    assert draft.changes["F8"]["source"] == "today"
    lakeside.answer(draft, F1="99202013001")
    with acting_as(lakeside.coordinator):
        draft.refresh_from_db()
    assert (draft.answers["F3"], draft.changes["F3"]["source"]) == ("once", "the program")
    lakeside.answer(draft, F3="")
    lakeside.answer(draft, F5="3")
    with acting_as(lakeside.coordinator):
        draft.refresh_from_db()
    assert "F3" not in draft.answers
