"""Every automatic decision as rule, inputs and outcome, so that it can be made again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from programs.core.conditions import holds

SETTLED = ("done", "skipped")


class Decision(NamedTuple):
    """What a rule decided, from JSON-able inputs alone; `ref` set it off."""

    rule: str
    step: str | None
    inputs: Mapping[str, Any]
    outcome: str
    ref: str | None
    at: datetime


def open_when_needs_are_settled(inputs: Mapping[str, Any]) -> str:
    """A step opens when every step it needs is done or skipped."""
    return "opened" if all(phase in SETTLED for phase in inputs["needs"].values()) else "waits"


def skip_when_not_needed(inputs: Mapping[str, Any]) -> str:
    """A step is skipped when its condition holds over the facts it names, all of them known."""
    return "skipped" if holds(inputs["when"], inputs["facts"]) else "needed"


def open_beside_the_path(inputs: Mapping[str, Any]) -> str:
    """A step beside the path opens from its moment on, if its condition holds then."""
    come = inputs["from"] is None or _instant(inputs["from"]) <= _instant(inputs["now"])
    fits = inputs["when"] is None or holds(inputs["when"], inputs["known"])
    return "opened" if come and fits else "waits"


def turn_with_the_clock(inputs: Mapping[str, Any]) -> str:
    """A step comes to the last of the statuses whose moment has come."""
    come = [status for status, at in inputs["moments"] if _instant(at) <= _instant(inputs["now"])]
    return str(come[-1]) if come else "stays"


def hold_while_open(inputs: Mapping[str, Any]) -> str:
    """A step is held while another is open that opened after the last report about it."""
    told = inputs["told"]
    held = told is None or _instant(told) < _instant(inputs["opened"])
    return str(inputs["status"]) if held else "goes on"


def stop_at_the_gate(inputs: Mapping[str, Any]) -> str:
    """A step that has all it needs is stopped while its gate's condition holds."""
    return "stopped" if holds(inputs["when"], inputs["known"]) else "goes on"


def expect_as_observed(inputs: Mapping[str, Any]) -> str:
    """A step is expected to take as long as it did, where enough of them were finished."""
    return "observed" if inputs["finished"] >= inputs["enough"] else "promised"


def detour_when_returned(inputs: Mapping[str, Any]) -> str:
    """A detour opens while its step stands in one of its statuses, but for some reasons."""
    fits = inputs["status"] in inputs["opened_by"] and inputs["reason"] not in inputs["but_for"]
    return "opened" if fits else "not needed"


def go_back_when_answered(inputs: Mapping[str, Any]) -> str:
    """A step goes back to the status its detour's outcome leads to."""
    return str(inputs["returns"].get(inputs["status"], "stays"))


def evidence_outranks_status_text(inputs: Mapping[str, Any]) -> str:
    """Propose the one side that carries evidence (number and dates); otherwise nobody's."""
    carrying = [claim["ref"] for claim in inputs["claims"] if claim["evidence"]]
    return str(carrying[0]) if len(carrying) == 1 else "no proposal"


def person_settles(inputs: Mapping[str, Any]) -> str:
    """The claim a person chose stands while every other claim was weighed by that person."""
    known: Sequence[str] = inputs["weighed"]
    chosen = inputs["chosen"]
    seen = all(claim in known for claim in inputs["claims"])
    return str(chosen) if seen and chosen in inputs["claims"] else "open"


def close_on_status(inputs: Mapping[str, Any]) -> str:
    """A journey closes when a step stands, undisputed, in a status that ends it."""
    return "closed" if inputs["status"] in inputs["closing"] else "goes on"


def close_on_word(inputs: Mapping[str, Any]) -> str:
    """A journey closes when one of its parties says so."""
    return "closed" if inputs["kind"] == "closed" else "goes on"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


RULES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    rule.__name__: rule
    for rule in (
        open_when_needs_are_settled,
        skip_when_not_needed,
        open_beside_the_path,
        turn_with_the_clock,
        hold_while_open,
        stop_at_the_gate,
        expect_as_observed,
        detour_when_returned,
        go_back_when_answered,
        evidence_outranks_status_text,
        person_settles,
        close_on_status,
        close_on_word,
    )
}


def replay(decision: Decision) -> str:
    """The outcome the decision's rule reaches again from the inputs that were kept."""
    return RULES[decision.rule](decision.inputs)
