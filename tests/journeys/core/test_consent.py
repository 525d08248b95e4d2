"""A disclosure is allowed or refused at its own moment, with the reason in a plain sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.core.consent import (
    ELEMENTS,
    STATEMENTS,
    Grant,
    Permit,
    Recipient,
    Refusal,
    may,
    missing_elements,
)
from tests.journeys.core.story import quick

SIGNED = datetime(2026, 3, 2, 15, tzinfo=UTC)
NOW = SIGNED + timedelta(days=30)
HUB = Recipient("northstar", "hub", "Northstar Access")
GRANT = Grant(
    id="g1",
    recipients=frozenset({"northstar"}),
    disclosers=frozenset({"practice"}),
    data_classes=frozenset({"enrollment"}),
    purposes=frozenset({"support_program"}),
    signed_at=SIGNED,
    signer="Rosa Delgado",
    statements=frozenset(STATEMENTS),
    expires_at=SIGNED + timedelta(days=365),
)


def ask(*grants: Grant, at: datetime = NOW, to: Recipient = HUB) -> Permit | Refusal:
    return may(grants, to, "enrollment", "support_program", at)


def test_a_complete_authorization_permits_what_it_names() -> None:
    assert ask(GRANT) == Permit(
        "authorization", "The patient authorized this for Northstar Access."
    )


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        ({"expires_at": NOW}, "expired", "The authorization has expired."),
        ({"ended_at": SIGNED}, "expired", "The authorization has expired."),
        ({"revoked_at": NOW}, "revoked", "The patient has revoked the authorization."),
        ({"purposes": {"copay"}}, "purpose", "It does not cover support program."),
        ({"data_classes": {"shipment"}}, "data_class", "It does not cover enrollment."),
        (
            {"recipients": {"beacon"}},
            "recipient",
            "The authorization does not name Northstar Access.",
        ),
        (
            {"starts_at": NOW + timedelta(days=1)},
            "not_yet",
            "The authorization has not begun yet.",
        ),
        (
            {"statements": frozenset({"conditioning", "redisclosure"})},
            "incomplete",
            "The authorization is incomplete: it lacks the right to revoke it.",
        ),
        (
            {"by_representative": True},
            "incomplete",
            "The authorization is incomplete: it lacks the representative's authority to sign.",
        ),
    ],
)
def test_a_refusal_says_why(change: dict[str, Any], code: str, sentence: str) -> None:
    assert ask(replace(GRANT, **change)) == Refusal(code, sentence)


def test_without_any_authorization_the_hub_gets_nothing() -> None:
    assert ask() == Refusal("none", "The patient has signed no authorization for Northstar Access.")


def test_each_element_the_law_asks_for_is_checked() -> None:
    empty = Grant(
        id="g",
        recipients=frozenset(),
        disclosers=frozenset(),
        data_classes=frozenset(),
        purposes=frozenset(),
        signed_at=None,
        signer="",
        statements=frozenset(),
        by_representative=True,
    )
    assert missing_elements(empty) == tuple(ELEMENTS)
    assert missing_elements(GRANT) == ()


def test_revoking_one_grant_leaves_another_standing() -> None:
    other = replace(GRANT, id="g2", revoked_at=SIGNED)
    assert isinstance(ask(other, GRANT), Permit)


def test_the_closest_grant_gives_the_reason() -> None:
    far = replace(GRANT, id="a", recipients=frozenset({"beacon"}))
    near = replace(GRANT, id="b", revoked_at=SIGNED)
    assert ask(far, near) == Refusal("revoked", "The patient has revoked the authorization.")


def test_a_grant_may_name_a_class_of_recipients() -> None:
    assert isinstance(ask(replace(GRANT, recipients=frozenset({"hub"}))), Permit)


def test_treatment_goes_to_the_pharmacy_without_authorization() -> None:
    pharmacy = Recipient("crescent", "pharmacy", "Crescent Specialty Pharmacy")
    answer = may((), pharmacy, "prescription", "treatment", NOW)
    assert isinstance(answer, Permit)
    assert answer.basis == "treatment"
    assert isinstance(may((), pharmacy, "prescription", "marketing", NOW), Refusal)


def test_a_hub_under_an_agreement_needs_none_for_what_it_does_for_the_practice() -> None:
    agent = replace(HUB, business_associate=True)
    answer = may((), agent, "enrollment", "payment", NOW)
    assert isinstance(answer, Permit)
    assert answer.basis == "business_associate"
    assert isinstance(may((), agent, "enrollment", "support_program", NOW), Refusal)


@quick
@given(st.integers(-400, 800), st.integers(0, 400))
def test_it_is_decided_at_each_moment_anew(day: int, revoked_on: int) -> None:
    at = SIGNED + timedelta(days=day)
    revoked_at = SIGNED + timedelta(days=revoked_on)
    answer = ask(replace(GRANT, revoked_at=revoked_at), at=at)
    assert isinstance(answer, Permit) == (0 <= day < min(365, revoked_on))
