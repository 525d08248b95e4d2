"""What the demo's hub got by fax today: two files, drawn as they are kept."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from accounts.core.actor import Actor
from accounts.tenancy import acting_as
from enrollment.management.demo.people import PRACTICES, PRESCRIBERS
from journeys.domain.faxes import Arrival, keep_fax
from journeys.domain.papers import Paper
from journeys.models import Journey

# Letter paper at 100 dots to the inch.
DPI = 100
SIZE = (850, 1100)
EDGE, COLUMN = 70, 310
LINE = 36
# A line of a page: what is asked and what is written, a heading, or nothing.
Lines = Sequence[tuple[str, str]]


def keep_faxes(jonah: Actor, *, now: dt.datetime) -> None:
    """Two faxes of today: papers of patients whom the hub knows, and a request for a new one."""
    with acting_as(jonah):
        theirs = Journey.objects.filter(organization__slug="lakeside", closed_at=None)
        known = theirs.order_by("number")[:2]
        about = [(each.patient_name, _day(each.patient_born_on)) for each in known]
        _keep(_papers(about), "lakeside", jonah, came=now - dt.timedelta(minutes=50), now=now)
        asked = now - dt.timedelta(minutes=10)
        _keep(_request(), "harbor", jonah, came=asked, now=now, urgent=True)


def _keep(
    pages: Sequence[tuple[str, Lines]],
    sender: str,
    by: Actor,
    *,
    came: dt.datetime,
    now: dt.datetime,
    urgent: bool = False,
) -> None:
    number = str(PRACTICES[sender]["C9"])
    top = f"{timezone.localtime(came):%b %d %Y  %H:%M}     FROM {_phone(number)}"
    drawn = [
        _drawn(f"{top}     P. {at}/{len(pages)}", title, lines)
        for at, (title, lines) in enumerate(pages, start=1)
    ]
    body = BytesIO()
    first, *others = (page.convert("1", dither=Image.Dither.NONE) for page in drawn)
    first.save(body, "PDF", resolution=DPI, save_all=True, append_images=others)
    kept = body.getvalue()
    digest = sha256(kept).hexdigest()
    paper = Paper("", "", "Fax", "application/pdf", digest, kept, [_jpeg(page) for page in drawn])
    keep_fax(paper, Arrival(received_at=came, from_number=number, urgent=urgent), by=by, now=now)


def _papers(about: Sequence[tuple[str, str]]) -> list[tuple[str, Lines]]:
    """A cover sheet, then two pages of one patient and one of each other."""
    (name, born), *others = about
    given, _, last = name.rpartition(" ")
    cover = (
        *_letterhead("lakeside"),
        ("To", "Beacon Support Hub, intake"),
        ("About", f"Papers of {len(about)} patients, see behind"),
        ("", ""),
        ("", "For the person named above only. Call us if it reached you by mistake."),
    )
    who = (("Patient", f"{last.upper()}, {given}"), ("Born", born), ("", ""))
    density = (
        *who,
        ("Study", "Bone density, spine and both hips"),
        ("Lumbar spine", "T-score -2.9"),
        ("Left hip", "T-score -2.6"),
        ("Right hip", "T-score -2.4"),
        ("", ""),
        ("", "Osteoporosis. Lower than two years ago by 4 percent."),
    )
    labs = (
        *who,
        ("Calcium", "9.4 mg/dL"),
        ("Vitamin D", "34 ng/mL"),
        ("Creatinine", "0.9 mg/dL"),
        ("", ""),
        ("Read by", str(PRESCRIBERS["lakeside"]["D1"])),
    )
    return [
        ("FAX", cover),
        ("Bone density report", density),
        ("Laboratory report", labs),
        *(("New insurance card, copied", _card(name, born)) for name, born in others),
    ]


def _card(name: str, born: str) -> Lines:
    return (
        ("Plan", "Meridian Health"),
        ("Member", name),
        ("Born", born),
        ("Member ID", "ME40817733"),
        ("Group", "G5521"),
        ("RxBIN / RxPCN", "610999 / MRX1"),
    )


def _request() -> list[tuple[str, Lines]]:
    """A request on paper for somebody who has no journey yet."""
    return [
        (
            "Enrollment request: Ossivue Path",
            (
                *_letterhead("harbor"),
                ("Patient", "Winifred Abernethy"),
                ("Born", "04/18/1957"),
                ("Address", "77 Tidewater Court, Towson, MD 21204"),
                ("Phone", "(410) 555-0163, mobile"),
                ("", ""),
                ("Insurance", "Bluewater Mutual, own policy"),
                ("Member ID", "BL29446108"),
                ("Group", "G3317"),
                ("RxBIN / RxPCN", "610998 / BWS"),
            ),
        ),
        (
            "Prescription, and why it is urgent",
            (
                ("Patient", "Winifred Abernethy, born 04/18/1957"),
                ("Prescriber", f"{PRESCRIBERS['harbor']['D1']}, NPI {PRESCRIBERS['harbor']['D4']}"),
                ("", ""),
                ("Diagnosis", "M81.0, age-related osteoporosis"),
                ("Tried before", "Alendronate, stomach did not bear it"),
                ("", ""),
                ("", "Two fractures of the spine in ten weeks: please begin at once."),
            ),
        ),
    ]


def _letterhead(practice: str) -> Iterable[tuple[str, str]]:
    its = PRACTICES[practice]
    return (
        ("From", f"{its['C1']}, NPI {its['C2']}"),
        ("Sent by", f"{its['C10']}, {_phone(its['C8'])}"),
        ("", ""),
    )


def _phone(number: str) -> str:
    return f"{number[:3]}-{number[3:6]}-{number[6:]}"


def _day(day: dt.date | None) -> str:
    return f"{day:%m/%d/%Y}" if day else ""


def _drawn(top: str, title: str, lines: Lines) -> Image.Image:
    """One page as a fax machine prints it, its line at the top."""
    page = Image.new("L", SIZE, 255)
    pen = ImageDraw.Draw(page)
    small, usual, large = _fonts()
    pen.text((EDGE, 24), top, fill=0, font=small)
    pen.text((EDGE, 110), title, fill=0, font=large)
    pen.line((EDGE, 165, SIZE[0] - EDGE, 165), fill=0, width=2)
    for at, (asked, written) in enumerate(lines):
        down = 200 + at * LINE
        pen.text((EDGE, down), asked, fill=0, font=usual)
        pen.text((COLUMN if asked else EDGE, down), written, fill=0, font=usual)
    return page


@cache
def _fonts() -> list[Any]:
    return [ImageFont.load_default(size) for size in (14, 20, 32)]


def _jpeg(page: Image.Image) -> bytes:
    out = BytesIO()
    page.save(out, "JPEG", quality=75)
    return out.getvalue()
