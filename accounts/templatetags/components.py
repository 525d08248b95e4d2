"""The strict component tag, the one state chip, and icons.

A component is a template under ``templates/components/``. Leaf ones are used with
``{% include … only %}``; those with slots with ``{% component %}``, which refuses a prop or a
fill it does not know when the page is compiled, so a misspelt attribute never passes in silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from django import template
from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    Parser,
    Token,
    token_kwargs,
)
from django.template.context import Context
from django.template.engine import Engine
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy
from lucide import _render_icon

register = template.Library()


@dataclass(frozen=True)
class Shape:
    """A component's template and what it takes: props it needs or may have, and named fills."""

    template: str
    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    fills: frozenset[str] = frozenset()


def _shape(template: str, needs: str, may: str = "", fills: str = "") -> Shape:
    return Shape(
        template, frozenset(needs.split()), frozenset(may.split()), frozenset(fills.split())
    )


COMPONENTS: Mapping[str, Shape] = {
    "page_head": _shape(
        "components/page_head.html", "title", "sentence back_url back_label", "action aside"
    ),
    "panel": _shape("components/panel.html", "title", "id note level flush", "action footer"),
    "disclosure": _shape("components/disclosure.html", "summary", "id note open"),
    "dialog": _shape("components/dialog.html", "id title", "note wide", "actions"),
    "data_table": _shape(
        "components/data_table.html", "caption", "id note stack dense", "head foot"
    ),
    "toolbar": _shape("components/toolbar.html", "label", "", "end"),
    "detail_pane": _shape("components/detail_pane.html", "title", "id close_url", "action"),
}


class FillNode(Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        return self.nodelist.render(context)


class ComponentNode(Node):
    child_nodelists = ("body",)

    def __init__(
        self,
        name: str,
        props: dict[str, FilterExpression],
        body: NodeList,
        fills: list[FillNode],
    ) -> None:
        self.name = name
        self.props = props
        self.body = body
        self.fills = fills

    def render(self, context: Context) -> SafeString:
        values: dict[str, object] = {
            name: value.resolve(context) for name, value in self.props.items()
        }
        values |= {fill.name: fill.render(context) for fill in self.fills}
        values["body"] = self.body.render(context)
        engine = cast(Engine, context.template.engine)  # type: ignore[union-attr]  # bound while rendering
        component = engine.get_template(COMPONENTS[self.name].template)
        return component.render(context.new(values))


@register.tag("fill")
def do_fill(parser: Parser, token: Token) -> FillNode:
    """``{% fill "action" %}…{% endfill %}``: the content of a component's named place."""
    bits = token.split_contents()
    if len(bits) != 2:
        raise template.TemplateSyntaxError("fill takes exactly one quoted name")
    nodelist = parser.parse(("endfill",))
    parser.delete_first_token()
    return FillNode(bits[1].strip("\"'"), nodelist)


@register.tag("component")
def do_component(parser: Parser, token: Token) -> ComponentNode:
    """``{% component "panel" title=… %}…{% endcomponent %}``; unknown props and fills raise."""
    _, quoted, *bits = token.split_contents()
    name = quoted.strip("\"'")
    props = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f'component "{name}" takes only prop=value: {bits}')
    nodelist = parser.parse(("endcomponent",))
    parser.delete_first_token()
    fills = [node for node in nodelist if isinstance(node, FillNode)]
    body = NodeList(node for node in nodelist if not isinstance(node, FillNode))
    _check(name, frozenset(props), frozenset(fill.name for fill in fills))
    return ComponentNode(name, props, body, fills)


def _check(name: str, props: frozenset[str], fills: frozenset[str]) -> None:
    shape = COMPONENTS.get(name)
    if shape is None:
        raise template.TemplateSyntaxError(f'no component "{name}"; there are {sorted(COMPONENTS)}')
    faults = [
        *(f'does not know the prop "{prop}"' for prop in props - shape.needs - shape.may),
        *(f'lacks the prop "{prop}"' for prop in shape.needs - props),
        *(f'does not know the fill "{fill}"' for fill in fills - shape.fills),
    ]
    if faults:
        raise template.TemplateSyntaxError(f'component "{name}" ' + "; ".join(sorted(faults)))


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: int = 16) -> SafeString:
    """A lucide icon as inline SVG, hidden from screen readers: the word beside it speaks."""
    # The empty string is joined on because a template's literals arrive as SafeString.
    drawn = _render_icon(name + "", size, aria_hidden="true", focusable="false")
    return mark_safe(drawn.replace("<svg ", '<svg class="icon" ', 1))  # noqa: S308  # our own package's icon


@register.filter
def phone(digits: str) -> str:
    """617-555-0142: readable, and still a number that a telephone takes."""
    plain = len(digits) == 10 and digits.isdigit()
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if plain else digits


# One place for how the eight states look: icon, word. Their colour is in components.css.
STATES: Mapping[str, tuple[str, object]] = {
    "done": ("circle-check", gettext_lazy("Done")),
    "now": ("circle-dot", gettext_lazy("Now")),
    "waiting": ("hourglass", gettext_lazy("Waiting")),
    "ahead": ("circle-dashed", gettext_lazy("Ahead")),
    "skipped": ("circle-slash", gettext_lazy("Skipped")),
    "at_risk": ("triangle-alert", gettext_lazy("At risk")),
    "blocked": ("octagon-x", gettext_lazy("Blocked")),
    "conflict": ("equal-not", gettext_lazy("Conflict")),
}


@register.simple_tag
def state(phase: str, word: str = "", why: str = "") -> SafeString:
    """The state chip: icon, word, then colour. ``word`` says it more closely, ``why`` explains.

    Raises ``TemplateSyntaxError`` for a phase that is none of the eight.
    """
    # The empty string makes a template's literal, which is safe, a text like any other.
    return _state(phase, str(word) + "", str(why) + "", get_language())


@lru_cache(maxsize=512)
def _state(phase: str, word: str, why: str, language: str | None) -> SafeString:
    look = STATES.get(phase)
    if look is None:
        raise template.TemplateSyntaxError(f"no state {phase!r}; there are {sorted(STATES)}")
    because = format_html(' <span class="state-why">{}</span>', why) if why else ""
    return format_html(
        '<span class="state state-{}">{}<span class="state-word">{}</span></span>{}',
        phase.replace("_", "-"),
        icon(look[0], 16),
        word or look[1],
        because,
    )


@register.simple_tag
def state_icon(phase: str, size: int = 16) -> SafeString:
    """Only the icon of a state, for where the word stands beside it in another form."""
    return icon(STATES[phase][0], size)


@register.simple_tag
def state_word(phase: str) -> str:
    """Only the word of a state, where its mark stands beside it in another form."""
    return str(STATES[phase][1])


@register.simple_tag
def count_left(done: int, total: int) -> str:
    """``4 of 12 to go``, or that nothing is left."""
    if done >= total:
        return gettext("All {total} done").format(total=total)
    return gettext("{left} of {total} to go").format(left=total - done, total=total)
