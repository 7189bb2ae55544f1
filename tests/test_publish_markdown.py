from __future__ import annotations

import pytest

from capexlib.publish.markdown import MarkdownError, parse_markdown


def test_the_restricted_set() -> None:
    heading, paragraph, bullets, numbers = parse_markdown(
        "### A *b*\n\nA **c** `d` [the filing](https://a.example/x)\nnext\n\n- e\n- f\n\n1. g\n"
    )
    assert (heading.kind, heading.level) == ("heading", 3)
    assert [(s.t, s.em) for s in heading.lines[0]] == [("A ", False), ("b", True)]
    assert [s.t for s in paragraph.lines[0]] == ["A ", "c", " ", "d", " ", "the filing", " next"]
    assert paragraph.lines[0][5].url == "https://a.example/x"
    assert [line[0].t for line in bullets.lines] == ["e", "f"]
    assert numbers.ordered


def test_a_link_over_two_lines_is_one_link() -> None:
    (passage,) = parse_markdown("[the\nfiling](https://a.example)")
    assert [span.t for span in passage.lines[0]] == ["the filing"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("# Title", "level 1"),
        ("#### Deep", "level 4"),
        ("```\ncode\n```", "block code"),
        ("> quote", "block quote"),
        ("---", "thematic break"),
        ("<div>x</div>", "html"),
        ("a <img src=x onerror=alert(1)> b", "inline html"),
        ("![alt](https://a.example/x.png)", "image"),
        ("- a\n  - b", "list inside a list"),
        ("[here](https://a.example)", "does not say where it leads"),
        ("[a](javascript:alert(1))", "not a web address"),
        ("[a](#anchor)", "not a web address"),
    ],
)
def test_refuses_the_rest_by_name(source: str, said: str) -> None:
    with pytest.raises(MarkdownError, match=said) as caught:
        parse_markdown(source)
    assert caught.value.cure
