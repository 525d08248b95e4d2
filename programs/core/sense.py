"""Rules that are well formed and still make no sense: never, always, or against each other.

A condition is tried on every combination of answers that could tell it apart: each choice, each
side of each number or day it names. Where there are too many, nothing is said.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from programs.core.catalogue import ANSWERABLE
from programs.core.conditions import Condition, date_of, fields_of, holds, number_of
from programs.core.definition import Definition, Rule
from programs.core.facts import FACTS, FEDERAL
from programs.core.fields import Field
from programs.core.forms import union
from programs.core.soundness import Problem

MOST_TRIED = 20_000
_OLDEST = 120
_NEVER_NEGATIVE = ("household.poverty_percent", "patient.weight_kg")
_BARE = ("present", "absent")
TRUE_OR_FALSE = frozenset(
    {"coverage.federal", "diagnosis.unknown", "practice.name_differs", "practice.state_differs",
     "prescriber.name_differs", "prescriber.state_differs", "product.cold_chain",
     "product.controlled"}
)  # fmt: skip
Known = Mapping[str, Field]


def nonsense(definition: Definition) -> list[Problem]:
    """Every rule that never or always holds, contradicts another, or reads what is not asked."""
    asked = {item.key: item.field for item in union((definition,))}
    return [
        *_unasked(definition, asked),
        *_said_nowhere(definition, asked),
        *_rules(definition, asked),
        *_against_each_other(definition, asked),
        *_everybody(definition, asked),
        *_shown(definition, asked),
        *_handed_over(definition),
    ]


NEEDED = ("A1", "A3", "A5", "A11", "A12", "B1", "B5", "C1", "C2", "D1", "D4", "E1", "F1", "H1")
"""What every hub's adapter sends on: who the patient is, who prescribes, what and for what."""


def _handed_over(definition: Definition) -> Iterator[Problem]:
    for each in NEEDED:
        if each not in definition.asks:
            label = ANSWERABLE[each].label if each in ANSWERABLE else each
            yield Problem(f"asks {each}", f"The hub needs “{label}”, and it is not asked.")


def _unasked(definition: Definition, asked: Known) -> Iterator[Problem]:
    signed = {name for consent in definition.consents for name in consent.fields}
    # The parts of a row name each other as they do in every row.
    parts = {part.id for question in definition.questions for part in question.parts}
    known = {*asked, *FACTS, *signed, *parts}
    for where, condition in _written(definition):
        for name in sorted(fields_of(condition) - known):
            label = ANSWERABLE[name].label if name in ANSWERABLE else name
            yield Problem(where, f"It reads “{label}” ({name}), which is not asked.")


def _written(definition: Definition) -> Iterator[tuple[str, Condition]]:
    told: list[tuple[str, Condition | None]] = []
    for name, tightening in definition.tightens.items():
        told += [(f"tightens {name}", tightening.shown_when)]
        told += [(f"tightens {name}", tightening.required_when)]
    for part in (part for each in definition.questions for part in (each, *each.parts)):
        told += [(f"question {part.id}", part.shown_when)]
        told += [(f"question {part.id}", part.required_when)]
    told += [(f"eligibility {rule.key}", rule.when) for rule in definition.eligibility]
    yield from ((where, condition) for where, condition in told if condition)


def _said_nowhere(definition: Definition, asked: Known) -> Iterator[Problem]:
    known = {*asked, *definition.asks, *(question.id for question in definition.questions)}
    for rule in definition.eligibility:
        if rule.field not in known:
            yield Problem(f"eligibility {rule.key}", "The question it is said at is not asked.")


def _rules(definition: Definition, asked: Known) -> Iterator[Problem]:
    for rule in definition.eligibility:
        said = _always_or_never(rule.when, asked)
        if said == "never":
            yield Problem(f"eligibility {rule.key}", "It never applies, whatever is answered.")
        elif said == "always":
            yield Problem(f"eligibility {rule.key}", "It always applies, whatever is answered.")


def _against_each_other(definition: Definition, asked: Known) -> Iterator[Problem]:
    for place, rule in enumerate(definition.eligibility):
        for other in definition.eligibility[:place]:
            if rule.outcome != other.outcome and _alike(rule, other, asked):
                yield Problem(
                    f"eligibility {rule.key}",
                    f"It contradicts {_said(other)}: of the same answers one says that they stop "
                    "the enrollment, the other that a person may go on.",
                )


def _said(rule: Rule) -> str:
    """A rule as its page names it: by what it says, and by its key only while it says nothing."""
    return f"“{rule.reason or rule.key}”"


def _alike(rule: Rule, other: Rule, asked: Known) -> bool:
    if rule.service != other.service:
        return False
    if rule.when == other.when:
        return True
    tried = _tries([rule.when, other.when], asked)
    return bool(tried) and all(holds(rule.when, each) == holds(other.when, each) for each in tried)


def _everybody(definition: Definition, asked: Known) -> Iterator[Problem]:
    stops = [
        rule for rule in definition.eligibility if rule.outcome == "stops" and not rule.service
    ]
    tried = _tries([rule.when for rule in stops], asked) if len(stops) > 1 else []
    if tried and all(any(holds(rule.when, each) for rule in stops) for each in tried):
        names = " and ".join(_said(rule) for rule in stops)
        yield Problem(
            f"eligibility {stops[-1].key}", f"The rules {names} together stop every patient."
        )


def _shown(definition: Definition, asked: Known) -> Iterator[Problem]:
    """Questions that nobody could ever see, or that are never required when they are shown."""
    own = {part.id for question in definition.questions for part in question.asked}
    for name, field in asked.items():
        if name not in own and name not in definition.tightens:
            continue
        where = f"question {name}" if name in own else f"tightens {name}"
        if field.shown_when and _always_or_never(field.shown_when, asked) == "never":
            yield Problem(where, "It is never shown, whatever is answered.")
        elif field.shown_when and field.required_when and name in own:
            both: Condition = {"all": [field.shown_when, field.required_when]}
            if _always_or_never(both, asked) == "never":
                yield Problem(where, "It is never shown when it would be required.")


def _always_or_never(condition: Condition, asked: Known) -> str:
    tried = _tries([condition], asked)
    told = {holds(condition, each) for each in tried}
    if not tried or len(told) > 1:
        return ""
    return "always" if told == {True} else "never"


def _tries(conditions: Sequence[Condition], asked: Known) -> list[dict[str, Any]]:
    """Every combination of answers worth trying; none when there are too many."""
    names = frozenset[str]().union(*(fields_of(each) for each in conditions))
    if "coverage.federal" in names:
        names |= {"B5"}
    leaves = [leaf for condition in conditions for leaf in _leaves(condition)]
    domains = {name: _domain(name, leaves, asked.get(name)) for name in sorted(names)}
    count = 1
    for each in domains.values():
        count *= len(each)
    if not 0 < count <= MOST_TRIED:
        return []
    tried = [
        {name: value for name, value in zip(domains, values, strict=True) if value is not None}
        for values in product(*domains.values())
    ]
    return [each for each in tried if _possible(each)]


def _possible(answers: Mapping[str, Any]) -> bool:
    if "coverage.federal" not in answers or "B5" not in answers:
        return True
    return bool(answers["coverage.federal"] == (answers["B5"] in FEDERAL))


def _leaves(condition: Condition) -> Iterator[Condition]:
    for word in ("all", "any"):
        if word in condition:
            for part in condition[word]:
                yield from _leaves(part)
            return
    if "not" in condition:
        yield from _leaves(condition["not"])
    else:
        yield condition


def _domain(name: str, leaves: Collection[Condition], field: Field | None) -> list[Any]:
    """The values that could make a difference; None, for no answer, where that is asked about."""
    about = [leaf for leaf in leaves if leaf["field"] == name]
    missing: list[Any] = [None] if any(leaf["op"] in _BARE for leaf in about) else []
    compared = [value for leaf in about for value in _values(leaf)]
    if name in TRUE_OR_FALSE or (field and field.type == "boolean"):
        return [True, False, *missing]
    if field and field.type == "agreement":
        return [True, None]
    if field and field.type in ("multi", "checklist"):
        codes = [choice.code for choice in field.choices]
        return [[code] for code in codes] + ([codes] if codes else []) + missing
    if field and field.choices and field.type in ("pick", "ndc"):
        return [choice.code for choice in field.choices] + missing
    if amounts := _amounts(name, compared, field):
        return amounts + missing
    return [*dict.fromkeys(str(each) for each in compared), "anything else", *missing]


def _values(leaf: Condition) -> list[Any]:
    value = leaf.get("value")
    return list(value) if isinstance(value, list) else ([] if value is None else [value])


def _amounts(name: str, compared: Sequence[Any], field: Field | None) -> list[Any]:
    """Numbers or days on each side of those compared with, within what may be answered."""
    days = [day for each in compared if (day := date_of(each))]
    if days and len(days) == len(compared):
        one = timedelta(days=1)
        return [d.isoformat() for day in sorted(days) for d in (day - one, day, day + one)]
    numbers = [number for each in compared if (number := number_of(each)) is not None]
    if not numbers or len(numbers) < len(compared):
        return []
    low, high = _limits(name, field)
    near = {n for number in numbers for n in (number - 1, number, number + 1)}
    near |= {(one + other) / 2 for one in numbers for other in numbers}
    kept = [n for n in sorted(near) if (low is None or n >= low) and (high is None or n <= high)]
    return [str(n) for n in kept] or [str(limit) for limit in (low, high) if limit is not None]


def _limits(name: str, field: Field | None) -> tuple[Decimal | None, Decimal | None]:
    if name == "patient.age":
        return Decimal(0), Decimal(_OLDEST)
    low, high = (number_of(field.minimum), number_of(field.maximum)) if field else (None, None)
    positive = name in _NEVER_NEGATIVE or (field is not None and field.type == "money")
    return (Decimal(0) if low is None and positive else low), high
