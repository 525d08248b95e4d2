"""The papers that go with a packet: kept for the parties, shown as far as each may see them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from accounts.tenancy import every_tenant
from journeys.core.events import from_json, taken_back
from journeys.core.questions import question
from journeys.core.visibility import sees_message
from journeys.domain.disclosing import DISCLOSURES, refusal_for
from journeys.enums import PartyRole
from journeys.models import (
    ConsentGrant,
    Delivery,
    HandedDocument,
    HandedPage,
    Journey,
    JourneyEvent,
    Packet,
)


@dataclass(frozen=True)
class Paper:
    """One paper as a practice hands it over: plain data."""

    field: str
    section: str
    title: str
    content_type: str
    sha256: str
    body: bytes
    pictures: Sequence[bytes]


# A paper of a message names it instead of a question: this and the message's token.
OF_MESSAGE = "message:"
# A packet stays a document that somebody prints; what is beyond is downloaded beside it.
MOST_APPENDED = 60


@dataclass(frozen=True)
class Appended:
    """One paper at the end of a packet: the question it answers, and its pages as JPEG.

    Of ``pages`` the packet holds as many as there are ``pictures``.
    """

    question: str
    title: str
    pages: int
    pictures: tuple[bytes, ...]


class Withheld(Exception):
    """This party may not see the paper now; the message is a sentence."""


def keep_papers(journey_id: UUID, papers: Iterable[Paper], *, by: Actor, now: datetime) -> None:
    """Copy the papers of a packet, in the transaction in which it is handed over."""
    with every_tenant(reason="a paper belongs to each party of the journey", actor=by):
        journey = Journey.objects.get(pk=journey_id)
        for paper in papers:
            _keep(journey, paper, now=now)


def _keep(journey: Journey, paper: Paper, *, now: datetime) -> None:
    owned = {"organization_id": journey.organization_id, "party_ids": journey.party_ids}
    there = HandedDocument.objects.filter(journey=journey, field=paper.field, sha256=paper.sha256)
    if there.exists():
        return
    document = HandedDocument.objects.create(
        **owned,
        journey=journey,
        field=paper.field,
        section=paper.section,
        title=paper.title,
        content_type=paper.content_type,
        pages=len(paper.pictures),
        sha256=paper.sha256,
        body=paper.body,
        handed_at=now,
    )
    HandedPage.objects.bulk_create(
        HandedPage(**owned, journey=journey, document=document, number=number, picture=picture)
        for number, picture in enumerate(paper.pictures, start=1)
    )


def papers_with(packet: Packet, *, role: str) -> list[tuple[HandedDocument, list[HandedPage]]]:
    """The papers that this packet names and this role may have, as it names them, with their pages
    in order.
    """
    named = [each["sha256"] for each in packet.body.get("documents", ())]
    if not named:
        return []
    rows = HandedDocument.objects.filter(journey=packet.journey_id, sha256__in=named).exclude(
        field__startswith=OF_MESSAGE
    )
    theirs = (
        row
        for row in rows.defer("body").order_by("handed_at", "id")
        if may_have(row.section, role=role)
    )
    return _with_pages(sorted(theirs, key=lambda row: named.index(row.sha256)))


def papers_said(
    journey_id: UUID, messages: Collection[str]
) -> list[tuple[HandedDocument, list[HandedPage]]]:
    """The papers that go with these messages, which the reader may read, with their pages."""
    if not messages:
        return []
    rows = HandedDocument.objects.filter(journey=journey_id, field__in=messages)
    return _with_pages(list(rows.defer("body").order_by("handed_at", "id")))


def _with_pages(
    found: Sequence[HandedDocument],
) -> list[tuple[HandedDocument, list[HandedPage]]]:
    pages = HandedPage.objects.filter(document__in=found).defer("picture").order_by("number")
    by_document: dict[UUID, list[HandedPage]] = {row.id: [] for row in found}
    for page in pages:
        by_document[page.document_id].append(page)
    return [(row, by_document[row.id]) for row in found]


def appended_to(packet: Packet, *, role: str, most: int = MOST_APPENDED) -> list[Appended]:
    """The papers to print at the end of this packet, and the record that they were read."""
    questions = {
        field["id"]: question(field)
        for section in packet.body["sections"]
        for field in section["fields"]
    }
    found = papers_with(packet, role=role)
    audit.read_many([document for document, _ in found], fields=["body"], purpose="packet made")
    wanted = [page.id for _, pages in found for page in pages][:most]
    drawn = HandedPage.objects.in_bulk(wanted)
    return [
        Appended(
            question=questions.get(document.field, document.section),
            title=document.title,
            pages=document.pages,
            pictures=tuple(bytes(drawn[page.id].picture) for page in pages if page.id in drawn),
        )
        for document, pages in found
    ]


def may_have(section: str, *, role: str) -> bool:
    """Whether what answers questions of this section is for this role (minimum necessary)."""
    if role == PartyRole.PRACTICE:
        return True
    share = DISCLOSURES.get(role)
    return share is not None and (not share.sections or section in share.sections)


def open_paper(document: HandedDocument, *, by: Actor, now: datetime) -> bytes:
    """The whole file, and the record that it was read. Raises Withheld."""
    _require_permission(document, by=by, now=now)
    audit.read(document, fields=[document.field], purpose="download")
    return bytes(document.body)


def open_picture(page: HandedPage, *, by: Actor, now: datetime) -> bytes:
    """One page, and the record that it was read. Raises Withheld."""
    _require_permission(page.document, by=by, now=now)
    audit.read(page.document, fields=[page.document.field], purpose="look at a document")
    return bytes(page.picture)


def _require_permission(document: HandedDocument, *, by: Actor, now: datetime) -> None:
    """Looking is a disclosure: the patient's permission is asked for at each."""
    role = str(by.organization_kind)
    if document.field.startswith(OF_MESSAGE):
        _require_message(document, role=role)
        return
    if not may_have(document.section, role=role):
        raise Withheld("This document is not for your part in the journey.")
    if role == PartyRole.PRACTICE:
        return
    delivery = (
        Delivery.objects.filter(journey=document.journey_id, recipient=by.organization_id)
        .select_related("packet", "recipient")
        .order_by("-packet__version")
        .first()
    )
    if delivery is None:
        raise Withheld("Nothing was handed over to your organization.")
    grants = ConsentGrant.objects.filter(journey=document.journey_id)
    if refusal := refusal_for(delivery, role=role, grants=grants, at=now):
        raise Withheld(refusal.sentence)


def _require_message(document: HandedDocument, *, role: str) -> None:
    """A paper of a message is for whoever the message is told to, until it is taken back."""
    rows = JourneyEvent.objects.filter(journey=document.journey_id, kind="message")
    told = [from_json(row.body) for row in rows]
    back = taken_back(told)
    its = [event for event in told if event.id == document.field]
    if its and all(event.ref in back for event in its):
        raise Withheld("This document was taken back: it does not belong to this journey.")
    if not any(sees_message(role, event) for event in its if event.ref not in back):
        raise Withheld("This document goes with a message to others.")
