"""Which network addresses we may send to: the guard against requests into our own network.

A host is looked up once; the address that passed is the one connected to, so a name that
answers differently the second time gains nothing.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass

import httpx
from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# An IPv4 address inside an IPv6 one (RFC 6052), which a gateway of ours might translate.
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class RefusedAddress(ValueError):
    """The endpoint's address is not one we send to; the text says why."""


@dataclass(frozen=True)
class Target:
    """Where to connect (`url`, with the address in it), and the name to ask for and verify."""

    url: httpx.URL
    host: str
    authority: str
    port: int

    @property
    def ip(self) -> str:
        """The address that passed."""
        return self.url.host


def is_public(address: Address) -> bool:
    """Whether this is an ordinary address on the internet, also seen through IPv6 wrappings."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address in TRANSLATED:
            return False
    return address.is_global and not address.is_multicast


# Ports of the schemes that adapters use; in development also http.
PORTS = {"https": 443, "http": 80, "smtps": 465, "smtp": 587, "sftp": 22}


def checked(address: str, *, allow_private: bool, schemes: tuple[str, ...]) -> httpx.URL:
    """An address with a scheme we send by and a host. Raises RefusedAddress."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        raise RefusedAddress("The endpoint's address cannot be read.") from None
    if url.scheme not in schemes and not (allow_private and url.scheme == "http"):
        raise RefusedAddress(f"The endpoint's address does not begin with {' or '.join(schemes)}.")
    if not url.host or url.userinfo:
        raise RefusedAddress("The endpoint's address names no host, or holds a password.")
    return url


async def target_of(
    address: str, *, allow_private: bool, schemes: tuple[str, ...] = ("https",)
) -> Target:
    """Look an endpoint's host up and pin it.

    Raises RefusedAddress when the scheme is another or any address of the host is private, both
    unless `allow_private`, and OSError when the host cannot be found.
    """
    url = checked(address, allow_private=allow_private, schemes=schemes)
    loop = asyncio.get_running_loop()
    port = url.port or PORTS[url.scheme]
    found = await loop.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    if not allow_private and not all(is_public(address) for address in addresses):
        raise RefusedAddress("The endpoint's address is inside a private network.")
    return Target(
        url=url.copy_with(host=str(addresses[0])),
        host=url.host,
        authority=url.netloc.decode("ascii"),
        port=port,
    )


# Whoever fills in an address waits no longer for its look-up.
LOOK_UP_SECONDS = 3.0


def problem_with(address: str, schemes: tuple[str, ...]) -> str:
    """Why we would not send to an address that somebody fills in, as a sentence; else nothing."""
    private = settings.ALLOW_PRIVATE_ENDPOINTS
    looked_up = asyncio.wait_for(
        target_of(address, allow_private=private, schemes=schemes), LOOK_UP_SECONDS
    )
    try:
        asyncio.run(looked_up)
    except RefusedAddress as error:
        return str(error)
    except (OSError, UnicodeError, TimeoutError):
        return "The endpoint's host cannot be found."
    return ""
