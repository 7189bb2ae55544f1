from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from edition_specimen import complete, edition
from hypothesis import given
from hypothesis import strategies as st

from capexlib.exhibits.block import words
from capexlib.publish import manifest
from capexlib.publish.brief import read_brief
from capexlib.publish.readings import agrees, cell_number, printed_numbers
from capexlib.publish.sheets import Cells
from capexlib.publish.workbook import WORKBOOK, sheet_names, workbook


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return edition(tmp_path_factory.mktemp("workbook"))


@pytest.fixture(scope="module")
def book(built: Path) -> Any:
    return openpyxl.load_workbook(built / WORKBOOK)


def rows_of(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_equal_briefs_give_equal_bytes_and_no_clock() -> None:
    executed = complete()
    brief = read_brief(executed, "scale", manifest.embedded("scale", executed))
    once = workbook({"scale": brief})
    assert once == workbook({"scale": brief})
    with zipfile.ZipFile(io.BytesIO(once)) as files:
        assert {info.date_time for info in files.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2025-12-23T00:00:00Z" in files.read("docProps/core.xml")


def test_several_briefs_share_one_workbook() -> None:
    executed = complete()
    brief = read_brief(executed, "scale", manifest.embedded("scale", executed))
    names = openpyxl.load_workbook(io.BytesIO(workbook({"roi": brief, "scale": brief}))).sheetnames
    assert names[1:7] == ["peers", "paths", "parts", "more-0", "table-one", "roi sources"]
    assert names[7:13] == [
        "scale peers",
        "scale paths",
        "scale parts",
        "scale more-0",
        "scale table-one",
        "scale sources",
    ]
    assert names[13:] == ["Results", "Parameters", "Claims", "Sources"]


def test_a_sheet_for_each_exhibit_and_register(book: Any) -> None:
    assert book.sheetnames == ["Contents", "peers", "paths", "parts", "more-0", "table-one", "scale sources",
                               "Results", "Parameters", "Claims", "Sources"]  # fmt: skip
    contents = rows_of(book["Contents"])
    assert [row[0] for row in contents[4:14]] == book.sheetnames[1:]
    targets = {cell.hyperlink.location for row in book["Contents"].iter_rows() for cell in row if cell.hyperlink}
    assert {target.split("!")[0].strip("'") for target in targets} == set(book.sheetnames[1:])


def test_no_formula_and_no_link_but_https(book: Any) -> None:
    texts = set()
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"n", "s"}, (sheet.title, cell.coordinate)
                texts.add(cell.value)
                if cell.hyperlink and cell.hyperlink.target:
                    assert cell.hyperlink.target.startswith("https://")
    assert '=HYPERLINK("https://evil.example")' in texts
    assert {"+Acme 10-K", "@seen", "http://acme.example/10-k"} <= texts


def test_header_is_frozen_filtered_and_printed_on_each_page(book: Any) -> None:
    for sheet in book:
        assert sheet.freeze_panes == "A5"
        assert sheet.auto_filter.ref.startswith("A4:")
        assert sheet.print_title_rows == "$4:$4"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert all(dimension.width <= 60.8 for dimension in sheet.column_dimensions.values())


def test_numbers_are_numbers_with_formats(book: Any) -> None:
    sheet = book["peers"]
    assert sheet["A1"].value == "Exhibit 1: One peer spends four times Acme’s whole budget"
    assert [sheet["C5"].value, sheet["C5"].data_type] == [80, "n"]
    assert sheet["C5"].number_format.startswith("0.0")
    results = {row[0]: row for row in rows_of(book["Results"])[4:]}
    assert results["p.62"][2] == 0.62
    formats = {row[0].value: row[2].number_format for row in book["Results"].iter_rows(min_row=5)}
    assert formats["p.62"] == "0.0%"
    assert "peers" in results["capex.0"][9]


def test_parameters_mark_what_was_overridden(book: Any) -> None:
    found = {row[0]: row for row in rows_of(book["Parameters"])[4:]}
    assert found["scale.pue"][:7] == ["scale.pue", 1.3, "ratio", 1.1, 1.5, "Surveys.", "@seen"]
    assert found["scale.pue"][-1] == "yes"
    assert found["plan.period"][1] == 2026


def test_claims_name_their_source_and_their_use(book: Any) -> None:
    claims = {row[0]: row for row in rows_of(book["Claims"])[4:]}
    assert claims["c1"][4] == 22.8
    assert claims["c2"][5:7] == [20, 21]
    assert "capex.acme.2026" in claims["c1"][-1]
    sources = {row[0]: row for row in rows_of(book["Sources"])[4:]}
    assert sources["press"][4:7] == ["https://acme.example/news?a=1&b=2", 1, "c1"]


# ------------------------------------------------------------------ LibreOffice


def printed(spans: Any) -> str:
    return words(spans)


def test_libreoffice_shows_the_figures_of_the_page(built: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no soffice: the workbook is only read back with openpyxl")
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
    done = subprocess.run(
        [office, profile, "--headless", "--convert-to", every_sheet, "--outdir", str(tmp_path), str(built / WORKBOOK)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    executed = complete()
    brief = read_brief(executed, "scale", manifest.embedded("scale", executed))
    compared = 0
    for element in brief.elements:
        path = tmp_path / f"tables-{'scale sources' if element.id == 'sources' else element.id}.csv"
        if element.kind not in {"chart", "table", "appendix_table"}:
            continue
        with path.open(encoding="utf-8", newline="") as stream:
            shown = list(csv.reader(stream))[4:]
        for row, cells in zip(element.body["rows"], shown, strict=False):
            assert [printed(cell).replace("\u200b", "") for cell in row] == cells[: len(row)]
            compared += len(row)
    assert compared > 100


# ------------------------------------------------------------------ names and numbers


@given(
    st.lists(
        st.tuples(st.sampled_from(["scale", "roi"]), st.from_regex(r"[a-z][a-z0-9_.-]{0,79}", fullmatch=True)),
        unique=True,
        max_size=30,
    )
)
def test_sheet_names_are_short_and_unique(exhibits: list[tuple[str, str]]) -> None:
    names = sheet_names(exhibits)
    assert list(names) == exhibits
    assert len({name.casefold() for name in names.values()}) == len(exhibits)
    assert all(0 < len(name) <= 31 for name in names.values())
    assert not {name.casefold() for name in names.values()} & {"results", "contents", "history"}


@pytest.mark.parametrize(
    ("text", "entry", "value"),
    [
        ("US$22.8bn", {"value": 22.7657, "unit": "USD bn"}, 22.7657),
        ("US$22.8bn", {"value": 99.0, "unit": "USD bn"}, 22.8),
        ("776,000", {"value": 775812.0, "unit": "units"}, 776000),
        ("53\u00a0%", {"value": 0.5313, "unit": "fraction"}, 0.5313),
        ("\u22125.9\u00a0%", None, -0.059),
        ("at least RMB\u00a0200bn", None, 200),
        ("+138\u00a0%", None, 1.38),
        ("2026", None, 2026),
    ],
)
def test_cells_become_numbers(text: str, entry: Any, value: float) -> None:
    cell = cell_number(text, entry)
    assert cell is not None
    assert cell.value == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["n/a", "–", "US$195–205bn", "7 of 9", "30 Jun 2026", "1,23", "=1+1", '5"', "", "FY2026"]
)
def test_other_cells_stay_text(text: str) -> None:
    assert cell_number(text) is None


@given(st.floats(1e-3, 9e5), st.sampled_from(["USD bn", "units", "ratio"]))
def test_a_rounded_number_agrees_and_a_changed_one_does_not(value: float, unit: str) -> None:
    from capexlib.exhibits.prose import amount

    entry = {"value": value, "low": None, "high": None, "unit": unit}
    assert agrees(amount(value, unit), entry)
    assert not agrees(amount(value * 1.05, unit), entry)


@pytest.mark.parametrize(
    ("text", "entry", "same"),
    [
        ("6.80", {"value": 0.1470545, "unit": "USD/CNY"}, True),
        ("more than 99\u00a0%", {"value": 0.9997, "unit": "fraction"}, True),
        ("less than 1\u00a0%", {"value": 0.02, "unit": "fraction"}, False),
        ("7 of 9", {"value": 7, "unit": "units"}, True),
        ("US$195–205bn", {"value": 200, "low": 195, "high": 205, "unit": "USD bn"}, True),
        ("US$195–206bn", {"value": 200, "low": 195, "high": 205, "unit": "USD bn"}, False),
        ("US$1.2tn", {"value": 1200, "unit": "USD bn"}, True),
        ("US$5bn (90\u00a0% of draws)", {"value": 5, "unit": "USD bn"}, True),
        ("73\u00a0%", {"value": 1, "unit": "units", "note": "rank 1: 72.9\u00a0%"}, True),
        ("no number", {"value": 1, "unit": "units"}, True),
    ],
)
def test_agreement(text: str, entry: Any, same: bool) -> None:
    assert agrees(text, entry) is same


def test_names_with_digits_are_no_numbers() -> None:
    assert [number.value for number in printed_numbers("8-GPU H100, 2026Q2, 3rd of 1,23")] == [3]


def test_links_are_https_or_text() -> None:
    assert Cells.link("Acme", "https://acme.example") == Cells("Acme", "https://acme.example")
    assert Cells.link("Acme", "javascript:alert(1)") == "Acme"
    assert Cells.link("Acme", "https://acme.example/" + "x" * 3000) == "Acme"
