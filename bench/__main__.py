"""`python -m bench [row …]`: measure everything, or only what the named rows need."""

import argparse
import os
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from bench import results, start
from bench.results import Row, Unmeasured
from bench.world import MILLION, World, bench_folder, open_world
from config.runner import paths
from config.runner.errors import AlreadyRunningError, StartError
from config.runner.processes import finish

STARTS = ("cold_start_s", "warm_start_s", "stop_s")
# Rows by the module that measures them; it is imported once Django is set up.
IN_WORLD = {
    "pages": (
        "hello_per_s",
        "timeline_per_s",
        "timeline_p50_ms",
        "timeline_p95_ms",
        "timeline_cpu_ms",
    ),
    "form": ("section_p50_ms", "section_p95_ms", "validate_p95_ms"),
    "inputs": (
        "inputs_new_patient",
        "seconds_new_patient",
        "inputs_second_program",
        "typed_second_program",
        "inputs_two_at_once",
    ),
    "review": ("accept_actions", "return_three_fields_actions"),
    "codes": ("icd_search_p95_ms",),
    "submission": ("submission_p50_ms", "submission_p95_ms"),
    "packet": ("packet_pdf_p95_ms",),
    "studio": ("cohort_1000_s", "import_800_items_s", "section_of_800_p95_ms"),
    "likeness": ("duplicate_precision", "duplicate_recall"),
    "prefill": ("pa_prefill_share",),
    "delivery": ("first_attempt_ms",),
    "deliveries": ("deliveries_per_s", "drain_10k_growth"),
    "inbound": ("inbound_per_s", "inbound_p95_ms", "inbound_batch_per_s"),
    "journeys": ("evaluate_ms", "record_per_s"),
    "live": ("live_p50_ms", "live_p95_ms"),
    "scale": (
        "worklist_p95_ms_10k",
        "journeys_p95_ms_10k",
        "timeline_p95_ms_10k",
        "due_sweep_s_10k",
    ),
}
# Asked for by name only: loading a million journeys takes minutes, and 40 GB of disk.
LARGE = {
    "large": (
        "worklist_p95_ms_1m",
        "worklist_growth",
        "journeys_p95_ms_1m",
        "timeline_p95_ms_1m",
        "timeline_growth",
        "due_sweep_s_1m",
    ),
    "counts": ("funnel_p95_ms_1m", "projection_lag_s"),
    "likeness_large": ("duplicate_search_p95_ms_1m",),
    "queue": ("queue_p95_ms",),
}
# What the journeys are judged by besides; measured before they are a million.
BESIDE_LARGE = ("evaluate_ms", "record_per_s", "live_p50_ms", "live_p95_ms", "timeline_per_s")
NAMES = (*STARTS, *(name for names in IN_WORLD.values() for name in names))
LARGE_NAMES = tuple(name for names in LARGE.values() for name in names)


def measured(
    wanted: Sequence[str], folder: Path, failures: list[str], *, journeys: int = MILLION
) -> Iterator[Row]:
    """The rows, one after the other; what cannot be measured goes to `failures` instead."""
    if set(STARTS) & set(wanted):
        yield from _attempted("make run", start.measure(folder), failures)
    there = {**IN_WORLD, **LARGE}
    modules = [module for module, names in there.items() if set(names) & set(wanted)]
    if modules:
        rows = _in_world(modules, folder, failures, journeys)
        yield from _attempted("a world", rows, failures)


def _in_world(
    modules: Sequence[str], folder: Path, failures: list[str], journeys: int
) -> Iterator[Row]:
    with open_world(folder, journeys=journeys) as world:
        for module in modules:
            yield from _attempted(module, _rows_of(module, world), failures)


def _rows_of(module: str, world: World) -> Iterator[Row]:
    yield from import_module(f"bench.{module}").measure(world)


def _attempted(what: str, rows: Iterator[Row], failures: list[str]) -> Iterator[Row]:
    began = time.monotonic()
    print(f"· Measuring {what} …", file=sys.stderr, flush=True)
    try:
        yield from rows
    except (Unmeasured, StartError) as error:
        failures.append(f"Not measured: {what}. {error}")
    except Exception:
        # A fault in one measurement leaves the others their numbers.
        failures.append(f"Not measured: {what}.\n{traceback.format_exc()}")
    print(f"  {what} took {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def main() -> int:
    """Print the table; 1 when a row could not be measured."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "rows", nargs="*", metavar="row", help=f"any of {', '.join((*NAMES, *LARGE_NAMES))}"
    )
    parser.add_argument("--large", action="store_true", help="only the rows of a million journeys")
    parser.add_argument(
        "--journeys", type=int, default=MILLION, help="load so many instead of a million"
    )
    asked_for = parser.parse_args()
    large = (*BESIDE_LARGE, *LARGE_NAMES)
    wanted = asked_for.rows or (large if asked_for.large else NAMES)
    if unknown := sorted(set(wanted) - {*NAMES, *LARGE_NAMES}):
        parser.error(f"no such row: {', '.join(unknown)}")
    on, at = results.machine(), datetime.now(UTC).isoformat(timespec="seconds")
    failures: list[str] = []
    try:
        with bench_folder() as folder:
            rows = list(measured(wanted, folder, failures, journeys=asked_for.journeys))
    except AlreadyRunningError as error:
        print(f"Only one bench at a time: {error.note}.", file=sys.stderr)
        return 1
    asked = ["git", "describe", "--always", "--dirty"]
    commit = finish(asked, env=os.environ, folder=paths.ROOT).stdout.strip()
    results.keep(rows, at=at, commit=commit, on=on)
    print(f"\n{results.table(rows)}\n\n{at}, {commit}, {on}", flush=True)
    print("\n".join(failures), file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
