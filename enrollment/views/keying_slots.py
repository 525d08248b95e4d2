"""The signatures on the pages that a form is keyed from, as the page about them shows them."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.core.actor import Actor
from enrollment.domain.paper import changed_since
from enrollment.domain.queries.signing import waiting_papers
from enrollment.domain.signatures import standing, statement_of
from enrollment.enums import SignatureKind
from enrollment.forms.keyed_signatures import PatientPageForm, SignedPageForm
from enrollment.models import Enrollment, Keying, PaperSignature, Signature
from enrollment.rules import why_not_check_paper
from programs.core.catalogue import CATALOGUE


@dataclass(frozen=True)
class Slot:
    """One signature: what stands, what waits for a colleague's look, or the form to read it off."""

    kind: str
    title: str
    signature: Signature | None
    waiting: PaperSignature | None
    facts: list[tuple[str, str]]
    why_not: str
    changed: bool
    form: SignedPageForm


def slots_of(
    found: Keying, row: Enrollment, actor: Actor, wrong: SignedPageForm | None
) -> list[Slot]:
    """Both signatures as they stand; `wrong` is what was just read and not taken."""
    signed, waiting = standing(row), waiting_papers(row.id)
    slots = []
    for kind in (SignatureKind.PATIENT, SignatureKind.PRESCRIBER):
        paper = waiting.get(kind)
        if paper is not None:
            paper.enrollment = row
        form = wrong if wrong is not None and wrong.kind == kind else form_of(found, row, kind)
        slots.append(
            Slot(
                kind=kind.value,
                title=str(_TITLES[kind]),
                signature=signed.get(kind),
                waiting=paper,
                facts=_facts(row, paper) if paper else [],
                why_not=why_not_check_paper(actor, row, paper.uploaded_by_id) if paper else "",
                changed=bool(paper and changed_since(paper, today=timezone.localdate())),
                form=form,
            )
        )
    return slots


_TITLES = {
    SignatureKind.PATIENT: gettext_lazy("Signature of the patient"),
    SignatureKind.PRESCRIBER: gettext_lazy("Signature of the prescriber"),
}


def form_of(
    found: Keying, row: Enrollment, kind: SignatureKind, data: QueryDict | None = None
) -> SignedPageForm:
    """What is asked of one signature on the pages."""
    pages = found.part.pages if found.part else []
    if kind == SignatureKind.PRESCRIBER:
        return SignedPageForm(data, kind=kind, pages=pages)
    shown = statement_of(row, "patient", today=timezone.localdate())
    return PatientPageForm(data, shown=shown, pages=pages)


def _facts(row: Enrollment, paper: PaperSignature) -> list[tuple[str, str]]:
    """What was read off, as the second person compares it with the page."""
    facts = [
        (_("On page"), str(paper.page)),
        (_("Signed by"), paper.signer_name),
        (
            _("Date beside it"),
            f"{paper.signed_on:%B} {paper.signed_on.day}, {paper.signed_on.year}",
        ),
    ]
    if paper.kind == SignatureKind.PATIENT:
        shown = statement_of(row, "patient", today=timezone.localdate())
        authority = {each.code: each.label for each in CATALOGUE["A21"].choices}
        ticked = [each.title["en"] for each in shown.consents if each.key in paper.agreed]
        facts.insert(2, (_("Who that is"), authority.get(paper.relationship, _("The patient"))))
        facts.append((_("Ticked on the page"), ", ".join(ticked)))
    return facts
