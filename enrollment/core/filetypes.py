"""What a file is, told from its bytes alone, before anything decodes it."""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Literal

from enrollment.core.files import LARGEST_BYTES, MEGABYTE, MOST_PAGES, Unfit

MOST_PIXELS = 50_000_000
# Of all pages of a TIFF together: 50 pages as faxes have them are 190 million.
MOST_PIXELS_IN_ALL = 250_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_WANTED = "Attach a JPEG, a PNG, a TIFF or a PDF."
# What people do attach by mistake, by how it begins.
_OTHERS = (
    (re.compile(rb".{4}ftyp(?:hei|mif|msf|avif)", re.DOTALL), "a HEIC picture, as phones take"),
    (re.compile(rb"PK\x03\x04"), "a ZIP archive or an Office file"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an old Office file"),
    (re.compile(rb"GIF8"), "a GIF"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "a WebP picture"),
    (re.compile(rb"\s*<"), "a web page or other text"),
)
_SECOND_FILE = re.compile(
    rb"PK\x03\x04|PK\x05\x06|%PDF-|Rar!|7z\xbc\xaf|MZ.{58}|\x7fELF|<(?:html|script|svg|\?php)",
    re.DOTALL | re.IGNORECASE,
)
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToE)\b"
)
_TIFF: Mapping[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}
_WIDTH, _HEIGHT = 256, 257
_MOST_TAGS = 1_000
_BROKEN = "This picture is damaged or ends too early; take or save it again and attach that."
_HIDDEN = (
    "This file holds a second file inside, so it was not kept. Print or save it anew and "
    "attach that."
)
ACTIVE = (
    "This PDF holds a script, a form that sends itself, or another file, so it was not kept. "
    "Print it to a new PDF and attach that."
)


def content_type_of(body: bytes) -> str:
    """The content type of a file that may be decoded now. Raises Unfit with why it may not."""
    if not body:
        raise Unfit("This file is empty; choose it again.")
    if len(body) > LARGEST_BYTES:
        raise too_large(len(body))
    if body.startswith(b"\xff\xd8\xff"):
        _check_jpeg(body)
        return "image/jpeg"
    if body.startswith(_PNG):
        _check_png(body)
        return "image/png"
    if body.startswith(b"%PDF-"):
        _check_pdf(body)
        return "application/pdf"
    if body[:4] in _TIFF:
        _check_tiff(body, _TIFF[body[:4]])
        return "image/tiff"
    raise Unfit(_not_wanted(body[:64]))


def too_large(size: int) -> Unfit:
    """The refusal of a file of so many bytes."""
    has, most = f"{size / MEGABYTE:.1f}", LARGEST_BYTES // MEGABYTE
    return Unfit(
        f"This file has {has} MB; the most is {most} MB. Scan it in grey or take a smaller picture."
    )


def too_many_pages(kind: str, pages: int | None = None) -> Unfit:
    """The refusal of a file of so many pages, or of too many to count them."""
    has = f"{pages} pages; the most is" if pages else "more pages than"
    return Unfit(f"This {kind} has {has} {MOST_PAGES}. Attach the pages that matter.")


def _not_wanted(head: bytes) -> str:
    for begins, words in _OTHERS:
        if begins.match(head):
            return f"This is {words}, whatever its name says. {_WANTED}"
    return f"This is none of the files we can read, whatever its name says. {_WANTED}"


def _require_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise Unfit(_BROKEN)
    if width * height > MOST_PIXELS:
        most = MOST_PIXELS // 1_000_000
        raise Unfit(
            f"This picture has {width} by {height} points; the most is {most} million in all. "
            "Take a smaller one."
        )


def _check_jpeg(body: bytes) -> None:
    place, sized = 2, False
    while True:
        marker = body[place : place + 2]
        if len(marker) < 2 or marker[0] != 0xFF:
            raise Unfit(_BROKEN)
        code = marker[1]
        if code == 0xFF:
            place += 1
            continue
        length = int.from_bytes(body[place + 2 : place + 4], "big")
        if length < 2:
            raise Unfit(_BROKEN)
        if 0xC0 <= code <= 0xCF and code not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", body[place + 5 : place + 9].ljust(4, b"\0"))
            _require_pixels(width, height)
            sized = True
        place += 2 + length
        if code == 0xDA:
            break
    end = body.find(b"\xff\xd9", place)
    if end < 0 or not sized:
        raise Unfit(_BROKEN)
    _check_tail(body[end + 2 :])


def _check_png(body: bytes) -> None:
    end = len(_PNG)
    for kind, data, place in _png_chunks(body):
        end = place
        if kind == b"IHDR" and len(data) >= 8:
            _require_pixels(*struct.unpack(">II", data[:8]))
        if kind == b"acTL":
            raise Unfit("This picture moves; attach a still one.")
    _check_tail(body[end:])


def _png_chunks(body: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Each chunk's kind and data and where it ends. Raises Unfit for one that is not whole."""
    place, kind = len(_PNG), b""
    while kind != b"IEND":
        length = int.from_bytes(body[place : place + 4], "big")
        kind, end = body[place + 4 : place + 8], place + 12 + length
        data, crc = body[place + 8 : end - 4], body[end - 4 : end]
        if end > len(body) or zlib.crc32(kind + data) != int.from_bytes(crc, "big"):
            raise Unfit(_BROKEN)
        if (place == len(_PNG)) != (kind == b"IHDR"):
            raise Unfit(_BROKEN)
        yield kind, data, end
        place = end


def _check_tail(tail: bytes) -> None:
    """What follows a picture. Cameras put a second view or a clip there; it is dropped."""
    if _SECOND_FILE.search(tail):
        raise Unfit(_HIDDEN)


def _check_tiff(body: bytes, order: Literal["little", "big"]) -> None:
    """Follow its pages from one to the next. What stands between them is left behind later."""
    place, seen, points = _number(body, order, 4, 4), set[int](), 0
    while place:
        if place in seen:
            raise Unfit(_BROKEN)
        if len(seen) == MOST_PAGES:
            raise too_many_pages("TIFF")
        seen.add(place)
        tags, place = _tags(body, order, place)
        width, height = tags.get(_WIDTH, 0), tags.get(_HEIGHT, 0)
        _require_pixels(width, height)
        points += width * height
    if not seen:
        raise Unfit(_BROKEN)
    if points > MOST_PIXELS_IN_ALL:
        has, most = points // 1_000_000, MOST_PIXELS_IN_ALL // 1_000_000
        raise Unfit(
            f"The pages of this TIFF have {has} million points; the most is {most} million in "
            "all. Scan it in a lower resolution."
        )


def _tags(body: bytes, order: Literal["little", "big"], place: int) -> tuple[dict[int, int], int]:
    """The numbers that one page says of itself, and where the next page stands; 0 for none."""
    count = _number(body, order, place, 2)
    if count > _MOST_TAGS:
        raise Unfit(_BROKEN)
    tags = {}
    for entry in range(place + 2, place + 2 + 12 * count, 12):
        kind = _number(body, order, entry + 2, 2)
        size = {3: 2, 4: 4}.get(kind)
        if size:
            tags[_number(body, order, entry, 2)] = _number(body, order, entry + 8, size)
    return tags, _number(body, order, place + 2 + 12 * count, 4)


def _number(body: bytes, order: Literal["little", "big"], place: int, size: int) -> int:
    written = body[place : place + size]
    if len(written) < size:
        raise Unfit(_BROKEN)
    return int.from_bytes(written, order)


def _check_pdf(body: bytes) -> None:
    last = body.rfind(b"%%EOF")
    if last < 0:
        raise Unfit("This PDF ends too early; save it again and attach that.")
    if _SECOND_FILE.search(body[last:]) or b"PK\x05\x06" in body[-66_000:]:
        raise Unfit(_HIDDEN)
    if _ACTIVE.search(body):
        raise Unfit(ACTIVE)
