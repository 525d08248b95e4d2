"""The data dictionary: every canonical field, what it holds and when it is asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.access import requires
from accounts.core.permissions import Permission
from accounts.tenancy import current_actor
from programs.core.catalogue import ANSWERABLE, CATALOGUE
from programs.core.definition import Definition
from programs.core.fields import COMPOUND, SECTIONS, Field
from programs.core.words import TYPES, required_words, validation_words
from programs.domain.queries.catalogue import definition_on
from programs.views.catalogue import only_of


@dataclass(frozen=True)
class Entry:
    """One field in words; a `part` belongs to the field above it."""

    field: Field
    kind: str
    required: str
    validation: str
    part: bool = False
    over: str = ""
    """The words over several parts that belong together."""

    @property
    def words(self) -> str:
        """What a search looks in."""
        field = self.field
        told = (field.id, field.label, field.name, self.kind, self.required, self.validation)
        return " ".join(told).casefold()


@requires(Permission.PROGRAMS_VIEW)
@require_GET
def data_dictionary(request: HttpRequest, key: str = "") -> HttpResponse:
    """All fields by section, or those one program asks; with `q`, those that hold its words."""
    asked_for = request.GET.get("q", "").strip()
    definition = _definition(key) if key else None
    shown = _chosen(asked_for, definition)
    count = sum(not entry.part for _name, entries in shown for entry in entries)
    return render(
        request,
        "programs/dictionary.html",
        {
            "sections": shown,
            "count": count,
            "sentence": _sentence(count, asked_for, definition),
            "asked_for": asked_for,
            "definition": definition,
        },
    )


def _definition(key: str) -> Definition:
    found = definition_on(key, timezone.localdate(), manufacturer_id=only_of(current_actor()))
    if found is None:
        raise Http404
    return found


def _chosen(asked_for: str, definition: Definition | None) -> list[tuple[str, list[Entry]]]:
    fields = list(CATALOGUE.values())
    if definition:
        fields = [field for field in fields if field.id in definition.asks]
        fields += definition.questions
    known = {**ANSWERABLE, **{part.id: part for field in fields for part in field.asked}}
    words = asked_for.casefold().split()
    found = []
    for name in SECTIONS:
        entries = [
            entry
            for field in fields
            if field.section == name
            for entry in _holding(list(_entries(field, known)), words)
        ]
        if entries:
            found.append((name, entries))
    return found


def _holding(entries: list[Entry], words: list[str]) -> list[Entry]:
    """A field with its parts, when any of them holds every word."""
    return entries if any(all(w in entry.words for w in words) for entry in entries) else []


def _entries(field: Field, known: Mapping[str, Field]) -> Iterator[Entry]:
    yield _entry(field, known, part=False)
    for legend, part in field.placed:
        if part is not field:
            yield _entry(part, known, part=True, over=legend)


def _entry(field: Field, known: Mapping[str, Field], *, part: bool, over: str = "") -> Entry:
    validation = "" if field.type in COMPOUND else validation_words(field, known)
    required = required_words(field, known)
    return Entry(field, TYPES[field.type], required, validation, part, over)


def _sentence(count: int, asked_for: str, definition: Definition | None) -> str:
    if asked_for:
        words = ngettext("{count} field holds “{text}”.", "{count} fields hold “{text}”.", count)
        return words.format(count=count, text=asked_for)
    if definition:
        canonical = len(set(definition.asks))
        return _("{program} asks {count} of the {all} fields, and {own} of its own.").format(
            program=definition.name, count=canonical, all=len(CATALOGUE), own=count - canonical
        )
    return _("Every program asks among these {count} fields, always under the same name.").format(
        count=count
    )
