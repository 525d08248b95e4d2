"""The test cases that go with a version: what each expects, and whether it holds now."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from programs.core.definition import Definition
from programs.core.trials import outcome, unmet
from programs.domain.studio import cases
from programs.domain.studio.names import hub_names, names_in
from programs.domain.studio.ports import steps_needed
from programs.domain.studio.reading import definition_of
from programs.models import ProgramDraft
from programs.rules import Refused
from programs.views.studio.frame import frame, load

EXPECTED: Mapping[str, Any] = {
    "visible": gettext_lazy("Is shown"),
    "hidden": gettext_lazy("Is not shown"),
    "missing": gettext_lazy("Is still missing"),
    "rules": gettext_lazy("Rule applies"),
    "steps": gettext_lazy("Step of the journey"),
}


@requires(Permission.PROGRAMS_COMPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def cases_page(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Every case with what it expects; a post changes or takes out one."""
    draft = load(draft_id)
    if request.method == "POST":
        return _acted(request, draft)
    definition = definition_of(draft)
    hubs = hub_names(*(each.get("expect", {}).get("hub", "") for each in draft.cases))
    names = {**hubs, **names_in(definition)}
    told = [_told(definition, each, names) for each in draft.cases]
    failing = sum(bool(each["unmet"]) for each in told)
    context = {
        **frame(draft, "cases"),
        "part_name": _("Test cases"),
        "about": _("Answers, and what must come of them before this can be published. {n} fail.")
        .format(n=failing),
        "cases": told,
    }  # fmt: skip
    return render(request, "programs/studio/cases.html", context)


def _told(
    definition: Definition, case: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    on = date.fromisoformat(case["on"])
    found = outcome(definition, case["answers"], on=on, steps=steps_needed())
    expect = case.get("expect", {})
    hub = expect.get("hub", "")
    return {
        **case,
        "on": on,
        "unmet": unmet(case, found, names),
        "expected": [
            {
                "words": words,
                "several": [(f"{name}:{key}", names.get(key, key)) for key in expect[name]],
            }
            for name, words in EXPECTED.items()
            if expect.get(name)
        ],
        "eligible": expect.get("eligible"),
        "hub": names.get(hub, hub),
    }


def _acted(request: HttpRequest, draft: ProgramDraft) -> HttpResponse:
    key = request.POST.get("case", "")
    case = next((each for each in draft.cases if each["key"] == key), None)
    if case is None:
        raise Http404
    actor, now = current_actor(), timezone.now()
    try:
        if request.POST.get("do") == "remove":
            cases.drop_case(draft.id, key, by=actor, now=now)
        else:
            expect = _ticked(request, case["expect"])
            cases.change_expected(draft.id, key, expect, by=actor, now=now)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Saved."))
    return redirect("studio_cases", draft.id)


def _ticked(request: HttpRequest, before: Mapping[str, Any]) -> dict[str, Any]:
    """What is still expected: of what was, everything that stayed ticked."""
    ticked = request.POST.getlist("expect")
    made: dict[str, Any] = {
        name: [key for key in before.get(name, ()) if f"{name}:{key}" in ticked]
        for name in EXPECTED
    }
    # Without one of them left, nothing is said about what is missing.
    if not made["missing"] and before.get("missing"):
        del made["missing"]
    return {**made, **{name: before[name] for name in ("eligible", "hub") if name in ticked}}
