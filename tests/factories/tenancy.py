"""Rows of one organization are made through the one open door, as nobody acts yet."""

from typing import Any, TypeVar

from django.db.models import Model
from factory.django import DjangoModelFactory

from accounts.tenancy import every_tenant

M = TypeVar("M", bound=Model)


class TenantFactory(DjangoModelFactory[M]):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[M], *args: Any, **kwargs: Any) -> M:
        row = model_class(*args, **kwargs)
        with every_tenant(reason="a test lays out its world before anybody acts"):
            row.save(force_insert=True)
        return row
