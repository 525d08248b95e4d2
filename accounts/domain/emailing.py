"""Send an e-mail, and list that it was sent: to whom, of which kind, whether the server took it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.mail import send_mail

from accounts.enums import EmailKind
from accounts.models import SentEmail
from accounts.tenancy import every_tenant


@dataclass(frozen=True, kw_only=True)
class Email:
    """What is sent, for whose work. A patient's address is not listed."""

    kind: EmailKind
    organization_id: UUID
    to: str
    subject: str
    text: str
    to_patient: bool = False


def send(email: Email, *, now: datetime) -> None:
    """Hand an e-mail to the mail server. Raises OSError when it does not take it.

    Where the caller undoes its transaction then, the list is undone with it.
    """
    try:
        send_mail(email.subject, email.text, None, [email.to])
    except OSError as error:
        _list(email, fault=type(error).__name__, now=now)
        raise
    _list(email, fault="", now=now)


def _list(email: Email, *, fault: str, now: datetime) -> None:
    with every_tenant(reason="an e-mail is listed by who acts, a patient or a worker"):
        SentEmail.objects.create(
            organization_id=email.organization_id,
            kind=email.kind,
            to="" if email.to_patient else email.to,
            at=now,
            fault=fault,
        )
