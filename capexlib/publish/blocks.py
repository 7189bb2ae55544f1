"""The block contract as a schema: what a notebook's cell may hand to publishing.

Each class describes one kind of block. Reading a block checks its shape and
turns every text into a list of spans, so that templates meet one form only.
Text is data: nothing here is ever markup.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from capexlib.figures import Status

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,79}$")]
Text = Annotated[str, Field(min_length=1)]

EMPTY_LINK_TEXTS = frozenset({"here", "click here", "link", "this", "this link", "source", "read more", "more"})
"""Link texts that say nothing when read out of context (WCAG 2.4.4)."""

MAX_TITLE_WORDS = 10


def _web_address(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s\"<>\\]+", url):
        msg = f"{url!r} is not a web address (https://…)"
        raise ValueError(msg)
    return url


def _status(key: str) -> str:
    return Status(key).value


Url = Annotated[str, AfterValidator(_web_address)]
StatusKey = Annotated[str, AfterValidator(_status)]


class Form(BaseModel):
    """Base of all parts of a block: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Form):
    """A run of text and what it stands for.

    Parameters
    ----------
    t : str
        The text.
    strong, em, code, missing : bool
        How it is set; `missing` marks a value that does not exist.
    badge : str or None
        A status key; `t` is then the badge's words.
    url, ref, figure : str or None
        A web address, an exhibit's id, or the id of the figure (or claim) shown.
    part : bool
        Whether the text is one of the values that the figure sums up (a month, a quantile, a
        cell of a grid), not the figure's own.
    anchor : str or None
        Where readers of a figure are led: ``claim.`` or ``assumption.`` and the id that
        this text introduces; unique in a brief.
    """

    t: str
    strong: bool = False
    em: bool = False
    code: bool = False
    missing: bool = False
    badge: StatusKey | None = None
    url: Url | None = None
    ref: str | None = None
    figure: str | None = None
    part: bool = False
    anchor: Annotated[str, Field(pattern=r"^(claim|assumption)\.[A-Za-z0-9_.-]{1,120}$")] | None = None

    @model_validator(mode="after")
    def _link_says_where(self) -> Span:
        if self.url and self.t.strip().lower() in EMPTY_LINK_TEXTS | {""}:
            msg = f"the link text {self.t!r} does not say where it leads"
            raise ValueError(msg)
        return self


def _spans(value: object) -> object:
    if isinstance(value, str):
        return [{"t": value}] if value else []
    if isinstance(value, list):
        return [{"t": item} if isinstance(item, str) else item for item in value]
    return value


Rich = Annotated[tuple[Span, ...], BeforeValidator(_spans)]
FilledRich = Annotated[Rich, Field(min_length=1)]


class Column(Form):
    """A table column: label, alignment and unit."""

    label: str
    align: Literal["left", "right"] = "left"
    unit: str = ""
    nowrap: bool = False


class Block(Form):
    """Base of all blocks."""

    kind: ClassVar[str]
    block: str
    id: Id


class Masthead(Block):
    """The finding as the title, and the edition's particulars."""

    kind = "masthead"
    title: Text
    kicker: Text
    case: Text
    entity: Text
    as_of: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    as_of_text: Text
    coverage: str = ""
    status_line: str = ""
    badges: tuple[StatusKey, ...] = ()
    run_id: str = ""
    lang: Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Za-z0-9]{2,8})*$")] = "en"


class Judgement(Form):
    """A key judgement with its figure and its likelihood or its confidence."""

    text: FilledRich
    figure: Rich = ()
    word: str = ""
    confidence: str = ""
    exhibit: str = ""

    @model_validator(mode="after")
    def _one_kind_of_doubt(self) -> Judgement:
        if self.word and self.confidence:
            msg = "a judgement gives its likelihood or its confidence, never both"
            raise ValueError(msg)
        return self


class BottomLine(Block):
    """What the reader must take away."""

    kind = "bottom_line"
    sentences: Annotated[tuple[FilledRich, ...], Field(min_length=1, max_length=3)]
    judgements: Annotated[tuple[Judgement, ...], Field(min_length=3, max_length=5)]


class KeyFigure(Form):
    """One number of the strip."""

    label: Text
    value: FilledRich
    period: str = ""
    interval: Text
    status: StatusKey
    modelled: bool = False
    change: str = ""


class KeyFigures(Block):
    """The key-figure strip.

    Parameters
    ----------
    items : tuple of KeyFigure
    across : bool
        Whether it crosses the printed page instead of standing beside the bottom line; on a screen it always does.
    """

    kind = "key_figures"
    across: bool = False
    items: Annotated[tuple[KeyFigure, ...], Field(min_length=3, max_length=5)]


class Grid(Block):
    """Base of blocks with columns and rows."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Rich, ...], ...]

    @model_validator(mode="after")
    def _rows_fit_columns(self) -> Grid:
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                msg = f"row {number} has {len(row)} cells for {len(self.columns)} columns"
                raise ValueError(msg)
        return self


class Change(Grid):
    """What changed since the last edition."""

    kind = "change"
    title: Text
    text: Rich = ()


def _active_title(title: str) -> str:
    if len(title.split()) > MAX_TITLE_WORDS:
        msg = f"the title {title!r} has {len(title.split())} words; at most {MAX_TITLE_WORDS} are read"
        raise ValueError(msg)
    return title


class Exhibit(Grid):
    """What charts and tables share."""

    title: Annotated[Text, AfterValidator(_active_title)]
    subtitle: str = ""
    source: FilledRich
    notes: tuple[Rich, ...] = ()
    text: tuple[Rich, ...] = ()


class Chart(Exhibit):
    """A picture, its specification, its words and its data."""

    kind = "chart"
    alt: Annotated[str, Field(min_length=20)]
    spec: Annotated[dict[str, Any], Field(min_length=1)]
    svg: Annotated[str, Field(min_length=20)]
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    rows: Annotated[tuple[tuple[Rich, ...], ...], Field(min_length=1)]


class Table(Exhibit):
    """A table of the body."""

    kind = "table"
    wide: bool = False
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]


class AppendixTable(Table):
    """A long table, set small, that may break over pages."""

    kind = "appendix_table"
    title: Text
    source: Rich = ()


class Prose(Block):
    """Paragraphs and a list."""

    kind = "prose"
    title: str = ""
    text: tuple[Rich, ...] = ()
    list: tuple[Rich, ...] = ()


class Provenance(Block):
    """What the edition was computed from."""

    kind = "provenance"
    study: dict[str, Any]
    text: tuple[Rich, ...] = ()


KINDS: dict[str, type[Block]] = {
    form.kind: form
    for form in (
        Masthead, BottomLine, KeyFigures, Change, Chart, Table, AppendixTable, Prose, Provenance,
    )
}  # fmt: skip
