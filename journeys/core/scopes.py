"""What a partner's key may be used for: "reports.write", or "reports.write:veltrana" for one
program only."""

from collections.abc import Iterable

REPORTS_WRITE = "reports.write"
STATUS_READ = "status.read"
PREFILL_WRITE = "prefill.write"


def allows(held: Iterable[str], name: str) -> bool:
    """Whether the scopes held let their holder do this for one program at least."""
    return any(scope.partition(":")[0] == name for scope in held)


def covers(held: Iterable[str], asked: str) -> bool:
    """Whether whoever holds these scopes may be given the one asked for."""
    own = set(held)
    return asked in own or asked.partition(":")[0] in own


def programs(held: Iterable[str], name: str) -> tuple[str, ...]:
    """The programs, by key, that it is limited to; empty where it is not limited."""
    own = [scope.partition(":") for scope in held]
    limits = [program for scope, _colon, program in own if scope == name]
    return () if "" in limits else tuple(sorted(limits))
