"""What must hold of every journey, looked at each night; what does not is the operator's issue."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.counting import off
from journeys.domain.staffing import unspoken_for
from journeys.models import Journey, JourneyParty, UpkeepIssue, WorkItem
from programs.models import Program

# A fault of ours shows on very many journeys at once: so many are listed one by one.
MOST = 500


def check_invariants(*, now: datetime) -> int:
    """Open an issue for everything that is wrong, close those that are mended; how many are open.

    No open journey is without an open next action; nobody has one who is no longer active, or of
    whom nobody can sign in; every party of an open journey can be called: a name, a number and
    hours; and the manufacturers' counts are what their rows say.
    """
    with every_tenant(reason="what must hold of every journey is looked at for all"):
        found = (_unowned(), _with_nobody(), _without_people(), _without_contact(), _miscounted())
        wrong = {key: text for each in found for key, text in each}
        for operator in Organization.objects.filter(kind=OrganizationKind.OPERATOR, active=True):
            _keep(operator, wrong, now=now)
    return len(wrong)


def _keep(operator: Organization, wrong: Mapping[str, str], *, now: datetime) -> None:
    standing = UpkeepIssue.objects.filter(organization=operator, closed_at=None)
    standing.exclude(key__in=wrong).update(closed_at=now)
    known = set(standing.values_list("key", flat=True))
    UpkeepIssue.objects.bulk_create(
        UpkeepIssue(organization=operator, key=key, text=text[:300], opened_at=now)
        for key, text in wrong.items()
        if key not in known
    )


def _unowned() -> Iterator[tuple[str, str]]:
    work = WorkItem.objects.filter(journey=OuterRef("pk"), closed_at=None)
    found = Journey.objects.filter(~Exists(work), closed_at=None).order_by("started_at")
    for journey_id, number in found.values_list("pk", "number")[:MOST]:
        yield f"unowned:{journey_id}", f"Journey {number} goes on and nobody has a next action."


def _with_nobody() -> Iterator[tuple[str, str]]:
    left = WorkItem.objects.filter(closed_at=None, owner__active=False)
    rows = left.values_list("owner_id", "owner__name").annotate(Count("id")).order_by("owner_id")
    for owner_id, name, count in rows:
        yield (
            f"inactive:{owner_id}",
            f"{name} is no longer active and still has {_counted(count)}.",
        )


def _without_people() -> Iterator[tuple[str, str]]:
    """Who has work, and nobody who speaks for them: see `staffing`."""
    left = WorkItem.objects.filter(closed_at=None, owner__in=unspoken_for().values("pk"))
    rows = left.values_list("owner_id", "owner__name").annotate(Count("id")).order_by("owner_id")
    for owner_id, name, count in rows:
        yield (
            f"nobody:{owner_id}",
            f"Nobody of {name} can sign in, and it has {_counted(count)}.",
        )


def _counted(actions: int) -> str:
    return f"{actions} next action{'' if actions == 1 else 's'}"


def _miscounted() -> Iterator[tuple[str, str]]:
    """Programs whose counts are not what their de-identified rows say."""
    for program in Program.objects.order_by("key"):
        # Counting goes on meanwhile: what is off twice is off.
        if (cells := off(program)) and (twice := {*cells} & {*off(program)}):
            wrong = f"{len(twice)} counts of {program.name} are not what its rows say"
            yield f"counts:{program.pk}", f"{wrong}; recount_funnels puts them right."


def _without_contact() -> Iterator[tuple[str, str]]:
    lacking = Q(contact_name="") | Q(contact_hours="") | Q(phone="")
    parties = JourneyParty.objects.filter(party=OuterRef("pk"), until=None, journey__closed_at=None)
    for organization in Organization.objects.filter(lacking, Exists(parties)).order_by("name"):
        words = "takes part in open journeys and has no name, number or hours to call."
        yield f"contact:{organization.pk}", f"{organization.name} {words}"
