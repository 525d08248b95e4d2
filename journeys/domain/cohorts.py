"""Try a program draft on a thousand made-up patients, away from the page that asks for it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from accounts.tenancy import every_tenant
from journeys.core.cohort import cohort
from journeys.core.templates import GRAPHS
from journeys.core.tuning import TuningError, tuned
from journeys.domain.nudges import nudge
from programs.core.definition import Definition
from programs.domain.studio import drafts
from programs.models import ProgramDraft
from programs.rules import manufacturer_of

TASK = "journeys.tasks.try_cohorts"
WAITING = {"state": "waiting"}


def ask(draft_id: UUID, *, by: Actor, now: datetime) -> None:
    """Have the draft tried as it stands now; asked again, it is tried anew. Raises Refused."""
    manufacturer_of(by)
    draft = drafts.lock(draft_id)
    draft.cohort = {**WAITING, "asked_at": now.isoformat()}
    draft.save(update_fields=["cohort"])
    audit.wrote(draft, action="program draft tried")
    nudge(TASK, queue="upkeep")


def try_waiting(*, clock: Callable[[], datetime]) -> int:
    """Try every draft that waits for it; gives how many did. No transaction is open meanwhile."""
    with every_tenant(reason="a worker tries drafts of any manufacturer"):
        waiting = list(ProgramDraft.objects.filter(cohort__state=WAITING["state"]))
    for draft in waiting:
        began = clock()
        told = _tried(draft, now=began)
        seconds = round((clock() - began).total_seconds(), 1)
        kept = {**told, "state": "done", "revision": draft.revision, "seconds": seconds}
        with every_tenant(reason="a worker keeps what a trial of a draft found"):
            ProgramDraft.objects.filter(id=draft.id, cohort=draft.cohort).update(cohort=kept)
    return len(waiting)


def _tried(draft: ProgramDraft, *, now: datetime) -> dict[str, object]:
    definition = Definition.from_json(draft.definition)
    plan = definition.journey
    try:
        graph = tuned(GRAPHS[plan.template], plan.tune)
    except (KeyError, TuningError):
        return {"fault": "The journey has faults; mend them first."}
    return cohort(definition, graph, today=timezone.localdate(now))
