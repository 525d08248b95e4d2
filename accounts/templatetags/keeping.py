"""Parts of a page that depend on few things: written once for each of them, then kept.

The frame is most of what Django's template engine has to do for a page, and hardly ever changes.
"""

import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Node, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

# Marks in what is kept where something of each answer's own belongs; nobody can write it.
HOLE = secrets.token_hex(16)
FORMS_OWN = "csrf_token"
Given = tuple[tuple[str, object], ...]


def _write(name: str, language: str | None, given: Given, own: tuple[str, ...]) -> tuple[str, ...]:
    """The text between the holes, and in every second place the name of what a hole is for."""
    holes = {each: f"{HOLE}{each}{HOLE}" for each in (FORMS_OWN, *own)}
    told = {**dict(given), "language": language, **holes}
    return tuple(render_to_string(name, told).split(HOLE))


_written = lru_cache(maxsize=1024)(_write)


class KeptNode(Node):
    def __init__(
        self, name: str, given: Mapping[str, FilterExpression], own: Mapping[str, FilterExpression]
    ) -> None:
        self.name = name
        self.given = tuple(sorted(given.items()))
        self.own = own
        self.names = tuple(own)

    def render(self, context: Context) -> SafeString:
        write = _write if settings.DEBUG else _written
        given = tuple((each, value.resolve(context)) for each, value in self.given)
        pieces = write(self.name, get_language(), given, self.names)
        if len(pieces) == 1:
            return SafeString(pieces[0])
        filled: dict[str, str] = {
            each: conditional_escape(it.resolve(context)) for each, it in self.own.items()
        }
        if FORMS_OWN in pieces:
            filled[FORMS_OWN] = str(context.get(FORMS_OWN) or "")
        whole = "".join(filled[piece] if place % 2 else piece for place, piece in enumerate(pieces))
        return mark_safe(whole)  # noqa: S308  # a rendered template, its holes filled with escaped text


@register.tag("kept")
def do_kept(parser: Parser, token: Token) -> KeptNode:
    """``{% kept "template.html" of=value … besides name=value … %}``: include it, written once.

    It depends on the `language` and the given values alone, which must be hashable, and sees
    nothing else of the page, so that nothing of one reader is ever kept for another. What stands
    after `besides` is filled into what was kept, as is the answer's own token in its forms; the
    template can only show these, not decide by them.
    """
    _, quoted, *bits = token.split_contents()
    at = bits.index("besides") if "besides" in bits else len(bits)
    given, own = bits[:at], bits[at + 1 :]
    node = KeptNode(quoted.strip("\"'"), _values(given, parser), _values(own, parser))
    if given or own:
        raise template.TemplateSyntaxError(f"kept takes only name=value: {given + own}")
    return node


def _values(bits: list[str], parser: Parser) -> dict[str, Any]:
    return token_kwargs(bits, parser)
