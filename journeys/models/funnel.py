"""What a manufacturer's counts are made from: no identity, no finer date than a month."""

import uuid

from django.db import models

from accounts.tenancy import TenantModel


class FunnelRow(TenantModel):
    """One journey of one program, de-identified; `organization` is the manufacturer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    started_month = models.DateField()
    stage = models.CharField(max_length=20)

    class Meta:
        indexes = (models.Index(fields=["program", "stage"], name="funnel_by_stage"),)

    def __str__(self) -> str:
        return self.stage
