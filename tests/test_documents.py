"""Strict YAML: what is read, and what is refused before it can do harm."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capexlib import documents
from capexlib.documents import Document, DocumentError, dotted, parse_document, read_document, scalar


def problems_of(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        parse_document(text, "acme.yml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("true", True), ("False", False), ("~", None), ("null", None),
        ("2025-12-23", "2025-12-23"), ("12:30:45", "12:30:45"), ("0x1F", "0x1F"), ("1_000", "1_000"), ("007", 7),
        ("-12", -12), ("+3", 3), ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("1.5E-3", 0.0015), ("1.2.3", "1.2.3"),
        ("<<", "<<"), ("=", "="), ("٣", "٣"),
    ],
)  # fmt: skip
def test_scalars_follow_the_core_schema(text: str, value: Any) -> None:
    found = scalar(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan", "1e400", "-1e999", "9" * 31])
def test_numbers_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        scalar(text)
    assert "acme.yml:1" in problems_of(f"a: {text}")[0]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: &x 1\nb: *x\n", "anchor"),
        ("a: *x\n", "alias"),
        ("a: !!python/object/apply:os.system [id]\n", "tag"),
        ("a: !!str 1\n", "tag"),
        ("!!map {a: 1}\n", "tag"),
        ("a: 1\na: 2\n", "stands twice"),
        ("a: {b: 1, b: 2}\n", "'a.b' stands twice"),
        ("a: 1\n---\nb: 2\n", "second document"),
        ("- a\n- b\n", "keys and values"),
        ("just text\n", "keys and values"),
        ("a:\n\tb: 1\n", "Not valid YAML"),
        ("a: [1, 2\n", "Not valid YAML"),
        ("a: b: c\n", "Not valid YAML"),
        ("? [1, 2]\n: x\n", "key must be a word"),
        ("? {a: 1}\n: x\n", "key must be a word"),
        ("a: \x00\n", "Not valid YAML"),
        ('a: "\\0"\n', "control character"),
        ('a: "\\e[31m"\n', "control character"),
        ('"a\\x07": 1\n', "control character"),
        ("a: \x07\n", "Not valid YAML"),
        ("a: " + "[" * 40 + "]" * 40, "Nested deeper"),
        ("\n".join(" " * n + "a:" for n in range(60)), "Nested deeper"),
    ],
)
def test_hostile_or_broken_files(text: str, what: str) -> None:
    found = problems_of(text)
    assert what in found[0]
    assert all(line.startswith("acme.yml:") for line in found)
    assert all("\n" not in line for line in found)


def test_a_billion_laughs_stays_a_line() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]\n"
        for below, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert "anchor" in problems_of(bomb)[0]


def test_every_problem_of_a_file_is_told_up_to_a_hundred() -> None:
    assert len(problems_of("a: .nan\nb: 1e400\nc: 1\nc: 2\n")) == 3
    assert len(problems_of("a: 1\n" * 5000)) == documents.MAX_PROBLEMS


def test_lines_are_known() -> None:
    document = parse_document("a: 1\nb:\n  c: 2\n  d:\n  - x\n  - y: 3\n", "acme.yml")
    assert document.content == {"a": 1, "b": {"c": 2, "d": ["x", {"y": 3}]}}
    assert document.where(("b", "c")) == "acme.yml:3 b.c"
    assert document.where(("b", "d", 1, "y")) == "acme.yml:6 b.d[1].y"
    assert document.where(("b", "missing")) == "acme.yml:2 b.missing"
    assert document.where(()) == "acme.yml"
    assert dotted(()) == ""


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"a: \xff\xfe\n", "Not UTF-8"),
        ("a: ü\n".encode("utf-16"), "Not UTF-8"),
        (b"a: 1\n" * 900_000, "limit is"),
        (b"a: \x00\n", "Not valid YAML"),
    ],
    ids=["bytes", "utf-16", "huge", "nul"],
)
def test_unreadable_files(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "acme.yml"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=what):
        read_document(path)


def test_places_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    (tmp_path / "loop.yml").symlink_to(tmp_path / "loop.yml")
    for path, what in [
        (tmp_path, "a folder"),
        (tmp_path / "none.yml", "cannot be read"),
        (tmp_path / "pipe.yml", "a device"),
        (Path("/dev/zero"), "a device"),
        (tmp_path / "loop.yml", "cannot be read"),
        (tmp_path / ("x" * 300), "cannot be read"),
        (tmp_path / "a\0b", "cannot be read"),
    ]:
        with pytest.raises(DocumentError, match=what):
            read_document(path)
    assert not documents.is_there(tmp_path / ("x" * 300))
    assert not documents.is_there(Path("a\0b"))


def test_messages_name_no_absolute_path(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(tmp_path / "none.yml")
    assert caught.value.problems[0].where == f"{tmp_path.name}/none.yml"


def test_empty_files_and_marks_are_read(tmp_path: Path) -> None:
    assert parse_document("", "acme.yml").content == {}
    assert parse_document("# only a remark\n", "acme.yml").content == {}
    path = tmp_path / "bom.yml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert read_document(path).content == {"a": 1, "b": 2}


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(-1e6, 1e6)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufffe\uffff")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz", min_size=1), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text("abcxyz", min_size=1), PLAIN, max_size=5))
def test_json_is_read_as_itself(content: dict[str, Any]) -> None:
    import json

    found = parse_document(json.dumps(content, ensure_ascii=False), "acme.yml")
    assert found.content == content


@given(st.text(max_size=200))
def test_any_text_ends_in_a_document_or_a_problem(text: str) -> None:
    with contextlib.suppress(DocumentError):
        assert isinstance(parse_document(text, "acme.yml"), Document)
