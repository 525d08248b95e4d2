"""Every model is owned by one organization, shared by parties, or listed here with a reason."""

from collections.abc import Iterable, Mapping

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps

from accounts.phi import EncryptedField, EncryptedTextField
from accounts.tenancy import OwnedManager, PartyModel, TenantModel

OURS = ("accounts", "programs", "journeys", "enrollment")

OPEN_MODELS = {
    "accounts.User": "a person signs in before any organization is known",
    "accounts.Organization": "parties name each other; nothing on it is about a patient",
    "accounts.Membership": "read at each request to find out for whom a person acts",
    "journeys.KeptGraph": "the steps of a program's journeys, about nobody",
    "journeys.LagMark": "one moment, about nobody",
    "journeys.ProgramPace": "how long a program's steps took, counted over very many",
    "programs.DiagnosisCode": "a public table, the same for everybody",
    "programs.DiagnosisRelease": "a public table, the same for everybody",
    "programs.NpiRecord": "a public registry, the same for everybody",
    "programs.Program": "every practice may read what programs there are",
    "programs.ProgramVersion": "every practice may read what a published program asks",
}


def our_models() -> list[type[models.Model]]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def is_walled(model: type[models.Model]) -> bool:
    """Whether its manager refuses a query while nobody acts."""
    return issubclass(model, TenantModel | PartyModel) or isinstance(
        getattr(model, "objects", None), OwnedManager
    )


def faults(found: Iterable[type[models.Model]], listed_open: Mapping[str, str]) -> list[str]:
    """Models that say nothing of whose rows they hold, and PHI that stands outside the wall."""
    told = []
    for model in found:
        label, walled = model._meta.label, is_walled(model)
        if not walled and label not in listed_open:
            told.append(f"{label} does not say whose rows it holds")
        if walled and label in listed_open:
            told.append(f"{label} is listed as open, and is not")
        encrypted = any(isinstance(field, EncryptedField) for field in model._meta.get_fields())
        if encrypted and not walled:
            told.append(f"{label} holds PHI outside the wall")
    return told


def test_every_model_says_whose_rows_it_holds() -> None:
    found = our_models()
    assert faults(found, OPEN_MODELS) == []
    assert set(OPEN_MODELS) <= {model._meta.label for model in found}


@isolate_apps("journeys")
def test_a_model_without_a_wall_is_reported() -> None:
    class Note(models.Model):  # noqa: DJ008  # never shown
        text = EncryptedTextField()

        class Meta:
            app_label = "journeys"

    assert faults([Note], {}) == [
        "journeys.Note does not say whose rows it holds",
        "journeys.Note holds PHI outside the wall",
    ]


@isolate_apps("journeys")
def test_a_model_that_is_listed_as_open_and_is_not_is_reported() -> None:
    class Note(TenantModel):
        class Meta:
            app_label = "journeys"

    assert faults([Note], {"journeys.Note": "it was open once"}) == [
        "journeys.Note is listed as open, and is not"
    ]


@pytest.mark.asvs("8.4.1")
@pytest.mark.django_db
def test_postgresql_repeats_the_wall_of_every_walled_model() -> None:
    walled = {m._meta.db_table for m in our_models() if m._meta.label not in OPEN_MODELS}
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c join pg_policy p on p.polrelid = c.oid"
            " where c.relrowsecurity"
        )
        assert {name for (name,) in cursor.fetchall()} == walled


@pytest.mark.asvs("8.4.1")
@pytest.mark.django_db
def test_the_site_connects_as_a_role_that_owns_nothing_and_bypasses_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolsuper or rolbypassrls,"
            " exists (select from pg_class where relowner = r.oid)"
            " from pg_roles r where rolname = current_user"
        )
        assert cursor.fetchone() == (False, False)
