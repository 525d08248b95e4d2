"""Made-up patients for a program: answers to everything its form asks, different each time.

Who they are is drawn from a seeded source, so the same seed makes the same people again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from programs.core.computed import decimal_text
from programs.core.conditions import holds, number_of
from programs.core.definition import Definition
from programs.core.fields import LISTS
from programs.core.forms import Item, Sheet, sheet

# Ages by how often a specialty medicine is begun at them: the low end, and the weight.
_AGES = ((2, 6), (12, 8), (18, 14), (35, 24), (50, 26), (65, 22))
_KINDS = (("commercial", 56), ("marketplace", 8), ("medicare", 6), ("medicare_advantage", 12),
          ("medicare_d", 5), ("medicaid", 11), ("tricare", 1), ("va", 1))  # fmt: skip
_OTHER_DIAGNOSIS = "R69"
_PLACES = (("Chicago", "IL", "60601"), ("Boston", "MA", "02108"), ("Austin", "TX", "78701"),
           ("Denver", "CO", "80202"), ("Seattle", "WA", "98101"))  # fmt: skip
_NUMBERS: Mapping[str, Sequence[str]] = {
    "bin": ("610999", "004336"), "dea": ("AB1234563",), "npi": ("1245319599",),
    "phone": ("3125550142", "6175550133"), "tin": ("123456789",),
}  # fmt: skip
_NAMES = ("Avery", "Morgan", "Quinn", "Riley", "Rowan", "Sasha")
_ROUNDS = 6
Answers = dict[str, Any]


def somebody(definition: Definition, seed: int, *, today: date) -> tuple[Answers, Sheet]:
    """One made-up patient's complete answers, and the form they stand on.

    Answers to what is not shown are left out, and those that no longer fit what was chosen after
    them are drawn again.
    """
    draw = Random(seed)  # noqa: S311  # people for a trial, not secrets
    answers: Answers = {}
    place = draw.choice(_PLACES)
    form = sheet((definition,), answers, today=today)
    for _ in range(_ROUNDS):
        drawn = {
            item.key: _drawn(definition, form, item, draw, place, today=today)
            for item in form.shown
            if _wanted(definition, form, item, answers)
        }
        if not drawn:
            break
        answers |= drawn
        form = sheet((definition,), answers, today=today)
    shown = {item.key for item in form.shown}
    return {key: value for key, value in answers.items() if key in shown}, form


def _wanted(definition: Definition, form: Sheet, item: Item, answers: Mapping[str, Any]) -> bool:
    if item.field.type in ("computed", "esign", "file"):
        return False
    if item.key not in answers:
        return form.requires(item) or item.key in _TOLD_ANYWAY
    if not item.field.choices or item.field.type not in ("pick", "ndc"):
        return False
    if item.field.type == "ndc" and (fitting := _fitting(definition, form)):
        return answers[item.key] not in fitting
    return answers[item.key] not in {choice.code for choice in form.choices(item)}


def _fitting(definition: Definition, form: Sheet) -> list[str]:
    """The products of which this patient, by weight or age, can have a dose."""
    return [
        product.ndc
        for product in definition.products
        if any(dose.when is None or holds(dose.when, form.known) for dose in product.doses)
    ]


_TOLD_ANYWAY = frozenset({"B1", "B5", "E6"})


def _drawn(
    definition: Definition, form: Sheet, item: Item, draw: Random, place: tuple[str, str, str],
    *, today: date,
) -> Any:  # fmt: skip
    field, known = item.field, _KNOWN.get(item.key)
    if known:
        return known(definition, draw, today)
    if field.type in ("city", "state", "zip") or item.key in ("A10", "C5"):
        return place[{"state": 1, "zip": 2}.get(field.type, 0)]
    if field.type in LISTS or field.choices:
        codes = [choice.code for choice in form.choices(item)]
        if field.type == "ndc":
            codes = _fitting(definition, form) or codes
        if field.type in LISTS:
            return codes
        return draw.choice(codes) if codes else "other"
    return _BY_TYPE.get(field.type, _words)(item, draw, today)


def _age(_definition: Definition, draw: Random, today: date) -> str:
    (low,) = draw.choices([each[0] for each in _AGES], [each[1] for each in _AGES])
    years = low + draw.randrange(18)
    return (today - timedelta(days=years * 365 + draw.randrange(365))).isoformat()


def _kind(_definition: Definition, draw: Random, _today: date) -> str:
    (kind,) = draw.choices([each[0] for each in _KINDS], [each[1] for each in _KINDS])
    return kind


def _diagnosis(definition: Definition, draw: Random, _today: date) -> str:
    codes = [each.code for each in definition.indications]
    return draw.choice(codes) if codes and draw.random() < 0.95 else _OTHER_DIAGNOSIS


def _services(definition: Definition, draw: Random, _today: date) -> list[str]:
    return [each for each in definition.services if draw.random() < 0.8] or list(
        definition.services[:1]
    )


_KNOWN: Mapping[str, Callable[[Definition, Random, date], Any]] = {
    "A5": _age,
    "A19": lambda _definition, draw, _today: draw.random() < 0.97,
    "B1": lambda _definition, draw, _today: draw.random() < 0.94,
    "B5": _kind,
    # In the form that Medicare publishes as its example; other plans take it as well.
    "B7": lambda _definition, _draw, _today: "1EG4TE5MK73",
    "E1": _diagnosis,
    "E5": lambda _definition, draw, today: _ahead(draw, today),
    # In kilograms a child's or a heavy grown-up's; in pounds a child's.
    "E10.weight": lambda _definition, draw, _today: str(draw.randrange(30, 111)),
    "F8": lambda _definition, _draw, today: today.isoformat(),
    "H1": _services,
}


def _ahead(draw: Random, today: date) -> str:
    return (today + timedelta(days=draw.randrange(7, 40))).isoformat()


def _amount(item: Item, draw: Random, _today: date) -> str:
    low = number_of(item.field.minimum) or Decimal(0)
    high = number_of(item.field.maximum) or low + 100
    whole = draw.randrange(int(low), max(int(low), int(high)) + 1)
    return decimal_text(max(low, min(high, Decimal(whole))))


def _words(item: Item, draw: Random, _today: date) -> str:
    if "person_name" in item.field.checks:
        return draw.choice(_NAMES)
    return f"made up {draw.randrange(10_000)}"[: item.field.max_length or 40]


_BY_TYPE: Mapping[str, Callable[[Item, Random, date], Any]] = {
    "agreement": lambda _item, _draw, _today: True,
    "boolean": lambda _item, draw, _today: draw.random() < 0.5,
    "date": lambda _item, draw, today: (today - timedelta(days=draw.randrange(1, 90))).isoformat(),
    "email": lambda _item, _draw, _today: "made.up@office.example",
    "money": lambda _item, draw, _today: f"{draw.randrange(12, 180) * 1000}.00",
    "number": _amount,
    **{kind: lambda _item, draw, _today, told=told: draw.choice(told)  # type: ignore[misc]  # bound
       for kind, told in _NUMBERS.items()},
}  # fmt: skip
