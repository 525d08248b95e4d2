"""A Questionnaire in Spanish: its words are our questions' Spanish ones, and read by their sense.

What it says of itself (``language``) decides; a translation beside its words is read both ways.
"""

from collections.abc import Mapping
from typing import Any

from programs.core.questionnaire_extras import translation

# The whole words of a question in small letters without accents, and what the same is in English.
_QUESTIONS: Mapping[str, str] = {
    "alergias": "known allergies", "alergias conocidas": "known allergies",
    "altura": "height", "apellido": "last name", "apellidos": "last name",
    "aseguradora": "payer", "ciudad": "city", "codigo postal": "zip code",
    "compania de seguro": "payer", "correo electronico": "email", "direccion": "address",
    "domicilio": "address", "estado": "state", "estatura": "height",
    "fecha de diagnostico": "date of diagnosis", "fecha de nacimiento": "date of birth",
    "fecha del diagnostico": "date of diagnosis", "genero": "gender", "idioma": "language",
    "idioma preferido": "language", "ingresos del hogar": "household income",
    "medicamentos actuales": "current medications", "nombre": "name",
    "nombre del medico": "physician name", "numero de grupo": "group no",
    "numero de identificacion del seguro": "insurance id", "numero de miembro": "member id",
    "numero de poliza": "policy number", "numero de telefono": "phone number",
    "personas en el hogar": "household size", "peso": "weight",
    "peso corporal": "body weight", "primer nombre": "first name", "sexo": "sex",
    "sexo al nacer": "sex", "telefono": "phone",
}  # fmt: skip
# Words of a title that say whose facts it is about.
_TITLES: Mapping[str, str] = {
    "clinica": "clinic", "consultorio": "practice", "contacto": "contact",
    "cuidador": "caregiver", "diagnostico": "diagnosis", "economicos": "financial",
    "emergencia": "emergency", "familia": "family", "familiares": "family",
    "farmacia": "pharmacy", "hogar": "income", "ingresos": "income", "medico": "physician",
    "paciente": "patient", "prescriptor": "prescriber", "receta": "prescription",
    "representante": "representative", "seguro": "insurance", "tutor": "guardian",
}  # fmt: skip


def language_of(form: Mapping[str, Any]) -> str:
    """ "es" for a form that says its words are Spanish, else "en"."""
    return "es" if str(form.get("language") or "")[:2].lower() == "es" else "en"


def said_in(words: str, beside: Mapping[str, Any], key: str, language: str) -> tuple[str, str]:
    """The English and the Spanish of words that stand under ``key`` in a form in ``language``.

    Either is empty where the form does not have it; numbers are the same in both.
    """
    english, spanish = (translation(beside, key, each) for each in ("en", "es"))
    if language != "es" or spanish:
        return words, spanish
    if not any(each.isalpha() for each in words):
        return words, ""
    return english, words


def question_in_english(words: str) -> str:
    """The plain words of a question in English, where they are Spanish ones known here."""
    return _QUESTIONS.get(words, words)


def title_in_english(words: str) -> str:
    """The plain words of a title with those that say whose facts it asks in English."""
    return " ".join(_TITLES.get(each, each) for each in words.split())
