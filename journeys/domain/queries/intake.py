"""What a hub looks at when it reviews an enrollment: the form, and what can be checked for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from journeys.core.events import taken_back
from journeys.core.questions import question
from journeys.domain.likely_twins import likely_twins
from journeys.domain.queries.journeys import Story
from journeys.enums import PacketKind
from journeys.models import ConsentGrant, Journey, Packet
from journeys.rules import INTAKE
from programs.core.definition import Definition
from programs.core.eligibility import findings
from programs.core.forms import check_answers, missing, missing_signatures, sheet, signing
from programs.core.union import union
from programs.models import ProgramVersion

NOT_ANSWERED = "Without an answer"


@dataclass(frozen=True)
class Line:
    """One answer on the form; `changed` since the packet before, `asked` what was wrong then."""

    id: str
    label: str
    text: str
    changed: bool
    asked: str


@dataclass(frozen=True)
class Part:
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Check:
    """What a check found: all right, worth a look, or something the practice must mend."""

    outcome: Literal["fine", "look", "mend"]
    text: str
    field: str = ""
    journey_id: UUID | None = None
    # Whether both forms stand side by side on the page of duplicates.
    both: bool = False


UNSIGNED = Check(
    "look",
    "The patient has not signed yet. The practice asks for it; "
    "what needs the permission waits until then.",
)


def faxed(story: Story) -> list[str]:
    """The messages with which pages came by fax about the enrollment itself, and that stand."""
    back = taken_back(story.events)
    return [
        event.id
        for event in story.events
        if (event.kind, event.step, event.transport) == ("message", INTAKE, "fax")
        and event.ref not in back
    ]


@lru_cache(maxsize=256)
def definition_of(version_id: UUID) -> Definition:
    """What the program version asks. Versions that journeys stand on never change."""
    version = ProgramVersion.objects.only("definition").get(pk=version_id)
    return Definition.from_json(version.definition)


@lru_cache(maxsize=256)
def questions_of(version_id: UUID) -> Mapping[str, str]:
    """Every question of the program version in its words, by field."""
    return {
        item.key: item.question
        for asked in (union, signing)
        for item in asked([definition_of(version_id)])
    }


def packets_of(journey: Journey) -> list[Packet]:
    """Every version that was handed over, newest first."""
    enrollments = Packet.objects.filter(journey=journey, kind=PacketKind.ENROLLMENT)
    return list(enrollments.order_by("-version"))


def parts_of(packets: Sequence[Packet], *, asked: Mapping[str, str]) -> list[Part]:
    """The newest form section by section; `asked` is what was to be corrected, by field."""
    newest = packets[0].body
    before = values_of(packets[1].body) if len(packets) > 1 else None
    return [
        Part(
            section["name"],
            tuple(
                Line(
                    id=field["id"],
                    label=question(field),
                    text=field["display"],
                    changed=before is not None and before.get(field["id"]) != field["value"],
                    asked=asked.get(field["id"], ""),
                )
                for field in section["fields"]
            ),
        )
        for section in newest["sections"]
    ]


def unanswered(journey: Journey, packet: Packet, *, today: date) -> Part | None:
    """Every question and document of the form that was left without an answer."""
    definition, values = definition_of(journey.program_version_id), values_of(packet.body)
    signatures = {item.key for item in signing([definition])}
    answers = {key: value for key, value in values.items() if key not in signatures}
    lines = [
        Line(item.key, item.question, "", changed=False, asked="")
        for item in sheet([definition], answers, today=today).shown
        if item.key not in values and item.field.type != "computed"
    ]
    return Part(NOT_ANSWERED, tuple(lines)) if lines else None


def askable(journey_id: UUID, *, today: date) -> dict[str, str]:
    """What may be asked to be corrected: every line of the form, answered or not, by field."""
    journey = Journey.objects.get(pk=journey_id)
    packet = packets_of(journey)[0]
    fields = [field for section in packet.body["sections"] for field in section["fields"]]
    left = unanswered(journey, packet, today=today)
    return {field["id"]: question(field) for field in fields} | {
        line.id: line.label for line in (left.lines if left else ())
    }


def missing_now(checks: Iterable[Check]) -> dict[str, str]:
    """What the rules found wrong, by field: a sentence each, ready to be asked of the practice."""
    found: dict[str, str] = {}
    for check in checks:
        if check.outcome == "mend" and check.field:
            found.setdefault(check.field, check.text)
    return found


def values_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a packet by field."""
    return {
        field["id"]: field["value"] for section in body["sections"] for field in section["fields"]
    }


def checks_of(journey: Journey, packet: Packet, *, now: datetime) -> list[Check]:
    """What a reviewer would otherwise look up by hand, the troubles first."""
    definition = definition_of(journey.program_version_id)
    values = values_of(packet.body)
    form = _form(definition, values, today=timezone.localdate(now))
    found = [
        *form,
        *([] if UNSIGNED in form else _consent(journey, now=now)),
        *_twins(journey),
        *_likely_twins(journey),
    ]
    return sorted(found, key=lambda check: ("mend", "look", "fine").index(check.outcome))


def _form(definition: Definition, values: dict[str, Any], *, today: date) -> list[Check]:
    signature_keys = {item.key for item in signing([definition])}
    answers = {key: value for key, value in values.items() if key not in signature_keys}
    signed = {key: value for key, value in values.items() if key in signature_keys}
    gaps = missing([definition], answers, today=today)
    unsigned = missing_signatures([definition], answers, signed, today=today)
    wrong = check_answers([definition], answers, today=today)
    form = sheet([definition], answers, today=today)
    labels = {item.key: item.question for item in form.items}
    # Sent without it, as the practice may: it is asked for, and a return would not bring it.
    theirs = [gap for gap in unsigned if gap.asked_of == "PT"]
    ours = [gap for gap in unsigned if gap not in theirs]
    found = [Check("mend", gap.sentence, gap.key) for gap in (*gaps, *ours)]
    if theirs:
        found.append(UNSIGNED)
    found += [
        Check("mend", f"{labels.get(key, key)}: {sentence}", key)
        for key, sentences in wrong.items()
        for sentence in sentences
    ]
    found += [
        Check("look", finding.reason, finding.field)
        for finding in findings([definition], form.known)
        if finding.outcome == "warns"
    ]
    if not gaps and not wrong:
        found.append(Check("fine", "Every answer the program requires is there."))
    if not unsigned:
        found.append(Check("fine", "Every signature the program requires is there."))
    return found


def _consent(journey: Journey, *, now: datetime) -> list[Check]:
    grants: QuerySet[ConsentGrant] = ConsentGrant.objects.filter(journey=journey, revoked_at=None)
    until = max((grant.expires_at for grant in grants), default=None)
    if until is None:
        return [Check("mend", "There is no authorization to share health information.")]
    if until <= now:
        return [Check("mend", "The authorization to share health information has expired.")]
    return []


def _twins(journey: Journey) -> list[Check]:
    """Other open journeys of the same patient in the same program, as far as the hub may see."""
    twins = Journey.objects.filter(
        organization_id=journey.organization_id,
        patient_id=journey.patient_id,
        program_version__program_id=journey.program_version.program_id,
        closed_at=None,
    ).exclude(pk=journey.pk)
    return [
        Check("look", f"The same patient has another open journey: {twin.number}.", "", twin.id)
        for twin in twins.only("id", "number", "organization_id")
    ]


def _likely_twins(journey: Journey) -> list[Check]:
    """Whom a worker found to look like this patient."""
    return [
        Check("look", f"Looks like {number} ({score} of 100): see both.", both=True)
        for number, score in likely_twins(journey.pk)
    ]
