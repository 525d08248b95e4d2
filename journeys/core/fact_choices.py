"""The words a fact of kind "choice" may take."""

from collections.abc import Mapping

from programs.core.catalogue import CATALOGUE
from programs.core.fields import Choice

_PAIRS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "site_type": (
        ("office", "Physician's office"),
        ("infusion_center", "Infusion center"),
        ("home", "Home"),
        ("hospital", "Hospital outpatient"),
    ),
    "acquisition": (
        ("buy_and_bill", "The site buys and bills"),
        ("white_bag", "A pharmacy ships to the site"),
    ),
    "benefit": (("pharmacy", "Pharmacy benefit"), ("medical", "Medical benefit")),
    "submission_channel": (("portal", "Portal"), ("fax", "Fax"), ("phone", "Phone")),
    "other_benefit": (
        ("not_covered", "Not covered"),
        ("covered", "Covered too"),
        ("not_checked", "Not asked about"),
    ),
    "verified_by": (("electronic", "Electronic check"), ("call", "Call to the payer")),
    "site_of_care_policy": (
        ("any", "Anywhere"),
        ("not_hospital", "Not in a hospital"),
        ("home_first", "At home first"),
    ),
    "submitted_by": (("practice", "The practice"), ("hub", "The hub")),
    "submission_method": (
        ("electronic", "Electronic prior authorization"),
        ("payer_portal", "Payer's portal"),
        ("fax", "Fax"),
        ("phone", "Phone"),
    ),
    "household_place": (
        ("contiguous", "48 states or the District of Columbia"),
        ("alaska", "Alaska"),
        ("hawaii", "Hawaii"),
    ),
    "income_proof": (
        ("tax_return", "Tax return"),
        ("pay_stubs", "Pay stubs"),
        ("benefit_letter", "Letter about a benefit"),
        ("electronic", "Electronic income check"),
    ),
    "foundation_fund": (
        ("open", "Open"),
        ("waiting_list", "Taking a waiting list"),
        ("closed", "Closed"),
    ),
    "told_by": (
        ("patient", "The patient"),
        ("caregiver", "A caregiver"),
        ("prescriber", "The prescriber"),
        ("nurse", "A nurse"),
        ("pharmacist", "A pharmacist"),
        ("other", "Somebody else"),
    ),
    # 21 CFR 314.80(a).
    "serious_because": (
        ("death", "The patient died"),
        ("life_threatening", "It threatened life"),
        ("hospital", "It led to a hospital stay or made one longer"),
        ("disability", "It left a disability"),
        ("birth_defect", "A child was born with a defect"),
        ("important", "It needed treatment to prevent one of these"),
    ),
    "routing_reason": (
        ("patient_choice", "The patient chose it"),
        ("payer_mandate", "The payer requires it"),
        ("payer_network", "It is in the payer's network"),
        ("limited_distribution", "Only it may dispense this medicine"),
        ("no_preference", "The patient had no preference: the next in turn"),
    ),
}
CHOICES: Mapping[str, tuple[Choice, ...]] = {
    "therapy_stage": CATALOGUE["E4"].choices,
    "line_of_business": (*CATALOGUE["B5"].choices, Choice("uninsured", "No insurance")),
    **{name: tuple(Choice(*pair) for pair in pairs) for name, pairs in _PAIRS.items()},
}
