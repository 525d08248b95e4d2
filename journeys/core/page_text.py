"""The little of Markdown that our own pages for engineers are written in, as blocks to lay out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

FENCE = "```"
_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)]+)\)")
_ITEM = re.compile(r"(?:- |\d+\. )")
_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Span:
    """Some text in a line; `href` where it is a link."""

    kind: Literal["text", "code", "strong", "link"]
    text: str
    href: str = ""


Line = Sequence[Span]


@dataclass(frozen=True, slots=True)
class Block:
    """One block: a heading (with an id to link to), text, code, a list or a table."""

    kind: Literal["title", "heading", "text", "code", "list", "numbers", "table"]
    spans: Line = ()
    text: str = ""
    id: str = ""
    items: Sequence[Line] = ()
    rows: Sequence[Sequence[Line]] = field(default=())

    @property
    def head(self) -> Sequence[Line]:
        """The first row of a table."""
        return self.rows[0]


def blocks(text: str) -> list[Block]:
    """A page's blocks, in its order."""
    return list(_blocks(text.splitlines()))


def spans(text: str) -> list[Span]:
    """A line's parts."""
    found, at = [], 0
    for match in _INLINE.finditer(text):
        if match.start() > at:
            found.append(Span("text", text[at : match.start()]))
        code, strong, label, href = match.groups()
        if code:
            found.append(Span("code", code))
        elif strong:
            found.append(Span("strong", strong.replace("`", "")))
        else:
            found.append(Span("link", label.replace("`", ""), href))
        at = match.end()
    if text[at:]:
        found.append(Span("text", text[at:]))
    return found


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        end = _end(lines, at)
        chunk = lines[at:end]
        if chunk[0].startswith(FENCE):
            yield Block("code", text="\n".join(chunk[1:-1]))
        elif chunk[0]:
            yield _block(chunk)
        at = end


def _end(lines: Sequence[str], at: int) -> int:
    """Where the block that begins here ends."""
    fenced = lines[at].startswith(FENCE)
    end = at + 1
    if not lines[at]:
        return end
    while end < len(lines):
        if fenced and lines[end].startswith(FENCE):
            return end + 1
        if not fenced and (not lines[end] or lines[end].startswith(FENCE)):
            return end
        end += 1
    return end


def _block(chunk: Sequence[str]) -> Block:
    first = chunk[0]
    if first.startswith("#"):
        words = first.lstrip("# ")
        name = _ID.sub("-", words.lower()).strip("-")
        return Block("title" if first.startswith("# ") else "heading", spans(words), id=name)
    if first.startswith("|"):
        rows = [row.strip("| ").split(" | ") for row in (chunk[0], *chunk[2:])]
        return Block("table", rows=[[spans(cell.strip(" |")) for cell in row] for row in rows])
    if _ITEM.match(first):
        kind: Literal["list", "numbers"] = "list" if first.startswith("- ") else "numbers"
        return Block(kind, items=[spans(item) for item in _items(chunk)])
    return Block("text", spans(" ".join(chunk)))


def _items(chunk: Sequence[str]) -> Iterator[str]:
    item = ""
    for line in chunk:
        if _ITEM.match(line):
            if item:
                yield item
            item = _ITEM.sub("", line, count=1)
        else:
            item += f" {line.strip()}"
    yield item
