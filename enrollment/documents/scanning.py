"""The malware scanner, where one is set: nothing is kept that it did not pass."""

import socket
from urllib.parse import urlsplit

from django.conf import settings

from enrollment.core.files import Unfit

SECONDS = 20
CHUNK = 64 * 1024
LONGEST_ANSWER = 4_096


class Infected(Unfit):
    """The scanner knows this file."""


def scan(body: bytes) -> None:
    """Ask clamd (its INSTREAM command) at `settings.MALWARE_SCANNER`; without one, do nothing.

    The setting is `tcp://host:3310` or `unix:///path/to/socket`. Raises Infected, and Unfit
    when the scanner cannot be reached or answers anything but a clear yes.
    """
    if not settings.MALWARE_SCANNER:
        return
    try:
        answer = _asked(settings.MALWARE_SCANNER, body)
    except (OSError, ValueError):
        answer = b""
    if answer.endswith(b" FOUND"):
        raise Infected("The malware scanner refused this file, so it was not kept.")
    if answer != b"stream: OK":
        raise Unfit(
            "The malware scanner does not answer, so nothing was kept; try again in a while."
        )


def _asked(address: str, body: bytes) -> bytes:
    with _connected(address) as wire:
        wire.sendall(b"zINSTREAM\0")
        for start in range(0, len(body), CHUNK):
            part = body[start : start + CHUNK]
            wire.sendall(len(part).to_bytes(4, "big") + part)
        wire.sendall(bytes(4))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
            received = wire.recv(LONGEST_ANSWER)
            if not received:
                break
            answer += received
    return answer.rstrip(b"\0")


def _connected(address: str) -> socket.socket:
    where = urlsplit(address)
    if where.scheme == "unix":
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wire.settimeout(SECONDS)
        try:
            wire.connect(where.path)
        except OSError:
            wire.close()
            raise
        return wire
    return socket.create_connection((where.hostname or "", where.port or 3310), timeout=SECONDS)
