"""Two practices whose patients are on their way, everybody who works with them, and strangers.

Lakeside's patient has values that stand nowhere else, so that wherever one is found, it leaked.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import KIND_ROLES, OrganizationKind, Permission, Role
from accounts.domain.invitations import Invited, invite
from accounts.models import Invitation, Membership, Organization
from accounts.tenancy import acting_as, every_tenant
from enrollment.core.files import CheckedFile
from enrollment.domain import patients
from enrollment.domain.documents import Place, attach
from enrollment.domain.keying import Wanted, key_part
from enrollment.domain.proposals import keep_proposals
from enrollment.domain.signing_links import ask_to_sign
from enrollment.enums import LinkChannel
from enrollment.models import (
    Coverage,
    Document,
    DocumentPage,
    Enrollment,
    Keying,
    Prefill,
    Signature,
)
from journeys.core.faxes import About
from journeys.core.payer_criteria import Asked
from journeys.documents.samples import SAMPLES
from journeys.domain import inbound, report_files
from journeys.domain.fax_parts import split
from journeys.domain.faxes import Arrival, keep_fax
from journeys.domain.keeping import Message
from journeys.domain.papers import Paper
from journeys.domain.payer_criteria import Kept, keep_version
from journeys.domain.program_partners import make_key
from journeys.domain.sandbox_worlds import open_sandbox
from journeys.models import (
    Delivery,
    FaxPage,
    FaxPart,
    HandedPage,
    InboundReport,
    Journey,
    PartnerKey,
    PayerCriteria,
    ReportFile,
    SafetyReport,
    SavedView,
    WorkItem,
)
from programs.domain.studio import drafts as studio_drafts
from programs.models import ProgramDraft
from tests.factories.enrollments import COVERAGE, ROSA
from tests.factories.offices import Office, office
from tests.factories.people import OrganizationFactory, actor_of, member, proven, signed_in
from tests.fakes.records import query_response
from tests.security.walk import Address

CANARY_PATIENT = {
    "A1": "Zephyrine",
    "A3": "Quillfeather",
    "A5": "1931-07-19",
    "A8": "77 Canarybird Row",
    "A13": "6175550177",
    "A17": "zephyrine@canary.example",
}
CANARY_COVERAGE = {"B7": "ZQ90817263", "B8": "GRPZQ4417", "B22": "ZQRX556677"}
# As they are typed, stored and shown.
CANARIES = (
    *CANARY_PATIENT.values(), *CANARY_COVERAGE.values(),
    "Jul 19, 1931", "July 19, 1931", "07/19/1931", "555-0177",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody at one of the organizations, and a browser in which they just signed in."""

    name: str
    membership: Membership
    browser: Client

    def may(self, permission: Permission) -> bool:
        return actor_of(self.membership).may(permission)


def person(name: str, membership: Membership) -> Person:
    return Person(name, membership, proven(signed_in(membership), membership))


def everybody_at(organization: Organization) -> Membership:
    """One person with every role that their kind of organization can give."""
    return member(organization, *KIND_ROLES[OrganizationKind(organization.kind)], name="Robin")


# Parts of an address that name no row of a practice, or one that every practice may read.
OPEN = ("key", "step", "kind", "part", "version_id", "month", "act")
# What a page is asked for besides its address, where it is nothing without.
ASKED = {"studio_condition": {"row": "veltrana.tried_before", "slot": "shown_when"}}


@dataclass
class World:
    """Lakeside's rows, who may see them, and who may not."""

    lakeside: Office
    harbor: Office
    sent: Enrollment
    draft: Enrollment
    journey: Journey
    card: Document
    insiders: dict[str, Person] = field(default_factory=dict)
    strangers: dict[str, Person] = field(default_factory=dict)
    # What stands in an address, by the name it has there.
    ids: dict[str, Any] = field(default_factory=dict)

    def given(self, address: Address) -> dict[str, Any]:
        """The ids of Lakeside's rows for one address; a form that is sent is read elsewhere."""
        found = {name: self.ids[name] for name in address.parameters}
        if address.name == "enrollment_receipt":
            found["enrollment_id"] = self.sent.id
        if address.name.startswith("safety_") and "report_id" in found:
            found["report_id"] = self.ids["safety_id"]
        return found

    def path(self, address: Address) -> str:
        """Where somebody reads Lakeside's row, or its manufacturer's draft."""
        return reverse(address.name, kwargs=self.given(address), query=ASKED.get(address.name))

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be told to a stranger: the patient's values, and the rows' ids."""
        numbers = [self.journey.number, *(self.ids[name] for name in self.ids if name not in OPEN)]
        return (*CANARIES, *(str(number) for number in numbers))


def build() -> World:
    """Lay the world out through the product's own functions."""
    lakeside = office("Lakeside Rheumatology")
    mark(lakeside)
    harbor = office("Harbor Neurology", version=lakeside.version)
    card = _card(lakeside)
    sent, draft = lakeside.sent(), lakeside.draft()
    harbor.sent()
    with every_tenant(reason="the test looks what came of it"):
        journey = Journey.objects.select_related("hub").get(id=sent.journey_id)
    world = World(lakeside, harbor, sent, draft, journey, card)
    world.insiders = _insiders(world)
    world.strangers = _strangers(world)
    hub = actor_of(world.insiders["hub"].membership)
    with acting_as(hub):
        open_sandbox(journey.hub, by=hub, now=timezone.now())
    world.ids = _ids(world)
    return world


def mark(lakeside: Office) -> None:
    """Give Lakeside's patient the values that stand nowhere else."""
    by, now = lakeside.coordinator, timezone.now()
    with acting_as(by):
        row = patients.change_patient(lakeside.rosa.id, {**ROSA, **CANARY_PATIENT}, by=by, now=now)
        coverage = Coverage.objects.get(patient=row)
        patients.change_coverage(coverage.id, {**COVERAGE, **CANARY_COVERAGE}, by=by, now=now)


def _insiders(world: World) -> dict[str, Person]:
    maker = world.lakeside.version.program.manufacturer
    operator = OrganizationFactory.create(kind="operator", name="Operations")
    organizations = {
        "practice": world.lakeside.practice,
        "hub": world.journey.hub,
        "manufacturer": maker,
        "operator": operator,
    }
    people = {name: person(name, everybody_at(it)) for name, it in organizations.items()}
    return {**people, "prescriber": person("prescriber", world.lakeside.maya)}


def _strangers(world: World) -> dict[str, Person]:
    kinds = ("hub", "pharmacy", "vendor", "manufacturer")
    organizations = {kind: OrganizationFactory.create(kind=kind) for kind in kinds}
    organizations["practice"] = world.harbor.practice
    return {name: person(name, everybody_at(it)) for name, it in organizations.items()}


def _ids(world: World) -> dict[str, Any]:
    lakeside, journey = world.lakeside, world.journey
    with every_tenant(reason="the test collects what stands in addresses"):
        return {
            "patient_id": lakeside.rosa.id,
            "enrollment_id": world.draft.id,
            "journey_id": journey.id,
            "item_id": WorkItem.objects.filter(journey=journey, closed_at=None)[0].id,
            "delivery_id": Delivery.objects.get(journey=journey).id,
            "report_id": _report(journey.hub).id,
            "partner_id": journey.hub_id,
            "name": SAMPLES[0].name,
            "file_id": _report_file(journey.hub).id,
            "membership": lakeside.maya.id,
            "colleague_id": world.insiders["hub"].membership.id,
            "invitation": _invitation(world).id,
            "link_id": _signing_link(lakeside),
            **_document(world),
            "prescriber_id": lakeside.prescriber.id,
            "coverage_id": Coverage.objects.get(patient=lakeside.rosa).id,
            "prefill_id": _prefill(lakeside).id,
            "view_id": _saved_view(lakeside).id,
            "signature_id": Signature.objects.filter(enrollment=world.sent)[0].id,
            "draft_id": _studio_draft(world).id,
            "key_id": _key(world).id,
            "version_id": lakeside.version.id,
            "sheet_id": _sheet(world).id,
            "part": "questions",
            "key": world.lakeside.version.program.key,
            "step": "benefit_verification",
            "kind": "benefits",
            "month": f"{timezone.now():%Y-%m}",
            "act": "forward",
            "safety_id": _safety_report(world).id,
            **_fax(world),
            "keying_id": _keying(world).pk,
        }


def _fax(world: World) -> dict[str, Any]:
    """A fax about the patient, which came to the hub and of which one page is split off."""
    part = _part(world, "f" * 64)
    with acting_as(actor_of(world.insiders["hub"].membership)):
        page = FaxPage.objects.get(fax=part.fax_id)
    return {"fax_id": part.fax_id, "fax_page_id": page.pk, "part_id": part.pk}


def _keying(world: World) -> Keying:
    """Another fax about the patient, which the hub keys into a form."""
    part, lakeside = _part(world, "e" * 64), world.lakeside
    wanted = Wanted(
        practice_id=lakeside.practice.id,
        prescriber_id=lakeside.prescriber.id,
        program_version_id=lakeside.version.id,
    )
    by = actor_of(world.insiders["hub"].membership)
    with acting_as(by):
        return key_part(part.pk, wanted, by=by, now=timezone.now())


def _part(world: World, sha256: str) -> FaxPart:
    by, now = actor_of(world.insiders["hub"].membership), timezone.now()
    paper = Paper("", "", "Fax", "image/jpeg", sha256, b"jpeg", (b"jpeg",))
    about = About(
        name=f"{CANARY_PATIENT['A1']} {CANARY_PATIENT['A3']}",
        born_on=date.fromisoformat(CANARY_PATIENT["A5"]),
        phone=CANARY_PATIENT["A13"],
        member_id=CANARY_COVERAGE["B7"],
    )
    with acting_as(by):
        fax = keep_fax(paper, Arrival(received_at=now), by=by, now=now)
        return split(fax.pk, [1], about, by=by, now=now)


def _report(hub: Organization) -> InboundReport:
    now = timezone.now()
    data = {
        "journey": "NS-4711",
        "code": "P5",
        "occurred_at": now.isoformat(),
        "note": f"{CANARIES[0]} asked for a call",
    }
    content = {"type": "code.reported", "timestamp": now.isoformat(), "data": data}
    message = Message(id="msg_1", body=json.dumps(content), transport="webhook")
    with every_tenant(reason="the world looks at what it made"):
        found: InboundReport = InboundReport.objects.get(pk=inbound.receive(hub, message, now=now))
    return found


def _safety_report(world: World) -> SafetyReport:
    """A side effect that the practice has told of."""
    heard = timezone.localtime(timezone.now(), ZoneInfo("America/New_York"))
    told = {
        "token": str(uuid4()),
        "status": "captured",
        "reason": "side_effect",
        "occurred_at": heard.strftime("%Y-%m-%dT%H:%M:%S.%f"),
        "fact-what_happened": f"{CANARIES[0]} had a rash",
        "fact-suspect_product": "Veltrana",
        "fact-told_by": "patient",
        "fact-told_by_name": CANARIES[0],
        "fact-serious": "no",
    }
    practice = world.insiders["practice"].browser
    practice.post(reverse("journey_safety", args=[world.journey.id]), told)
    found: SafetyReport = SafetyReport.objects.get(journey=world.journey)
    return found


def _report_file(hub: Organization) -> ReportFile:
    agent = actor_of(member(hub, Role.HUB_AGENT))
    with acting_as(agent):
        text = f"journey,code,note\nNS-4711,P5,{CANARIES[0]} asked for a call"
        return report_files.bring("week.csv", text, by=agent, now=timezone.now())


def _invitation(world: World) -> Invitation:
    admin = actor_of(world.insiders["practice"].membership)
    invited = Invited("robin@lakeside.example", "Robin Marlowe", [Role.PRESCRIBER.value])
    with acting_as(admin):
        return invite(invited, by=admin, now=timezone.now())


def _key(world: World) -> PartnerKey:
    """A key of the hub's for the manufacturer's program."""
    version = world.lakeside.version
    by = actor_of(world.insiders["manufacturer"].membership)
    make_key(version, world.journey.hub_id, by=by, now=timezone.now())
    key: PartnerKey = PartnerKey.objects.get(
        organization=world.journey.hub_id, label__startswith=version.program.name
    )
    return key


def _sheet(world: World) -> PayerCriteria:
    """What the hub knows of how payers decide for the program."""
    by, now = actor_of(world.insiders["hub"].membership), timezone.now()
    kept = Kept(
        program_id=world.lakeside.version.program_id,
        payer="",
        line="",
        from_on=now.date(),
        asked=[Asked("Diagnosis with its code", ("E1",))],
        why="A call with the plan",
    )
    with acting_as(by):
        return keep_version(kept, by=by, now=now)


def _studio_draft(world: World) -> ProgramDraft:
    """The next version of the program, as its manufacturer composes it."""
    manager = actor_of(world.insiders["manufacturer"].membership)
    with acting_as(manager):
        return studio_drafts.open_from_live(
            world.lakeside.version.program.key, by=manager, now=timezone.now()
        )


def _saved_view(lakeside: Office) -> SavedView:
    with acting_as(lakeside.coordinator):
        view: SavedView = SavedView.objects.create(
            organization=lakeside.practice, user=lakeside.ana.user, name="Mine", filters={}
        )
        return view


def _prefill(lakeside: Office) -> Prefill:
    """A record about the patient, from another system."""
    by, body = lakeside.coordinator, json.dumps(query_response()).encode()
    with acting_as(by):
        return keep_proposals(
            body, name="x", patient_id=lakeside.rosa.id, by=by, now=timezone.now()
        )


def _card(lakeside: Office) -> Document:
    """A picture of the insurance card, with the patient's name for a title."""
    by, file = lakeside.coordinator, CheckedFile("image/jpeg", b"jpeg", (b"jpeg",))
    place, title = Place("B2", patient_id=lakeside.rosa.id), CANARY_PATIENT["A1"]
    with acting_as(by):
        return attach(file, place=place, title=title, by=by, now=timezone.now())


def _document(world: World) -> dict[str, Any]:
    handed = HandedPage.objects.get(journey=world.journey)
    return {
        "document_id": world.card.id,
        "page_id": DocumentPage.objects.get(document=world.card).id,
        "handed_id": handed.document_id,
        "picture_id": handed.id,
    }


def _signing_link(lakeside: Office) -> Any:
    by = lakeside.coordinator
    with acting_as(by):
        asked = ask_to_sign(lakeside.rosa.id, channel=LinkChannel.HANDED, by=by, now=timezone.now())
    return asked.link.id
