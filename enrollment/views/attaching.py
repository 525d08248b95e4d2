"""Files on their way in: read, checked, and attached to the question they answer."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.tenancy import current_actor
from accounts.writing import lacks_room
from enrollment.core.files import Unfit, pages_of, plain_title
from enrollment.core.together import answers_apart
from enrollment.documents.reading import read_file
from enrollment.documents.scanning import Infected
from enrollment.domain.documents import Place, attach, detach
from enrollment.domain.sittings import Sitting
from enrollment.forms.uploads import Upload, bytes_of
from enrollment.models import Document
from enrollment.rules import Refused
from journeys.domain.attaching import Unreadable
from journeys.domain.papers import Paper
from programs.core.forms import file_questions

FILE = "file-"
NO_ROOM = (
    "our storage is full, so nothing of this file was kept. We are told; try again in some minutes."
)


def places_of(sitting: Sitting, key: str) -> list[Place]:
    """Where a file for this question of the form goes; nowhere when the form does not ask it.

    What belongs to the insurance, or to one program, goes to one place.
    """
    if key not in file_questions(sitting.definitions):
        return []
    apart = answers_apart(sitting.definitions, {key: True})
    return [
        Place(field, enrollment_id=row.id)
        for row, own in zip(sitting.rows, apart, strict=True)
        for field in own
    ][:1]


def attach_all(files: Iterable[Upload], place: Place) -> list[str]:
    """Attach each file that can be; gives a sentence for each that was not kept."""
    said = []
    for file in files:
        try:
            attach_one(file, place)
        except (Unfit, Refused) as refused:
            said.append(_("{name}: {reason}").format(name=file.name, reason=refused))
    return said


def attach_one(file: Upload, place: Place) -> Document:
    """Read and attach one file. Raises Unfit or Refused with a sentence."""
    try:
        checked = read_file(bytes_of(file))
    except Infected:
        audit.happened("malware_refused", purpose=place.field)
        raise
    by, now = current_actor(), timezone.now()
    try:
        return attach(checked, place=place, title=file.name or "", by=by, now=now)
    except OperationalError as error:
        if lacks_room(error):
            raise Unfit(NO_ROOM) from error
        raise


def paper_of_message(file: Upload, *, field: str, pages: str) -> Paper:
    """A file that goes with a message of a journey, read and checked, or these of its pages.

    Raises Unreadable.
    """
    try:
        checked = read_file(bytes_of(file), pages=pages_of(pages))
    except Infected as infected:
        audit.happened("malware_refused", purpose="message")
        raise Unreadable(str(infected)) from infected
    except Unfit as unfit:
        raise Unreadable(str(unfit)) from unfit
    return Paper(
        field=field,
        section="",
        title=plain_title(file.name or "") or "Document",
        content_type=checked.content_type,
        sha256=checked.sha256,
        body=checked.body,
        pictures=checked.pictures,
    )


def attach_posted(request: HttpRequest, sitting: Sitting) -> None:
    """What a browser without scripts sends along with the whole form: files, or one to remove."""
    for name, files in request.FILES.lists():
        for place in places_of(sitting, name.removeprefix(FILE)):
            for sentence in attach_all(files, place):
                messages.error(request, sentence)
    if wanted := request.POST.get("detach"):
        remove(request, wanted)


def remove(request: HttpRequest, wanted: str) -> None:
    """Take one document away; one that is gone already is no news."""
    try:
        detach(UUID(wanted), by=current_actor(), now=timezone.now())
    except (ValueError, Document.DoesNotExist):
        messages.info(request, _("That document is not here any more."))
    except Refused as refused:
        messages.error(request, str(refused))
