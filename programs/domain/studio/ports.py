"""What the studio asks about journeys, which stand above programs: ports, filled at start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from programs.core.definition import JourneyPlan
from programs.core.soundness import Problem
from programs.core.trials import Steps


@dataclass(frozen=True)
class StepTold:
    """One step of a template as the studio lists it, with what a program may change in it.

    `due` is how long it may take, in `unit`. One that is `dropped` is left out by the plan.
    """

    key: str
    title: str
    action: str
    owner: str
    amount: str
    unit: str
    dropped: bool = False
    tuned: bool = False
    skips: tuple[tuple[str, str], ...] = ()
    """When the program does without it: the condition in words, and why."""
    most: int = 0
    """How often it may come, for one that is counted; 0 for any other."""
    service: str = ""
    """The service (H1) that it works on, if any."""
    gives: bool = False
    """Whether money or medicine of the manufacturer's is given at it: a program has it or not."""

    @property
    def unit_words(self) -> str:
        """What the clock counts, as people read it."""
        words = self.unit.replace("_", " ")
        return words.removesuffix("s") if self.amount == "1" else words


@dataclass(frozen=True)
class LimitTold:
    """From where on a journey is at risk, by one of the rules: a number, or a time in `unit`."""

    key: str
    title: str
    amount: str
    unit: str
    usual: str


@dataclass(frozen=True)
class KnownTold:
    """Something a journey comes to know, and the words of what it may be, by their codes."""

    key: str
    label: str
    values: Sequence[tuple[str, str]]


class Journeys(Protocol):
    """The journeys that programs may start from."""

    def templates(self) -> Sequence[tuple[str, str]]:
        """Every template: its key and its title."""
        ...

    def roles(self) -> Sequence[str]:
        """Who may own a step."""
        ...

    def units(self) -> Sequence[str]:
        """What a clock counts."""
        ...

    def problems(self, plan: JourneyPlan) -> Sequence[Problem]:
        """Every fault of the template and what the program changes in it."""
        ...

    def steps(self, plan: JourneyPlan) -> Sequence[StepTold]:
        """Every step of the template, those left out too; none for an unknown template."""
        ...

    def limits(self, plan: JourneyPlan) -> Sequence[LimitTold]:
        """Every limit of the template as the plan has it; none for an unknown template."""
        ...

    def known(self) -> Sequence[KnownTold]:
        """What a step may hang on: the facts that are one of a few words."""
        ...

    def taken_by(self, hub: str) -> str:
        """How a hub takes what is sent to it now, as a route says it; "" while it takes nothing."""
        ...

    def picture(self, plan: JourneyPlan) -> Any:
        """The journey as the picture that pages draw; None while it has faults."""
        ...


_port: list[Journeys] = []
_steps: list[Steps] = []


def use(journeys: Journeys) -> None:
    """Ask these from now on."""
    _port[:] = [journeys]


def journeys() -> Journeys:
    """The journeys in use. Raises IndexError when the app above never gave any."""
    return _port[0]


def use_steps(steps: Steps) -> None:
    """Ask this from now on which steps somebody's journey needs."""
    _steps[:] = [steps]


def steps_needed() -> Steps:
    """Tells the steps of a journey by answers. Raises IndexError when nobody ever gave it."""
    return _steps[0]
