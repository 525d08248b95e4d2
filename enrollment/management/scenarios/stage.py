"""Where a scenario is played: its clock, its people, its partners, and what it says meanwhile."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from django.utils import timezone

from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Role
from accounts.models import Membership
from accounts.tenancy import acting_as, every_tenant
from enrollment.management.demo.people import patients_of
from journeys.domain import reporting
from journeys.enums import DeliveryStatus, ReportStatus
from journeys.management.simulator.voice import Voice
from journeys.models import Delivery, InboundReport, Journey

# Between two turns of the story, at speed 1.
PAUSE_SECONDS = (6.0, 18.0)
LOOK_AGAIN_SECONDS = 0.5
MOST_LOOKS = 1800
LOOKS_IN_SILENCE = 40
REPEATED = 0.25


class Stuck(Exception):
    """What the story waits for did not come."""


@dataclass
class Stage:
    """One playing of one scenario. The seed decides its patients, its pauses and its repetitions.

    `clock` is the story's: it begins so long ago that the story ends today, and moves with
    `later`. `pause` lets real time pass, so that the product can work.
    """

    voice: Voice
    seed: int
    pause: Callable[[float], None]
    say: Callable[[str], object]
    speed: float = 1.0
    clock: dt.datetime = field(default_factory=timezone.now)
    journeys: list[Journey] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = Random(f"scenario:{self.seed}")  # noqa: S311  # a story, not a secret
        self._numbers: Iterator[int] = count(1)
        self._token = f"{self.chance.randrange(16**6):06x}{timezone.now():%d%H%M%S%f}"
        self._people = patients_of("lakeside", seed=1000 + self.seed)

    def begin(self, *, days: float) -> None:
        """The story begins so many days ago."""
        self.clock = timezone.now() - dt.timedelta(days=days)

    def later(self, **by: float) -> None:
        """The story goes on so much later, never past now; a moment passes for who watches."""
        self.clock = min(self.clock + dt.timedelta(**by), timezone.now())
        self.pause(self.chance.uniform(*PAUSE_SECONDS) / self.speed)

    def a_patient(self, **changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The next patient with a commercial coverage; `changes` are answers by question."""
        patient, coverage = next(self._people)
        return patient, {**coverage, "B5": "commercial", **changes}

    def name(self, what: str) -> str:
        """A name that this playing uses once."""
        return f"{what}-{self._token}-{next(self._numbers)}"

    def tells(self, partner: str, journey: Journey, step: str, status: str, /, **more: Any) -> None:
        """A partner's system reports, now in the story; with luck it repeats itself.

        `again` says how often it does in any case, `at` when it happened if not now.
        """
        again = more.pop("again", int(self.chance.random() < REPEATED))
        data = {
            "journey": journey.number,
            "step": step,
            "status": status,
            "occurred_at": more.pop("at", self.clock).isoformat(),
            **more,
        }
        message = self.name(partner)
        for _ in range(1 + again):
            self.voice.report(partner, message, data)
        repeated = f" ({again} more times)" if again else ""
        self._told(journey, partner, step, status, repeated)
        self.wait(lambda: self._read(message), f"the report {message} to be read")
        self.later(minutes=1)

    def does(self, email: str, journey: Journey, step: str, status: str, /, **more: Any) -> None:
        """A person reports on the journey's page, with what its worksheet asks."""
        told = reporting.Report(
            token=self.name("scenario"),
            step=step,
            status=status,
            reason=more.get("reason", ""),
            facts=more.get("facts", {}),
            occurred_at=self.clock,
            note=more.get("note", ""),
        )
        by = person(email)
        with acting_as(by):
            reporting.report(journey.id, told, by=by, now=timezone.now())
        self._told(journey, by.name, step, status, "")
        self.later(minutes=1)

    def arrived(self, journey: Journey) -> None:
        """Wait until everything that was handed over of the journey is settled or in a portal."""
        waiting = {DeliveryStatus.PENDING.value, DeliveryStatus.CLAIMED.value}
        self.wait(lambda: not waiting & set(self.deliveries(journey)), "the packets to arrive")

    def deliveries(self, journey: Journey) -> list[str]:
        """In which states the journey's packets are."""
        with every_tenant(reason="a scenario looks how far it came"):
            return list(Delivery.objects.filter(journey=journey).values_list("status", flat=True))

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Let the product work until this is so. Raises Stuck after a quarter hour."""
        for look in range(MOST_LOOKS):
            if until():
                return
            if look == LOOKS_IN_SILENCE:
                self.say(f"Still waiting for {what}.")
            self.pause(LOOK_AGAIN_SECONDS)
        raise Stuck(f"Waited in vain for {what}.")

    def _read(self, message: str) -> bool:
        with every_tenant(reason="a scenario looks how far it came"):
            found = InboundReport.objects.filter(message_id=message)
            return not found.filter(status=ReportStatus.WAITING).exists()

    def _told(self, journey: Journey, who: str, step: str, status: str, more: str) -> None:
        when = f"{timezone.localtime(self.clock):%b %d %H:%M}"
        words = f"{step} {status}".replace("_", " ")
        self.say(f"{when}  {journey.number}  {who}: {words}{more}")


def person(email: str) -> Actor:
    """One of the cast, acting for the organization they work for."""
    with every_tenant(reason="a scenario plays people of many organizations"):
        found = Membership.objects.select_related("user", "organization").get(user__email=email)
    return Actor(
        user_id=found.user_id,
        organization_id=found.organization_id,
        organization_kind=OrganizationKind(found.organization.kind),
        roles=frozenset(map(Role, found.roles)),
        name=found.user.name,
    )


APPROVED: Mapping[str, Any] = {
    "authorization_number": "AU20417733",
    "payer_reference": "REF-204177",
}
