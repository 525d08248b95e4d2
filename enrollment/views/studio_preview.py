"""A program draft as each person would see it: the office's form, the texts, what the hub reads.

Nothing is kept but, when asked for, a test case: made-up answers and what came of them.
"""

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
from enrollment.core.signed import paragraphs
from enrollment.domain.defaults import settled_by
from enrollment.domain.trying import steps_of
from enrollment.forms.build import read_posted
from enrollment.forms.page import form_page
from enrollment.forms.parts import Standing
from enrollment.forms.reading import read_sections
from programs.core.definition import Definition
from programs.core.eligibility import findings
from programs.core.fields import SECTIONS
from programs.core.forms import section_key
from programs.core.made_up import somebody
from programs.core.trials import outcome
from programs.domain.studio import cases
from programs.domain.studio.names import names_in
from programs.domain.studio.reading import definition_of
from programs.models import ProgramDraft
from programs.rules import Refused
from programs.views.studio.frame import frame, load

SEEN_BY = (
    ("office", gettext_lazy("The office")),
    ("prescriber", gettext_lazy("The prescriber")),
    ("patient", gettext_lazy("The patient")),
    ("hub", gettext_lazy("The hub")),
)
# More questions than this stand on the page a section at a time, and so many at most.
MANY, A_PAGE = 250, 100


@requires(Permission.PROGRAMS_COMPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The form with made-up answers; each post shows it again, as those answers leave it."""
    draft = load(draft_id)
    definition = definition_of(draft)
    today = timezone.localdate()
    by = request.GET.get("as", "office")
    case = _case(draft, request.GET.get("case", ""))
    answers = _answers(request, definition, case, today=today)
    if request.method == "POST" and request.POST.get("do") == "keep":
        return _keep(request, draft, answers, case)
    section = request.GET.get("section", "")
    context: dict[str, Any] = {
        **frame(draft),
        "part_name": _("Preview"),
        "about": _(
            "As it would look today. Use made-up people only: nothing here is an enrollment."
        ),
        "by": by,
        "views": [
            {"label": words, "url": f"?as={key}", "current": key == by, "count": None}
            for key, words in SEEN_BY
        ],
        "case": case,
        "next_made": _made(request) + 1,
        "outcome": _told(definition, answers, today=today),
        **_SHOWN.get(by, _office)(definition, answers, today, section),
    }
    return render(request, "programs/studio/preview.html", context)


def _case(draft: ProgramDraft, key: str) -> Mapping[str, Any] | None:
    return next((each for each in draft.cases if each["key"] == key), None)


def _made(request: HttpRequest) -> int:
    """Which of the made-up patients fills it in; 0 for none."""
    made = request.GET.get("made", "")
    return int(made) if made.isascii() and made.isdigit() and len(made) < 7 else 0


def _answers(
    request: HttpRequest, definition: Definition, case: Mapping[str, Any] | None, *, today: date
) -> dict[str, Any]:
    """What was posted; at first what the case has, what somebody made up would answer, or what
    the program settles by itself.
    """
    if case:
        known = dict(case["answers"])
    elif seed := _made(request):
        known = somebody(definition, seed, today=today)[0]
    else:
        known = settled_by(definition, {}, today=today)
    if request.method != "POST":
        return known
    standing = Standing((definition,), known, today)
    boxes = request.POST.getlist("boxes")
    posted = read_posted(standing.sheet.items, request.POST, unticked=boxes)
    kept = cases.from_text(request.POST.get("others", ""))
    return {key: value for key, value in {**kept, **posted}.items() if value is not None}


def _office(
    definition: Definition, answers: Mapping[str, Any], today: date, section: str
) -> dict[str, Any]:
    standing = Standing((definition,), answers, today, opened=_all_keys())
    pages = _pages(standing) if len(standing.sheet.items) > MANY else {}
    here = section if section in pages else next(iter(pages), "")
    shown = pages[here][1] if here else frozenset[str]()
    others = {key: value for key, value in answers.items() if here and key not in shown}
    return {
        "page": form_page(standing, only=shown),
        "others": cases.as_text(others),
        "sections": [
            {"label": label, "url": f"?section={key}", "current": key == here, "count": None}
            for key, (label, _keys) in pages.items()
        ],
    }


def _pages(standing: Standing) -> dict[str, tuple[str, frozenset[str]]]:
    """A long form in pages: a section each, and a long section in several."""
    found = {}
    for name in SECTIONS:
        keys = [item.key for item in standing.sheet.items if item.field.section == name]
        parts = [keys[start : start + A_PAGE] for start in range(0, len(keys), A_PAGE)]
        for number, part in enumerate(parts, start=1):
            key = section_key(name) if number == 1 else f"{section_key(name)}-{number}"
            label = name if len(parts) == 1 else f"{name} {number}"
            found[key] = (label, frozenset(part))
    return found


def _all_keys() -> tuple[str, ...]:
    return tuple(section_key(name) for name in SECTIONS)


def _hub(
    definition: Definition, answers: Mapping[str, Any], today: date, _section: str
) -> dict[str, Any]:
    form = Standing((definition,), answers, today).sheet
    return {"read": read_sections(form, {})}


def _texts(signer: str) -> Any:
    def shown(
        definition: Definition, _answers: Mapping[str, Any], _today: date, _section: str
    ) -> dict[str, Any]:
        signed = [each for each in definition.consents if each.signer == signer]
        languages = ("en", "es") if signer == "patient" else ("en",)
        return {
            "texts": [
                {
                    "language": language,
                    "title": each.title[language],
                    "paragraphs": paragraphs(each, language),
                }
                for each in signed
                for language in languages
                if each.title.get(language)
            ]
        }

    return shown


_SHOWN = {"hub": _hub, "office": _office, "patient": _texts("patient"),
          "prescriber": _texts("prescriber")}  # fmt: skip


def _told(definition: Definition, answers: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """What comes of the answers, in words."""
    told = outcome(definition, answers, on=today, steps=steps_of)
    known = Standing((definition,), answers, today).sheet.known
    names = names_in(definition)
    return {
        "eligible": told.eligible,
        "missing": [names.get(key, key) for key in told.missing],
        "findings": findings((definition,), known),
        "steps": [names.get(key, key) for key in told.steps],
        "hub": names.get(told.hub, told.hub),
    }


def _keep(
    request: HttpRequest,
    draft: ProgramDraft,
    answers: Mapping[str, Any],
    case: Mapping[str, Any] | None,
) -> HttpResponse:
    name = request.POST.get("name", "").strip()
    if not name:
        raise Http404
    try:
        cases.keep_case(
            draft.id,
            name,
            answers,
            key=case["key"] if case else "",
            by=current_actor(),
            now=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Kept as a test case: it must hold before this is published."))
    return redirect("studio_cases", draft.id)
