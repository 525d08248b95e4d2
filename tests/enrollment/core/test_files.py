"""A file's name is harmless, and its kind is told from its bytes before anything decodes it."""

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.core.files import LARGEST_BYTES, Unfit, download_name, plain_title
from enrollment.core.filetypes import content_type_of


def chunk(kind: bytes, data: bytes) -> bytes:
    told = kind + data
    return struct.pack(">I", len(data)) + told + struct.pack(">I", zlib.crc32(told))


def png(width: int = 1, height: int = 1) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(2)))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


TINY_PNG = png()


@pytest.mark.asvs("5.3.2")
@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Card front.jpg", "Card front"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\card.png", "card"),
        ("a\x00b\x1b[31m\r\nSet-Cookie: x.pdf", "a b [31m Set-Cookie: x"),
        ("\u202egpj.exe", "gpj"),
        ("  .hidden. ", "hidden"),
        ("....", ""),
        ("", ""),
        ("x" * 300 + ".pdf", "x" * 80),
        ("Tarjeta de Peña.PDF", "Tarjeta de Peña"),
    ],
)
def test_a_name_is_only_ever_a_title(name: str, title: str) -> None:
    assert plain_title(name) == title


@given(st.text(max_size=200))
def test_whatever_a_file_is_called_its_download_is_plain(name: str) -> None:
    told = download_name(plain_title(name), "application/pdf")
    assert told.endswith(".pdf")
    assert told.isascii()
    assert not set(told) & set('"\\/\r\n;')


def test_a_whole_picture_is_told_by_its_bytes() -> None:
    assert content_type_of(TINY_PNG) == "image/png"
    assert content_type_of(b"%PDF-1.7\n%%EOF\n") == "application/pdf"


@pytest.mark.asvs("5.2.2")
@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "This file is empty; choose it again."),
        (b"\0\0\0\x18ftypheic....", "This is a HEIC picture, as phones take, whatever its name"),
        (b"PK\x03\x04word/document.xml", "This is a ZIP archive or an Office file, whatever"),
        (b"GIF89a", "This is a GIF, whatever its name says."),
        (b"II*\x00", "This is a TIFF, whatever its name says."),
        (b"<html><script>", "This is a web page or other text, whatever its name says."),
        (b"MZ\x90", "This is none of the files we can read, whatever its name says."),
        (b"\xff\xd8\xff\xe0", "This picture is damaged or ends too early"),
        (TINY_PNG[:-6], "This picture is damaged or ends too early"),
        (TINY_PNG.replace(b"IDAT", b"IDAX"), "This picture is damaged or ends too early"),
        (TINY_PNG + b"PK\x05\x06" + bytes(18), "This file holds a second file inside"),
        (TINY_PNG + b"<script>alert(1)</script>", "This file holds a second file inside"),
        (b"%PDF-1.7\n1 0 obj", "This PDF ends too early"),
        (b"%PDF-1.7\n%%EOF\nPK\x03\x04", "This file holds a second file inside"),
        (b"%PDF-1.7\n/Launch \n%%EOF", "This PDF holds a script, a form that sends itself"),
        (b" " * (LARGEST_BYTES + 1), "This file has 10.0 MB; the most is 10 MB."),
    ],
)
def test_a_file_that_is_not_what_we_take_is_told_why(body: bytes, sentence: str) -> None:
    with pytest.raises(Unfit) as unfit:
        content_type_of(body)
    assert str(unfit.value).startswith(sentence)


def test_a_picture_of_too_many_points_is_refused_by_its_first_bytes() -> None:
    with pytest.raises(Unfit, match="20000 by 20000 points; the most is 50 million in all"):
        content_type_of(png(20_000, 20_000))


@given(st.binary(max_size=400), st.sampled_from([b"\xff\xd8\xff", TINY_PNG[:8], b"%PDF-", b""]))
def test_no_bytes_make_it_fail_otherwise(rest: bytes, begins: bytes) -> None:
    with suppress(Unfit):
        content_type_of(begins + rest)
