"""A partner's sandbox: a double of it, and a made-up practice and program that send to the double.

Nobody works for any of them, and each stands in one partner's sandbox alone. What happens there
is therefore on no real person's list and in nobody's counts; `Organization.sandbox_of` tells the
few pages that look over everybody what to leave out.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from accounts.tenancy import every_tenant
from programs.core.starter import starter
from programs.models import Program, ProgramVersion

PROGRAM, MEDICINE = "Sandbox Together", "Exemplinib"
TEMPLATE = "self_injected_pharmacy_benefit"
_LONGEST_STEM = 30


def double_of(partner: Organization) -> Organization | None:
    """The one that stands for the partner in its sandbox, if that was opened."""
    found = Organization.objects.filter(sandbox_of=partner, kind=partner.kind, active=True)
    return found.order_by("slug").first()


def open_sandbox(partner: Organization, *, by: Actor, now: datetime) -> Organization:
    """The partner's double; the sandbox is made if it is not there.

    The caller has checked that the actor keeps the partner's endpoint.
    """
    with every_tenant(reason="a sandbox has organizations of its own", actor=by):
        Organization.objects.select_for_update().get(pk=partner.pk)
        return double_of(partner) or _made(partner, now=now)


def version_of(partner: Organization) -> ProgramVersion:
    """The version of its sandbox's program."""
    found = ProgramVersion.objects.select_related("program__manufacturer")
    return found.get(program__manufacturer__sandbox_of=partner)


def practice_of(partner: Organization) -> Organization:
    """The made-up practice of its sandbox."""
    return Organization.objects.get(sandbox_of=partner, kind=OrganizationKind.PRACTICE)


def _made(partner: Organization, *, now: datetime) -> Organization:
    stem = partner.slug
    if len(stem) > _LONGEST_STEM:
        stem = f"{stem[:23]}-{partner.pk.hex[:6]}"
    double = _organization(partner, f"{stem}-sandbox", partner.kind, f"{partner.name} (sandbox)")
    _organization(partner, f"{stem}-sandbox-practice", "practice", "Sandbox Practice")
    maker = _organization(partner, f"{stem}-sandbox-maker", "manufacturer", "Sandbox Therapeutics")
    hub = double
    if partner.kind != OrganizationKind.HUB:
        hub = _organization(partner, f"{stem}-sandbox-hub", "hub", "Sandbox Hub")
    _program(f"sandbox-{stem}", maker, hub, double, now=now)
    audit.wrote(double, action="sandbox_opened", purpose=partner.name)
    return double


def _organization(partner: Organization, slug: str, kind: str, name: str) -> Organization:
    return Organization.objects.create(
        sandbox_of=partner,
        slug=slug,
        kind=kind,
        name=name[:120],
        time_zone=partner.time_zone,
        contact_name="Nobody",
        contact_hours="Never",
        phone="2025550100",
    )


def _program(
    key: str, maker: Organization, hub: Organization, double: Organization, *, now: datetime
) -> None:
    # Not active: no practice is offered it.
    program = Program.objects.create(
        manufacturer=maker, key=key, name=PROGRAM, product=MEDICINE, active=False
    )
    definition = _definition(
        key, maker, hub, double, valid_from=timezone.localdate(now).isoformat()
    )
    ProgramVersion.objects.create(
        program=program,
        number=1,
        definition=definition,
        valid_from=timezone.localdate(now),
        published_at=now,
    )


def _definition(
    key: str, maker: Organization, hub: Organization, double: Organization, *, valid_from: str
) -> dict[str, Any]:
    words = {
        "key": key,
        "version": "1",
        "name": PROGRAM,
        "manufacturer": maker.slug,
        "maker": maker.name,
        "medicine": MEDICINE,
        "valid_from": valid_from,
        "template": TEMPLATE,
    }
    is_pharmacy = double.kind == OrganizationKind.PHARMACY
    is_vendor = double.kind == OrganizationKind.VENDOR
    return {
        **starter(words),
        "indications": [{"code": "M06.9", "label": "Rheumatoid arthritis, not further described"}],
        "products": [
            {
                "ndc": "99999000101",
                "label": f"{MEDICINE} pen 40 mg",
                "strength": "40 mg",
                "form": "prefilled pen",
                "doses": [{"code": "40", "label": "40 mg under the skin"}],
                "frequencies": [{"code": "weekly", "label": "every week"}],
            }
        ],
        "route": {
            "hub": hub.slug,
            "transport": "webhook",
            "pharmacies": [{"code": double.slug, "label": double.name}] if is_pharmacy else [],
            "vendor": double.slug if is_vendor else "",
        },
    }
