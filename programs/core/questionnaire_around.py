"""What an imported question's place in its Questionnaire says: help under it, groups around it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from programs.core.questionnaire_item import Item
from programs.core.questionnaire_texts import LONGEST_HELP, LONGEST_LABEL
from programs.core.questionnaire_words import plain_words

LONGEST_TITLE = 120


def helped(outer: Item | None, text: str, told: Mapping[str, Any]) -> bool:
    """Whether words to read became help of the question they stand under, as form tools write it.

    Words that are shown at some answers only are no help of the question.
    """
    if outer is None or outer.question is None or not text or told.get("enableWhen"):
        return False
    name = "hint_es" if outer.language == "es" else "hint"
    hint = outer.question.get(name, "")
    outer.question[name] = "\n".join(each for each in (hint, text) if each)[:LONGEST_HELP]
    return True


def told_apart(items: Sequence[Item]) -> None:
    """Put its group's title before the words of a question that another one has too.

    The groups of a Questionnaire do not stand in a form here, so that five times “Frequency”
    would not say of what.
    """
    questions = [each for each in items if each.question]
    times = Counter(plain_words(each.text) for each in questions)
    for each in questions:
        title = next((one for one in each.around if one), "")
        if times[plain_words(each.text)] < 2 or not title or len(title) > LONGEST_TITLE:
            continue
        if each.question is not None and plain_words(title) != plain_words(each.text):
            name = "label_es" if each.language == "es" else "label"
            each.question[name] = f"{title.rstrip(': ')}: {each.text}"[:LONGEST_LABEL]
            each.repairs.append("Another question has the same words; its group's stand before.")
