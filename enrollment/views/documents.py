"""Papers: attach them, look at them as pictures that we drew, download them, take them away.

What somebody uploaded is never shown by the browser under our address: the file itself is only
ever downloaded, and each answer that holds bytes is closed to scripts.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import get_visible_or_404, requires
from accounts.core.permissions import Permission
from accounts.limits import limited
from accounts.requests import closed
from accounts.templatetags.times import clock
from accounts.tenancy import current_actor
from enrollment.core.files import download_name
from enrollment.domain import documents
from enrollment.domain.queries.documents import one, page_ids
from enrollment.domain.sittings import sitting_of
from enrollment.models import DocumentPage, Patient
from enrollment.views.answers import changed_parts
from enrollment.views.attaching import attach_all, places_of, remove
from enrollment.views.standing import load, named_in, standing_of
from programs.core.catalogue import ANSWERABLE


@requires(Permission.ENROLLMENTS_EDIT)
@require_POST
def attach_to_enrollment(request: HttpRequest, enrollment_id: UUID) -> JsonResponse:
    """Files for one question, sent by a script as they are chosen; or one document to remove."""
    row = load(enrollment_id)
    sitting = sitting_of(row)
    before = standing_of(sitting, opened=named_in(request, "open"), kept=named_in(request, "kept"))
    said: list[str] = []
    key = request.POST.get("field", "")
    for place in places_of(sitting, key):
        said = attach_all(request.FILES.getlist("file"), place)
    if wanted := request.POST.get("detach"):
        remove(request, wanted)
        said = [str(each) for each in messages.get_messages(request)]
    after = sitting_of(load(row.id))
    return JsonResponse(
        {
            "version": after.revision,
            "saved": clock(timezone.now()),
            "errors": {key: said} if said else {},
            "fragments": dict(changed_parts(before, after, but="")),
        },
        status=422 if said else 200,
    )


@requires(Permission.PATIENTS_EDIT)
@require_POST
def attach_to_patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Pictures of the insurance card, kept with the insurance that stands today."""
    row = get_visible_or_404(Patient.objects.all(), id=patient_id)
    files = request.FILES.getlist("file")
    said = attach_all(files, documents.Place("B2", patient_id=row.id))
    for sentence in said:
        messages.error(request, sentence)
    if not files:
        messages.error(request, _("Choose a file first; nothing was attached."))
    elif len(said) < len(files):
        messages.success(request, _("Attached. It goes along into every program from now on."))
    return redirect("patient", row.id)


@requires(Permission.PATIENTS_VIEW)
@require_safe
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One paper, page by page."""
    row = get_visible_or_404(one(), id=document_id)
    audit.read(row, fields=["title"], purpose="look at a document")
    asked = ANSWERABLE.get(row.field)
    return render(
        request,
        "enrollment/document.html",
        {
            "document": row,
            "pages": page_ids(row),
            "question": asked.label if asked else "",
            "may_remove": current_actor().may(Permission.PATIENTS_EDIT),
        },
    )


@requires(Permission.PATIENTS_VIEW)
@require_safe
def page(request: HttpRequest, page_id: UUID) -> HttpResponse:
    """One page as a picture, which we drew."""
    get_visible_or_404(DocumentPage.objects.only("id"), id=page_id)
    picture = documents.open_page(page_id, purpose="look at a document")
    return closed(HttpResponse(picture, content_type="image/jpeg"), "inline")


@requires(Permission.PATIENTS_VIEW)
@require_safe
@limited("paper")
def download(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The file itself, to be kept on the reader's machine."""
    get_visible_or_404(one(), id=document_id)
    row, body = documents.open_document(document_id, purpose="download")
    name = download_name(row.title, row.content_type)
    answer = HttpResponse(body, content_type=row.content_type)
    return closed(answer, f'attachment; filename="{name}"')


@requires(Permission.PATIENTS_EDIT)
@require_POST
def detach(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Take a paper away and go back to the patient."""
    row = get_visible_or_404(one(), id=document_id)
    remove(request, str(row.id))
    return redirect("patient", row.patient_id)
