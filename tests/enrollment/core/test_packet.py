"""What was signed is what is sent: everything shown and answered, nothing hidden, for ever."""

import copy
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from enrollment.core.packet import SCHEMA, packet, sha256
from tests.programs.core.samples import COMPLETE, TODAY, VELTRANA

AT = datetime(2026, 3, 6, 19, 10, tzinfo=UTC)
SIGNATURES: list[dict[str, Any]] = [
    {
        "kind": "prescriber",
        "signer_name": "Maya Okafor",
        "signed_at": "2026-03-06T18:00:00Z",
        "fields": {"S7": "0c1e", "S8": "2026-03-06"},
    },
    {
        "kind": "patient",
        "signer_name": "Rosa Marín",
        "signed_at": "2026-03-06T18:30:00Z",
        "fields": {"S1": "77aa", "S2": "2026-03-06", "S5": True},
    },
]


def made(answers: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    given = {"signatures": SIGNATURES, "submitted_at": AT, "today": TODAY, **changes}
    return packet(VELTRANA, COMPLETE if answers is None else answers, **given)


def fields_in(sent: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["id"]: field for section in sent["sections"] for field in section["fields"]}


def test_every_answer_is_there_with_its_words() -> None:
    sent = made()
    fields = fields_in(sent)
    assert set(fields) == {*COMPLETE, "S1", "S2", "S5", "S7", "S8"}
    assert fields["A5"] == {
        "id": "A5",
        "name": "patient_birth_date",
        "label": "Date of birth",
        "type": "date",
        "value": "1984-03-27",
        "display": "Mar 27, 1984",
    }
    assert fields["F1"]["display"] == "Veltrana pen 140 mg/mL, carton of 2"
    assert fields["veltrana.tb_on"]["group"] == "Tuberculosis screening"
    assert fields["S1"]["display"] == "Signed"
    assert sent["schema"] == SCHEMA
    assert sent["submitted_at"] == "2026-03-06T19:10:00Z"
    assert sent["services"] == ["benefit_verification", "copay"]
    assert sent["program"]["version"] == VELTRANA.version
    assert [section["name"] for section in sent["sections"]][0::10] == ["Patient", "Consent"]


def test_hidden_unknown_and_blank_answers_are_never_in_it() -> None:
    hidden = {"E6": "secret medicine", "A21": "parent", "B9": "Someone Else"}
    sent = made({**COMPLETE, **hidden, "Z9": "stray", "rivastet.x": "other", "A9": " "})
    assert fields_in(sent).keys().isdisjoint({*hidden, "Z9", "rivastet.x", "A9"})
    assert "secret medicine" not in json.dumps(sent)


def test_the_same_enrollment_makes_the_same_packet() -> None:
    backwards = dict(reversed(COMPLETE.items()))
    elsewhere = AT.astimezone(timezone(timedelta(hours=-5)))
    assert sha256(made(backwards, submitted_at=elsewhere)) == sha256(made())
    assert sha256(json.loads(json.dumps(made()))) == sha256(made())


@pytest.mark.parametrize(
    "change", [{"A1": "Rose"}, {"A13": "3125550143"}, {"H1": ["benefit_verification"]}]
)
def test_any_change_changes_the_fingerprint(change: dict[str, Any]) -> None:
    assert sha256(made({**COMPLETE, **change})) != sha256(made())


def test_it_shares_nothing_with_what_it_was_made_of() -> None:
    answers, signatures = copy.deepcopy(COMPLETE), copy.deepcopy(SIGNATURES)
    sent = packet(VELTRANA, answers, signatures=signatures, submitted_at=AT, today=TODAY)
    before = sha256(sent)
    answers["H1"].append("nurse")
    signatures[0]["fields"]["S7"] = "changed"
    assert sha256(sent) == before


def test_an_unsigned_draft_has_no_consent_section() -> None:
    sent = made(signatures=[])
    assert "Consent" not in [section["name"] for section in sent["sections"]]
    assert sent["signatures"] == []
