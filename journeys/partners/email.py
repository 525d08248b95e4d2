"""A partner that takes e-mail with the packet attached, over TLS and to one known mailbox."""

import asyncio
import smtplib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage

from django.conf import settings

from journeys.core.delivery import Outgoing, Receipt, Transport, TransportError
from journeys.documents.packet import file_name
from journeys.domain.carrying import PartnerRefused, Route
from journeys.partners.addresses import Target
from journeys.partners.http import TIMEOUT_SECONDS, found, trusted
from journeys.partners.paper import drawn

SCHEMES = ("smtps", "smtp")
# The mailbox does not exist, or takes no such letter: trying again would not help.
REFUSALS = range(500, 600)


@asynccontextmanager
async def open_email(route: Route) -> AsyncIterator[Transport]:
    """The mail server, looked up once and pinned. Raises TransportError."""
    yield Mailbox(route, await found(route.recipient, route.address, schemes=SCHEMES))


@dataclass(frozen=True)
class Mailbox:
    """Writes one letter per delivery. Without TLS nothing is sent outside development."""

    route: Route
    target: Target

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the letter to the mail server. Raises TransportError.

        Its Message-ID is the delivery's id, the same at every try.
        """
        pdf = await drawn(outgoing, self.route.recipient)
        await asyncio.to_thread(self._post, _letter(outgoing, self.route, pdf))
        return Receipt()

    def _post(self, letter: EmailMessage) -> None:
        who = self.route.recipient
        try:
            with self._connected() as server:
                if self.route.secrets:
                    name, _, password = self.route.secrets[0].partition(":")
                    server.login(name, password)
                server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _answer(who, min(codes)) from None
        except smtplib.SMTPAuthenticationError:
            raise TransportError(
                f"The mail server of {who} does not let us in.", permanent=False
            ) from None
        except smtplib.SMTPResponseException as error:
            raise _answer(who, error.smtp_code) from None
        except (smtplib.SMTPException, OSError):
            raise TransportError(
                f"The mail server of {who} could not be reached.", permanent=False
            ) from None

    def _connected(self) -> smtplib.SMTP:
        host, port, ip = self.target.host, self.target.port, self.target.ip
        if self.target.url.scheme == "smtps":
            return _pinned(_PinnedTLS(timeout=TIMEOUT_SECONDS, context=trusted()), host, port, ip)
        server = _pinned(_Pinned(timeout=TIMEOUT_SECONDS), host, port, ip)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=trusted())
        elif not settings.ALLOW_PRIVATE_ENDPOINTS:
            server.close()
            raise TransportError(
                f"The mail server of {self.route.recipient} offers no TLS.", permanent=False
            )
        return server


class _Pinned(smtplib.SMTP):
    """Connects to the address that passed, and verifies the name."""

    ip = ""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return socket.create_connection((self.ip, port), timeout)


class _PinnedTLS(smtplib.SMTP_SSL, _Pinned):
    """The same, with TLS from the first byte."""


def _pinned(server: _Pinned, host: str, port: int, ip: str) -> smtplib.SMTP:
    server.ip = ip
    server._host = host  # type: ignore[attr-defined]  # the name that TLS verifies
    server.connect(host, port)
    return server


def _answer(who: str, code: int) -> TransportError:
    if code in REFUSALS:
        return PartnerRefused(f"{who} refused the letter ({code}).")
    return TransportError(f"The mail server of {who} asks us to wait ({code}).", permanent=False)


def _letter(outgoing: Outgoing, route: Route, pdf: bytes) -> EmailMessage:
    """Nothing of the patient stands outside the attachment."""
    letter = EmailMessage()
    letter["From"] = settings.DEFAULT_FROM_EMAIL
    letter["To"] = route.options["to"]
    letter["Subject"] = f"{outgoing.body['journey']}, version {outgoing.body['version']}"
    letter["Message-ID"] = f"<{outgoing.delivery_id}@throughline>"
    letter.set_content(
        "The attached packet was sent to you through Throughline. Please confirm it, by its"
        " number, to the practice named in it.\n"
    )
    letter.add_attachment(pdf, maintype="application", subtype="pdf", filename=file_name(outgoing))
    return letter
