"""Who may do what on a journey, and whether it stands so that it can be done."""

from collections.abc import Set
from uuid import UUID

from accounts import rules
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Permission
from journeys.core.closing import CONSENT_WITHDRAWN
from journeys.core.conflicts import Conflict
from journeys.core.graph import ORGANIZATIONS
from journeys.core.state import JourneyState, StepState
from journeys.models import Journey, SafetyReport, WorkItem

# One refusal for all apps.
Refused = rules.Refused

INTAKE = "intake_review"
MISSING = "missing_information"
SAFETY = "adverse_event"
ROUTING = "pharmacy_triage"


def may_claim(actor: Actor, item: WorkItem) -> bool:
    """Somebody of the organization that has it takes or gives back open work."""
    return (
        actor.may(Permission.WORK_VIEW)
        and item.owner_id == actor.organization_id
        and item.closed_at is None
    )


def may_report(actor: Actor, state: JourneyState, step: StepState, *, roles: Set[str]) -> bool:
    """The staff of the party with the next action report a step that is open.

    What may happen at any time (the end of the therapy) is reported by each party that may read
    of it; a side effect by whoever takes part, a copay vendor too, who reads nothing of it after.
    """
    safety = step.key == SAFETY
    if not actor.may(Permission.SAFETY_REPORT if safety else Permission.JOURNEYS_REPORT):
        return False
    has_it = state.is_open and step.key in state.current and step.acts in roles
    tellers = frozenset(ORGANIZATIONS) if safety else state.any_time.get(step.key, frozenset())
    return has_it or (step.key in state.any_time and bool(tellers & roles))


def may_review_intake(actor: Actor, state: JourneyState, *, roles: Set[str]) -> bool:
    """The hub decides about an enrollment while intake review is its next action."""
    step = state.steps.get(INTAKE)
    return (
        actor.may(Permission.INTAKE_REVIEW)
        and actor.organization_kind == OrganizationKind.HUB
        and "hub" in roles
        and step is not None
        and state.is_open
        and INTAKE in state.current
        and step.acts == "hub"
    )


def may_settle(actor: Actor, state: JourneyState, conflict: Conflict, *, roles: Set[str]) -> bool:
    """The party that settles this journey's disagreements confirms one side of an open one."""
    owners = {action.owner for action in state.actions if action.key == conflict.key}
    return actor.may(Permission.CONFLICTS_SETTLE) and conflict.open and bool(owners & roles)


def may_explain_codes(actor: Actor, partner_id: UUID, hub_slug: str, *, own_slug: str) -> bool:
    """The operator explains every partner's codes, a hub its own, and others' in its programs.

    `hub_slug` is the hub of the program meant, or empty for all programs.
    """
    if not actor.may(Permission.STATUS_MAPS_EDIT):
        return False
    if actor.is_operator:
        return True
    return actor.organization_id == partner_id or (hub_slug != "" and hub_slug == own_slug)


def may_end_consent(actor: Actor, journey: Journey) -> bool:
    """The hub of a journey ends a permission for a patient who calls it."""
    return actor.may(Permission.CONSENTS_END) and journey.hub_id == actor.organization_id


def may_own(actor: Actor, journey: Journey) -> bool:
    """Whoever reviews intake at the hub of an open journey may answer for it."""
    mine = journey.hub_id == actor.organization_id
    return actor.may(Permission.INTAKE_REVIEW) and mine and journey.closed_at is None


def may_contact(actor: Actor, journey: Journey) -> bool:
    """The staff of the hub of an open journey reach its patient."""
    mine = journey.hub_id == actor.organization_id
    return actor.may(Permission.JOURNEYS_REPORT) and mine and journey.closed_at is None


def may_give_cases(actor: Actor) -> bool:
    """A supervisor of a hub gives cases to colleagues, and says when they are away."""
    return actor.may(Permission.INTAKE_REVIEW) and actor.may(Permission.WORK_REASSIGN)


def may_keep_criteria(actor: Actor) -> bool:
    """Whoever reviews intake at a hub keeps what payers decide by; each version has its writer."""
    hub = actor.organization_kind == OrganizationKind.HUB
    return hub and actor.may(Permission.INTAKE_REVIEW)


def may_answer_criteria(actor: Actor, state: JourneyState) -> bool:
    """Whoever reports on an open journey answers what its payer decides by."""
    return actor.may(Permission.JOURNEYS_REPORT) and state.is_open


def may_merge(actor: Actor, journey: Journey) -> bool:
    """The hub of a journey merges it with another of the same patient."""
    return actor.may(Permission.INTAKE_REVIEW) and journey.hub_id == actor.organization_id


def why_not_write_message(actor: Actor, state: JourneyState, *, roles: Set[str]) -> str:
    """Any party's staff who report may also write to the others, on an ended journey too.

    Not where the patient took the permission back: nothing more is disclosed then.
    """
    if not (actor.may(Permission.JOURNEYS_REPORT) and roles):
        return "Your organization does not take part in this journey."
    if state.closed_reason == CONSENT_WITHDRAWN:
        return "The patient took the permission back. Nothing more is shared here."
    return ""


def may_forward_safety(actor: Actor, report: SafetyReport) -> bool:
    """The hub of the journey passes a report on, adds to it, or takes it back."""
    mine = report.hub_id == actor.organization_id and report.over_at is None
    return actor.may(Permission.SAFETY_REPORT) and mine


def may_receive_safety(actor: Actor, report: SafetyReport) -> bool:
    """The manufacturer's safety desk, and nobody else there, confirms it and asks."""
    mine = report.manufacturer_id == actor.organization_id and report.forwarded_at is not None
    return actor.may(Permission.SAFETY_VIEW) and mine and report.over_at is None


def may_answer_safety(actor: Actor, report: SafetyReport) -> bool:
    """Practice and hub answer what the safety desk asks."""
    asked = report.status == "follow_up"
    theirs = actor.organization_id in (report.organization_id, report.hub_id)
    return actor.may(Permission.SAFETY_REPORT) and asked and theirs


def may_sign_off_safety(actor: Actor) -> bool:
    """Both sides sign a month off: the hub that sent, and the manufacturer's safety desk."""
    sides = (OrganizationKind.HUB, OrganizationKind.MANUFACTURER)
    return actor.may(Permission.SAFETY_VIEW) and actor.organization_kind in sides
