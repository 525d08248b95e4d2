"""A Questionnaire on its way into a draft: read and told, then taken in as a person confirms."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.core.actor import Actor
from programs.core.catalogue import ANSWERABLE, CATALOGUE
from programs.core.conditions import Condition, fields_of, renamed
from programs.core.questionnaire_import import NoQuestionnaire, read_questionnaire
from programs.core.questionnaire_item import Item
from programs.domain.studio import drafts

MOST_BYTES = 5_000_000
DEEPEST = 150


def parsed(body: bytes) -> object:
    """The JSON of a file. Raises NoQuestionnaire for anything else, however deep or long."""
    if len(body) > MOST_BYTES:
        raise NoQuestionnaire("The file is larger than 5 MB.")
    try:
        read: object = json.loads(body.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise NoQuestionnaire("This file is no JSON.") from None
    if _too_deep(read):
        raise NoQuestionnaire(f"Something in it stands more than {DEEPEST} levels deep.")
    return read


def _too_deep(value: object) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        inner = [each for each in level if isinstance(each, dict | list)]
        level = [
            one for each in inner for one in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


@transaction.atomic
def read_in(draft_id: UUID, data: object, *, by: Actor, now: datetime) -> None:
    """Keep what a Questionnaire would become, for a person to look through.

    Raises NoQuestionnaire, and Refused when the draft does not change any more.
    """
    draft = drafts.lock(draft_id)
    taken = {each["id"] for each in draft.definition.get("questions", ())}
    items = read_questionnaire(data, draft.definition["key"], taken=taken)
    if not items:
        raise NoQuestionnaire("This Questionnaire asks nothing.")
    title = str(data.get("title") or "") if isinstance(data, Mapping) else ""
    told = {"title": title[:200], "items": [_told(each) for each in items]}
    drafts.keep(draft_id, {"imported": told}, what="imported", by=by, now=now)


def _told(item: Item) -> dict[str, Any]:
    return {
        "link": item.link,
        "text": item.text,
        "type": item.type,
        "depth": item.depth,
        "question": item.question,
        "left": item.left,
        "maps_to": item.maps_to,
        "repairs": item.repairs,
    }


@transaction.atomic
def take_in(
    draft_id: UUID,
    *,
    canonical: Collection[str],
    leave: Collection[str],
    by: Actor,
    now: datetime,
) -> tuple[int, int, int]:
    """Bring the items in: those in ``canonical`` (by linkId) as the canonical field proposed for
    them, those in ``leave`` not at all, the others as questions of the program's own.

    Gives how many became canonical, how many its own, and how many of these are shown always now
    because they hung on what was left out. Raises Refused.
    """
    draft = drafts.lock(draft_id)
    items = [each for each in (draft.imported or {}).get("items", ()) if each["question"]]
    items = [each for each in items if each["link"] not in leave]
    mapped = {
        each["question"]["id"]: each["maps_to"]
        for each in items
        if each["link"] in canonical and each["maps_to"] in ANSWERABLE
    }
    own = [each["question"] for each in items if each["question"]["id"] not in mapped]
    # A result with its unit and day is compared by its number.
    reads = mapped | {f"{name}.value": field for name, field in mapped.items()}
    plan = _with(draft.definition, own, reads)
    drafts.change(
        draft_id, lambda _plan: plan, what="imported", seen=draft.revision, by=by, now=now
    )
    drafts.keep(draft_id, {"imported": None}, what="imported", by=by, now=now)
    came = {each["id"]: each for each in plan["questions"]}
    freed = sum("shown_when" in each and "shown_when" not in came[each["id"]] for each in own)
    return len(mapped), len(own), freed


def _with(
    plan: Mapping[str, Any], own: list[dict[str, Any]], mapped: Mapping[str, str]
) -> dict[str, Any]:
    known = {*ANSWERABLE, *(each["id"] for each in own)}
    known |= {f"{each['id']}.value" for each in own if each["type"] == "quantity"}
    known |= {each["id"] for each in plan.get("questions", ())}
    fields = {name.partition(".")[0] for name in mapped.values()} | set(plan["asks"])
    asks = [*plan["asks"], *(key for key in CATALOGUE if key in fields - set(plan["asks"]))]
    questions = [_reading(each, mapped, known) for each in own]
    return {**plan, "asks": asks, "questions": [*plan.get("questions", ()), *questions]}


def _reading(
    question: dict[str, Any], mapped: Mapping[str, str], known: Collection[str]
) -> dict[str, Any]:
    """The question reading the canonical fields; a condition on what was left out is dropped."""
    when: Condition | None = question.get("shown_when")
    if not when:
        return question
    reads = renamed(when, mapped)
    others = {name: each for name, each in question.items() if name != "shown_when"}
    return {**others, "shown_when": reads} if fields_of(reads) <= set(known) else others


def forget(draft_id: UUID, *, by: Actor, now: datetime) -> None:
    """Leave the file out altogether. Raises Refused."""
    drafts.keep(draft_id, {"imported": None}, what="imported", by=by, now=now)
