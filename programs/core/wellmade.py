"""What is wrong with one question somebody wrote, by its type, in sentences."""

from collections.abc import Callable, Iterator, Mapping

from programs.core.computed import problems_of
from programs.core.conditions import number_of
from programs.core.fields import COMPOUND, SECTIONS, Field
from programs.core.identifiers import loinc

MOST_REPEATED = 6
_PICKED = frozenset({"pick", "multi", "checklist", "quantity"})
_NUMBERS = frozenset({"computed", "money", "number", "quantity"})
_OF_PARTS = frozenset({"group", "matrix", "repeat"})


def faults(question: Field) -> Iterator[str]:
    """Every fault of one question, apart from its conditions and checks."""
    if question.section not in SECTIONS:
        yield f"No section is called “{question.section}”."
    if not question.label.strip():
        yield "It has no label."
    if question.type in _PICKED and not question.choices:
        yield "There is nothing to choose from."
    if question.type in _OF_PARTS and not question.parts:
        yield "It asks several questions together; add the first one."
    if any(part.type in COMPOUND for part in question.parts):
        yield "A part is one question, not several."
    if question.formula and question.type != "computed":
        yield "Only a computed value has a formula."
    if any(not each.label.strip() for each in (*question.choices, *question.rows)):
        yield "One of its choices has no words in English."
    yield from _limited(question)
    yield from _coded(question)
    yield from _BY_TYPE.get(question.type, _none)(question)


def _limited(question: Field) -> Iterator[str]:
    written = [each for each in (question.minimum, question.maximum) if each is not None]
    read = [found for each in written if (found := number_of(each)) is not None]
    if len(read) < len(written):
        yield "Its limits are plain numbers, such as 0.5 or 120."
    elif written and question.type not in _NUMBERS:
        yield "Only a number has a lowest and a highest value."
    elif len(read) == 2 and read[0] > read[1]:
        yield f"No number is at least {written[0]} and at most {written[1]}."


def _coded(question: Field) -> Iterator[str]:
    yield from (problem for code in question.loinc if (problem := loinc(code).problem))


def _none(question: Field) -> Iterator[str]:
    yield from ()


def _group(question: Field) -> Iterator[str]:
    if question.shown_when or question.required != "optional":
        yield "The parts of a group say themselves when they are asked."


def _matrix(question: Field) -> Iterator[str]:
    codes = [row.code for row in question.rows]
    if not codes:
        yield "A matrix has rows."
    if len(set(codes)) < len(codes):
        yield "Two rows have one code."
    yield from _named_alike(question)


def _repeat(question: Field) -> Iterator[str]:
    if not 2 <= (question.most or 0) <= MOST_REPEATED:
        yield f"It says how often at most: 2 to {MOST_REPEATED} times."
    yield from _named_alike(question)


def _named_alike(question: Field) -> Iterator[str]:
    if not all(part.id.startswith(f"{question.id}.") for part in question.parts):
        yield f"The ids of its parts start with “{question.id}.”."


def _quantity(question: Field) -> Iterator[str]:
    bounded = question.minimum is not None or question.maximum is not None
    if len(question.choices) > 1 and bounded:
        yield "Limits hold in one unit; this one offers several."


def _computed(question: Field) -> Iterator[str]:
    yield from problems_of(question.formula)
    if question.required != "optional":
        yield "Nobody can be made to answer what follows from other answers."


_BY_TYPE: Mapping[str, Callable[[Field], Iterator[str]]] = {
    "computed": _computed,
    "group": _group,
    "matrix": _matrix,
    "quantity": _quantity,
    "repeat": _repeat,
}
