"""What each event set in motion, told from the decisions that name it as their cause."""

from collections.abc import Callable, Mapping

from journeys.core.decisions import Decision
from journeys.core.graph import Graph
from journeys.core.state import JourneyState
from journeys.core.visibility import may_know, sees_facts


def set_in_motion(graph: Graph, state: JourneyState, viewer: str) -> dict[str, tuple[str, ...]]:
    """For each event id, what it opened, skipped, sent back or closed."""
    told: dict[str, tuple[str, ...]] = {}
    for decision in state.decisions:
        tell = _WORDS.get((decision.rule, decision.outcome)) or _BY_RULE.get(decision.rule)
        known = may_know(graph, viewer, decision.step)
        words = tell(graph, decision, viewer) if tell and known else ""
        if words and decision.ref:
            told[decision.ref] = (*told.get(decision.ref, ()), words)
    return told


def _title(graph: Graph, decision: Decision) -> str:
    step = graph.by_key.get(decision.step or "")
    return step.title if step else ""


def _opened(graph: Graph, decision: Decision, viewer: str) -> str:
    return f"opened {_title(graph, decision)}"


def _skipped(graph: Graph, decision: Decision, viewer: str) -> str:
    words = f"skipped {_title(graph, decision)}"
    if not sees_facts(viewer, decision.inputs["facts"]):
        return words
    skips = graph.by_key[decision.step or ""].skips
    why = next((skip.why for skip in skips if skip.when == decision.inputs["when"]), "")
    return f"{words}: {why[:1].lower()}{why[1:]}" if why else words


def _stopped(graph: Graph, decision: Decision, viewer: str) -> str:
    return f"stopped {_title(graph, decision)}"


def _held(graph: Graph, decision: Decision, viewer: str) -> str:
    return f"put {_title(graph, decision)} on hold"


def _went_back(graph: Graph, decision: Decision, viewer: str) -> str:
    if decision.outcome == "stays":
        return ""
    return f"gave {_title(graph, decision)} back"


def _settled(graph: Graph, decision: Decision, viewer: str) -> str:
    if decision.outcome == "open":
        return ""
    return f"let {_title(graph, decision)} go on" if decision.step else ""


def _closed(graph: Graph, decision: Decision, viewer: str) -> str:
    return "closed the journey"


_Tell = Callable[[Graph, Decision, str], str]
_WORDS: Mapping[tuple[str, str], _Tell] = {
    ("open_when_needs_are_settled", "opened"): _opened,
    ("detour_when_returned", "opened"): _opened,
    ("open_beside_the_path", "opened"): _opened,
    ("stop_at_the_gate", "stopped"): _stopped,
    ("skip_when_not_needed", "skipped"): _skipped,
    ("close_on_status", "closed"): _closed,
    ("close_on_word", "closed"): _closed,
}
_BY_RULE: Mapping[str, _Tell] = {
    "go_back_when_answered": _went_back,
    "hold_while_open": _held,
    "person_settles": _settled,
}
