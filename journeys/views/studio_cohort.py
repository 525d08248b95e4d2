"""What a draft would do with a thousand made-up patients."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.templatetags.charts import Row
from accounts.tenancy import current_actor
from journeys.core.cohort import ASSUMED, PATIENTS
from journeys.domain import cohorts
from programs.core.catalogue import CATALOGUE
from programs.core.definition import Definition, JourneyPlan
from programs.domain.studio.ports import journeys
from programs.enums import DraftStatus
from programs.models import ProgramDraft
from programs.views.studio.frame import frame, load

STAGE_WORDS = {
    "submitted": gettext_lazy("Sent"),
    "accepted": gettext_lazy("Accepted"),
    "verified": gettext_lazy("Verified"),
    "authorized": gettext_lazy("Authorized"),
    "dispensed": gettext_lazy("Dispensed"),
    "on_therapy": gettext_lazy("On therapy"),
}


_SERVICES = {choice.code: choice.label.lower() for choice in CATALOGUE["H1"].choices}


@requires(Permission.PROGRAMS_COMPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_page(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The funnel they would give, what the form costs an office, and where it refuses them."""
    draft = load(draft_id)
    if request.method == "POST":
        cohorts.ask(draft.id, by=current_actor(), now=timezone.now())
        return redirect("studio_cohort", draft.id)
    context = {
        **frame(draft),
        "part_name": _("Cohort"),
        "about": _("{n} made-up patients through the form, the rules and the journey.").format(
            n=PATIENTS
        ),
        "told": draft.cohort,
        **(_shown(draft) if draft.cohort and "patients" in draft.cohort else {}),
    }
    return render(request, "programs/studio/cohort.html", context)


def _shown(draft: ProgramDraft) -> dict[str, Any]:
    told = draft.cohort
    rows = [Row(_("Filled in"), told["patients"])]
    # The database keeps no order of names.
    stages = told["stages"]
    rows += [Row(str(words), stages[key]) for key, words in STAGE_WORDS.items() if key in stages]
    steps = {each.key: each.title for each in journeys().steps(_plan(draft))}
    return {
        "rows": rows,
        **{name: _most_first(told[name]) for name in ("refused", "warned")},
        "without": [(_SERVICES.get(key, key), n) for key, n in _most_first(told["without"])],
        # Publishing it changed nothing that they went through.
        "older": told["revision"] + (draft.status == DraftStatus.PUBLISHED) < draft.revision,
        "assumed": [
            (steps[key], ", ".join(f"{status.replace('_', ' ')} {share}" for status, share in ends))
            for key, ends in ASSUMED.items()
            if key in steps
        ],
        "stuck": [(steps.get(key, key), count) for key, count in _most_first(told["stuck"])],
    }


def _most_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _plan(draft: ProgramDraft) -> JourneyPlan:
    return Definition.from_json(draft.definition).journey
