"""Papers that go with a message: kept like those of a packet, seen by those who may read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from accounts.prepared import Prepared
from journeys.core.events import Event, taken_back
from journeys.domain.papers import OF_MESSAGE, Paper
from journeys.models import HandedDocument

Upload: TypeAlias = "UploadedFile[bytes]"


class Unreadable(ValueError):
    """A file that is not kept, as `str()` tells in a sentence for whoever chose it."""


@dataclass(frozen=True)
class AttachedPaper:
    """A paper of a message, without its bytes."""

    id: UUID
    title: str
    content_type: str
    pages: int


class Reader(Protocol):
    def __call__(self, file: Upload, *, field: str, pages: str) -> Paper: ...


# Who reads strangers' files registers here, by name: the reader belongs to the app above.
READERS: dict[str, Reader] = {}


def paper_of(file: Upload, *, token: str, pages: str = "") -> Paper:
    """The file as a paper of the message with this token, or the pages "2-3" of it alone.

    Raises Unreadable with a sentence.
    """
    return READERS["paper"](file, field=f"{OF_MESSAGE}{token}", pages=pages)


@Prepared
def attached(journey_id: UUID) -> QuerySet[HandedDocument]:
    """The papers of a journey's messages without their bytes."""
    rows = HandedDocument.objects.filter(journey=journey_id, field__startswith=OF_MESSAGE)
    found: QuerySet[HandedDocument] = rows.order_by("handed_at", "id").defer("body")
    return found


def by_message(
    events: Iterable[Event], rows: Iterable[HandedDocument]
) -> Mapping[str, list[AttachedPaper]]:
    """What goes with each message that stands, by the event's `ref`."""
    story = list(events)
    back = taken_back(story)
    told = (each for each in story if each.kind == "message" and each.ref not in back)
    refs = {event.id: event.ref for event in told}
    found: dict[str, list[AttachedPaper]] = {}
    for row in rows:
        if row.field in refs:
            paper = AttachedPaper(row.id, row.title, row.content_type, row.pages)
            found.setdefault(refs[row.field], []).append(paper)
    return found
