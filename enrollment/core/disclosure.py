"""What a person is told before signing electronically (15 USC 7001(c)), and agrees to first."""

import hashlib
from collections.abc import Mapping

VERSION = "2026-11"

# Heading and paragraph in each language; the headings tell what the law asks to be said.
PARTS: tuple[tuple[Mapping[str, str], Mapping[str, str]], ...] = (
    (
        {"en": "You can sign on paper", "es": "Puede firmar en papel"},
        {
            "en": "You do not have to sign on a screen. You may ask your doctor's office for the "
            "same pages on paper, at no cost.",
            "es": "No tiene que firmar en una pantalla. Puede pedir las mismas páginas en papel "
            "en el consultorio de su médico, sin costo.",
        },
    ),
    (
        {"en": "What this is for", "es": "Para qué es esto"},
        {
            "en": "It is for the pages you are about to read and sign, and for your copy of them.",
            "es": "Es para las páginas que va a leer y firmar, y para su copia de ellas.",
        },
    ),
    (
        {"en": "If you change your mind", "es": "Si cambia de opinión"},
        {
            "en": "You may stop at any time before you sign: just close this page. Later you may "
            "tell the office that you want paper from then on. What you signed by then stays "
            "signed until you take it back.",
            "es": "Puede parar en cualquier momento antes de firmar: solo cierre esta página. "
            "Después puede avisar al consultorio que desde entonces quiere papel. Lo que haya "
            "firmado sigue firmado hasta que lo retire.",
        },
    ),
    (
        {"en": "What you need", "es": "Qué necesita"},
        {
            "en": "A phone, tablet or computer with a web browser from the last few years and "
            "internet. To keep your copy, you need a program that opens PDF files and a place to "
            "save one, or a printer.",
            "es": "Un teléfono, una tableta o una computadora con un navegador de los últimos "
            "años e internet. Para guardar su copia necesita un programa que abra archivos PDF y "
            "un lugar donde guardar uno, o una impresora.",
        },
    ),
    (
        {"en": "Your copy", "es": "Su copia"},
        {
            "en": "You can save your copy when you have signed. You may also ask the office for a "
            "paper copy at any time, at no cost. Tell the office when your e-mail or phone "
            "number changes.",
            "es": "Puede guardar su copia cuando haya firmado. También puede pedir al consultorio "
            "una copia en papel en cualquier momento, sin costo. Avise al consultorio si cambia "
            "su correo electrónico o su número de teléfono.",
        },
    ),
)


def disclosure(language: str) -> list[tuple[str, str]]:
    """Headings and paragraphs in ``language`` (en or es)."""
    return [(heading[language], words[language]) for heading, words in PARTS]


def disclosure_sha256(language: str) -> str:
    """Fingerprint of exactly those words, as hexadecimal."""
    written = "\n\n".join(part for pair in disclosure(language) for part in pair)
    return hashlib.sha256(written.encode()).hexdigest()
