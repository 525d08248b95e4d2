"""Which pages of a fax are whose: split, taken back, set aside, filed with a journey, unfiled."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.db import transaction

from accounts import audit
from accounts.core.actor import Actor
from journeys.core.faxes import About, free_pages, pages_in_words, why_not_these
from journeys.domain.attaching import paper_of
from journeys.domain.faxes import announce_fax
from journeys.domain.messages import Message, send_message, take_message_back
from journeys.domain.papers import OF_MESSAGE, Paper
from journeys.enums import AsideReason
from journeys.models import Fax, FaxPart, Journey, Notice
from journeys.rules import INTAKE, Refused

TITLE = "Fax"
SAID = "These pages came by fax."
# Stated reasons, not free words: those who were shown another's pages read them.
MISFILED: Mapping[str, str] = {
    "patient": "They are another patient\u2019s",
    "journey": "They belong to another journey of this patient",
    "slip": "They were filed by mistake",
}
GONE = "They can no longer be opened here; please destroy what was printed or saved of them."


@transaction.atomic
def split(fax_id: UUID, pages: Sequence[int], about: About, *, by: Actor, now: datetime) -> FaxPart:
    """Say which pages are one patient's. Raises Refused."""
    fax = held(fax_id, by=by, now=now)
    part = _made(fax, pages, by=by, now=now, about=about.to_json())
    audit.wrote(part, action="split a fax", fields=["about"])
    return part


@transaction.atomic
def set_aside(fax_id: UUID, pages: Sequence[int], *, why: str, by: Actor, now: datetime) -> FaxPart:
    """Say that pages are nobody's here, and why. Raises Refused."""
    if why not in AsideReason.values:
        raise Refused("Say why they are set aside.")
    fax = held(fax_id, by=by, now=now)
    settled = {"settled_by_id": by.user_id, "settled_at": now}
    part = _made(fax, pages, by=by, now=now, about={}, aside=why, **settled)
    audit.wrote(part, action="set pages aside", purpose=AsideReason(why).label)
    close_when_done(fax, now=now)
    return part


@transaction.atomic
def set_part_aside(part_id: UUID, *, by: Actor, now: datetime) -> Fax:
    """Let a part wait no longer whose practice is not here: it was answered by fax.

    Whose it is stays with it. Raises Refused.
    """
    fax = held(FaxPart.objects.get(pk=part_id).fax_id, by=by, now=now)
    part = unfiled(part_id)
    part.aside, part.settled_by_id, part.settled_at = AsideReason.ELSEWHERE, by.user_id, now
    part.save(update_fields=["aside", "settled_by", "settled_at"])
    audit.wrote(part, action="set pages aside", purpose=AsideReason.ELSEWHERE.label)
    close_when_done(fax, now=now)
    return fax


@transaction.atomic
def take_back(part_id: UUID, *, by: Actor, now: datetime) -> Fax:
    """Undo a part that is not filed: its pages are free again. Raises Refused."""
    part = FaxPart.objects.get(pk=part_id)
    fax = held(part.fax_id, by=by, now=now)
    part = unfiled(part_id)
    audit.wrote(part, action="took a part back", fields=["about"])
    FaxPart.objects.filter(pk=part.pk).delete()
    close_when_done(fax, now=now)
    return fax


def pages_of_part(part: FaxPart) -> Paper:
    """The part's pages alone, as a paper for a journey. Raises Unreadable."""
    fax = part.fax
    audit.read(fax, fields=["body"], purpose="filing a part")
    body = bytes(fax.body)
    pages = "pages" if len(part.pages) > 1 else "page"
    name = f"{TITLE}, {pages} {pages_in_words(part.pages)}"
    file = InMemoryUploadedFile(BytesIO(body), None, name, fax.content_type, len(body), None)
    # Every page: as it came, and not drawn a second time.
    some = "" if len(part.pages) == fax.pages else ",".join(map(str, part.pages))
    return paper_of(file, token=part.token, pages=some)


@transaction.atomic
def file_part(
    part_id: UUID, journey: Journey, paper: Paper, *, note: str, by: Actor, now: datetime
) -> Fax:
    """Put the pages into a journey's story, as of when the fax came. Raises Refused."""
    fax = held(FaxPart.objects.get(pk=part_id).fax_id, by=by, now=now)
    part = unfiled(part_id)
    if part.settled_at:
        raise Refused("These pages are set aside; take them back first.")
    message = Message(
        token=part.token,
        step=INTAKE,
        to=(),
        text=note.strip() or SAID,
        paper=paper,
        transport="fax",
        occurred_at=fax.received_at,
    )
    send_message(journey.pk, message, by=by, now=now)
    part.journey, part.settled_by_id, part.settled_at = journey, by.user_id, now
    part.save(update_fields=["journey", "settled_by", "settled_at"])
    audit.wrote(part, action="filed a part", purpose=journey.number)
    close_when_done(fax, now=now)
    return fax


@transaction.atomic
def unfile(part_id: UUID, *, why: str, by: Actor, now: datetime) -> Fax:
    """Take a filed part back from its journey, which is told; it waits again. Raises Refused."""
    if why not in MISFILED:
        raise Refused("Say why you take the pages back.")
    fax = held(FaxPart.objects.get(pk=part_id).fax_id, by=by, now=now)
    part = FaxPart.objects.select_related("journey").get(pk=part_id)
    if part.journey is None:
        raise Refused("No journey has these pages.")
    if part.keyed_since is not None:
        raise Refused("The journey began with these pages, so they stay with it.")
    told = f"{by.name} took back pages that came by fax. {MISFILED[why]}. {GONE}"
    take_message_back(part.journey.pk, f"{OF_MESSAGE}{part.token}", why=told, by=by, now=now)
    purpose = f"{part.journey.number}: {MISFILED[why]}"
    part.misfiled += 1
    part.journey = part.settled_by = part.settled_at = None
    part.save(update_fields=["misfiled", "journey", "settled_by", "settled_at"])
    audit.wrote(part, action="unfiled a part", purpose=purpose)
    close_when_done(fax, now=now)
    return fax


def held(fax_id: UUID, *, by: Actor, now: datetime) -> Fax:
    """The fax, nobody else changing it, in the actor's hands; free for all it becomes theirs."""
    rows = Fax.objects.select_for_update(of=("self",)).select_related("claimed_by")
    fax: Fax = rows.defer("body").get(pk=fax_id)
    if fax.claimed_by is not None and fax.claimed_by_id != by.user_id:
        raise Refused(f"{fax.claimed_by.name} has this fax.")
    if fax.claimed_by is None:
        fax.claimed_by_id, fax.claimed_at = by.user_id, now
        fax.save(update_fields=["claimed_by", "claimed_at"])
    announce_fax(fax.pk)
    return fax


def _made(fax: Fax, pages: Sequence[int], *, by: Actor, now: datetime, **told: Any) -> FaxPart:
    wanted = sorted(set(pages))
    if why := why_not_these(wanted, free=unsorted(fax), pages=fax.pages):
        raise Refused(why)
    part: FaxPart = FaxPart.objects.create(
        organization_id=fax.organization_id,
        fax=fax,
        pages=wanted,
        made_by_id=by.user_id,
        made_at=now,
        **told,
    )
    return part


def unsorted(fax: Fax) -> list[int]:
    """The pages of a fax that are in no part."""
    parts = FaxPart.objects.filter(fax=fax).values_list("pages", flat=True)
    return free_pages(fax.pages, parts)


def unfiled(part_id: UUID) -> FaxPart:
    """The part as it is now, under the fax's lock."""
    part: FaxPart | None = FaxPart.objects.filter(pk=part_id).select_related("fax").first()
    if part is None:
        raise Refused("That part was taken back.")
    if part.journey_id is not None:
        raise Refused("These pages are with a journey already.")
    if part.keyed_since is not None:
        raise Refused("These pages are being keyed into a form; give that up first.")
    return part


def close_when_done(fax: Fax, *, now: datetime) -> None:
    """A fax is done while each of its pages is in a part that is settled."""
    waiting = FaxPart.objects.filter(fax=fax, settled_at=None, handed_at=None).exists() or bool(
        unsorted(fax)
    )
    done = None if waiting else fax.closed_at or now
    if done != fax.closed_at:
        fax.closed_at = done
        fax.save(update_fields=["closed_at"])
        Notice.objects.filter(fax=fax).update(settled=done is not None)
