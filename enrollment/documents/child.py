"""Decodes one stranger's file in a process of its own, with little memory and time, and no keys.

Started by `documents.reading` with the content type as its first argument, the pages that are
wanted, if not all, as the others, and the file as its input. Writes frames, each its length in
4 bytes and then itself: first what is wrong, in JSON, or empty; then the file as it is to be
kept; then each page as a JPEG.
"""

import json
import resource
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from enrollment.core.files import MOST_PAGES, Unfit
from enrollment.core.filetypes import ACTIVE, too_many_pages
from enrollment.documents.pictures import LONGEST_SIDE, QUALITY_SHOWN, only, picture, tiff, written

SECONDS = 20
MEMORY_BYTES = 1_500_000_000
DEEPEST = 60
MOST_OBJECTS = 200_000
_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMedia", "/3D"})
_ACTIONS = frozenset(
    {
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition"),
        *("/Movie", "/Sound", "/RichMedia", "/FileAttachment", "/Screen", "/3D"),
    }
)


def main() -> None:
    """Read, decode, answer."""
    _limit()
    body, out = sys.stdin.buffer.read(), sys.stdout.buffer
    try:
        read = {"application/pdf": _pdf, "image/tiff": tiff}.get(sys.argv[1], picture)
        # Everything before anything: a page that cannot be drawn refuses the whole file.
        ready = list(read(body))
        if wanted := [int(each) for each in sys.argv[2:]]:
            ready = list(only(ready[2:], wanted))
    except Unfit as unfit:
        ready = [json.dumps(str(unfit)).encode()]
    for frame in ready:
        out.write(len(frame).to_bytes(4, "big") + frame)


def _limit() -> None:
    """Whatever the file makes the decoders do, it ends soon."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _pdf(body: bytes) -> Iterator[bytes]:
    """The PDF as it came, once it is known to do nothing, and its pages as pictures."""
    import pypdfium2

    _require_still(body)
    try:
        document = pypdfium2.PdfDocument(body)
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        raise Unfit("This PDF cannot be read; print it to a new PDF and attach that.") from error
    if not pages:
        raise Unfit("This PDF has no page; save it again and attach that.")
    if pages > MOST_PAGES:
        raise too_many_pages("PDF", pages)
    # Otherwise what was typed into the fields of a form is not drawn.
    document.init_forms()
    yield b""
    yield body
    for number in range(pages):
        yield _drawn(document, number)


def _drawn(document: Any, number: int) -> bytes:
    import pypdfium2

    try:
        page = document[number]
        width, height = page.get_size()
        drawn = page.render(scale=LONGEST_SIDE / max(width, height, 1)).to_pil()
    except (pypdfium2.PdfiumError, ValueError) as error:
        sentence = f"Page {number + 1} of this PDF cannot be drawn; print it to a new PDF."
        raise Unfit(sentence) from error
    return written(drawn.convert("RGB"), "JPEG", QUALITY_SHOWN)


def _require_still(body: bytes) -> None:
    """Refuse a PDF that is locked, runs something, sends something or carries another file."""
    import pypdf

    try:
        reader = pypdf.PdfReader(BytesIO(body))
        locked = reader.is_encrypted
        active = not locked and any(_is_active(each) for each in _objects(reader))
    except Unfit:
        raise
    except Exception as error:  # of a parser on hostile bytes: any of them means damaged
        sentence = "This PDF is damaged; print it to a new PDF and attach that."
        raise Unfit(sentence) from error
    if locked:
        raise Unfit("This PDF is locked with a password; save it without one and attach that.")
    if active:
        raise Unfit(ACTIVE)


def _objects(reader: Any) -> Iterator[Any]:
    """Every object that the file's tables name, and what its trailer says."""
    yield reader.trailer
    named = {(number, generation) for generation, of in reader.xref.items() for number in of}
    named |= {(number, 0) for number in reader.xref_objStm}
    if len(named) > MOST_OBJECTS:
        raise Unfit("This PDF is too intricate to read; print it to a new PDF and attach that.")
    for number, generation in sorted(named):
        yield reader.get_object(_reference(reader, number, generation))


def _reference(reader: Any, number: int, generation: int) -> Any:
    from pypdf.generic import IndirectObject

    return IndirectObject(number, generation, reader)


def _is_active(found: Any, depth: int = 0) -> bool:
    """Whether an object, or one written inside it, does more than show something."""
    from pypdf.generic import DictionaryObject

    if depth > DEEPEST:
        return True
    if isinstance(found, DictionaryObject):
        kinds = {str(found.raw_get(key)) for key in ("/S", "/Subtype", "/Type") if key in found}
        if not _KEYS.isdisjoint(found) or not _ACTIONS.isdisjoint(kinds):
            return True
        inside = [found.raw_get(key) for key in found]
    elif isinstance(found, list):
        inside = list(found)
    else:
        return False
    return any(_is_active(each, depth + 1) for each in inside if isinstance(each, dict | list))


if __name__ == "__main__":
    main()
