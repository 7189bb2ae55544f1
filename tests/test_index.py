"""The index and the feed: made from manifests alone, the same bytes each time, safe whatever a manifest says."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from capexlib.cli.app import app
from capexlib.errors import CapexError, ParamsError
from capexlib.publish.feed import ATOM, feed_of
from capexlib.publish.index import write_index
from capexlib.publish.shelves import read_shelves
from capexlib.publish.sparkline import HEIGHT, WIDTH, sparkline

TAG = f"{{{ATOM}}}"


def put(reports: Path, case: str, as_of: str, value: float | None = 16.0, **more: Any) -> Path:
    """Write an edition's manifest."""
    strip = [{"label": "Plan", "value": f"US${value}bn", "figure": "plan.usd", "change": ""}]
    front = {"title": f"{case.title()} plans much", "kicker": "Scale brief", "entity": case.title(),
             "headline": "It plans much.", "status_line": "", "badges": ["guidance"], "key_figures": strip,
             "files": ["scale.html", "scale.pdf", "scale.ipynb"], "results": ["plan.usd"]}  # fmt: skip
    row = {"id": "plan.usd", "value": value, "unit": "USD bn", "low": 14.0, "high": None}
    manifest = {"case": case, "as_of": as_of, "entity": case, "results": [row],
                "briefs": {"scale": {**front, **more}}, "files": []}  # fmt: skip
    folder = reports / case / as_of
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Make three editions of two cases."""
    put(tmp_path, "acme", "2025-12-23")
    put(tmp_path, "acme", "2026-06-30", 22.0)
    put(tmp_path, "borealis", "2026-01-31")
    (tmp_path / "acme" / "latest").symlink_to("2026-06-30")
    return tmp_path


class Page(HTMLParser):
    """Collects what a page consists of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_page_lists_every_case_and_edition_newest_first(reports: Path) -> None:
    written = write_index(reports)
    assert (written.cases, written.editions, written.problems) == (2, 3, [])
    text = written.page.read_text("utf-8")
    page = Page(text)
    assert [entry["datetime"] for entry in page.all("time")] == [
        "2026-06-30", "2026-06-30", "2025-12-23", "2026-01-31", "2026-01-31",
    ]  # fmt: skip
    links = [str(link["href"]) for link in page.all("a")]
    assert "acme/2026-06-30/scale.html" in links
    assert "acme/2025-12-23/scale.pdf" in links
    assert page.all("script") == []
    assert not re.search(r"(?:href|src)=[\"'](?:https?:)?//", text)
    assert [svg["aria-label"] for svg in page.all("svg")] == [
        "Plan: US$16.0bn as of 23 Dec 2025; US$22.0bn as of 30 Jun 2026"
    ]
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels == [1, 2, 2]
    assert all(entry.get("scope") for entry in page.all("th"))
    assert page.all("html")[0]["lang"] == "en"


def test_same_editions_same_bytes_and_no_rewrite(reports: Path) -> None:
    first = write_index(reports)
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in (first.page, first.feed)]
    again = write_index(reports)
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in (again.page, again.feed)] == before
    assert [path.name for path in reports.iterdir() if path.name.endswith(".new")] == []


def test_feed_is_atom(reports: Path) -> None:
    root = ET.fromstring(write_index(reports).feed.read_bytes())  # noqa: S314 - our own
    assert root.tag == f"{TAG}feed"
    for parent in (root, *root.findall(f"{TAG}entry")):
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"{TAG}{name}")) == 1
            assert parent.findtext(f"{TAG}{name}")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", str(parent.findtext(f"{TAG}updated")))
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", str(parent.findtext(f"{TAG}id")))
        kinds = [link.get("rel") for link in parent.findall(f"{TAG}link")]
        assert kinds.count("alternate") == 1
    assert root.findtext(f"{TAG}author/{TAG}name") == "capexlib"
    entries = root.findall(f"{TAG}entry")
    assert [entry.findtext(f"{TAG}updated", "")[:10] for entry in entries] == ["2026-06-30", "2026-01-31", "2025-12-23"]
    assert len({entry.findtext(f"{TAG}id") for entry in entries}) == 3
    assert root.findtext(f"{TAG}updated") == "2026-06-30T00:00:00Z"
    for link in root.iter(f"{TAG}link"):
        assert not str(link.get("href")).startswith(("/", "http"))


def test_an_entry_keeps_its_id_when_its_edition_changes(reports: Path) -> None:
    def ids() -> dict[str | None, str | None]:
        root = ET.fromstring(write_index(reports).feed.read_bytes())  # noqa: S314 - our own
        return {entry.findtext(f"{TAG}updated"): entry.findtext(f"{TAG}id") for entry in root.iter(f"{TAG}entry")}

    before = ids()
    path = reports / "acme" / "2026-06-30" / "manifest.json"
    path.write_text(path.read_text("utf-8").replace("much", "more"), encoding="utf-8")
    assert ids() == before


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    words = '"><script>alert(1)</script> & \x0b \ud83d'
    put(tmp_path, "acme", "2026-06-30", title=words, headline=words, status_line=words, badges=["unheard-of"],
        entity=words, kicker=words, files=["scale.html"])  # fmt: skip
    written = write_index(tmp_path)
    assert Page(written.page.read_text("utf-8")).all("script") == []
    assert "<script>" in str(ET.fromstring(written.feed.read_bytes()).findtext(f".//{TAG}entry/{TAG}title"))  # noqa: S314


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"files": []}', '{"files": [], "case": "acme", "as_of": "2026-01-01", "briefs": {}}',
     '{"files": [], "case": "other", "as_of": "2026-06-30", "briefs": {"scale": {}}, "results": []}',
     '{"files": [], "case": "acme", "as_of": "2026-06-30", "briefs": {"s": {"files": [], "key_figures": [1]}}}',
     '{"files": [{"name": "../x", "sha256": "", "bytes": 0}]}'],
)  # fmt: skip
def test_an_edition_that_cannot_be_read_is_left_out_and_named(reports: Path, text: str) -> None:
    (reports / "acme" / "2026-06-30" / "manifest.json").write_text(text, encoding="utf-8")
    written = write_index(reports)
    assert written.editions == 2
    assert "2026-06-30" in str(written.problems[0])


def test_other_folders_are_no_editions(reports: Path) -> None:
    for name in ("acme/failed", "acme/.building-2026-07-01", "Not A Case/2026-01-01", "acme/2026-13-01"):
        (reports / name).mkdir(parents=True)
        (reports / name / "manifest.json").write_text("{}", encoding="utf-8")
    assert write_index(reports).editions == 3


def test_a_figure_in_another_unit_is_not_drawn(tmp_path: Path) -> None:
    put(tmp_path, "acme", "2026-06-30")
    folder = put(tmp_path, "acme", "2025-12-23")
    path = folder / "manifest.json"
    path.write_text(path.read_text("utf-8").replace("USD bn", "CNY bn"), encoding="utf-8")
    page = write_index(tmp_path).page.read_text("utf-8")
    assert "<svg" not in page
    assert "n/a" in page


def test_editions_made_before_fronts_were_kept(tmp_path: Path) -> None:
    folder = put(tmp_path, "acme", "2026-06-30")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["briefs"]["scale"] = {"files": ["scale.html"], "results": ["plan.usd"]}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert 'href="acme/2026-06-30/scale.html"' in write_index(tmp_path).page.read_text("utf-8")


def test_briefing_speaks_for_the_edition(tmp_path: Path) -> None:
    folder = put(tmp_path, "acme", "2026-06-30")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["briefs"]["briefing"] = {**manifest["briefs"]["scale"], "title": "In brief", "files": ["briefing.html"]}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    shelves, _ = read_shelves(tmp_path)
    assert shelves["acme"][0].lead.title == "In brief"


def test_empty_folder_and_none(tmp_path: Path) -> None:
    written = write_index(tmp_path)
    assert "No edition has been made yet" in written.page.read_text("utf-8")
    assert ET.fromstring(written.feed.read_bytes()).findtext(f"{TAG}updated") == "1970-01-01T00:00:00Z"  # noqa: S314
    with pytest.raises(ParamsError, match="is no folder"):
        write_index(tmp_path / "nowhere")


def test_disk_that_refuses(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_index(reports)
    before = (reports / "index.html").read_bytes()
    put(reports, "cindral", "2026-02-01")

    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device", "index.html")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(CapexError, match="No space left"):
        write_index(reports)
    assert (reports / "index.html").read_bytes() == before


def test_command(reports: Path) -> None:
    (reports / "borealis" / "2026-01-31" / "manifest.json").write_text("{", encoding="utf-8")
    done = CliRunner().invoke(app, ["index", str(reports)])
    assert done.exit_code == 0
    assert "1 case, 2 editions" in done.stdout
    assert "left out" in done.stderr
    said = json.loads(CliRunner().invoke(app, ["index", str(reports), "--json"]).stdout)
    assert (said["editions"], len(said["left_out"])) == (2, 1)
    assert CliRunner().invoke(app, ["index", str(reports / "nowhere")]).exit_code == 2


# ------------------------------------------------------------------ sparkline


@given(st.lists(st.tuples(st.dates(), st.floats(-1e12, 1e12)), min_size=2, max_size=9, unique_by=lambda pair: pair[0]))
def test_sparkline_stays_inside_and_keeps_the_order(drawn: list[tuple[date, float]]) -> None:
    pairs = sorted(drawn)
    days, values = [day for day, _ in pairs], [value for _, value in pairs]
    line = re.search(r'points="([^"]+)"', sparkline(days, values, "x"))
    assert line
    points = [tuple(map(float, point.split(","))) for point in line.group(1).split()]
    assert len(points) == len(values)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    if max(values) > min(values):
        assert points[values.index(max(values))][1] == min(y for _, y in points)


def test_one_value_is_no_line() -> None:
    assert sparkline([date(2026, 1, 1)], [1.0], "x") == ""
    assert feed_of([], "Nothing").startswith(b"<?xml")
