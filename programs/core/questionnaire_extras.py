"""What else an item of a Questionnaire carries: extensions, codes, translations, lists of answers.

What has a meaning here is read; everything else is said, so that nothing is left out in silence.
"""

from collections.abc import Iterator, Mapping

from programs.core.identifiers import loinc
from programs.core.questionnaire_json import Json, many
from programs.core.text import one_line

LONGEST_NAME = 60

# Read elsewhere, by the last part of their address.
_READ = frozenset({
    "questionnaire-hidden", "questionnaire-unit", "questionnaire-unitOption", "minValue",
    "maxValue", "sdc-questionnaire-subQuestionnaire", "subQuestionnaire",
    "entryFormat", "translation",
})  # fmt: skip
# Only how it looks on somebody's screen.
_LOOKS = frozenset({
    "questionnaire-itemControl", "questionnaire-choiceOrientation",
    "questionnaire-sliderStepValue", "questionnaire-displayCategory", "rendering-style",
    "rendering-xhtml", "rendering-markdown", "sdc-questionnaire-columnCount",
    "sdc-questionnaire-width", "sdc-questionnaire-collapsible", "questionnaire-optionPrefix",
    "sdc-questionnaire-optionPrefix", "sdc-questionnaire-openLabel", "sub-questionnaire-expand",
})  # fmt: skip
_MEANT: Mapping[str, str] = {
    "": "An extension of it without an address was not kept.",
    "cqf-expression": "It is worked out by an expression, which was not kept.",
    "cqf-calculatedValue": "It was worked out by an expression; here it is typed.",
    "cqf-library": "The library of its expressions was not kept.",
    "designNote": "Its note for designers was not kept.",
    "itemWeight": "The scores of its choices were not kept.",
    "maxDecimalPlaces": "How many decimals it takes was not kept.",
    "maxOccurs": "How often it may be answered was not kept.",
    "maxSize": "How large a file may be was not kept.",
    "mimeType": "Which kinds of file it takes was not kept.",
    "minLength": "Its shortest length was not kept.",
    "minOccurs": "How often it has to be answered was not kept.",
    "ordinalValue": "The scores of its choices were not kept.",
    "preferredTerminologyServer": "Where its lists are looked up was not kept.",
    "questionnaire-answerRepeats": "It could be answered several times; here it is asked once.",
    "questionnaire-constraint": "A rule over its answers was not kept; compose it under rules.",
    "questionnaire-maxOccurs": "How often it may be answered was not kept.",
    "questionnaire-minOccurs": "How often it has to be answered was not kept.",
    "questionnaire-optionExclusive": "That a choice excludes the others was not kept.",
    "questionnaire-referenceResource": "Which record it points at was not kept.",
    "questionnaire-supportLink": "A link to further reading was not kept.",
    "questionnaire-unitValueSet": "Its list of units stands elsewhere and was not kept.",
    "regex": "The pattern its answer has to fit was not kept.",
    "sdc-questionnaire-answerExpression": "Its choices come from an expression; none were kept.",
    "sdc-questionnaire-calculatedExpression": "It was worked out by an expression; here it is "
    "typed.",
    "sdc-questionnaire-enableWhenExpression": "It was shown by an expression; compose when it is "
    "shown.",
    "sdc-questionnaire-initialExpression": "It was filled in by an expression; here it is typed.",
    "sdc-questionnaire-launchContext": "What it was opened with was not kept.",
    "sdc-questionnaire-observationExtract": "That its answer became a record was not kept.",
    "sdc-questionnaire-observationLinkPeriod": "It was filled in from a record; here it is typed.",
    "sdc-questionnaire-templateExtract": "That its answer became a record was not kept.",
    "sdc-questionnaire-unitOpen": "That its unit could be typed was not kept.",
    "terminology-server": "Where its lists are looked up was not kept.",
    "targetConstraint": "A rule over its answers was not kept; compose it under rules.",
    "variable": "An expression that other items use was not kept.",
}
# Where a definition or a code says that the catalogue asks the same.
_BY_DEFINITION: Mapping[str, str] = {
    "Coverage.subscriberId": "B7", "Coverage.payor": "B3", "Patient.birthDate": "A5",
    "Patient.gender": "A6", "Patient.name.family": "A3", "Patient.name.given": "A1",
    "Patient.address.city": "A10", "Patient.address.line": "A8", "Patient.address.state": "A11",
    "Patient.address.postalCode": "A12", "Practitioner.name": "D1",
}  # fmt: skip
LOINC = "http://loinc.org"
_BY_LOINC: Mapping[str, str] = {
    "29463-7": "E10.weight", "3141-9": "E10.weight", "8302-2": "E11", "21112-8": "A5",
    "46098-0": "A6", "76689-9": "A6",
}  # fmt: skip


def extensions(told: Json) -> Iterator[tuple[str, Json]]:
    """Every extension with the last part of its address."""
    for each in many(told.get("extension")):
        if isinstance(each, Mapping):
            yield str(each.get("url", "")).rpartition("/")[2], each


def unread(told: Json) -> list[str]:
    """A sentence for everything an item says beside its question that is not kept."""
    found = [said for name, _each in extensions(told) if (said := _said(name))]
    if told.get("prefix"):
        found.append(f"Its number “{one_line(str(told['prefix']))[:20]}” was not kept.")
    options = [each for each in many(told.get("answerOption")) if isinstance(each, Mapping)]
    if any(each.get("initialSelected") for each in options):
        found.append("The choice it begins with was not kept.")
    for option in options:
        coding = option.get("valueCoding")
        found += [*unread(option), *(unread(coding) if isinstance(coding, Mapping) else ())]
    return list(dict.fromkeys(found))


def _said(name: str) -> str:
    """What becomes of an extension, by the last part of its address; empty when it is read."""
    if name in _READ:
        return ""
    if name in _LOOKS:
        return "How it looked on a screen was not kept."
    return _MEANT.get(name, f"“{name[:LONGEST_NAME]}” means nothing here and was not kept.")


def codes(told: Json) -> list[str]:
    """The codes of an item, and its definition's path, as text."""
    found = [
        str(each.get("code", "")) for each in many(told.get("code")) if isinstance(each, Mapping)
    ]
    definition = told.get("definition")
    return [*found, definition.rpartition("#")[2]] if isinstance(definition, str) else found


def loincs(told: Json) -> list[str]:
    """The LOINC codes of an item: the results that answer it."""
    named = [each for each in many(told.get("code")) if isinstance(each, Mapping)]
    found = [str(each.get("code", "")) for each in named if each.get("system") == LOINC]
    return [each for each in found if not loinc(each).problem]


def known_by_code(told: Json) -> str:
    """The canonical field that an item's definition or code means; empty when none does."""
    named = codes(told)
    return next((_BY_DEFINITION.get(n) or _BY_LOINC[n] for n in named
                 if n in _BY_DEFINITION or n in _BY_LOINC), "")  # fmt: skip


def translation(told: Json, key: str, wanted: str) -> str:
    """The words of a text in the language ``wanted``, where it carries a translation."""
    beside = told.get(f"_{key}")
    for name, each in extensions(beside if isinstance(beside, Mapping) else {}):
        parts = {str(p.get("url")): p for p in many(each.get("extension"))
                 if isinstance(p, Mapping)}  # fmt: skip
        language = str(parts.get("lang", {}).get("valueCode", ""))
        if name == "translation" and language.partition("-")[0].lower() == wanted:
            content = parts.get("content", {})
            return one_line(str(content.get("valueString") or content.get("valueMarkdown") or ""))
    return ""


def entry_format(told: Json) -> str:
    """How an answer is to be written, for its help."""
    words = (each.get("valueString") for name, each in extensions(told) if name == "entryFormat")
    return one_line(str(next(words, "") or ""))
