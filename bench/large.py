"""The same as `scale`, among a million journeys and twenty million events: minutes to load.

`make bench-large ARGS="--journeys 100000"` loads fewer, to try it out: the rows keep their names.
"""

import sys
import time
from collections.abc import Iterator

from django.utils import timezone

from bench.filling import careless
from bench.results import Row
from bench.scale import SMALL, Scaled
from bench.world import World


def measure(world: World) -> Iterator[Row]:
    """`worklist_p95_ms_1m`, `journeys_p95_ms_1m`, `timeline_p95_ms_1m`, `due_sweep_s_1m`: as
    their rows of `scale`, in a world of a million journeys with 20 events each and a thousand
    practices; the agent's hub has 25,000 of them, 1,250 open. `worklist_growth`,
    `timeline_growth`: how many times as long as in the same world when it had ten thousand.
    """
    scaled = Scaled(world, now=timezone.now())
    scaled.grow_to(SMALL)
    small = scaled.times()
    began = time.monotonic()
    with careless(world):
        scaled.grow_to(world.journeys)
    took = time.monotonic() - began
    print(f"  {world.journeys:,} journeys were loaded in {took:.0f} s", file=sys.stderr, flush=True)
    large = scaled.times()
    yield Row("worklist_p95_ms_1m", "ms", [large.worklist], floor=small.worklist)
    yield Row("worklist_growth", "times", [large.worklist / small.worklist])
    yield Row("journeys_p95_ms_1m", "ms", [large.journeys], floor=small.journeys)
    yield Row("timeline_p95_ms_1m", "ms", [large.timeline], floor=small.timeline)
    yield Row("timeline_growth", "times", [large.timeline / small.timeline])
    yield Row("due_sweep_s_1m", "s", [large.sweep], floor=small.sweep)
