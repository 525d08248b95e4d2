"""Links by which a patient signs, or looks after their permissions, without an account."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.core.tokens import digest_of, new_token
from accounts.domain.emailing import Email, send
from accounts.enums import EmailKind
from accounts.tenancy import acting_as, every_tenant
from enrollment import rules
from enrollment.domain.queries.signing import to_be_signed
from enrollment.enums import LinkChannel, LinkPurpose
from enrollment.models import Enrollment, Patient, SigningLink

VALID_FOR = {LinkPurpose.SIGN: timedelta(days=7), LinkPurpose.PERMISSIONS: timedelta(days=30)}
MOST_WRONG_DATES = 5


class WrongDate(Exception):
    """This is not the patient's date of birth; `left` says how many tries remain."""

    def __init__(self, left: int) -> None:
        super().__init__(str(left))
        self.left = left


@dataclass(frozen=True)
class Asked:
    """A new link, and its address: the only time anybody can read it."""

    link: SigningLink
    address: str


def patient_of(link: SigningLink) -> Actor:
    """Who acts behind a link: nobody with a role, seeing the practice's rows only."""
    return Actor(
        user_id=None,
        organization_id=link.organization_id,
        organization_kind=OrganizationKind.PRACTICE,
        roles=frozenset(),
        name="The patient, by a link",
    )


@transaction.atomic
def ask_to_sign(patient_id: UUID, *, channel: LinkChannel, by: Actor, now: datetime) -> Asked:
    """Ask a patient to sign everything of theirs that waits for them, in one session.

    Earlier links to sign end. By e-mail the link goes to the address on file, and nothing
    else about the patient does. Raises Refused: nothing to sign, no address, mail not taken.
    """
    rules.require(rules.why_not_ask_patient(by))
    waiting = to_be_signed(patient_id)
    if not waiting:
        raise rules.Refused(_("There is nothing for this patient to sign."))
    end_open(patient_id, purpose=LinkPurpose.SIGN, now=now)
    ids = [enrollment.id for enrollment in waiting]
    return _make(patient_id, ids, purpose=LinkPurpose.SIGN, channel=channel, by=by, now=now)


@transaction.atomic
def mail_permissions(patient_id: UUID, *, by: Actor, now: datetime) -> SigningLink:
    """Mail a patient the way to the copies of what they signed, where it can be taken back.

    The office sends it, or the patient asks for it when they have signed. Raises Refused.
    """
    purpose, channel = LinkPurpose.PERMISSIONS, LinkChannel.EMAIL
    return _make(patient_id, [], purpose=purpose, channel=channel, by=by, now=now).link


def _make(
    patient_id: UUID,
    enrollment_ids: list[UUID],
    *,
    purpose: LinkPurpose,
    channel: LinkChannel,
    by: Actor,
    now: datetime,
) -> Asked:
    token = new_token()
    link: SigningLink = SigningLink.objects.create(
        organization_id=rules.practice_of(by),
        patient_id=patient_id,
        purpose=purpose,
        channel=channel,
        enrollment_ids=enrollment_ids,
        token_digest=digest_of(token),
        created_by_id=by.user_id,
        created_at=now,
        expires_at=now + VALID_FOR[purpose],
    )
    audit.wrote(link, action=f"link_{purpose}_{channel}")
    asked = Asked(link, settings.SITE_URL + reverse("sign_link", args=[token]))
    if channel == LinkChannel.EMAIL:
        _mail_patient(asked, now=now)
    return asked


def end_open(patient_id: UUID, *, purpose: LinkPurpose, now: datetime) -> None:
    """End the patient's links that could still be opened."""
    SigningLink.objects.filter(
        patient_id=patient_id, purpose=purpose, used_at=None, withdrawn_at=None
    ).update(withdrawn_at=now)


def find(token: str, *, now: datetime) -> SigningLink | None:
    """The link of a token while it can be used; locked ones too, so that it can be said."""
    with every_tenant(reason="who opens a link is known by its token alone"):
        row: SigningLink | None = (
            SigningLink.objects.select_related("patient", "organization")
            .filter(token_digest=digest_of(token), used_at=None)
            .filter(withdrawn_at=None, expires_at__gt=now)
            .first()
        )
        return row


def by_id(link_id: UUID, *, now: datetime) -> SigningLink | None:
    """A link that this browser opened before, while it is not locked or ended."""
    with every_tenant(reason="the browser's session names the link, not the practice"):
        row: SigningLink | None = (
            SigningLink.objects.select_related("patient", "organization")
            .filter(id=link_id, withdrawn_at=None, expires_at__gt=now, locked_at=None)
            .first()
        )
        return row


def open_link(link: SigningLink, born_on: date | None, *, now: datetime) -> None:
    """The second factor. Raises WrongDate; after the fifth the link is locked for good.

    A wrong try is counted though the page then answers with an error: it commits by itself.
    """
    left = _try(link, born_on, now=now)
    if left is not None:
        if left == 0:
            tell_office(link, "locked", now=now)
        raise WrongDate(left)


def _try(link: SigningLink, born_on: date | None, *, now: datetime) -> int | None:
    """How many tries are left after a wrong one; None when it was right."""
    with acting_as(patient_of(link)):
        row: SigningLink = (
            SigningLink.objects.select_for_update(of=("self",))
            .select_related("patient")
            .get(id=link.id)
        )
        if row.locked_at:
            return 0
        if born_on is not None and row.patient.details.get("A5") == born_on.isoformat():
            row.opened_at = row.opened_at or now
            row.save(update_fields=["opened_at"])
            audit.read(row.patient, fields=["A1", "A3"], purpose="opened by link and birth date")
            return None
        row.wrong_dates += 1
        if row.wrong_dates >= MOST_WRONG_DATES:
            row.locked_at = now
        row.save(update_fields=["wrong_dates", "locked_at"])
        audit.wrote(row, action="link_locked" if row.locked_at else "link_wrong_date")
        return MOST_WRONG_DATES - row.wrong_dates


@transaction.atomic
def prefer_paper(link: SigningLink, *, now: datetime) -> None:
    """The patient would rather sign on paper: the link ends, and the office is told."""
    SigningLink.objects.filter(id=link.id, used_at=None).update(paper_at=now, withdrawn_at=now)
    audit.wrote(link, action="link_paper")
    transaction.on_commit(lambda: tell_office(link, "paper", now=now), robust=True)


def withdraw_link(link_id: UUID, *, by: Actor, now: datetime) -> None:
    """The office takes a link back. Raises Refused, SigningLink.DoesNotExist."""
    rules.require(rules.why_not_ask_patient(by))
    link: SigningLink = SigningLink.objects.get(id=link_id)
    SigningLink.objects.filter(id=link.id, withdrawn_at=None).update(withdrawn_at=now)
    audit.wrote(link, action="link_withdrawn")


def _mail_patient(asked: Asked, *, now: datetime) -> None:
    """Only that there is something to read, and the link: not for whom, from whom, or why."""
    patient: Patient = Patient.objects.get(id=asked.link.patient_id)
    address = patient.details.get("A17")
    if not address:
        raise rules.Refused(_("There is no e-mail address on file for this patient."))
    purpose = LinkPurpose(asked.link.purpose)
    context = {"link": asked.address, "days": VALID_FOR[purpose].days, "purpose": purpose.value}
    try:
        send(
            Email(
                kind=EmailKind.SIGNING_LINK,
                organization_id=asked.link.organization_id,
                to=str(address),
                subject="Something to read and sign / Algo para leer y firmar"
                if purpose == LinkPurpose.SIGN
                else "Your copy / Su copia",
                text=render_to_string("enrollment/email/link.txt", context),
                to_patient=True,
            ),
            now=now,
        )
    except OSError as error:
        raise rules.Refused(_("The mail server did not take the message.")) from error


OFFICE_WORDS = {
    "locked": _("A signing link was locked after five wrong dates of birth."),
    "paper": _("A patient would rather sign on paper."),
    "signed": _("A patient has signed."),
}


def tell_office(link: SigningLink, what: str, *, now: datetime) -> None:
    """Tell who asked, without saying about whom: the page they come to says it."""
    asker = link.created_by
    if asker is None or not asker.is_active:
        return
    path = (
        reverse("enrollment_review", args=[link.enrollment_ids[0]])
        if link.enrollment_ids
        else reverse("enrollments")
    )
    email = Email(
        kind=EmailKind.OFFICE,
        organization_id=link.organization_id,
        to=asker.email,
        subject=str(OFFICE_WORDS[what]),
        text=f"{OFFICE_WORDS[what]}\n\n{settings.SITE_URL}{path}\n",
    )
    # What happened stands on the page they come to in any case.
    with suppress(OSError):
        send(email, now=now)


def enrollments_of(link: SigningLink) -> list[Enrollment]:
    """What a link's session signs, in the order it was asked, as far as it still waits."""
    found = {row.id: row for row in to_be_signed(link.patient_id)}
    return [found[each] for each in link.enrollment_ids if each in found]
