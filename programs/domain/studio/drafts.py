"""Open a program draft, change it piece by piece, and give it up."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import get_visible_or_404
from accounts.core.actor import Actor
from accounts.models import Organization
from programs import rules
from programs.core.composing import called, slug
from programs.core.definition import Definition, JourneyPlan
from programs.core.plain import ShapeError
from programs.core.starter import starter
from programs.core.tunings import left_out
from programs.domain.queries.catalogue import version_on
from programs.domain.studio.faults import faults_of
from programs.domain.studio.ports import journeys
from programs.enums import OPEN_DRAFTS, DraftStatus, Overlap
from programs.models import Program, ProgramDraft, ProgramVersion

Plan = Mapping[str, Any]
Change = Callable[[Plan], Mapping[str, Any]]


class Moved(Exception):
    """Somebody else changed the draft since it was shown; nothing was kept."""


def lock(draft_id: UUID) -> ProgramDraft:
    """The draft, held until the end of the transaction; 404 for anybody else's."""
    rows = ProgramDraft.objects.select_for_update(of=("self",)).select_related("program", "base")
    found: ProgramDraft = get_visible_or_404(rows, id=draft_id)
    return found


@transaction.atomic
def open_from_live(key: str, *, by: Actor, now: datetime) -> ProgramDraft:
    """Go on from the version that holds today, or the newest one; the draft already open where
    there is one.

    Raises Refused when the program has no version, Http404 for anybody else's program.
    """
    manufacturer = rules.manufacturer_of(by)
    mine = Program.objects.select_for_update().filter(manufacturer_id=manufacturer)
    program = get_visible_or_404(mine, key=key)
    already: ProgramDraft | None = ProgramDraft.objects.filter(
        program=program, status__in=OPEN_DRAFTS
    ).first()
    if already:
        return already
    newest = program.versions.filter(published_at__isnull=False).order_by("-number").first()
    base = version_on(program, timezone.localdate(now)) or newest
    if base is None:
        raise rules.Refused(_("This program has no version to go on from."))
    return _from(base, by=by, now=now)


@transaction.atomic
def open_from_earlier(version_id: UUID, *, by: Actor, now: datetime) -> ProgramDraft:
    """Go back to an earlier version by publishing it again: a draft with its very words.

    Raises Refused while another draft is open, Http404 for anybody else's version.
    """
    manufacturer = rules.manufacturer_of(by)
    mine = ProgramVersion.objects.filter(
        program__manufacturer_id=manufacturer, published_at__isnull=False
    )
    base = get_visible_or_404(mine.select_related("program"), id=version_id)
    if ProgramDraft.objects.filter(program=base.program, status__in=OPEN_DRAFTS).exists():
        raise rules.Refused(_("This program has a draft open. Publish it or give it up first."))
    return _from(base, by=by, now=now)


def _from(base: ProgramVersion, *, by: Actor, now: datetime) -> ProgramDraft:
    """A draft with the words of a version, from today, under the name of a next version."""
    plan = {
        **base.definition,
        "version": _next(base.program, now=now),
        "valid_from": timezone.localdate(now).isoformat(),
    }
    draft = ProgramDraft(
        program=base.program,
        base=base,
        definition=plan,
        cases=base.cases,
        overlap=Overlap.ENDS,
    )
    return _made(draft, by=by, now=now, action="opened")


def _next(program: Program, *, now: datetime) -> str:
    """A name for a program's next version: the year and month, with a number while it is taken."""
    month = timezone.localdate(now).strftime("%Y-%m")
    published = program.versions.filter(published_at__isnull=False)
    taken = set(published.values_list("definition__version", flat=True))
    number, name = 1, month
    while name in taken:
        number += 1
        name = f"{month}-{number}"
    return name


@transaction.atomic
def start_new(name: str, medicine: str, *, template: str, by: Actor, now: datetime) -> ProgramDraft:
    """Begin a program that is not there yet, from a journey template and the usual questions."""
    maker = Organization.objects.get(id=rules.manufacturer_of(by))
    key = free_key(name, maker)
    plan = starter(
        {
            "key": key,
            "name": name,
            "medicine": medicine,
            "manufacturer": maker.slug,
            "maker": maker.name,
            "version": timezone.localdate(now).strftime("%Y-%m"),
            "valid_from": timezone.localdate(now).isoformat(),
            "template": template,
        }
    )
    return _made(ProgramDraft(definition=_fitted(plan)), by=by, now=now, action="begun")


def _fitted(plan: dict[str, Any]) -> dict[str, Any]:
    """Only what its journey works on is offered, and only what is offered is given at a step."""
    steps = journeys().steps(JourneyPlan(plan["journey"]["template"], {}))
    done = {each.service for each in steps}
    gifts = [each for each in steps if each.gives]
    services = [each for each in plan["services"] if each in done]
    services = services or [each.service for each in gifts]
    plan = {**plan, "services": services}
    for each in gifts:
        if each.service not in services:
            plan = left_out(plan, each.key, out=True)
    return plan


def free_key(name: str, maker: Organization) -> str:
    """A key nobody's program has; told by the maker's own word where the plain one is taken, so
    that the answer says nothing of another manufacturer's programs.
    """
    key = slug(name, most=30).replace("_", "-")
    plain = f"{key}-{maker.slug}"[:50]
    drafts = ProgramDraft.objects.values_list("definition__key", flat=True)
    taken = {*drafts, *Program.objects.values_list("key", flat=True)}
    if key not in taken:
        return key
    number = 1
    while (found := plain if number == 1 else f"{plain}-{number}") in taken:
        number += 1
    return found


@transaction.atomic
def start_from_file(plan: object, *, by: Actor, now: datetime) -> ProgramDraft:
    """Begin from a whole program as one file, or go on with the program of that key.

    The file's words stand exactly as they are; only a key that is somebody else's is changed,
    and the manufacturer is always the one who reads it. Raises ShapeError for every fault of
    its shape, Refused when that program has a draft open.
    """
    maker = Organization.objects.get(id=rules.manufacturer_of(by))
    read = Definition.from_json(plan)
    own = Program.objects.filter(key=read.key, manufacturer=maker).first()
    if own and ProgramDraft.objects.filter(program=own, status__in=OPEN_DRAFTS).exists():
        raise rules.Refused(_("This program has a draft open. Publish it or give it up first."))
    kept = {**read.to_json(), "manufacturer": maker.slug}
    if own is None and (key := free_key(read.key, maker)) != read.key:
        kept = called(kept, key)
    today = timezone.localdate(now)
    base = version_on(own, today) if own else None
    return _made(
        ProgramDraft(program=own, base=base, definition=kept), by=by, now=now, action="read in"
    )


def _made(draft: ProgramDraft, *, by: Actor, now: datetime, action: str) -> ProgramDraft:
    draft.organization_id = rules.manufacturer_of(by)
    if by.user_id:
        draft.made_by_id = draft.changed_by_id = by.user_id
    draft.changed_at = now
    draft.faults = faults_of(Definition.from_json(draft.definition), draft)
    draft.save(force_insert=True)
    audit.wrote(draft, action=f"program draft {action}")
    return draft


@transaction.atomic
def change(
    draft_id: UUID, make: Change, *, what: str, seen: int, by: Actor, now: datetime
) -> ProgramDraft:
    """Put one change of the definition in place, and find what is wrong with the whole.

    `what` names the part in the audit; `seen` is the revision the page had shown. Raises Moved
    when somebody changed the draft meanwhile, Refused when it does not change any more, and
    ShapeError when the change makes it no definition.
    """
    rules.manufacturer_of(by)
    draft = lock(draft_id)
    rules.require(rules.why_not_change(draft))
    if draft.revision != seen:
        raise Moved
    made = Definition.from_json(make(draft.definition))
    draft.definition = made.to_json()
    return _changed(draft, ["definition"], what=what, by=by, now=now)


def _changed(
    draft: ProgramDraft, fields: list[str], *, what: str, by: Actor, now: datetime
) -> ProgramDraft:
    draft.faults = faults_of(Definition.from_json(draft.definition), draft)
    draft.revision += 1
    draft.changed_at = now
    if by.user_id:
        draft.changed_by_id = by.user_id
    draft.save(update_fields=[*fields, "faults", "revision", "changed_at", "changed_by"])
    audit.wrote(draft, action="program draft changed", fields=[what[:60]])
    return draft


@transaction.atomic
def keep(
    draft_id: UUID, values: Mapping[str, Any], *, what: str, by: Actor, now: datetime
) -> ProgramDraft:
    """Keep what stands beside the definition, its dates and its test cases; and from when it holds,
    which stands in it. Raises Refused.
    """
    rules.manufacturer_of(by)
    draft = lock(draft_id)
    rules.require(rules.why_not_change(draft))
    for name, value in values.items():
        if name != "valid_from":
            setattr(draft, name, value)
    if since := values.get("valid_from"):
        draft.definition = {**draft.definition, "valid_from": since.isoformat()}
    names = ["definition" if name == "valid_from" else name for name in values]
    return _changed(draft, names, what=what, by=by, now=now)


@transaction.atomic
def drop(draft_id: UUID, *, by: Actor, now: datetime) -> None:
    """Give a draft up; nothing of the live version changes. Raises Refused."""
    rules.manufacturer_of(by)
    draft = lock(draft_id)
    rules.require(rules.why_not_change(draft))
    draft.status, draft.changed_at = DraftStatus.DROPPED, now
    draft.save(update_fields=["status", "changed_at"])
    audit.wrote(draft, action="program draft given up")


__all__ = [
    "Moved",
    "ShapeError",
    "change",
    "drop",
    "keep",
    "lock",
    "open_from_earlier",
    "open_from_live",
    "start_from_file",
    "start_new",
]
