"""The component tag refuses what it does not know; states are always icon and word."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

from accounts.templatetags.components import COMPONENTS, STATES, state


def render(source: str, **values: object) -> str:
    return Template("{% load components %}" + source).render(Context(values))


def test_props_body_and_fills_reach_their_places() -> None:
    html = render(
        '{% component "panel" title=name %}inside{% fill "footer" %}below{% endfill %}'
        "{% endcomponent %}",
        name="Coverage <b>",
    )
    assert "Coverage &lt;b&gt;" in html
    assert html.index("inside") < html.index("below")


def test_a_component_sees_only_what_it_is_given() -> None:
    html = render('{% component "panel" title="A" %}{% endcomponent %}', note="leaked")
    assert "leaked" not in html


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('{% component "panel" titel="A" %}{% endcomponent %}', "does not know the prop"),
        ('{% component "panel" %}{% endcomponent %}', 'lacks the prop "title"'),
        ('{% component "pannel" title="A" %}{% endcomponent %}', "no component"),
        (
            '{% component "panel" title="A" %}{% fill "feet" %}{% endfill %}{% endcomponent %}',
            "does not know the fill",
        ),
        ('{% component "panel" title="A" flush %}{% endcomponent %}', "takes only prop=value"),
    ],
)
def test_a_misspelt_component_fails_when_the_page_is_compiled(source: str, fault: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=fault):
        Template("{% load components %}" + source)


@pytest.mark.parametrize("name", sorted(COMPONENTS))
def test_every_component_renders_with_what_it_needs(name: str) -> None:
    needs = " ".join(f'{prop}="x"' for prop in COMPONENTS[name].needs)
    assert render(f'{{% component "{name}" {needs} %}}body{{% endcomponent %}}').strip()


@pytest.mark.parametrize("phase", sorted(STATES))
def test_a_state_is_never_told_by_colour_alone(phase: str) -> None:
    html = state(phase)
    assert "<svg" in html
    assert str(STATES[phase][1]) in html


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="no state 'late'"):
        state("late")


def test_words_from_outside_are_escaped_in_a_state() -> None:
    assert "<b>" not in state("waiting", "<b>hub</b>", "<b>why</b>")


def test_the_words_of_scripts_are_kept_per_language() -> None:
    source = '{% load keeping %}{% kept "shell/words.html" %}'
    assert "Reconnecting" in render(source)
    with override("es"):
        assert render(source) == render(source)
