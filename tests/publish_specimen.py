"""An executed notebook on Acme with every kind of block, built in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import altair as alt
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from capexlib.exhibits import theme
from capexlib.exhibits.block import BLOCK_MIME
from capexlib.exhibits.render import to_svg

FIRMS = ["Acme", "Borealis", "Cygnet", "Dorado", "Elm Street", "Farrow", "Gantry", "Halcyon"]
Content = dict[str, Any]
Rewrite = Callable[[Content], Content]


def _encode(x: Any, y: Any, tooltip: list[str], **more: Any) -> Content:
    return {"x": x, "y": y, "tooltip": tooltip, **more}


def _bars() -> alt.LayerChart | alt.FacetChart:
    rows = [{"firm": firm, "capex": round(96 / (n + 1.2), 1)} for n, firm in enumerate(FIRMS)]
    rows = [row | {"low": row["capex"] * 0.9, "high": row["capex"] * 1.15} for row in rows]
    x = alt.X("capex:Q", title="US$bn")
    y = alt.Y("firm:N", sort=None, title=None)
    base = alt.Chart(alt.InlineData(rows))
    colour = alt.condition("datum.firm == 'Acme'", alt.value("#12436D"), alt.value("#7C828A"))
    bars = base.mark_bar(size=16).encode(**_encode(x, y, ["firm:N", "capex:Q"], color=colour))
    ranges = base.mark_rule(stroke="#1F2328").encode(x=alt.X("low:Q"), x2="high:Q", y=y)
    values = base.mark_text(align="left", dx=6, style="value").encode(x="high:Q", y=y, text="capex:Q")
    return (bars + ranges + values).properties(width=theme.PAGE_WIDTH, height=26 * len(FIRMS))


def _lines() -> alt.LayerChart | alt.FacetChart:
    rows = [
        {"year": 2019 + year, "firm": firm, "capex": round(4 + 3 * n + year**1.7 * (1 + n / 3), 1)}
        for n, firm in enumerate(FIRMS[:4])
        for year in range(8)
    ]
    base = alt.Chart(alt.InlineData(rows)).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("capex:Q", title="US$bn"),
        color=alt.Color(
            "firm:N",
            scale=alt.Scale(range=list(theme.CATEGORICAL[:4])),
            legend=alt.Legend(orient="top", title=None),
        ),
    )
    return (base.mark_line(strokeWidth=2) + base.mark_point(filled=True, size=40).encode(tooltip=["firm:N", "year:O", "capex:Q"])).properties(
        width=theme.PAGE_WIDTH, height=260
    )  # fmt: skip


def _parts() -> alt.Chart:
    parts = ["processors", "buildings", "network", "power"]
    rows = [
        {"firm": f, "part": p, "share": [53, 21, 17, 9][(i + j) % 4]}
        for i, f in enumerate(FIRMS[:5])
        for j, p in enumerate(parts)
    ]
    return (
        alt.Chart(alt.InlineData(rows))
        .mark_bar(stroke="#FFFFFF")
        .encode(
            x=alt.X("share:Q", title="per cent of budget", stack="zero"),
            y=alt.Y("firm:N", title=None),
            color=alt.Color("part:N", scale=alt.Scale(range=list(theme.CATEGORICAL[:4])), legend=alt.Legend(orient="top", title=None)),
            tooltip=["firm:N", "part:N", "share:Q"],
        )
        .properties(width=theme.PAGE_WIDTH, height=200)
    )  # fmt: skip


@cache
def picture(form: str) -> tuple[Content, str]:
    """Return the spec and SVG of a chart form: bars, lines or parts."""
    chart = {"bars": _bars, "lines": _lines, "parts": _parts}[form]()
    spec = {**chart.to_dict(), "config": theme.config()}
    return spec, to_svg(spec)


def columns(*labels: str, right: int = 1) -> list[Content]:
    """Return columns, the last `right` of them numeric."""
    split = len(labels) - right
    return [
        {"label": label, "align": "right" if n >= split else "left", "unit": "US$bn" if n >= split else "", "nowrap": False}
        for n, label in enumerate(labels)
    ]  # fmt: skip


SOURCE = [
    "Sources: Acme annual report 2025, ",
    {"t": "note 12", "url": "https://acme.example/ar2025.pdf"},
    "; Borealis 10-K.",
]


def chart(exhibit: str, form: str, title: str) -> Content:
    """Return a chart block."""
    spec, svg = picture(form)
    rows = [
        [firm, ["press ", {"t": "press, unverified", "badge": "media_report_unverified"}] if n % 3 == 1 else "filing",
         [{"t": f"{96 / (n + 1.2):.1f}", "figure": f"capex.{n}"}]]
        for n, firm in enumerate(FIRMS)
    ]  # fmt: skip
    return {
        "block": "chart", "id": exhibit, "title": title,
        "subtitle": "Capital expenditure, US$bn, fiscal year 2026 or nearest; lines show 90\u00a0% ranges",
        "alt": "Bars of capital expenditure by company; Acme leads at 80 billion dollars, four times Elm Street.",
        "spec": spec, "svg": svg, "source": SOURCE,
        "notes": ["Fiscal years ending by June are moved to the calendar year.", "Leases are excluded."],
        "columns": columns("Company", "Basis", "Capex"), "rows": rows,
        "text": [["Acme outspends its nearest peer by ", {"t": "US$36.4bn", "strong": True, "figure": "gap"},
                  ", and the gap is wider than the whole budget of Cygnet. The order survives every combination of "
                  "the ranges shown."]],
    }  # fmt: skip


def _masthead() -> Content:
    return {
        "block": "masthead", "id": "masthead", "case": "acme", "entity": "Acme", "kicker": "Scale brief",
        "title": "Acme’s planned US$23bn is large at home and a fifth of the leader’s budget abroad",
        "as_of": "2025-12-23", "as_of_text": "23 Dec 2025", "run_id": "4f9a1c07", "lang": "en",
        "coverage": "41 claims from 29 sources, newest 23 Dec 2025",
        "status_line": "The headline rests on one unverified press report.",
        "badges": ["media_report_unverified", "analyst_estimate"],
    }  # fmt: skip


def _bottom_line() -> Content:
    def judgement(figure: str, text: str, word: str, confidence: str, exhibit: str) -> Content:
        return {"text": text, "figure": [{"t": figure, "figure": "capex.acme.2026"}], "word": word,
                "confidence": confidence, "exhibit": exhibit}  # fmt: skip

    return {
        "block": "bottom_line", "id": "bottom-line",
        "sentences": [
            ["Acme is said to plan ", {"t": "CNY 160bn (US$22.8bn at 7.03, 23 Dec 2025)", "strong": True},
             " of capital expenditure for 2026, half of it for processors."],
            "That is seven per cent more than the year before, and about a fifth of what the largest peer has guided.",
            "The plan buys some 230,000 H100-equivalents if licences allow; without them, less than half.",
        ],
        "judgements": [
            judgement("US$22.8bn", "The plan is the third largest of the eight companies compared.", "likely", "", "peers"),
            judgement("6.7\u00a0%", "Growth is slower than any peer’s, because the base year was already high.", "very likely", "", "paths"),
            judgement("53\u00a0%", "Processors take just over half of the budget, in line with the peers’ median.", "", "low confidence", "parts"),
            judgement("230,000", "The budget buys this many H100-equivalents at the prices now quoted for compliant parts.", "roughly even chance", "", "table-one"),
        ],
    }  # fmt: skip


def _key_figures() -> Content:
    def item(label: str, value: str, interval: str, status: str, modelled: bool) -> Content:
        return {"label": label, "value": [{"t": value, "figure": label}], "period": "2026", "interval": interval,
                "status": status, "modelled": modelled, "change": "first edition"}  # fmt: skip

    return {"block": "key_figures", "id": "key-figures", "items": [
        item("Planned capex", "US$22.8bn", "US$22.6–23.0bn", "media_report_unverified", False),
        item("Growth on 2025", "6.7\u00a0%", "no interval: both ends from one report", "media_report_unverified", False),
        item("Processor share", "53\u00a0%", "47–58\u00a0%", "analyst_estimate", True),
        item("Rank of eight", "3rd", "2nd–4th", "guidance", True),
    ]}  # fmt: skip


def _table(exhibit: str, rows: int, kind: str = "table") -> Content:
    return {
        "block": kind, "id": exhibit, "wide": False, "title": f"What the budget buys, in {rows} lines" if kind == "table" else f"The {rows} sources of this brief",
        "subtitle": "Low, central and high case", "source": SOURCE, "notes": ["Prices of December 2025."],
        "columns": columns("Item", "Low", "Central", "High", right=3),
        "rows": [[f"Line {n + 1}: accelerators of class {'ABC'[n % 3]}", f"{n * 1.3:.1f}", f"{n * 1.7:.1f}",
                  [{"t": "n/a", "missing": True}] if n % 4 == 3 else f"{n * 2.2:.1f}"] for n in range(rows)],
        "text": ["The central case assumes prices as quoted."] if kind == "table" else [],
    }  # fmt: skip


def _sources(rows: int) -> Content:
    def row(n: int) -> list[Any]:
        status = ["reported_filing", "media_report_unverified", "guidance", "analyst_estimate"][n % 4]
        words = ["reported", "press, unverified", "guidance", "estimate"][n % 4]
        title = f"{FIRMS[n % 8]} says it will spend more on data centres{' and on the power to run them' * (n % 3)}"
        name = [{"t": f"S{n + 1}", "anchor": f"claim.c{n + 1}"}]
        return [name, [{"t": title, "url": f"https://news.example/2025/{n}"}], FIRMS[n % 8] + " Times",
                f"{1 + n % 28} Nov 2025", [{"t": words, "badge": status}], f"capex.claim.{FIRMS[n % 8].lower().replace(' ', '_')}.fy2026.{n}"]  # fmt: skip

    labels = ["No.", "Title", "Publisher", "Published", "Status", "Claims"]
    return {
        "block": "appendix_table", "id": "sources", "title": f"All {rows} sources, newest first", "subtitle": "", "source": "", "notes": [],
        "wide": False, "columns": [{"label": label, "align": "left", "unit": "", "nowrap": label in {"No.", "Published"}} for label in labels],
        "rows": [row(n) for n in range(rows)], "text": [],
    }  # fmt: skip


def _change() -> Content:
    return {"block": "change", "id": "change", "title": "What changed", "text": "This is the first edition of the case.",
            "columns": [], "rows": []}  # fmt: skip


def _prose() -> Content:
    return {"block": "prose", "id": "limits", "title": "", "text": ["Three things are not in this brief."],
            "list": ["Operating cost of the fleet.", [{"t": "Resale value", "strong": True}, " of older parts."],
                     ["What peers lease; see ", {"t": "Exhibit 1", "ref": "peers"}, "."]]}  # fmt: skip


def _lineage() -> Content:
    """Two claims, the facts that repeat them, and the plan in dollars that is computed from them."""

    def claim(name: str, value: float, unit: str) -> Content:
        return {"id": name, "entity": "Acme", "quantity": "Capex", "definition": "Cash paid.", "period": "2026",
                "value": value, "unit": unit, "bound": "point", "status": "media_report_unverified", "origin": "Daily",
                "stated_on": "2025-12-23", "stated": "23 Dec 2025", "source": "page"}  # fmt: skip

    def fact(name: str, claim: str, value: float, unit: str) -> Content:
        return {"id": name, "kind": "fact", "title": name, "value": value, "unit": unit, "low": None, "high": None,
                "status": "media_report_unverified", "claims": [claim], "assumptions": []}  # fmt: skip

    return {
        "results": [{"id": "capex.acme.2026", "kind": "result", "title": "Plan in US dollars", "value": 22.8, "unit": "USD bn",
                     "low": 22.0, "high": 24.0, "interval": "conversion only", "status": "media_report_unverified",
                     "claims": ["c1", "c2"], "assumptions": [], "operands": ["plan", "rate"], "formula": "plan × rate",
                     "recipe": ["*", "plan", "rate"]}],
        "figures": [fact("plan", "c1", 160.0, "CNY bn"), fact("rate", "c2", 0.1425, "USD/CNY")],
        "claim_details": [claim("c1", 160.0, "CNY bn"), claim("c2", 0.1425, "USD/CNY")],
        "source_details": [{"id": "page", "tier": "original", "publisher": "Daily", "url": "https://daily.example/plan"}],
    }  # fmt: skip


def _provenance() -> Content:
    study = {"schema": 1, "case": "acme", "entity": "Acme", "as_of": "2025-12-23", "seed": 7, "overridden": [],
             "params": {"growth": 0.0667}, "claims": ["c1", "c2"], **_lineage()}  # fmt: skip
    return {"block": "provenance", "id": "provenance", "study": study,
            "text": ["Computed from the claims and parameters of the case; the same inputs give the same bytes."]}  # fmt: skip


def cell(block: Content, cell_id: str = "") -> NotebookNode:
    """Return an executed code cell that shows a block."""
    data = {BLOCK_MIME: block, "text/plain": f"<{block['block']}>"}
    if {"svg", "spec"} <= block.keys():
        data |= {"image/svg+xml": block["svg"], "application/vnd.vegalite.v5+json": block["spec"]}
    output = new_output("execute_result", data=data, execution_count=1)
    return new_code_cell("cx.show()", id=cell_id or f"cell-{block['id']}", outputs=[output], execution_count=1)


def text(source: str, cell_id: str) -> NotebookNode:
    """Return a markdown cell."""
    return new_markdown_cell(source, id=cell_id)


def notebook(*, charts: int = 4, sources: int = 12, rewrite: Rewrite = lambda block: block) -> NotebookNode:
    """Return the executed notebook.

    Parameters
    ----------
    charts : int
        How many charts it holds, at least three.
    sources : int
        Rows of the long appendix table.
    rewrite : callable
        Applied to every block.
    """
    titles = {
        "bars": "One peer spends four times Acme’s whole budget",
        "lines": "Every path steepens after 2023",
        "parts": "Processors take half of most budgets",
    }
    forms = [("peers", "bars"), ("paths", "lines"), ("parts", "parts")]
    forms += [(f"more-{n}", list(titles)[n % 3]) for n in range(charts - 3)]
    shown = [cell(rewrite(chart(exhibit, form, titles[form])), f"cell-{exhibit}") for exhibit, form in forms]

    def show(block: Content) -> NotebookNode:
        return cell(rewrite(block), f"cell-{block['id']}")

    return new_notebook(cells=[
        text("# Scale brief\n\nHow big is it, really?", "title"),
        new_code_cell('params_file = "params/acme.yml"', id="parameters", metadata={"tags": ["parameters"]}),
        show(_provenance()), show(_masthead()), show(_bottom_line()), show(_key_figures()), show(_change()),
        text("## Acme is large at home, small abroad\n\nCompanies report by *their own* years; all are put on the calendar year, as the "
             "[SEC explains](https://www.sec.gov/fiscal-year).", "peers-heading"),
        shown[0], shown[1],
        text("## Half of the budget buys processors\n\n- Prices are list prices.\n- Volumes are **derived**.", "parts-heading"),
        *shown[2:], show(_table("table-one", 6)),
        text("## What would change our mind\n\nTwo indicators, in order of weight.\n\n1. A filing that names the sum.\n2. A licence decision.", "mind"),
        text("## Method, sources and limits\n\n### Limits", "method"), show(_prose()), text("### Sources", "sources-heading"),
        show(_sources(sources)),
    ])  # fmt: skip
