"""Filling in the form: known things folded, each answer saved, nobody's work overwritten."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from accounts.core.permissions import Role
from accounts.tenancy import acting_as
from enrollment.enums import EnrollmentStatus, SignatureKind
from enrollment.models import Enrollment
from tests.enrollment.views.conftest import Queries
from tests.factories.enrollments import PrescriberFactory
from tests.factories.offices import Office
from tests.factories.offices import stored as reread
from tests.factories.people import member, signed_in
from tests.factories.programs import published

pytestmark = pytest.mark.django_db


class Controls(HTMLParser):
    """What a browser would post of a page's form named `draft`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self.names: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name"), given.get("type")
        if tag not in ("input", "textarea", "select") or not name or kind == "submit":
            return
        self.names.append(name)
        if kind in ("radio", "checkbox"):
            if "checked" in given:
                self.values.setdefault(name, []).append(given.get("value"))
        elif tag == "input":
            self.values.setdefault(name, []).append(given.get("value") or "")


def page(client: Client, enrollment: Enrollment, query: str = "") -> str:
    return client.get(f"/enrollments/{enrollment.id}/{query}").content.decode()


def save(client: Client, enrollment: Enrollment, key: str, value: Any, seen: int = 0) -> Any:
    sent = {"version": seen, "field": key, key: value}
    return client.post(f"/enrollments/{enrollment.id}/answers/", sent)


def stored(lakeside: Office, enrollment: Enrollment) -> Enrollment:
    with acting_as(lakeside.coordinator):
        return reread(enrollment)


def colleague(lakeside: Office) -> Client:
    return signed_in(member(lakeside.practice, Role.PRACTICE_STAFF, name="Lou Chen"))


def test_a_program_is_chosen_from_one_screen_and_the_draft_opens(
    ana: Client, lakeside: Office
) -> None:
    ossivue = published("ossivue")
    start = f"/enrollments/new/?patient={lakeside.rosa.id}"
    shown = ana.get(start).content.decode()
    assert "Veltrana" in shown
    assert "Ossivue" in shown
    assert f'name="prescriber" value="{lakeside.prescriber.id}"' in shown
    chosen = {"version": str(ossivue.id), "prescriber": str(lakeside.prescriber.id)}
    answer = ana.post(start, chosen)
    draft = ana.get(answer.headers["Location"]).content.decode()
    assert "Rosa Delgado" in draft
    assert "Ossivue" in draft


def test_a_draft_that_exists_is_offered_before_a_second(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    shown = ana.get(f"/enrollments/new/?patient={lakeside.rosa.id}").content.decode()
    assert f"/enrollments/{draft.id}/" in shown


def test_a_prescriber_is_chosen_where_there_are_several(ana: Client, lakeside: Office) -> None:
    PrescriberFactory.create(organization=lakeside.practice, name="Ruth Adler")
    shown = ana.get(f"/enrollments/new/?patient={lakeside.rosa.id}").content.decode()
    assert re.search(r'<select[^>]*name="prescriber"', shown)


@pytest.mark.parametrize("broken", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_program_or_prescriber_that_is_not_there_starts_nothing(
    ana: Client, lakeside: Office, broken: str
) -> None:
    start = f"/enrollments/new/?patient={lakeside.rosa.id}"
    prescriber, version = str(lakeside.prescriber.id), str(lakeside.version.id)
    for sent in (
        {"version": broken, "prescriber": prescriber},
        {"version": version, "prescriber": broken},
    ):
        assert ana.post(start, sent).status_code == 404
    with acting_as(lakeside.coordinator):
        assert not Enrollment.objects.exists()


def test_another_practices_prescriber_cannot_be_chosen(
    ana: Client, lakeside: Office, harbor: Office
) -> None:
    sent = {"version": str(lakeside.version.id), "prescriber": str(harbor.prescriber.id)}
    start = f"/enrollments/new/?patient={lakeside.rosa.id}"
    assert ana.post(start, sent).status_code == 404


def test_what_is_known_is_folded_and_opens_to_be_changed(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    folded = Controls(page(ana, draft)).names
    assert "A1" not in folded
    assert "E12" in folded
    opened = Controls(page(ana, draft, "?open=patient")).names
    assert "A1" in opened
    assert "B7" not in opened


def test_each_section_says_how_much_is_left(ana: Client, lakeside: Office) -> None:
    shown = page(ana, lakeside.draft())
    count = re.search(r'id="count-prescription"[^>]*>\s*([^<]+?)\s*<', shown)
    assert count
    assert count[1] == "6 of 7 to go"


def test_an_answer_saves_itself_and_says_when(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    told = save(ana, draft, "E12", "None known").json()
    assert told["version"] == 1
    assert re.fullmatch(r"\d{1,2}:\d{2} [ap]m", told["saved"])
    assert told["errors"] == {}
    assert stored(lakeside, draft).answers["E12"] == "None known"


def test_an_answer_brings_and_takes_the_questions_that_hang_on_it(
    ana: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    assert 'name="E6"' not in page(ana, draft)
    brought = save(ana, draft, "veltrana.tried_before", "true").json()["fragments"]
    assert 'name="E6"' in brought["slot-E6"]
    assert "slot-veltrana.tried_before" not in brought
    assert "to go" in brought["count-clinical"]
    taken = save(ana, draft, "veltrana.tried_before", "false", seen=1).json()["fragments"]
    assert 'name="E6"' not in taken["slot-E6"]


def test_a_choice_narrows_the_choices_that_go_with_it(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    brought = save(ana, draft, "F1", "99101014102").json()["fragments"]["slot-F2"]
    assert "140_syringe" in brought
    assert "140_pen" not in brought


def test_a_section_that_is_folded_opens_when_something_in_it_is_needed(ana: Client) -> None:
    lakeside = office_with_infusion()
    client = signed_in(lakeside.ana)
    draft = lakeside.draft()
    lakeside.answer(draft, C3="")
    brought = save(client, draft, "G1", "buy_and_bill", seen=1).json()["fragments"]
    assert 'name="C3"' in brought["section-practice"]


def office_with_infusion() -> Office:
    from tests.factories.offices import office

    return office("Quincy Infusion", version=published("ossivue"))


def test_what_is_wrong_is_kept_said_and_still_there_the_next_day(
    ana: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    told = save(ana, draft, "E5", "31/12/2026").json()
    (sentence,) = told["errors"]["E5"]
    assert "MM/DD/YYYY" in sentence
    again = page(ana, draft)
    assert 'value="31/12/2026"' in again
    assert "MM/DD/YYYY" in again


@pytest.mark.parametrize("key", ["Z9", "status", "S1", "organization_id", ""])
def test_a_question_nobody_asks_is_refused(ana: Client, lakeside: Office, key: str) -> None:
    draft = lakeside.draft()
    assert save(ana, draft, key, "x").status_code == 422
    assert stored(lakeside, draft).revision == 0


@pytest.mark.parametrize("value", ["José 🌹 العربية", "x" * 4_000, "<b>bold</b>", "\u202eevil"])
def test_whatever_is_typed_comes_back_as_text(ana: Client, lakeside: Office, value: str) -> None:
    draft = lakeside.draft()
    assert save(ana, draft, "E12", value).status_code == 200
    shown = page(ana, draft)
    assert "<b>bold</b>" not in shown
    kept = stored(lakeside, draft).answers["E12"]
    assert kept == value.replace("\u202e", "")


def test_what_is_longer_than_any_answer_is_refused(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    assert save(ana, draft, "E12", "x" * 5_001).status_code == 422


def test_two_tabs_are_told_with_both_values(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    save(colleague(lakeside), draft, "E4", "restart")
    answer = save(ana, draft, "E4", "new")
    told = answer.json()
    assert answer.status_code == 409
    assert (told["by"], told["version"]) == ("Lou Chen", 1)
    assert told["theirs"] == {"E4": "restart"}
    assert told["words"]["E4"].lower().startswith("restart")
    assert stored(lakeside, draft).answers["E4"] == "restart"
    assert save(ana, draft, "E4", "new", seen=1).status_code == 200


def test_what_i_saved_myself_since_the_page_was_drawn_is_no_conflict(
    ana: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    drawn = Controls(page(ana, draft)).values
    saved = save(ana, draft, "E12", "Penicilin").json()
    posted = {**drawn, "E12": "Penicillin", "seen_since": json.dumps({"E12": saved["version"]})}
    assert ana.post(f"/enrollments/{draft.id}/", posted).status_code == 302
    assert stored(lakeside, draft).answers["E12"] == "Penicillin"


@pytest.mark.parametrize("nonsense", ["", "[]", "{", '{"E12": "9"}', '{"E12": true}', "null"])
def test_nonsense_about_what_was_seen_overwrites_nobody(
    ana: Client, lakeside: Office, nonsense: str
) -> None:
    draft = lakeside.draft()
    drawn = Controls(page(ana, draft)).values
    save(colleague(lakeside), draft, "E12", "Penicillin")
    posted = {**drawn, "E12": "None known", "seen_since": nonsense}
    assert ana.post(f"/enrollments/{draft.id}/", posted).status_code == 409
    assert stored(lakeside, draft).answers["E12"] == "Penicillin"


def test_boxes_that_are_all_unticked_are_an_answer_taken_away(
    ana: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    save(ana, draft, "H1", ["benefit_verification", "nurse"])
    assert stored(lakeside, draft).answers["H1"] == ["benefit_verification", "nurse"]
    ana.post(f"/enrollments/{draft.id}/answers/", {"version": 1, "field": "H1"})
    assert "H1" not in stored(lakeside, draft).answers


def test_help_that_the_insurance_forbids_is_refused_with_the_reason_as_it_is_ticked(
    ana: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    save(ana, draft, "B1", "true", seen=99)
    save(ana, draft, "B5", "medicare", seen=99)
    (reason,) = save(ana, draft, "H1", ["nurse", "copay"], seen=99).json()["errors"]["H1"]
    assert "a government pays for" in reason
    assert reason in page(ana, draft)
    assert save(ana, draft, "H1", ["nurse"], seen=99).json()["errors"] == {}


def test_without_scripts_one_button_saves_the_whole_page(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    posted = Controls(page(ana, draft)).values
    posted |= {"E12": "None known", "E4": "new", "H1": ["nurse"], "E5": "13/40/2026"}
    answer = ana.post(f"/enrollments/{draft.id}/", posted)
    assert answer.status_code == 302
    row = stored(lakeside, draft)
    assert (row.revision, row.answers["E12"], row.answers["H1"]) == (1, "None known", ["nurse"])
    assert row.answers["E5"] == "13/40/2026"
    assert row.answers["A1"] == "Rosa"
    unchanged = Controls(page(ana, draft)).values | {"E12": "None known"}
    ana.post(f"/enrollments/{draft.id}/", unchanged)
    assert stored(lakeside, draft).revision == 1


def test_without_scripts_a_field_that_i_left_alone_overwrites_nobody(
    ana: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    mine = Controls(page(ana, draft)).values
    save(colleague(lakeside), draft, "E12", "Penicillin")
    answer = ana.post(f"/enrollments/{draft.id}/", {**mine, "E4": "new"})
    assert answer.status_code == 302
    answers = stored(lakeside, draft).answers
    assert (answers["E12"], answers["E4"]) == ("Penicillin", "new")


def test_without_scripts_the_same_field_shows_both_and_waits_for_a_choice(
    ana: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    mine = Controls(page(ana, draft)).values | {"E12": "None known", "E4": "new"}
    save(colleague(lakeside), draft, "E12", "Penicillin")
    answer = ana.post(f"/enrollments/{draft.id}/", mine)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Lou Chen" in shown
    assert "Penicillin" in shown
    assert ">None known</textarea>" in re.sub(r"\s*\n", "", shown)
    assert stored(lakeside, draft).answers["E12"] == "Penicillin"
    resolved = Controls(shown).values | {"E12": "None known", "E4": "new"}
    ana.post(f"/enrollments/{draft.id}/", {**resolved, "theirs": ["E12"]})
    assert stored(lakeside, draft).answers["E12"] == "Penicillin"
    ana.post(f"/enrollments/{draft.id}/", resolved)
    assert stored(lakeside, draft).answers["E12"] == "None known"


def test_who_else_has_it_open_is_told(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    page(colleague(lakeside), draft)
    assert "Lou Chen opened this form" in page(ana, draft)
    told = ana.get(f"/enrollments/{draft.id}/others/").content.decode()
    assert "Lou Chen" in told
    saved = save(colleague(lakeside), draft, "E12", "None known").json()
    assert "Ana Whitfield" in saved["fragments"]["others"]


def test_an_answer_that_ends_a_signature_says_so(ana: Client, lakeside: Office) -> None:
    enrollment = lakeside.signed()
    told = save(ana, enrollment, "F6", "3", seen=1).json()
    assert "prescriber" in told["fragments"]["unsigned"]
    with acting_as(lakeside.coordinator):
        standing = enrollment.signatures.filter(superseded_at=None)
        assert [each.kind for each in standing] == [SignatureKind.PATIENT]


def test_it_survives_signing_out(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    save(ana, draft, "E12", "None known")
    ana.logout()
    assert save(ana, draft, "E4", "new", seen=1).status_code in (302, 401)
    assert "None known" in page(signed_in(lakeside.ana), draft)


def test_a_script_without_a_session_is_told_so(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    ana.logout()
    answer = ana.post(
        f"/enrollments/{draft.id}/answers/",
        {"field": "E12", "E12": "x"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 401


def test_a_draft_is_withdrawn_and_then_only_read(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    ana.post(f"/enrollments/{draft.id}/withdraw/")
    assert stored(lakeside, draft).status == EnrollmentStatus.WITHDRAWN
    assert ana.get(f"/enrollments/{draft.id}/").headers["Location"].endswith("/review/")
    assert "withdrawn" in ana.get(f"/enrollments/{draft.id}/review/").content.decode()
    assert save(ana, draft, "E12", "x").status_code == 422


def test_what_came_back_stands_at_its_field_until_it_is_changed(
    ana: Client, lakeside: Office
) -> None:
    asked = "The payer knows no such member."
    enrollment = lakeside.returned({"field": "B7", "sentence": asked})
    shown = page(ana, enrollment)
    assert shown.count(asked) == 2
    assert "B7" in Controls(shown).names
    assert 'href="#slot-B7"' in shown
    save(ana, enrollment, "B7", "MH204418891", seen=1)
    assert page(ana, enrollment, "?open=coverage").count(asked) == 1


@pytest.mark.parametrize("others", [0, 29])
def test_the_page_takes_the_same_queries_however_many_drafts(
    ana: Client, lakeside: Office, queries: Queries, others: int
) -> None:
    draft = lakeside.draft()
    for _ in range(others):
        lakeside.draft()
    assert queries(ana, f"/enrollments/{draft.id}/") == 9
    assert queries(ana, f"/enrollments/{draft.id}/review/") == 12


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_takes_the_same_queries_for_one_and_for_thirty(
    ana: Client, lakeside: Office, queries: Queries, rows: int
) -> None:
    for _ in range(rows):
        lakeside.draft()
    assert queries(ana, "/enrollments/") == 9


def test_the_marks_on_the_page_say_nothing_readable(ana: Client, lakeside: Office) -> None:
    shown = Controls(page(ana, lakeside.draft(), "?open=patient")).values
    marks = json.loads(shown["seen"][0])
    assert set(marks) >= {"A1", "E12"}
    assert all(re.fullmatch(r"[0-9a-f]{12}", mark) for mark in marks.values())
