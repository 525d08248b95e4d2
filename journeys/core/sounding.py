"""How text is folded so that what reads or sounds alike compares alike."""

import re
import unicodedata

# In this order: letters that English and Spanish names write in several ways for one sound.
_SOUNDS = (
    *(("sch", "sk"), ("tch", "ch"), ("ph", "f"), ("gh", "g"), ("kn", "n"), ("wr", "r")),
    *(("mc", "mak"), ("ck", "k"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("ch", "x")),
    *(("sh", "x"), ("c", "k"), ("q", "k"), ("z", "s"), ("v", "f"), ("j", "g")),
)
# What follows a family name and is no part of it.
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


def letters(text: str) -> str:
    """Letters alone, small, without accents: "Núñez-Ríos" as "nunez rios"."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(" " if c == "-" else c for c in folded if c.isalpha() or c in " -")
    words = [word for word in plain.split() if word not in _SUFFIXES]
    return " ".join(words)


def characters(text: str) -> str:
    """Digits and letters alone, as numbers are compared."""
    return "".join(c for c in text.upper() if c.isalnum())


def sound(name: str) -> str:
    """What a folded name sounds like: consonants in their order, each once in a row."""
    heard = name.replace(" ", "")
    for written, meant in _SOUNDS:
        heard = heard.replace(written, meant)
    first = "a" if heard[:1] in "aeiouhwy" else heard[:1]
    rest = "".join(c for c in heard[1:] if c not in "aeiouhwy")
    return re.sub(r"(.)\1+", r"\1", first + rest)


def slipped(one: str, other: str) -> bool:
    """Whether two neighboring characters changed places, or a single one is another.

    Also one character more or less; the same text has not slipped.
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    apart = [at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    return len(apart) == 1 or transposed(one, other)


def transposed(one: str, other: str) -> bool:
    """Whether two neighboring characters changed places."""
    if len(one) != len(other):
        return False
    apart = [at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    return (
        len(apart) == 2
        and apart[1] == apart[0] + 1
        and one[apart[0]] == other[apart[1]]
        and one[apart[1]] == other[apart[0]]
    )
