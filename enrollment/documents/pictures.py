"""Pictures drawn anew, for the closed process: nothing is kept but what can be seen."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from enrollment.core.files import MOST_PAGES, Unfit
from enrollment.core.filetypes import MOST_PIXELS, too_many_pages

LONGEST_SIDE = 1_600
QUALITY_KEPT, QUALITY_SHOWN = 90, 75
_PLAIN_MODES = ("1", "L", "RGB", "CMYK", "YCbCr")
# A fax is 204 dots wide to the inch and 98 high, or 196; a scanner has up to 1,200.
_USUAL_DPI = 200
# A page of 11 inches in LONGEST_SIDE dots.
_SHOWN_DPI = 145
_LEAST_DPI, _MOST_DPI = 50, 1_200
_MOST_STRETCHED = 4
_ORIENTATION, _ON_ITS_SIDE = 274, frozenset({5, 6, 7, 8})
_DAMAGED = "This picture is damaged or ends too early; take or save it again."


def picture(body: bytes) -> Iterator[bytes]:
    """A JPEG or PNG the right way up: what a camera wrote beside it is left behind."""
    from PIL import ImageOps

    with _opened(body, "JPEG", "PNG") as opened:
        kind = "PNG" if opened.format == "PNG" else "JPEG"
        plain = _plain(ImageOps.exif_transpose(opened))
    yield b""
    yield written(plain, kind, QUALITY_KEPT)
    yield _shown(plain)


def tiff(body: bytes) -> Iterator[bytes]:
    """A TIFF, as faxes are, as a PDF of its pages; a bilevel page loses nothing."""
    from pypdf import PdfWriter

    kept, pictures = PdfWriter(), []
    with _opened(body, "TIFF") as opened:
        for page, dpi in _pages(opened):
            out = BytesIO()
            quality = {} if page.mode == "1" else {"quality": QUALITY_KEPT}
            page.save(out, "PDF", resolution=dpi, **quality)
            kept.append(out)
            pictures.append(_shown(page.convert("L") if page.mode == "1" else page))
    whole = BytesIO()
    kept.write(whole)
    yield b""
    yield whole.getvalue()
    yield from pictures


def only(pictures: Sequence[bytes], wanted: Sequence[int]) -> Iterator[bytes]:
    """Some pages of what was drawn, as a PDF that holds nothing of the others."""
    from PIL import Image
    from pypdf import PdfWriter

    if max(wanted) > len(pictures):
        has = f"{len(pictures)} pages" if len(pictures) > 1 else "one page"
        raise Unfit(f"This file has {has}.")
    kept, chosen = PdfWriter(), [pictures[number - 1] for number in wanted]
    for drawn in chosen:
        out = BytesIO()
        with Image.open(BytesIO(drawn), formats=("JPEG",)) as page:
            page.save(out, "PDF", resolution=_SHOWN_DPI, quality=QUALITY_KEPT)
        kept.append(out)
    whole = BytesIO()
    kept.write(whole)
    yield b""
    yield whole.getvalue()
    yield from chosen


def _pages(opened: Any) -> Iterator[tuple[Any, float]]:
    """Each page as wide as it was, with its dots to an inch; decoding turns it the right way up."""
    if opened.n_frames > MOST_PAGES:
        raise too_many_pages("TIFF")
    for number in range(opened.n_frames):
        opened.seek(number)
        wide, high = _dots(opened.info)
        if opened.tag_v2.get(_ORIENTATION, 1) in _ON_ITS_SIDE:
            wide, high = high, wide
        page = _squared(opened, wide / high)
        page.info = {}
        yield (page if page.mode == "1" else _plain(page)), max(wide, high)


def _dots(info: dict[str, Any]) -> tuple[float, float]:
    wide, high = (float(each) for each in info.get("dpi", (_USUAL_DPI, _USUAL_DPI)))
    if not all(_LEAST_DPI <= each <= _MOST_DPI for each in (wide, high)):
        return _USUAL_DPI, _USUAL_DPI
    return wide, high


def _squared(page: Any, ratio: float) -> Any:
    """The page with as many dots to an inch down as across."""
    if 0.95 < ratio < 1.05 or not 1 / _MOST_STRETCHED <= ratio <= _MOST_STRETCHED:
        return page.copy()
    width, height = page.size
    size = (width, round(height * ratio)) if ratio > 1 else (round(width / ratio), height)
    if size[0] * size[1] > MOST_PIXELS:
        return page.copy()
    return page.resize(size, resample=0)


@contextmanager
def _opened(body: bytes, *formats: str) -> Iterator[Any]:
    """The picture, with every way in which a stranger's can fail said in one sentence."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    faults = (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning)
    try:
        with Image.open(BytesIO(body), formats=formats) as opened:
            yield opened
    except Unfit:
        raise
    except faults as error:
        raise Unfit(_DAMAGED) from error


def _plain(picture: Any) -> Any:
    """Without transparency, profile and comments: a page seen on white."""
    from PIL import Image

    if picture.mode in _PLAIN_MODES and "transparency" not in picture.info:
        plain = picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    else:
        seen = picture.convert("RGBA")
        plain = Image.new("RGB", seen.size, "white")
        plain.paste(seen, mask=seen.getchannel("A"))
    plain.info = {}
    return plain


def _shown(picture: Any) -> bytes:
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return written(picture, "JPEG", QUALITY_SHOWN)


def written(picture: Any, kind: str, quality: int) -> bytes:
    """The picture in this format; the quality is a JPEG's."""
    out = BytesIO()
    options = {"quality": quality} if kind == "JPEG" else {}
    picture.save(out, kind, **options)
    return out.getvalue()
