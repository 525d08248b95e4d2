"""What each at-risk rule is called in a list, in few words; the journey tells why in full."""

from collections.abc import Mapping

RISK_WORDS: Mapping[str, str] = {
    "R1": "Past due",
    "R2": "Silent for days",
    "R3": "Cannot start in time",
    "R4": "Patient not reached",
    "R5": "Back and forth",
    "R6": "Cost too high",
    "R7": "Something runs out",
    "R8": "Partners disagree",
    "R9": "Side effect open",
    "R10": "Refill not on its way",
    "R11": "Nobody has it",
    "R12": "Partner is silent",
    "R13": "Copay with government payer",
    "R14": "Enrolled twice",
}
