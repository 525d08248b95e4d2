"""Files that people attach, whole and broken: pictures and PDFs, made as they are asked for."""

import io
from collections.abc import Callable
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)


def picture(
    kind: str = "JPEG",
    size: tuple[int, int] = (640, 400),
    mode: str = "RGB",
    color: Any = "white",
    **options: Any,
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, kind, **options)
    return out.getvalue()


def photograph(made_by: str = "Fictional phone") -> bytes:
    """A picture with what a camera writes beside it: who took it, where, which way up."""
    exif = Image.Exif()
    exif[0x010F] = made_by
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (42.0, 21.0, 0.0)}
    return picture(size=(640, 400), exif=exif.tobytes(), comment=b"taken at Alder Street")


def moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (32, 32), shade) for shade in ("white", "black", "red")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def fax(
    *pages: Image.Image, compression: str = "group4", dpi: tuple[float, float] = (204, 196)
) -> bytes:
    """A TIFF of several pages, as fax machines and servers write them."""
    out = io.BytesIO()
    first, *others = pages
    first.save(out, "TIFF", save_all=True, append_images=others, compression=compression, dpi=dpi)
    return out.getvalue()


def sheet(size: tuple[int, int] = (1_728, 2_200), mode: str = "1") -> Image.Image:
    """A page with a black square in its upper left corner."""
    page = Image.new(mode, size, "white")
    page.paste(Image.new(mode, (200, 100), "black"), (50, 50))
    return page


def pdf(pages: int = 1, change: Callable[[PdfWriter], object] | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(612, 792)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def running(action: dict[str, str]) -> Callable[[PdfWriter], None]:
    """Give a PDF something to do when it is opened."""

    def change(writer: PdfWriter) -> None:
        writer.root_object[NameObject("/OpenAction")] = _action(action)

    return change


def hiding(action: dict[str, str]) -> Callable[[PdfWriter], None]:
    """Give a PDF an action inside lists inside an object that nothing mentions."""

    def change(writer: PdfWriter) -> None:
        inside = ArrayObject([ArrayObject([_action(action)])])
        writer._add_object(DictionaryObject({NameObject("/Kept"): inside}))

    return change


def _action(action: dict[str, str]) -> DictionaryObject:
    return DictionaryObject(
        {
            NameObject(key): NameObject(value) if value[:1] == "/" else TextStringObject(value)
            for key, value in action.items()
        }
    )
