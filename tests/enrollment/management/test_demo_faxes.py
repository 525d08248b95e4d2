"""The demo's hub finds two faxes that can be worked through to the end."""

import io

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import acting_as, every_tenant
from enrollment.management.demo.faxes import keep_faxes
from journeys.core.faxes import About
from journeys.domain.fax_parts import file_part, pages_of_part, set_aside, split
from journeys.domain.likeness import index_anew
from journeys.domain.queries.faxes import candidates, open_faxes
from tests.factories.exchange import submitted
from tests.factories.people import actor_of, member
from tests.factories.programs import published

pytestmark = pytest.mark.django_db


def test_the_papers_of_a_known_patient_are_split_found_and_filed() -> None:
    journey, now = submitted(published()), timezone.now()
    jonah = actor_of(member(Organization.objects.get(slug="northstar"), Role.HUB_AGENT))
    keep_faxes(jonah, now=now)
    with every_tenant(reason="the test indexes the patient"):
        index_anew(journey.pk)
    with acting_as(jonah):
        request, papers = open_faxes()
        assert (request.urgent, request.pages, papers.pages) == (True, 2, 3)
        last, given = reversed(journey.patient_name.rsplit(" ", 1))
        written = About(name=f"{last.upper()}, {given}", born_on=journey.patient_born_on)
        part = split(papers.pk, [2, 3], written, by=jonah, now=now)
        (found,) = candidates(written, jonah)
        paper = pages_of_part(part)
        assert len(PdfReader(io.BytesIO(paper.body)).pages) == 2
        file_part(part.pk, found.journey, paper, note="", by=jonah, now=now)
        assert set_aside(papers.pk, [1], why="cover", by=jonah, now=now).fax.closed_at
