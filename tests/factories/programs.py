"""The demo programs as published versions: real definitions, so tests ask real questions."""

import datetime as dt
import json
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from journeys.enums import Transport
from journeys.models import Endpoint
from programs.models import Program, ProgramVersion
from tests.factories.people import OrganizationFactory
from tests.factories.tenancy import TenantFactory


@cache
def _definition_text(key: str) -> str:
    return files("programs.definitions").joinpath(f"{key}.json").read_text(encoding="utf-8")


def demo_definition(key: str) -> dict[str, Any]:
    """A fresh copy of one demo program's definition."""
    definition: dict[str, Any] = json.loads(_definition_text(key))
    return definition


class ProgramFactory(DjangoModelFactory[Program]):
    class Meta:
        model = Program
        django_get_or_create = ("key",)

    key = "veltrana"
    manufacturer = SubFactory(
        OrganizationFactory,
        kind=OrganizationKind.MANUFACTURER.value,
        slug=Sequence(lambda number: f"maker-{number}"),
    )
    name = LazyAttribute(lambda self: demo_definition(self.key)["name"])
    product = LazyAttribute(lambda self: demo_definition(self.key)["medicine"])


class ProgramVersionFactory(DjangoModelFactory[ProgramVersion]):
    class Meta:
        model = ProgramVersion

    program = SubFactory(ProgramFactory)
    number = Sequence(lambda number: number + 1)
    definition = LazyAttribute(lambda self: demo_definition(self.program.key))
    valid_from = dt.date(2026, 1, 1)
    published_at = LazyFunction(timezone.now)


class EndpointFactory(TenantFactory[Endpoint]):
    """A partner that works in the portal's own inbox, so that nothing goes over a wire."""

    class Meta:
        model = Endpoint

    organization = SubFactory(OrganizationFactory, kind=OrganizationKind.HUB.value)
    transport = Transport.PORTAL


def published(key: str = "veltrana", **fields: Any) -> ProgramVersion:
    """A published version of a demo program, whose route's organizations exist."""
    route = demo_definition(key)["route"]
    for slug, kind in _routed(route):
        organization, made = Organization.objects.get_or_create(
            slug=slug, defaults={"name": slug.replace("-", " ").title(), "kind": kind.value}
        )
        if made:
            EndpointFactory.create(organization=organization)
    return ProgramVersionFactory.create(program=ProgramFactory.create(key=key), **fields)


def _routed(route: dict[str, Any]) -> list[tuple[str, OrganizationKind]]:
    named = [(route["hub"], OrganizationKind.HUB)]
    if vendor := route.get("vendor"):
        named.append((vendor, OrganizationKind.VENDOR))
    return named + [(choice["code"], OrganizationKind.PHARMACY) for choice in route["pharmacies"]]
