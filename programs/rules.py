"""May this actor do this, and is the program draft in a state to be done. Sentences answer."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import rules
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Permission
from programs.enums import DraftStatus
from programs.models import ProgramDraft

# One refusal for all apps.
Refused, require = rules.Refused, rules.require


def manufacturer_of(actor: Actor) -> UUID:
    """The manufacturer whose programs the actor composes. Raises Refused for anybody else."""
    composes = actor.may(Permission.PROGRAMS_COMPOSE)
    if actor.organization_kind != OrganizationKind.MANUFACTURER or not composes:
        raise Refused(_("Programs are composed by their manufacturer."))
    if actor.organization_id is None or actor.user_id is None:
        raise Refused(_("Programs are composed by a person."))
    return actor.organization_id


def why_not_change(draft: ProgramDraft) -> str:
    """Only what is being composed changes: what is proposed is read as it stands."""
    if draft.status == DraftStatus.PROPOSED:
        return _("This draft waits for approval. Take it back first to change it.")
    if draft.status != DraftStatus.COMPOSING:
        return _("This draft is closed. Open a new one from the live version.")
    return ""


def why_not_propose(draft: ProgramDraft, *, today: date) -> str:
    """Nothing faulty is proposed, nor what would hold from a day that is past."""
    if draft.status != DraftStatus.COMPOSING:
        return _("Only a draft that is being composed can be proposed.")
    if draft.faults:
        return _("Mend every fault first; each is listed with its place.")
    if draft.definition["valid_from"] < today.isoformat():
        return _("It would hold from a day that is past. Choose another under “When it holds”.")
    return ""


def why_not_decide(actor: Actor, draft: ProgramDraft) -> str:
    """Somebody else than the one who proposed it decides."""
    if draft.status != DraftStatus.PROPOSED:
        return _("This draft does not wait for approval.")
    if draft.proposed_by_id == actor.user_id:
        return _("You proposed this. Somebody else has to approve it.")
    return ""
