"""A program's own words for calls: who pays is disclosed, and a message betrays nothing."""

import pytest

from programs.core.definition import Definition
from programs.core.scripts import USUAL, Script, faults
from programs.core.soundness import problems
from tests.programs.core.samples import VELTRANA, with_changes

OPENING = {"en": "{caller}, a nurse paid by {maker}.", "es": "{caller}, del equipo; paga {maker}."}
MESSAGE = {"en": "Please call {caller} back.", "es": "Llame a {caller}."}
UNSAID = ("Veltrana Together", "Veltrana")


def script(purpose: str = "nurse", **changes: dict[str, str]) -> Script:
    return Script(purpose, {**OPENING, **changes.get("opening", {})},
                  {**MESSAGE, **changes.get("message", {})})  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (script(opening={"en": "This is {caller}, your nurse."}), "a nurse of the manufacturer"),
        (script(opening={"es": "Habla {caller}, de {maker}."}), "in “es” must say"),
        (script("delivery", opening={"en": "{caller} from {hub}."}), "a caller of the manufac"),
        (script(opening={"es": " "}), "Its opening has no words in Spanish."),
        (script(opening={"en": "{nurse} paid by {maker}"}), "Its opening says {nurse}; only"),
        (script(message={"en": "It is about your VELTRANA."}), "others may hear it"),
        (script(message={"es": "De {program}."}), "in “es” names the program"),
        (script("greeting"), "There is no purpose “greeting”."),
    ],
)
def test_each_mistake_is_told(wrong: Script, said: str) -> None:
    told = list(faults(wrong, unsaid=UNSAID))
    assert len(told) == 1
    assert said in told[0]


def test_what_is_usually_said_is_sound_and_a_faulty_script_is_a_problem_of_its_version() -> None:
    assert not [why for each in USUAL.values() for why in faults(each, unsaid=UNSAID)]
    row = {"purpose": "nurse", "opening": {"en": "Hello.", "es": "Hola."}, "message": MESSAGE}
    draft: Definition = with_changes(VELTRANA, scripts=[row, row])
    told = {f"{each.where}: {each.why}" for each in problems(draft)}
    assert "script nurse: There are two about one purpose." in told
    assert any("must say that {maker} pays" in each for each in told)
    sound = with_changes(VELTRANA, scripts=[{**row, "opening": OPENING}])
    assert not problems(sound)
    assert Definition.from_json(sound.to_json()) == sound
