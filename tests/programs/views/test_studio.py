"""The studio, as a program manager works in it: a draft, its parts, its conditions, its faults."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import every_tenant
from programs.models import ProgramDraft, ProgramVersion
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.factories.programs import (
    ProgramFactory,
    ProgramVersionFactory,
    demo_definition,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> ProgramVersion:
    return published("veltrana")


@pytest.fixture
def nadia(version: ProgramVersion) -> Client:
    return signed_in(member(version.program.manufacturer, Role.PROGRAM_MANAGER, name="Nadia"))


def the_draft() -> ProgramDraft:
    with every_tenant(reason="a test looks at the only draft"):
        found: ProgramDraft = ProgramDraft.objects.get()
        return found


def opened(client: Client) -> ProgramDraft:
    client.post(reverse("studio_open", args=["veltrana"]))
    return the_draft()


def edit(client: Client, draft: ProgramDraft, part: str, query: str = "", **data: Any) -> str:
    """Post one small form, and give the page it leads to."""
    url = reverse("studio_part", args=[draft.id, part]) + query
    posted = {"seen": the_draft().revision, **data}
    return client.post(url, posted, follow=True).content.decode()


def whens(draft: ProgramDraft, part: str, row: str, slot: str) -> str:
    return reverse("studio_condition", args=[draft.id, part]) + f"?row={row}&slot={slot}"


def test_a_draft_opens_from_the_live_version_without_a_fault(nadia: Client) -> None:
    draft = opened(nadia)
    page = nadia.get(reverse("studio_draft", args=[draft.id])).content.decode()
    assert "Nothing is wrong with this draft." in page
    assert draft.faults == []
    assert draft.definition["questions"][1]["id"] == "veltrana.tried_before"


def test_opening_again_goes_on_with_the_draft_that_is_open(nadia: Client) -> None:
    assert opened(nadia).id == opened(nadia).id


def test_a_product_is_added_and_changed(nadia: Client) -> None:
    draft = opened(nadia)
    page = edit(
        nadia, draft, "products", "?new=1", ndc="99101-0143-02", label="Veltrana vial",
        strength="70 mg", form="vial", storage="refrigerated", doses="70 | 70 mg | 70 mg",
        frequencies="Every week",
    )  # fmt: skip
    assert "Veltrana vial" in page
    made = the_draft().definition["products"][-1]
    assert made["ndc"] == "99101014302"
    assert made["doses"] == [{"code": "70", "label": "70 mg", "label_es": "70 mg"}]
    assert made["frequencies"] == [{"code": "every_week", "label": "Every week"}]


def test_questions_asked_together_are_composed_part_by_part(nadia: Client) -> None:
    draft = opened(nadia)
    given = {"label": "Prophylaxis now", "type": "group", "section": "Clinical"}
    page = edit(nadia, draft, "questions", "?new=1&type=group", **given)
    # The group has no answer of its own: nothing of when it must be given is asked.
    assert 'name="required"' not in page
    assert "It is shown when" not in page
    told = nadia.get(reverse("studio_draft", args=[draft.id])).content.decode()
    assert "Own questions, “Prophylaxis now”: It asks several questions together" in told
    part = {"label": "Medicine", "type": "text", "section": "Clinical", "required": "conditional"}
    edit(nadia, draft, "questions", "?new=1&of=veltrana.prophylaxis_now&type=text", **part)
    page = nadia.get(
        reverse("studio_part", args=[draft.id, "questions"])
        + "?row=veltrana.prophylaxis_now.medicine"
    ).content.decode()
    assert "Whenever it is shown" in page
    assert the_draft().faults == []


def test_what_must_be_chosen_is_told_and_nothing_else_becomes_optional(nadia: Client) -> None:
    draft = opened(nadia)
    page = edit(nadia, draft, "scripts", "?new=1", **{"opening.en": "Hello, this is {caller}."})
    assert "Choose one." in page
    assert "Hello, this is {caller}." in page
    assert "(optional)" not in page


def test_a_choice_keeps_its_condition_when_its_words_change(nadia: Client) -> None:
    draft = opened(nadia)
    before = draft.definition["products"][0]
    told = {key: before[key] for key in ("ndc", "label", "strength", "form", "storage")}
    edit(
        nadia, draft, "products", f"?row={before['ndc']}", **told,
        doses="140_pen | 140 mg\n280_pen | Two pens", frequencies="every_2_weeks | Every 2 weeks",
    )  # fmt: skip
    after = the_draft().definition["products"][0]
    assert after["doses"][1]["label"] == "Two pens"
    assert after["doses"][1]["when"] == before["doses"][1]["when"]


def test_a_question_of_its_own_with_choices_in_two_languages(nadia: Client) -> None:
    draft = opened(nadia)
    # The type is chosen before the question is added, so that its boxes are there at once.
    assert (
        'name="choices"'
        in nadia.get(
            reverse("studio_part", args=[draft.id, "questions"]) + "?new=1&type=pick"
        ).content.decode()
    )
    again = edit(nadia, draft, "questions", "?new=1&type=pick", label="Skin type", type="pick",
         section="Clinical", required="optional", asked_of="PT", label_es="Tipo de piel",
         choices="dry | Dry", then="another")  # fmt: skip
    assert "Save and add another" in again
    key = "veltrana.skin_type"
    edit(nadia, draft, "questions", f"?row={key}", label="Skin type", type="pick",
         section="Clinical", required="always", asked_of="PT", label_es="Tipo de piel",
         choices="dry | Dry | Seca\noily | Oily | Grasa")  # fmt: skip
    made = the_draft().definition["questions"][-1]
    assert made["id"] == key
    assert made["label_es"] == "Tipo de piel"
    assert made["choices"][0] == {"code": "dry", "label": "Dry", "label_es": "Seca"}
    assert the_draft().faults == []


def test_only_checks_that_can_read_the_answer_are_offered(nadia: Client) -> None:
    address = reverse("studio_part", args=[opened(nadia).id, "questions"])
    number = nadia.get(f"{address}?new=1&type=number").content.decode()
    day = nadia.get(f"{address}?new=1&type=date").content.decode()
    assert "A whole number" in number
    assert "Not before the patient was born" not in number
    assert "Not before the patient was born" in day
    assert "A whole number" not in day


def test_a_pick_without_choices_is_told_at_its_place(nadia: Client) -> None:
    draft = opened(nadia)
    edit(nadia, draft, "questions", "?new=1", label="Skin type", type="pick", section="Clinical")
    page = nadia.get(reverse("studio_draft", args=[draft.id])).content.decode()
    assert "There is nothing to choose from." in page
    assert "/questions/?row=veltrana.skin_type" in page


def test_a_condition_is_built_by_choosing(nadia: Client) -> None:
    draft = opened(nadia)
    url = whens(draft, "questions", "veltrana.tried_before", "shown_when")
    page = nadia.get(f"{url}&field=B5").content.decode()
    assert "Medicaid" in page
    assert "Has another medicine been tried for this illness?</a>" in page
    first = {"seen": the_draft().revision, "do": "add", "field": "B5", "op": "in"}
    nadia.post(url, {**first, "value": ["medicaid", "medicare"]})
    second = {"seen": the_draft().revision, "do": "add", "field": "patient.age", "op": "at_least"}
    page = nadia.post(url, {**second, "value": "18"}, follow=True).content.decode()
    made = the_draft().definition["questions"][1]["shown_when"]
    assert made == {
        "all": [
            {"field": "B5", "op": "in", "value": ["medicaid", "medicare"]},
            {"field": "patient.age", "op": "at_least", "value": 18},
        ]
    }
    assert "All of these" in page
    nadia.post(url, {"seen": the_draft().revision, "do": "any", "path": ""})
    nadia.post(url, {"seen": the_draft().revision, "do": "remove", "path": "0"})
    assert the_draft().definition["questions"][1]["shown_when"] == made["all"][1]


def test_a_rule_that_never_applies_is_told_before_publishing(nadia: Client) -> None:
    draft = opened(nadia)
    edit(nadia, draft, "rules", "?new=1", reason="Nobody.", outcome="stops", field="A5")
    url = whens(draft, "rules", "nobody", "when")
    for op, age in (("less", "5"), ("greater", "10")):
        told = {"do": "add", "field": "patient.age", "op": op, "value": age}
        nadia.post(url, {"seen": the_draft().revision, **told})
    assert {"where": "eligibility nobody", "why": "It never applies, whatever is answered."} in (
        the_draft().faults
    )


def test_a_removed_question_that_a_rule_needs_is_told_where_the_rule_is(nadia: Client) -> None:
    draft = opened(nadia)
    edit(nadia, draft, "questions", "?row=veltrana.tuberculosis", do="remove")
    wheres = {each["where"] for each in the_draft().faults}
    assert "eligibility tuberculosis_untreated" in wheres


def test_what_the_hub_needs_cannot_be_left_unasked(nadia: Client) -> None:
    draft = opened(nadia)
    kept = [each for each in draft.definition["asks"] if each.startswith("A") and each != "A5"]
    edit(nadia, draft, "asks", "?section=Patient", asked=kept)
    assert "asks A5" in {each["where"] for each in the_draft().faults}


def test_a_canonical_question_is_tightened(nadia: Client) -> None:
    draft = opened(nadia)
    edit(nadia, draft, "asks", "?row=A17", required="always", hint="For the nurse.")
    assert the_draft().definition["tightens"]["A17"] == {
        "required": "always",
        "hint": "For the nurse.",
    }


def test_when_a_step_is_not_needed_and_a_journey_at_risk_is_chosen(nadia: Client) -> None:
    draft = opened(nadia)
    url = reverse("studio_journey", args=[draft.id])
    step, limits = f"{url}?step=first_dose", f"{url}?limits=1"

    def post(where: str, **told: Any) -> str:
        sent = {"seen": the_draft().revision, **told}
        return nadia.post(where, sent, follow=True).content.decode()

    assert "Say why it is not needed then." in post(step, do="skip_when", known="urgent=true")
    chosen = {"do": "skip_when", "known": "benefit=medical", "why": "Given at the practice"}
    page = post(step, **chosen)
    assert "Benefit: Medical benefit" in page
    assert "Given at the practice" in page
    when = {"field": "benefit", "op": "equals", "value": "medical"}
    tune = the_draft().definition["journey"]["tune"]
    assert tune["steps"]["first_dose"]["skip_when"] == [
        {"when": when, "why": "Given at the practice"}
    ]
    assert tune["steps"]["first_dose"]["title"] == "First injection"

    form = nadia.get(limits).context["form"]
    usual = {name: each.initial for name, each in form.fields.items()}
    post(limits, **usual)
    assert "thresholds" not in the_draft().definition["journey"]["tune"]
    post(limits, **{**usual, "contacts": "2", "silence": "5"})
    made = the_draft()
    assert made.definition["journey"]["tune"]["thresholds"] == {
        "contacts": 2,
        "silence": {"amount": 5, "unit": "business_days"},
    }
    assert made.faults == []
    diff = nadia.get(reverse("studio_release", args=[draft.id])).content.decode()
    assert "silence 5 business days" in diff
    assert "Given at the practice" in diff
    post(step, do="skip_no_more", place="0")
    assert "skip_when" not in the_draft().definition["journey"]["tune"]["steps"]["first_dose"]


def test_a_step_of_the_journey_gets_another_clock_and_is_drawn(nadia: Client) -> None:
    draft = opened(nadia)
    url = reverse("studio_journey", args=[draft.id])
    told = {"title": "Intake", "action": "", "owner": "hub", "amount": "3", "unit": "business_days"}
    nadia.post(f"{url}?step=intake_review", {"seen": draft.revision, **told})
    supply = {"title": "", "action": "", "owner": "hub", "amount": "2", "unit": "business_days"}
    bridge = f"{url}?step=bridge"
    refused = nadia.post(bridge, {"seen": the_draft().revision, **supply, "most": "3"})
    assert "less than or equal to 2" in refused.content.decode()
    nadia.post(bridge, {"seen": the_draft().revision, **supply, "most": "1"})
    assert the_draft().definition["journey"]["tune"]["steps"]["bridge"] == {"most": 1}
    assert the_draft().faults == []
    assert 'value="1"' in nadia.get(bridge).content.decode()
    diff = nadia.get(reverse("studio_release", args=[draft.id])).content.decode()
    assert "“Bridge supply”" in diff
    assert "How many times at most: <del>as in the template</del>" in diff
    assert "How many times" not in nadia.get(f"{url}?step=delivery").content.decode()
    made = the_draft().definition["journey"]["tune"]["steps"]["intake_review"]
    assert made["due"] == {"amount": 3, "unit": "business_days"}
    page = nadia.get(url).content.decode()
    assert "path-station" in page
    assert "Intake" in page


def test_a_page_that_somebody_else_overtook_keeps_nothing(nadia: Client) -> None:
    draft = opened(nadia)
    edit(nadia, draft, "copay", **{"copay.patient_pays": "9.00", "copay.yearly_limit": "1.00"})
    page = edit(
        nadia, draft, "copay", seen=1, **{"copay.patient_pays": "1.00", "copay.yearly_limit": "1"}
    )
    assert "Somebody changed this draft meanwhile" in page
    assert the_draft().definition["copay"]["patient_pays"] == "9.00"


def test_a_new_program_lists_every_fault_at_once(nadia: Client) -> None:
    told = {"name": "Clearpath", "medicine": "Solvana", "template": "oral_pharmacy_benefit"}
    page = nadia.post(reverse("studio_new"), told, follow=True).content.decode()
    for said in ("It has no product.", "It covers no diagnosis.", "It names no hub"):
        assert said in page
    assert "Permission to share my health information with Clearpath" in str(
        the_draft().definition["consents"]
    )


def test_another_manufacturer_finds_no_draft(nadia: Client) -> None:
    draft = opened(nadia)
    other = OrganizationFactory.create(kind="manufacturer")
    stranger = signed_in(member(other, Role.PROGRAM_MANAGER))
    for name, args in (
        ("studio_draft", [draft.id]),
        ("studio_journey", [draft.id]),
        ("studio_part", [draft.id, "basics"]),
    ):
        assert stranger.get(reverse(name, args=args)).status_code == 404
    assert stranger.post(reverse("studio_open", args=["veltrana"])).status_code == 404
    assert "Veltrana" not in stranger.get(reverse("studio")).content.decode()


def test_every_change_is_in_the_audit(nadia: Client) -> None:
    draft = opened(nadia)
    edit(nadia, draft, "copay", **{"copay.patient_pays": "9.00", "copay.yearly_limit": "1.00"})
    with every_tenant(reason="a test reads the record"):
        done = list(AuditEntry.objects.filter(subject_id=draft.id).values_list("action", "fields"))
    assert ("program draft changed", ["copay"]) in done


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_same_number_of_questions(
    count: int, django_assert_num_queries: Any
) -> None:
    maker = OrganizationFactory.create(kind="manufacturer")
    client = signed_in(member(maker, Role.PROGRAM_MANAGER))
    for number in range(count):
        program = ProgramFactory.create(
            key=f"p{number}", manufacturer=maker, name=f"P{number}", product="x"
        )
        ProgramVersionFactory.create(
            program=program, definition=demo_definition("veltrana"), valid_from=dt.date(2026, 1, 1)
        )
    client.get(reverse("studio"))
    with django_assert_num_queries(10):
        assert client.get(reverse("studio")).status_code == 200


PARTS = ("basics", "products", "indications", "asks", "questions", "rules", "defaults", "copay",
         "documents", "consents", "scripts", "route")  # fmt: skip
ROWS = ("questions/?row=veltrana.tb_on", "consents/?row=authorization", "asks/?row=E6",
        "rules/?row=copay_minor", "questions/?new=1&of=veltrana.tuberculosis")  # fmt: skip


def test_every_part_opens(nadia: Client) -> None:
    draft = opened(nadia)
    for address in (*(f"{part}/" for part in PARTS), *ROWS):
        assert nadia.get(f"/studio/{draft.id}/parts/{address}").status_code == 200, address


def test_a_text_that_is_saved_unchanged_stays_required_and_tells_its_reading_grade(
    nadia: Client,
) -> None:
    draft = opened(nadia)
    url = reverse("studio_part", args=[draft.id, "consents"]) + "?row=authorization"
    page = nadia.get(url)
    assert "years of school" in page.content.decode()
    posted = {name: value for name, value in page.context["form"].initial.items() if value}
    nadia.post(url, {"seen": draft.revision, **posted})
    assert the_draft().revision == draft.revision + 1
    assert the_draft().definition["consents"] == draft.definition["consents"]


def test_a_permission_that_lacks_an_element_of_the_law_is_told_at_its_place(nadia: Client) -> None:
    draft = opened(nadia)
    url = reverse("studio_part", args=[draft.id, "consents"]) + "?row=authorization"
    known = nadia.get(url).context["form"].initial
    posted = {name: value for name, value in known.items() if value}
    posted |= {"elements.revocation.en": "", "elements.revocation.es": ""}
    nadia.post(url, {"seen": draft.revision, **posted})
    said = [each["why"] for each in the_draft().faults]
    assert any("164.508(c)(2)(i)" in why for why in said)
