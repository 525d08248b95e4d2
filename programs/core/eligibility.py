"""Whom a program can help, and with what: the reasons why not, from law and from the program."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from programs.core.conditions import Answers, holds
from programs.core.definition import Definition, Rule
from programs.core.facts import own_answers

_WANTS_COPAY = {"field": "H1", "op": "equals", "value": "copay"}

STANDING_RULES: tuple[Rule, ...] = (
    # The anti-kickback statute, 42 USC 1320a-7b(b): no program may decide otherwise.
    Rule(
        key="copay_government",
        when={"all": [_WANTS_COPAY, {"field": "coverage.federal", "op": "equals", "value": True}]},
        outcome="stops",
        reason=(
            "Copay help cannot be used with insurance that a government pays for. "
            "Take copay help off the services wanted; everything else can go on."
        ),
        field="H1",
        service="copay",
    ),
    Rule(
        key="copay_uninsured",
        when={"all": [_WANTS_COPAY, {"field": "B1", "op": "equals", "value": False}]},
        outcome="stops",
        reason=(
            "Copay help works together with insurance, and the patient has none. "
            "Take copay help off the services wanted."
        ),
        field="H1",
        service="copay",
    ),
    Rule(
        key="unknown_diagnosis",
        when={"field": "diagnosis.unknown", "op": "equals", "value": True},
        outcome="warns",
        reason=(
            "This diagnosis code is not in our release of ICD-10-CM. "
            "You can go on if it is newer; if not, the claim will be refused."
        ),
        field="E1",
    ),
)


@dataclass(frozen=True)
class Finding:
    """A rule that applies to these answers, and where on the form it is said."""

    key: str
    program: str
    outcome: Literal["stops", "warns"]
    service: str
    reason: str
    field: str


def findings(definitions: Sequence[Definition], known: Answers) -> tuple[Finding, ...]:
    """Every rule that applies, in order: the law's, then each program's own.

    ``known`` are the answers that count together with the facts (``Sheet.known``).
    """
    return tuple(
        Finding(rule.key, definition.key, rule.outcome, rule.service, rule.reason, rule.field)
        for definition in definitions
        for rule in (*STANDING_RULES, *definition.eligibility, _outside_indications(definition))
        if holds(rule.when, own_answers(definition.key, known))
    )


def _outside_indications(definition: Definition) -> Rule:
    covered = [indication.code for indication in definition.indications]
    return Rule(
        key="outside_indications",
        when={"field": "E1", "op": "not_in", "value": covered},
        outcome="warns",
        reason=(
            f"This diagnosis is not among those {definition.name} lists. "
            "You can go on; the plan may ask why."
        ),
        field="E1",
    )
