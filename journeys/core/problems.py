"""Every fault of a graph at once, with where it is and why it is one."""

from collections import Counter
from collections.abc import Iterator

from journeys.core.faults import (
    Problem,
    of_aside,
    of_clocks,
    of_conditions,
    of_thresholds,
    readable,
)
from journeys.core.graph import ORGANIZATIONS, OUTSIDERS, ROLES, STAGES, Graph, Step, before

__all__ = ["Problem", "problems"]


def problems(graph: Graph) -> list[Problem]:
    """Every fault of the graph; an empty list means a journey can run on it."""
    found = [*_of_keys(graph), *_of_order(graph)]
    known = readable(graph)
    for step in graph.steps:
        found.extend(_of_needs(graph, step))
        found.extend(_of_owners(step))
        found.extend(of_conditions(graph, step, known))
        found.extend(_of_statuses(step))
        found.extend(of_clocks(step))
        found.extend(_of_detour(graph, step))
        found.extend(of_aside(graph, step))
    found.extend(of_thresholds(graph))
    if graph.settled_by not in ORGANIZATIONS:
        found.append(Problem(graph.key, f"Nobody called {graph.settled_by!r} settles conflicts."))
    return found


def _of_keys(graph: Graph) -> Iterator[Problem]:
    for key, count in Counter(step.key for step in graph.steps).items():
        if count > 1:
            yield Problem(key, f"{count} steps have this key.")
    if not graph.steps:
        yield Problem(graph.key, "The journey has no steps.")
    elif not graph.closing_steps:
        yield Problem(graph.key, "Nothing closes it: no status of any step ends the journey.")


def _of_order(graph: Graph) -> Iterator[Problem]:
    placed = {step.key for step in graph.order}
    left = {step.key: step for step in graph.steps if step.key not in placed}
    for key, step in left.items():
        if _comes_back(step, left):
            yield Problem(key, "It waits for itself: the steps it needs form a circle.")
        else:
            yield Problem(key, "It is never reached: something it needs is never over.")
    if graph.steps and not any(not before(step) for step in graph.steps):
        yield Problem(graph.key, "No step can open first.")


def _comes_back(start: Step, left: dict[str, Step]) -> bool:
    seen: set[str] = set()
    ahead = list(before(start))
    while ahead:
        key = ahead.pop()
        if key == start.key:
            return True
        if key in left and key not in seen:
            seen.add(key)
            ahead.extend(before(left[key]))
    return False


def _of_needs(graph: Graph, step: Step) -> Iterator[Problem]:
    for need in step.needs:
        if need not in graph.by_key:
            yield Problem(step.key, f"It needs {need!r}, which is no step of this journey.")
        elif graph.by_key[need].detour:
            yield Problem(step.key, f"It needs {need!r}, a detour that may never open.")
        elif graph.by_key[need].aside:
            yield Problem(step.key, f"It needs {need!r}, which is beside the path.")


def _of_owners(step: Step) -> Iterator[Problem]:
    owners = {step.owner, *(status.owner for status in step.statuses if status.owner)}
    for owner in sorted(owners - set(ROLES)):
        yield Problem(step.key, f"No party is called {owner!r}, so nobody would have it.")
    for owner in sorted(owners & set(OUTSIDERS)):
        if step.acting(owner) not in ORGANIZATIONS:
            yield Problem(step.key, f"Nobody follows up while the {owner} has it.")
    for sending in step.sends:
        if sending.to not in ORGANIZATIONS:
            yield Problem(step.key, f"Nothing can be handed to {sending.to!r}.")
    if step.lane not in ROLES:
        yield Problem(step.key, f"No lane is called {step.lane!r}.")
    if not step.action:
        yield Problem(step.key, "It says nothing of what its owner does.")


def _of_statuses(step: Step) -> Iterator[Problem]:
    for key, count in Counter(status.key for status in step.statuses).items():
        if count > 1:
            yield Problem(step.key, f"{count} statuses are called {key!r}.")
    if not step.statuses or step.statuses[0].kind != "open":
        yield Problem(step.key, "Its first status is not an open one, so it could not begin.")
    if not any(status.kind in ("done", "skipped") for status in step.statuses):
        yield Problem(step.key, "No status ends it, so the journey could never be over.")
    if step.stage is not None and step.stage not in STAGES:
        yield Problem(step.key, f"No milestone is called {step.stage!r}.")
    yield from _of_reasons(step)


def _of_reasons(step: Step) -> Iterator[Problem]:
    for key, count in Counter(_reasons(step)).items():
        if count > 1:
            yield Problem(step.key, f"One status has {count} reasons called {key[1]!r}.")
    for status in step.statuses:
        if status.reasoned and not status.reasons:
            yield Problem(step.key, f"{status.label} takes a reason, and none is listed.")


def _reasons(step: Step) -> list[tuple[str, str]]:
    return [(status.key, reason.key) for status in step.statuses for reason in status.reasons]


def _of_detour(graph: Graph, step: Step) -> Iterator[Problem]:
    rule = step.detour
    if rule is None:
        return
    of = graph.by_key.get(rule.of)
    if of is None or of.detour:
        yield Problem(step.key, f"It is a detour of {rule.of!r}, which is no step of the path.")
        return
    unknown = [key for key in (*rule.opened_by, *rule.returns.values()) if of.status(key) is None]
    for key in unknown:
        yield Problem(step.key, f"{of.title} has no status {key!r}.")
    for key in (key for key in rule.returns if step.status(key) is None):
        yield Problem(step.key, f"It has no status {key!r} to return with.")
    ends = [status.key for status in step.statuses if status.kind in ("done", "skipped")]
    known = {reason.key for status in of.statuses for reason in status.reasons}
    for key in (key for key in rule.but_for if key not in known):
        yield Problem(step.key, f"{of.title} has no reason {key!r}.")
    for key in (key for key in ends if key not in rule.returns):
        yield Problem(step.key, f"After {key!r} nothing says where {of.title} goes on.")
