"""When a partner is taken to be down, and how often and how long it is asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# So many failures in a row, and nothing more is sent but one delivery at a time, to ask.
OPENS_AFTER = 5
FIRST_PROBE = timedelta(seconds=10)
LONGEST_PROBE = timedelta(minutes=2)
# A partner that was down so long is given up, and people are told: the length of the ladder.
GIVEN_UP_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Circuit:
    """How sending to one endpoint goes: failures in a row, since when, and until when it rests."""

    failures: int = 0
    failing_since: datetime | None = None
    quiet_until: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether the partner is taken to be down."""
        return self.failures >= OPENS_AFTER

    def given_up(self, now: datetime) -> bool:
        """Whether it has been down too long to go on asking."""
        return (
            self.open
            and self.failing_since is not None
            and now - self.failing_since >= GIVEN_UP_AFTER
        )

    def probing(self, now: datetime) -> "Circuit":
        """While one delivery asks, no other does."""
        return Circuit(self.failures, self.failing_since, now + probe_wait(self.failures))

    def after(
        self, failures: int, *, now: datetime, retry_after: timedelta | None = None
    ) -> "Circuit":
        """After further failures in a row; a wait the partner asked for holds for all it gets."""
        count = self.failures + failures
        if not self.open:
            # What failed side by side is one finding, not many: asking begins at its first wait.
            count = min(count, OPENS_AFTER)
        since = self.failing_since or now
        waits = [wait for wait in (retry_after,) if wait]
        if count >= OPENS_AFTER:
            waits.append(probe_wait(count))
        return Circuit(count, since, now + max(waits) if waits else None)


def probe_wait(failures: int) -> timedelta:
    """How long to wait before a partner that is down is asked again, after so many failures."""
    beyond = min(max(0, failures - OPENS_AFTER), 8)
    return min(FIRST_PROBE * (1 << beyond), LONGEST_PROBE)
