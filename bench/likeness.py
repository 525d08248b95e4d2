"""How well and how fast a patient enrolled twice is found."""

from collections import defaultdict
from collections.abc import Iterator

from bench.people_twice import Register, register
from bench.results import Row
from bench.world import World
from journeys.core.sameness import likeness_of
from journeys.core.sameness_keys import kept_under, looked_for

PEOPLE = 4_000
SEEDS = (11, 12, 13)


def measure(world: World) -> Iterator[Row]:
    """`duplicate_precision`, `duplicate_recall`: in made-up registers of 4,000 people of whom a
    quarter stand twice and a fifth beside a twin or namesake, the share of the pairs shown that
    are one person, and the share of the true pairs that are shown. Searched by keys and scored as
    in the product; only who shares a key is compared.
    """
    found = [shares(register(PEOPLE, seed=seed)) for seed in SEEDS]
    yield Row("duplicate_precision", "share", [precision for precision, _recall in found])
    yield Row("duplicate_recall", "share", [recall for _precision, recall in found])


def shares(told: Register) -> tuple[float, float]:
    """Precision and recall, each from 0 to 1."""
    shown = {pair for pair in _near(told) if _likely(told, pair)}
    right = len(shown & told.same)
    return right / len(shown), right / len(told.same)


def _likely(told: Register, pair: tuple[int, int]) -> bool:
    return likeness_of(told.entries[pair[0]], told.entries[pair[1]]).likely


def _near(told: Register) -> set[tuple[int, int]]:
    """Who is found by whom: the later entry looks, as an enrollment that comes in does."""
    kept: dict[str, list[int]] = defaultdict(list)
    found = set()
    for place, traits in enumerate(told.entries):
        found |= {(other, place) for text in looked_for(traits) for other in kept[text]}
        for text in kept_under(traits):
            kept[text].append(place)
    return found
