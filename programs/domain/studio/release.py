"""From a draft to a version that holds: proposed by one person, approved by another."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Organization
from programs import rules
from programs.core.composing import called
from programs.core.definition import Definition
from programs.domain.studio.drafts import free_key, lock
from programs.domain.studio.faults import faults_of
from programs.enums import DraftStatus, Overlap
from programs.models import Program, ProgramDraft, ProgramVersion


@transaction.atomic
def propose(draft_id: UUID, *, by: Actor, now: datetime) -> ProgramDraft:
    """Ask a colleague to approve the draft as it stands. Raises Refused."""
    rules.manufacturer_of(by)
    draft = lock(draft_id)
    rules.require(rules.why_not_propose(draft, today=timezone.localdate(now)))
    draft.status, draft.sent_back = DraftStatus.PROPOSED, ""
    draft.proposed_by_id, draft.proposed_at = by.user_id, now
    draft.save(update_fields=["status", "sent_back", "proposed_by", "proposed_at"])
    audit.wrote(draft, action="program draft proposed")
    return draft


@transaction.atomic
def take_back(draft_id: UUID, *, why: str = "", by: Actor, now: datetime) -> ProgramDraft:
    """Back to composing: by whoever proposed it, or sent back with a reason. Raises Refused."""
    rules.manufacturer_of(by)
    draft = lock(draft_id)
    if draft.status != DraftStatus.PROPOSED:
        raise rules.Refused(_("This draft does not wait for approval."))
    own = draft.proposed_by_id == by.user_id
    if not own and not why.strip():
        raise rules.Refused(_("Say why it is sent back."))
    draft.status, draft.sent_back = DraftStatus.COMPOSING, "" if own else why.strip()
    draft.proposed_by_id, draft.proposed_at = None, None
    draft.changed_at = now
    draft.save(update_fields=["status", "sent_back", "proposed_by", "proposed_at", "changed_at"])
    audit.wrote(draft, action=f"program draft {'taken' if own else 'sent'} back")
    return draft


@transaction.atomic
def approve(draft_id: UUID, *, by: Actor, now: datetime) -> ProgramVersion:
    """Publish what was proposed, from its date: the next version of the program, immutable.

    What held before ends the day before, or on the day that the overlap says; drafts of
    practices go on in it once theirs has ended. Raises Refused for whoever proposed it, for a
    day that is past, and when the draft has become faulty meanwhile.
    """
    manufacturer_id = rules.manufacturer_of(by)
    draft = lock(draft_id)
    rules.require(rules.why_not_decide(by, draft))
    program = _program(draft, manufacturer_id)
    definition = Definition.from_json(draft.definition)
    since = date.fromisoformat(definition.valid_from)
    if since < timezone.localdate(now):
        raise rules.Refused(_("It would hold from a day that is past. Send it back for another."))
    if faults_of(definition, draft):
        raise rules.Refused(_("Something it rests on has changed. Send it back to be mended."))
    earlier = list(program.versions.select_for_update().filter(published_at__isnull=False))
    _end(earlier, draft, since)
    version = ProgramVersion.objects.create(
        program=program,
        number=max((each.number for each in earlier), default=0) + 1,
        definition=draft.definition,
        cases=draft.cases,
        valid_from=since,
        valid_until=draft.valid_until,
        published_at=now,
    )
    draft.program, draft.version, draft.status = program, version, DraftStatus.PUBLISHED
    draft.decided_by_id, draft.decided_at, draft.changed_at = by.user_id, now, now
    draft.revision += 1
    draft.save()
    audit.wrote(version, action="program version published", fields=[definition.version[:60]])
    return version


def _program(draft: ProgramDraft, manufacturer_id: UUID) -> Program:
    """The program, held; made when this is its first version."""
    told = draft.definition
    if draft.program_id:
        program = Program.objects.select_for_update().get(id=draft.program_id)
        program.name, program.product = told["name"], told["medicine"]
        program.save(update_fields=["name", "product"])
        return program
    if Program.objects.filter(key=told["key"]).exists():
        # Somebody's program came to the key first.
        maker = Organization.objects.get(id=manufacturer_id)
        draft.definition = called(told, free_key(told["key"], maker))
    return Program.objects.create(
        manufacturer_id=manufacturer_id,
        key=draft.definition["key"],
        name=told["name"],
        product=told["medicine"],
    )


def _end(earlier: Iterable[ProgramVersion], draft: ProgramDraft, since: date) -> None:
    """Let every version that would go on beside the new one end as the overlap says."""
    last = since - timedelta(days=1)
    if draft.overlap == Overlap.UNTIL and draft.overlap_until:
        last = draft.overlap_until
    for version in earlier:
        if version.valid_from > since or (version.valid_until and version.valid_until <= last):
            continue
        # One that began the same day ends with it: the newer one is taken.
        version.valid_until = max(last, version.valid_from)
        version.save(update_fields=["valid_until"])
