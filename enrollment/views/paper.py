"""The patient signs on paper: print the texts, upload the scan, have a colleague check it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from enrollment.core.files import Unfit
from enrollment.core.signed import paragraphs
from enrollment.documents.reading import read_file
from enrollment.documents.scanning import Infected
from enrollment.domain import paper as domain
from enrollment.domain.documents import SIGNED_PAPER
from enrollment.domain.queries.documents import page_ids
from enrollment.domain.queries.signing import waiting_paper
from enrollment.domain.signatures import (
    ContentChanged,
    Language,
    NotAgreed,
    is_minor,
    standing,
    statement_of,
)
from enrollment.enums import SignatureKind
from enrollment.forms.paper import PaperForm
from enrollment.forms.paper_words import PAPER_WORDS
from enrollment.forms.reading import statement_sections
from enrollment.forms.uploads import bytes_of
from enrollment.models import Enrollment, PaperSignature
from enrollment.rules import Refused, why_not_authorize, why_not_check_paper
from enrollment.views.standing import load
from programs.core.catalogue import CATALOGUE


@requires(Permission.ENROLLMENTS_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Print and upload; once a scan is there, the scan with what was typed, to be checked."""
    row = load(enrollment_id)
    shown = statement_of(row, "patient", today=timezone.localdate())
    form = PaperForm(shown, request if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _uploaded(row, form):
        messages.success(request, _("Uploaded. It waits for a colleague's check."))
        return redirect("paper", row.id)
    form.ask_again()
    found = waiting_paper(row.id)
    audit.read(row, fields=["answers"], purpose="signature on paper")
    wanted = "patient" not in standing(row)
    may_upload = wanted and not why_not_authorize(current_actor(), row)
    if form.is_bound and (found or not may_upload):
        for refused in form.non_field_errors():
            messages.error(request, str(refused))
    context: dict[str, Any] = {
        "enrollment": row,
        "form": form,
        "paper": found,
        "may_upload": may_upload,
        **(_scan(row, found) if found else {}),
    }
    status = 422 if form.is_bound else 200
    return render(request, "enrollment/paper_signature.html", context, status=status)


def _uploaded(row: Enrollment, form: PaperForm) -> bool:
    file = form.cleaned_data["file"]
    try:
        checked = read_file(bytes_of(file))
        domain.upload(
            row.id,
            checked,
            form.typed(),
            title=file.name or "",
            by=current_actor(),
            now=timezone.now(),
        )
    except NotAgreed as lacking:
        form.say(lacking.problems)
    except Unfit as unfit:
        if isinstance(unfit, Infected):
            audit.happened("malware_refused", purpose=SIGNED_PAPER)
        form.add_error("file", str(unfit))
    except Refused as refused:
        form.add_error(None, str(refused))
    return form.is_valid()


def _scan(row: Enrollment, found: PaperSignature) -> dict[str, Any]:
    shown = statement_of(row, "patient", today=timezone.localdate())
    authority = {each.code: each.label for each in CATALOGUE["A21"].choices}
    ticked = [each.title["en"] for each in shown.consents if each.key in found.agreed]
    actor = current_actor()
    found.enrollment = row
    return {
        "pages": page_ids(found.document),
        "facts": [
            (_("Signed by"), found.signer_name),
            (_("Who that is"), authority.get(found.relationship, _("The patient"))),
            (_("Date on the paper"), f"{found.signed_on:%B} {found.signed_on:%-d, %Y}"),
            (_("Ticked on the paper"), ", ".join(ticked)),
            (_("Code printed on the paper"), found.digest[: domain.CODE_LENGTH].upper()),
        ],
        "changed": domain.changed_since(found, today=timezone.localdate()),
        "why_not": why_not_check_paper(actor, row, found.uploaded_by_id),
        "is_uploader": actor.user_id == found.uploaded_by_id,
    }


@requires(Permission.ENROLLMENTS_VIEW)
@require_safe
def print_out(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """The exact texts and answers on plain paper, with boxes, lines to sign on, and the code."""
    row = load(enrollment_id)
    today = timezone.localdate()
    language: Language = "es" if request.GET.get("language") == "es" else "en"
    shown = statement_of(row, "patient", today=today)
    audit.read(row, fields=["answers"], purpose="print for a signature on paper")
    context = {
        "language": language,
        "words": PAPER_WORDS[language],
        "program": row.program_version.program.name,
        "practice": row.organization.name,
        "code": domain.code_of(shown, language),
        "sections": statement_sections(shown, language),
        "minor": is_minor(shown, today=today),
        "texts": [
            {
                "title": consent.title[language],
                "paragraphs": paragraphs(consent, language),
                "free": not consent.required,
            }
            for consent in shown.consents
        ],
    }
    return render(request, "enrollment/paper_print.html", context)


@requires(Permission.ENROLLMENTS_VIEW)
@require_POST
def check(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """A second person has looked at the scan: it shows the signature."""
    row, found = _waiting(enrollment_id)
    try:
        domain.confirm(row.id, found.id, by=current_actor(), now=timezone.now())
    except ContentChanged:
        said = _("Something has changed since the paper was printed; it has to be signed anew.")
        messages.error(request, said)
        return redirect("paper", row.id)
    except NotAgreed as lacking:
        for sentences in lacking.problems.values():
            messages.error(request, " ".join(sentences))
        return redirect("paper", row.id)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("paper", row.id)
    messages.success(request, _("Checked. The patient's authorization counts now."))
    return redirect("enrollment_review", row.id)


@requires(Permission.ENROLLMENTS_VIEW)
@require_POST
def remove(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """Take the scan away: it shows no signature, or something was typed wrong."""
    row, found = _waiting(enrollment_id)
    try:
        domain.remove(row.id, found.id, by=current_actor(), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.info(request, _("The scan is removed. Nothing was signed."))
    return redirect("paper", row.id)


def _waiting(enrollment_id: UUID) -> tuple[Enrollment, PaperSignature]:
    row = load(enrollment_id)
    return row, get_visible_or_404(
        PaperSignature.objects.filter(kind=SignatureKind.PATIENT),
        enrollment=row.id,
        checked_at=None,
    )
