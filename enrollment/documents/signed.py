"""One signature as a document (PDF/UA-1): the exact words, who signed, when and how."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from enrollment.core.spanish import display_in, label_in
from enrollment.models import Signature
from journeys.documents.drawing import breakable, drawn
from programs.core.consents import HEADINGS
from programs.core.definition import Definition
from programs.core.union import union

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Signed copy",
        "program": "Program",
        "for": "Practice",
        "answers": "What the signature covers",
        "signature": "Signature",
        "signed_by": "Signed by",
        "authority": "Authority to sign for the patient",
        "at": "Signed at (UTC)",
        "paper_date": "Date on the paper",
        "scan": "SHA-256 of the scan",
        "uploaded": "Scan uploaded (UTC)",
        "checked": "Scan checked by a second person (UTC)",
        "method": "How",
        "address": "Network address",
        "agent": "Browser",
        "link": "Link",
        "disclosure": "Agreed to sign on a screen (UTC)",
        "opened": "Date of birth confirmed (UTC)",
        "read": "Read to its end (UTC)",
        "version": "Version of the text",
        "text_hash": "SHA-256 of the text",
        "digest": "SHA-256 of texts and answers as shown",
        "revoke": "This can be taken back at any time: tell the office named above.",
    },
    "es": {
        "title": "Copia firmada",
        "program": "Programa",
        "for": "Consultorio",
        "answers": "Lo que cubre la firma",
        "signature": "Firma",
        "signed_by": "Firmado por",
        "authority": "Autoridad para firmar por el paciente",
        "at": "Firmado (UTC)",
        "paper_date": "Fecha en el papel",
        "scan": "SHA-256 del documento escaneado",
        "uploaded": "Documento escaneado recibido (UTC)",
        "checked": "Verificado por una segunda persona (UTC)",
        "method": "Cómo",
        "address": "Dirección de red",
        "agent": "Navegador",
        "link": "Enlace",
        "disclosure": "Aceptó firmar en pantalla (UTC)",
        "opened": "Fecha de nacimiento confirmada (UTC)",
        "read": "Leído hasta el final (UTC)",
        "version": "Versión del texto",
        "text_hash": "SHA-256 del texto",
        "digest": "SHA-256 de los textos y respuestas como se mostraron",
        "revoke": "Se puede retirar en cualquier momento: avise al consultorio nombrado arriba.",
    },
}


def draw(signature: Signature) -> bytes:
    """The document of a signature, with the program and practice loaded beside it."""
    evidence = signature.evidence
    language = evidence["language"]
    said = WORDS[language]
    context = {
        "words": said,
        "language": language,
        "program": signature.enrollment.program_version.program.name,
        "practice": signature.organization.name,
        "answers": _answers(signature),
        "texts": [_text(each, signature, said) for each in evidence["consents"]],
        "facts": [(label, breakable(value)) for label, value in _facts(signature, said) if value],
        "reference": str(signature.id),
        "by_patient": signature.kind == "patient",
    }
    return drawn("enrollment/signed_copy.html", context)


def _answers(signature: Signature) -> list[tuple[str, str]]:
    definition = Definition.from_json(signature.enrollment.program_version.definition)
    answers, language = signature.evidence.get("answers", {}), signature.evidence["language"]
    return [
        (
            label_in(item, language),
            breakable(display_in(item.field, answers[item.key], language)),
        )
        for item in union((definition,))
        if item.key in answers
    ]


def _text(kept: Mapping[str, Any], signature: Signature, said: Mapping[str, str]) -> dict[str, Any]:
    title, *paragraphs = kept["text"].split("\n\n")
    readings = signature.evidence.get("session", {}).get("texts", {})
    read = readings.get(f"{signature.enrollment_id}:{kept['key']}", {})
    proof = [(said["version"], kept["version"]), (said["text_hash"], kept["sha256"])]
    if read:
        proof.append((said["read"], _instant(read["at"])))
    headings = {words[signature.evidence["language"]] for words in HEADINGS.values()}
    told = [(each, each in headings) for each in paragraphs]
    return {"title": title, "paragraphs": told, "proof": proof}


def _facts(signature: Signature, said: Mapping[str, str]) -> list[tuple[str, str]]:
    evidence = signature.evidence
    session = evidence.get("session", {})
    disclosed, paper = session.get("disclosure", {}), session.get("paper", {})
    signed_at = "" if paper else _instant(signature.signed_at.isoformat())
    return [
        (said["signed_by"], signature.signer_name),
        (said["authority"], evidence["relationship"].replace("_", " ")),
        (said["at"], signed_at),
        (said["paper_date"], paper.get("signed_on", "")),
        (said["method"], signature.method),
        (said["disclosure"], disclosed and f"{_instant(disclosed['at'])}, {disclosed['version']}"),
        (said["opened"], _instant(session.get("opened_at", ""))),
        (said["link"], session.get("link", "")),
        (said["scan"], paper.get("sha256", "")),
        (said["uploaded"], _instant(paper.get("uploaded_at", ""))),
        (said["checked"], _instant(paper.get("checked_at", ""))),
        (said["address"], signature.address or ""),
        (said["agent"], signature.user_agent),
        (said["digest"], signature.digest),
    ]


def _instant(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}" if text else ""
