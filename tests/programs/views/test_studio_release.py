"""From a draft to a version: proposed, approved by another person, published from a day."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import AuditEntry, User
from accounts.tenancy import every_tenant
from programs.domain.queries.catalogue import definition_on
from programs.models import ProgramDraft, ProgramVersion
from tests.factories.exchange import submitted
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.factories.programs import published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("midday")]


@pytest.fixture
def version() -> ProgramVersion:
    return published("veltrana", valid_from=dt.date(2026, 1, 1))


@pytest.fixture
def nadia(version: ProgramVersion) -> Client:
    return signed_in(member(version.program.manufacturer, Role.PROGRAM_MANAGER, name="Nadia"))


@pytest.fixture
def felix(version: ProgramVersion) -> Client:
    return signed_in(member(version.program.manufacturer, Role.PROGRAM_MANAGER, name="Felix"))


def the_draft() -> ProgramDraft:
    with every_tenant(reason="a test looks at the newest draft"):
        found: ProgramDraft = ProgramDraft.objects.order_by("changed_at").last()
        return found


def opened(client: Client) -> ProgramDraft:
    client.post(reverse("studio_open", args=["veltrana"]))
    return the_draft()


def post(client: Client, name: str, draft: ProgramDraft, **data: Any) -> str:
    return client.post(reverse(name, args=[draft.id]), data, follow=True).content.decode()


def released(nadia: Client, felix: Client, draft: ProgramDraft) -> None:
    post(nadia, "studio_propose", draft)
    post(felix, "studio_approve", draft)


def rename(client: Client, draft: ProgramDraft, about: str) -> None:
    plan = the_draft().definition
    told = {name: plan[name] for name in ("name", "medicine", "version", "valid_from", "services")}
    url = reverse("studio_part", args=[draft.id, "basics"])
    client.post(url, {"seen": the_draft().revision, **told, "about": about})


def test_a_colleague_approves_and_a_practice_gets_the_new_words(
    nadia: Client, felix: Client, version: ProgramVersion
) -> None:
    draft = opened(nadia)
    rename(nadia, draft, "Help for everybody.")
    page = nadia.get(reverse("studio_release", args=[draft.id])).content.decode()
    assert "Help for everybody." in page
    assert "What it is for" in page
    released(nadia, felix, draft)
    # The manufacturer's own day: in the evening there it is the next one already in UTC.
    today = timezone.localdate(timezone=ZoneInfo(version.program.manufacturer.time_zone))
    live = definition_on("veltrana", today)
    assert live is not None
    assert live.about == "Help for everybody."
    version.refresh_from_db()
    assert version.valid_until == today - dt.timedelta(days=1)


def test_a_programs_own_script_is_judged_with_its_version_and_read_by_the_hub(
    nadia: Client, felix: Client, version: ProgramVersion
) -> None:
    """A nurse's opening that hides who pays keeps the version back; another person approves."""
    draft = opened(nadia)
    url = reverse("studio_part", args=[draft.id, "scripts"]) + "?row=nurse"
    words = {
        "purpose": "nurse",
        "opening.en": "This is {caller}, your nurse.",
        "opening.es": "Le habla {caller}, de enfermería; me paga {maker}.",
        "message.en": "Please call {caller} back.",
        "message.es": "Llame a {caller}, por favor.",
    }
    nadia.post(url, {"seen": draft.revision, **words})
    assert any("{maker} pays or employs" in each["why"] for each in the_draft().faults)
    told = {**words, "opening.en": "This is {caller}, a nurse. {maker} pays me."}
    nadia.post(url, {"seen": the_draft().revision, **told})
    rename(nadia, the_draft(), "Read anew.")
    released(nadia, felix, the_draft())
    sent = submitted(version)
    priya = signed_in(member(sent.hub, Role.HUB_AGENT))
    page = priya.get(reverse("journey_contact", args=[sent.id]), {"purpose": "nurse"})
    assert f"a nurse. {version.program.manufacturer.name} pays me." in page.content.decode()


def test_nobody_approves_their_own_proposal(nadia: Client, version: ProgramVersion) -> None:
    draft = opened(nadia)
    post(nadia, "studio_propose", draft)
    assert "Somebody else has to approve it" in post(nadia, "studio_approve", draft)
    assert ProgramVersion.objects.count() == 1
    by = the_draft().proposed_by_id
    with every_tenant(reason="by hand"), pytest.raises(IntegrityError), transaction.atomic():
        ProgramDraft.objects.update(decided_by=by)


def test_what_waits_for_approval_does_not_change(nadia: Client) -> None:
    draft = opened(nadia)
    post(nadia, "studio_propose", draft)
    rename(nadia, draft, "Slipped in.")
    assert the_draft().definition["about"] != "Slipped in."


def test_sent_back_with_what_is_to_be_mended(nadia: Client, felix: Client) -> None:
    draft = opened(nadia)
    post(nadia, "studio_propose", draft)
    assert "Say why it is sent back" in post(felix, "studio_back", draft)
    post(felix, "studio_back", draft, why="The copay limit is out of date.")
    page = nadia.get(reverse("studio_release", args=[draft.id])).content.decode()
    assert "The copay limit is out of date." in page
    assert "Propose it for approval" in page


def test_a_faulty_draft_is_not_proposed(nadia: Client) -> None:
    draft = opened(nadia)
    rename(nadia, draft, "")
    assert "Mend every fault first" in post(nadia, "studio_propose", draft)


def test_dates_that_overlap_without_a_rule_are_a_fault(nadia: Client) -> None:
    draft = opened(nadia)
    with every_tenant(reason="a draft whose overlap nobody has said"):
        ProgramDraft.objects.update(overlap="")
    rename(nadia, draft, "Anything.")
    why = "Another version holds on the same days, and nothing says which ends when."
    assert {"where": "dates", "why": why} in the_draft().faults


def test_both_versions_hold_while_they_overlap(
    nadia: Client, felix: Client, version: ProgramVersion
) -> None:
    draft = opened(nadia)
    today = timezone.localdate()
    until = today + dt.timedelta(days=90)
    post(nadia, "studio_release", draft, valid_from=today.isoformat(), overlap="until",
         overlap_until=until.isoformat())  # fmt: skip
    released(nadia, felix, draft)
    version.refresh_from_db()
    assert version.valid_until == until


def test_a_day_that_is_past_and_days_without_a_version_are_told_while_composing(
    nadia: Client, version: ProgramVersion
) -> None:
    draft, today = opened(nadia), timezone.localdate()
    yesterday, later = today - dt.timedelta(days=1), today + dt.timedelta(days=20)
    page = post(nadia, "studio_release", draft, valid_from=yesterday, overlap="until")
    assert "Choose today or a later day." in page
    assert "Say until which day." in page
    # A draft that lay for a day is not proposed with the day on which it was begun.
    with every_tenant(reason="a draft of yesterday"):
        ProgramDraft.objects.update(
            definition={**draft.definition, "valid_from": yesterday.isoformat()}
        )
    assert "a day that is past" in post(nadia, "studio_propose", draft)
    assert (
        "Propose it" not in nadia.get(reverse("studio_release", args=[draft.id])).content.decode()
    )
    ProgramVersion.objects.update(valid_until=today + dt.timedelta(days=9))
    page = post(nadia, "studio_release", draft, valid_from=later, overlap="ends")
    since, until = today + dt.timedelta(days=10), later - dt.timedelta(days=1)
    assert f"From {since:%b} {since.day}, {since.year} to {until:%b} {until.day}" in page


def test_going_back_is_publishing_again(
    nadia: Client, felix: Client, version: ProgramVersion
) -> None:
    draft = opened(nadia)
    rename(nadia, draft, "A mistake.")
    released(nadia, felix, draft)
    nadia.post(reverse("studio_again", args=[version.id]))
    again = the_draft()
    assert again.definition["about"] == version.definition["about"]
    # Told against what it takes the place of, and under a name that no other version has.
    assert again.definition["version"] == f"{draft.definition['version']}-2"
    page = nadia.get(reverse("studio_release", args=[again.id])).content.decode()
    assert f"What changes against version {draft.definition['version']}" in page
    assert "<del>A mistake.</del>" in page
    released(nadia, felix, again)
    live = definition_on("veltrana", timezone.localdate())
    assert live is not None
    assert live.about == version.definition["about"]
    assert ProgramVersion.objects.count() == 3


def test_a_published_version_never_changes(nadia: Client, felix: Client) -> None:
    draft = opened(nadia)
    released(nadia, felix, draft)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgramVersion.objects.update(cases=[{"name": "slipped in"}])


def test_who_proposed_and_who_approved_is_in_the_audit(nadia: Client, felix: Client) -> None:
    released(nadia, felix, opened(nadia))
    with every_tenant(reason="a test reads the record"):
        done = dict(AuditEntry.objects.values_list("action", "user_id"))
        names = dict(User.objects.values_list("id", "name"))
    assert names[done["program draft proposed"]] == "Nadia"
    assert names[done["program version published"]] == "Felix"


def test_another_manufacturer_neither_sees_nor_decides(nadia: Client) -> None:
    draft = opened(nadia)
    post(nadia, "studio_propose", draft)
    other = OrganizationFactory.create(kind="manufacturer")
    stranger = signed_in(member(other, Role.PROGRAM_MANAGER))
    for name in ("studio_approve", "studio_back", "studio_propose"):
        assert stranger.post(reverse(name, args=[draft.id])).status_code == 404
    assert stranger.get(reverse("studio_release", args=[draft.id])).status_code == 404
    assert stranger.post(reverse("studio_again", args=[draft.base_id])).status_code == 404
