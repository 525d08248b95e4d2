"""Every model is owned by one organization, shared by parties, or listed here with a reason."""

import pytest
from django.apps import apps
from django.db import connection, models

from accounts.phi import EncryptedField
from accounts.tenancy import OwnedManager, PartyModel, TenantModel

OURS = ("accounts", "programs", "journeys", "enrollment")

OPEN_MODELS = {
    "accounts.User": "a person signs in before any organization is known",
    "accounts.Organization": "parties name each other; nothing on it is about a patient",
    "accounts.Membership": "read at each request to find out for whom a person acts",
    "programs.Program": "every practice may read what programs there are",
    "programs.ProgramVersion": "every practice may read what a published program asks",
}


def our_models() -> list[type[models.Model]]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_model_says_whose_rows_it_holds(model: type[models.Model]) -> None:
    walled = issubclass(model, TenantModel | PartyModel) or isinstance(model.objects, OwnedManager)  # type: ignore[attr-defined]  # every concrete model has it
    assert walled != (model._meta.label in OPEN_MODELS)


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_encrypted_columns_stand_only_on_walled_models(model: type[models.Model]) -> None:
    encrypted = any(isinstance(field, EncryptedField) for field in model._meta.get_fields())
    assert not encrypted or issubclass(model, TenantModel | PartyModel)


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
