"""The words around what a patient signs on paper, in both languages."""

from collections.abc import Mapping

PAPER_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "To sign on paper",
        "intro": "Please read each text. Tick the box of each one that you agree to, then sign.",
        "agree": "I have read this and agree",
        "free": "This is your free choice. Nothing depends on it.",
        "answers": "What your signature covers",
        "signature": "Signature",
        "name": "Full name, in capital letters",
        "date": "Date",
        "authority": "If you sign for the patient: you are their",
        "authorities": "parent · legal guardian · health care proxy (circle one)",
        "minor": "The patient is under 18: a parent or guardian signs.",
        "code": "Code",
        "back": "Give this paper back to the office. You get a copy.",
    },
    "es": {
        "title": "Para firmar en papel",
        "intro": "Lea cada texto. Marque la casilla de cada uno que acepte y después firme.",
        "agree": "Lo he leído y lo acepto",
        "free": "Es su libre elección. Nada depende de esto.",
        "answers": "Lo que cubre su firma",
        "signature": "Firma",
        "name": "Nombre completo, en mayúsculas",
        "date": "Fecha",
        "authority": "Si firma por el paciente, usted es su",
        "authorities": "padre o madre · tutor legal · apoderado de salud (marque uno)",
        "minor": "El paciente es menor de 18 años: firma su padre, madre o tutor.",
        "code": "Código",
        "back": "Devuelva este papel al consultorio. Usted recibe una copia.",
    },
}
