"""Fictional people and answers that the tests of forms start from."""

from datetime import date
from typing import Any

from programs.core.definition import Definition
from programs.core.fields import Field
from programs.definitions import load_definitions

TODAY = date(2026, 3, 6)
DEFINITIONS = load_definitions()
VELTRANA, OSSIVUE, RIVASTET = (DEFINITIONS[key] for key in ("veltrana", "ossivue", "rivastet"))

PATIENT = {
    "A1": "Rosa", "A3": "Marín", "A5": "1984-03-27", "A6": "F", "A7": "es", "A8": "12 Elm Street",
    "A10": "Chicago", "A11": "IL", "A12": "60601", "A13": "3125550142", "A14": "mobile",
    "A18": "call_message",
}  # fmt: skip
COVERAGE = {
    "B1": True, "B3": "Meridian Health", "B5": "commercial", "B7": "MH440172", "B18": "Meridian Rx",
    "B19": "004336", "B21": "MHRX", "B22": "MH440172",
}  # fmt: skip
PRACTICE = {
    "C1": "Lakeside Rheumatology", "C2": "1234567893", "C4": "40 Lake Drive", "C5": "Chicago",
    "C6": "IL", "C7": "60611", "C8": "3125550100", "C9": "3125550101", "C10": "Ana Whitfield",
    "C12": "ana@lakeside.example",
}  # fmt: skip
PRESCRIBER = {"D1": "Maya Okafor", "D2": "MD", "D4": "1245319599"}
THERAPY = {
    "E1": "M05.79", "E4": "new", "E5": "2026-03-20", "E12": "none known", "F1": "99101014002",
    "F2": "140_pen", "F3": "every_2_weeks", "F5": "2", "F6": "5", "F8": "2026-03-06",
    "F10": "nurse", "G1": "specialty_pharmacy", "G3": "home",
    "H1": ["benefit_verification", "copay"], "H5.adult": True, "H5.on_label": True,
    "H5.commercial": True, "H5.no_government": True, "veltrana.tb_result": "negative",
    "veltrana.tb_on": "2026-02-20", "veltrana.tried_before": False,
}  # fmt: skip
COMPLETE: dict[str, Any] = {**PATIENT, **COVERAGE, **PRACTICE, **PRESCRIBER, **THERAPY}


def with_changes(definition: Definition, **changes: Any) -> Definition:
    """A definition with parts of its JSON replaced."""
    return Definition.from_json({**definition.to_json(), **changes})


def question(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A program's own question as JSON."""
    return {"id": f"veltrana.{name}", "section": "Clinical", "label": name, "type": kind, **more}


def field(definition: Definition, field_id: str) -> Field:
    """One of a program's own questions."""
    return next(p for q in definition.questions for p in q.asked if p.id == field_id)
