"""The partners of one program: how each is reached, and the keys it reports on it with.

A key made here is for this program alone: its holder says nothing about any other one's journeys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import QuerySet

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.conformance import Standing
from journeys.core.key_ends import has_ended
from journeys.core.scopes import REPORTS_WRITE
from journeys.core.sentences import clock_words
from journeys.domain.endpoint_secrets import signing_secret
from journeys.domain.graphs import graph_of
from journeys.domain.key_ends import HeldKey, MadeKey, TooManyKeys, held
from journeys.domain.queries.sandbox import standings
from journeys.enums import TESTED, PartyRole, Transport
from journeys.models import Endpoint, PartnerKey, PartnerTest
from programs.models import Program, ProgramVersion

# The one in use, and the one that takes its place.
MOST_KEYS = 2
A_YEAR = 365
PARTNERS = (PartyRole.HUB, PartyRole.VENDOR, PartyRole.PHARMACY)


class NoPartner(LookupError):
    """The program's route does not name this organization, or names no such key."""


@dataclass(frozen=True)
class Partner:
    """One organization of the route: how it is reached, since when it fails, and its keys."""

    id: UUID
    slug: str
    name: str
    kind: str
    active: bool
    transport: str
    host: str
    failing_since: datetime | None
    fallback: str
    keys: tuple[HeldKey, ...]
    # The newest test message of this program, and whether one can be sent at all.
    test: PartnerTest | None
    may_test: bool
    # How its system does in its sandbox, if it was ever tried.
    stands: Standing | None

    @property
    def may_have_key(self) -> bool:
        """Whether another key may be made for it."""
        return self.active and sum(not key.ended for key in self.keys) < MOST_KEYS


def slugs_of(version: ProgramVersion) -> list[str]:
    """Whom a version's route names: its hub, its vendor, its pharmacies."""
    route = version.definition["route"]
    named = [route["hub"], route.get("vendor", "")]
    named += [each["code"] for each in route.get("pharmacies", ())]
    return list(dict.fromkeys(slug for slug in named if slug))


def partners_of(version: ProgramVersion, *, by: Actor, now: datetime) -> list[Partner]:
    """The partners of a program, in the order of its route.

    What a partner does for others is not told: neither when it was heard nor how much it gets.
    """
    slugs = slugs_of(version)
    with every_tenant(reason="whose program it is may know how its partners are reached", actor=by):
        found = {each.slug: each for each in Organization.objects.filter(slug__in=slugs)}
        reached = Endpoint.objects.filter(
            organization__slug__in=slugs, active=True, fallback=False
        ).defer("secret", "previous_secret", "next_secret")
        endpoints = {each.organization_id: each for each in reached}
        keys: dict[UUID, list[HeldKey]] = {}
        for key in _keys(version.program).filter(organization__slug__in=slugs).defer("secret"):
            keys.setdefault(key.organization_id, []).append(held(key, now=now))
        asked = PartnerTest.objects.filter(program=version.program, partner__slug__in=slugs)
        newest = asked.order_by("partner", "-asked_at").distinct("partner")
        tests = {each.partner_id: each for each in newest}
        tried = standings([each.pk for each in found.values()])
    there = (found[slug] for slug in slugs if slug in found)
    fallback = _fallback(version.definition["route"])
    return [
        _partner(
            each,
            endpoints.get(each.id),
            keys=keys.get(each.id, []),
            test=tests.get(each.id),
            fallback=fallback if each.slug == slugs[0] else "",
            stands=tried.get(each.id),
        )
        for each in there
    ]


def _fallback(route: Mapping[str, Any]) -> str:
    """How a packet goes that does not go through; "" where a person decides."""
    way = route.get("fallback")
    return str(Transport(way).label) if way else ""


def service_levels(version: ProgramVersion) -> list[tuple[str, str, str]]:
    """What partners have to do in this program and how soon: the step, whose it is, the time."""
    return [
        (step.title, step.owner, clock_words(step.due.clock))
        for step in graph_of(version.id).order
        # What comes round once a year is a reminder, no time that is given.
        if step.owner in PARTNERS and not (step.aside and step.due.clock.amount > A_YEAR)
    ]


def _partner(
    partner: Organization,
    endpoint: Endpoint | None,
    *,
    keys: list[HeldKey],
    test: PartnerTest | None,
    fallback: str,
    stands: Standing | None,
) -> Partner:
    return Partner(
        id=partner.id,
        slug=partner.slug,
        name=partner.name,
        kind=partner.kind,
        active=partner.active,
        transport=str(Transport(endpoint.transport).label) if endpoint else "",
        host=urlsplit(endpoint.address).hostname or "" if endpoint else "",
        failing_since=endpoint.failing_since if endpoint else None,
        fallback=fallback,
        keys=tuple(keys),
        test=test,
        may_test=bool(endpoint and endpoint.transport in TESTED),
        stands=stands,
    )


def make_key(
    version: ProgramVersion,
    partner_id: UUID,
    *,
    by: Actor,
    now: datetime,
    last_on: date | None = None,
) -> MadeKey:
    """A new key of a partner for this program; its secret is told here and never again.

    `last_on` is its last day, if it has one. Raises NoPartner, TooManyKeys.
    """
    program = version.program
    with every_tenant(reason="a key of a partner is made for a program", actor=by):
        # Locked, so that two who press at once do not both make the second one.
        partner = (
            Organization.objects.select_for_update()
            .filter(pk=partner_id, slug__in=slugs_of(version), active=True)
            .first()
        )
        if partner is None:
            raise NoPartner(str(partner_id))
        its = _keys(program).filter(organization=partner)
        if sum(not has_ended(each.last_on, now=now) for each in its) >= MOST_KEYS:
            raise TooManyKeys
        secret = signing_secret()
        key = PartnerKey.objects.create(
            organization=partner,
            label=f"{program.name}, {now:%Y-%m-%d}"[:60],
            secret=secret,
            scopes=[_scope(program)],
            created_at=now,
            last_on=last_on,
        )
        audit.wrote(key, action="key_made", purpose=f"{partner.name}, {program.key}")
    return MadeKey(key.pk, secret)


def end_key(program: Program, key_id: UUID, *, by: Actor, now: datetime) -> PartnerKey:
    """Nothing signed with the key is taken from now on. Raises NoPartner."""
    with every_tenant(reason="a key of a partner for a program ends", actor=by):
        key: PartnerKey | None = _keys(program).select_for_update().filter(pk=key_id).first()
        if key is None:
            raise NoPartner(str(key_id))
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        audit.wrote(key, action="key_ended", purpose=program.key)
    return key


def _scope(program: Program) -> str:
    return f"{REPORTS_WRITE}:{program.key}"


def _keys(program: Program) -> QuerySet[PartnerKey]:
    """The valid keys that are for this program alone, the oldest first."""
    mine: QuerySet[PartnerKey] = PartnerKey.objects.filter(
        scopes=[_scope(program)], revoked_at=None
    )
    return mine.order_by("created_at")
