"""A reader of tagged PDFs that finds what a machine can of PDF/UA-1 (ISO 14289-1).

The checks follow the Matterhorn Protocol 1.1 where it calls a failure machine-checkable; its
numbers stand beside them. What needs eyes (does the order make sense, are the words of a picture
right) is looked at by people.
"""

import io
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject, IndirectObject

# What a content stream paints with.
PAINTS = frozenset({
    b"Tj", b"TJ", b"'", b'"', b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"Do",
    b"sh", b"EI", b"INLINE IMAGE",
})  # fmt: skip
HEADINGS = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")
# What each kind of element may stand in (ISO 32000-1, 14.8.4).
WITHIN = {
    "/TR": {"/Table", "/THead", "/TBody", "/TFoot"}, "/TH": {"/TR"}, "/TD": {"/TR"},
    "/THead": {"/Table"}, "/TBody": {"/Table"}, "/TFoot": {"/Table"},
    "/LI": {"/L"}, "/LBody": {"/LI"}, "/Lbl": {"/LI", "/Note", "/BibEntry", "/Form"},
}  # fmt: skip


def faults(document: bytes) -> list[str]:
    """Everything that is wrong, each with its number of the protocol; nothing when it holds."""
    reader = PdfReader(io.BytesIO(document))
    catalog: Any = reader.trailer["/Root"]
    found = [*_of_the_whole(reader, catalog)]
    if "/StructTreeRoot" not in catalog:
        return [*found, "01-005: there is no structure tree"]
    tree = catalog["/StructTreeRoot"]
    elements = list(_elements(tree))
    for number, page in enumerate(reader.pages, start=1):
        found += _of_a_page(page, number)
    found += _marks(reader, elements)
    found += _headings(elements)
    for element, parent in elements:
        found += _of_an_element(element, parent)
    return found


def elements(catalog: Any) -> list[Any]:
    """Every element of the structure, in the order in which they are read out."""
    return [element for element, _ in _elements(catalog["/StructTreeRoot"])]


def _of_the_whole(reader: PdfReader, catalog: Any) -> Iterator[str]:
    if not catalog.get("/MarkInfo", {}).get("/Marked"):
        yield "06-001: the document is not marked as tagged"
    if catalog.get("/MarkInfo", {}).get("/Suspects"):
        yield "06-002: its tags are called doubtful"
    if not catalog.get("/Lang"):
        yield "11-006: it has no language"
    if not catalog.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "07-001: its title is not shown"
    metadata = catalog["/Metadata"].get_object().get_data() if "/Metadata" in catalog else b""
    if b"pdfuaid:part" not in metadata:
        yield "06-003: it does not say that it is PDF/UA"
    if b"dc:title" not in metadata or not (reader.metadata and reader.metadata.title):
        yield "06-004: it has no title"
    if reader.is_encrypted:
        yield "26-001: it is encrypted"


def _elements(root: Any, parent: Any = None) -> Iterator[tuple[Any, Any]]:
    """Every element with the one it stands in, in the order of the tree."""
    for kid in _kids(root):
        if isinstance(kid, dict) and "/S" in kid:
            yield kid, parent
            yield from _elements(kid, kid)


def _kids(node: Any) -> list[Any]:
    kids: Any = node.get("/K", [])
    kids = kids.get_object() if isinstance(kids, IndirectObject) else kids
    return [each.get_object() for each in (kids if isinstance(kids, list) else [kids])]


def _of_a_page(page: Any, number: int) -> Iterator[str]:
    for said in {*_of_links(page), *_of_what_is_painted(page)}:
        yield f"{said}, on page {number}"
    for name, font in page.get("/Resources", {}).get("/Font", {}).items():
        yield from _of_a_font(name, font.get_object())


def _of_links(page: Any) -> Iterator[str]:
    notes = [each.get_object() for each in page.get("/Annots", [])]
    if notes and page.get("/Tabs") != "/S":
        yield "28-008: links are not reached in order"
    if any("/StructParent" not in note for note in notes):
        yield "28-002: a link stands in no element"
    if any(note.get("/Subtype") == "/Link" and not note.get("/Contents") for note in notes):
        yield "28-012: a link has no words"


def _of_what_is_painted(page: Any) -> Iterator[str]:
    """Whatever is painted is content with a number, or decoration; neither within the other."""
    open_: list[str] = []
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        if operator in (b"BMC", b"BDC"):
            kind = _kind(operands, numbered=operator == b"BDC")
            if {kind, *open_} >= {"content", "decoration"}:
                yield "01-003: content and decoration stand within each other"
            open_.append(kind)
        elif operator == b"EMC":
            open_.pop()
        elif operator in PAINTS and not any(open_):
            yield f"01-005: {operator.decode()} is neither content nor decoration"


def _kind(operands: Any, *, numbered: bool) -> str:
    if operands[0] == "/Artifact":
        return "decoration"
    return "content" if numbered and "/MCID" in operands[1] else ""


def _of_a_font(name: str, font: Any) -> Iterator[str]:
    if "/ToUnicode" not in font:
        yield f"10-001: the letters of {name} cannot be read"
    for inner in font.get("/DescendantFonts", [font]):
        kept = inner.get_object().get("/FontDescriptor", {})
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(kept):
            yield f"31-009: {name} is not in the file"


def _marks(reader: PdfReader, elements: list[tuple[Any, Any]]) -> Iterator[str]:
    """Every numbered piece of content stands in one element, in the order it is painted."""
    places = ((page.indirect_reference, number) for number, page in enumerate(reader.pages, 1))
    pages = {place.idnum: number for place, number in places if place is not None}
    read = [mark for element, _ in elements for mark in _marks_of(element, pages)]
    painted = [
        (number, int(operands[1]["/MCID"]))
        for number, page in enumerate(reader.pages, start=1)
        for operands, operator in ContentStream(page.get_contents(), page.pdf).operations
        if operator == b"BDC" and "/MCID" in operands[1]
    ]
    times = Counter(read)
    for mark in painted:
        if times[mark] != 1:
            yield f"01-006: piece {mark} stands in {times[mark]} elements"
    if set(read) - set(painted):
        yield "01-006: an element holds a piece that no page has"


def _marks_of(element: Any, pages: dict[int, int]) -> Iterator[tuple[int, int]]:
    on = element.raw_get("/Pg").idnum if "/Pg" in element else 0
    for kid in _kids(element):
        if isinstance(kid, int):
            yield pages[on], int(kid)
        elif isinstance(kid, DictionaryObject) and kid.get("/Type") == "/MCR":
            mark: Any = kid["/MCID"]
            yield pages[kid.raw_get("/Pg").idnum if "/Pg" in kid else on], int(mark)


def _headings(elements: list[tuple[Any, Any]]) -> Iterator[str]:
    levels = [HEADINGS.index(e["/S"]) + 1 for e, _ in elements if e["/S"] in HEADINGS]
    if not levels or levels[0] != 1:
        yield "14-002: the first heading is not of the first level"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"14-003: a heading of level {after} follows one of level {before}"


def _of_an_element(element: Any, parent: Any) -> Iterator[str]:
    kind = element["/S"]
    if kind in WITHIN and (parent is None or parent["/S"] not in WITHIN[kind]):
        yield f"09-004: {kind} stands in {parent['/S'] if parent else 'nothing'}"
    if kind == "/Figure" and not (element.get("/Alt") or element.get("/ActualText")):
        yield "13-004: a picture has no words"
    if kind == "/TH" and "/Scope" not in element.get("/A", {}):
        yield "15-003: a heading cell does not say what it heads"
    if kind == "/Table":
        rows = [_width(row) for row, _ in _elements(element) if row["/S"] == "/TR"]
        if len(set(rows)) > 1:
            yield f"15-001: the rows of a table have {sorted(set(rows))} cells"


def _width(row: Any) -> int:
    """How many columns the cells of a row cover."""
    cells = [each for each in _kids(row) if isinstance(each, dict) and "/S" in each]
    return sum(int(cell.get("/A", {}).get("/ColSpan", 1)) for cell in cells)
