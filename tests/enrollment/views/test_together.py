"""Two programs on one page: chosen together, filled in once, sent one by one or all."""

import re

import pytest
from django.test import Client

from accounts.tenancy import acting_as
from enrollment.models import Enrollment
from programs.models import ProgramVersion
from tests.enrollment.views.conftest import Queries
from tests.factories.offices import Office, stored
from tests.factories.programs import published

pytestmark = pytest.mark.django_db


def begin(client: Client, lakeside: Office, *versions: ProgramVersion) -> str:
    """Choose programs for Rosa; the address of the form."""
    answer = client.post(
        f"/enrollments/new/?patient={lakeside.rosa.id}",
        {
            "version": [str(version.id) for version in versions],
            "prescriber": str(lakeside.prescriber.id),
        },
    )
    return str(answer.headers["Location"])


@pytest.fixture
def form(ana: Client, lakeside: Office) -> str:
    return begin(ana, lakeside, lakeside.version, published("ossivue"))


def rows(lakeside: Office) -> list[Enrollment]:
    with acting_as(lakeside.coordinator):
        return list(Enrollment.objects.order_by("program_version__program__key"))


def text(client: Client, path: str) -> str:
    return re.sub(r"\s+", " ", client.get(path).content.decode())


def test_the_patient_can_be_asked_once_for_all_of_them(
    ana: Client, lakeside: Office, form: str
) -> None:
    page = text(ana, f"{form}together/")
    assert "The patient signs" in page
    first = form.rstrip("/").rpartition("/")[2]
    asked = ana.post(f"/enrollments/{first}/ask-patient/", {"channel": "handed"})
    assert "For: Ossivue Path, Veltrana Together." in re.sub(r"\s+", " ", asked.content.decode())
    assert "Link handed over" in text(ana, f"{form}together/")


def test_the_next_program_knows_what_any_form_before_was_told(
    ana: Client, lakeside: Office, form: str
) -> None:
    """The weight that one program asked, though the other's form changed later."""
    for key, value in (("E10.weight", "64"), ("veltrana.tried_before", "false")):
        saved = ana.post(f"{form}answers/", {"version": "99", "field": key, key: value})
        assert saved.status_code == 200
    begin(ana, lakeside, published("altivane"))
    third = next(row for row in rows(lakeside) if row.program_version.program.key == "altivane")
    assert third.answers["E10.weight"] == "64"
    assert third.changes["E10.weight"]["source"] == "earlier enrollment"


def test_choosing_none_says_so_and_begins_nothing(ana: Client, lakeside: Office) -> None:
    assert begin(ana, lakeside).startswith("/enrollments/new/")
    assert not rows(lakeside)


def test_the_form_asks_a_shared_question_once_and_names_who_alone_asks(
    ana: Client, lakeside: Office, form: str
) -> None:
    page = text(ana, f"{form}?open=patient,coverage,practice,prescriber")
    assert page.count('name="A1"') == 1
    assert page.count('name="veltrana:E4"') >= 1
    assert page.count('name="ossivue:E4"') >= 1
    assert 'name="E4"' not in page
    assert "only for Veltrana" in page
    assert "only for Ossivue" in page
    assert "One form for 2 programs" in page
    tag = '<span class="tag">only for Ossivue Path</span>'
    assert f'Bone density report <span class="form-optional">(optional)</span> {tag}' in page


def test_an_answer_saves_itself_into_both_programs(
    ana: Client, lakeside: Office, form: str
) -> None:
    saved = ana.post(f"{form}answers/", {"version": 0, "field": "A8", "A8": "9 New Street"})
    assert saved.status_code == 200
    assert saved.json()["version"] == 1
    assert {row.answers["A8"] for row in rows(lakeside)} == {"9 New Street"}


def test_without_scripts_the_whole_page_saves_into_both(
    ana: Client, lakeside: Office, form: str
) -> None:
    answer = ana.post(
        form, {"version": 0, "A8": "9 New Street", "ossivue:E4": "new", "review": "yes"}
    )
    assert answer.headers["Location"].endswith("/together/")
    ossivue, veltrana = rows(lakeside)
    assert ossivue.answers["A8"] == veltrana.answers["A8"] == "9 New Street"
    assert ossivue.answers["E4"] == "new"
    assert "E4" not in veltrana.answers


def test_each_program_can_be_taken_off(ana: Client, lakeside: Office, form: str) -> None:
    ossivue, veltrana = rows(lakeside)
    assert "Take Ossivue Path off this form" in text(ana, form)
    answer = ana.post(f"/enrollments/{ossivue.id}/withdraw/")
    assert answer.headers["Location"] == f"/enrollments/{veltrana.id}/"
    assert 'name="E4"' in text(ana, f"/enrollments/{veltrana.id}/")


def test_the_programs_stand_side_by_side_with_what_each_needs(
    ana: Client, lakeside: Office, form: str
) -> None:
    page = text(ana, f"{form}together/")
    assert "Veltrana" in page
    assert "Ossivue" in page
    assert "to go" in page
    nothing = ana.post(f"{form}together/send/", follow=True)
    assert "Nothing was sent" in nothing.content.decode()


def test_one_alone_has_no_page_of_several(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    assert ana.get(f"/enrollments/{draft.id}/together/").headers["Location"].endswith("/review/")
    assert ana.post(f"/enrollments/{draft.id}/together/send/").status_code == 404


def test_another_practice_finds_neither_page(ben: Client, lakeside: Office, form: str) -> None:
    assert rows(lakeside)
    for path in (form, f"{form}together/"):
        assert ben.get(path).status_code == 404
    for path in (f"{form}together/ask/", f"{form}together/send/", f"{form}answers/"):
        assert ben.post(path).status_code == 404
    with acting_as(lakeside.coordinator):
        assert {stored(row).status for row in rows(lakeside)} == {"draft"}


def test_the_pages_take_this_many_queries(ana: Client, form: str, queries: Queries) -> None:
    assert queries(ana, form) == 10
    assert queries(ana, f"{form}together/") == 10
