"""May this actor do this, and is it in a state to be done. Each rule answers with a sentence."""

from uuid import UUID

from accounts import rules
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.models import Organization
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment, Keying, Prescriber
from programs.models import ProgramVersion

# One refusal for all apps.
Refused, require = rules.Refused, rules.require


def practice_of(actor: Actor) -> UUID:
    """The practice the actor works for. Raises Refused when there is none."""
    if actor.organization_id is None:
        raise Refused("Choose the practice you are working for first.")
    return actor.organization_id


def person_of(actor: Actor) -> UUID:
    """The person who acts. Raises Refused when a process does."""
    if actor.user_id is None:
        raise Refused("Only a person does this.")
    return actor.user_id


def why_not_change(enrollment: Enrollment) -> str:
    """Whoever it is: what was sent or withdrawn stays as it is."""
    if enrollment.status == EnrollmentStatus.SUBMITTED:
        return "This enrollment was already sent to the hub; what was sent does not change."
    if enrollment.status == EnrollmentStatus.WITHDRAWN:
        return "This draft was withdrawn and no longer changes."
    return ""


def _keys(actor: Actor, enrollment: Enrollment) -> bool:
    """Whether a hub's person keys this one enrollment for the practice."""
    return actor.keys is not None and actor.keys == enrollment.id


def why_not_edit_patients(actor: Actor) -> str:
    if actor.may(Permission.PATIENTS_EDIT):
        return ""
    return "Your role reads patients but does not change them."


def why_not_edit_practice(actor: Actor) -> str:
    if actor.may(Permission.PRACTICE_EDIT):
        return ""
    return "Your role does not change what the office says about itself."


def why_not_link(actor: Actor) -> str:
    """Who signs as a prescriber is for whoever gives people their roles."""
    if actor.may(Permission.MEMBERS_MANAGE):
        return ""
    return "Only an administrator says who signs as a prescriber."


def why_not_start(actor: Actor) -> str:
    if actor.may(Permission.ENROLLMENTS_EDIT):
        return ""
    return "Your role does not start enrollments."


def why_not_answer(actor: Actor, enrollment: Enrollment) -> str:
    if not (actor.may(Permission.ENROLLMENTS_EDIT) or _keys(actor, enrollment)):
        return "Your role reads enrollments but does not change their answers."
    return why_not_change(enrollment)


def why_not_authorize(actor: Actor, enrollment: Enrollment) -> str:
    """Taking the patient's signature on the office's screen."""
    if not actor.may(Permission.ENROLLMENTS_EDIT):
        return "Your role does not take a patient's authorization."
    return why_not_signed_by_patient(enrollment)


def why_not_bring_paper(actor: Actor, enrollment: Enrollment) -> str:
    """Bringing the patient's signature on paper, or on the pages that the form is keyed from."""
    if not (actor.may(Permission.ENROLLMENTS_EDIT) or _keys(actor, enrollment)):
        return "Your role does not take a patient's authorization."
    return why_not_signed_by_patient(enrollment)


def why_not_ask_patient(actor: Actor) -> str:
    """Giving a patient a link, the screen or a page to sign."""
    if actor.may(Permission.ENROLLMENTS_EDIT):
        return ""
    return "Your role does not ask patients to sign."


def why_not_check_paper(actor: Actor, enrollment: Enrollment, uploaded_by: UUID) -> str:
    """Saying that a scan shows a signature: a second person of who brought it."""
    office = actor.may(Permission.ENROLLMENTS_EDIT) or actor.may(Permission.ENROLLMENTS_SIGN)
    if not (office or _keys(actor, enrollment)):
        return "Your role does not check signatures on paper."
    if _keys(actor, enrollment) and actor.user_id == uploaded_by:
        return "You read this signature off the page; a colleague checks it."
    if actor.user_id is None or actor.user_id == uploaded_by:
        return "You uploaded this scan; a colleague checks it."
    return why_not_signed_by_patient(enrollment)


def why_not_signed_by_patient(enrollment: Enrollment) -> str:
    """The patient needs no permission of ours; the enrollment has to wait for the signature."""
    return "" if enrollment.awaiting_patient_since else why_not_change(enrollment)


def why_not_certify(actor: Actor, enrollment: Enrollment, prescriber: Prescriber) -> str:
    """Only the prescriber named on the enrollment signs it, and nobody in their place."""
    if not actor.may(Permission.ENROLLMENTS_SIGN):
        return "Only a prescriber signs a certification."
    if prescriber.user_id is None or prescriber.user_id != actor.user_id:
        return f"Only {prescriber.name} can sign this enrollment."
    return why_not_change(enrollment)


def why_not_withdraw(actor: Actor, enrollment: Enrollment) -> str:
    if not actor.may(Permission.ENROLLMENTS_EDIT):
        return "Your role does not withdraw enrollments."
    if enrollment.status == EnrollmentStatus.WITHDRAWN:
        return why_not_change(enrollment)
    return ""


def why_not_amend(actor: Actor, enrollment: Enrollment) -> str:
    """Opening what was sent again, because the practice itself wants something changed."""
    if not actor.may(Permission.ENROLLMENTS_EDIT):
        return "Your role does not change what was sent."
    if enrollment.status != EnrollmentStatus.SUBMITTED:
        return "Only what was sent can be amended."
    return why_not_going(enrollment)


def why_not_submit(actor: Actor, enrollment: Enrollment) -> str:
    """The actor's side and the state's; what is missing on the form is asked apart."""
    if not (actor.may(Permission.ENROLLMENTS_SUBMIT) or _keys(actor, enrollment)):
        return "Your role does not send enrollments to a hub."
    return why_not_change(enrollment) or why_not_going(enrollment)


def why_not_going(enrollment: Enrollment) -> str:
    """What was sent before goes on with its journey, and with nothing once that has ended."""
    if enrollment.journey is None or enrollment.journey.closed_at is None:
        return ""
    return "This journey has ended, and nobody waits for more of it. Begin a new enrollment."


def why_not_key(actor: Actor, keying: Keying) -> str:
    """A hub's person, what their own hub was sent, and only until it is sent or given up."""
    if not actor.may(Permission.INTAKE_REVIEW) or actor.organization_id != keying.organization_id:
        return "Your role does not key enrollments for practices."
    if keying.ended_at is not None:
        return "This was sent or given up already; nothing more is keyed into it."
    return ""


def why_not_begin_keyed(actor: Actor, enrollment_id: UUID) -> str:
    """Only who keys it begins a draft for a practice that is not their own."""
    if actor.keys is not None and actor.keys == enrollment_id:
        return ""
    return "Only the hub that was sent it begins this enrollment."


def why_not_route_to(hub: Organization, version: ProgramVersion) -> str:
    """A hub keys into the programs that go to it."""
    if version.definition["route"]["hub"] == hub.slug:
        return ""
    return f"{version.program.name} goes to another hub; that one keys it."
