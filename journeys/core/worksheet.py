"""The structured form in which one step's result is taken down, and the rules that stop it.

A worksheet is data. Its conditions (programs.core.conditions) read what is being told: "status",
"reason" and the answers by their facts, over what the journey knows: its facts, "step.<key>" (the
status a step stands in, with ".reason" and ".owner"), what is worked out, and "today".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from journeys.core.facts import same, type_of
from journeys.core.state import JourneyState
from journeys.core.step import Condition, Step
from programs.core.conditions import fields_of, holds, is_present

Values = Mapping[str, object]
WorkedOut = Callable[[Values, date], Values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One fact that is asked for.

    It is `needed` always, or when a condition holds. What is known stands in its box already,
    unless it is `fresh`: true of this time alone.
    """

    fact: str
    needed: Condition | bool = False
    hint: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Questions that belong together; they are asked when the condition holds."""

    title: str
    questions: tuple[Question, ...]
    asked: Condition | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """What cannot be told, why in a sentence, and the fact beside which that is said."""

    when: Condition
    why: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two things that must stand in order, or be the same, where both are known.

    "order" is of dates or amounts: `first` is never above `then`.
    """

    first: str
    then: str
    why: str
    how: Literal["order", "same"] = "order"
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """Facts that follow from a result and are never typed beside it."""

    when: Condition
    facts: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Worksheet:
    """What one step's result is taken down as.

    `reasoned` are statuses that need their reason; `moment` says which moment is asked for, when
    it is not simply when it happened; `worked_out` gives facts that follow from
    the answers by arithmetic.
    """

    step: str
    parts: tuple[Part, ...]
    stops: tuple[Stop, ...] = ()
    compared: tuple[Compared, ...] = ()
    given: tuple[Given, ...] = ()
    reasoned: tuple[str, ...] = ()
    moment: str = ""
    worked_out: WorkedOut | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact it may ask for, in order."""
        return tuple(each.fact for part in self.parts for each in part.questions)


@dataclass(frozen=True, slots=True)
class Fault:
    """What stops the result: a sentence, and the fact it is about if it is about one."""

    at: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A result as it was filled in: what is not answered is left out."""

    status: str
    reason: str
    answers: Values


def known_to(state: JourneyState, *, today: date) -> dict[str, object]:
    """What the conditions of worksheets may read of a journey."""
    values: dict[str, object] = {name: fact.value for name, fact in state.facts.items()}
    values.update(state.worked_out)
    for key, step in state.steps.items():
        parts = {"": step.status or step.phase, ".reason": step.reason, ".owner": step.owner}
        values.update({f"step.{key}{name}": part for name, part in parts.items() if part})
    return {**values, "today": today.isoformat()}


def plain(step: Step) -> Worksheet:
    """The worksheet of a step that has none of its own: whatever facts it produces."""
    questions = tuple(Question(fact=name) for name in step.produces)
    return Worksheet(step=step.key, parts=(Part("", questions),) if questions else ())


def asked(worksheet: Worksheet, values: Values) -> tuple[Part, ...]:
    """The parts that are asked, as far as is told."""
    return tuple(
        part for part in worksheet.parts if part.asked is None or holds(part.asked, values)
    )


def needed(question: Question, values: Values) -> bool:
    """Whether the question must be answered, as far as is told."""
    if isinstance(question.needed, bool):
        return question.needed
    return holds(question.needed, values)


def told_over(known: Values, told: Told) -> dict[str, object]:
    """What is known, with what is being told over it."""
    values = {**known, "status": told.status, **told.answers}
    values.pop("reason", None)
    return {**values, "reason": told.reason} if told.reason else values


def faults(worksheet: Worksheet, step: Step, told: Told, *, known: Values) -> list[Fault]:
    """Everything that stops the result, in the order of the form."""
    values = told_over(known, told)
    parts = asked(worksheet, values)
    status = step.status(told.status)
    words = status.label if status else told.status
    found = list(_unasked(worksheet, parts, told, words))
    if told.status in worksheet.reasoned and not told.reason:
        found.append(Fault("reason", f"Give the reason for “{words}”."))
    found += [
        Fault(each.fact, f"{type_of(each.fact).label} is needed here.")
        for part in parts
        for each in part.questions
        if needed(each, values) and not is_present(told.answers.get(each.fact))
    ]
    values |= _following(worksheet, told, known)
    found += [Fault(stop.at, stop.why) for stop in worksheet.stops if holds(stop.when, values)]
    found += [Fault(each.then, each.why) for each in worksheet.compared if _breaks(each, values)]
    return found


def facts_of(worksheet: Worksheet, told: Told, *, known: Values) -> dict[str, object]:
    """The facts that the result gives: the answers, and what follows from them."""
    return {**told.answers, **_following(worksheet, told, known)}


def _following(worksheet: Worksheet, told: Told, known: Values) -> dict[str, object]:
    values, found = told_over(known, told), dict[str, object]()
    for each in worksheet.given:
        if holds(each.when, values):
            found |= {n: v for n, v in each.facts.items() if n not in told.answers}
    if worksheet.worked_out:
        found |= worksheet.worked_out(values, date.fromisoformat(str(known["today"])))
    return found


def _unasked(
    worksheet: Worksheet, parts: tuple[Part, ...], told: Told, words: str
) -> Iterator[Fault]:
    """Answers that belong to another result than the one that is told."""
    open_ = {each.fact for part in parts for each in part.questions}
    for name in worksheet.facts:
        if name not in open_ and is_present(told.answers.get(name)):
            label = type_of(name).label
            yield Fault(name, f"“{label}” is not asked for with “{words}”: leave it empty.")


def _breaks(each: Compared, values: Values) -> bool:
    first, then = values.get(each.first), values.get(each.then)
    if not (is_present(first) and is_present(then)):
        return False
    if each.when is not None and not holds(each.when, values):
        return False
    if each.how == "same":
        return not same(first, then)
    return holds({"field": each.first, "op": "greater", "value": then}, values)


def stopped(worksheet: Worksheet, status: str, *, known: Values) -> str:
    """Why a status cannot be told whatever is answered, or nothing."""
    values = {**known, "status": status}
    values.pop("reason", None)
    open_ = {*worksheet.facts, "reason"}
    for stop in worksheet.stops:
        if not fields_of(stop.when) & open_ and holds(stop.when, values):
            return stop.why
    return ""
