from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from publish_specimen import cell, chart, notebook, text

from capexlib.errors import QualityError
from capexlib.publish.brief import read_brief

Content = dict[str, Any]


def test_reads_every_kind_in_order() -> None:
    brief = read_brief(notebook(), "scale")
    kinds = [element.kind for element in brief.elements]
    assert brief.masthead["entity"] == "Acme"
    assert {"bottom_line", "key_figures", "change", "chart", "table", "appendix_table", "prose", "heading"} <= set(
        kinds
    )
    assert kinds[-1] == "provenance"
    assert brief.manifest["case"] == "acme"


def test_numbers_exhibits_and_appendix_tables() -> None:
    labels = read_brief(notebook(), "scale").labels
    assert labels["peers"] == "Exhibit 1"
    assert labels["table-one"] == "Exhibit 5"
    assert labels["sources"] == "Table A1"


def test_levels_never_skip() -> None:
    levels = [element.level for element in read_brief(notebook(), "scale").elements if element.level]
    assert all(after <= before + 1 for before, after in zip([1, *levels], levels, strict=False))
    by_id = {element.id: element.level for element in read_brief(notebook(), "scale").elements}
    assert (by_id["bottom-line"], by_id["peers"], by_id["sources"]) == (2, 3, 4)


def test_headings_of_one_name_get_anchors_of_their_own() -> None:
    nb = notebook()
    nb.cells += [text("## Twice", "one"), text("## Twice", "two")]
    assert [e.id for e in read_brief(nb, "scale").elements if e.title == "Twice"] == [
        "section-twice",
        "section-twice-2",
    ]


def test_a_given_manifest_goes_before_the_provenance() -> None:
    assert read_brief(notebook(), "scale", {"case": "other"}).manifest == {"case": "other"}


def test_all_problems_at_once() -> None:
    nb = notebook()
    nb.cells += [
        new_code_cell("1 + 1", id="number", outputs=[new_output("execute_result", data={"text/plain": "2"})]),
        new_code_cell("print()", id="talk", outputs=[new_output("stream", name="stdout", text="hello")]),
        new_code_cell("1/0", id="crash", outputs=[new_output("error", ename="ZeroDivisionError", evalue="oh")]),
        text("| a |\n|---|\n\n<b>bold</b>", "raw"),
        cell({"block": "chrat", "id": "x"}, "typo"),
    ]
    with pytest.raises(QualityError) as caught:
        read_brief(nb, "scale")
    told = {problem.where.removeprefix("scale, cell "): str(problem) for problem in caught.value.problems}
    assert set(told) == {"number", "talk", "crash", "raw", "typo"}
    assert "only text" in told["number"]
    assert "hello" in told["talk"]
    assert "ZeroDivisionError: oh" in told["crash"]
    assert "html" in told["raw"]
    assert "Did you mean 'chart'?" in told["typo"]


def changed(kind: str, **fields: Any) -> Callable[[Content], Content]:
    return lambda block: {**block, **fields} if block["block"] == kind else block


def without(kind: str, field: str) -> Callable[[Content], Content]:
    return lambda block: {k: v for k, v in block.items() if not (block["block"] == kind and k == field)}


def judged(**fields: Any) -> Callable[[Content], Content]:
    def rewrite(block: Content) -> Content:
        if block["block"] == "bottom_line":
            block["judgements"][0] |= fields
        return block

    return rewrite


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
BROKEN = [
    (changed("chart", alt=""), "alt"),
    (without("chart", "alt"), "alt: Field required"),
    (without("chart", "svg"), "svg: Field required"),
    (without("chart", "spec"), "spec: Field required"),
    (changed("chart", source=""), "source"),
    (changed("chart", svg=SVG.format("<script>alert(1)</script>")), "'script' is not a drawing element"),
    (changed("chart", svg=SVG.format('<rect onload="x()"/>')), "'onload' would run a script"),
    (changed("chart", svg=SVG.format('<use href="https://evil.example/x.svg"/>')), "leads outside the picture"),
    (changed("chart", svg=SVG.format('<rect fill="url(https://evil.example)"/>')), "leads outside the picture"),
    (changed("chart", svg=SVG.format('<text font-family="serif">a</text>')), "set in 'serif', not in Lato"),
    (changed("chart", svg="<!DOCTYPE svg>" + SVG.format("")), "declarations"),
    (changed("chart", svg="<svg " + "x" * 20), "does not parse"),
    (changed("chart", rows=[["one cell"]]), "row 1 has 1 cells for 3 columns"),
    (changed("chart", title="one two three four five six seven eight nine ten eleven"), "11 words"),
    (changed("chart", colour="red"), "colour: Extra inputs"),
    (changed("masthead", as_of="yesterday"), "as_of"),
    (changed("masthead", badges=["rumour"]), "badges"),
    (changed("key_figures", items=[]), "items"),
    (changed("bottom_line", sentences=["a"] * 4), "sentences"),
    (judged(word="likely", confidence="low confidence"), "never both"),
    (judged(exhibit="peeers"), "Did you mean 'peers'?"),
    (changed("prose", list=[[{"t": "see", "ref": "nowhere"}]]), "'nowhere', which is not in the brief"),
    (changed("prose", text=[[{"t": "here", "url": "https://acme.example"}]]), "does not say where it leads"),
    (changed("prose", text=[[{"t": "Acme's site", "url": "javascript:alert(1)"}]]), "not a web address"),
    (changed("prose", text=["Acme is 字节 at home."]), "'字' (U+5B57), '节' (U+8282) in 'Acme is"),
    (changed("prose", text=["a\x00b"]), "U+0000"),
    (changed("prose", text=["a\u202eb"]), "U+202E"),
    (changed("prose", id="peers"), "already used"),
    (changed("prose", id="manifest"), "already used by the page itself"),
    (changed("prose", id="No Spaces"), "id"),
]  # fmt: skip


@pytest.mark.parametrize(("rewrite", "said"), BROKEN, ids=[said[:30] for _, said in BROKEN])
def test_says_what_is_wrong_with_a_block(rewrite: Callable[[Content], Content], said: str) -> None:
    with pytest.raises(QualityError) as caught:
        read_brief(notebook(rewrite=lambda block: rewrite(deepcopy(block))), "scale")
    assert said in str(caught.value)
    assert all(problem.where.startswith("scale") and problem.cure for problem in caught.value.problems)


def dropped(nb: NotebookNode, *ids: str) -> NotebookNode:
    nb.cells = [one for one in nb.cells if one.id not in ids]
    return nb


@pytest.mark.parametrize(
    ("nb", "said"),
    [
        (dropped(notebook(), "cell-masthead"), "no masthead"),
        (dropped(notebook(), "cell-provenance"), "Nothing says what the brief was computed from"),
    ],
    ids=["masthead", "provenance"],
)
def test_what_a_brief_cannot_do_without(nb: NotebookNode, said: str) -> None:
    with pytest.raises(QualityError, match=said):
        read_brief(nb, "scale")


def test_one_masthead_only() -> None:
    nb = notebook()
    again = deepcopy(next(one for one in nb.cells if one.id == "cell-masthead"))
    again.id = "again"
    nb.cells.append(again)
    with pytest.raises(QualityError, match="2 mastheads"):
        read_brief(nb, "scale")


def test_nothing_stands_before_the_masthead() -> None:
    nb = notebook()
    nb.cells.insert(0, cell(chart("early", "bars", "Too early"), "early"))
    nb.cells.insert(0, text("## Early", "early-text"))
    with pytest.raises(QualityError) as caught:
        read_brief(nb, "scale")
    assert [problem.where for problem in caught.value.problems] == ["scale, cell early-text", "scale, cell early"]


def test_a_heading_may_not_skip_a_level() -> None:
    nb = dropped(notebook(), "peers-heading")
    nb.cells.insert(7, text("### Deep", "deep"))
    with pytest.raises(QualityError, match="'Deep' skips a level"):
        read_brief(nb, "scale")
