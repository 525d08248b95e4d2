"""A stranger's file becomes one we keep: told by its bytes, scanned, decoded in a child process."""

import json
import os
import subprocess
import sys
from threading import BoundedSemaphore

from django.conf import settings

from enrollment.core.files import CheckedFile, Unfit
from enrollment.core.filetypes import content_type_of
from enrollment.documents.scanning import scan

SECONDS = 30
# Each may take a gigabyte and a core: two at once in one process, and the others wait.
_room = BoundedSemaphore(2)
# A browser shows no TIFF, so its pages are kept as a PDF.
PDF = "application/pdf"
KEPT_AS = {"image/tiff": PDF}
CHILD = "enrollment.documents.child"
# Where this process keeps compiled code, so that the child need not compile the decoders anew.
COMPILED = ("-X", f"pycache_prefix={sys.pycache_prefix}") if sys.pycache_prefix else ()
TOO_MUCH = (
    "This file takes too much to read, so it was not kept. Print it to a new PDF, or take a "
    "picture of it, and attach that."
)


def read_file(body: bytes, *, pages: tuple[int, ...] = ()) -> CheckedFile:
    """Read a file that somebody chose, or these of its pages alone, as a PDF of what they show.

    Raises Unfit, with a sentence for whoever chose it.
    """
    content_type = content_type_of(body)
    scan(body)
    problem, *frames = _frames(_decoded(content_type, body, pages))
    if problem:
        raise Unfit(json.loads(problem))
    kept, *pictures = frames
    kept_as = PDF if pages else KEPT_AS.get(content_type, content_type)
    return CheckedFile(kept_as, kept, tuple(pictures))


def _decoded(content_type: str, body: bytes, pages: tuple[int, ...]) -> bytes:
    if not _room.acquire(timeout=SECONDS):
        raise Unfit("Many files are being read just now; try again in a minute.")
    try:
        done = subprocess.run(  # noqa: S603  # our own module; the file is its input only
            [sys.executable, "-P", "-B", *COMPILED, "-m", CHILD, content_type, *map(str, pages)],
            input=body,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=settings.BASE_DIR,
            # No key, no address of a database.
            env={"PATH": os.defpath, "PYTHONPATH": str(settings.BASE_DIR)},
        )
    except subprocess.TimeoutExpired:
        raise Unfit(TOO_MUCH) from None
    finally:
        _room.release()
    if done.returncode:
        raise Unfit(TOO_MUCH)
    return done.stdout


def _frames(written: bytes) -> list[bytes]:
    found, place = [], 0
    while place < len(written):
        start = place + 4
        place = start + int.from_bytes(written[place:start], "big")
        found.append(written[start:place])
    return found
