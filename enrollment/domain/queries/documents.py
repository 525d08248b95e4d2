"""Papers to list. Their bytes are never loaded here."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from enrollment.models import Document, DocumentPage


def papers_of(ids: Collection[str]) -> Mapping[str, Document]:
    """These documents of the practice, by id as text, for a list beside their question."""
    return {str(row.id): row for row in Document.objects.filter(id__in=ids)}


def of_patient(patient_id: UUID) -> list[Document]:
    """A patient's papers, the newest first."""
    rows = Document.objects.select_related("enrollment__program_version__program")
    return list(rows.filter(patient_id=patient_id).order_by("-attached_at", "id"))


def one() -> QuerySet[Document]:
    """For one document's page."""
    rows: QuerySet[Document] = Document.objects.select_related("patient", "attached_by")
    return rows


def page_ids(document: Document) -> list[dict[str, Any]]:
    """The pages' ids in order, without their pictures."""
    pages = DocumentPage.objects.filter(document=document).order_by("number")
    return list(pages.values("id", "number"))
