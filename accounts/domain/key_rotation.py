"""Encrypts PHI again, under the ring's current key, so that an old key can be retired."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models.expressions import RawSQL

from accounts import audit
from accounts.core.envelope import Unreadable
from accounts.phi import EncryptedBytesField, EncryptedField, key_ring
from accounts.tenancy import every_tenant

BATCH = 200
# Rows that hold whole files: 10 MB each.
BATCH_OF_FILES = 5


@dataclass(frozen=True)
class Rotated:
    """What happened to one model's rows."""

    model: str
    rotated: int
    unreadable: int


def encrypted_columns(model: type[models.Model]) -> list[str]:
    return [f.attname for f in model._meta.concrete_fields if isinstance(f, EncryptedField)]


def rotate_all() -> Iterator[Rotated]:
    """Rotate every model that has encrypted columns.

    Each batch commits by itself, and only rows under another key are looked at: a run that was
    stopped goes on where it was. The audit of each organization keeps how many rows it had.
    """
    for model in apps.get_models():
        if encrypted_columns(model):
            yield rotate(model)


def rotate(model: type[models.Model]) -> Rotated:
    """Encrypt a model's rows under the current key; a row that no key opens is left and counted."""
    rotated: Counter[UUID] = Counter()
    unreadable, last = 0, UUID(int=0)
    while True:
        with every_tenant(reason="keys are rotated for everybody's rows"):
            rows = _stale_rows(model, after=last)
            for row in rows:
                if _seal_again(row):
                    rotated[row.organization_id] += 1
                else:
                    unreadable += 1
        if not rows:
            break
        last = rows[-1].pk
    _remember(model, rotated)
    return Rotated(model._meta.label, rotated.total(), unreadable)


def _stale_rows(model: type[models.Model], *, after: UUID) -> list[Any]:
    """The next rows, locked, that have a column under another key than the current one."""
    columns = encrypted_columns(model)
    # An envelope names its key: version, length of the name, name.
    other = " or ".join(
        f'substring("{column}" from 3 for get_byte("{column}", 1)) <> %s' for column in columns
    )
    is_stale = RawSQL(  # noqa: S611  # column names are our own fields'
        f"coalesce({other}, false)",
        [key_ring().current.encode()] * len(columns),
        output_field=models.BooleanField(),
    )
    found = model._default_manager.only("pk", "organization_id", *columns)
    found = found.filter(is_stale, pk__gt=after).order_by("pk").select_for_update()
    files = any(isinstance(f, EncryptedBytesField) for f in model._meta.concrete_fields)
    return list(found[: BATCH_OF_FILES if files else BATCH])


def _seal_again(row: models.Model) -> bool:
    columns = encrypted_columns(type(row))
    try:
        for column in columns:
            # Reading opens the value; saving seals it under the current key.
            getattr(row, column)
    except Unreadable:
        return False
    row.save(update_fields=columns)
    return True


def _remember(model: type[models.Model], rotated: Counter[UUID]) -> None:
    with every_tenant(reason="keys are rotated for everybody's rows"):
        for organization_id, count in rotated.items():
            audit.happened(
                "keys_rotated",
                organization_id=organization_id,
                purpose=f"{count} rows of {model._meta.label} under key {key_ring().current}",
            )
