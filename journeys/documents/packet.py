"""The packet as a tagged PDF (PDF/UA-1), for partners that work on paper."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from journeys.core.clocks import DEFAULT_ZONE
from journeys.core.delivery import Outgoing
from journeys.core.questions import question
from journeys.documents.drawing import Broken as PacketBroken
from journeys.documents.drawing import breakable, drawn
from journeys.domain.papers import Appended

__all__ = ["PacketBroken", "file_name", "of_outgoing", "render"]


def of_outgoing(outgoing: Outgoing, *, recipient: str) -> bytes:
    """What goes over, with its papers, as a PDF. Raises PacketBroken."""
    return render(outgoing.body, recipient=recipient, papers=outgoing.papers)


def file_name(outgoing: Outgoing) -> str:
    """What the packet is called: the journey's number and the version, nothing of the patient."""
    return f"{outgoing.body['journey']}-{outgoing.body['version']}.pdf"


def render(body: Mapping[str, Any], *, recipient: str, papers: Sequence[Appended] = ()) -> bytes:
    """Draw what is handed over (`journeys.domain.disclosing`) as a PDF. Raises PacketBroken.

    The pages of ``papers`` stand at its end. Whoever reads paper has no clock of their own here:
    times and the days of signatures are Eastern, and say so.
    """
    with timezone.override(ZoneInfo(DEFAULT_ZONE)):
        if "notice" in body:
            return drawn("journeys/notice.html", _notice_context(body, recipient))
        try:
            context = {**_context(body, recipient), "papers": list(_placed(papers))}
        except Exception as error:
            raise PacketBroken from error
        pictures = [picture for paper in papers for picture in paper.pictures]
        return drawn("journeys/packet.html", context, pictures=pictures)


def _notice_context(body: Mapping[str, Any], recipient: str) -> dict[str, Any]:
    notice = body["notice"]
    signed_at = notice.get("signed_at")
    return {
        **body,
        "recipient": recipient,
        "at": datetime.fromisoformat(notice["at"]),
        "signed_at": datetime.fromisoformat(signed_at) if signed_at else None,
    }


def _placed(papers: Sequence[Appended]) -> Iterator[dict[str, Any]]:
    """Each paper, with the place of each of its pages among all pictures."""
    place = 0
    for paper in papers:
        shown = len(paper.pictures)
        yield {
            "heading": breakable(f"{paper.question}: {paper.title}"),
            "title": paper.title,
            "of": paper.pages,
            "left_out": paper.pages - shown,
            "pages": list(enumerate(range(place, place + shown), start=1)),
        }
        place += shown


# What the cover says of an enrollment, where the recipient may have it.
COVER = {
    "patient": ("A1", "A3"),
    "born": ("A5",),
    "practice": ("C1",),
    "phone": ("C8",),
    "prescriber": ("D1",),
}
LABELS = {
    "patient": "Patient",
    "born": "Date of birth",
    "practice": "Practice",
    "phone": "Practice's phone",
    "prescriber": "Prescriber",
}


def _cover(packet: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Who it is about and from, the signatures in it, and what is asked for."""
    told = {field["id"]: field for section in packet["sections"] for field in section["fields"]}
    yield "Medicine", packet["program"]["medicine"]
    for name, ids in COVER.items():
        words = " ".join(told[key]["display"] for key in ids if key in told)
        if words:
            yield LABELS[name], breakable(words)
    if "H1" in told:
        yield "Services", told["H1"]["display"]
    signed = [f"{each['signer']} ({each['kind']})" for each in packet["signatures"]]
    yield "Signed by", ", ".join(signed) or "Nobody yet"


def _context(body: Mapping[str, Any], recipient: str) -> dict[str, Any]:
    packet = body["packet"]
    signatures = [
        {**signature, "signed_at": datetime.fromisoformat(signature["signed_at"])}
        for signature in packet["signatures"]
    ]
    sections = [
        {
            **section,
            "fields": [
                {**field, "label": question(field), "display": breakable(field["display"])}
                for field in section["fields"]
            ],
        }
        for section in packet["sections"]
    ]
    return {
        **body,
        "recipient": recipient,
        "cover": list(_cover(packet)),
        "sections": sections,
        "submitted_at": datetime.fromisoformat(packet["submitted_at"]),
        "signatures": signatures,
    }
