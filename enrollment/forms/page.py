"""The whole form on one page, and which parts of it an answer changes."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import QueryDict

from enrollment.forms.build import AnswersForm, section_form
from enrollment.forms.parts import KNOWN_SECTIONS, Part, Standing, filled, sections_of
from programs.core.forms import Sheet

# No control holds their answer: the place itself is drawn again when it changes.
SHOWN_AS_THEY_ARE = frozenset({"computed", "file"})


@dataclass(frozen=True)
class Page:
    """The form as it stands, for one template."""

    form: AnswersForm
    sheet: Sheet
    parts: tuple[Part, ...]

    @property
    def required(self) -> int:
        return sum(part.required for part in self.parts)

    @property
    def done(self) -> int:
        return sum(part.done for part in self.parts)

    @property
    def to_go(self) -> int:
        """Answers that are missing, and sections that wait to be confirmed."""
        return sum(part.to_go + bool(part.old) for part in self.parts)

    @property
    def wrong(self) -> int:
        return sum(part.wrong for part in self.parts)

    @property
    def kept(self) -> str:
        """The known sections that stand open, as an address names them."""
        keys = [part.key for part in self.parts if part.key in KNOWN_SECTIONS and not part.folded]
        return ",".join(keys)


def form_page(
    standing: Standing, data: QueryDict | None = None, *, only: Collection[str] = ()
) -> Page:
    """Build the page; with `data`, showing what was just posted instead of what is stored.

    `only` are the questions to show, by key, of a form too long for one page; all when empty.
    """
    form = section_form(
        standing.definitions, "", standing.answers, data, today=standing.today, only=only
    )
    if data is None:
        # What is stored may be wrong too, and says so like what was just posted.
        form.full_clean()
        form.cleaned_data = {}
        for key, said in standing.wrong.items():
            if key in form.fields:
                form.add_error(key, said)
    parts = tuple(
        filled(part, shown, standing=standing, form=form)
        for part, items in sections_of(standing)
        if (shown := [item for item in items if not only or item.key in only])
    )
    return Page(form, standing.sheet, parts)


Look = tuple[object, ...]


def looks(standing: Standing) -> dict[str, Look]:
    """How each part of the page looks, by element id, to tell which an answer has changed."""
    now, wrong = standing.sheet, standing.wrong
    shown = {item.key for item in now.shown}
    found: dict[str, Look] = {}
    for part, items in sections_of(standing):
        known = tuple(item.key for item in part.known)
        found[f"section-{part.key}"] = (part.hidden, known, bool(part.old), part.folded)
        found[f"count-{part.key}"] = (part.required, part.to_go, part.wrong, bool(part.old))
        for item in items:
            found[f"slot-{item.key}"] = (
                item.key in shown,
                now.requires(item),
                tuple(choice.code for choice in now.choices(item)),
                tuple(wrong.get(item.key, ())),
                str(now.known.get(item.key)) if item.field.type in SHOWN_AS_THEY_ARE else None,
            )
    return found
