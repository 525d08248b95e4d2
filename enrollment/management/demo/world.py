"""Build the demo world through the same functions that the pages call."""

import datetime as dt
import random
from collections.abc import Mapping
from itertools import islice
from typing import TypeAlias

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.cast import CAST, CAST_PASSWORD
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Permission, Role
from accounts.models import Membership, Organization, User
from accounts.tenancy import acting_as, every_tenant
from enrollment.domain.practice import add_prescriber, set_practice_profile
from enrollment.management.demo.cases import NUMBERS, share_cases
from enrollment.management.demo.criteria import keep_sheets
from enrollment.management.demo.faxes import keep_faxes
from enrollment.management.demo.history import a_history, a_start, chances, lawful, tell
from enrollment.management.demo.office import Office, add, prepare, send
from enrollment.management.demo.organizations import make_organizations
from enrollment.management.demo.people import (
    PRACTICES,
    PRESCRIBERS,
    patients_of,
    suited,
)
from enrollment.management.demo.programs import make_programs
from enrollment.management.demo.stories import FREE, SMOOTH, Told
from journeys.domain.recording import refresh
from programs.models import ProgramVersion

# Which of the practices' enrollments go to which program, over and over: one program has enough
# for its counts to be shown, the others few.
USUAL = {
    "lakeside": ("veltrana", "ossivue", *("veltrana",) * 8, "omniveda", *("veltrana",) * 8),
    "harbor": (
        *("rivastet", "ossivue", "sclerivane", "opendoor", "altivane"),
        *("corvanta", "enzavyr", "motivelle", "wakelle"),
    ),
}
SHARES = {"lakeside": 0.86, "harbor": 0.14}
TODAY = {"lakeside": 3, "harbor": 2}

# Everyone who can sign in, by e-mail and organization.
People: TypeAlias = Mapping[tuple[str, str], Actor]


def seed(*, journeys: int, now: dt.datetime) -> None:
    """Make the whole world: `journeys` older journeys, and new work for each of the cast."""
    offices, versions, people = open_world(now=now)
    for office in offices:
        _fill(office, versions, journeys=round(journeys * SHARES[office.slug]), now=now)
    share_cases()
    keep_faxes(people["jonah@beacon.example", "beacon"], now=now)


def open_world(*, now: dt.datetime) -> tuple[list[Office], dict[str, ProgramVersion], People]:
    """Everyone in their place and every program published; nothing has happened yet."""
    with every_tenant(reason="the demo world is made before anybody acts in it"):
        organizations = make_organizations(now=now)
        versions = make_programs(organizations, now=now)
        people = _make_cast(organizations)
    keep_sheets(
        (
            (slug, each)
            for (_email, slug), each in people.items()
            if each.may(Permission.INTAKE_REVIEW)
        ),
        versions,
        now=now,
    )
    return [_open_office(slug, people, now=now) for slug in PRACTICES], versions, people


def _make_cast(organizations: Mapping[str, Organization]) -> dict[tuple[str, str], Actor]:
    """Everyone who can sign in, as actors, by e-mail and organization."""
    # One hash for all: it takes a second of the start otherwise, and hides nothing.
    password = make_password(CAST_PASSWORD)
    actors: dict[tuple[str, str], Actor] = {}
    for member in CAST:
        user, _created = User.objects.get_or_create(
            email=member.email, defaults={"name": member.name, "password": password}
        )
        EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"primary": True, "verified": True}
        )
        organization = organizations[member.organization]
        Membership.objects.create(
            user=user,
            organization=organization,
            roles=[role.value for role in member.roles],
            phone=NUMBERS.get(member.email, ""),
            hours=organization.contact_hours,
        )
        actors.setdefault(
            (member.email, member.organization), _actor(user, organization, member.roles)
        )
    return actors


def _actor(user: User, organization: Organization, roles: tuple[Role, ...]) -> Actor:
    return Actor(
        user_id=user.id,
        organization_id=organization.id,
        organization_kind=OrganizationKind(organization.kind),
        roles=frozenset(roles),
        name=user.name,
    )


def _open_office(slug: str, people: People, *, now: dt.datetime) -> Office:
    """The practice's own facts, and its prescriber linked to the person who can sign."""
    # The first of the cast in a role acts.
    here = {
        role: people[member.email, member.organization]
        for member in reversed(CAST)
        if member.organization == slug
        for role in member.roles
    }
    staff, doctor = here[Role.PRACTICE_STAFF], here[Role.PRESCRIBER]
    with acting_as(staff):
        set_practice_profile(PRACTICES[slug], by=staff, now=now)
        prescriber = add_prescriber(PRESCRIBERS[slug], user_id=doctor.user_id, by=staff, now=now)
    return Office(slug, staff, doctor, prescriber)


def _fill(
    office: Office, versions: Mapping[str, ProgramVersion], *, journeys: int, now: dt.datetime
) -> None:
    """Older journeys first, then work of today: drafts on every step of the way, and one sent."""
    programs = USUAL[office.slug]
    people = patients_of(office.slug, seed=1)
    for number, chance in enumerate(chances(journeys)):
        version = versions[programs[number % len(programs)]]
        pair = suited(next(people), version.program.key)
        history = lawful(
            _history(office, version, number, chance), government=pair[1]["B5"] == "medicaid"
        )
        at = a_start(history, chance, now=now)
        patient = add(office, pair, now=at)
        sent = send(office, patient, version, urgent=False, now=at)
        if sent.journey is not None:
            with every_tenant(reason="partners told these reports in the past"):
                tell(sent.journey, history)
                refresh(sent.journey.id, now=now)
    for done, pair in enumerate(islice(people, 4)):
        patient = add(office, pair, now=now)
        prepare(office, patient, versions[programs[0]], done=done, now=now)
    for key in list(dict.fromkeys(programs))[: TODAY[office.slug]]:
        patient = add(office, suited(next(people), key), now=now)
        send(office, patient, versions[key], urgent=False, now=now)


def _history(
    office: Office, version: ProgramVersion, number: int, chance: random.Random
) -> tuple[Told, ...]:
    """The first practice has the troubles; the others' few journeys go well, some further."""
    if version.program.key == "opendoor":
        return FREE
    return (
        a_history(number, chance) if office.slug == "lakeside" else SMOOTH[: 4 + 2 * (number % 5)]
    )
