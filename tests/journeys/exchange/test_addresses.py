"""Where we never send to, however the address is written."""

import asyncio
import socket
from typing import Any

import pytest

from journeys.partners.addresses import RefusedAddress, Target, target_of


def look_up(address: str, *, allow_private: bool = False) -> Target:
    return asyncio.run(target_of(address, allow_private=allow_private))


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://2130706433/hook",
        "https://0x7f.1/hook",
        "https://0/hook",
        "https://10.0.0.8/hook",
        "https://172.16.4.4/hook",
        "https://192.168.1.1/hook",
        "https://100.64.0.1/hook",
        "https://169.254.169.254/latest/meta-data/",
        "https://224.0.0.1/hook",
        "https://[::1]/hook",
        "https://[::]/hook",
        "https://[fe80::1]/hook",
        "https://[fd00:ec2::254]/hook",
        "https://[::ffff:127.0.0.1]/hook",
        "https://[::ffff:a00:1]/hook",
        "https://[2002:7f00:1::]/hook",
        "https://[64:ff9b::7f00:1]/hook",
        "https://[64:ff9b::a9fe:a9fe]/hook",
        "http://93.184.215.14/hook",
        "ftp://93.184.215.14/hook",
        "file:///etc/passwd",
        "https:///hook",
        "https://user:password@93.184.215.14/hook",
    ],
)
def test_addresses_that_are_refused(address: str) -> None:
    with pytest.raises(RefusedAddress):
        look_up(address)


def test_a_name_is_refused_when_any_of_its_addresses_is_private(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = ["93.184.215.14", "10.0.0.1"]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [entry(ip) for ip in answers])
    with pytest.raises(RefusedAddress):
        look_up("https://hub.example/hook")


def test_the_address_that_passed_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: a second look-up would answer with our own network."""
    answers = iter([[entry("93.184.215.14")], [entry("10.0.0.1")]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: next(answers))
    target = look_up("https://hub.example:8443/hook?x=1")
    assert str(target.url) == "https://93.184.215.14:8443/hook?x=1"
    assert (target.host, target.authority) == ("hub.example", "hub.example:8443")


def test_in_development_a_partner_may_be_next_door() -> None:
    assert look_up("http://127.0.0.1:8123/northstar", allow_private=True).url.port == 8123


def entry(ip: str) -> tuple[Any, ...]:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443))
