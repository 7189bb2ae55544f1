from __future__ import annotations

from typing import Any

from capexlib.publish.titles import linked, words_for_figures


def opens(title: str, own: list[dict[str, Any]], brief: list[dict[str, Any]] | None = None) -> dict[str, str]:
    """Title words that open, with the figure that they open."""
    spans = linked(title, words_for_figures(own), words_for_figures(brief or []))
    assert "".join(span["t"] for span in spans) == title
    return {span["t"]: span["figure"] for span in spans if span["figure"]}


def test_a_number_shown_in_the_exhibit_opens_in_its_title() -> None:
    shown = [{"t": "US$10.1bn", "figure": "npv"}, {"t": "58 %", "figure": "share"}]
    assert opens("58 % arrives and US$10.1bn is lost", shown) == {"58 %": "share", "US$10.1bn": "npv"}


def test_a_sign_in_the_table_may_be_a_word_in_the_title() -> None:
    assert opens("Value falls by US$0.973bn", [{"t": "−US$0.973bn", "figure": "npv.change"}]) == {
        "US$0.973bn": "npv.change"
    }


def test_words_that_stand_for_two_figures_open_neither() -> None:
    assert opens("58 % arrives", [{"t": "58 %", "figure": "share"}, {"t": "58 %", "figure": "capital"}]) == {}


def test_the_exhibit_decides_before_the_rest_of_the_brief() -> None:
    assert opens("58 % arrives", [{"t": "58 %", "figure": "share"}], [{"t": "58 %", "figure": "capital"}]) == {
        "58 %": "share"
    }


def test_part_of_a_longer_number_is_another_number() -> None:
    shown = [{"t": "0.5", "figure": "a"}, {"t": "24", "figure": "b"}, {"t": "8 %", "figure": "c"}]
    assert opens("10.5 and 0.55, 124, 24.5, 2,024 and 37–58 %", shown) == {}


def test_few_digits_open_only_what_their_own_exhibit_shows() -> None:
    assert opens("24 months on", [], [{"t": "24", "figure": "months"}]) == {}
    assert opens("24 months on", [{"t": "24", "figure": "months"}]) == {"24": "months"}
