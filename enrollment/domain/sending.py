"""What a sitting does with all its programs at once; each is asked for, signed and sent alone."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.core.actor import Actor
from enrollment.domain.readiness import Readiness, readiness
from enrollment.domain.signatures import ask_to_sign
from enrollment.domain.sittings import enrollments_of_sitting
from enrollment.domain.submission import Incomplete, submit
from enrollment.enums import OPEN, SignatureKind
from enrollment.models import Enrollment, Signature
from journeys.domain.opening import NoRoute


@dataclass(frozen=True)
class Standing:
    """One program of the sitting: what stands in its way, and who has signed it."""

    enrollment: Enrollment
    state: Readiness
    signatures: dict[str, Signature]

    @property
    def is_open(self) -> bool:
        return self.enrollment.status in OPEN

    @property
    def can_send(self) -> bool:
        return self.is_open and self.state.can_send

    @property
    def can_ask(self) -> bool:
        """Filled in, and neither certified nor in the prescriber's queue."""
        unasked = self.enrollment.signing_requested_at is None
        uncertified = SignatureKind.PRESCRIBER not in self.signatures
        return self.is_open and self.state.filled_in and unasked and uncertified

    @property
    def lacks_patient(self) -> bool:
        """Still open, and not signed by the patient."""
        return self.is_open and SignatureKind.PATIENT not in self.signatures

    @property
    def left(self) -> int:
        """How many answers are to go or to correct."""
        return len({each.key for each in self.state.missing} | set(self.state.wrong))


def standings(sitting_id: UUID, *, now: datetime) -> list[Standing]:
    """Where each program begun together stands, whatever became of it."""
    today = timezone.localdate(now)
    rows = list(enrollments_of_sitting(sitting_id))
    signed: dict[UUID, dict[str, Signature]] = defaultdict(dict)
    for each in Signature.objects.filter(enrollment__in=rows, superseded_at=None):
        signed[each.enrollment_id][each.kind] = each
    return [
        Standing(row, readiness(row, signed[row.id], today=today), signed[row.id]) for row in rows
    ]


@transaction.atomic
def ask_for_all(sitting_id: UUID, *, by: Actor, now: datetime) -> list[Enrollment]:
    """Put every complete form of the sitting into the prescriber's queue. Raises Refused."""
    return [
        ask_to_sign(each.enrollment.id, by=by, now=now)
        for each in standings(sitting_id, now=now)
        if each.can_ask
    ]


@dataclass(frozen=True)
class Sent:
    """What was sent, and the names of the programs that no hub takes now."""

    enrollments: Sequence[Enrollment]
    without_hub: Sequence[str]


def send_complete(sitting_id: UUID, *, urgent: bool, by: Actor, now: datetime) -> Sent:
    """Send every program that is complete and signed; the others stay as they are.

    Each is sent in a transaction of its own, so that one never holds another back. Raises
    Refused.
    """
    sent, without_hub = [], []
    for each in standings(sitting_id, now=now):
        if not each.can_send:
            continue
        try:
            sent.append(submit(each.enrollment.id, urgent=urgent, by=by, now=now))
        except Incomplete:
            # Somebody changed it meanwhile: it stays, and its line says what is missing.
            continue
        except NoRoute:
            without_hub.append(each.enrollment.program_version.program.name)
    return Sent(sent, without_hub)
