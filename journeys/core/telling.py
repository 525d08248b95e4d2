"""One event as one sentence, the same for everybody who may read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from journeys.core import contacts
from journeys.core.closing import CLOSING_REASONS
from journeys.core.coming_coverage import ON
from journeys.core.conflicts import Claim, Conflict
from journeys.core.events import Event
from journeys.core.facts import text_of, type_of
from journeys.core.graph import Graph
from journeys.core.sentences import name_of
from journeys.core.state import JourneyState, Party

# The reason of a settlement by which both sides are true, each of another coverage.
OTHER_COVERAGE = "other_coverage"
_HAND_OFFS: Mapping[str, str] = {
    "queued": "Waiting to be handed to {to}",
    "sent": "Handed to {to}",
    "accepted": "{to} confirmed receipt",
    "rejected": "{to} refused what was handed over",
    "withheld": "Not handed to {to}: the patient's permission does not cover it",
    "abandoned": "Could not be handed to {to}; a person was told",
}

# What a hand-over told, when it was no enrollment.
_NOTICES: Mapping[str, str] = {
    "revocation": "that the patient took the permission back",
    "withdrawal": "that the enrollment is withdrawn",
    "transfer": "that the referral went to another pharmacy",
    "coverage": "the other insurance",
}


@dataclass(frozen=True, slots=True)
class Telling:
    """What the words are made of; `details` says whether reasons may be told."""

    graph: Graph
    state: JourneyState
    parties: Mapping[str, Party]
    details: bool


def what(telling: Telling, event: Event) -> str:
    """What happened, in one sentence."""
    return _WORDS.get(event.kind, _other)(telling, event)


def _title(telling: Telling, event: Event) -> str:
    step = telling.graph.by_key.get(event.step or "")
    return step.title if step else (event.step or "").replace("_", " ").capitalize()


def _status(telling: Telling, event: Event) -> str:
    step = telling.graph.by_key.get(event.step or "")
    status = step.status(event.status) if step else None
    word = status.label if status else (event.status or "").replace("_", " ")
    reason = step.label_of(event.reason) if step and telling.details else ""
    return f"{_title(telling, event)}: {word.lower()}" + (f" ({reason})" if reason else "")


def _about(words: str) -> Callable[[Telling, Event], str]:
    def tell(telling: Telling, event: Event) -> str:
        title = _title(telling, event)
        return f"{title}: {words}" if title else words.capitalize()

    return tell


def _hand_off(telling: Telling, event: Event) -> str:
    names = _whom(telling, event)
    ended = _NOTICES.get(event.reason or "")
    if ended and event.status in ("sent", "accepted"):
        told = "was told" if event.status == "sent" else "confirmed knowing"
        return f"{names[:1].upper()}{names[1:]} {told} {ended}"
    words = _HAND_OFFS.get(event.status or "sent", _HAND_OFFS["sent"]).format(to=names)
    return words[:1].upper() + words[1:]


def _whom(telling: Telling, event: Event) -> str:
    """Who got it, by the name of then; where that was not kept, by who has the part today."""
    if event.status in ("accepted", "rejected") and event.role in event.to and event.source_name:
        return event.source_name
    if event.to_name:
        return event.to_name
    if event.reason == "transfer":
        return "the pharmacy before"
    return " and ".join(name_of(role, telling.parties) for role in event.to) or "a partner"


def _settled(telling: Telling, event: Event) -> str:
    conflict = next((c for c in telling.state.conflicts if c.key == event.conflict), None)
    if conflict is None:
        return "Disagreement settled"
    chosen = next((c for c in conflict.claims if c.ref == event.chosen), None)
    subject = subject_of(telling.graph, conflict)
    if chosen is None:
        return f"{subject}: disagreement settled"
    said = said_by(telling.graph, conflict, chosen)
    told = f"{subject}: settled as {said}, as {chosen.source_name} said"
    if event.reason == OTHER_COVERAGE:
        return f"{told}; what was said otherwise is true of another coverage"
    return told


def _authorization(telling: Telling, event: Event) -> str:
    if event.status == "revoked":
        return "Patient took the permission to share back; nothing more is shared on it"
    return "Patient signed the permission to share"


def _coverage_ahead(telling: Telling, event: Event) -> str:
    return f"Coverage changes on {text_of(ON, event.facts.get(ON))}"


def _closed(telling: Telling, event: Event) -> str:
    reason = event.reason or ""
    label = CLOSING_REASONS.get(reason, reason.replace("_", " "))
    return f"Journey closed: {label.lower()}" if label and telling.details else "Journey closed"


def _other(telling: Telling, event: Event) -> str:
    return f"Reported: {event.kind.replace('_', ' ')}"


def subject_of(graph: Graph, conflict: Conflict) -> str:
    """What a disagreement is about, in words."""
    if conflict.subject == "fact":
        return type_of(conflict.name).label
    return graph.by_key[conflict.name].title


def said_by(graph: Graph, conflict: Conflict, claim: Claim) -> str:
    """What one side of a disagreement says, in words."""
    if conflict.subject == "fact":
        return text_of(conflict.name, claim.value)
    step = graph.by_key[conflict.name]
    status = step.status(str(claim.value))
    reason = step.label_of(claim.reason)
    return (status.label.lower() if status else str(claim.value)) + (
        f" ({reason})" if reason else ""
    )


_WORDS: Mapping[str, Callable[[Telling, Event], str]] = {
    "status": _status,
    "fact": _about("facts reported"),
    "message": _about("message"),
    "document": _about("document added"),
    "follow_up": _about("followed up"),
    "hand_off": _hand_off,
    "contact": lambda telling, event: contacts.told(event.status, event.reason),
    "coverage_changed": lambda telling, event: "Coverage changed",
    "coverage_ahead": _coverage_ahead,
    "conflict_settled": _settled,
    "amendment": lambda telling, event: "Enrollment amended",
    "authorization": _authorization,
    "closed": _closed,
    "merge_undone": lambda telling, event: "Merge undone: this journey goes on by itself",
}
