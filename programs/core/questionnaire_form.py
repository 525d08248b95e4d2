"""What a Questionnaire says of itself beside its items, and of what nothing is kept."""

from collections.abc import Mapping
from typing import Any

from programs.core.questionnaire_extras import unread

_LOST: Mapping[str, str] = {
    "approvalDate": "when it was approved", "code": "its codes", "contact": "whom to ask",
    "copyright": "its copyright", "description": "its description",
    "derivedFrom": "what it was derived from", "effectivePeriod": "when it is used",
    "jurisdiction": "where it is used", "lastReviewDate": "when it was last reviewed",
    "modifierExtension": "what changes its meaning", "publisher": "its publisher",
    "purpose": "its purpose", "useContext": "for whom it is used",
}  # fmt: skip


def said_of_form(data: Mapping[str, Any]) -> list[str]:
    """Sentences on what the form says of itself that is not kept, and on its language."""
    lost = [words for key, words in _LOST.items() if data.get(key)]
    about = data.get("subjectType")
    if about and about != ["Patient"]:
        lost.append("whom it is about")
    said = [f"Not kept: {', '.join(lost)}."] if lost else []
    language = str(data.get("language") or "en")[:20]
    if language[:2].lower() == "es":
        said.append("It is in Spanish: its words became the Spanish ones. English has to be "
                    "written before it can be published.")  # fmt: skip
    elif language[:2].lower() != "en":
        said.append(f"It says its language is “{language}”; its words stand as English.")
    return [*unread(data), *said]
