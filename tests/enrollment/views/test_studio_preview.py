"""A draft tried before it is published: seen as each person would, and kept as test cases."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import every_tenant
from enrollment.models import Enrollment
from programs.models import ProgramDraft
from tests.factories.people import member, signed_in
from tests.factories.programs import published
from tests.programs.core.samples import COMPLETE

pytestmark = pytest.mark.django_db


@pytest.fixture
def nadia() -> Client:
    return signed_in(member(published("veltrana").program.manufacturer, Role.PROGRAM_MANAGER))


@pytest.fixture
def draft(nadia: Client) -> ProgramDraft:
    nadia.post(reverse("studio_open", args=["veltrana"]))
    return the_draft()


def the_draft() -> ProgramDraft:
    with every_tenant(reason="a test looks at the only draft"):
        found: ProgramDraft = ProgramDraft.objects.get()
        return found


def tried(client: Client, draft: ProgramDraft, **answers: Any) -> str:
    posted = {key: value for key, value in {**COMPLETE, **answers}.items() if value is not None}
    page = client.post(reverse("studio_preview", args=[draft.id]), posted, follow=True)
    return page.content.decode()


def test_the_form_stands_as_an_office_would_see_it_and_nothing_is_kept(
    nadia: Client, draft: ProgramDraft
) -> None:
    page = tried(nadia, draft)
    assert "Has another medicine been tried for this illness?" in page
    assert "No rule stops this patient." in page
    assert "Prior authorization" in page
    with every_tenant(reason="a test counts everybody's"):
        assert not Enrollment.objects.exists()
    assert the_draft().revision == draft.revision


def test_a_rule_that_stops_a_child_says_so(nadia: Client, draft: ProgramDraft) -> None:
    page = tried(nadia, draft, A5="2020-03-27")
    assert "Veltrana Together helps patients who are 12 or older." in page


def test_a_made_up_patient_fills_the_form_in_so_that_a_case_is_quickly_kept(
    nadia: Client, draft: ProgramDraft
) -> None:
    url = reverse("studio_preview", args=[draft.id])
    empty, filled, other = (nadia.get(url + made) for made in ("", "?made=1", "?made=2"))
    assert "?made=2" in filled.content.decode()
    assert 'name="A1"' in filled.content.decode()
    missing = [len(page.context["outcome"]["missing"]) for page in (empty, filled, other)]
    assert missing[0] > 20
    assert missing[1:] == [0, 0]
    assert nadia.get(url + "?made=%D9%A1").context["next_made"] == 1


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("patient", "Permiso para compartir mi información de salud"),
        ("prescriber", "I examined this patient"),
        ("hub", "Acquisition"),
    ],
)
def test_each_person_sees_their_side(
    nadia: Client, draft: ProgramDraft, by: str, words: str
) -> None:
    url = reverse("studio_preview", args=[draft.id])
    page = nadia.get(f"{url}?as={by}").content.decode()
    assert words in page


def test_a_case_must_hold_before_the_version_is_proposed(
    nadia: Client, draft: ProgramDraft
) -> None:
    tried(nadia, draft, do="keep", name="An adult with commercial insurance")
    assert the_draft().faults == []
    url = reverse("studio_part", args=[draft.id, "rules"])
    nadia.post(
        f"{url}?new=1",
        {"seen": the_draft().revision, "reason": "No one.", "outcome": "stops", "field": "A11"},
    )
    when = reverse("studio_condition", args=[draft.id, "rules"]) + "?row=no_one&slot=when"
    told = {"do": "add", "field": "A11", "op": "equals", "value": "IL"}
    nadia.post(when, {"seen": the_draft().revision, **told})
    whys = [each["why"] for each in the_draft().faults]
    assert "An adult with commercial insurance: The patient is stopped." in whys
    assert "Mend every fault first" in (
        nadia.post(reverse("studio_propose", args=[draft.id]), follow=True).content.decode()
    )


def test_what_does_not_matter_is_unticked(nadia: Client, draft: ProgramDraft) -> None:
    tried(nadia, draft, do="keep", name="An adult")
    case = the_draft().cases[0]
    url = reverse("studio_cases", args=[draft.id])
    page = nadia.get(url).content.decode()
    hub = Organization.objects.get(slug=draft.definition["route"]["hub"])
    assert "It holds." in page
    # Whom it names is named as on every other page, and not by a key.
    assert f"It goes to {hub.name}" in page
    assert "Prior authorization" in page
    told = {"case": case["key"], "do": "expect", "expect": ["eligible", "steps:delivery"]}
    nadia.post(url, told)
    assert the_draft().cases[0]["expect"] == {
        "visible": [], "hidden": [], "missing": [], "rules": [], "steps": ["delivery"],
        "eligible": True,
    }  # fmt: skip
    nadia.post(url, {"case": case["key"], "do": "remove"})
    assert the_draft().cases == []


def test_a_long_form_stands_a_section_at_a_time_and_loses_no_answer(
    nadia: Client, draft: ProgramDraft
) -> None:
    long = [
        {"id": f"veltrana.q{number}", "section": "Clinical", "label": f"Long {number}?",
         "type": "text"}
        for number in range(300)
    ]  # fmt: skip
    with every_tenant(reason="a test makes a long form"):
        ProgramDraft.objects.update(definition={**draft.definition, "questions": long}, revision=9)
    url = reverse("studio_preview", args=[draft.id])
    page = nadia.get(f"{url}?section=clinical-2").content.decode()
    assert "Clinical 3" in page
    assert "Long 120?" in page
    assert "Long 5?" not in page
    told = {"others": '{"veltrana.q5": "kept"}', "veltrana.q120": "new"}
    page = nadia.post(f"{url}?section=clinical-2", told).content.decode()
    assert "kept" in page
    assert "new" in page
