"""Encrypted columns. A value is opened when it is read, bound to its own row."""

import datetime as dt
import json
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models

from accounts.core.envelope import KeyRing, index_of, seal, unseal

__all__ = [
    "EncryptedBytesField",
    "EncryptedDateField",
    "EncryptedJSONField",
    "EncryptedTextField",
    "blind_index",
    "blind_prefixes",
    "opened",
    "sealed",
    "search_text",
    "unsealed",
]


@lru_cache(maxsize=4)
def _parse_ring(text: str) -> KeyRing:
    return KeyRing.parse(text)


def key_ring() -> KeyRing:
    return _parse_ring(settings.PHI_KEYS)


def bound_to(instance: models.Model, column: str) -> str:
    """What a ciphertext is bound to: table, column, row, organization."""
    organization_id = instance.organization_id  # type: ignore[attr-defined]  # every PHI table has it
    return _bound_to(instance, column, instance.pk, organization_id)


def _bound_to(
    model: type[models.Model] | models.Model, column: str, row_id: UUID, organization_id: UUID
) -> str:
    return f"{model._meta.db_table}|{column}|{row_id}|{organization_id}"


class Sealed(bytes):
    """Ciphertext as it came from the database, not opened yet."""


class OpenOnRead:
    """The attribute of an encrypted column: opens the ciphertext at first reading."""

    def __init__(self, field: "EncryptedField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            plain = unseal(value, ring=key_ring(), bound_to=bound_to(instance, name))
            value = instance.__dict__[name] = self.field.from_bytes(plain)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.BinaryField):  # type: ignore[type-arg]  # it takes none at run time
    """Base of the encrypted columns: AES-256-GCM, bound to table, column, row and organization."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def to_text(self, value: Any) -> str:
        return str(value)

    def from_text(self, text: str) -> Any:
        return text

    def to_bytes(self, value: Any) -> bytes:
        return self.to_text(value).encode()

    def from_bytes(self, plain: bytes) -> Any:
        return self.from_text(plain.decode())

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, OpenOnRead(self))

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        return seal(
            self.to_bytes(value),
            ring=key_ring(),
            bound_to=bound_to(model_instance, self.attname),
        )

    def get_prep_value(self, value: Any) -> Any:
        if value is not None and not isinstance(value, bytes):
            raise TypeError("An encrypted column is written by saving its row.")
        return value

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("An encrypted column is never serialized.")


class EncryptedTextField(EncryptedField):
    pass


class EncryptedBytesField(EncryptedField):
    """A file's own bytes."""

    def to_bytes(self, value: Any) -> bytes:
        return bytes(value)

    def from_bytes(self, plain: bytes) -> Any:
        return plain


class EncryptedDateField(EncryptedField):
    def to_text(self, value: dt.date) -> str:
        return value.isoformat()

    def from_text(self, text: str) -> dt.date:
        return dt.date.fromisoformat(text)


class EncryptedJSONField(EncryptedField):
    def to_text(self, value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def from_text(self, text: str) -> Any:
        return json.loads(text)


def sealed(field: EncryptedField, value: Any, *, row_id: UUID, organization_id: UUID) -> bytes:
    """What a column of this row is to hold, where rows are written without making objects."""
    bound = _bound_to(field.model, field.attname, row_id, organization_id)
    return seal(field.to_bytes(value), ring=key_ring(), bound_to=bound)


def opened(
    field: EncryptedField, rows: Iterable[tuple[UUID | str, UUID | str, Sealed]]
) -> Iterator[Any]:
    """What a column holds in rows of which no objects are made, one after the other.

    Each is given by its id, its organization's and the ciphertext, the ids as such or written.
    Raises Unreadable when one was altered or is another row's.
    """
    ring, of_column = key_ring(), f"{field.model._meta.db_table}|{field.attname}"
    for row, organization, each in rows:
        bound = f"{of_column}|{row}|{organization}"
        yield field.from_bytes(unseal(each, ring=ring, bound_to=bound))


def unsealed(
    field: EncryptedField, sealed: Sealed, *, row_id: UUID, organization_id: UUID
) -> bytes:
    """What one row holds, as it was kept. Raises Unreadable as `opened` does."""
    bound = _bound_to(field.model, field.attname, row_id, organization_id)
    return unseal(sealed, ring=key_ring(), bound_to=bound)


def search_text(text: str) -> str:
    """Fold case, accents and spaces, so that "José " and "jose" look up alike."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).split())


def blind_index(text: str, *, organization_id: UUID) -> bytes:
    """The look-up digest of a text for one organization: equality only."""
    key = settings.PHI_INDEX_KEY.encode()
    return index_of(search_text(text), key=key, organization=str(organization_id))


def blind_prefixes(text: str, *, organization_id: UUID) -> list[bytes]:
    """Digests of each word's beginnings from two letters on, to find a name while it is typed."""
    beginnings = {
        word[:length]
        for word in search_text(text).split()
        for length in range(2, min(len(word), 12) + 1)
    }
    return sorted(blind_index(part, organization_id=organization_id) for part in beginnings)
