"""A moment that is told on a clock that is put forward in spring and back in autumn."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.utils import timezone

from accounts.forms.moments import MomentField


@pytest.fixture(autouse=True)
def _new_york() -> Iterator[None]:
    with timezone.override(ZoneInfo("America/New_York")):
        yield


def read(told: str, *, now: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What was told, in UTC."""
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat(now))
    moment = MomentField().clean(told)
    assert isinstance(moment, datetime)
    return moment.astimezone(ZoneInfo("UTC")).strftime("%b %d %H:%M")


@pytest.mark.parametrize(
    ("now", "told", "meant"),
    [
        ("2026-11-01T06:40:00+00:00", "2026-11-01T01:30", "Nov 01 06:30"),
        ("2026-11-01T06:10:00+00:00", "2026-11-01T01:30", "Nov 01 05:30"),
        ("2026-11-03T15:00:00+00:00", "2026-11-01T01:30:00", "Nov 01 06:30"),
        ("2026-11-01T06:40:00+00:00", "2026-11-01T00:30", "Nov 01 04:30"),
        ("2026-11-01T06:40:00+00:00", "2026-11-01T02:30", "Nov 01 07:30"),
    ],
)
def test_an_hour_that_the_clock_shows_twice_is_the_latest_that_has_been(
    now: str, told: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(told, now=now, monkeypatch=monkeypatch) == meant


@pytest.mark.parametrize("told", ["2026-03-08T02:30", "yesterday"])
def test_an_hour_that_never_was_is_refused(told: str) -> None:
    with pytest.raises(forms.ValidationError):
        MomentField().clean(told)
