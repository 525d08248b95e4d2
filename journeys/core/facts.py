"""The typed facts a journey knows: their words, what they belong to, and who may see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches

from programs.core.conditions import date_of, number_of
from programs.core.facts import FEDERAL

GOVERNMENT_LINES = tuple(sorted({*FEDERAL, "government"}))
_EVERYONE = frozenset({"practice", "hub", "pharmacy", "vendor"})
_CARE = frozenset({"practice", "hub", "pharmacy"})
_ACCESS = frozenset({"practice", "hub"})


@dataclass(frozen=True, slots=True)
class FactType:
    """What kind of fact a name stands for.

    A `per_coverage` fact is true of one coverage only. A fact `of_each_source` (a partner's
    own case number) never disagrees with another partner's.
    """

    name: str
    label: str
    kind: str = "text"
    seen_by: frozenset[str] = _CARE
    per_coverage: bool = False
    of_each_source: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing somebody told us, with who said so and when. Equality ignores arrival."""

    name: str
    value: object
    source: str
    source_name: str
    occurred_at: datetime
    received_at: datetime = field(compare=False)
    ref: str
    coverage_id: str | None = None


def _all(*types: FactType) -> Mapping[str, FactType]:
    return {kind.name: kind for kind in types}


FACTS = _all(
    FactType("patient_asked_on", "Patient asked to sign", "date", _ACCESS),
    FactType("submission_channel", "Submitted by", "choice"),
    FactType("patient_signed", "Patient has signed", "boolean", _EVERYONE),
    FactType("therapy_stage", "Therapy is", "choice"),
    FactType("urgent", "Urgent", "boolean", _EVERYONE),
    FactType("start_by_on", "Expected start", "date"),
    FactType("line_of_business", "Line of business", "choice", _EVERYONE, True),
    FactType("payer_name", "Payer", "text", _EVERYONE, True),
    FactType("coverage_from_on", "Insurance counts from", "date", _EVERYONE, True),
    FactType("next_coverage_on", "Another insurance counts from", "date", _EVERYONE),
    FactType("next_payer_name", "Payer from then on", "text", _EVERYONE),
    FactType("next_coverage_verified", "Verified ahead for", "date", _ACCESS),
    FactType("coverage_active", "Coverage is active", "boolean", _EVERYONE, True),
    FactType("benefit", "Benefit", "choice", _CARE, True),
    FactType("prior_authorization_required", "Prior authorization needed", "boolean", _CARE, True),
    FactType("step_therapy_required", "Step therapy needed", "boolean", _CARE, True),
    FactType("pharmacy_required_by_payer", "Pharmacy the payer requires", "text", _CARE, True),
    FactType("out_of_pocket_estimate", "Patient's estimated cost", "money", _EVERYONE, True),
    FactType("quantity_limit", "Quantity limit", "text", _CARE, True),
    FactType("site_of_care_policy", "Where the plan wants it given", "choice", _CARE, True),
    FactType("other_benefit", "Under the other benefit", "choice", _ACCESS, True),
    FactType("verified_by", "Verified by", "choice", _ACCESS, True, of_each_source=True),
    FactType("deductible", "Deductible", "money", _CARE, True),
    FactType("deductible_met", "Deductible met so far", "money", _CARE, True),
    FactType("out_of_pocket_maximum", "Most the patient pays in a year", "money", _CARE, True),
    FactType("out_of_pocket_met", "Paid by the patient so far", "money", _CARE, True),
    FactType("coinsurance_percent", "Coinsurance, percent", "number", _CARE, True),
    FactType("accumulator", "Copay help is not counted (accumulator)", "boolean", _EVERYONE, True),
    FactType("maximizer", "Cost follows the copay help (maximizer)", "boolean", _EVERYONE, True),
    FactType("alternative_funding", "Alternative funding program", "boolean", _CARE, True),
    FactType("payer_reference", "Payer's reference", "text", _ACCESS, True, of_each_source=True),
    FactType("submitted_by", "Sent by", "choice", _CARE, True, of_each_source=True),
    FactType("submission_method", "Sent through", "choice", _CARE, True, of_each_source=True),
    FactType("submitted_on", "Sent on", "date", _CARE, True, of_each_source=True),
    FactType(
        "payer_criteria", "What the payer decides by", "list", _ACCESS, True, of_each_source=True
    ),
    FactType("criterion_not_met", "Criterion that is not met", "text", _ACCESS, True),
    FactType("payer_question", "Payer's question", "text", _ACCESS, True, of_each_source=True),
    FactType("answer_by_on", "Answer by", "date", _ACCESS, True, of_each_source=True),
    FactType("authorization_number", "Authorization number", "text", _CARE, True),
    FactType("authorization_starts_on", "Authorized from", "date", _CARE, True),
    FactType("authorization_ends_on", "Authorized until", "date", _CARE, True),
    FactType("authorization_scope", "What was approved", "text", _CARE, True),
    FactType("appeal_by_on", "Last day to appeal", "date", _ACCESS, True),
    FactType("appeal_sent_on", "Appeal sent on", "date", _ACCESS, True),
    FactType("peer_to_peer_on", "Talk between doctors on", "date", _ACCESS, True),
    FactType("payer_doctor", "Payer's doctor", "text", _ACCESS, True),
    FactType("payer_doctor_phone", "Payer's doctor's phone", "text", _ACCESS, True),
    FactType("appeal_answer", "Payer's answer to the appeal", "text", _ACCESS, True),
    FactType("external_reviewer", "External reviewer", "text", _ACCESS, True),
    FactType("copay_bin", "Copay card BIN", "text", _EVERYONE, True),
    FactType("copay_pcn", "Copay card PCN", "text", _EVERYONE, True),
    FactType("copay_group", "Copay card group", "text", _EVERYONE, True),
    FactType("copay_member_id", "Copay card ID", "text", _EVERYONE, True),
    FactType("copay_maximum", "Copay help per year", "money", _EVERYONE, True),
    FactType("copay_year", "Copay help for the year", "integer", _EVERYONE, True),
    FactType("copay_remaining", "Copay help left", "money", _EVERYONE, True, of_each_source=True),
    FactType("site_name", "Site of care"),
    FactType("site_type", "Kind of site", "choice"),
    FactType("acquisition", "Who buys the medicine", "choice"),
    FactType("infusion_on", "First infusion on", "date"),
    FactType("site_exception", "Why a hospital all the same"),
    FactType("household_size", "People in the household", "integer", _ACCESS),
    FactType("household_income", "Household income in a year", "money", _ACCESS),
    FactType("household_place", "Where the household lives", "choice", _ACCESS),
    FactType("income_percent", "Income, percent of the poverty line", "integer", _ACCESS),
    FactType("poverty_year", "Poverty line of the year", "integer", _ACCESS),
    FactType("income_limit_percent", "Program's limit, percent of that line", "integer", _ACCESS),
    FactType("income_proof", "Proof of income", "choice", _ACCESS),
    FactType("proof_missing", "What is missing", "text", _ACCESS),
    FactType("inconclusive_why", "What the check could not tell", "text", _ACCESS),
    FactType("foundation_name", "Foundation", "text", _ACCESS),
    FactType("foundation_fund", "Its fund is", "choice", _ACCESS),
    FactType("foundation_referred_on", "Told the patient on", "date", _ACCESS),
    FactType("grant_amount", "Grant", "money", _ACCESS),
    FactType("grant_ends_on", "Grant until", "date", _ACCESS),
    FactType("assistance_program", "Assistance from", "text", _CARE),
    FactType("assistance_ends_on", "Assistance until", "date", _CARE),
    FactType("rems_number", "Safety program number"),
    FactType("rems_authorized_until_on", "Dispensing allowed until", "date"),
    FactType("patient_choice_asked_on", "Patient was asked on", "date", _CARE),
    FactType("patient_pharmacy_choice", "Patient's choice of pharmacy", "text", _CARE),
    FactType("pharmacy_name", "Pharmacy"),
    FactType("routing_reason", "Why this pharmacy", "choice", _CARE),
    FactType("pharmacy_affiliation", "Belongs with", "text", _CARE),
    FactType("ship_on", "Ships on", "date"),
    FactType("delivered_on", "Delivered on", "date"),
    FactType("carrier", "Carrier"),
    FactType("tracking_number", "Tracking number"),
    FactType("days_supply", "Days of supply", "integer"),
    FactType("quantity", "Quantity", "number"),
    FactType("fill_number", "Fill number", "integer"),
    FactType("bridge_fill_number", "Free fill number", "integer"),
    FactType("benefit_year", "Benefit year", "integer"),
    FactType("prescription_ends_on", "Prescription until", "date"),
    FactType("consent_ends_on", "Consent until", "date"),
    FactType("safety_report_number", "Safety report number"),
    FactType("told_by", "Who tells of it", "choice"),
    FactType("told_by_name", "Their name"),
    FactType("told_by_phone", "Their phone"),
    FactType("suspect_product", "Product"),
    FactType("lot_number", "Lot number"),
    FactType("what_happened", "What happened", "long_text"),
    FactType("began_on", "Began on", "date"),
    FactType("serious", "Serious", "boolean"),
    FactType("serious_because", "Serious because", "choice"),
    FactType("safety_desk_number", "Safety desk's own number", of_each_source=True),
    FactType("duplicate_of", "May be the same as", "text", _ACCESS, of_each_source=True),
    FactType("first_dose_on", "First dose on", "date"),
    FactType("corrections", "To correct", "list", _ACCESS, of_each_source=True),
    FactType("hub_case_number", "Hub's case number", of_each_source=True),
    FactType("pharmacy_order_number", "Pharmacy's order number", of_each_source=True),
)


def type_of(name: str) -> FactType:
    """The type of a fact; one nobody described is seen by the practice and the hub alone."""
    return FACTS.get(name) or FactType(name, name.replace("_", " ").capitalize(), "text", _ACCESS)


def name_like(name: str) -> str:
    """The known fact whose name is nearly this, or empty: what a slip of the keyboard meant."""
    return next(iter(get_close_matches(name, FACTS, n=1, cutoff=0.8)), "")


def unlike(name: str, value: object) -> str:
    """What a fact we know should be, in words, where its value is no such thing; else empty."""
    kind = type_of(name).kind
    if kind == "date" and date_of(value) is None:
        return "a date, such as 2026-03-06"
    if kind == "boolean" and not isinstance(value, bool):
        return "true or false"
    if kind in ("money", "number") and number_of(value) is None:
        return "a number, such as 25.50"
    return ""


def text_of(name: str, value: object) -> str:
    """A fact's value as people write it: "yes", "Mar 4, 2026", a list in one line."""
    day = date_of(value) if type_of(name).kind == "date" else None
    return f"{day:%b} {day.day}, {day.year}" if day else plain(value)


def plain(value: object) -> str:
    """Any reported value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ": ".join(plain(each) for each in value.values() if each not in (None, ""))
    if isinstance(value, list | tuple):
        return ", ".join(plain(each) for each in value)
    return str(value)


def same(one: object, other: object) -> bool:
    """Whether two reported values say the same thing; letter case and spaces do not matter."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _plain(one) == _plain(other)
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
