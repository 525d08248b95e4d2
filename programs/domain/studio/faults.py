"""Everything that keeps a program draft from being published, each with its place."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from programs.core.catalogue import CATALOGUE
from programs.core.definition import Definition
from programs.core.sense import nonsense
from programs.core.soundness import Problem, problems, unreadable
from programs.core.trials import outcome, unmet
from programs.domain.studio.names import hub_names, names_in
from programs.domain.studio.ports import journeys, steps_needed
from programs.enums import Overlap
from programs.models import ProgramDraft, ProgramVersion

# A partner that was down so long is given up (journeys.core.circuit).
MOST_HOURS = 72


def faults_of(definition: Definition, draft: ProgramDraft) -> list[dict[str, str]]:
    """Every fault of a draft at once, its definition's and its dates', as rows that it keeps."""
    found = [
        *problems(definition),
        *_lacking(definition),
        *_routed(definition),
        *journeys().problems(definition.journey),
        *_unserved(definition),
        *_dated(definition, draft),
        *([] if unreadable(definition) else nonsense(definition)),
    ]
    # Cases are tried on what is whole: on anything else each of them would fail as well.
    found = found or list(_cases(definition, draft))
    return [{"where": each.where, "why": each.why} for each in dict.fromkeys(found)]


def _lacking(definition: Definition) -> Iterator[Problem]:
    for value, what in (
        (definition.name, "name"),
        (definition.medicine, "medicine"),
        (definition.about, "sentence on what it is for"),
        (definition.version, "name of this version"),
    ):
        if not value.strip():
            yield Problem("basics", f"The program has no {what}.")
    for several, where, why in (
        (definition.services, "basics", "It offers no service."),
        (definition.products, "products", "It has no product."),
        (definition.indications, "indications", "It covers no diagnosis."),
    ):
        if not several:
            yield Problem(where, why)
    for product in definition.products:
        for what in ("label", "doses", "frequencies"):
            if not getattr(product, what):
                yield Problem(f"product {product.ndc}", f"It has no {what}.")


def _routed(definition: Definition) -> Iterator[Problem]:
    route = definition.route
    known = _kinds({route.hub, route.vendor, *(each.code for each in route.pharmacies)})
    if known.get(route.hub) != OrganizationKind.HUB:
        yield Problem("route", "It names no hub that takes enrollments.")
    if route.fallback == route.transport:
        yield Problem("route", "What does not go through would go the same way again.")
    if not 1 <= route.fallback_hours <= MOST_HOURS:
        yield Problem("route", f"It can wait from 1 to {MOST_HOURS} hours before it falls back.")
    if route.vendor and known.get(route.vendor) != OrganizationKind.VENDOR:
        yield Problem("route", f"No vendor is called “{route.vendor}”.")
    if "copay" in definition.services and not route.vendor:
        yield Problem("route", "Copay help is offered, but no vendor runs it.")
    for each in route.pharmacies:
        if known.get(each.code) != OrganizationKind.PHARMACY:
            yield Problem("route", f"No pharmacy is called “{each.code}”.")


def _unserved(definition: Definition) -> Iterator[Problem]:
    """What is offered and nobody does, and what somebody would do that is not offered."""
    steps = [each for each in journeys().steps(definition.journey) if not each.dropped]
    done = {each.service for each in steps}
    named = {choice.code: choice.label for choice in CATALOGUE["H1"].choices}
    for service in definition.services if steps else ():
        if service in named and service not in done:
            why = "is offered, and no step works on it; take one in that does, or offer it no more."
            yield Problem("journey", f"“{named[service]}” {why}")
    for each in steps:
        if each.gives and each.service not in definition.services:
            offer = f"offer “{named[each.service]}”, or leave the step out"
            yield Problem("journey", f"{each.title}: the program does not give it; {offer}.")


def _dated(definition: Definition, draft: ProgramDraft) -> Iterator[Problem]:
    since = _day(definition.valid_from)
    if since is None:
        yield Problem("basics", "It says no day from which it holds.")
        return
    if draft.valid_until and draft.valid_until < since:
        yield Problem("dates", "It ends before it begins to hold.")
    if draft.overlap == Overlap.UNTIL and (draft.overlap_until or date.min) < since:
        yield Problem("dates", "The version before would end before this one holds.")
    if draft.program_id is None:
        return
    versions = ProgramVersion.objects.filter(program=draft.program_id, published_at__isnull=False)
    beside = [
        each
        for each in versions
        if (each.valid_until is None or each.valid_until >= since)
        and (draft.valid_until is None or each.valid_from <= draft.valid_until)
    ]
    if later := [each for each in beside if each.valid_from > since]:
        day = f"{later[0].valid_from:%b} {later[0].valid_from.day}, {later[0].valid_from.year}"
        yield Problem("dates", f"Another version holds from {day}: this one has to end before.")
    elif beside and draft.overlap == Overlap.UNSAID:
        yield Problem(
            "dates", "Another version holds on the same days, and nothing says which ends when."
        )


def _cases(definition: Definition, draft: ProgramDraft) -> Iterator[Problem]:
    if not draft.cases:
        return
    hubs = hub_names(*(case.get("expect", {}).get("hub", "") for case in draft.cases))
    names = {**hubs, **names_in(definition)}
    for case in draft.cases:
        told = outcome(
            definition, case["answers"], on=date.fromisoformat(case["on"]), steps=steps_needed()
        )
        for why in unmet(case, told, names):
            yield Problem(f"case {case['key']}", f"{case['name']}: {why}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _kinds(slugs: set[str]) -> Mapping[str, Any]:
    rows = Organization.objects.filter(slug__in=slugs, active=True)
    return dict(rows.values_list("slug", "kind"))
