"""What people type is shown as they typed it: nowhere does it become a part of the page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models, transaction
from pytest_django import DjangoDbBlocker

from accounts.models import Organization
from accounts.tenancy import every_tenant
from enrollment.models import Coverage, Document, Enrollment, Patient, PracticeProfile, Prescriber
from journeys.models import HandedDocument, Journey
from tests.security.test_looking import Look, looks
from tests.security.world import World

pytestmark = pytest.mark.django_db

MARKUP = "\"'><svg onload=alert(1)>"
RAW = re.compile(r"<svg onload", re.IGNORECASE)
SHOWN = "&lt;svg onload=alert(1)&gt;"


def marked(value: Any) -> Any:
    """Every text a person types, with markup behind it; lists and boxes stay."""
    if isinstance(value, dict):
        return {key: marked(each) for key, each in value.items()}
    return f"{value}{MARKUP}" if isinstance(value, str) else value


def mark(row: models.Model, *names: str) -> None:
    for name in names:
        setattr(row, name, marked(getattr(row, name)))
    row.save(update_fields=list(names))


@pytest.fixture(scope="module")
def hostile(world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The same world, where everything that people type ends in markup."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        every_tenant(reason="the test plays people who type markup"),
    ):
        point = transaction.savepoint()
        _mark_all()
        yield world
        transaction.savepoint_rollback(point)


def _mark_all() -> None:
    texts = {
        Patient: ("details",),
        Coverage: ("details",),
        PracticeProfile: ("details",),
        Prescriber: ("details",),
        Document: ("title",),
        HandedDocument: ("title",),
        Enrollment: ("answers",),
        Journey: ("patient_name", "prescriber_name"),
        Organization: ("name",),
    }
    for model, names in texts.items():
        for row in model._default_manager.all():
            mark(row, *names)


@pytest.fixture(scope="module")
def seen(hostile: World) -> list[Look]:
    return list(looks(hostile))


@pytest.mark.asvs("1.2.1", "3.2.2")
def test_markup_that_somebody_typed_is_words_on_every_page(seen: list[Look]) -> None:
    pages = [look for look in seen if look.answer.get("Content-Type", "").startswith("text/html")]
    assert [look.named for look in pages if RAW.search(look.text)] == []
    assert max(look.answer.status_code for look in seen) < 500


def test_the_pages_did_show_what_was_typed(seen: list[Look]) -> None:
    shown = {look.page for look in seen if SHOWN in look.text}
    assert len(shown) > 15, sorted(shown)
