"""What each at-risk rule is called in a list, in few words; the journey tells why in full."""

from collections.abc import Collection, Mapping

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
# More reasons than these make a line unreadable; the journey's page tells all.
MOST = 3


def few_words(rules: Collection[str]) -> str:
    """What these rules are called, the first ones by name: "Past due, Back and forth, 2 more"."""
    words = [RISK_WORDS[rule] for rule in RISK_WORDS if rule in rules]
    if len(words) > MOST:
        words[MOST:] = [f"{len(words) - MOST} more"]
    return ", ".join(words)
