"""A field's rules as people read them: when it is asked, what it may hold, what is checked."""

from collections.abc import Mapping
from typing import Any

from programs.core.catalogue import ANSWERABLE
from programs.core.conditions import Condition
from programs.core.facts import FACTS
from programs.core.fields import Choice, Field

TYPES: Mapping[str, str] = {
    "agreement": "Box to tick",
    "bin": "Pharmacy BIN",
    "boolean": "Yes or no",
    "checklist": "Checklist",
    "code": "Code",
    "combo": "Text, with suggestions",
    "computed": "Follows from other answers",
    "date": "Date",
    "dea": "DEA number",
    "email": "Email address",
    "esign": "Signature",
    "file": "File",
    "group": "Several together",
    "icd10": "ICD-10-CM code",
    "long_text": "Text, several lines",
    "matrix": "Table of questions",
    "money": "Amount in dollars",
    "multi": "One or more choices",
    "ndc": "NDC",
    "npi": "NPI",
    "number": "Number",
    "phone": "Phone number",
    "pick": "One choice",
    "quantity": "Result with unit and day",
    "repeat": "Repeated questions",
    "state": "State or territory",
    "text": "Text",
    "tin": "Tax ID",
    "zip": "ZIP code",
}
_FORMS: Mapping[str, str] = {
    "bin": "6 or 8 digits",
    "date": "YYYY-MM-DD or MM/DD/YYYY; no other order is guessed",
    "dea": "2 letters and 7 digits, the last a check digit",
    "email": "as name@example.com",
    "file": "JPEG, PNG, TIFF or PDF, by content",
    "icd10": "a letter, 2 characters, then up to 4 after a point",
    "ndc": "as on the package with hyphens, or 11 digits; 10 digits alone are refused",
    "npi": "10 digits, the last a check digit",
    "phone": "10 digits, area code first",
    "tin": "9 digits",
    "zip": "5 or 9 digits",
}
CHECK_WORDS: Mapping[str, str] = {
    "after_birth": "not before the patient was born",
    "billable": "billable, not a heading; one that ended is refused",
    "birth_date": "not in the future, at most 120 years ago",
    "known_npi": "not deactivated in the registry",
    "last_four": "4 digits",
    "member_id": "for Medicare 11 characters built as its numbers are",
    "near_today": "within 2 years",
    "no_po_box": "no PO box for a medicine that stays cold",
    "not_before": "not before “{other}”",
    "not_future": "not in the future",
    "organization_npi": "an organization's number (type 2), not deactivated",
    "person_name": "letters, spaces, hyphens, apostrophes and periods",
    "person_npi": "a person's number (type 1), not deactivated",
    "positive": "more than 0",
    "registry_name": "the name that the registry has for “{other}”",
    "whole": "a whole number",
    "zip_in_state": "a ZIP code of “{other}”",
}
_COMPARED: Mapping[str, str] = {
    "equals": "is {value}",
    "not_equals": "is not {value}",
    "in": "is {value}",
    "not_in": "is none of {value}",
    "at_least": "is at least {value}",
    "at_most": "is at most {value}",
    "greater": "is more than {value}",
    "less": "is less than {value}",
    "present": "is answered",
    "absent": "is not answered",
}
Fields = Mapping[str, Field]


def condition_words(condition: Condition, known: Fields = ANSWERABLE) -> str:
    """Say a condition in words; ``known`` are the fields by id, for their labels."""
    if "not" in condition:
        return f"not ({condition_words(condition['not'], known)})"
    for word, joined in (("all", " and "), ("any", " or ")):
        if word in condition:
            return joined.join(_part(part, known) for part in condition[word])
    field = known.get(condition["field"])
    if field is None and isinstance(condition.get("value"), bool):
        fact = _fact(condition["field"])
        return fact if condition["value"] else f"not ({fact})"
    named = f"“{field.label}”" if field else _fact(condition["field"])
    value = _value_words(field.choices if field else (), condition.get("value"))
    return f"{named} {_COMPARED[condition['op']].format(value=value)}"


def _fact(name: str) -> str:
    told = FACTS.get(name, name)
    return told[:1].lower() + told[1:]


def _part(condition: Condition, known: Fields) -> str:
    words = condition_words(condition, known)
    return f"({words})" if "all" in condition or "any" in condition else words


def _value_words(choices: tuple[Choice, ...], value: Any) -> str:
    if isinstance(value, list):
        *others, last = [_value_words(choices, one) for one in value]
        return f"{', '.join(others)} or {last}" if others else last
    if isinstance(value, bool):
        return "yes" if value else "no"
    return next((choice.label for choice in choices if choice.code == value), str(value))


def required_words(field: Field, known: Fields = ANSWERABLE) -> str:
    """Say when the field must be answered and when it is asked at all."""
    told = {"always": "Always", "optional": "Optional"}.get(field.required, "")
    if field.required == "conditional":
        when = field.required_when
        told = f"When {condition_words(when, known)}" if when else "When a program asks it"
    if field.shown_when is None:
        return told
    shown = condition_words(field.shown_when, known)
    if field.required == "conditional" and field.required_when is None:
        return f"When {shown}"
    return f"{told}; asked when {shown}"


def validation_words(field: Field, known: Fields = ANSWERABLE) -> str:
    """Say everything an answer is held to; empty when anything is taken."""
    words = [*_form(field), *(_check(check, known) for check in field.checks)]
    written = "; ".join(words)
    return written[:1].upper() + written[1:]


def _form(field: Field) -> list[str]:
    words = [_FORMS[field.type]] if field.type in _FORMS else []
    if field.choices:
        words.append(", ".join(choice.label for choice in field.choices))
    if field.max_length:
        one = field.max_length == 1
        words.append("1 character" if one else f"up to {field.max_length} characters")
    unit = f" {field.unit}" if field.unit else ""
    if field.minimum is not None and field.maximum is not None:
        words.append(f"{field.minimum} to {field.maximum}{unit}")
    elif field.minimum is not None:
        words.append(f"at least {field.minimum}{unit}")
    return words


def _check(written: str, known: Fields) -> str:
    name, _, other = written.partition(" ")
    label = known[other].label if other in known else other
    return CHECK_WORDS[name].format(other=label)
