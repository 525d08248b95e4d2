"""What a FHIR file proposes for a form: each value with where it stood and what to look at."""

import base64
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from enrollment.core.fhir_facts import facts_of
from enrollment.core.fhir_people import alike
from enrollment.core.fhir_reading import Fact, Found, Resource, got, many, text, words_of
from enrollment.core.filetypes import content_type_of
from programs.core.catalogue import ANSWERABLE
from programs.core.checks import check
from programs.core.display import display
from programs.core.fields import Field
from programs.core.union import with_states
from programs.core.values import normalize

LONGEST = 500
MOST_NOTICES = 20
NOTHING: Mapping[str, Any] = {}
PERHAPS_NOT = "Perhaps somebody else's."
ABOUT = ("A1", "A3", "A5")
_PARTIAL = re.compile(r"\d{4}(-\d{2})?")


@dataclass(frozen=True)
class Proposal:
    """A value for one field. ``readable`` is False when it can only be typed anew; ``why`` says
    what to look at before taking it, empty when nothing is.
    """

    field: str
    value: Any
    shown: str
    where: str
    why: str = ""
    readable: bool = True

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Proposed:
    """Everything one file proposes, and what it says that no field can hold."""

    proposals: tuple[Proposal, ...]
    notices: tuple[str, ...]


def propose(
    found: Found,
    *,
    known: Mapping[str, Any],
    today: date,
    fitting: Mapping[str, Collection[str]] = NOTHING,
    own: Mapping[str, Field] = NOTHING,
) -> Proposed:
    """Read a file for the patient of whom ``known`` has the name and date of birth.

    Of several values for a field the first of those in ``fitting`` is proposed: what the form is
    for, of all that a chart holds. Questions of the form's ``own`` programs are answered by the
    results they name. A file about somebody else proposes all the same, with that said of every
    value.
    """
    patient, notices = _patient_of(found, known)
    if patient and (died := patient.get("deceasedDateTime") or patient.get("deceasedBoolean")):
        on = f" on {died[:10]}" if isinstance(died, str) else ""
        notices.append(f"The file says that this patient died{on}.")
    facts: dict[str, list[Fact]] = defaultdict(list)
    fields = {**ANSWERABLE, **own}
    for fact in facts_of(found, patient, own):
        if fact.field in fields:
            facts[fact.field].append(fact)
    asked = {key: with_states(field) for key, field in fields.items() if key in facts}
    first = [
        _of_field(key, field, _sorted(field, facts[key], fitting.get(key, ())))
        for key, field in asked.items()
    ]
    values = {each.field: each.value for each in first if each.readable and each.value is not None}
    proposals = [_checked(each, asked[each.field], values, today) for each in first]
    stranger = _stranger(values, known)
    if stranger:
        notices.append(stranger)
        proposals = [replace(each, why=_both(PERHAPS_NOT, each.why)) for each in proposals]
    return Proposed(tuple(proposals), tuple([*notices, *_notices(found)][:MOST_NOTICES]))


def _patient_of(found: Found, known: Mapping[str, Any]) -> tuple[Resource | None, list[str]]:
    """The patient the file is about: of several the one who is on file, else the first."""
    everyone = found.of("Patient")
    if not everyone:
        return None, ["The file holds no patient, so nothing says whom it is about."]
    people: list[Resource] = []
    for each in sorted(everyone, key=found.is_contained):
        if not any(alike(each, one) or _says_nothing_new(found, each, one) for one in people):
            people.append(each)
    if len(people) == 1:
        return people[0], []
    on_file = {
        "birthDate": known.get("A5"),
        "name": {"family": known.get("A3"), "given": [known.get("A1")]},
    }
    for rank, each in enumerate(people):
        if alike(each, on_file):
            which = "the one who is on file" if rank else "the first one"
            return each, [f"The file holds {len(people)} patients; only {which} was read."]
    return people[0], [f"The file holds {len(people)} patients; only the first one was read."]


def _says_nothing_new(found: Found, one: Resource, other: Resource) -> bool:
    """Whether this is only the other again: with the same id, or inside another resource."""
    if alike(one, other) is False:
        return False
    return found.is_contained(one) or text(one.get("id")) == text(other.get("id"))


def _stranger(values: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """A sentence when the file's patient is not the one on file."""
    differing = [
        key
        for key in ABOUT
        if key in values and known.get(key) and _plain(values[key]) != _plain(known[key])
    ]
    if not {"A3", "A5"} & set(differing):
        return ""
    words = " and ".join(ANSWERABLE[key].label.lower() for key in differing)
    return f"The file may be about somebody else: it differs from what is on file in {words}."


def _plain(value: Any) -> str:
    return " ".join(str(value).casefold().split())


def _sorted(field: Field, facts: list[Fact], fitting: Collection[str]) -> list[Fact]:
    return sorted(facts, key=lambda fact: normalize(field, fact.value).value not in fitting)


def _of_field(key: str, field: Field, facts: list[Fact]) -> Proposal:
    """One proposal of everything the file says for a field; several allergies are one answer."""
    # A coded value before words without a code, whose doubt stays.
    given = [fact for fact in facts if fact.value]
    if key == "E1":
        # Another vocabulary's code that is called ICD-10-CM does not hide a diagnosis that is one.
        given = sorted(given, key=lambda fact: bool(normalize(field, fact.value).problem))
    first = next(iter(given), facts[0])
    first = replace(first, why=first.why or facts[0].why)
    said = list(dict.fromkeys(fact.value[:LONGEST] for fact in given))
    if field.type == "long_text":
        raw, more = ", ".join(said), ""
    else:
        raw = next(iter(said), "")
        others = ", ".join(f"“{one}”" for one in said[1:4])
        more = f"The file also says {others}." if others else ""
    why = _both(first.why, more)
    if not raw:
        return Proposal(key, None, "", first.where, why, readable=False)
    reading = normalize(field, raw)
    if reading.problem:
        problem = reading.problem
        if field.type == "date" and _PARTIAL.fullmatch(raw):
            problem = f"The file gives only a part of the date, {raw}; write the whole date."
        return Proposal(key, raw, raw, first.where, _both(problem, why), readable=False)
    return Proposal(key, reading.value, display(field, reading.value), first.where, why)


def _checked(proposal: Proposal, field: Field, values: Mapping[str, Any], today: date) -> Proposal:
    if not proposal.readable:
        return proposal
    said = check(field, proposal.value, values, today=today)
    return replace(proposal, why=_both(" ".join(said), proposal.why))


def _both(first: str, second: str) -> str:
    return " ".join(part for part in (first, second) if part)


def _notices(found: Found) -> Iterator[str]:
    """Problems the sender reports, and attached files that are not what they are called."""
    for outcome in found.of("OperationOutcome"):
        for issue in many(outcome, "issue"):
            words = words_of(got(issue, "details")) or text(got(issue, "diagnostics"))
            kind = text(got(issue, "code")) or "a problem"
            yield f"The sender reports: {(words or kind)[:200]}"
    for paper in found.of("DocumentReference"):
        for content in many(paper, "content"):
            yield from _attachment(got(content, "attachment"), words_of(paper.get("type")))
    for binary in found.of("Binary"):
        yield from _attachment(binary, "")


def _attachment(attachment: Any, kind: str) -> Iterator[str]:
    title = (text(got(attachment, "title")) or kind or "without a title")[:80]
    claimed = text(got(attachment, "contentType"))
    try:
        body = base64.b64decode(text(got(attachment, "data")), validate=True)
        found = content_type_of(body) if body else ""
    except ValueError:
        found = "something else"
    if not found:
        yield f"A document “{title}” is only referred to; ask for it and attach it."
    elif found != claimed:
        yield f"The document “{title}” is called {claimed or 'nothing'} and is {found}; left out."
    else:
        yield f"The document “{title}” is not taken over; attach it at its question."
