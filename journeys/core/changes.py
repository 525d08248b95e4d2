"""What changed so much that somebody should be told, judged by nothing but the told numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from journeys.core.suppression import range_of

Word = Literal["doubled", "halved"]


@dataclass(frozen=True)
class Change:
    """A count that at least doubled or halved in `week`, with what is told of both weeks."""

    word: Word
    week: str
    before: int | None
    after: int | None


def change_of(before: int | None, after: int | None) -> Word | None:
    """Whether it certainly doubled or halved, whatever the true numbers behind the told ones."""
    if after and after >= 2 * range_of(before)[1]:
        return "doubled"
    if before and before >= 2 * range_of(after)[1]:
        return "halved"
    return None


def newest_change(weeks: Sequence[str], told: Mapping[str, int | None]) -> Change | None:
    """The newest change among the last two pairs of weeks.

    `weeks` are in order and the last one still runs: it may have doubled already, and never
    counts as halved.
    """
    pairs = list(pairwise(weeks))[-2:]
    for earlier, later in reversed(pairs):
        before, after = told.get(earlier), told.get(later)
        word = change_of(before, after)
        if word and not (word == "halved" and later == weeks[-1]):
            return Change(word, later, before, after)
    return None
