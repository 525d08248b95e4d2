"""What each simulated partner does with a case: plans, decided by the seed alone."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from journeys.core.neutral import in_neutral_order


@dataclass(frozen=True)
class Turn:
    """One report: so many minutes after the one before, posted `again` more times.

    A `late` one happens when it should and is posted only after the next one.
    """

    minutes: float
    step: str
    status: str
    reason: str = ""
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    corrections: tuple[Mapping[str, str], ...] = ()
    late: bool = False
    again: int = 0


@dataclass(frozen=True)
class Case:
    """What a partner knows of one case, and what chance it draws from.

    The first case of every partner goes smoothly, so that whoever tries the demo for the
    first time sees the whole way.
    """

    journey: str
    number: str
    version: int
    steps: frozenset[str]
    today: date
    chance: Random
    smooth: bool
    # The names of the pharmacies that the program has, by their codes.
    pharmacies: Mapping[str, str] = field(default_factory=dict)

    def happens(self, probability: float) -> bool:
        return self.chance.random() < probability and not self.smooth


def hub(case: Case) -> Iterator[Turn]:
    """From intake to the referral, once the payer agrees; a returned case goes on corrected."""
    if case.version == 1 and case.happens(0.15):
        yield Turn(
            0.5,
            "intake_review",
            "returned",
            reason="missing_member_id",
            note="The member ID does not match the card.",
            corrections=(
                {"field": "B7", "sentence": "The member ID does not match the patient's card."},
            ),
        )
        return
    yield Turn(0.5, "intake_review", "accepted")
    if "benefit_verification" not in case.steps:
        yield Turn(2, "patient_assistance", "approved")
        yield from _referral(case)
        return
    yield Turn(1, "benefit_verification", "electronic_sent")
    asked = case.smooth or case.chance.random() < 0.8
    yield Turn(
        1.5,
        "benefit_verification",
        "complete",
        reason="covered_prior_authorization" if asked else "covered",
        facts={
            "coverage_active": True,
            "prior_authorization_required": asked,
            "out_of_pocket_estimate": str(case.chance.choice((35, 45, 60, 120, 240))),
        },
        again=2 if case.happens(0.3) else 0,
    )
    if not asked or (yield from _prior_authorization(case)):
        yield from _referral(case)


def _referral(case: Case) -> Iterator[Turn]:
    """The patient is asked, and wants the program's first pharmacy unless it is its turn anyway.

    So whoever tries the demo finds the case there.
    """
    if not case.pharmacies:
        return
    code, name = next(iter(case.pharmacies.items()))
    facts = {"patient_choice_asked_on": case.today.isoformat(), "pharmacy_name": name}
    if in_neutral_order(case.pharmacies, of=case.journey)[0] == code:
        facts["routing_reason"] = "no_preference"
    else:
        facts |= {"routing_reason": "patient_choice", "patient_pharmacy_choice": name}
    yield Turn(0.5, "pharmacy_triage", "sent", facts=facts)


def _prior_authorization(case: Case) -> Generator[Turn, None, bool]:
    """Returns whether the payer approves."""
    reference = f"REF-{case.chance.randrange(10**6):06}"
    yield Turn(
        2,
        "prior_authorization",
        "submitted",
        note="Sent electronically with the chart notes of the enrollment.",
        facts={"payer_reference": reference},
    )
    yield Turn(1, "prior_authorization_determination", "pending", late=case.happens(0.3))
    if case.happens(0.2):
        yield Turn(3, "prior_authorization_determination", "denied", reason="step_therapy")
        return False
    yield Turn(
        3,
        "prior_authorization_determination",
        "approved",
        facts={
            "authorization_number": f"AU{case.chance.randrange(10**8):08}",
            "authorization_starts_on": case.today.isoformat(),
            "authorization_ends_on": (case.today + timedelta(days=365)).isoformat(),
        },
        again=1 if case.happens(0.3) else 0,
    )
    return True


def vendor(case: Case) -> Iterator[Turn]:
    """Copay help, within the quarter of an hour that the vendor promises."""
    if case.happens(0.1):
        yield Turn(0.5, "copay_enrollment", "not_eligible", reason="state_limit")
        return
    yield Turn(
        0.5,
        "copay_enrollment",
        "enrolled",
        facts={
            "copay_bin": "610524",
            "copay_pcn": "CPR",
            "copay_group": "ECOPPER1",
            "copay_member_id": f"{case.chance.randrange(10**10):010}",
            "copay_maximum": "12000",
        },
        again=3 if case.happens(0.2) else 0,
    )


def pharmacy(case: Case) -> Iterator[Turn]:
    """From the referral to the first dose."""
    yield Turn(1, "pharmacy_triage", "accepted")
    yield Turn(1, "pharmacy_intake", "intake")
    if case.happens(0.2):
        yield Turn(1, "pharmacy_intake", "rejected", reason="plan_limitations")
    yield Turn(1.5, "pharmacy_intake", "paid", facts={"pharmacy_order_number": case.number})
    ship_on = case.today + timedelta(days=1)
    yield Turn(1, "delivery", "scheduled", facts={"ship_on": ship_on.isoformat()})
    yield Turn(
        1.5,
        "delivery",
        "shipped",
        facts={
            "carrier": "Swift Cold Chain",
            "tracking_number": f"SC{case.chance.randrange(10**9):09}",
            "days_supply": 28,
            "fill_number": 0,
        },
        late=case.happens(0.25),
        again=1 if case.happens(0.3) else 0,
    )
    delivered_on = case.today.isoformat()
    yield Turn(2, "delivery", "delivered", facts={"delivered_on": delivered_on})
    # Between the infusions and the injections the practice has it, for as long as it takes.
    yield Turn(10, "home_delivery", "delivered", facts={"days_supply": 28})
    yield Turn(
        2,
        "first_dose",
        "confirmed",
        note="The patient told us on the phone.",
        facts={"first_dose_on": delivered_on},
    )


def turns_of(kind: str, case: Case) -> Iterator[Turn]:
    """What the partner reports of a case: nothing about steps its program does not have."""
    return (turn for turn in SCRIPTS[kind](case) if turn.step in case.steps)


SCRIPTS: Mapping[str, Callable[[Case], Iterator[Turn]]] = {
    "enrollment.submitted": hub,
    "referral.submitted": pharmacy,
    "copay_request.submitted": vendor,
}
