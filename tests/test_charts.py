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


def _fan_points(names, scale=1.0, shift=-1.0):
    rows = [[(place + shift + step) * scale for step in range(5)] for place in range(len(names))]
    return tuple(
        charts.FanPoint(label=name, low=row[0], lower=row[1], median=row[2], upper=row[3], high=row[4])
        for name, row in zip(names, rows, strict=True)
    )


def _fan(names, scale=1.0):
    guides = [
        charts.Guide(name="covenant: 1.30", values=(1.3 * scale,)),
        charts.Guide(name="plan", values=tuple(place * scale for place in range(len(names)))),
    ]
    return charts.fan(_fan_points(names, scale), unit="Cover, times", guides=guides, label="median: 6.00")


def _gates(names, scale=1.0):
    del scale
    shades = (0.0, 0.1, 0.5, 1.0)
    rows = [
        charts.GateRow(
            name=name,
            spells=(
                charts.GateSpell(start="2020-01-01", end="2025-03-01", state="open", passes=1.0),
                charts.GateSpell(start="2025-03-01", end="2025-04-01", state="rationed to a few", passes=0.5),
                charts.GateSpell(
                    start="2025-04-01", end="2031-01-01", state=f"state of {name}", passes=shades[index % 4],
                    judged=index % 2 == 1,
                ),
            ),
        )
        for index, name in enumerate(names)
    ]  # fmt: skip
    measures = [
        charts.Measure(
            day=f"2025-{index % 3 + 1:02d}-05", lane=names[index % 2 % len(names)], title=name, binding=index % 2 == 0,
            direction=("tighten", "loosen", "neutral")[index % 3],
        )
        for index, name in enumerate(names)
    ]  # fmt: skip
    return charts.gate_timeline(rows, measures, first="2024-01-01", as_of="2025-12-23")


def _tradeoff(names, scale=1.0):
    rows = [
        charts.Choice(name=name, risk=(index % 4) * scale, gain=-(index % 3) * scale, case=index == 0, label=name)
        for index, name in enumerate(names)
    ]
    line = [(-scale, -scale), (0.0, 0.1 * scale), (scale, 0.2 * scale)]
    return charts.tradeoff(rows, line, gain="Gain", risk="Risk", percent=False)


def _waterfall(names, scale=1.0):
    shapes = [
        {"value": 12, "low": 9, "high": 15, "range_label": "9.0–15.0"},
        {"value": 3},
        {"value": -20, "low": -22, "high": -16},
        {},
    ]
    rows = []
    for index, name in enumerate(names):
        shape = {key: one * scale if type(one) in (int, float) else one for key, one in shapes[index % 4].items()}
        rows.append(charts.Step(name=name, status=STATUSES[index % len(STATUSES)] if index > 3 else "", **shape))
    return charts.waterfall([*rows, charts.Step(name="All", total=True)], unit="US$ billion")


def _grid(names, scale=1.0):
    columns = [f"{30 + 10 * place} %" for place in range(7)]
    rows = [
        charts.GridRow(
            name=name,
            values=(None, *((place - line) * scale for place in range(6))),
            tips=("", *(f"90 % at {column}" for column in columns[1:])),
        )
        for line, name in enumerate(names)
    ]
    return charts.heat_grid(rows, columns=columns, x_title="Utilisation", y_title="Price", base=(0, 3))


def _columns(names, scale=1.0):
    rows = [
        charts.Column(
            name=str(2026 + place), low=4 * scale, high=30 * scale, status="" if place < 3 else "assumption",
            values=tuple(None if index == place else (-2 if index == 2 else index + 1) * scale
                         for index in range(len(names))),
        )
        for place in range(5)
    ]  # fmt: skip
    return charts.stacked_columns(rows, series=names, unit="US$ billion")


def _slider(names, scale=1.0):
    rows = [
        charts.Setting(
            value=1 + 0.5 * place, label=f"US${1 + 0.5 * place:.2f}",
            points=_fan_points(names, scale, shift=place - 5.0),
            chances=tuple(index / len(names) for index in range(len(names))),
        )
        for place in range(3)
    ]  # fmt: skip
    return charts.slider_fan(rows, unit="US$ billion", x_title="Utilisation", setting_title="Price")


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
    "fan": _fan,
    "gate_timeline": _gates,
    "tradeoff": _tradeoff,
    "waterfall": _waterfall,
    "heat_grid": _grid,
    "stacked_columns": _columns,
    "slider_fan": _slider,
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
    for name in ("ranked_bars", "paths", "composition", "dot_ranges", "all_in", "rank_probabilities", "waterfall",
                 "heat_grid"):  # fmt: skip
        assert any("n/a" in text for text in _texts(_svg(FORMS[name]))), name


def test_no_rows_at_all():
    assert render.to_svg(charts.ranked_bars([], unit="US$ billion"))
    assert render.to_svg(charts.paths([], unit="US$ billion"))
    assert render.to_svg(charts.claim_timeline([], unit="US$ billion"))
    assert render.to_svg(charts.distribution([], unit="US$ billion"))
    assert render.to_svg(charts.fan([], unit="US$ billion"))
    assert render.to_svg(charts.gate_timeline([], [], first="2024-01-01", as_of="2025-12-23"))
    assert render.to_svg(charts.tradeoff([], [], gain="Gain", risk="Risk"))
    assert render.to_svg(charts.waterfall([], unit="US$ billion"))
    assert render.to_svg(charts.heat_grid([], columns=[], x_title="Utilisation", y_title="Price"))
    assert render.to_svg(charts.stacked_columns([], series=[], unit="US$ billion"))
    empty = charts.slider_fan([], unit="US$ billion", x_title="Utilisation", setting_title="Price")
    assert render.to_svg(empty)
    assert "params" not in empty


def _rows_with(spec, field):
    """Every inline row of a spec that has a field."""
    return [row for layer in spec["layer"] for row in layer["data"]["values"] if field in row]


def test_a_covenant_is_a_level_named_at_its_end():
    points = _fan_points([f"Q{place % 4 + 1} {2026 + place // 4}" for place in range(12)])
    spec = charts.fan(points, unit="Debt service cover, times", guides=[charts.Guide(name="covenant", values=(1.3,))])
    svg = render.to_svg(spec)
    assert "covenant" in _texts(svg)
    dashed = re.findall(r'd="M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)"[^>]*stroke-dasharray="5,3"', svg)
    assert len(dashed) == 1
    assert dashed[0][1] == dashed[0][3]


def test_times_keep_apart_and_hold_both_ends():
    months = [f"Sep {2026 + place}" for place in range(37)]
    for width in (theme.PAGE_WIDTH, theme.NARROWEST):
        shown = [text for text in _texts(render.to_svg({**charts.fan(_fan_points(months), unit="US$"), "width": width}))
                 if text in months]  # fmt: skip
        assert (shown[0], shown[-1]) == (months[0], months[-1])
        assert 2 <= len(shown) <= (10 if width == theme.PAGE_WIDTH else 5)


def test_a_gate_is_as_thick_as_it_is_open_and_ends_inside_the_page():
    spec = _spec(_gates)
    bars = [row for row in _rows_with(spec, "state") if row["name"] == "Acme"]
    heights = [row["y2"] - row["y"] for row in bars]
    assert heights == sorted(heights, reverse=True)
    last = next(axis["domain"][1] for axis in _scales(spec))
    assert all(row["x2"] <= last for row in _rows_with(spec, "state"))
    assert "state of Acme" in _texts(_svg(_gates))


def _scales(node):
    if isinstance(node, dict):
        if isinstance(node.get("domain"), list):
            yield node
        for child in node.values():
            yield from _scales(child)
    elif isinstance(node, list):
        for child in node:
            yield from _scales(child)


def test_measures_of_one_day_do_not_cover_each_other():
    same = [charts.Measure(day="2025-05-05", lane="Acme", title=str(index), direction="tighten") for index in range(5)]
    spec = charts.gate_timeline([], same, first="2024-01-01", as_of="2025-12-23")
    heights = sorted(row["y"] for row in _rows_with(spec, "lane"))
    assert min(after - before for before, after in itertools.pairwise(heights)) >= 9


def test_no_choice_stands_at_an_edge_and_no_name_on_another():
    rows = [charts.Choice(name=f"Acme {index}", risk=0.3 + index / 100, gain=0.5 + index / 100) for index in range(6)]
    spec = charts.tradeoff(rows, [(0.3, 0.56), (0.36, 0.57)], gain="Gain", risk="Risk")
    low, high = next(axis["domain"] for axis in _scales(spec))
    assert low < 0.3
    assert high > 0.36
    names = [row for row in _rows_with(spec, "dxn") if "text" in row]
    assert "best mixes" in {row["text"] for row in names}
    px = {row["text"]: (40 + 600 * (row["x"] - low) / (high - low) + row["dx"], row["y"] + row["dy"]) for row in names}
    for (one, (x, y)), (other, (x2, y2)) in itertools.combinations(px.items(), 2):
        apart = abs(y - y2) >= 12 or x + layout.text_px(one) < x2 or x2 + layout.text_px(other) < x
        assert apart, (one, other)


def test_a_build_up_that_does_not_add_up_is_refused():
    steps = [charts.Step(name="Servers", value=2.0), charts.Step(name="Shell", value=1.0)]
    assert charts.waterfall([*steps, charts.Step(name="All", value=3.0, total=True)], unit="US$")
    with pytest.raises(ValueError, match=r"'All' is 3\.5, but the steps before it add up to 3"):
        charts.waterfall([*steps, charts.Step(name="All", value=3.5, total=True)], unit="US$")


def test_steps_say_their_sign_and_totals_their_sum():
    texts = _texts(_svg(_waterfall))
    assert {"+12.0", "+3.00", "\u221220.0", "10.0"} <= set(texts)


def test_cells_say_their_sign_and_the_border_runs_between_signs():
    rows = [charts.GridRow(name="US$2", values=(-1.5, 2.5)), charts.GridRow(name="US$1", values=(-3.5, -0.5))]
    spec = charts.heat_grid(rows, columns=("50 %", "70 %"), x_title="Utilisation", y_title="Price", base=(0, 1))
    assert {"\u22121.50", "2.50", "\u22123.50", "\u22120.500"} <= set(_texts(render.to_svg(spec)))
    borders = [row for row in _rows_with(spec, "x2") if "shade" not in row]
    assert [(row["x"], row["x2"]) for row in borders] == [(1, 1), (1, 2)]
    assert "params" not in spec


def test_a_narrow_grid_prints_less_but_tells_all():
    labels = ("+12.345 billion", "\u221212.345 billion")
    rows = [charts.GridRow(name="US$2", values=(12.345, -12.345) * 4, labels=labels * 4)]
    spec = charts.heat_grid(rows, columns=("50 %",) * 8, x_title="Utilisation", y_title="Price")
    texts = _texts(render.to_svg({**spec, "width": theme.NARROWEST}))
    assert texts.count("+") == texts.count("\u2212") == 4
    assert {row["tip"] for row in _rows_with(spec, "tip")} == set(labels)


@pytest.mark.parametrize("paints", [theme.LIGHT, theme.DARK])
def test_figures_in_the_grid_can_be_read(paints):
    def rgb(colour):
        return [int(colour[index : index + 2], 16) for index in (1, 3, 5)]

    def luminance(parts):
        linear = [part / 255 / 12.92 if part <= 10.3 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    spec = charts.heat_grid(
        [charts.GridRow(name="US$2", values=tuple(value / 4 for value in range(-4, 5)))], columns=("",) * 9,
        x_title="Utilisation", y_title="Price",
    )  # fmt: skip
    spec["config"] = theme.config(paints)
    svg = render.to_svg(spec)
    inks = re.findall(r'<text[^>]*fill="(#[0-9A-F]{6})"[^>]*>[\u22120-9.]+</text>', svg)
    cells = [row for row in _rows_with(spec, "shade") if row["yc"]][:9]
    for cell, ink in zip(cells, inks, strict=True):
        mixed = [
            part * cell["shade"] + paper * (1 - cell["shade"])
            for part, paper in zip(rgb(paints[cell["fill"]]), rgb(paints["paper"]), strict=True)
        ]
        lighter, darker = sorted((luminance(mixed), luminance(rgb(ink))), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, cell


def test_columns_add_up_the_rest_as_other():
    rows = [charts.Column(name="2026", values=(1, 2, 3, 4, 5, 6, -7))]
    spec = charts.stacked_columns(rows, series=tuple("abcdefg"), unit="US$ billion")
    texts = _texts(render.to_svg(spec))
    assert {"a", "b", "c", "d", "other", "14.0"} <= set(texts)
    assert "e" not in texts
    assert {row["name"]: row["tip"] for row in _rows_with(spec, "pale")}["other, 2026"] == "4.00"


def test_a_slider_is_named_and_its_picture_is_the_middle_setting():
    spec = _spec(_slider)
    assert spec["params"] == [
        {"name": "setting", "value": 1.5, "bind": {"input": "range", "min": 1.0, "max": 2.0, "step": 0.5,
                                                   "name": "Price"}}
    ]  # fmt: skip
    said = [text for text in _texts(_svg(_slider)) if text.startswith("Price: ")]
    assert said == ["Price: US$1.50"]
    moved = {**spec, "params": [{**spec["params"][0], "value": 2.0}]}
    assert "Price: US$2.00" in _texts(render.to_svg(moved))


def test_a_slider_with_gaps_is_refused():
    rows = [charts.Setting(value=value, label=str(value), points=()) for value in (1.0, 2.0, 4.0)]
    with pytest.raises(ValueError, match="evenly spaced"):
        charts.slider_fan(rows, unit="US$", x_title="Utilisation", setting_title="Price")


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
    light, dark = _svg(_bars), render.to_svg({**spec, "config": theme.config(theme.DARK)})
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
