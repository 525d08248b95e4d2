"""Our pages for engineers are laid out from the text that stands in the repository."""

from pathlib import Path

from journeys.core.page_text import Span, blocks

PAGE = Path(__file__).parents[3] / "docs" / "partners.md"


def test_every_kind_of_block_is_read() -> None:
    (title, text, items, code, table) = blocks(
        "# A page\n\nSome `code` and\n**more**.\n\n- one\n  of two\n- [two](/x)\n"
        "```sh\n\nls\n```\n\n"
        "| a | b |\n| --- | --- |\n| 1 | `2` |\n"
    )
    assert (title.kind, title.id) == ("title", "a-page")
    assert text.spans == [
        Span("text", "Some "),
        Span("code", "code"),
        Span("text", " and "),
        Span("strong", "more"),
        Span("text", "."),
    ]
    assert items.items == [[Span("text", "one of two")], [Span("link", "two", "/x")]]
    assert code.text == "\nls"
    assert table.rows[1] == [[Span("text", "1")], [Span("code", "2")]]


def test_nothing_of_our_page_is_left_as_it_was_typed() -> None:
    read = blocks(PAGE.read_text())
    written = [span.text for block in read for span in block.spans if span.kind != "code"]
    assert {"title", "heading", "text", "code", "list", "table"} <= {block.kind for block in read}
    assert not [text for text in written if "**" in text or "](" in text or text.startswith("#")]
