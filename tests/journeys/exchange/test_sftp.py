"""Batch files with a real OpenSSH server: numbered, whole, totalled, and acknowledged."""

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from pytest_django import Settings

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.delivery import Outgoing, TransportError
from journeys.domain.acknowledging import collect_acknowledgements
from journeys.enums import DeliveryStatus
from journeys.models import Endpoint
from journeys.partners.paper import drawn
from journeys.partners.sftp import put_away, read_acknowledgements
from tests.factories.exchange import delivery_of, endpoint, submitted
from tests.fakes.ssh import SshServer, needs_sshd, running_ssh_server
from tests.journeys.exchange.conftest import Turning, deliver
from tests.journeys.exchange.story import told

pytestmark = [
    pytest.mark.django_db,
    needs_sshd,
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with running_ssh_server(tmp_path_factory.mktemp("ssh")) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "ack").mkdir()
    return tmp_path


@pytest.fixture
def files(northstar: Organization, server: SshServer, folder: Path, settings: Settings) -> Endpoint:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    return endpoint(
        northstar,
        transport="sftp",
        address=f"sftp://127.0.0.1:{server.port}",
        secret=server.private_key,
        concurrency=200,
        options={
            "username": server.username,
            "host_key": server.host_key,
            "folder": str(folder / "in"),
            "acknowledgements": str(folder / "ack"),
        },
    )


def change(files: Endpoint, **options: Any) -> None:
    with every_tenant(reason="a test changes how the partner works"):
        files.options = {**files.options, **options}
        files.save(update_fields=["options"])


def collect(clock: Turning) -> int:
    return collect_acknowledgements(read=read_acknowledgements, put_away=put_away, now=clock.now)


def test_what_waits_goes_in_one_file_with_its_number_and_totals(
    files: Endpoint, folder: Path, clock: Turning
) -> None:
    journeys = [submitted(now=clock.now) for _ in range(5)]
    assert deliver(clock) == 5
    (file,) = (folder / "in").iterdir()
    assert file.name == "throughline-000001.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    head, *middle, trailer = (json.loads(line) for line in lines)
    assert (head["record"], head["sequence"]) == ("header", 1)
    assert {each["data"]["delivery"] for each in middle} == {
        str(delivery_of(each).id) for each in journeys
    }
    assert trailer["deliveries"] == 5
    assert trailer["sha256"] == hashlib.sha256(b"".join(lines[1:-1])).hexdigest()
    submitted(now=clock.now)
    deliver(clock)
    assert (folder / "in" / "throughline-000002.jsonl").exists()


def test_as_a_table_no_cell_is_a_formula(files: Endpoint, folder: Path, clock: Turning) -> None:
    change(files, format="csv")
    submitted(now=clock.now)
    deliver(clock)
    (file,) = (folder / "in").iterdir()
    rows = list(csv.reader(file.read_text().splitlines()))
    assert [row[0] for row in rows] == ["H", "C", "D", "T"]
    record = dict(zip(rows[1], rows[2], strict=True))
    assert record["A1"] == "Rosa Delgado"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_an_acknowledgement_confirms_or_refuses_and_is_put_away(
    files: Endpoint, folder: Path, clock: Turning
) -> None:
    taken, refused = submitted(now=clock.now), submitted(now=clock.now)
    deliver(clock)
    assert delivery_of(taken).status == DeliveryStatus.SENT
    said = [
        {"delivery": str(delivery_of(taken).id), "status": "accepted", "case_number": "B-9"},
        {"delivery": str(delivery_of(refused).id), "status": "rejected"},
        {"delivery": "not ours", "status": "accepted"},
    ]
    (folder / "ack" / "1.ack").write_text("\n".join(map(json.dumps, said)))
    (folder / "ack" / "2.ack").write_text("{half")
    clock.turn(minutes=1)
    assert collect(clock) == 1
    deliver(clock)
    assert delivery_of(taken).partner_case_number == "B-9"
    assert told(taken.id) == ["sent", "accepted"]
    assert delivery_of(refused).status == DeliveryStatus.REJECTED
    names = sorted(each.name for each in (folder / "ack").iterdir())
    assert names == ["1.ack.done", "2.ack.unreadable"]
    assert collect(clock) == 0


def test_a_server_with_another_key_gets_nothing(
    files: Endpoint, folder: Path, clock: Turning
) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    change(files, host_key=other)
    journey = submitted(now=clock.now)
    deliver(clock)
    assert delivery_of(journey).trouble == "The server of Northstar Access is not the one we know."
    assert list((folder / "in").iterdir()) == []


def test_a_file_that_did_not_arrive_leaves_its_number_to_the_next(
    files: Endpoint, folder: Path, clock: Turning
) -> None:
    (folder / "in").rename(folder / "away")
    journey = submitted(now=clock.now)
    deliver(clock)
    assert delivery_of(journey).status == DeliveryStatus.PENDING
    (folder / "away").rename(folder / "in")
    clock.turn(seconds=6)
    deliver(clock)
    assert [each.name for each in (folder / "in").iterdir()] == ["throughline-000001.jsonl"]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_the_signed_packet_lies_beside_the_file_that_names_it(
    files: Endpoint, folder: Path, clock: Turning, form: str
) -> None:
    change(files, format=form, packets="beside")
    journeys = [submitted(now=clock.now) for _ in range(2)]
    deliver(clock)
    rows = named(folder / "in" / f"throughline-000001.{form}")
    assert {row["pdf"] for row in rows} == {f"{each.number}-1.pdf" for each in journeys}
    for row in rows:
        content = (folder / "in" / row["pdf"]).read_bytes()
        assert content.startswith(b"%PDF")
        assert row["pdf_sha256"] == hashlib.sha256(content).hexdigest()


def test_a_packet_that_cannot_be_drawn_stops_no_other_of_its_file(
    files: Endpoint, folder: Path, clock: Turning, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(files, packets="beside")
    broken, whole = submitted(now=clock.now), submitted(now=clock.now)

    async def draw(outgoing: Outgoing, recipient: str) -> bytes:
        if outgoing.body["journey"] == broken.number:
            raise TransportError("It cannot be drawn.", permanent=True, ours=True)
        return await drawn(outgoing, recipient)

    monkeypatch.setattr("journeys.partners.sftp.drawn", draw)
    deliver(clock)
    assert delivery_of(broken).status == DeliveryStatus.ABANDONED
    assert delivery_of(whole).status == DeliveryStatus.SENT
    (row,) = named(folder / "in" / "throughline-000001.jsonl")
    assert row["pdf"] == f"{whole.number}-1.pdf"


def named(file: Path) -> list[dict[str, str]]:
    """The deliveries of a batch file, with what of them stands in columns or beside the data."""
    if file.suffix == ".jsonl":
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        return [line for line in lines if line["record"] == "delivery"]
    rows = list(csv.reader(file.read_text().splitlines()))
    return [dict(zip(rows[1], row, strict=True)) for row in rows if row[0] == "D"]
