"""Short words for the conditions that worksheets are written with."""

from journeys.core.step import Condition


def result_is(*statuses: str) -> Condition:
    """The result that is told is one of these statuses."""
    return {"field": "status", "op": "in", "value": list(statuses)}


def because(*reasons: str) -> Condition:
    """It is told with one of these reasons."""
    return {"field": "reason", "op": "in", "value": list(reasons)}


def says(name: str, value: object) -> Condition:
    """This is told, or known, to be so."""
    return {"field": name, "op": "equals", "value": value}


def is_known(name: str) -> Condition:
    """This is told, or known."""
    return {"field": name, "op": "present"}


def stands(step: str, *statuses: str) -> Condition:
    """Another step stands in one of these statuses."""
    return {"field": f"step.{step}", "op": "in", "value": list(statuses)}
