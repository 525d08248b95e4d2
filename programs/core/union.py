"""The questions several programs ask together: each once, with what each of them adds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from programs.core.catalogue import CATALOGUE
from programs.core.conditions import Condition, renamed
from programs.core.definition import Definition, Document, Tightening
from programs.core.facts import OWN_FACTS, own_key
from programs.core.fields import NEEDS, SECTIONS, Choice, Field, both
from programs.core.places import STATES
from programs.core.spanish import in_spanish

_ACROSS = frozenset({"matrix", "quantity", "repeat"})


@dataclass(frozen=True)
class Item:
    """One question on the form.

    ``key`` is where its answer stands; ``field`` the question as these programs ask it;
    ``programs`` the keys of those that want it; ``own`` the one program it belongs to alone;
    ``group`` the words over questions that belong together, or empty, ``group_es`` the same in
    Spanish; ``across`` says that they are small and stand on one line.
    """

    key: str
    field: Field
    programs: tuple[str, ...]
    own: str = ""
    group: str = ""
    across: bool = False
    group_es: str = ""

    @property
    def question(self) -> str:
        """Its words where nothing stands over it."""
        return question_of(self.group, self.field.label)


def question_of(group: str, label: str) -> str:
    """A question's own words, with those over its group when they say more: "Screening: result"."""
    if not group or group == label:
        return label
    first = label.partition(" ")[0]
    # "Result" goes on in a sentence; "T-score", "IgE" and "BSA" are written so wherever they stand.
    goes_on = first.isalpha() and first[1:].islower()
    return f"{group}: {label[:1].lower() if goes_on else label[:1]}{label[1:]}"


def union(definitions: Sequence[Definition]) -> tuple[Item, ...]:
    """Everything these programs ask the office, in the form's order; signatures apart.

    With several programs a fact typed once per enrollment is asked for each of them, under
    ``program:id``; every other question is asked once.
    """
    return _items(tuple(definitions), signing=False)


def signing(definitions: Sequence[Definition]) -> tuple[Item, ...]:
    """What is signed rather than filled in: section Consent."""
    return _items(tuple(definitions), signing=True)


@lru_cache
def fields_once_per(once: str) -> tuple[Item, ...]:
    """The catalogue's own questions about one subject (patient, coverage, …), for its page."""
    return tuple(
        Item(part.id, with_states(part), (), group=group, across=field.type in _ACROSS)
        for field in CATALOGUE.values()
        if field.typed_once_per == once
        for group, part in field.placed
    )


@lru_cache(maxsize=256)
def _items(definitions: tuple[Definition, ...], *, signing: bool) -> tuple[Item, ...]:
    together: dict[str, Item] = {}
    for definition in definitions:
        names = _names(definition) if len(definitions) > 1 else {}
        for field in _asked_by(definition):
            if (field.typed_once_per == "signature") is not signing:
                continue
            groups_es = [group for group, _ in in_spanish(field).placed]
            for (group, part), group_es in zip(field.placed, groups_es, strict=True):
                whole = _Whole(group, group_es, across=field.type in _ACROSS)
                item = _item(part, whole, definition, names)
                known = together.get(item.key)
                together[item.key] = _merged(known, item) if known else item
    order = {name: place for place, name in enumerate(SECTIONS)}
    places = {field_id: place for place, field_id in enumerate(CATALOGUE)}
    return tuple(
        sorted(
            together.values(),
            key=lambda item: (
                order[item.field.section],
                places.get((item.field.after or item.field.id).partition(".")[0], len(places)),
            ),
        )
    )


def _names(definition: Definition) -> Mapping[str, str]:
    own = [
        part.id
        for field in CATALOGUE.values()
        if field.typed_once_per == "enrollment"
        for part in field.asked
    ]
    return {name: own_key(definition.key, name) for name in (*own, *OWN_FACTS)}


def _asked_by(definition: Definition) -> list[Field]:
    canonical = [
        _tightened(_offered(CATALOGUE[asked], definition), definition.tightens.get(asked))
        for asked in definition.asks
    ]
    return [*canonical, *_papers(definition), *definition.questions]


def _papers(definition: Definition) -> list[Field]:
    """The papers the program wants, as questions that a file answers; several can share one."""
    wanted: dict[str, list[Document]] = {}
    for document in definition.documents:
        wanted.setdefault(document.field, []).append(document)
    return [
        replace(
            CATALOGUE[asked],
            label=", ".join(document.label for document in documents),
            label_es="",
            required="always"
            if any(document.required for document in documents)
            else CATALOGUE[asked].required,
        )
        for asked, documents in wanted.items()
    ]


@dataclass(frozen=True)
class _Whole:
    """What a part has from the field that it is of."""

    group: str
    group_es: str
    across: bool


def _item(part: Field, of: _Whole, definition: Definition, names: Mapping[str, str]) -> Item:
    field = with_states(part)
    if names and (part.shown_when or part.required_when):
        field = replace(
            field,
            shown_when=renamed(part.shown_when, names) if part.shown_when else None,
            required_when=renamed(part.required_when, names) if part.required_when else None,
        )
    return Item(
        names.get(part.id, part.id),
        field,
        (definition.key,),
        own=definition.key if part.id in names else "",
        group=of.group,
        across=of.across,
        group_es=of.group_es,
    )


def with_states(field: Field) -> Field:
    """The field with the states to choose from, if it asks for one."""
    return replace(field, choices=STATES) if field.type == "state" else field


def _offered(field: Field, definition: Definition) -> Field:
    """The field with the choices this program's products, services and route give it."""
    if field.id == "G2":
        first, *others = field.parts
        return replace(field, parts=(replace(first, choices=definition.route.pharmacies), *others))
    choices = _OFFERS.get(field.id)
    if choices is None:
        return field
    offered = replace(field, choices=choices(field, definition))
    return _with_reason(offered, definition) if field.id == "E1" else offered


def _services(field: Field, definition: Definition) -> tuple[Choice, ...]:
    return tuple(choice for choice in field.choices if choice.code in definition.services)


def _with_reason(field: Field, definition: Definition) -> Field:
    """Ask why, when the diagnosis is none of those that the program lists."""
    listed = [each.code for each in definition.indications]
    (why,) = field.parts
    asked: Condition = {"field": "E1", "op": "not_in", "value": listed}
    hint = f"{definition.name} does not list this diagnosis. {why.hint}"
    return replace(field, parts=(replace(why, shown_when=asked, hint=hint, hint_es=""),))


def _of_products(definition: Definition, what: str) -> tuple[Choice, ...]:
    found: dict[str, Choice] = {}
    for product in definition.products:
        chosen: Condition = {"field": "F1", "op": "equals", "value": product.ndc}
        for choice in getattr(product, what):
            when = {"all": [chosen, choice.when]} if choice.when else chosen
            known = found.get(choice.code)
            either = {"any": [known.when, when]} if known and known.when else when
            found[choice.code] = replace(choice, when=either)
    return tuple(found.values())


_OFFERS: Mapping[str, Callable[[Field, Definition], tuple[Choice, ...]]] = {
    "E1": lambda _, its: tuple(Choice(each.code, each.label) for each in its.indications),
    "F1": lambda _, its: tuple(Choice(each.ndc, each.label) for each in its.products),
    "F2": lambda _, its: _of_products(its, "doses"),
    "F3": lambda _, its: _of_products(its, "frequencies"),
    "H1": _services,
}


def _tightened(field: Field, asked: Tightening | None) -> Field:
    if not asked:
        return field
    kept = tuple(
        choice for choice in field.choices if not asked.choices or choice.code in asked.choices
    )
    parts = tuple(
        _needed(_narrowed(part, asked), asked) if field.type == "group" else _narrowed(part, asked)
        for part in field.parts
    )
    return replace(
        _needed(_narrowed(field, asked), asked),
        hint=asked.hint or field.hint,
        hint_es=asked.hint_es if asked.hint else field.hint_es,
        choices=kept,
        checks=(*field.checks, *asked.checks),
        parts=parts,
    )


def _narrowed(field: Field, asked: Tightening) -> Field:
    return replace(field, shown_when=both(field.shown_when, asked.shown_when))


def _needed(field: Field, asked: Tightening) -> Field:
    """Ask for more answers, never fewer: one already required whenever shown stays so."""
    if asked.required:
        return replace(field, required=max(field.required, asked.required, key=NEEDS.index))
    if not asked.required_when or (field.required != "optional" and not field.required_when):
        return field
    either = _any(field.required_when, asked.required_when)
    return replace(field, required="conditional", required_when=either)


def _any(first: Condition | None, second: Condition | None) -> Condition | None:
    if first == second:
        return first
    return {"any": [first, second]} if first and second else first or second


def _merged(one: Item, other: Item) -> Item:
    """One question wanted by two programs: shown when either shows it, as strict as both."""
    first, second = one.field, other.field
    strictest = max(first.required, second.required, key=NEEDS.index)
    kept = {choice.code for choice in second.choices}
    conditions = [each.required_when for each in (first, second) if each.required == strictest]
    field = replace(
        first,
        required=strictest,
        required_when=None if None in conditions else _any(conditions[0], conditions[-1]),
        shown_when=_any(first.shown_when, second.shown_when)
        if first.shown_when and second.shown_when
        else None,
        choices=tuple(choice for choice in first.choices if choice.code in kept),
        checks=tuple(dict.fromkeys((*first.checks, *second.checks))),
    )
    return replace(one, field=field, programs=(*one.programs, *other.programs))
