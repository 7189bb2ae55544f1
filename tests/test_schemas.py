"""Pydantic's complaints in the user's words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field, model_validator

from capexlib.documents import parse_document
from capexlib.schemas import MAX_SHOWN, Number, Strict, validate


class Leaf(Strict):
    amount: Number
    note: str = ""

    @model_validator(mode="after")
    def _not_thirteen(self) -> Leaf:
        if self.amount == 13:
            msg = "thirteen is refused || Choose another number."
            raise ValueError(msg)
        return self


class Tree(Strict):
    name: str
    leaf: Leaf | None = None
    leaves: dict[str, Leaf] = Field(default={})
    listed: tuple[Leaf, ...] = ()


def told(text: str) -> list[tuple[str, str, str]]:
    document = parse_document(text, "acme.yml")
    item, problems = validate(Tree, document.content, document)
    assert (item is None) == bool(problems)
    return [(problem.where, problem.what, problem.cure) for problem in problems]


def test_what_fits_is_frozen() -> None:
    document = parse_document("name: Acme\nleaf: {amount: 1}\n", "acme.yml")
    item, problems = validate(Tree, document.content, document)
    assert not problems
    assert item is not None
    assert item.leaf == Leaf(amount=1)
    with pytest.raises(ValueError, match="frozen"):
        item.name = "Borealis"  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("text", "where", "what", "cure"),
    [
        ("nmae: Acme\nname: A\n", "acme.yml:1 nmae", "Unknown key 'nmae'.", "Did you mean 'name'?"),
        ("name: A\nleaf: {amont: 1, amount: 1}\n", "acme.yml:2 leaf.amont", "Unknown key 'amont'.", "Did you mean 'amount'?"),
        ("name: A\nleaves:\n  x:\n    amount: 1\n    nte: x\n", "acme.yml:5 leaves.x.nte", "Unknown key 'nte'.", "Did you mean 'note'?"),
        ("leaf: {amount: 1}\n", "acme.yml name", "The key 'name' is missing.", "Add it."),
        ("name: A\nleaf: {note: x}\n", "acme.yml:2 leaf.amount", "The key 'amount' is missing.", "Add it."),
        ("name: A\nleaf: 3\n", "acme.yml:2 leaf", "Keys and values are expected here.", "Write 'key: value' lines below it."),
        ("name: A\nleaf: {amount: 13}\n", "acme.yml:2 leaf", "Thirteen is refused.", "Choose another number."),
        ("name: 5\n", "acme.yml:1 name", "Input should be a valid string. Found 5.", "Mend the value."),
        ('name: A\nleaf: {amount: "1"}\n', "acme.yml:2 leaf.amount", "Input should be a valid number. Found '1'.", "Mend the value."),
        ("name: A\nleaf: {amount: true}\n", "acme.yml:2 leaf.amount", "Input should be a valid number. Found True.", "Mend the value."),
        ("name: A\nleaf: {amount: 1e300}\n", "acme.yml:2 leaf.amount", "1e+300 is too large to mean anything.", "Write an ordinary number in a fitting unit."),
        ("name: A\nleaf: {amount: 1e-300}\n", "acme.yml:2 leaf.amount", "1e-300 is too small to mean anything.", "Write an ordinary number in a fitting unit."),
        ("name: A\nlisted: x\n", "acme.yml:2 listed", "Input should be a list. Found 'x'.", "Mend the value."),
    ],
)  # fmt: skip
def test_complaints(text: str, where: str, what: str, cure: str) -> None:
    assert told(text) == [(where, what, cure)]


def test_all_at_once_in_the_order_of_the_file() -> None:
    found = told("nmae: x\nleaf: {amont: 1}\nleaves: {y: {amount: a}, z: 1}\n")
    assert len(found) == 6


def test_long_values_are_cut_and_many_problems_counted() -> None:
    assert len(told(f"name: [{'x, ' * 500}]\n")[0][1]) < 120
    many = told("".join(f"key{number}: 1\n" for number in range(200)))
    assert len(many) == MAX_SHOWN + 1
    assert many[-1][1] == f"{201 - MAX_SHOWN} more problems."


@pytest.mark.parametrize("content", [None, 3, "text", [1], [], True])
def test_content_of_any_kind(content: Any) -> None:
    document = parse_document("a: 1\n", "acme.yml")
    item, problems = validate(Tree, content, document, ("a",))
    assert item is None
    assert problems[0].where == "acme.yml:1 a"
