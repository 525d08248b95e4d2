"""A thousand made-up patients through a program: its form, its rules and its journey.

What partners do is assumed, and said so (``ASSUMED``): it is no forecast, but it shows where a
form loses people, what it costs an office, and whether the journey comes to its end.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from statistics import quantiles
from typing import Any

from journeys.core.evaluate import steps_after
from journeys.core.events import Event
from journeys.core.graph import STAGES, Graph, Step
from programs.core.conditions import Answers
from programs.core.definition import Definition
from programs.core.eligibility import Finding, findings
from programs.core.fields import BOXES
from programs.core.forms import Sheet, sheet
from programs.core.made_up import somebody

PATIENTS = 1_000
_ROUNDS = 24
_HOURS_A_DAY = 10
SUBMITTED = "enrollment_submitted"
"""The step with which every journey begins."""
# By step: how it ends, and how often of a hundred. Any other step ends well.
ASSUMED: Mapping[str, tuple[tuple[str, int], ...]] = {
    "intake_review": (("accepted", 96), ("rejected", 4)),
    "benefit_verification": (("complete", 97), ("unable", 3)),
    "prior_authorization_determination": (("approved", 82), ("denied", 18)),
    "appeal": (("overturned", 45), ("upheld", 55)),
    "patient_assistance": (("approved", 70), ("denied", 30)),
    "first_dose": (("confirmed", 95), ("declined", 5)),
}
_TYPED_ANEW = frozenset({"patient", "coverage", "clinical", "enrollment"})
Facts = Mapping[str, object]


@dataclass
class Told:
    """What came of a cohort. Times are working days from submission to therapy."""

    patients: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)
    without: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    inputs: list[int] = field(default_factory=list)
    days: list[float] = field(default_factory=list)
    stuck: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """As plain data, with the middle and the upper end of what varies."""
        return {
            "patients": self.patients,
            "refused": dict(self.refused.most_common()),
            "warned": dict(self.warned.most_common()),
            "without": dict(self.without.most_common()),
            "sent": self.sent,
            "stages": {name: self.stages[name] for name in STAGES if self.stages[name]},
            "inputs": _ends(self.inputs),
            "days": _ends(self.days),
            "stuck": dict(self.stuck.most_common()),
        }


def _ends(values: Sequence[float]) -> list[float]:
    """The median and the ninth of ten; nothing of fewer than two."""
    if len(values) < 2:
        return []
    cuts = quantiles(values, n=10)
    return [round(cuts[4], 1), round(cuts[8], 1)]


class Cohort:
    """People one after the other; journeys that went alike are evaluated once."""

    def __init__(self, definition: Definition, graph: Graph, *, today: date) -> None:
        self.definition, self.graph, self.today = definition, graph, today
        self.started = datetime.combine(today, time(14), tzinfo=UTC)
        self.told = Told()
        self._open: dict[tuple[object, ...], tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def add(self, seed: int) -> None:
        """One more patient: filled in, sent unless a rule stops it, and through the journey."""
        told = self.told
        told.patients += 1
        answers, form = somebody(self.definition, seed, today=self.today)
        answers, form, stops = self._settled(answers, form)
        told.inputs.append(_inputs(form, answers))
        if stops:
            told.refused.update({each.reason for each in stops})
            return
        told.sent += 1
        self._travel(_facts(form.known), Random(seed))  # noqa: S311  # people for a trial

    def _settled(
        self, answers: dict[str, Any], form: Sheet
    ) -> tuple[dict[str, Any], Sheet, list[Finding]]:
        """What an office does when a rule stops one service: it goes on without that service."""
        found = findings((self.definition,), form.known)
        self.told.warned.update({each.reason for each in found if each.outcome == "warns"})
        stops = [each for each in found if each.outcome == "stops"]
        only = {each.service for each in stops if each.service}
        wanted = [each for each in answers.get("H1", ()) if each not in only]
        if not only or not wanted:
            return answers, form, stops
        self.told.without.update(only)
        answers = {**answers, "H1": wanted}
        form = sheet((self.definition,), answers, today=self.today)
        left = [
            each for each in findings((self.definition,), form.known) if each.outcome == "stops"
        ]
        return answers, form, left

    def _travel(self, facts: Facts, draw: Random) -> None:
        story: tuple[tuple[str, str], ...] = ()
        hours, reached = 0.0, 0
        for _ in range(_ROUNDS):
            waiting, stages = self._standing(facts, story)
            reached = max([reached, *(STAGES.index(each) + 1 for each in stages)])
            if not waiting:
                break
            steps = [self.graph.by_key[key] for key in waiting]
            hours += max(draw.uniform(*step.typical) for step in steps)
            story += tuple((step.key, _ending(step, draw)) for step in steps)
        else:
            self.told.stuck.update(self._standing(facts, story)[0])
        self.told.stages.update(STAGES[:reached])
        if reached == len(STAGES):
            self.told.days.append(hours / _HOURS_A_DAY)

    def _standing(
        self, facts: Facts, story: tuple[tuple[str, str], ...]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The steps somebody has now, and the stages that are behind; kept for those alike."""
        key = (tuple(sorted(facts.items(), key=str)), frozenset(story))
        if key not in self._open:
            self._open[key] = self._evaluated(facts, story)
        return self._open[key]

    def _evaluated(
        self, facts: Facts, story: tuple[tuple[str, str], ...]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        events = [self._event(0, self.graph.by_key[SUBMITTED], "submitted", facts)]
        events += [
            self._event(place, self.graph.by_key[key], status, {})
            for place, (key, status) in enumerate(story, start=1)
        ]
        now = self.started + timedelta(minutes=len(events))
        states = steps_after(self.graph, events, started_at=self.started, now=now)
        done = dict(story)
        failed = {
            key
            for key, ended in done.items()
            if (status := self.graph.by_key[key].status(ended)) and status.kind == "failed"
        }
        over = any(_closes(self.graph.by_key[key], done[key]) for key in done)
        waiting = tuple(
            step.key
            for step in self.graph.steps
            if states[step.key].phase in ("now", "waiting", "at_risk", "blocked")
            and step.aside is None
            and step.key not in done
        )
        stages = tuple(
            step.stage
            for step in self.graph.path
            if step.stage and states[step.key].phase == "done" and step.key not in failed
        )
        return (() if over else waiting), stages

    def _event(self, place: int, step: Step, status: str, facts: Facts) -> Event:
        at = self.started + timedelta(minutes=place)
        found = step.status(status)
        reason = found.reasons[0].key if found and found.reasons else None
        return Event(
            id=f"{step.key}:{place}",
            kind="status",
            step=step.key,
            status=status,
            reason=reason,
            source=step.owner,
            source_name=step.owner,
            role=step.owner,
            facts=facts,
            occurred_at=at,
            received_at=at,
        )


def _closes(step: Step, status: str) -> bool:
    found = step.status(status)
    return found is not None and found.closes


def _ending(step: Step, draw: Random) -> str:
    """How a step ends: as assumed where that is one of its statuses, else well."""
    told = [each for each in ASSUMED.get(step.key, ()) if step.status(each[0])]
    if told:
        (ended,) = draw.choices([each[0] for each in told], [each[1] for each in told])
        return ended
    ends = [each for each in step.statuses if each.kind == "done" and not each.closes]
    ends = ends or [each for each in step.statuses if each.kind in ("done", "skipped")]
    return ends[0].key if ends else step.statuses[-1].key


def _inputs(form: Sheet, answers: Answers) -> int:
    """What an office types or picks: everything but its own and the prescriber's facts; a row of
    boxes is an input for each that is ticked.
    """
    count = 0
    for item in form.shown:
        value = answers.get(item.key)
        if value is None or item.field.typed_once_per not in _TYPED_ANEW:
            continue
        count += len(value) if item.field.type in BOXES and isinstance(value, list) else 1
    return count


def _facts(known: Answers) -> Facts:
    """What a submission tells the journey that its path hangs on."""
    kind = "uninsured" if known.get("B1") is False else known.get("B5", "commercial")
    return {
        "authorization": True,
        "line_of_business": str(kind),
        "submission_channel": "portal",
        "therapy_stage": str(known.get("E4", "new")),
        "urgent": False,
    }


def cohort(
    definition: Definition, graph: Graph, *, today: date, patients: int = PATIENTS
) -> dict[str, Any]:
    """Send so many made-up patients through; the same ones each time."""
    made = Cohort(definition, graph, today=today)
    for seed in range(patients):
        made.add(seed)
    return made.told.to_json()
