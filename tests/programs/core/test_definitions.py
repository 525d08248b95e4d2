"""The demo programs are sound, and every way of writing an unsound one is told."""

from collections import Counter
from typing import Any

import pytest

from programs.core.consents import LANGUAGES, text, text_sha256
from programs.core.definition import Definition
from programs.core.forms import problems, visible
from programs.core.readability import grade
from programs.definitions import load_definitions
from tests.programs.core.samples import DEFINITIONS, TODAY, VELTRANA, question, with_changes


@pytest.mark.parametrize("key", DEFINITIONS)
def test_a_demo_program_has_no_problem(key: str) -> None:
    definition = DEFINITIONS[key]
    assert problems(definition) == []
    assert definition.key == key


def test_twelve_programs_of_six_makers_go_three_ways_on_seven_kinds_of_journey() -> None:
    assert len(DEFINITIONS) == 12
    makers = ("aldertree", "fennimore", "kestrel", "ostrane", "pelham", "wendle")
    found = Counter(each.manufacturer for each in DEFINITIONS.values())
    assert found == dict.fromkeys(makers, 2)
    assert {each.route.transport for each in DEFINITIONS.values()} == {
        "webhook", "portal", "packet",
    }  # fmt: skip
    assert {each.journey.template for each in DEFINITIONS.values()} == {
        "self_injected_pharmacy_benefit", "infused_medical_benefit", "dual_iv_to_sc",
        "oral_pharmacy_benefit", "rems", "pap_only", "copay_only",
    }  # fmt: skip
    assert load_definitions() == DEFINITIONS


def test_the_programs_show_every_kind_of_question() -> None:
    asked = {field.type for each in DEFINITIONS.values() for field in each.questions}
    assert asked >= {"matrix", "repeat", "quantity", "checklist", "computed", "group", "pick"}


def test_a_rare_medicine_has_one_pharmacy_and_a_controlled_one_asks_the_dea_number() -> None:
    assert [each.code for each in DEFINITIONS["enzavyr"].route.pharmacies] == ["quarry"]
    for each in DEFINITIONS.values():
        assert ("D6" in each.asks) is any(product.controlled for product in each.products)


def told(definition: Definition) -> list[str]:
    return [f"{problem.where}: {problem.why}" for problem in problems(definition)]


def circle(*names: str) -> list[dict[str, Any]]:
    following = dict(zip(names, [*names[1:], names[0]], strict=True))
    return [
        question(name, shown_when={"field": f"veltrana.{after}", "op": "present"})
        for name, after in following.items()
    ]


CONSENTS: list[dict[str, Any]] = VELTRANA.to_json()["consents"]
ASKS: list[str] = VELTRANA.to_json()["asks"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": 2}, "schema: This product reads schema 1, not 2."),
        ({"asks": [*ASKS, "Z1"]}, "asks Z1: The catalogue has no such field."),
        ({"asks": [*ASKS, "A1"]}, "asks A1: It is asked twice."),
        ({"asks": [*ASKS, "B2"]}, "asks B2: Files are listed under documents, not asked."),
        ({"tightens": {"D8": {}}}, "tightens D8: The program does not ask this field."),
        ({"tightens": {"A1": {"required": "optional"}}}, "it cannot ask less."),
        (
            {"tightens": {"G3": {"choices": ["moon"]}}},
            "tightens G3: The field has no choice “moon”.",
        ),
        ({"tightens": {"A1": {"checks": ["spelling"]}}}, "No check is called “spelling”."),
        ({"tightens": {"A1": {"checks": ["not_before"]}}}, "“not_before” compares with a field."),
        (
            {"questions": [question("a", "number", checks=["after_birth"])]},
            "question veltrana.a: It has a check that cannot read this type of answer.",
        ),
        ({"questions": [question("a"), question("a")]}, "Another question has this id."),
        ({"questions": [question("a", id="A1")]}, "question A1: Its id starts with “veltrana.”."),
        ({"questions": [question("a", section="Attic")]}, "No section is called “Attic”."),
        ({"questions": [question("a", label=" ")]}, "It has no label."),
        ({"questions": [question("a", "pick")]}, "There is nothing to choose from."),
        (
            {"questions": [question("a", "group")]},
            "It asks several questions together; add the first one.",
        ),
        (
            {"questions": [question("a", shown_when={"field": "nowhere", "op": "present"})]},
            "question veltrana.a: It reads “nowhere”, which is not there.",
        ),
        (
            {"questions": circle("a", "b", "c"), "tightens": {}, "eligibility": []},
            "depends on its own answer",
        ),
        (
            {"questions": circle("a"), "tightens": {}, "eligibility": []},
            "depends on its own answer",
        ),
        ({"indications": [{"code": "m0579", "label": "x"}]}, "This is not an ICD-10-CM code."),
        ({"services": ["massage"]}, "service massage: The catalogue has no such service."),
        ({"copay": None}, "nothing says how much"),
        (
            {"documents": [{"key": "card", "label": "Card", "field": "A1"}]},
            "document card: It names a file field of the catalogue.",
        ),
        ({"consents": CONSENTS[1:]}, "There is no hipaa authorization."),
        ({"consents": CONSENTS[:1]}, "There is no prescriber certification."),
        (
            {"consents": [{**CONSENTS[0], "elements": None}, CONSENTS[1]]},
            "does not say who may share it",
        ),
        ({"consents": [{**CONSENTS[0], "body": {"en": "Yes."}}, CONSENTS[1]]}, "words in Spanish"),
        (
            {
                "consents": [
                    {
                        **CONSENTS[0],
                        "elements": {
                            **CONSENTS[0]["elements"],
                            "revocation": {"en": "", "es": "Sí."},
                        },
                    },
                    CONSENTS[1],
                ]
            },
            "revocation: In English it does not say how to take it back",
        ),
    ],
)
def test_each_mistake_is_told_with_its_place(changes: dict[str, Any], said: str) -> None:
    assert any(said in problem for problem in told(with_changes(VELTRANA, **changes)))


def test_a_circle_is_told_beside_every_other_fault() -> None:
    found = told(
        with_changes(VELTRANA, questions=circle("a", "b"), tightens={}, eligibility=[], copay=None)
    )
    assert any("nothing says how much" in problem for problem in found)
    assert any("depends on its own answer" in problem for problem in found)


def test_an_authorization_that_is_hard_to_read_is_told() -> None:
    legal = (
        "The undersigned individual hereby irrevocably acknowledges that notwithstanding any "
        "contrary provision, authorization encompasses dissemination of identifiable information."
    )
    hard = {**CONSENTS[0], "body": {"en": legal * 12, "es": "Sí."}}
    assert any("8 years of school" in one for one in told(with_changes(VELTRANA, consents=[hard])))


def test_several_mistakes_are_told_at_once() -> None:
    found = told(with_changes(VELTRANA, asks=[*ASKS, "Z1", "Z2"], services=["massage"]))
    assert len(found) >= 3


@pytest.mark.parametrize("key", DEFINITIONS)
def test_an_authorization_has_every_element_the_law_asks_for(key: str) -> None:
    consent = next(c for c in DEFINITIONS[key].consents if c.kind == "hipaa_authorization")
    assert consent.grant is not None
    assert consent.grant.expires_after_days > 0
    for language in LANGUAGES:
        whole = text(consent, language)
        assert DEFINITIONS[key].name in whole
        # Title, body, and ten headed paragraphs: 164.508(c)(1)(i)-(v), (c)(2)(i)-(iii),
        # remuneration (a)(3)-(4), and the copy (c)(4). The signature is asked beside it.
        assert len(whole.split("\n\n")) == 2 + 2 * 10
    assert grade(text(consent, "en")) <= 8
    assert consent.fields == ("S1", "S2", "S3")


def test_boxes_that_are_nobodys_condition_are_never_required() -> None:
    for definition in DEFINITIONS.values():
        free = [c for c in definition.consents if c.kind in ("text_messages", "marketing")]
        assert len(free) == 2
        assert not any(consent.required for consent in free)


def test_the_fingerprint_is_of_exactly_these_words() -> None:
    first, second = VELTRANA.consents[0], DEFINITIONS["ossivue"].consents[0]
    assert text_sha256(first, "en") == text_sha256(first, "en")
    prints = {text_sha256(c, language) for c in (first, second) for language in LANGUAGES}
    assert len(prints) == 4


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("", 0, 0),
        ("The cat sat. The dog ran.", -4, 2),
        ("We will ask your plan to pay for it, and tell you what they say.", 0, 6),
        (
            "Notwithstanding aforementioned contractual obligations, indemnification persists.",
            15,
            60,
        ),
    ],
)
def test_reading_grade(words: str, low: float, high: float) -> None:
    assert low <= grade(words) <= high


def begun_with(value: str, **changes: Any) -> list[str]:
    default = {"field": "G3", "value": value, "reason": "It is nearly always so."}
    return told(with_changes(VELTRANA, defaults=[default], **changes))


def test_a_default_that_the_program_does_not_offer_is_told() -> None:
    assert begun_with("home") == []
    kept = {**VELTRANA.to_json()["tightens"], "G3": {"choices": ["office"]}}
    assert begun_with("home", tightens=kept) == [
        "default G3: The program itself does not offer this choice."
    ]


def test_a_default_that_a_rule_refuses_is_told() -> None:
    rule = {
        "key": "no_home",
        "when": {"field": "G3", "op": "equals", "value": "home"},
        "outcome": "stops",
        "reason": "It is not shipped there.",
        "field": "G3",
    }
    assert begun_with("home", eligibility=[rule]) == [
        "default G3: The rule “It is not shipped there.” refuses it."
    ]
    assert begun_with("office", eligibility=[rule]) == []
    assert begun_with("home", eligibility=[{**rule, "outcome": "warns"}]) == []


def test_proof_of_income_is_a_file_where_income_is_not_checked_electronically() -> None:
    def asked(**answers: Any) -> bool:
        known = {"H1": ["patient_assistance"], **answers}
        shown = visible([DEFINITIONS["opendoor"]], known, today=TODAY)
        return "opendoor.proof_file" in {item.key for item in shown}

    assert asked(H4=False, **{"opendoor.proof": "pay_stubs"})
    assert not asked(H4=False, **{"opendoor.proof": "none"})
    assert not asked(H4=True, **{"opendoor.proof": "pay_stubs"})
