"""How many years of school an English text asks of its reader."""

import re

_VOWELS = re.compile(r"[aeiouy]+")


def grade(text: str) -> float:
    """Flesch-Kincaid grade level of an English text; 0 for one without words."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = [part for part in re.split(r"[.!?:;\n]+", text) if re.search(r"[A-Za-z]", part)]
    if not words:
        return 0.0
    syllables = sum(_syllables(word.lower()) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    count = len(_VOWELS.findall(word))
    silent_end = word.endswith("e") and not word.endswith("le") and count > 1
    return max(1, count - silent_end)
