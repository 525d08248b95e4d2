"""A prescriber signs several enrollments in one sitting, reading exactly what is signed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import needs_recent_authentication, requires
from accounts.core.ids import read_id
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from enrollment.core.signed import paragraphs
from enrollment.domain import signatures
from enrollment.domain.queries.enrollments import waiting_for
from enrollment.forms.reading import statement_sections
from enrollment.models import Enrollment
from enrollment.rules import Refused, person_of
from enrollment.views.review import means_of

REAUTHENTICATED = "Signed in and proved again who they are"


@requires(Permission.ENROLLMENTS_SIGN)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for this prescriber's signature."""
    rows = waiting_for(person_of(current_actor()))
    audit.read_many([row.patient for row in rows], fields=["name"], purpose="signing queue")
    if rows:
        sentence = ngettext(
            "{count} enrollment waits for your signature.",
            "{count} enrollments wait for your signature.",
            len(rows),
        ).format(count=len(rows))
    else:
        sentence = _("Nothing waits for your signature.")
    context = {"rows": rows, "sentence": sentence, "now": timezone.now()}
    return render(request, "enrollment/signing.html", context)


@requires(Permission.ENROLLMENTS_SIGN)
@needs_recent_authentication
@require_http_methods(["GET", "HEAD", "POST"])
def statements(request: HttpRequest) -> HttpResponse:
    """The chosen enrollments whole: the words and every answer; then one press signs them."""
    if request.method == "POST":
        return _sign(request)
    chosen = set(request.GET.getlist("enrollment"))
    rows = [row for row in waiting_for(person_of(current_actor())) if str(row.id) in chosen]
    if not rows:
        messages.info(request, _("Choose what you want to sign."))
        return redirect("signing")
    audit.read_many(rows, fields=["answers"], purpose="certify")
    return render(
        request,
        "enrollment/statements.html",
        {"statements": [_statement(row) for row in rows], "now": timezone.now()},
    )


def _statement(row: Enrollment) -> dict[str, Any]:
    shown = signatures.statement_of(row, "prescriber", today=timezone.localdate())
    return {
        "enrollment": row,
        "digest": shown.digest("en"),
        "sections": statement_sections(shown),
        "texts": [
            {"title": consent.title["en"], "paragraphs": paragraphs(consent, "en")}
            for consent in shown.consents
        ],
    }


def _sign(request: HttpRequest) -> HttpResponse:
    """Sign what was ticked. One that changed after it was shown stays in the queue."""
    signed, kept = 0, []
    for enrollment_id in _ticked(request):
        digest = request.POST.get(f"digest-{enrollment_id}", "")
        try:
            signatures.certify(
                enrollment_id,
                seen_digest=digest,
                means=means_of(request, REAUTHENTICATED),
                by=current_actor(),
                now=timezone.now(),
            )
            signed += 1
        except signatures.ContentChanged:
            kept.append(_("One form was changed while you read it; read it again before signing."))
        except (Refused, Enrollment.DoesNotExist) as refused:
            kept.append(str(refused) if isinstance(refused, Refused) else _("One is gone."))
    _tell(request, signed, kept)
    return redirect("signing")


def _ticked(request: HttpRequest) -> Iterable[UUID]:
    return filter(None, map(read_id, request.POST.getlist("sign")))


def _tell(request: HttpRequest, signed: int, kept: list[str]) -> None:
    if signed:
        words = ngettext("{count} enrollment is signed.", "{count} enrollments are signed.", signed)
        messages.success(request, words.format(count=signed))
    for said in kept:
        messages.warning(request, said)
    if not signed and not kept:
        messages.info(request, _("Nothing was ticked, so nothing was signed."))
