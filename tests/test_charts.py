"""Every chart form: a valid spec, a golden one, an SVG in the house font, and the odd cases."""

import functools
import inspect
import itertools
import json
import re
import xml.dom.minidom

import altair as alt
import pytest

from capexlib.errors import QualityError
from capexlib.exhibits import charts, render, theme
from capexlib.exhibits.charts import layout

NASTY = ("<script>alert(1)</script>", 'datum["x"] & "q"', "]]>{{7*7}}${x}", "=HYPERLINK()", "Acme\nInc\tLtd", "#let x")
LONG = "The Exceedingly Long-Named Acme Industrial and Agricultural Machinery Holdings Company of Somewhere"
STATUSES = tuple(theme.STATUS_STYLES)


def _bars(names, scale=1.0):
    shapes = [
        {"value": 22.8, "low": 22.6, "high": 23.0, "range_label": "22.6–23.0", "case": True},
        {"value": 175, "low": 170, "high": 180, "note": "calendarised"},
        {"low": 115, "high": 135},
        {"low": 50},
        {"high": 14},
        {},
    ]
    rows = []
    for index, name in enumerate(names):
        shape = {key: one * scale if type(one) in (int, float) else one for key, one in shapes[index % 6].items()}
        rows.append(charts.Bar(name=name, status=STATUSES[index % len(STATUSES)], **shape))
    return charts.ranked_bars(rows, unit="US$ billion")


def _paths(names, scale=1.0):
    rows = [
        charts.Series(
            name=name,
            case=index == 0,
            points=(
                *tuple(charts.YearPoint(year=2019 + year, value=(index + 1) * (year + 1) * scale) for year in range(7)),
                charts.YearPoint(year=2026, low=9 * scale, status="media_report_unverified")
                if index == 0
                else charts.YearPoint(year=2026, value=10 * scale, low=9 * scale, high=12 * scale, status="guidance"),
            ),
        )
        for index, name in enumerate(names)
    ]
    return charts.paths([*rows, charts.Series(name="Nobody", points=())], unit="US$ billion")


def _timeline(names, scale=1.0):
    shapes = [
        {"value": 160, "adopted": True},
        {"low": 200},
        {"high": 490},
        {"low": 170, "high": 190},
        {"value": 1600, "flagged": True, "detail": "tenfold error"},
        {"denial": True},
        {"value": 150, "superseded": True},
        {},
    ]
    rows = []
    for index, name in enumerate(names):
        shape = {key: one * scale if type(one) in (int, float) else one for key, one in shapes[index % 8].items()}
        rows.append(charts.ClaimMark(known=f"2026-{index % 12 + 1:02d}-01", label=name, **shape))
    return charts.claim_timeline(rows, unit="CNY billion", as_of="2026-12-31")


def _composition(names, scale=1.0):
    del scale
    share = 1 / len(names)
    rows = [
        charts.Part(name=name, share=share, low=share / 2, high=share * 1.2, status=STATUSES[index % len(STATUSES)])
        for index, name in enumerate(names)
    ]
    return charts.composition([*rows, charts.Part(name="Unknown", share=None)])


def _dot_ranges(names, scale=1.0):
    dots = [
        charts.Dot(value=0.3 * scale, low=0.25 * scale, high=0.4 * scale, status="guidance"),
        charts.Dot(low=0.5 * scale),
        charts.Dot(high=0.2 * scale),
        charts.Dot(low=0.1 * scale, high=0.2 * scale),
        None,
    ]
    rows = [
        charts.DotRow(name=name, dots=(dots[index % 5], dots[(index + 1) % 5]), case=index == 0)
        for index, name in enumerate(names)
    ]
    panels = [charts.Panel(title="Share of revenue", percent=True), charts.Panel(title="US$ per user")]
    return charts.dot_ranges(rows, panels=panels)


def _all_in(names, scale=1.0):
    rows = [
        charts.AllIn(
            name=name,
            reported=None if index == 5 else 100 * scale / (index + 1),
            leases=None if index == 4 else 20 * scale,
            low=90 * scale if index == 0 else None,
            high=140 * scale if index == 0 else None,
            case=index == 0,
            status=STATUSES[index % len(STATUSES)],
        )
        for index, name in enumerate(names)
    ]
    return charts.all_in(rows, unit="US$ billion")


def _ranks(names, scale=1.0):
    del scale
    count = len(names)
    rows = [
        charts.RankRow(name=name, probabilities=tuple(float(index == rank) for rank in range(count)), case=index == 0)
        for index, name in enumerate(names)
    ]
    return charts.rank_probabilities([*rows, charts.RankRow(name="Unknown", probabilities=())])


def _tornado(names, scale=1.0):
    rows = [
        charts.Swing(
            name=name, low=(20 - index) * scale, high=(21 + index) * scale, low_input="6.90", high_input="CNY 200bn"
        )
        for index, name in enumerate(names)
    ]
    return charts.tornado(rows, central=20.5 * scale, unit="US$ billion")


def _distribution(names, scale=1.0):
    components = [
        charts.Component(name=names[0], value=160 * scale, weight_label="weight 60 %", adopted=True),
        *(charts.Component(name=name, low=200 * scale) for name in names[1:]),
    ]
    samples = [scale * (150 + (37 * index) % 101) for index in range(400)]
    return charts.distribution(
        samples, unit="CNY billion", components=components, interval=(160 * scale, 240 * scale), interval_label="90 %"
    )


FORMS = {
    "ranked_bars": _bars,
    "paths": _paths,
    "claim_timeline": _timeline,
    "composition": _composition,
    "dot_ranges": _dot_ranges,
    "all_in": _all_in,
    "rank_probabilities": _ranks,
    "tornado": _tornado,
    "distribution": _distribution,
}
PEERS = ("Acme", "Borealis", "Cirrus", "Delta", "Eon", "Fjord")


def _texts(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@pytest.fixture(params=FORMS)
def form(request):
    return FORMS[request.param]


@functools.cache
def _spec(form):
    return form(PEERS)


@functools.cache
def _svg(form):
    return render.to_svg(_spec(form))


def test_every_form_is_tested():
    functions = {name for name in charts.__all__ if inspect.isfunction(getattr(charts, name))}
    assert functions == set(FORMS)


def test_spec_is_golden(form, snapshot):
    spec = {key: part for key, part in _spec(form).items() if key != "config"}
    assert json.dumps(spec, indent=1, ensure_ascii=False, sort_keys=True) == snapshot


def test_spec_is_valid_and_drawn_in_the_house_font(form):
    spec, svg = _spec(form), _svg(form)
    alt.Chart.from_dict(spec).to_dict()
    assert set(re.findall(r'font-family="([^"]*)"', svg)) == {"Lato"}
    assert set(re.findall(r'https?://[^"]*', svg)) == {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r' (?:id|role|aria-[a-z]+)="', svg)
    assert svg == render.to_svg(form(PEERS))
    assert 'width="660"' in svg
    assert "title" not in spec


@pytest.mark.parametrize(("rows", "scale"), [(1, 1e-9), (12, 1e12)])
def test_any_number_of_rows_and_any_magnitude(form, rows, scale):
    svg = render.to_svg(form(tuple(f"Acme {index}" for index in range(rows)), scale))
    assert "NaN" not in svg
    assert "Infinity" not in svg


@pytest.mark.parametrize("width", [theme.PAGE_WIDTH, theme.NARROWEST])
def test_nothing_drawn_leaves_the_page(form, width):
    svg = _svg(form) if width == theme.PAGE_WIDTH else render.to_svg({**_spec(form), "width": width})
    inner = re.search(r'class="background" d="M0,0h([\d.]+)', svg)
    assert inner
    assert float(inner[1]) >= width - 2, "Vega made the plot smaller because something stuck out"


def test_names_are_text_and_nothing_else(form):
    svg = render.to_svg(form((*NASTY, LONG)))
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
    assert LONG not in svg
    xml.dom.minidom.parseString(svg)  # noqa: S318 - our own output


def test_missing_figures_say_so():
    for name in ("ranked_bars", "paths", "composition", "dot_ranges", "all_in", "rank_probabilities"):
        assert any("n/a" in text for text in _texts(_svg(FORMS[name]))), name


def test_no_rows_at_all():
    assert render.to_svg(charts.ranked_bars([], unit="US$ billion"))
    assert render.to_svg(charts.paths([], unit="US$ billion"))
    assert render.to_svg(charts.claim_timeline([], unit="US$ billion"))
    assert render.to_svg(charts.distribution([], unit="US$ billion"))


def test_bars_are_ranked_with_unknown_last():
    svg = _svg(_bars)
    order = [text for text in _texts(svg) if text in PEERS]
    assert order == ["Borealis", "Cirrus", "Delta", "Acme", "Eon", "Fjord"]


def test_bounds_are_worded():
    texts = _texts(_svg(_bars))
    assert {"at least 50.0", "up to 14.0", "115–135"} <= set(texts)


def test_log_paths_leave_out_zero():
    rows = [
        charts.Series(
            name="Acme", points=tuple(charts.YearPoint(year=2020 + i, value=v) for i, v in enumerate((0, 5)))
        ),
        charts.Series(name="Nil", points=(charts.YearPoint(year=2020, value=0),)),
    ]
    texts = _texts(render.to_svg(charts.paths(rows, unit="US$ billion", log=True)))
    assert "Nil n/a" in texts


def test_a_flagged_claim_does_not_stretch_the_axis():
    sound = charts.ClaimMark(known="2026-01-01", label="Acme: 160", value=160)
    wrong = charts.ClaimMark(known="2026-01-05", label="Acme: 1,600", value=1600, flagged=True)
    texts = _texts(render.to_svg(charts.claim_timeline([sound, wrong], unit="CNY billion")))
    assert "Acme: 1,600 (off scale)" in texts
    assert "1,000" not in texts


def test_statuses_differ_without_colour():
    forms = {theme.mark_style(status).form for status in STATUSES}
    assert forms == {"solid", "light", "hollow", "dotted"}
    looks = {(one.form, one.dash, one.shape) for one in theme.STATUS_STYLES.values()}
    assert len(looks) == 4


def test_paints_keep_their_contrast():
    def luminance(colour):
        parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one, other):
        lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
        return (lighter + 0.05) / (darker + 0.05)

    for paints in (theme.LIGHT, theme.DARK):
        for paint in ("case", "peer", "flagged", "second"):
            assert contrast(paints[paint], paints["paper"]) >= 3, paint
        for paint in ("ink", "muted", "case"):
            assert contrast(paints[paint], paints["paper"]) >= 4.5, paint


def test_dark_page_changes_colours_and_nothing_else():
    spec = _spec(_bars)
    light, dark = _svg(_bars), render.to_svg({**spec, "config": theme.dark_config()})
    colours = re.compile(r"#[0-9A-F]{6}")
    assert colours.sub("", light) == colours.sub("", dark)
    assert not set(colours.findall(light)) & set(colours.findall(dark))


def test_live_chart_fills_its_container():
    spec = _spec(_bars)
    assert theme.for_container(spec)["width"] == "container"
    assert spec["width"] == theme.PAGE_WIDTH


def test_data_at_an_address_are_refused():
    spec = {"mark": "point", "data": {"url": "https://example.com/x.csv"}, "encoding": {}}
    with pytest.raises(QualityError, match="at an address"):
        render.to_svg(spec)


def test_a_broken_spec_is_a_clear_error():
    with pytest.raises(QualityError, match="chart spec"):
        render.to_svg({"mark": 7})


def test_png_is_a_png():
    assert render.to_png(_spec(_tornado), 1).startswith(b"\x89PNG")


def test_theme_serves_ones_own_charts():
    theme.register_theme()
    try:
        spec = alt.Chart(alt.Data(values=[{"x": 1}])).mark_point().encode(x="x:Q").to_dict()
        assert spec["config"]["font"] == theme.FONT
    finally:
        alt.theme.enable("default")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (22.7596, "22.8"),
        (0, "0"),
        (-3, "−3.00"),
        (None, "n/a"),
        (float("nan"), "n/a"),
        (1234567, "1,230,000"),
        (0.999999, "1.00"),
    ],
)
def test_number(value, text):
    assert theme.number(value) == text


def test_labels_keep_their_distance():
    placed = layout.dodge([5, 5, 5, 90], 10, 0, 100)
    assert sorted(placed) == placed
    assert min(b - a for a, b in itertools.pairwise(placed)) >= 10
    assert layout.dodge([50] * 30, 10, 0, 100)[-1] <= 100
