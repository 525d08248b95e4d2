"""The form that a hub keys, with the pages it is keyed from beside it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from enrollment.core.files import CheckedFile, Unfit
from enrollment.core.seen import marks
from enrollment.documents.reading import read_file
from enrollment.domain import drafts
from enrollment.domain.documents import Place, attach
from enrollment.domain.keying import at_practice, source_of
from enrollment.domain.masters import Unacceptable
from enrollment.domain.queries.keying import keyings
from enrollment.domain.sittings import Sitting
from enrollment.enums import EnrollmentStatus
from enrollment.forms.page import Page, form_page
from enrollment.forms.parts import Standing
from enrollment.models import Enrollment, Keying
from enrollment.rules import Refused
from enrollment.views.answers import Desk, others_html, save_one
from enrollment.views.attaching import remove
from enrollment.views.drafts import clash_in_words, save_posted
from enrollment.views.keying import pages_beside
from enrollment.views.standing import UNSIGNED, load, named_in, others_words, standing_of
from journeys.core.faxes import About
from journeys.models import Fax
from programs.core.forms import file_questions


def loaded(keying_id: UUID) -> Keying:
    """One keying of the hub, with what its pages show beside it. Raises Http404."""
    rows = keyings().select_related("part__fax").defer("part__fax__body")
    return get_visible_or_404(rows, pk=keying_id)


def draft_of(found: Keying) -> Enrollment:
    """What is keyed, for whoever acts at its practice. Raises Http404."""
    if found.enrollment_id is None:
        raise Http404
    return load(found.enrollment_id)


def ended(request: HttpRequest, found: Keying) -> HttpResponse:
    """To what became of one that is over: its journey, or nothing."""
    if found.journey_id:
        return redirect("journey", found.journey_id)
    messages.info(request, _("This was given up; nothing of it is left."))
    return redirect("keyings")


def beside_of(found: Keying) -> dict[str, Any]:
    """What stands beside the form: the pages, or what was said; loaded as the hub."""
    return {
        "keying": found,
        "about": About.from_json(found.about),
        "pages": pages_beside(found.part) if found.part else [],
    }


@requires(Permission.INTAKE_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def keying(request: HttpRequest, keying_id: UUID) -> HttpResponse:
    """The practice's form, to be filled in from the pages beside it."""
    found = loaded(keying_id)
    if found.ended_at:
        return ended(request, found)
    audit.read(found, fields=["about"], purpose="key a form")
    beside, wanted = beside_of(found), _to_attach(request, found)
    with at_practice(found, by=current_actor()):
        row = draft_of(found)
        if row.status != EnrollmentStatus.DRAFT:
            return redirect("keying_finish", found.pk)
        if wanted is not None:
            _attach(request, row, *wanted)
        if request.method == "POST":
            return _save(request, row, beside)
        audit.read(row, fields=["answers"], purpose="key a form")
        return _page(request, row, _standing(request, row, found), beside)


def _standing(request: HttpRequest, row: Enrollment, found: Keying) -> Standing:
    return standing_of(
        Sitting([row]),
        opened=named_in(request, "open"),
        kept=named_in(request, "kept"),
        pages=tuple(found.part.pages) if found.part else (),
    )


def _page(
    request: HttpRequest,
    row: Enrollment,
    standing: Standing,
    beside: dict[str, Any],
    *,
    clashes: tuple[drafts.Clash, ...] = (),
) -> HttpResponse:
    found: Keying = beside["keying"]
    page = form_page(standing, request.POST if request.method == "POST" else None)
    context = {
        **beside,
        "enrollment": row,
        "revision": row.revision,
        "page": page,
        "opened": ",".join(sorted(standing.opened)),
        "seen": marks(row.answers, page.form.fields),
        "others": others_words(row.id, now=timezone.now()),
        "sentence": sentence_for(found)(Sitting([row]), page),
        "shown_page": page_in(request, found),
        "clashes": [clash_in_words(page, clash) for clash in clashes],
    }
    return render(request, "enrollment/keying.html", context, status=409 if clashes else 200)


def sentence_for(found: Keying) -> Callable[[Sitting, Page], str]:
    """Where a form that is keyed stands."""

    def sentence(_sitting: Sitting, page: Page) -> str:
        left = page.to_go + page.wrong
        if not left:
            return _("Everything is keyed. Next: the signatures.")
        return ngettext(
            "You key this for {practice}; {left} answer is to go.",
            "You key this for {practice}; {left} answers are to go.",
            left,
        ).format(practice=found.practice.name, left=left)

    return sentence


def page_in(request: HttpRequest, found: Keying) -> int | None:
    """The page that somebody has before them, as the address says."""
    said = request.GET.get("page", "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
    return number if found.part is not None and number in found.part.pages else None


def _save(request: HttpRequest, row: Enrollment, beside: dict[str, Any]) -> HttpResponse:
    """Keep everything that was changed on the page; the way of a browser without scripts."""
    found: Keying = beside["keying"]
    if gone := request.POST.get("detach"):
        remove(request, gone)
    standing = _standing(request, row, found)
    try:
        saved = save_posted(
            request, row, standing, source=source_of(found, page_in(request, found))
        )
    except Unacceptable as unacceptable:
        for said in unacceptable.problems.values():
            messages.error(request, " ".join(said))
        return _page(request, row, standing, beside)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("keying_finish", found.pk)
    for kind in saved.unsigned:
        messages.warning(request, UNSIGNED[kind])
    if isinstance(saved, drafts.Conflict):
        now = draft_of(found)
        return _page(request, now, _standing(request, now, found), beside, clashes=saved.clashes)
    if "finish" in request.POST:
        return redirect("keying_finish", found.pk)
    messages.success(request, _("Saved."))
    place = request.POST.get("attach", "").partition(":")[0]
    return redirect(request.get_full_path() + (f"#slot-{place}" if place else ""))


@requires(Permission.INTAKE_REVIEW)
@require_POST
def answers(request: HttpRequest, keying_id: UUID) -> HttpResponse:
    """Save one field, with the page it was read off."""
    found = loaded(keying_id)
    url = reverse("keying_others", args=[found.pk])
    try:
        with at_practice(found, by=current_actor()) as actor:
            row = draft_of(found)
            source = source_of(found, page_in(request, found))
            desk = Desk(actor, url, source=source, sentence=sentence_for(found))
            return save_one(request, row, _standing(request, row, found), desk)
    except Refused as refused:
        said = {request.POST.get("field", ""): [str(refused)]}
        return JsonResponse({"errors": said}, status=422)


@requires(Permission.INTAKE_REVIEW)
@require_safe
def others(request: HttpRequest, keying_id: UUID) -> HttpResponse:
    """Who else has the form open, at the hub or at the practice."""
    found = loaded(keying_id)
    if found.ended_at:
        return HttpResponse("")
    url = reverse("keying_others", args=[found.pk])
    with at_practice(found, by=current_actor()):
        row = draft_of(found)
        return HttpResponse(others_html(row.id, url, now=timezone.now()))


def _to_attach(request: HttpRequest, found: Keying) -> tuple[str, int, CheckedFile] | None:
    """The question and the page that answers it, where one is to be attached; read as the hub."""
    question, _colon, said = request.POST.get("attach", "").partition(":")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
    if found.part is None or number not in found.part.pages:
        return None
    try:
        return question, number, page_alone(found, number)
    except Unfit as unfit:
        messages.error(request, str(unfit))
        return None


def page_alone(found: Keying, *numbers: int) -> CheckedFile:
    """Some of the pages as a file of their own. Raises Unfit; the caller acts for the hub."""
    fax = Fax.objects.get(pk=found.part.fax_id if found.part else None)
    audit.read(fax, fields=["body"], purpose="key a form")
    return read_file(bytes(fax.body), pages=numbers)


def _attach(
    request: HttpRequest, row: Enrollment, question: str, number: int, file: CheckedFile
) -> None:
    standing = Sitting([row])
    if question not in file_questions(standing.definitions):
        return
    title = _("Fax, page {number}").format(number=number)
    place = Place(question, enrollment_id=row.id)
    try:
        attach(file, place=place, title=title, by=current_actor(), now=timezone.now())
    except (Refused, Unfit) as refused:
        messages.error(request, str(refused))
