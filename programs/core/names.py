"""Whether two ways of writing a name are of the same person or organization."""

import unicodedata

_TITLES = frozenset(
    ["dr", "md", "do", "np", "pa", "cns", "phd", "rn", "jr", "sr", "ii", "iii", "iv"]
)
_FORMS = frozenset(
    ["the", "of", "and", "inc", "llc", "llp", "pc", "pllc", "pa", "corp", "co", "ltd", "group"]
)


def same_person(one: str, other: str) -> bool:
    """Whether both have the same last name and first names that agree as far as they go."""
    first, second = _words(one, _TITLES), _words(other, _TITLES)
    if not first or not second:
        return True
    return first[-1] == second[-1] and _begins(first[0], second[0])


def same_organization(one: str, other: str) -> bool:
    """Whether the words of the shorter name, without legal forms, stand in the longer one."""
    first, second = set(_words(one, _FORMS)), set(_words(other, _FORMS))
    return first <= second or second <= first


def _begins(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter)


def _words(name: str, left_out: frozenset[str]) -> list[str]:
    plain = unicodedata.normalize("NFKD", name).casefold().replace("'", "")
    # "Okafor, Maya" is Maya Okafor.
    last, comma, first = plain.partition(",")
    turned = f"{first} {last}" if comma and set(_split(first)) - left_out else plain
    return [word for word in _split(turned) if word not in left_out]


def _split(text: str) -> list[str]:
    cleaned = "".join(
        character if character.isalnum() else " "
        for character in text
        if not unicodedata.combining(character)
    )
    return cleaned.split()
