"""How fast a diagnosis is found while somebody types."""

import time
from collections.abc import Iterator

from bench.results import Row, percentile
from bench.world import World
from programs.definitions import load_definitions
from programs.domain.queries.diagnoses import search

# What offices type: words, abbreviated words, codes with and without a point, and each of them
# as it grows from its second letter on.
TYPED = (
    "rheumatoid arthritis",
    "rheum arth mult",
    "crohns disease",
    "ulcerative colitis",
    "psoriatic arth",
    "multiple sclerosis",
    "severe persistent asthma",
    "atopic dermatitis",
    "type 2 diabetes macular edema",
    "fracture left femur",
    "malignant neoplasm upper lobe",
    "parkinsons",
    "pain in hip",
    "obstructive sleep apnea",
    "M05.79",
    "m0579",
    "K50.90",
    "J45",
    "S72.002A",
    "E11.351",
)
ROUNDS = 3


def measure(world: World) -> Iterator[Row]:
    """`icd_search_p95_ms`: finding the diagnoses for what was typed so far, among the whole
    ICD-10-CM table, by code or words, with a program's own first; server time without the request
    around it. Every typed text is asked for letter by letter, as the entry control does.
    """
    listed = [each.code for each in load_definitions()["veltrana"].indications]
    asked = [text[:end] for text in TYPED for end in range(2, len(text) + 1)]
    for text in asked:
        search(text, listed=listed)
    runs = []
    for _ in range(ROUNDS):
        times = [_ms(text, listed) for text in asked]
        runs.append(percentile(times, 0.95))
    yield Row("icd_search_p95_ms", "ms", runs)


def _ms(text: str, listed: list[str]) -> float:
    began = time.perf_counter()
    search(text, listed=listed)
    return (time.perf_counter() - began) * 1000
