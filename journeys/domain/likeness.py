"""Keep the digests by which a journey's patient is found again, and find who may be the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count

from accounts.phi import blind_index
from journeys.core.sameness import Likeness, Traits, likeness_of
from journeys.core.sameness_keys import kept_under, looked_for
from journeys.enums import PacketKind
from journeys.models import Journey, Packet, PersonKey

LENGTH = 16
# So many with the most keys in common are compared; a household with a common name has fewer.
COMPARED = 40


@dataclass(frozen=True)
class Candidate:
    """A journey whose patient may be the same person, why, and what its newest form says."""

    journey: Journey
    likeness: Likeness
    body: Mapping[str, Any]


def keep_keys(
    journey: Journey, body: Mapping[str, Any], *, organization_ids: Iterable[UUID]
) -> None:
    """Write the digests anew, from the packet handed over, for each of these organizations."""
    texts = kept_under(traits_of(journey, body))
    PersonKey.objects.filter(journey=journey).delete()
    PersonKey.objects.bulk_create(
        PersonKey(organization_id=each, journey=journey, key=digest)
        for each in organization_ids
        for digest in digests(texts, organization_id=each)
    )


def digests(texts: Iterable[str], *, organization_id: UUID) -> list[bytes]:
    """The texts' digests under one organization's key, as they are stored."""
    return sorted({blind_index(text, organization_id=organization_id)[:LENGTH] for text in texts})


def candidates(journey: Journey, *, organization_id: UUID) -> list[Candidate]:
    """Open journeys of the same medicine whose patient may be this one, the likeliest first.

    Only among the organization's own: the caller acts for it.
    """
    traits = traits_of(journey, newest_body(journey.pk))
    near = nearest(traits, organization_id=organization_id, but=journey.pk)
    return [each for each in _likely(traits, near) if same_medicine(journey, each.journey)]


def alike(traits: Traits, *, organization_id: UUID) -> list[Candidate]:
    """Open journeys of any medicine whose patient may be this person, the likeliest first.

    Only among the organization's own: the caller acts for it.
    """
    return _likely(traits, nearest(traits, organization_id=organization_id))


def _likely(traits: Traits, near: list[UUID]) -> list[Candidate]:
    found = [
        Candidate(other, likeness_of(traits, traits_of(other, body)), body)
        for other, body in _open(near)
    ]
    likely = [each for each in found if each.likeness.likely]
    return sorted(likely, key=lambda each: (-each.likeness.score, each.journey.started_at))


def nearest(traits: Traits, *, organization_id: UUID, but: UUID | None = None) -> list[UUID]:
    """The journeys with the most keys in common, by digest alone."""
    asked = digests(looked_for(traits), organization_id=organization_id)
    rows = PersonKey.objects.filter(organization_id=organization_id, key__in=asked)
    counted = rows.exclude(journey_id=but) if but else rows
    ranked = counted.values("journey_id").annotate(shared=Count("id"))
    return [row["journey_id"] for row in ranked.order_by("-shared", "journey_id")[:COMPARED]]


def same_medicine(one: Journey, other: Journey) -> bool:
    """Whether both are journeys of one program, or of one product."""
    here, there = one.program_version.program, other.program_version.program
    return bool(here.pk == there.pk or (here.product and here.product == there.product))


def traits_of(journey: Journey, body: Mapping[str, Any]) -> Traits:
    """What tells the journey's patient apart, as the packet has it, else as the journey has."""
    told = {
        field["id"]: str(field["value"] or "")
        for section in body.get("sections", ())
        for field in section["fields"]
    }
    given, _, surname = journey.patient_name.partition(" ")
    member, _, suffix = told.get("B7", "").partition("-")
    return Traits(
        given=told.get("A1") or given,
        surname=told.get("A3") or surname,
        born_on=date.fromisoformat(told["A5"]) if told.get("A5") else journey.patient_born_on,
        sex=told.get("A6", ""),
        phones=tuple(told[each] for each in ("A13", "A15") if told.get(each)),
        member_id=member,
        member_suffix=suffix,
        street=told.get("A8", ""),
        zip_code=told.get("A12", ""),
    )


def newest_body(journey_id: UUID) -> Mapping[str, Any]:
    """What the journey's newest enrollment says; nothing without one."""
    rows = Packet.objects.filter(journey_id=journey_id, kind=PacketKind.ENROLLMENT)
    newest = rows.order_by("-version").first()
    return newest.body if newest else {}


def _open(journey_ids: list[UUID]) -> list[tuple[Journey, Mapping[str, Any]]]:
    """The journeys among these that go on, each with what its newest enrollment says."""
    going = Journey.objects.filter(pk__in=journey_ids, closed_at=None).select_related(
        "program_version__program__manufacturer", "hub"
    )
    packets = Packet.objects.filter(journey_id__in=journey_ids, kind=PacketKind.ENROLLMENT)
    newest = {each.journey_id: each for each in packets.order_by("version")}
    return [(each, newest[each.pk].body if each.pk in newest else {}) for each in going]


def index_anew(journey_id: UUID) -> None:
    """Write one journey's digests from what was handed over last."""
    journey = Journey.objects.get(pk=journey_id)
    whose = [journey.organization_id, journey.hub_id]
    keep_keys(journey, newest_body(journey_id), organization_ids=whose)
