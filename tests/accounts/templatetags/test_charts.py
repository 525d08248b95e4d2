"""Bars start at zero, and what is hidden for privacy has no length to measure."""

from django.template import Context, Template

from accounts.templatetags.charts import Row, chart_bar, chart_funnel


def test_bars_are_in_proportion_to_the_longest() -> None:
    bars = chart_bar("Open", [Row("A", 50), Row("B", 200), Row("C", 0)])["bars"]
    assert [bar["share"] for bar in bars] == [25.0, 100.0, 0]


def test_a_hidden_count_gives_nothing_away() -> None:
    bars = chart_funnel("Funnel", [Row("Sent", 100), Row("Taken", None)])["bars"]
    assert bars[1]["share"] == 0
    assert bars[1]["share_of_first"] == ""
    html = Template("{% load charts %}{% chart_bar 'Open' rows %}").render(
        Context({"rows": [Row("A", None)]})
    )
    assert " ".join(html.split()).count("> hidden <") == 2


def test_stages_say_their_share_of_the_first() -> None:
    bars = chart_funnel("Funnel", [Row("Sent", 400), Row("Taken", 100)])["bars"]
    assert [bar["share_of_first"] for bar in bars] == ["100%", "25%"]
