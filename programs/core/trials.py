"""Test cases of a program version: answers, and what must come of them before it is published."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from programs.core.conditions import Answers
from programs.core.definition import Definition
from programs.core.eligibility import findings
from programs.core.forms import missing, sheet

Case = Mapping[str, Any]
Steps = Callable[[Definition, Answers, date], Sequence[str]]


@dataclass(frozen=True)
class Outcome:
    """What comes of some answers: the questions shown and missing, the rules that apply, where it
    goes and the steps its journey needs. ``eligible`` when no rule of the program stops it.
    """

    visible: tuple[str, ...]
    missing: tuple[str, ...]
    rules: tuple[str, ...]
    eligible: bool
    hub: str
    steps: tuple[str, ...]


LISTS: Mapping[str, str] = {
    "visible": "is shown",
    "missing": "is still missing",
    "rules": "applies",
    "steps": "is a step of the journey",
}
"""What a case may expect by name, in words; ``hidden``, ``answered`` and so on are the opposite."""
_NOT: Mapping[str, str] = {
    "visible": "is not shown",
    "missing": "is not missing",
    "rules": "does not apply",
    "steps": "is no step of the journey",
}
OPPOSITES: Mapping[str, str] = {"hidden": "visible", "answered": "missing", "silent": "rules",
                                "skipped": "steps"}  # fmt: skip


def outcome(definition: Definition, answers: Answers, *, on: date, steps: Steps) -> Outcome:
    """Try the answers on the form as it stands on a day."""
    form = sheet((definition,), answers, today=on)
    found = findings((definition,), form.known)
    stops = [each for each in found if each.outcome == "stops"]
    return Outcome(
        visible=tuple(item.key for item in form.shown),
        missing=tuple(each.key for each in missing((definition,), answers, today=on)),
        rules=tuple(each.key for each in found),
        eligible=not stops,
        hub=definition.route.hub,
        steps=tuple(steps(definition, answers, on)),
    )


def expected(told: Outcome, own: Sequence[str]) -> dict[str, Any]:
    """What a case kept now expects: everything that came of it, of questions only the ``own``
    ones of the program and those that are missing.
    """
    return {
        "visible": [key for key in own if key in told.visible],
        "hidden": [key for key in own if key not in told.visible],
        "missing": list(told.missing),
        "rules": list(told.rules),
        "eligible": told.eligible,
        "hub": told.hub,
        "steps": list(told.steps),
    }


def unmet(case: Case, told: Outcome, names: Mapping[str, str]) -> list[str]:
    """Every expectation that does not hold, one sentence each; ``names`` are what pages call the
    questions, rules, steps and hubs that it speaks of by key.
    """

    def called(key: str) -> str:
        # A question that was taken out has no words left but those of its name.
        own = key.rpartition(".")[2].replace("_", " ").capitalize() if "." in key else key
        return f"“{names.get(key, own)}”"

    expect = case.get("expect", {})
    wrong = []
    for name in LISTS:
        wrong += [
            f"{called(key)} {_NOT[name]}."
            for key in expect.get(name, ())
            if key not in getattr(told, name)
        ]
    for name, opposite in OPPOSITES.items():
        wrong += [
            f"{called(key)} {LISTS[opposite]}, and should not be."
            for key in expect.get(name, ())
            if key in getattr(told, opposite)
        ]
    if "missing" in expect:
        more = [key for key in told.missing if key not in expect["missing"]]
        wrong += [f"{called(key)} is missing, which was not expected." for key in more]
    if "eligible" in expect and expect["eligible"] is not told.eligible:
        wrong.append("The patient can be helped." if told.eligible else "The patient is stopped.")
    if "hub" in expect and expect["hub"] != told.hub:
        wrong.append(f"It goes to {called(told.hub)}, not to {called(expect['hub'])}.")
    return wrong
