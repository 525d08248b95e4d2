"""Everything wrong with a definition somebody wrote, before anyone can publish it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from programs.core.authorizations import lacking, uncovered
from programs.core.catalogue import ANSWERABLE, CATALOGUE
from programs.core.checks import CHECKS, COMPARING, FITTING
from programs.core.conditions import Condition, fields_of, holds, problems_of
from programs.core.consents import LANGUAGES, SPOKEN, Consent, Words
from programs.core.consents import text as consent_text
from programs.core.definition import SCHEMA, Definition, Tightening
from programs.core.facts import DRAWN_FROM, FACTS
from programs.core.fields import NEEDS, Field
from programs.core.identifiers import icd10, ndc
from programs.core.readability import grade
from programs.core.reading import Reading
from programs.core.scripts import faults as script_faults
from programs.core.union import signing, union
from programs.core.wellmade import faults

HIGHEST_GRADE = 8.0


@dataclass(frozen=True)
class Problem:
    """One fault: where it stands in the definition, and why it is one."""

    where: str
    why: str


def problems(definition: Definition) -> list[Problem]:
    """Every fault at once; an empty list means the definition can be published."""
    unread = unreadable(definition)
    return [
        *unread,
        *_defaults(definition),
        *_codes(definition),
        *_offers(definition),
        *_consents(definition),
        *_scripts(definition),
        *([] if unread else _circles(definition)),
    ]


def unreadable(definition: Definition) -> list[Problem]:
    """What is wrong with the questions themselves and the names in their conditions.

    Circles and contradictions among them can only be told once there is nothing of it.
    """
    return [
        *_asks(definition),
        *_tightened(definition),
        *_questions(definition),
        *_conditions(definition),
    ]


def _asks(definition: Definition) -> Iterator[Problem]:
    if definition.schema != SCHEMA:
        yield Problem("schema", f"This product reads schema {SCHEMA}, not {definition.schema}.")
    for place, asked in enumerate(definition.asks):
        if asked not in CATALOGUE:
            yield Problem(f"asks {asked}", "The catalogue has no such field.")
        elif asked in definition.asks[:place]:
            yield Problem(f"asks {asked}", "It is asked twice.")
        elif CATALOGUE[asked].type == "file":
            yield Problem(f"asks {asked}", "Files are listed under documents, not asked.")


def _tightened(definition: Definition) -> Iterator[Problem]:
    for asked, tightening in definition.tightens.items():
        if asked not in definition.asks:
            yield Problem(f"tightens {asked}", "The program does not ask this field.")
        elif asked in CATALOGUE:
            yield from _loosened(CATALOGUE[asked], tightening)


def _loosened(field: Field, asked: Tightening) -> Iterator[Problem]:
    where = f"tightens {field.id}"
    if asked.required and NEEDS.index(asked.required) < NEEDS.index(field.required):
        yield Problem(where, f"The catalogue requires it {field.required}; it cannot ask less.")
    offered = {choice.code for choice in field.choices}
    for code in asked.choices:
        if code not in offered:
            yield Problem(where, f"The field has no choice “{code}”.")
    yield from _checks(where, asked.checks, field.type)


def _defaults(definition: Definition) -> Iterator[Problem]:
    for default in definition.defaults:
        where, field = f"default {default.field}", CATALOGUE.get(default.field)
        if default.field not in definition.asks or field is None or not _is_pick(field):
            yield Problem(where, "It is no question that each enrollment answers by one choice.")
        elif default.value not in {choice.code for choice in field.choices}:
            yield Problem(where, f"The field has no choice “{default.value}”.")
        if not default.reason.strip():
            yield Problem(where, "It has no reason.")
        kept = definition.tightens.get(default.field, Tightening()).choices
        if kept and default.value not in kept:
            yield Problem(where, "The program itself does not offer this choice.")
    yield from _refused_defaults(definition)


def _refused_defaults(definition: Definition) -> Iterator[Problem]:
    """A rule that needs no more than the defaults to stop the form would stop every one."""
    begun = {default.field: default.value for default in definition.defaults}
    for rule in definition.eligibility:
        named = fields_of(rule.when)
        if rule.outcome == "stops" and named <= set(begun) and holds(rule.when, begun):
            for field in sorted(named):
                yield Problem(
                    f"default {field}", f"The rule “{rule.reason or rule.key}” refuses it."
                )


def _is_pick(field: Field) -> bool:
    return field.type == "pick" and field.typed_once_per == "enrollment"


def _questions(definition: Definition) -> Iterator[Problem]:
    seen: set[str] = set()
    for question in definition.questions:
        yield from _place(definition, question)
        for part in (question, *question.parts):
            where = f"question {part.id}"
            if not part.id.startswith(f"{definition.key}."):
                yield Problem(where, f"Its id starts with “{definition.key}.”.")
            if part.id in seen:
                yield Problem(where, "Another question has this id.")
            seen.add(part.id)
            yield from _question(where, part)


def _place(definition: Definition, question: Field) -> Iterator[Problem]:
    if not question.after:
        return
    where = f"question {question.id}"
    if question.after not in definition.asks:
        yield Problem(where, f"It cannot stand after “{question.after}”, which is not asked.")
    elif question.after in CATALOGUE and CATALOGUE[question.after].section != question.section:
        yield Problem(where, f"“{question.after}” stands in another section.")


def _question(where: str, question: Field) -> Iterator[Problem]:
    yield from (Problem(where, why) for why in faults(question))
    yield from _checks(where, question.checks, question.type)


def _checks(where: str, written: tuple[str, ...], kind: str) -> Iterator[Problem]:
    for check in written:
        name, _, other = check.partition(" ")
        if name not in CHECKS:
            yield Problem(where, f"No check is called “{name}”.")
        elif (name in COMPARING) != bool(other):
            yield Problem(
                where, f"The check “{name}” compares with {'no' if other else 'a'} field."
            )
        elif kind not in FITTING[name]:
            yield Problem(where, "It has a check that cannot read this type of answer.")


def _conditions(definition: Definition) -> Iterator[Problem]:
    own = [part.id for question in definition.questions for part in question.asked]
    known = {*ANSWERABLE, *own, *FACTS}
    for where, condition in _written_conditions(definition):
        for why in problems_of(condition, known):
            yield Problem(where, why)
    computed = {question.id for question in definition.questions if question.formula}
    for question in definition.questions:
        if question.formula and question.formula.of not in known - computed:
            yield Problem(
                f"question {question.id}", f"It follows from no answer: {question.formula.of!r}."
            )


def _written_conditions(definition: Definition) -> Iterator[tuple[str, Condition]]:
    for asked, tightening in definition.tightens.items():
        yield from _given(f"tightens {asked}", tightening.shown_when, tightening.required_when)
    for question in definition.questions:
        for part in (question, *question.asked):
            whens = [choice.when for choice in (*part.choices, *part.rows)]
            yield from _given(f"question {part.id}", part.shown_when, part.required_when, *whens)
    for rule in definition.eligibility:
        yield f"eligibility {rule.key}", rule.when
    for product in definition.products:
        whens = [choice.when for choice in (*product.doses, *product.frequencies)]
        yield from _given(f"product {product.ndc}", *whens)
    for consent in definition.consents:
        yield from _given(f"consent {consent.key}", consent.shown_when)


def _given(where: str, *conditions: Condition | None) -> Iterator[tuple[str, Condition]]:
    yield from ((where, condition) for condition in conditions if condition is not None)


def _codes(definition: Definition) -> Iterator[Problem]:
    for indication in definition.indications:
        if icd10(indication.code) != Reading(indication.code):
            yield Problem(f"indication {indication.code}", "This is not an ICD-10-CM code.")
    for product in definition.products:
        if ndc(product.ndc) != Reading(product.ndc):
            yield Problem(f"product {product.ndc}", "The NDC is written as its 11 digits.")


def _offers(definition: Definition) -> Iterator[Problem]:
    offered = {choice.code for choice in CATALOGUE["H1"].choices}
    for service in sorted(set(definition.services) - offered):
        yield Problem(f"service {service}", "The catalogue has no such service.")
    for document in definition.documents:
        if document.field not in CATALOGUE or CATALOGUE[document.field].type != "file":
            yield Problem(f"document {document.key}", "It names a file field of the catalogue.")
    if "copay" in definition.services and definition.copay is None:
        yield Problem("copay", "Copay help is offered, but nothing says how much.")


def _consents(definition: Definition) -> Iterator[Problem]:
    for kind in ("hipaa_authorization", "prescriber_certification"):
        if not any(consent.kind == kind for consent in definition.consents):
            yield Problem("consents", f"There is no {kind.replace('_', ' ')}.")
    for consent in definition.consents:
        yield from _consent(f"consent {consent.key}", consent)
    for key, part, why in uncovered(definition):
        yield Problem(f"consent {key} {part}", why)


def _consent(where: str, consent: Consent) -> Iterator[Problem]:
    if consent.kind == "hipaa_authorization":
        yield from (Problem(f"{where} {name}", why) for name, why in lacking(consent))
    unworded = [
        Problem(f"{where} {name}", f"There are no words in {SPOKEN[language]}.")
        for name, words in _worded(consent)
        for language in LANGUAGES
        if not words.get(language, "").strip()
    ]
    yield from unworded
    if unworded:
        return
    if consent.signer == "patient" and grade(consent_text(consent, "en")) > HIGHEST_GRADE:
        yield Problem(where, "Its English asks for more than 8 years of school.")


def _worded(consent: Consent) -> Iterator[tuple[str, Words]]:
    yield "title", consent.title
    yield "body", consent.body
    if consent.elements and consent.kind != "hipaa_authorization":
        for part in fields(consent.elements):
            yield part.name, getattr(consent.elements, part.name)


def _scripts(definition: Definition) -> Iterator[Problem]:
    unsaid = (definition.name, definition.medicine)
    for script in definition.scripts:
        where = f"script {script.purpose}"
        yield from (Problem(where, why) for why in script_faults(script, unsaid=unsaid))
        if sum(each.purpose == script.purpose for each in definition.scripts) > 1:
            yield Problem(where, "There are two about one purpose.")


def _read_by(field: Field) -> frozenset[str]:
    shown = fields_of(field.shown_when) if field.shown_when else frozenset[str]()
    return shown | {field.formula.of} if field.formula else shown


def _circles(definition: Definition) -> Iterator[Problem]:
    """Questions whose being shown hangs, by way of others, on themselves."""
    items = (*union((definition,)), *signing((definition,)))
    reads: Mapping[str, frozenset[str]] = {
        **DRAWN_FROM,
        **{item.key: _read_by(item.field) for item in items},
    }
    for start in reads:
        reached: set[str] = set()
        ahead = set(reads[start])
        while ahead - reached:
            reached |= ahead
            ahead = {far for near in ahead for far in reads.get(near, ())}
        if start in reached:
            yield Problem(f"question {start}", "Whether it is shown depends on its own answer.")
