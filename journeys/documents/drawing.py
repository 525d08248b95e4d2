"""Drawing a template as a tagged PDF (PDF/UA-1). Nothing is fetched on the way."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

# Breaking a word that is longer than a line costs the layout its length squared (5,000 letters:
# six minutes), so every such word is given places to break at.
LONG_WORD = re.compile(r"(\S{24})(?=\S)")
BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")
STYLE = Path(__file__).with_name("packet.css")


class Broken(Exception):
    """The data cannot be drawn as a document."""


@lru_cache(maxsize=1)
def _style() -> Any:
    """The style sheet, read and parsed once in each process that draws."""
    from weasyprint import CSS

    return CSS(string=STYLE.read_text(), url_fetcher=_closed())


def _closed(pictures: Sequence[bytes] = ()) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Closed(URLFetcher):  # type: ignore[misc]  # weasyprint has no types
        """Reaches what stands in the document itself, and the pictures drawn with it."""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            scheme, _, place = url.partition(":")
            if scheme == "picture":
                return URLFetcherResponse(url, pictures[int(place)], {"Content-Type": "image/jpeg"})
            return super().fetch(url, headers)

    return Closed(allowed_protocols=["data"])


def drawn(template: str, context: Mapping[str, Any], *, pictures: Sequence[bytes] = ()) -> bytes:
    """The template as a PDF. Raises Broken.

    Neither the network nor a file can be reached from the document. ``pictures`` are JPEGs; the
    template names the first ``picture:0``.
    """
    # Half a second and 60 MB, which only the processes that draw should pay.
    from weasyprint import HTML

    try:
        page = render_to_string(template, dict(context))
        document: bytes = HTML(string=page, url_fetcher=_closed(pictures)).write_pdf(
            stylesheets=[_style()], pdf_variant="pdf/ua-1", finisher=_finished
        )
    except Exception as error:
        raise Broken from error
    return document


def _finished(_document: Any, pdf: Any) -> None:
    """Mend what weasyprint leaves out of PDF/UA-1, before the file is written."""
    import pydyf

    objects = {each.reference: each for each in pdf.objects}
    elements = {key: each for key, each in objects.items() if isinstance(each, pydyf.Dictionary)}
    root = next(each for each in elements.values() if each.get("Type") == "/StructTreeRoot")
    _name_headings(root, elements)
    _set_apart(root, elements, objects)


def _name_headings(root: Any, elements: Mapping[Any, Any]) -> None:
    """Say of each heading cell whether it heads its row or its column, and list the cells by id.

    weasyprint ties cells to their headings by id alone, without the tree that finds them
    (ISO 32000-1, 14.7.2); readers that look for the scope instead (ISO 14289-1, 7.5) find it.
    """
    import pydyf

    named = []
    for row in elements.values():
        if row.get("S") != "/TR":
            continue
        cells = [elements[each] for each in row["K"] if each in elements]
        of_a_row = any(cell["S"] == "/TD" for cell in cells)
        for cell in cells:
            if cell["S"] == "/TH":
                cell["A"]["Scope"] = "/Row" if of_a_row else "/Column"
                if "ID" in cell:
                    named.append((cell["ID"].string, cell))
    if named:
        named.sort(key=lambda each: each[0])
        names = [part for _, cell in named for part in (cell["ID"], cell.reference)]
        root["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(names)})


def _set_apart(root: Any, elements: Mapping[Any, Any], objects: Mapping[Any, Any]) -> None:
    """Call the lines at the head and foot of a page decoration, which no reader reads out.

    weasyprint numbers them as content and ties them to nothing (ISO 14289-1, 7.1 and 7.8).
    """
    import pydyf

    linked: set[Any] = set()
    ahead = [each for each in root["K"] if each in elements]
    while ahead:
        reference = ahead.pop()
        linked.add(reference)
        ahead += [each for each in elements[reference].get("K", ()) if each in elements]
    for reference, element in elements.items():
        if element.get("Type") != "/StructElem" or reference in linked:
            continue
        painted = objects[elements[element["Pg"]]["Contents"]].stream if "Pg" in element else []
        for place, part in enumerate(painted):
            if isinstance(part, pydyf.Dictionary) and part.get("MCID") in element["K"]:
                painted[place - 1 : place + 1] = [
                    "/Artifact",
                    pydyf.Dictionary({"Type": "/Pagination"}),
                ]
    for kept in elements[root["ParentTree"]]["Nums"]:
        if isinstance(kept, pydyf.Array):
            kept[:] = [each if each in linked else "null" for each in kept]


def breakable(text: str) -> str:
    """The text with places to break long words at, and no blank lines in a row."""
    return LONG_WORD.sub("\\1\u200b", BLANK_LINES.sub("\n\n", text))
