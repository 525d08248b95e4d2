"""What a hub's callers say for a program, by what the call is about, in each language.

A caller whom the manufacturer pays says so in the first lines; a nurse of the program above all,
whom a patient may take for one of the doctor's office. A message that is left behind names neither
medicine nor program: others may hear it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from programs.core.consents import LANGUAGES, SPOKEN, Words

PURPOSES: Mapping[str, str] = {
    "enrollment": "This enrollment and its coverage",
    "delivery": "Deliveries and refills",
    "nurse": "Nurse support",
    "all": "Anything at all",
}
FILLED = ("caller", "hub", "program", "maker")
_PLACE = re.compile(r"\{([^{}]*)\}")
# The words by which somebody says who pays or employs them.
_PAID: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(r"\b(paid|pays|employ\w*|works? for|hired)\b", re.IGNORECASE),
    "es": re.compile(r"\b(pag\w+|emplead\w+|trabaj\w+|contrat\w+)\b", re.IGNORECASE),
}


@dataclass(frozen=True)
class Script:
    """One purpose's words. ``opening`` begins the talk; ``message`` is left when nobody answers.

    Both are written with {caller}, {hub}, {program} and {maker} where those are said.
    """

    purpose: str
    opening: Words
    message: Words


def filled(words: str, values: Mapping[str, str]) -> str:
    """The words with everything that is said in its place; an unknown place stays as it is."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), words)


def script_for(scripts: Sequence[Script], purpose: str) -> Script:
    """The program's own words about a purpose, else the usual ones."""
    own = {each.purpose: each for each in scripts}
    return own.get(purpose) or USUAL.get(purpose) or own.get("all") or USUAL["all"]


def faults(script: Script, *, unsaid: Sequence[str]) -> Iterator[str]:
    """Everything wrong with one script; `unsaid` are the names that no message may hold."""
    if script.purpose not in PURPOSES:
        yield f"There is no purpose “{script.purpose}”."
    for language in LANGUAGES:
        opening, message = script.opening.get(language, ""), script.message.get(language, "")
        for name, words in (("opening", opening), ("message", message)):
            if not words.strip():
                yield f"Its {name} has no words in {SPOKEN[language]}."
            for place in _PLACE.findall(words):
                if place not in FILLED:
                    yield f"Its {name} says {{{place}}}; only {_offered()} are filled in."
        if opening.strip():
            yield from _undisclosed(script, language, opening)
        yield from _told_to_others(language, message, unsaid)


def _undisclosed(script: Script, language: str, opening: str) -> Iterator[str]:
    said = "{maker}" in opening and _PAID[language].search(opening)
    if not said:
        who = "a nurse" if script.purpose == "nurse" else "a caller"
        yield (
            f"Its opening in “{language}” must say that {{maker}} pays or employs the caller:"
            f" {who} of the manufacturer discloses it."
        )


def _told_to_others(language: str, message: str, unsaid: Sequence[str]) -> Iterator[str]:
    heard = message.casefold()
    named = any(f"{{{place}}}" in message for place in ("program", "maker"))
    if named or any(name.casefold() in heard for name in unsaid if name.strip()):
        yield (
            f"Its message in “{language}” names the program, the medicine or the manufacturer;"
            " others may hear it."
        )


def _offered() -> str:
    return ", ".join(f"{{{each}}}" for each in FILLED)


_MESSAGE: Words = {
    "en": "This is {caller} from {hub}. Please call me back at your ease.",
    "es": "Le habla {caller}, de {hub}. Por favor, devuélvame la llamada cuando pueda.",
}
_CALL: Words = {
    "en": "This is {caller} from {hub}, calling for {program}. We are paid by {maker}, which makes"
    " the medicine, and are not part of your doctor's office. May I first confirm your full name"
    " and date of birth?",
    "es": "Le habla {caller}, de {hub}, en nombre de {program}. Nos paga {maker}, que fabrica el"
    " medicamento, y no somos parte del consultorio de su médico. ¿Puedo confirmar primero su"
    " nombre completo y su fecha de nacimiento?",
}
_NURSE: Words = {
    "en": "This is {caller}, a nurse with {program}. I am paid by {maker}, which makes the"
    " medicine. I am not part of your doctor's office, and I do not give medical advice in its"
    " place. May I first confirm your full name and date of birth?",
    "es": "Le habla {caller}, del personal de enfermería de {program}. Me paga {maker}, que fabrica"
    " el medicamento. No soy parte del consultorio de su médico ni doy consejos médicos en su"
    " lugar. ¿Puedo confirmar primero su nombre completo y su fecha de nacimiento?",
}
USUAL: Mapping[str, Script] = {
    purpose: Script(purpose, _NURSE if purpose == "nurse" else _CALL, _MESSAGE)
    for purpose in PURPOSES
}
STOPPED: Words = {
    "en": "I will see to it now. You will not hear from us about this again.",
    "es": "Me encargo ahora mismo. No volverá a saber de nosotros sobre este asunto.",
}
