"""What was measured: one row per number, as a table to read and as JSON to compare."""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.runner import paths

LATEST = paths.ROOT / "bench" / "latest.json"
HEADINGS = ("name", "value", "unit", "floor", "ratio", "runs", "how much they differ")


class Unmeasured(RuntimeError):
    """A number could not be had; the text says why."""


@dataclass(frozen=True)
class Row:
    """The median of `runs`, beside `floor`: what the same machine takes for the bare minimum."""

    name: str
    unit: str
    runs: Sequence[float]
    floor: float | None = None

    @property
    def value(self) -> float:
        return statistics.median(self.runs)

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def spread(self) -> float:
        """How far apart the runs are, as a share of the median: a busy machine shows here."""
        return (max(self.runs) - min(self.runs)) / self.value if self.value else 0.0


def percentile(values: Iterable[float], share: float) -> float:
    """The value that so large a share (0 to 1) of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table with aligned columns."""
    lines = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        _number(row.value),
        row.unit,
        "" if row.floor is None else _number(row.floor),
        "" if row.ratio is None else f"{row.ratio:.3g}",
        str(len(row.runs)),
        f"{row.spread:.0%}" if len(row.runs) > 1 else "",
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> dict[str, str]:
    """What the numbers were taken on, and how busy it was before anything began."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GiB",
        "processor": _processor(),
        "python": platform.python_version(),
        "load_before": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def keep(rows: Iterable[Row], *, at: str, commit: str, on: dict[str, str]) -> None:
    """Write bench/latest.json."""
    numbers = {
        row.name: {
            "value": row.value,
            "unit": row.unit,
            "floor": row.floor,
            "ratio": row.ratio,
            "runs": list(row.runs),
        }
        for row in rows
    }
    content = {"at": at, "commit": commit, "machine": on, "rows": numbers}
    LATEST.write_text(json.dumps(content, indent=2) + "\n")
