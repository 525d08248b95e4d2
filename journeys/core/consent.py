"""May this be disclosed, now? Computed at each disclosure, never kept as a flag."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

ELEMENTS = {
    "description": "what information may be shared",
    "disclosers": "who may share it",
    "recipients": "who may receive it",
    "purposes": "what it is shared for",
    "expiry": "when it ends",
    "signature": "a signature and its date",
    "authority": "the representative's authority to sign",
    "right_to_revoke": "the right to revoke it",
    "conditioning": "whether treatment depends on signing",
    "redisclosure": "that it may be shared again",
}
STATEMENTS = ("right_to_revoke", "conditioning", "redisclosure")
_BUSINESS_ASSOCIATE_PURPOSES = ("treatment", "payment", "operations")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who would receive it: its stable key, its party role, its name, and whether it acts for
    the practice under a business associate agreement."""

    key: str
    role: str
    name: str
    business_associate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One authorization a patient signed, revocable alone (45 CFR 164.508).

    `recipients` and `disclosers` hold stable keys or party roles. It ends at `expires_at` or
    with the event described by `expires_on`, which happened at `ended_at`.
    """

    id: str
    recipients: frozenset[str]
    disclosers: frozenset[str]
    data_classes: frozenset[str]
    purposes: frozenset[str]
    signed_at: datetime | None
    signer: str
    statements: frozenset[str]
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    expires_on: str = ""
    ended_at: datetime | None = None
    revoked_at: datetime | None = None
    by_representative: bool = False
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Permit:
    """It may be disclosed, on this basis."""

    basis: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """It may not be disclosed: a code, and why in a plain sentence."""

    code: str
    sentence: str


def may(
    grants: Iterable[Grant], recipient: Recipient, data_class: str, purpose: str, at: datetime
) -> Permit | Refusal:
    """Whether `data_class` may go to `recipient` for `purpose` at the moment `at`."""
    free = without_authorization(recipient, purpose)
    if free:
        return free
    closest: tuple[int, Refusal] | None = None
    for grant in sorted(grants, key=lambda grant: grant.id):
        rank, refusal = _refusal(grant, recipient, data_class, purpose, at)
        if refusal is None:
            return Permit("authorization", f"The patient authorized this for {recipient.name}.")
        if closest is None or rank > closest[0]:
            closest = (rank, refusal)
    if closest:
        return closest[1]
    return Refusal("none", f"The patient has signed no authorization for {recipient.name}.")


def missing_elements(grant: Grant) -> tuple[str, ...]:
    """The elements of 164.508(c) the authorization lacks; any one makes it invalid."""
    present = {
        "description": bool(grant.data_classes),
        "disclosers": bool(grant.disclosers),
        "recipients": bool(grant.recipients),
        "purposes": bool(grant.purposes),
        "expiry": grant.expires_at is not None or bool(grant.expires_on),
        "signature": grant.signed_at is not None and bool(grant.signer),
        "authority": bool(grant.authority) or not grant.by_representative,
        **{statement: statement in grant.statements for statement in STATEMENTS},
    }
    return tuple(element for element, there in present.items() if not there)


def without_authorization(recipient: Recipient, purpose: str) -> Permit | None:
    """The basis, whatever it is about, that needs no authorization of the patient's; or None."""
    if recipient.role == "pharmacy" and purpose == "treatment":
        return Permit("treatment", f"{recipient.name} treats the patient with the practice.")
    if recipient.business_associate and purpose in _BUSINESS_ASSOCIATE_PURPOSES:
        sentence = f"{recipient.name} acts for the practice under an agreement with it."
        return Permit("business_associate", sentence)
    return None


def _refusal(
    grant: Grant, recipient: Recipient, data_class: str, purpose: str, at: datetime
) -> tuple[int, Refusal | None]:
    """Why a grant does not allow it, and how close it came; None when it does."""
    who = recipient.name
    checks = (
        ("recipient", _names(grant, recipient), f"The authorization does not name {who}."),
        (
            "data_class",
            data_class in grant.data_classes,
            f"It does not cover {_words(data_class)}.",
        ),
        ("purpose", purpose in grant.purposes, f"It does not cover {_words(purpose)}."),
        *_validity(grant, at),
    )
    for rank, (code, passed, sentence) in enumerate(checks):
        if not passed:
            return rank, Refusal(code, sentence)
    return len(checks), None


def _validity(grant: Grant, at: datetime) -> tuple[tuple[str, bool, str], ...]:
    missing = missing_elements(grant)
    lacks = ", ".join(ELEMENTS[element] for element in missing)
    starts_at = grant.starts_at or grant.signed_at
    ends = [moment for moment in (grant.expires_at, grant.ended_at) if moment]
    ended = any(moment <= at for moment in ends)
    revoked = grant.revoked_at is not None and grant.revoked_at <= at
    return (
        ("incomplete", not missing, f"The authorization is incomplete: it lacks {lacks}."),
        ("not_yet", starts_at is None or starts_at <= at, "The authorization has not begun yet."),
        ("expired", not ended, "The authorization has expired."),
        ("revoked", not revoked, "The patient has revoked the authorization."),
    )


def _names(grant: Grant, recipient: Recipient) -> bool:
    return recipient.key in grant.recipients or recipient.role in grant.recipients


def _words(key: str) -> str:
    return key.replace("_", " ")
