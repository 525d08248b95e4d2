"""Files as they come in: kept in memory up to what a paper may have, dropped beyond it."""

from io import BytesIO
from typing import Any, TypeAlias

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from enrollment.core.files import LARGEST_BYTES, MEGABYTE
from enrollment.core.filetypes import too_large

MOST_AT_ONCE_BYTES = 4 * LARGEST_BYTES
"""Of all the files of one request together."""
MOST_RECEIVED_BYTES = 256 * MEGABYTE
"""After so many the connection is closed; until then what was typed beside the file is read."""


Upload: TypeAlias = "UploadedFile[bytes]"


class TooLarge(UploadedFile):  # type: ignore[type-arg]  # it takes none at run time
    """A file of which only the size was kept."""


class BoundedUpload(FileUploadHandler):
    """Django's handlers write a large file to a disk in the clear, and take any size."""

    received = kept = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.size, self.buffer = 0, BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        self.received += len(raw_data)
        if self.received > MOST_RECEIVED_BYTES:
            raise StopUpload(connection_reset=True)
        if self.size > LARGEST_BYTES or self.kept + self.size > MOST_AT_ONCE_BYTES:
            self.buffer = BytesIO()
        else:
            self.buffer.write(raw_data)

    def file_complete(self, file_size: int) -> Upload:
        whole = self.buffer.tell() == file_size
        self.kept += self.buffer.tell()
        self.buffer.seek(0)
        about = (self.file_name, self.content_type, file_size, self.charset)
        if not whole:
            return TooLarge(None, *about)
        return InMemoryUploadedFile(self.buffer, self.field_name, *about, self.content_type_extra)


def bytes_of(file: Upload) -> bytes:
    """What was uploaded. Raises Unfit when it was too large to be kept."""
    if isinstance(file, TooLarge):
        raise too_large(file.size or 0)
    return bytes(file.read())
