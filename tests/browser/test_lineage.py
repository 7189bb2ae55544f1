"""Numbers open to their lineage, the page redoes its arithmetic, and an altered copy says so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from real_briefs import altered, embedded, figure, first_of, least, recomputed_on, shown
from test_html_brief import opened

from capexlib.publish.lineage import Lineage

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

EXCEPTIONS = r"""
    \b\d{4}-\d\d-\d\d\b | (?:by\s)?\d{1,2}\s[A-Z][a-z]{2}(?:[a-z]*)(?:\s\d{4})?  # a day
    | (?:[A-Z][a-z]{2}\s)?(?:FY)?(?:19|20)\d\d(?:[QH]\d|M\d\d)?(?:[–/-](?:19|20)?\d\d)?   # a year, a part of one
    | \b90\s%                                               # the width of every interval
    | [45]th|95th                                            # percentiles
    | [A-Za-z]+-?\d+[A-Za-z]*                                # names of products: H100, B30A
    | \b100\s%\sof\soperating                              # a threshold by definition
    | \d+\sdraws | [\d,]+\sdraws
    | \s±[\d.]+                                             # sampling error of the figure before it
    | \bafter\s\d+\smonths | \bmonth\s\d+                   # the horizon
    | \binstead\sof\s\d+\s%                                # the reported mix, a choice that the params state
    | \b[Oo]n\s\d+(?:\sof\s\d+)?                           # back-tests, counted from the table below
    | \bless\sthan\s50\s%\sof\sthe\splan                    # the threshold that the params state
"""


def _url_below(lineage: Lineage, name: str) -> str:
    """Address of the source that the first operand of the first operand … rests on."""
    while operands := lineage.rows[name].get("operands"):
        name = operands[0]
    claims = lineage.rows[name]["claims"]
    return lineage.sources[lineage.claims[claims[0]]["source"]].get("url", "") if claims else ""


# ---------------------------------------------------------------- opening


@pytest.mark.parametrize("width", [1280, 320])
def test_every_number_opens(chromium: Any, real: Path, width: int) -> None:
    """Open each figure's panel in turn, and close every fortieth: focus must come back to its number."""
    script = """async () => {
        const failed = [];
        for (const details of document.querySelectorAll("main details")) details.open = true;
        const panel = document.getElementById("lineage");
        const links = [...document.querySelectorAll("a.number")];
        const figures = [...new Map(links.map((link) => [link.dataset.figure, link])).values()];
        for (const [place, link] of figures.entries()) {
            link.click();
            const title = document.getElementById("lineage-title");
            const good = panel.open && title && title.textContent && panel.querySelector(".big").textContent
                && panel.querySelector(".cite").textContent === link.dataset.figure
                && panel.scrollWidth <= window.innerWidth && panel.textContent.indexOf("undefined") < 0;
            if (!good) failed.push(link.dataset.figure);
            if (place % 40) continue;
            panel.close();
            link.click();
            const closed = new Promise((done) => panel.addEventListener("close", done, { once: true }));
            panel.close();
            await closed;
            if (document.activeElement !== link) failed.push("focus after " + link.dataset.figure);
        }
        return [links.length, failed];
    }"""
    with opened(chromium, real, width) as seen:
        count, failed = seen.page.evaluate(script)
        assert count >= least(real).numbers
        assert failed == []
        assert seen.page.locator("[data-unknown]").count() == 0
        assert seen.messages == []


def test_lineage_by_keyboard_alone(chromium: Any, real: Path) -> None:
    name = first_of(real, lambda lineage, name: lineage.rows.get(name, {}).get("operands"))
    with opened(chromium, real) as seen:
        page, panel = seen.page, seen.page.locator("#lineage")
        page.locator(f"a.number[data-figure='{name}']").first.focus()
        for key in ("Enter", "Space"):
            page.keyboard.press(key)
            assert panel.is_visible()
            assert page.evaluate("document.activeElement.id") == "lineage-title"
            page.keyboard.press("Escape")
            assert panel.is_hidden()
            assert page.evaluate("document.activeElement.dataset.figure") == name
        page.keyboard.press("Enter")
        reached = set()
        for _ in range(30):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.className"))
            assert page.evaluate("document.activeElement.closest('main')") is None
        assert {"close", "open"} <= reached


def test_results_lead_to_facts_and_facts_to_sources(chromium: Any, real: Path) -> None:
    manifest = embedded(real)
    lineage = Lineage(manifest)
    computed = [name for name in shown(real) if lineage.rows.get(name, {}).get("operands")]
    name = max(computed, key=lambda name: (bool(_url_below(lineage, name)), len(lineage.rows[name]["operands"])))
    with opened(chromium, real) as seen:
        page = seen.page
        page.evaluate("name => document.querySelector(`[data-figure='${name}']`).click()", name)
        path = [name]
        while lineage.rows[path[-1]].get("operands"):
            path.append(lineage.rows[path[-1]]["operands"][0])
            page.locator(f"#lineage .rows [data-open='{path[-1]}']").first.click()
        assert len(path) > 1
        claim = lineage.claims[lineage.rows[path[-1]]["claims"][0]]
        assert claim["origin"] in page.locator("#lineage").inner_text()
        source = lineage.sources[claim["source"]]
        assert page.locator(f"#lineage .panel-body a[href='{source['url']}']").count() == 1
        for _ in path[1:]:
            page.locator("#lineage .back").click()
        assert page.locator("#lineage .back").is_hidden()
        assert page.locator("#lineage .cite").inner_text() == name


def test_an_assumption_gives_its_range_and_reason(chromium: Any, real: Path) -> None:
    def is_uncertain(lineage: Lineage, name: str) -> bool:
        row = lineage.rows.get(name, {})
        return row.get("kind") == "assumption" and row["low"] != row["high"]

    name = first_of(real, is_uncertain)
    reasons = embedded(real)["params"]
    for key in name.removeprefix("assumption.").split("."):
        reasons = reasons[key]
    with opened(chromium, real) as seen:
        seen.page.evaluate("name => document.querySelector(`[data-figure='${name}']`).click()", name)
        text = seen.page.locator("#lineage").inner_text()
        assert reasons["why"] in text
        assert reasons["basis"] in text
        assert "5th to 95th percentile" in text


def test_without_scripts_numbers_lead_to_their_rows(chromium: Any, real: Path) -> None:
    with opened(chromium, real, scripts=False) as seen:
        hrefs = {link.get_attribute("href") for link in seen.page.locator("a.number").all()}
        page = real.read_text("utf-8")
        anchors = set(re.findall(r'id="((?:claim|assumption)\.[^"]+)"', page))
        assert {href.removeprefix("#") for href in hrefs if href} <= anchors | {"provenance"}
        assert seen.page.locator("#lineage").is_hidden()


LEDGER = {"Question", "Why", "What to know", "Standing", "Definition", "Users counted", "Claim", "Said by", "Were it all spent on",
          "If this report is right", "Assumption", "Said by, on", "Read through", "What it rests on, and why", "Key"}  # fmt: skip
"""Columns of every brief that hold words of the ledger and the params."""

LABELS = {
    "scale": set(),
    "policy": {"What changed", "Measure", "Move", "Vendor", "Lever", "Vendor or timing", "Input", "Expectation", "What",
               "Asked as of", "Share of orders", "Base mix", "Condition", "At the 5th percentile", "At the 95th"},
    "roi": {"Year", "Where", "Use", "Mix", "Instrument or measure", "Pays most", "At the 5th percentile", "At the 95th",
            "Threshold"},
    "briefing": {"State, threshold"},
}  # fmt: skip
"""Columns of a brief that hold names of measures, gates, vendors and mixes, a grid's places, or places in an input's law."""


def test_unmarked_digits_are_dates_and_labels(chromium: Any, real: Path) -> None:
    """Outside numbers that open stand only days, years, names of products, and words of the ledger and the params."""
    script = """(labels) => {
        const words = new Set(labels);
        const found = [];
        const keep = (node, where) => {
            const copy = node.cloneNode(true);
            copy.querySelectorAll("a.number, code, .badge, .unseen").forEach((part) => part.remove());
            if (/[0-9]/.test(copy.textContent)) found.push([where, copy.textContent]);
        };
        for (const table of document.querySelectorAll("main table")) {
            const heads = [...table.querySelectorAll("thead th")].map((head) => head.firstChild.textContent.trim());
            const isSources = table.querySelector("caption").textContent.startsWith("Claims and their");
            for (const row of table.querySelectorAll("tbody tr"))
                [...row.cells].forEach((cell, n) => {
                    if (!words.has(heads[n]) && !(isSources && heads[n] === "Says")) keep(cell, heads[n]);
                });
        }
        for (const line of document.querySelectorAll(".bottom-line > p, .judgements .figure, .exhibit > p:not([class]), .strip .value"))
            keep(line, "prose");
        return found;
    }"""
    params = embedded(real)["params"]
    titles = {row["title"] for part in ("vendors", "levers") for row in params[part].values()}
    allowed = re.compile("|".join([*map(re.escape, sorted(titles, key=len, reverse=True)), EXCEPTIONS]), re.VERBOSE)
    labels = sorted(LEDGER | LABELS[real.stem] | titles)
    with opened(chromium, real) as seen:
        left = [
            (where, text)
            for where, text in seen.page.evaluate(script, labels)
            if re.search(r"\d", allowed.sub("", text))
        ]
    assert left == []


# ---------------------------------------------------------------- self-check


def test_the_page_recomputes_what_python_does(chromium: Any, real: Path) -> None:
    expected = Lineage(embedded(real)).recomputed
    script = """() => {
        const found = {};
        const panel = document.getElementById("lineage");
        for (const link of document.querySelectorAll("a.number")) {
            link.click();
            const line = panel.querySelector("[data-recomputed]");
            if (line) found[link.dataset.figure] = Number(line.dataset.recomputed);
            panel.close();
        }
        return found;
    }"""
    with opened(chromium, real) as seen:
        assert seen.page.evaluate("document.documentElement.dataset.checked") == "agrees"
        assert f"recomputed {len(expected)} of" in seen.page.locator("#self-check").inner_text()
        found = seen.page.evaluate(script)
    assert len(found) >= least(real).recomputed
    assert {name: expected[name] for name in found} == found


def test_an_altered_result_is_withheld(chromium: Any, real: Path, tmp_path: Path) -> None:
    name = recomputed_on(real)

    def change(manifest: dict[str, Any]) -> None:
        figure(manifest, name)["value"] *= 1.001

    with opened(chromium, altered(real, tmp_path, change)) as seen:
        assert seen.page.evaluate("document.documentElement.dataset.checked") == "alarm"
        alarm = seen.page.locator("[role=alert]")
        assert alarm.is_visible()
        assert name in alarm.inner_text()
        assert alarm.bounding_box()["y"] < seen.page.locator("h1").bounding_box()["y"]
        places = seen.page.locator(f"a.number[data-figure='{name}']").all()
        assert places
        assert all(place.text_content() == "check failed" for place in places)
        assert seen.page.locator(".alarmed").count() == seen.page.locator(f"[data-figure='{name}']").count()


def test_an_altered_claim_shows_in_all_that_rests_on_it(chromium: Any, edition: Path, tmp_path: Path) -> None:
    real = edition / "scale.html"
    name = figure(embedded(real), "plan.stated")["claims"][0]

    def change(manifest: dict[str, Any]) -> None:
        claim = next(row for row in manifest["claim_details"] if row["id"] == name)
        claim.update({end: claim[end] + 1 for end in ("value", "low", "high") if end in claim})

    with opened(chromium, altered(real, tmp_path, change)) as seen:
        withheld = {link.get_attribute("data-figure") for link in seen.page.locator(".alarmed").all()}
    assert {"plan.stated", "plan.usd"} <= withheld


def test_any_other_alteration_is_noticed(chromium: Any, real: Path, tmp_path: Path) -> None:
    def is_drawn(lineage: Lineage, name: str) -> bool:
        row = lineage.rows.get(name, {})
        return row.get("kind") == "result" and bool(row.get("high")) and name not in lineage.recomputed

    name = first_of(real, is_drawn)

    def change(manifest: dict[str, Any]) -> None:
        figure(manifest, name)["high"] *= 1.1

    with opened(chromium, altered(real, tmp_path, change)) as seen:
        assert seen.page.evaluate("document.documentElement.dataset.checked") == "alarm"
        assert "was altered" in seen.page.locator("[role=alert]").inner_text()


def test_python_finds_the_same(real: Path) -> None:
    name, manifest = recomputed_on(real), embedded(real)
    assert Lineage(manifest).disagreements == ()
    figure(manifest, name)["value"] *= 1.001
    assert name in Lineage(manifest).disagreements
