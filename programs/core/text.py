"""Typed or pasted text made plain, without changing what it says."""

import unicodedata

_INVISIBLE = dict.fromkeys(
    map(ord, "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060"
             "\u2066\u2067\u2068\u2069\ufeff")
)  # fmt: skip
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_PLAIN = {**_INVISIBLE, **_FULL_WIDTH, **_APOSTROPHES}


def one_line(text: str) -> str:
    """Give the text on one line: accents composed, every kind of space a plain one, trimmed,
    full-width letters and digits plain, invisible direction marks and control characters gone.
    """
    return " ".join(_without_controls(text.translate(_PLAIN)).split())


def lines(text: str) -> str:
    """As ``one_line`` on each line, keeping the lines."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip()


def code_like(text: str) -> str:
    """As ``one_line``, with digits of any script as 0-9 and every dash a hyphen."""
    plain = one_line(text).translate(_DASHES)
    return "".join(_ascii_digit(character) for character in plain)


def shown(text: object, length: int = 40) -> str:
    """Quote what was typed, short enough to stand in a sentence."""
    plain = one_line(str(text))
    return f"“{plain if len(plain) <= length else plain[:length] + '…'}”"


def _ascii_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


class _Kept(dict[int, int | None]):
    """What becomes of each character, worked out when it is first met."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        kept: int | None = code
        if character.isspace():
            kept = ord(" ")
        elif unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
            kept = None
        self[code] = kept
        return kept


_KEPT = _Kept()


def _without_controls(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_KEPT)
