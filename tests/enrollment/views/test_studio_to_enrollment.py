"""A program that is not there yet: composed from nothing, published, and enrolled into."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.tenancy import every_tenant
from enrollment.domain.queries.enrollments import startable_versions
from journeys.core.templates import GRAPHS
from programs.models import ProgramDraft
from tests.factories.people import OrganizationFactory, member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("midday")]


def the_draft() -> ProgramDraft:
    with every_tenant(reason="a test looks at the only draft"):
        found: ProgramDraft = ProgramDraft.objects.get()
        return found


def edit(client: Client, part: str, query: str = "", **data: Any) -> None:
    draft = the_draft()
    url = reverse("studio_part", args=[draft.id, part]) + query
    client.post(url, {"seen": draft.revision, **data})


def test_composed_published_and_enrolled_into() -> None:
    maker = OrganizationFactory.create(kind="manufacturer")
    OrganizationFactory.create(kind="hub", slug="beacon")
    one, other = (signed_in(member(maker, Role.PROGRAM_MANAGER)) for _ in range(2))
    one.post(
        reverse("studio_new"),
        {"name": "Clearpath", "medicine": "Solvana", "template": "oral_pharmacy_benefit"},
    )
    plan = the_draft().definition
    told = {name: plan[name] for name in ("name", "medicine", "version", "valid_from", "services")}
    edit(one, "basics", **told, about="Help with Solvana, a tablet for clear skin.")
    edit(one, "indications", "?new=1", code="L40.0", label="Plaque psoriasis")
    edit(one, "products", "?new=1", ndc="99101-0555-01", label="Solvana 30 mg, 30 tablets",
         strength="30 mg", form="tablet", doses="30 | 30 mg by mouth",
         frequencies="Once a day")  # fmt: skip
    edit(one, "route", **{"route.hub": "beacon", "route.transport": "portal"})
    edit(one, "questions", "?new=1", label="Area of skin affected", type="number",
         section="Clinical", required="always")  # fmt: skip
    assert the_draft().faults == []
    draft = the_draft()
    one.post(reverse("studio_propose", args=[draft.id]))
    other.post(reverse("studio_approve", args=[draft.id]))
    (version,) = startable_versions(today=timezone.localdate())
    assert version.definition["questions"][0]["id"] == "clearpath.area_of_skin_affected"
    office = signed_in(member(OrganizationFactory.create(), Role.PRACTICE_STAFF))
    page = office.get(reverse("programs")).content.decode()
    assert f"{reverse('enrollment_start')}?program=clearpath" in page


def journey_faults() -> list[str]:
    return [each["why"] for each in the_draft().faults if each["where"] == "journey"]


@pytest.mark.parametrize("template", sorted(GRAPHS))
def test_what_a_program_offers_and_the_steps_of_its_journey_agree(template: str) -> None:
    maker = OrganizationFactory.create(kind="manufacturer")
    browser = signed_in(member(maker, Role.PROGRAM_MANAGER))
    told = {"name": "Clearpath", "medicine": "Solvana", "template": template}
    browser.post(reverse("studio_new"), told)
    assert journey_faults() == []
    plan = the_draft().definition
    basics = {name: plan[name] for name in ("name", "medicine", "version", "valid_from", "about")}
    edit(browser, "basics", **basics, services=[*plan["services"], "bridge"])
    (why,) = journey_faults()
    assert why.startswith("“Bridge supply while coverage is decided” is offered, and no step works")
    step = next((each for each in GRAPHS[template].steps if each.key == "bridge"), None)
    if step is None:
        return
    # The step is taken in again; then it is there without being offered.
    where = reverse("studio_journey", args=[the_draft().id]) + "?step=bridge"
    browser.post(where, {"seen": the_draft().revision, "do": "take_in"})
    assert journey_faults() == []
    edit(browser, "basics", **basics, services=plan["services"])
    (why,) = journey_faults()
    assert why.startswith("Bridge supply: the program does not give it; offer “Bridge supply")
