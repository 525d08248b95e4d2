"""Values that follow from answers by a formula: a dose from a weight, and the like."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from programs.core.conditions import Answers, number_of
from programs.core.fields import Formula

POUND = Decimal("0.45359237")
"""Kilograms in a pound, exactly, by definition."""


def worked_out(formula: Formula, answers: Answers) -> str | None:
    """Work the value out, as a decimal number in text; None while its input is not a number."""
    given = number_of(answers.get(formula.of))
    if given is None:
        return None
    if formula.bands:
        return next((band.value for band in formula.bands if _reaches(band.at_most, given)), None)
    result = given * Decimal(formula.times)
    if formula.step:
        step = Decimal(formula.step)
        result = (result / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    if formula.most:
        result = min(result, Decimal(formula.most))
    return decimal_text(result)


def _reaches(at_most: str, given: Decimal) -> bool:
    return not at_most or given <= Decimal(at_most)


def kilograms(weight: object, unit: object) -> str | None:
    """Give a weight in kilograms with one digit after the point; None when it cannot be told."""
    amount = number_of(weight)
    if amount is None or unit not in ("kg", "lb"):
        return None
    exact = amount if unit == "kg" else amount * POUND
    return decimal_text(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def decimal_text(value: Decimal) -> str:
    """Write a number without an exponent and without zeros after the point."""
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def problems_of(formula: Formula | None) -> Iterator[str]:
    """Every fault in a formula somebody wrote, one sentence each."""
    if formula is None:
        yield "A computed value says by which formula."
        return
    if bool(formula.bands) == bool(formula.times):
        yield "A formula has either bands or a factor (times)."
    written = [formula.times, formula.step, formula.most]
    written += [part for band in formula.bands for part in (band.value, band.at_most)]
    if any(part and number_of(part) is None for part in written):
        yield "A formula is written in numbers."
        return
    if number_of(formula.step or "1") == 0:
        yield "A step is more than 0."
    limits = [number_of(band.at_most) for band in formula.bands]
    if None in limits[:-1]:
        yield "Only the last band is without a limit."
        return
    reached = [limit for limit in limits if limit is not None]
    if reached != sorted(set(reached)):
        yield "Bands stand in order, the lowest first."
