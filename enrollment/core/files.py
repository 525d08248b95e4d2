"""A paper that somebody attaches: its limits, its name, and what is known once it was read."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field

MEGABYTE = 1_000_000
LARGEST_BYTES = 10 * MEGABYTE
MOST_PAGES = 50
MOST_DOCUMENTS = 20
"""On one enrollment, the pictures of the insurance card among them."""
LONGEST_TITLE = 80

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


class Unfit(ValueError):
    """A file that is not kept; the message is a sentence for whoever chose it."""


@dataclass(frozen=True)
class CheckedFile:
    """A file that was read, page by page, and found to be what its bytes say it is.

    ``body`` is what is kept: a picture written anew, a PDF as it came. ``pictures`` are its
    pages as JPEG, drawn by us. Only ``enrollment.documents.reading`` makes one of a stranger's
    bytes.
    """

    content_type: str
    body: bytes = field(repr=False)
    pictures: tuple[bytes, ...] = field(repr=False)

    @property
    def pages(self) -> int:
        return len(self.pictures)

    @property
    def sha256(self) -> str:
        """Of the bytes that are kept, in hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()


def pages_of(written: str) -> tuple[int, ...]:
    """The pages that somebody names, "2-3, 5", in their order; nothing named means no page.

    Raises Unfit.
    """
    found: set[int] = set()
    for part in filter(None, (each.strip() for each in written.split(","))):
        named = re.fullmatch(r"([0-9]{1,3})(?:\s*[-\u2013]\s*([0-9]{1,3}))?", part)
        first, last = (int(each or named[1]) for each in named.groups()) if named else (0, 0)
        if not 1 <= first <= last <= MOST_PAGES:
            raise Unfit(f"Write pages as 2 or 2-3, up to {MOST_PAGES}.")
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def plain_title(name: str) -> str:
    """A file's name as a title: no folder, no ending, no character that is not seen.

    Nothing is ever stored or opened under this name.
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", last))
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", " ".join(seen.split())).strip(" .")
    return stem[:LONGEST_TITLE].strip()


def download_name(title: str, content_type: str) -> str:
    """What a downloaded file is called: plain ASCII, with the ending of what it is."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")
    return f"{stem or 'document'}.{EXTENSIONS[content_type]}"
