"""Tables as files that a spreadsheet opens: RFC 4180, and no cell that runs as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

# What makes a spreadsheet take a cell for a formula, or a cell begin a new one.
RISKY_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """The text, marked as plain text where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(RISKY_STARTS) else text


def csv_of(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """One table as CSV with CRLF line ends, every cell safe to open."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()
