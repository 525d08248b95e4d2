"""What goes over and what comes back, byte by byte."""

import datetime as dt
import json

import pytest

from journeys.core.delivery import Kept, Outgoing
from journeys.partners.webhook import message
from journeys.partners.wire import _head, plain_answer
from tests.factories.exchange import packet

YES = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nServer: hub 7\r\nX-Empty:\r\n\r\nhi"


def test_a_packet_goes_over_as_it_was_kept_whether_it_was_read_meanwhile_or_not() -> None:
    text = json.dumps(packet("Zoë D."), separators=(",", ":"), ensure_ascii=False)
    at = dt.datetime(2026, 3, 6, 14, 10, tzinfo=dt.UTC)
    kept, read = (
        message(Outgoing("d-1", "enrollment", {"journey": "TL-1", "packet": each}, at))
        for each in (Kept(text), json.loads(text))
    )
    assert kept == read
    assert json.loads(kept)["data"] == {"journey": "TL-1", "packet": packet("Zoë D.")}


def test_a_plain_whole_answer_is_read_and_the_connection_goes_on() -> None:
    answer = plain_answer(YES)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"hi")
    assert answer.headers == {"content-length": "2", "server": "hub 7", "x-empty": ""}


@pytest.mark.parametrize(
    "read",
    [
        b"",
        YES[:40],
        YES[:-1],
        YES + b"H",
        YES.replace(b"1.1", b"1.0"),
        YES.replace(b"200", b"100"),
        YES.replace(b"200", b"204"),
        YES.replace(b"X-Empty:", b"Transfer-Encoding: chunked"),
        YES.replace(b"X-Empty:", b"Connection: close"),
        YES.replace(b"X-Empty:", b"Content-Length: 2"),
        YES.replace(b"X-Empty:", b" folded"),
        YES.replace(b"X-Empty:", b"X-Empty: a\x00b"),
        YES.replace(b"Length: 2", b"Length: +2"),
    ],
)
def test_any_other_answer_is_left_to_who_knows_all_of_http(read: bytes) -> None:
    assert plain_answer(read) is None


def test_a_header_of_ours_never_begins_another() -> None:
    with pytest.raises(ValueError, match="cannot be sent"):
        _head("/hook", {"authorization": "Bearer x\r\nhost: elsewhere"})
