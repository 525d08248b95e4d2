"""A hub keys an enrollment for a practice: begun, lent to one person at a time, given up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.models import Membership
from accounts.tenancy import acting_as, current_organization_id, every_tenant
from enrollment import rules
from enrollment.domain.paper import FAXED
from enrollment.domain.patients import remove_bare_patient
from enrollment.domain.starting import KeyedDraft, start_keyed
from enrollment.enums import CameBy, EnrollmentStatus, GivenUp
from enrollment.models import (
    Document,
    Enrollment,
    Keying,
    PaperSignature,
    Signature,
    SigningLink,
)
from journeys.core.faxes import About
from journeys.domain.fax_keying import begin_keying, stop_keying
from journeys.domain.notifying import tell_no_more_of


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Into which program the patient is enrolled, by which prescriber of which practice."""

    practice_id: UUID
    prescriber_id: UUID
    program_version_id: UUID


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that stands for the paper: when it was, who called, and whom it was about.

    The same `token` again is the same call.
    """

    token: UUID
    called_at: datetime
    caller: str
    phone: str
    about: About
    note: str = ""


def lent(keying: Keying, *, by: Actor) -> Actor:
    """The hub's person as they act at the practice: on this one enrollment, by no permission.

    Raises Refused for another hub's, and once it was sent or given up.
    """
    rules.require(rules.why_not_key(by, keying))
    return Actor(
        user_id=by.user_id,
        organization_id=keying.practice_id,
        organization_kind=OrganizationKind.PRACTICE,
        roles=frozenset(),
        name=f"{by.name}, {keying.organization.name}",
        request_id=by.request_id,
        keys=keying.enrollment_id,
    )


@contextmanager
def at_practice(keying: Keying, *, by: Actor) -> Iterator[Actor]:
    """A block that acts at the practice as `lent` says, and raises the same."""
    with acting_as(lent(keying, by=by)) as actor:
        yield actor


def came_by(keying: Keying) -> CameBy:
    """How what is keyed came."""
    return CameBy.FAX if keying.part_id else CameBy.PHONE


def source_of(keying: Keying, page: int | None = None) -> str:
    """What an answer was read off, in words: "the fax of Nov 22, page 2"."""
    on = timezone.localtime(keying.came_at)
    what = "fax" if keying.part_id else "call"
    return f"the {what} of {on:%b} {on.day}" + (f", page {page}" if page else "")


@transaction.atomic
def key_part(part_id: UUID, wanted: Wanted, *, by: Actor, now: datetime) -> Keying:
    """Begin to key a part of a fax; of one that is being keyed, that one. Raises as `_begun`."""
    try:
        part = begin_keying(part_id, by=by, now=now)
    except rules.Refused:
        if there := open_of_part(part_id):
            return there
        raise
    keying = Keying(part=part, came_at=part.fax.received_at, about=part.about)
    return _begun(keying, wanted, by=by, now=now)


@transaction.atomic
def key_call(call: Call, wanted: Wanted, *, by: Actor, now: datetime) -> Keying:
    """Begin to key what somebody said in a call; of one that was begun, that one.

    Raises as `_begun`.
    """
    if call.called_at > now:
        raise rules.Refused("The call cannot have been later than now.")
    keying = Keying(
        id=uuid5(current_organization_id(), str(call.token)),
        came_at=call.called_at,
        caller=call.caller,
        phone=call.phone,
        note=call.note,
        about=call.about.to_json(),
    )
    return _begun(keying, wanted, by=by, now=now)


def open_of_part(part_id: UUID) -> Keying | None:
    """The keying of a part that is neither sent nor given up."""
    rows = Keying.objects.select_related("organization", "practice")
    found: Keying | None = rows.filter(part=part_id, ended_at=None).first()
    return found


def _begun(keying: Keying, wanted: Wanted, *, by: Actor, now: datetime) -> Keying:
    """Raises Refused, and a row's DoesNotExist when it is not that practice's."""
    keying.organization_id = current_organization_id()
    keying.practice_id = wanted.practice_id
    keying.program_version_id = wanted.program_version_id
    # The enrollment's row follows within the transaction, at the practice.
    keying.enrollment_id = uuid4()
    keying.begun_by_id, keying.begun_at = rules.person_of(by), now
    rules.require(rules.why_not_route_to(keying.organization, keying.program_version))
    try:
        with transaction.atomic():
            keying.save(force_insert=True)
    except IntegrityError:
        # The form was posted twice: the second waited here until the first was kept.
        there: Keying = Keying.objects.get(pk=keying.pk)
        return there
    audit.wrote(keying, action="began to key", purpose=keying.practice.name)
    begun = KeyedDraft(
        enrollment_id=keying.enrollment_id,
        prescriber_id=wanted.prescriber_id,
        hub_id=keying.organization_id,
        came_by=came_by(keying),
        came_at=keying.came_at,
        source=source_of(keying),
        answers=_read_off(About.from_json(keying.about)),
    )
    with at_practice(keying, by=by) as actor:
        start_keyed(keying.program_version, begun, by=actor, now=now)
    return keying


def _read_off(about: About) -> dict[str, str]:
    """What was read off the pages already, by the questions that it answers."""
    traits = about.traits
    told = {
        "A1": traits.given,
        "A3": traits.surname,
        "A5": about.born_on.isoformat(),
        "A13": about.phone,
        "B7": about.member_id,
    }
    return {key: value for key, value in told.items() if value}


@transaction.atomic
def give_up(keying_id: UUID, *, why: str, by: Actor, now: datetime) -> Keying:
    """End a keying without sending: the part waits again.

    Nothing of it stays at the practice, unless somebody there has worked on it: then it is
    their draft. Raises Refused.
    """
    if why not in GivenUp.values:
        raise rules.Refused("Say why you give it up.")
    keying = lock_keying(keying_id)
    rules.require(rules.why_not_key(by, keying))
    draft_id = keying.enrollment_id
    with at_practice(keying, by=by) as actor:
        rules.require(_why_not_given_up(draft_id))
        taken_up = _is_theirs(draft_id, hub_id=keying.organization_id)
    keying.ended_at, keying.ended_by_id, keying.why_given_up = now, by.user_id, why
    # Let go of first: PostgreSQL removes nothing that is still named.
    keying.enrollment_id, keying.unchecked_since = None, None
    keying.save()
    audit.wrote(keying, action="gave up keying", purpose=GivenUp(why).label)
    if not taken_up:
        with acting_as(actor):
            _remove(draft_id)
    if keying.part_id:
        stop_keying(keying.part_id, now=now)
    return keying


def lock_keying(keying_id: UUID) -> Keying:
    """The row, nobody else changing it. Raises Keying.DoesNotExist.

    Its draft is taken first, as by whoever sends it at the practice: with one order, neither
    waits for the other for ever.
    """
    its = Keying.objects.filter(pk=keying_id).values_list("enrollment", flat=True)
    draft_id = its.get()
    with every_tenant(reason="the draft that a hub keys is the practice's"):
        list(Enrollment.objects.select_for_update().filter(pk=draft_id).values_list("pk"))
    rows = Keying.objects.select_for_update(of=("self",)).select_related(
        "organization", "practice", "program_version__program", "part"
    )
    found: Keying = rows.get(pk=keying_id)
    return found


def _why_not_given_up(draft_id: UUID | None) -> str:
    row = Enrollment.objects.select_for_update(of=("self",)).get(pk=draft_id)
    if row.status not in (EnrollmentStatus.DRAFT, EnrollmentStatus.WITHDRAWN):
        return "The practice has sent it already."
    return ""


def _is_theirs(draft_id: UUID | None, *, hub_id: UUID) -> bool:
    """Whether the practice has made a draft its own: written, signed or brought a paper there,
    asked the patient to sign it, or withdrawn it.
    """
    row = Enrollment.objects.get(pk=draft_id)
    signed = Signature.objects.filter(enrollment=row).exclude(method=FAXED)
    asked = SigningLink.objects.filter(enrollment_ids__contains=[row.pk])
    if row.status == EnrollmentStatus.WITHDRAWN or signed.exists() or asked.exists():
        return True
    papers = Document.objects.filter(enrollment=row, attached_by__isnull=False)
    worked = {change["by"] for change in row.changes.values() if change.get("by")}
    worked |= {str(each) for each in papers.values_list("attached_by", flat=True)}
    ours = Membership.objects.filter(organization=hub_id, user_id__in=worked)
    return bool(worked - {str(each) for each in ours.values_list("user_id", flat=True)})


def _remove(draft_id: UUID | None) -> None:
    """Take a draft away with everything that was keyed for it."""
    row = Enrollment.objects.get(pk=draft_id)
    audit.wrote(row, action="keying given up")
    PaperSignature.objects.filter(enrollment=row).delete()
    Document.objects.filter(enrollment=row).delete()
    tell_no_more_of(row.pk)
    row.delete()
    remove_bare_patient(row.patient_id)
