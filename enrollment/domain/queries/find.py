"""What a typed word finds, among what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from enrollment.domain.queries.patients import find_patients, name_digests
from enrollment.models import Patient
from enrollment.rules import practice_of
from journeys.models import Journey, JourneyParty
from programs.models import Program

MOST = 6
# A journey's number begins so; people type it with and without.
PREFIX = "TL-"


@dataclass(frozen=True)
class Found:
    patients: Sequence[Patient] = ()
    journeys: Sequence[Journey] = ()
    programs: Sequence[Program] = ()


def find(text: str, *, actor: Actor) -> Found:
    """The first few of each kind that the actor's permissions let them look for."""
    organization_id = practice_of(actor)
    patients: Sequence[Patient] = ()
    if actor.may(Permission.PATIENTS_VIEW):
        patients = find_patients(text, organization_id=organization_id, limit=MOST)
    return Found(
        patients=patients,
        journeys=_journeys(text, actor) if actor.may(Permission.JOURNEYS_VIEW) else (),
        programs=_programs(text) if actor.may(Permission.PROGRAMS_VIEW) else (),
    )


def _journeys(text: str, actor: Actor) -> list[Journey]:
    """By the beginning of the number, or of the patient's name under this party's own key."""
    wanted = Q(number__istartswith=text) | Q(number__istartswith=PREFIX + text)
    if digests := name_digests(text, organization_id=practice_of(actor)):
        wanted |= Q(
            id__in=JourneyParty.objects.filter(
                party_id=actor.organization_id, search_tokens__contains=digests
            ).values("journey_id")
        )
    rows: QuerySet[Journey] = Journey.objects.filter(wanted)
    return list(rows.select_related("program_version__program").order_by("-started_at")[:MOST])


def _programs(text: str) -> list[Program]:
    wanted = Q(name__icontains=text) | Q(product__icontains=text)
    rows = Program.objects.filter(wanted, active=True).select_related("manufacturer")
    return list(rows[:MOST])
