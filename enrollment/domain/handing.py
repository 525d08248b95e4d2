"""The papers of an enrollment on their way out: told in the packet, copied for the journey."""

from collections.abc import Iterator, Mapping
from typing import Any

from enrollment.domain.documents import attached_to
from enrollment.models import DocumentFile, DocumentPage, Enrollment
from journeys.domain.papers import Paper


def told_documents(enrollment: Enrollment) -> list[dict[str, Any]]:
    """What a packet says of each document, with the id that answers name it by."""
    return [
        {
            "id": str(row.id),
            "field": row.field,
            "title": row.title,
            "content_type": row.content_type,
            "size": row.size,
            "pages": row.pages,
            "sha256": row.sha256,
        }
        for row in attached_to(enrollment)
    ]


def papers_for(enrollment: Enrollment, packet: Mapping[str, Any]) -> Iterator[Paper]:
    """Each document that this packet names, one at a time: together they may be 200 MB."""
    told = {(each["field"], each["sha256"]) for each in packet["documents"]}
    sections = {
        field["id"]: section["name"]
        for section in packet["sections"]
        for field in section["fields"]
    }
    for row in attached_to(enrollment):
        if (row.field, row.sha256) not in told:
            continue
        pages = DocumentPage.objects.filter(document=row).order_by("number")
        yield Paper(
            field=row.field,
            section=sections[row.field],
            title=row.title,
            content_type=row.content_type,
            sha256=row.sha256,
            body=bytes(DocumentFile.objects.get(document=row).body),
            pictures=[bytes(page.picture) for page in pages],
        )
