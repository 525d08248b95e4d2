"""A fax gateway, a FHIR server with its token endpoint, and a mail server: real protocols."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from typing import Any, cast
from urllib.parse import parse_qs

from tests.fakes.hub import Server


@dataclass
class Posted:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Gateway:
    """What was posted, and how it answers each path: status and body."""

    url: str = ""
    posted: list[Posted] = field(default_factory=list)
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    hangs_up: bool = False
    judge: Callable[[Posted], tuple[int, Any] | None] = lambda _posted: None

    def at(self, path: str) -> list[Posted]:
        return [each for each in self.posted if each.path == path]


@contextmanager
def running_gateway() -> Iterator[Gateway]:
    """An HTTP server on a free port until the block ends."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            posted = Posted(self.path, headers, body)
            gateway.posted.append(posted)
            status, told = gateway.judge(posted) or gateway.answers.get(self.path, (404, {}))
            answer = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
            # Without a word about it in the headers.
            self.close_connection = gateway.hangs_up

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = Server(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def form_of(posted: Posted) -> dict[str, str]:
    """A urlencoded form's fields."""
    return {name: values[0] for name, values in parse_qs(posted.body.decode()).items()}


def parts_of(posted: Posted) -> dict[str, EmailMessage]:
    """A multipart form's parts by their names."""
    head = f"content-type: {posted.headers['content-type']}\r\n\r\n".encode()
    parsed = message_from_bytes(head + posted.body, policy=policy.default)
    parts = cast("list[EmailMessage]", list(parsed.iter_parts()))
    return {str(part.get_param("name", header="content-disposition")): part for part in parts}


@dataclass
class MailServer:
    """What was mailed. `refuses` answers each recipient with this code instead."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: int = 0


class Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a client needs."""

    mail: MailServer

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 mail.example ready")
        for raw in self.rfile:
            verb = raw[:4].upper()
            if verb == b"RCPT" and self.mail.refuses:
                self.say(f"{self.mail.refuses} no")
            elif verb == b"DATA":
                self.say("354 go on")
                self.take()
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self) -> None:
        lines = []
        for raw in self.rfile:
            if raw == b".\r\n":
                break
            lines.append(raw.removeprefix(b".") if raw.startswith(b"..") else raw)
        letter = message_from_bytes(b"".join(lines), policy=policy.default)
        self.mail.letters.append(letter)
        self.say("250 taken")


class Mailing(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """An SMTP server on a free port until the block ends."""
    mail = MailServer()
    server = Mailing(("127.0.0.1", 0), type("Talking", (Conversation,), {"mail": mail}))
    mail.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield mail
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
