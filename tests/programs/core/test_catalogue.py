"""The catalogue holds every canonical field, once, soundly."""

import re
from collections import Counter

from programs.core.catalogue import ANSWERABLE, CATALOGUE
from programs.core.checks import CHECKS
from programs.core.conditions import problems_of
from programs.core.facts import FACTS
from programs.core.fields import SECTIONS, Field

EVERY_FIELD = [*CATALOGUE.values(), *(part for f in CATALOGUE.values() for part in f.parts)]


def test_all_119_fields_are_there_and_49_are_always_required() -> None:
    counts = Counter(field_id[0] for field_id in CATALOGUE)
    expected = {
        "A": 23, "B": 25, "C": 14, "D": 8, "E": 17, "F": 10, "G": 7, "H": 5, "S": 10,
    }  # fmt: skip
    assert counts == expected
    assert sum(field.required == "always" for field in CATALOGUE.values()) == 49


def test_sections_stand_in_the_order_of_the_form() -> None:
    order = list(dict.fromkeys(field.section for field in CATALOGUE.values()))
    assert order == list(SECTIONS)


def test_every_field_is_well_made() -> None:
    for field in EVERY_FIELD:
        well_made(field)


def well_made(field: Field) -> None:
    assert re.fullmatch(r"[A-HS]\d{1,2}(\.[a-z_]+)?", field.id)
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", field.name), "a stable name"
    assert field.label[:1].isupper()
    known = {*ANSWERABLE, *FACTS}
    for condition in (field.shown_when, field.required_when, *(c.when for c in field.choices)):
        assert condition is None or problems_of(condition, known) == []
    assert all(check.partition(" ")[0] in CHECKS for check in field.checks)
    assert all(check.partition(" ")[2] in {"", *ANSWERABLE} for check in field.checks)
    codes = [choice.code for choice in field.choices]
    assert len(codes) == len(set(codes))
    assert bool(field.parts) or field.type != "group"


def test_names_are_unique() -> None:
    assert len({field.name for field in EVERY_FIELD}) == len(EVERY_FIELD)


def test_a_part_belongs_where_its_field_does() -> None:
    for field in CATALOGUE.values():
        for part in field.parts:
            assert part.id.startswith(f"{field.id}.")
            assert (part.section, part.typed_once_per) == (field.section, field.typed_once_per)


def test_the_social_security_number_is_never_required() -> None:
    assert CATALOGUE["A23"].required == "optional"
