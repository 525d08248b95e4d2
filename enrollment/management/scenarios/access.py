"""Stories of cost and coverage: copay, a disagreement, a new plan, a denial and its appeals."""

from uuid import uuid4

from django.utils import timezone

from accounts.core.actor import Actor
from accounts.tenancy import acting_as, every_tenant
from enrollment.domain.patients import add_coverage
from enrollment.management.demo.routing import a_choice
from enrollment.management.scenarios.practice import ANA, enroll, keep
from enrollment.management.scenarios.stage import APPROVED, Stage, Stuck, person
from journeys.core.events import Event
from journeys.domain.queries.journeys import read_story
from journeys.domain.recording import record
from journeys.domain.settling import Settlement, settle
from journeys.models import Journey

HUB, PHARMACY, VENDOR = "northstar", "crescent", "copperline"
PRIYA = "priya@northstar.example"
DECISION = "prior_authorization_determination"
CARD = {
    "copay_bin": "610524",
    "copay_pcn": "CPR",
    "copay_group": "ECOPPER1",
    "copay_member_id": "2044177331",
}


def opened(stage: Stage, *, card: bool = True) -> Journey:
    """A journey whose benefits are known, with an authorization asked for; perhaps a card too."""
    _sent, journey = enroll(stage, "veltrana", keep(stage, stage.a_patient()))
    stage.arrived(journey)
    stage.tells(HUB, journey, "intake_review", "accepted")
    verified(stage, journey)
    if card:
        stage.tells(VENDOR, journey, "copay_enrollment", "enrolled", facts=CARD)
    stage.tells(HUB, journey, "prior_authorization", "submitted")
    return journey


def verified(stage: Stage, journey: Journey, **facts: object) -> None:
    """The hub knows the benefits: covered, with an authorization."""
    stage.tells(
        HUB,
        journey,
        "benefit_verification",
        "complete",
        reason="covered_prior_authorization",
        facts={
            "coverage_active": True,
            "prior_authorization_required": True,
            "out_of_pocket_estimate": "480.00",
            **facts,
        },
    )


def to_pharmacy(stage: Stage, journey: Journey) -> None:
    """The referral goes to the pharmacy, which takes it."""
    asked = a_choice(journey, on=stage.clock.date())
    stage.tells(HUB, journey, "pharmacy_triage", "sent", facts=asked)
    stage.arrived(journey)
    stage.tells(PHARMACY, journey, "pharmacy_triage", "accepted")


def copay_at_once(stage: Stage) -> None:
    """Copay help is approved at 9:02, and everybody has the card at 9:02."""
    stage.begin(days=0.05)
    journey = opened(stage, card=False)
    stage.tells(VENDOR, journey, "copay_enrollment", "enrolled", facts=CARD, again=2)
    stage.tells(HUB, journey, DECISION, "approved", facts=APPROVED)
    to_pharmacy(stage, journey)


def disagreement(stage: Stage) -> None:
    """Pharmacy and hub say opposite things of one authorization; a person settles it."""
    stage.begin(days=1)
    journey = opened(stage)
    stage.tells(HUB, journey, DECISION, "approved", facts=APPROVED)
    to_pharmacy(stage, journey)
    stage.later(minutes=30)
    stage.tells(PHARMACY, journey, DECISION, "denied", reason="step_therapy")
    stage.later(hours=1)
    by = person(PRIYA)
    with acting_as(by):
        settle(journey.id, _for_the_hub(journey, by), by=by, now=timezone.now())
    stage.say(f"{journey.number}  {by.name} settles for the approval")
    stage.clock = timezone.now()
    stage.tells(PHARMACY, journey, "pharmacy_intake", "paid")


def _for_the_hub(journey: Journey, by: Actor) -> Settlement:
    """The side with a number and dates, chosen by somebody who has read both. Raises Stuck."""
    story = read_story(journey.id, by, now=timezone.now())
    found = next(iter(story.state.conflicts if story else ()), None)
    if found is None:
        raise Stuck("Nobody disagrees.")
    return Settlement(
        token=str(uuid4()),
        conflict=found.key,
        chosen=next(claim.ref for claim in found.claims if claim.source == HUB),
        weighed=tuple(claim.ref for claim in found.claims),
        why="The payer's letter has a number and dates; the pharmacy read an older answer.",
    )


def plan_change(stage: Stage) -> None:
    """A patient on therapy has a new plan: benefits and authorization begin anew."""
    stage.begin(days=40)
    journey = opened(stage)
    stage.tells(HUB, journey, DECISION, "approved", facts=APPROVED)
    stage.later(days=30)
    by, (_patient, coverage) = person(ANA), stage.a_patient(B3="Summit Mutual")
    with acting_as(by):
        kept = add_coverage(journey.patient_id, coverage, by=by, now=timezone.now())
    changed = Event(
        id=stage.name("scenario"),
        kind="coverage_changed",
        source="lakeside",
        source_name="Lakeside Rheumatology",
        role="practice",
        transport="portal",
        coverage_id=str(kept.id),
        note="The patient's employer changed plans.",
        occurred_at=stage.clock,
        received_at=timezone.now(),
    )
    with every_tenant(reason="a change of coverage concerns every party's rows"):
        record(journey.id, changed, actor=by, now=timezone.now())
    stage.say(f"{journey.number}  Lakeside: the coverage changed")
    stage.later(days=1)
    verified(stage, journey)
    stage.tells(HUB, journey, "prior_authorization", "submitted")


def denial_appeal_bridge(stage: Stage) -> None:
    """Denied, appealed twice and overturned while free medicine bridges the wait."""
    stage.begin(days=46)
    journey = opened(stage)
    stage.later(days=7)
    stage.tells(HUB, journey, "bridge", "eligible")
    stage.tells(HUB, journey, "bridge", "shipped", facts={"bridge_fill_number": 1})
    stage.later(days=2)
    stage.tells(HUB, journey, DECISION, "denied", reason="step_therapy")
    stage.later(days=2)
    stage.tells(HUB, journey, "appeal", "submitted", reason="appeal")
    stage.later(days=20)
    stage.tells(HUB, journey, "appeal", "upheld")
    stage.later(days=2)
    stage.tells(HUB, journey, "appeal", "peer_to_peer")
    stage.later(days=11)
    stage.tells(HUB, journey, "appeal", "overturned", facts=APPROVED)
    to_pharmacy(stage, journey)
    stage.tells(PHARMACY, journey, "pharmacy_intake", "paid")
    stage.tells(PHARMACY, journey, "delivery", "scheduled")


def side_effect(stage: Stage) -> None:
    """A refill stops for a rash: it is on hold for that reason, never lost."""
    stage.begin(days=45)
    journey = opened(stage)
    stage.tells(HUB, journey, DECISION, "approved", facts=APPROVED)
    to_pharmacy(stage, journey)
    stage.tells(PHARMACY, journey, "pharmacy_intake", "paid")
    stage.tells(PHARMACY, journey, "delivery", "scheduled")
    shipped = {"carrier": "Swift Cold Chain", "days_supply": 28, "fill_number": 0}
    stage.tells(PHARMACY, journey, "delivery", "shipped", facts=shipped)
    stage.later(days=1)
    stage.tells(PHARMACY, journey, "delivery", "delivered")
    stage.tells(HUB, journey, "first_dose", "confirmed")
    stage.later(days=19)
    stage.tells(PHARMACY, journey, "refill", "attempting_contact_1")
    stage.later(days=2)
    stage.tells(
        HUB,
        journey,
        "adverse_event",
        "captured",
        reason="side_effect",
        note="Text message: rash after the last shot, stopped.",
    )
    stage.tells(PHARMACY, journey, "refill", "on_hold", reason="side_effect")
    stage.tells(HUB, journey, "adverse_event", "forwarded")
    stage.later(days=14)
    stage.tells(PHARMACY, journey, "refill", "resumed")
