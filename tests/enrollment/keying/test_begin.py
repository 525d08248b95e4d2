"""Keying begins: whose enrollment it is, once for a part, with nothing but what was read."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.tenancy import acting_as, every_tenant
from enrollment import rules
from enrollment.domain import drafts, keying, signatures
from enrollment.domain.queries.keying import named
from enrollment.models import Enrollment, Keying, Patient
from journeys.domain.fax_parts import take_back
from journeys.models import FaxPart
from tests.enrollment.keying.conftest import TOM, Desk, draft_of, text_of
from tests.factories.enrollments import COVERAGE, PRACTICE, ROSA
from tests.factories.offices import SCREEN, office
from tests.factories.people import OrganizationFactory, actor_of, member, signed_in

pytestmark = pytest.mark.django_db

LIST_QUERIES = 11
BEGIN_QUERIES = 15
FORM_QUERIES = 15


def test_a_page_names_its_practice_by_either_number_or_by_name(desk: Desk) -> None:
    with acting_as(desk.by):
        for words in ("1679576722", "123 456 7893", "lakeside rh"):
            (found,) = named(words)
            assert (found.practice, found.prescriber) == ("Lakeside Rheumatology", "Maya Okafor")
        assert [named(words) for words in ("", "la", "9999999995", "%%%")] == [[], [], [], []]


def test_a_part_is_keyed_into_the_practices_own_form_with_what_was_read_alone(
    desk: Desk, priya: Client
) -> None:
    part = desk.part()
    address = reverse("keying_begin", args=[part.pk])
    assert "Prescriber" not in text_of(priya, "keying_begin", part.pk)
    unknown = priya.post(address, {"words": "Nowhere Clinic", "find": "yes"}).content.decode()
    assert "No practice here has this number or name." in unknown
    found = priya.post(address, {"words": "1679576722", "find": "yes"}).content.decode()
    assert "Maya Okafor, NPI 1679576722, Lakeside Rheumatology" in found
    chosen = {
        "words": "1679576722",
        "prescriber": f"{desk.office.practice.id}:{desk.office.prescriber.id}",
        "version": str(desk.office.version.id),
        "begin": "yes",
    }
    assert priya.post(address, {**chosen, "version": ""}).status_code == 422
    begun = priya.post(address, chosen)
    assert begun.status_code == 302
    # The same again is the same.
    assert priya.post(address, chosen)["Location"] == begun["Location"]
    with every_tenant(reason="the test looks"):
        row = Enrollment.objects.select_related("patient").get()
        assert Patient.objects.count() == 2
    assert row.organization_id == desk.office.practice.id
    assert row.patient.name == "Tomas Ferreira"
    assert row.answers["A13"] == TOM.phone
    assert "fax of" in row.changes["A5"]["source"]
    page = priya.get(begun["Location"]).content.decode()
    assert page.count('class="beside-pages"') == 1
    assert page.count("data-beside-page=") == 2
    # Nothing of what the practice knows comes along.
    known = (*(ROSA[key] for key in ("A3", "A8", "A12", "A17")), COVERAGE["B7"], COVERAGE["B8"])
    office_knows = (PRACTICE["C2"], PRACTICE["C3"], PRACTICE["C4"], "1679576722")
    assert [each for each in (*known, *office_knows) if each in page] == []


def test_pages_whose_practice_is_not_here_wait_or_are_set_aside_once_answered(
    desk: Desk, priya: Client
) -> None:
    part = desk.part()
    aside = reverse("fax_part_aside", args=[part.pk])
    assert f'action="{aside}"' in text_of(priya, "fax", part.fax_id)
    looked = {"words": "Nowhere Clinic", "find": "yes"}
    page = priya.post(reverse("keying_begin", args=[part.pk]), looked).content.decode()
    assert f'action="{aside}"' in page
    assert "Ask the operator to invite this one" in page
    told = " ".join(priya.post(aside, follow=True).content.decode().split())
    assert "Set aside by Priya Raman: The practice is not here, answered by fax" in told
    # Whose they are is kept, and they are taken back once the practice is here.
    assert TOM.name in told
    assert priya.get(reverse("keying_begin", args=[part.pk]))["Location"].endswith(
        f"{part.fax_id}/"
    )
    priya.post(reverse("fax_part_back", args=[part.pk]))
    again = desk.keyed(desk.part(part.fax))
    assert (
        "being keyed"
        in priya.post(reverse("fax_part_aside", args=[again.part_id])).content.decode()
    )


def test_pages_that_are_keyed_are_neither_filed_nor_taken_back_meanwhile(
    desk: Desk, priya: Client, ana: Client
) -> None:
    kept = desk.keyed()
    assert kept.part_id is not None
    assert f"{desk.hub.name} keys it:" in text_of(ana, "enrollments")
    with acting_as(desk.by), pytest.raises(rules.Refused, match="being keyed"):
        take_back(kept.part_id, by=desk.by, now=timezone.now())
    with every_tenant(reason="the test looks"):
        part = FaxPart.objects.get(pk=kept.part_id)
    assert "being keyed into a form" in text_of(priya, "fax", part.fax_id)
    there = priya.get(reverse("keying_of_part", args=[part.pk]))
    assert there["Location"] == reverse("keying", args=[kept.pk])


def test_who_keys_may_do_nothing_else_at_the_practice(desk: Desk) -> None:
    kept, other = desk.keyed(), desk.office.complete()
    draft, now = draft_of(kept), timezone.now()
    with acting_as(desk.by):
        lent = keying.lent(kept, by=desk.by)
    assert lent.permissions == frozenset()
    assert rules.why_not_answer(lent, draft) == ""
    refused = (
        rules.why_not_answer(lent, other),
        rules.why_not_withdraw(lent, draft),
        rules.why_not_certify(lent, draft, desk.office.prescriber),
        rules.why_not_authorize(lent, draft),
        rules.why_not_start(lent),
        rules.why_not_edit_patients(lent),
        rules.why_not_edit_practice(lent),
        rules.why_not_submit(lent, other),
    )
    assert all(refused)
    with acting_as(lent), pytest.raises(rules.Refused):
        drafts.save_answers(other.id, {"E12": "None"}, seen_revision=99, by=lent, now=now)
    with acting_as(lent), pytest.raises(rules.Refused):
        signatures.authorize(
            draft.id,
            signatures.Agreement("Tomas Ferreira", {"authorization"}),
            means=SCREEN,
            by=lent,
            now=now,
        )


def test_only_the_hub_that_was_sent_it_has_it(desk: Desk, ana: Client) -> None:
    kept = desk.keyed()
    other = OrganizationFactory.create(kind="hub")
    stranger = member(other, Role.HUB_AGENT)
    at_another = signed_in(stranger)
    for name in ("keying", "keying_finish", "keying_others"):
        assert at_another.get(reverse(name, args=[kept.pk])).status_code == 404
        assert ana.get(reverse(name, args=[kept.pk])).status_code == 403
    answer = at_another.post(reverse("keying_answers", args=[kept.pk]), {"field": "A13"})
    assert answer.status_code == 404
    with acting_as(actor_of(stranger)), pytest.raises(rules.Refused):
        keying.lent(kept, by=actor_of(stranger))
    # A program of another hub's is not keyed here, nor for a prescriber of another practice.
    harbor = office("Harbor Neurology", version=desk.office.version)
    wrong = keying.Wanted(
        practice_id=desk.office.practice.id,
        prescriber_id=harbor.prescriber.id,
        program_version_id=desk.office.version.id,
    )
    part = desk.part(desk.fax(name="two"))
    with acting_as(desk.by), pytest.raises(type(harbor.prescriber).DoesNotExist):
        keying.key_part(part.pk, wanted=wrong, by=desk.by, now=timezone.now())


def test_given_up_nothing_stays_at_the_practice_and_the_part_waits(
    desk: Desk, priya: Client
) -> None:
    kept = desk.keyed()
    address = reverse("keying_give_up", args=[kept.pk])
    assert "Say why" in priya.post(address, {"why": "?"}, follow=True).content.decode()
    assert (
        "It cannot be read"
        in priya.post(address, {"why": "unreadable"}, follow=True).content.decode()
    )
    with every_tenant(reason="the test looks"):
        assert Enrollment.objects.count() == 0
        assert Patient.objects.count() == 1
        part = FaxPart.objects.get(pk=kept.part_id)
        over = Keying.objects.get()
    assert (part.keyed_since, part.settled_at) == (None, None)
    assert (over.enrollment_id, over.why_given_up) == (None, "unreadable")
    assert priya.get(reverse("keying", args=[kept.pk])).status_code == 302
    with acting_as(desk.by), pytest.raises(rules.Refused):
        keying.lent(over, by=desk.by)
    # It may begin anew.
    assert desk.keyed(part).pk != kept.pk


def test_what_somebody_of_the_practice_wrote_in_stays_theirs(desk: Desk) -> None:
    kept = desk.keyed()
    desk.office.answer(draft_of(kept), A10="Boston")
    with acting_as(desk.by):
        keying.give_up(kept.pk, why="practice", by=desk.by, now=timezone.now())
    with every_tenant(reason="the test looks"):
        assert Enrollment.objects.get().answers["A10"] == "Boston"


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_as_often_for_one_as_for_thirty(
    desk: Desk, priya: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        desk.keyed(desk.part(desk.fax(name=str(number), hours=number + 1)))
    with django_assert_num_queries(LIST_QUERIES):
        page = text_of(priya, "keyings")
    assert f"{count} enrollment" in page
    assert page.count('class="row-link"') == count


def test_pages_ask_a_known_number_of_times(
    desk: Desk, priya: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    part = desk.part()
    with django_assert_num_queries(BEGIN_QUERIES):
        text_of(priya, "keying_begin", part.pk)
    kept = desk.keyed(part)
    with django_assert_num_queries(FORM_QUERIES):
        text_of(priya, "keying", kept.pk)
