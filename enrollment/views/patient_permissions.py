"""What a patient has signed: their copies, and taking a permission back."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.access import get_visible_or_404, public
from accounts.tenancy import acting_as
from enrollment.documents.signed import draw
from enrollment.domain import permissions, sealing, signing_links
from enrollment.domain.permissions import Permission
from enrollment.domain.queries.signing import signed_through
from enrollment.domain.signatures import Language
from enrollment.enums import LinkPurpose
from enrollment.forms.patient_words import words
from enrollment.models import Signature, SigningLink
from enrollment.rules import Refused
from enrollment.views.files import pdf
from enrollment.views.patient_frame import current_link, page

DAY = {"en": "F j, Y", "es": r"j \d\e F \d\e Y"}


def signed_page(request: HttpRequest, link: SigningLink, language: Language) -> HttpResponse:
    """Thank you; the copies, on this screen or by a link that is sent."""
    mailed = ""
    if request.method == "POST" and "mail" in request.POST:
        mailed = "copy_mailed" if _mail_copy(link) else "copy_not_mailed"
    context: dict[str, Any] = {
        "title": words(language)["done_title"],
        "copies": _copies(signed_through(link), language),
        "has_address": bool(link.patient.details.get("A17")),
        "mailed": words(language)[mailed] if mailed else "",
        "failed": mailed == "copy_not_mailed",
        "back_url": reverse("enrollment_review", args=[link.enrollment_ids[0]]),
    }
    return page(request, "patient/done.html", context, language=language)


def _mail_copy(link: SigningLink) -> bool:
    by = signing_links.patient_of(link)
    try:
        signing_links.mail_permissions(link.patient_id, by=by, now=timezone.now())
    except Refused:
        return False
    return True


def _copies(signatures: list[Signature], language: Language) -> list[dict[str, str]]:
    said = words(language)["copy"]
    return [
        {
            "url": reverse("sign_copy", args=[each.id]),
            "label": said.format(program=each.enrollment.program_version.program.name),
        }
        for each in signatures
    ]


def permissions_page(request: HttpRequest, link: SigningLink, language: Language) -> HttpResponse:
    """Everything that this patient signed here, each with its copy, each to be taken back."""
    found = permissions.permissions_of(link.patient_id)
    audit.read(link.patient, fields=["permissions"], purpose="the patient looks at permissions")
    chosen = request.POST.get("end") or request.GET.get("end") or ""
    ending = next((each for each in found if str(each.signature.id) == chosen), None)
    if ending and request.method == "POST":
        by = signing_links.patient_of(link)
        permissions.take_back(ending.signature.id, by=by, now=timezone.now())
        return redirect(f"{reverse('sign')}?language={language}")
    if ending and ending.can_be_revoked:
        title = words(language)["take_back_title"].format(program=ending.program)
        said = words(language)["take_back_what"].format(program=ending.program)
        context = {"title": title, "said": said, "signature": ending.signature}
        return page(request, "patient/take_back.html", context, language=language)
    context = {
        "title": words(language)["permissions_title"],
        "permissions": [_told(each, language) for each in found],
    }
    return page(request, "patient/permissions.html", context, language=language)


def _told(permission: Permission, language: Language) -> dict[str, Any]:
    said, grant = words(language), permission.grant
    day = date_format(timezone.localtime(permission.signature.signed_at), DAY[language])
    if grant is None:
        standing = said["not_sent"].format(day=day)
    elif grant.revoked_at:
        ended = date_format(timezone.localtime(grant.revoked_at), DAY[language])
        standing = said["taken_back"].format(day=ended)
    else:
        ends = date_format(timezone.localtime(grant.expires_at), DAY[language])
        standing = said["stands"].format(day=day, ends=ends)
    return {
        "program": permission.program,
        "standing": standing,
        "signature": permission.signature,
        "can_end": permission.can_be_revoked,
        "copy": said["copy"].format(program=permission.program),
    }


@public(reason="as sign_link; only copies of what the link's patient signed")
@require_POST
def copy(request: HttpRequest, signature_id: UUID) -> HttpResponseBase:
    """The patient's copy: the sealed file, made now if no worker has made it yet."""
    link = current_link(request, now=timezone.now())
    if link is None:
        raise Http404
    with acting_as(signing_links.patient_of(link)):
        of_patient = Signature.objects.filter(enrollment__patient_id=link.patient_id)
        if link.purpose == LinkPurpose.SIGN:
            of_patient = of_patient.filter(id__in=[each.id for each in signed_through(link)])
        signature = get_visible_or_404(of_patient.filter(kind="patient"), id=signature_id)
        sealed = sealing.seal(signature, draw=draw, now=timezone.now())
        audit.read(sealed, fields=["content"], purpose="the patient's copy")
        return pdf(sealing.bytes_of(sealed), name="copy.pdf")
