"""An item of a Questionnaire under the standard's names, and its words as a label and help."""

from typing import Any

from programs.core.questionnaire_json import Json
from programs.core.text import lines, one_line

LONGEST_LABEL = 300
LONGEST_HELP = 2_000
_KNOWN_KEYS = ("linkId", "text", "type", "required", "repeats", "readOnly", "maxLength", "item",
               "answerOption", "answerValueSet", "enableWhen", "enableBehavior", "initial",
               "extension", "prefix", "code", "definition", "option", "id")  # fmt: skip
_BY_FOLDED = {name.lower(): name for name in _KNOWN_KEYS}


def keyed(one: Json, repairs: list[str]) -> dict[str, Any]:
    """The item under the standard's names: letters of the wrong case are read as meant."""
    told: dict[str, Any] = {}
    for key, value in one.items():
        name = _BY_FOLDED.get(str(key).lower())
        if name is None:
            if key == "_text":
                told[key] = value
            elif value:
                repairs.append(f"“{str(key)[:30]}” means nothing here and was not kept.")
        else:
            if name != key:
                repairs.append(f"“{str(key)[:30]}” was read as “{name}”.")
            told.setdefault(name, value)
    return told


def texts(told: Json, repairs: list[str]) -> tuple[str, str]:
    """The label, and what of it is too long for one, as help."""
    given = told.get("text", "")
    if not isinstance(given, str):
        repairs.append("Its words were not text.")
        given = ""
    plain = lines(given)
    label = one_line(plain.split("\n")[0])
    rest = "\n".join(plain.split("\n")[1:])
    if len(label) > LONGEST_LABEL:
        label, rest = label[:LONGEST_LABEL], f"{label[LONGEST_LABEL:]}\n{rest}"
        repairs.append("Its words were too long for a label; the rest became help.")
    if len(rest) > LONGEST_HELP:
        repairs.append(f"Its help had {len(rest):,} characters; the first {LONGEST_HELP:,} stay.")
    return label, rest[:LONGEST_HELP].strip()
