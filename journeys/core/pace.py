"""How long steps took: the hours of finished ones, and what stands for very many of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from journeys.core.calendar import Calendar
from journeys.core.graph import Graph
from journeys.core.state import JourneyState, Observed

# Half an hour: a count that moves by less is the same count.
_GRAIN = 2


def hours_taken(
    graph: Graph, state: JourneyState, calendar: Calendar
) -> Iterator[tuple[str, float]]:
    """Each step of the path that is done, with its working hours from opening to end."""
    for step in graph.path:
        one = state.steps[step.key]
        if one.phase == "done" and one.opened_at and one.settled_at:
            yield step.key, calendar.hours_between(one.opened_at, one.settled_at)


def observed(hours: Sequence[float]) -> Observed:
    """The 25th, 50th and 80th percentile, to half an hour. Raises ValueError without any."""
    if not hours:
        raise ValueError("Nothing was observed.")
    told = sorted(hours)
    low, middle, high = (round(_at(told, part) * _GRAIN) / _GRAIN for part in (0.25, 0.5, 0.8))
    return Observed(low, middle, high, len(told))


def _at(told: Sequence[float], part: float) -> float:
    """The value below which this part of them lies, between two neighbours in proportion."""
    place = part * (len(told) - 1)
    below = int(place)
    above = min(below + 1, len(told) - 1)
    return told[below] + (told[above] - told[below]) * (place - below)


def to_json(paces: Mapping[str, Mapping[str, Observed]]) -> dict[str, Any]:
    """By payer class and step, as JSON data."""
    return {
        payer: {step: [one.low, one.middle, one.high, one.count] for step, one in steps.items()}
        for payer, steps in paces.items()
    }


def from_json(data: Mapping[str, Any]) -> dict[str, dict[str, Observed]]:
    """What `to_json` wrote."""
    return {
        payer: {step: Observed(*numbers) for step, numbers in steps.items()}
        for payer, steps in data.items()
    }
