"""Each signature as a file of its own: made once, kept encrypted, known by its hash."""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.tenancy import every_tenant
from accounts.writing import alone
from enrollment.models import SealedCopy, Signature
from journeys.domain.nudges import nudge

Draw = Callable[[Signature], bytes]
# Drawing takes a good part of a second: a short batch lets a worker's other queues have their turn.
BATCH = 5
# The lock of whoever makes copies.
SEALING = 7_325_641


def ask_for_copies() -> None:
    """Have a worker look, once this commits, for signatures without their copy."""
    nudge("enrollment.tasks.seal_signatures", queue="papers")


def seal_due(*, draw: Draw, now: datetime, limit: int = BATCH) -> int:
    """Make the copies that are missing, oldest first; how many were made.

    The table is the schedule: a signature without its copy is due. One worker at a time makes
    copies, so that they never occupy every process; another gives up at once.
    """
    with every_tenant(reason="copies are made for every practice"):
        due = Signature.objects.filter(copy=None).order_by("signed_at").values_list("id", flat=True)
        ids = list(due[:limit])
    made = 0
    for signature_id in ids:
        with every_tenant(reason="a copy is made for the practice that keeps it"):
            if not alone(SEALING):
                break
            signature = _with_its_form(signature_id)
            made += seal(signature, draw=draw, now=now) is not None
    return made


def _with_its_form(signature_id: object) -> Signature:
    row: Signature = Signature.objects.select_related(
        "enrollment__program_version__program__manufacturer", "enrollment__patient", "organization"
    ).get(id=signature_id)
    return row


def seal(signature: Signature, *, draw: Draw, now: datetime) -> SealedCopy:
    """The sealed copy of a signature, made now if nobody has made it yet."""
    kept: SealedCopy | None = SealedCopy.objects.filter(signature=signature).first()
    return kept or _keep(signature, draw(_with_its_form(signature.id)), now=now)


def _keep(signature: Signature, content: bytes, *, now: datetime) -> SealedCopy:
    copy = SealedCopy(
        organization_id=signature.organization_id,
        signature=signature,
        content=base64.b64encode(content).decode(),
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=now,
    )
    try:
        with transaction.atomic():
            copy.save(force_insert=True)
    except IntegrityError:
        first: SealedCopy = SealedCopy.objects.get(signature=signature)
        return first
    audit.wrote(copy, action="sealed")
    return copy


def bytes_of(copy: SealedCopy) -> bytes:
    """The file, checked against the hash that was kept. Raises ValueError when it differs."""
    content = base64.b64decode(copy.content)
    if hashlib.sha256(content).hexdigest() != copy.sha256:
        raise ValueError("This copy is not the file that was sealed.")
    return content
