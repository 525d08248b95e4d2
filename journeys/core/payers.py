"""Who pays, in the few classes that decide which clock and which help apply."""

from collections.abc import Mapping

PAYER_CLASSES: Mapping[str, str] = {
    "commercial": "Commercial",
    "medicare": "Medicare",
    "medicaid": "Medicaid",
    "other_government": "Other government",
    "uninsured": "No insurance",
}
# The payers that counts tell apart by name; whatever else somebody wrote is another payer.
PAYERS: Mapping[str, str] = {
    "meridian_health": "Meridian Health",
    "bluewater_mutual": "Bluewater Mutual",
    "summit_state_plan": "Summit State Plan",
}
_PAYER_OF = {name.casefold(): key for key, name in PAYERS.items()}
_CLASS_OF: Mapping[str, str] = {
    "commercial": "commercial",
    "marketplace": "commercial",
    "medicare": "medicare",
    "medicare_advantage": "medicare",
    "medicare_d": "medicare",
    "medicaid": "medicaid",
    "tricare": "other_government",
    "va": "other_government",
    "ihs": "other_government",
    "government": "other_government",
    "uninsured": "uninsured",
}


def payer_class(line_of_business: object) -> str:
    """The class of a kind of insurance (field B5), or nothing when it is not known."""
    return _CLASS_OF.get(str(line_of_business), "")


def payer_known(name: object) -> str:
    """The key of a payer that is told apart by name, "other" for any other one."""
    return _PAYER_OF.get(" ".join(str(name).split()).casefold(), "other")
