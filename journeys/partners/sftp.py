"""A partner that takes batch files over SFTP, and answers with acknowledgement files.

What is sent at the same time goes into one file, and beside it each signed packet as a PDF. A
file has the next number of its endpoint; one that is sent again because nobody knows whether it
arrived has the same number again.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from journeys.core.batch import Acknowledgement, Unreadable, acknowledgements
from journeys.core.delivery import Outgoing, Receipt, TransportError
from journeys.documents.batch import NAMES, File, written
from journeys.documents.packet import file_name
from journeys.domain.carrying import PartnerRefused, Route
from journeys.partners.http import TIMEOUT_SECONDS, found
from journeys.partners.paper import drawn

if TYPE_CHECKING:
    from asyncssh import SFTPClient

# Under a name of its own, so that it takes no number and lies beside what is real.
TEST_NAME = "throughline-test"
# What comes within this time goes into the same file.
GATHER_SECONDS = 0.1
# Packets are drawn meanwhile; the lease of what is sent lasts longer.
LASTS_SECONDS = 45.0
LONGEST_ACKNOWLEDGEMENT_BYTES = 4 * 1024 * 1024


@asynccontextmanager
async def open_sftp(route: Route) -> "AsyncIterator[BatchFolder]":
    """A session with the partner's server, whose key is known. Raises TransportError."""
    async with _session(route) as session:
        yield BatchFolder(route, session)


@asynccontextmanager
async def _session(route: Route) -> "AsyncIterator[SFTPClient]":
    import asyncssh  # a fifth of a second, which processes that send no files need not wait

    who, options = route.recipient, route.options
    target = await found(who, route.address, schemes=("sftp",))
    try:
        key = asyncssh.import_public_key(options["host_key"])
        own = asyncssh.import_private_key(route.secrets[0])
        async with (
            asyncio.timeout(TIMEOUT_SECONDS) as limit,
            asyncssh.connect(
                target.ip,
                target.port,
                username=options["username"],
                client_keys=[own],
                known_hosts=([key], [], []),
                agent_path=None,
                config=None,
            ) as connection,
            connection.start_sftp_client() as session,
        ):
            limit.reschedule(asyncio.get_running_loop().time() + LASTS_SECONDS)
            yield session
    except asyncssh.KeyImportError:
        raise TransportError(
            f"A key for {who} cannot be read.", permanent=False, ours=True
        ) from None
    except asyncssh.HostKeyNotVerifiable:
        raise TransportError(
            f"The server of {who} is not the one we know.", permanent=False
        ) from None
    except asyncssh.PermissionDenied:
        raise TransportError(f"The server of {who} does not let us in.", permanent=False) from None
    except (asyncssh.Error, OSError, TimeoutError):
        raise TransportError(
            f"The server of {who} could not be reached.", permanent=False
        ) from None


@dataclass
class Waiting:
    """One delivery for the next file, and what becomes of it."""

    outgoing: Outgoing
    sent: asyncio.Future[Receipt]


@dataclass
class BatchFolder:
    """Gathers deliveries into a file; none of them is sent until all of the file is."""

    route: Route
    session: "SFTPClient"
    number: int = 0
    waiting: list[Waiting] = field(default_factory=list)
    writer: asyncio.Task[None] | None = None

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Send it in the next file. Raises TransportError when that does not arrive whole."""
        if outgoing.kind == "test":
            return await self._send_test(outgoing)
        sent: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self.waiting.append(Waiting(outgoing, sent))
        if self.writer is None or self.writer.done():
            self.writer = asyncio.create_task(self._write())
        return await sent

    async def _write(self) -> None:
        while self.waiting:
            await asyncio.sleep(GATHER_SECONDS)
            batch, self.waiting = self.waiting, []
            beside = await self._drawn(batch)
            left = [each for each in batch if not each.sent.done()]
            if not left:
                continue
            try:
                receipt = await self._send_file([each.outgoing for each in left], beside)
            except TransportError as error:
                for each in left:
                    each.sent.set_exception(error)
            else:
                for each in left:
                    each.sent.set_result(receipt)

    async def _drawn(self, batch: Sequence[Waiting]) -> dict[str, File]:
        """The packets of a batch as PDFs; one that cannot be drawn stops no other."""
        beside: dict[str, File] = {}

        async def draw(one: Waiting) -> None:
            try:
                beside.update(await self.beside(one.outgoing))
            except TransportError as error:
                one.sent.set_exception(error)

        await asyncio.gather(*map(draw, batch))
        return beside

    async def beside(self, outgoing: Outgoing) -> dict[str, File]:
        """What lies beside the file of a delivery, by its id: what was signed, where it is wanted.

        Raises TransportError where it cannot be drawn.
        """
        if "packet" not in outgoing.body or self.route.options.get("packets") != "beside":
            return {}
        content = await drawn(outgoing, self.route.recipient)
        return {outgoing.delivery_id: File(file_name(outgoing), content)}

    async def _send_file(self, batch: list[Outgoing], beside: Mapping[str, File]) -> Receipt:
        self.number = self.number + 1 if self.number else self.route.sequence
        options = self.route.options
        form = options.get("format", "jsonl")
        now, name = datetime.now(UTC), NAMES[form].format(sequence=self.number)
        content = written(batch, form=form, sequence=self.number, now=now, beside=beside)
        await self.put_all([*beside.values(), File(name, content)])
        return Receipt(details={"sequence": self.number, "file": name})

    async def put_all(self, files: Iterable[File]) -> None:
        """Write files in their order: what names others comes after them. Raises TransportError."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                for file in files:
                    await self.put(file.name, file.content)
        except TimeoutError:
            raise TransportError(
                f"The file for {self.route.recipient} did not arrive.", permanent=False
            ) from None

    async def _send_test(self, outgoing: Outgoing) -> Receipt:
        """Write a file like any other, and look whether acknowledgements can be read."""
        form = self.route.options.get("format", "jsonl")
        name = f"{TEST_NAME}.{form}"
        await self.put(name, written([outgoing], form=form, sequence=0, now=datetime.now(UTC)))
        await acknowledgement_files(self.route, self.session)
        return Receipt(details={"file": name})

    async def put(self, name: str, content: bytes) -> None:
        """Write one file whole, or not at all. Raises TransportError."""
        import asyncssh

        folder = self.route.options.get("folder", ".")
        try:
            async with self.session.open(f"{folder}/.{name}.part", "wb") as file:
                await file.write(content)
            # A file that is there under its name is there whole.
            await self.session.posix_rename(f"{folder}/.{name}.part", f"{folder}/{name}")
        except asyncssh.SFTPPermissionDenied:
            raise PartnerRefused(f"{self.route.recipient} refused the file {name}.") from None
        except (asyncssh.Error, OSError):
            raise TransportError(
                f"The file for {self.route.recipient} did not arrive.", permanent=False
            ) from None


async def acknowledgement_files(route: Route, session: "SFTPClient") -> list[str]:
    """The names of the files that lie there to be read, in order. Raises TransportError."""
    import asyncssh

    folder = route.options.get("acknowledgements", "ack")
    try:
        names = [str(each) for each in await session.listdir(folder)]
    except (asyncssh.Error, OSError):
        raise TransportError(
            f"We write to {route.recipient}, but cannot read its folder {folder}.", permanent=False
        ) from None
    return sorted(name for name in names if name.endswith(".ack"))


async def read_acknowledgements(
    route: Route,
) -> tuple[list[tuple[str, list[Acknowledgement]]], list[str]]:
    """The acknowledgement files that lie there, by name, and the names of those not readable.

    Raises TransportError.
    """
    read, unreadable = [], []
    async with _session(route) as session:
        folder = route.options.get("acknowledgements", "ack")
        for name in await acknowledgement_files(route, session):
            async with session.open(f"{folder}/{name}", "rb") as file:
                content: bytes = await file.read(LONGEST_ACKNOWLEDGEMENT_BYTES)
            try:
                read.append((name, acknowledgements(content)))
            except Unreadable:
                unreadable.append(name)
    return read, unreadable


async def put_away(route: Route, names: list[str], *, ending: str) -> None:
    """Rename acknowledgement files, so that none is read twice. Raises TransportError."""
    async with _session(route) as session:
        folder = route.options.get("acknowledgements", "ack")
        for name in names:
            await session.posix_rename(f"{folder}/{name}", f"{folder}/{name}{ending}")
