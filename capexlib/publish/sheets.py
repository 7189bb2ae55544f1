"""Sheets of one look: title, frozen header with a filter, column widths, page set-up, text that stays text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import IO, Any, Self

from capexlib.exhibits.theme import CATEGORICAL, LIGHT

_A4, _A3 = 9, 8
_WIDE = 190
"""Characters side by side from which a sheet is set on A3."""
_LINE = 13.5
"""Height of a line, points."""
_FONT = "Arial"
_TITLE_ROW, _SUBTITLE_ROW, _LINK_ROW, _HEADER_ROW = 0, 1, 2, 3
_NARROWEST, _WIDEST = 9, 60
_LONGEST_TEXT, _LONGEST_ADDRESS = 32_767, 2_079
_SIGNIFICANT = 4
_LONGEST_FIGURE = 40
"""Characters up to which a text in a column of figures is set to the right as they are."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A cell that leads somewhere.

    Parameters
    ----------
    text : str
    address : str
        A web address, or ``internal:'sheet'!A1``.
    """

    text: str
    address: str

    @classmethod
    def link(cls, text: str, address: str) -> Cells | str:
        """Return text with an https address behind it; any other address is left out."""
        good = address.startswith("https://") and len(address) <= _LONGEST_ADDRESS
        return cls(text, address) if good and text else text

    @classmethod
    def sheet(cls, name: str) -> Cells:
        """Return a link to a sheet of the workbook."""
        return cls(name, f"internal:'{name}'!A1")


def number_form(value: float, unit: str) -> str:
    """Give the number format of an unrounded figure: shares in per cent, else four significant figures.

    Examples
    --------
    >>> number_form(0.5313, "fraction"), number_form(22.7657, "USD bn"), number_form(775812.2, "units")
    ('0.0%', '#,##0.00', '#,##0')
    """
    if unit == "fraction":
        return "0.0%"
    digits = math.floor(math.log10(abs(value))) + 1 if value else 1
    decimals = min(max(_SIGNIFICANT - digits, 0), 9)
    return "#,##0" + ("." + "0" * decimals if decimals else "") if value != int(value) else "#,##0"


class Sheets:
    """A workbook being written.

    Parameters
    ----------
    target : binary stream
    created : datetime
        What the file says of its making: the edition's date, not the clock.
    footer : str
        Printed at the bottom of every page.
    """

    def __init__(self, target: IO[bytes], created: datetime, footer: str) -> None:
        import xlsxwriter

        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False, "nan_inf_to_errors": False}  # fmt: skip
        self._book = xlsxwriter.Workbook(target, options)
        self._book.set_properties({"title": footer, "created": created})
        self._book.formats[0].set_font_name(_FONT)
        self._book.formats[0].set_font_size(10)
        self._footer = footer.replace("&", "&&")
        self._styles: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is None:
            self._book.close()

    def add(self, name: str) -> Sheet:
        """Add a sheet."""
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer(f"&L{self._footer}&C&A&RPage &P of &N")
        sheet.hide_gridlines(2)
        return Sheet(sheet, self)

    def style(self, **properties: Any) -> Any:
        """Return a format, made once for equal properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._styles:
            self._styles[key] = self._book.add_format({"font_name": _FONT, "font_size": 10, **properties})
        return self._styles[key]


class Sheet:
    """One sheet: title, table, notes, from top to bottom.

    Parameters
    ----------
    sheet : xlsxwriter.worksheet.Worksheet
    sheets : Sheets
        The workbook, for its styles.
    """

    def __init__(self, sheet: Any, sheets: Sheets) -> None:
        self._sheet = sheet
        self._style = sheets.style
        self._next = _HEADER_ROW
        self._widths: list[int] = []

    def title(self, title: str, subtitle: str) -> None:
        """Write the two lines above the table."""
        self._text(_TITLE_ROW, 0, title, self._style(bold=True, font_size=14, font_color=CATEGORICAL[0]))
        self._text(_SUBTITLE_ROW, 0, subtitle, self._style(font_color=LIGHT["muted"]))

    def table(
        self,
        headings: Sequence[str],
        rows: Sequence[Sequence[Any]],
        rights: Sequence[bool],
        *,
        is_linked_back: bool = True,
    ) -> None:
        """Write the table, freeze and repeat its header, and set its filter and widths.

        Parameters
        ----------
        headings : sequence of str
        rows : sequence of rows
            Cells: text, `Cells`, a number, or a number with its format.
        rights : sequence of bool
            Which columns are set to the right.
        is_linked_back : bool
            Whether a link to the contents stands above.
        """
        if is_linked_back:
            self._write(_LINK_ROW, 0, Cells("Contents", "internal:'Contents'!A1"), right=False)
        self._head(_HEADER_ROW, headings, rights)
        for number, row in enumerate(rows, _HEADER_ROW + 1):
            for column, cell in enumerate(row):
                self._write(number, column, cell, right=rights[column])
        last = _HEADER_ROW + max(len(rows), 1)
        self._sheet.freeze_panes(_HEADER_ROW + 1, 0)
        self._sheet.autofilter(_HEADER_ROW, 0, last, len(headings) - 1)
        self._sheet.repeat_rows(_HEADER_ROW)
        self._widen([f"{heading}  ▾" for heading in headings], rows)
        for number, row in enumerate(rows, _HEADER_ROW + 1):
            self._raise(number, max((_lines(_shown(c), w) for c, w in zip(row, self._widths, strict=True)), default=1))
        self._next = last + 2

    def notes(self, lines: Sequence[str]) -> None:
        """Write lines below what is there, as wide as the table."""
        for line in lines:
            style = self._style(font_color=LIGHT["muted"], text_wrap=True, valign="top")
            if len(self._widths) > 1:
                self._sheet.merge_range(self._next, 0, self._next, len(self._widths) - 1, "", style)
            self._text(self._next, 0, line, style)
            self._raise(self._next, _lines(line, sum(self._widths)))
            self._next += 1

    def _widen(self, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Give columns the room of their longest cell, within limits, and the page the room of the columns."""
        for column, heading in enumerate(headings):
            longest = max(map(len, [heading, *(_shown(row[column]) for row in rows)]))
            self._widths.append(min(max(_NARROWEST, longest) + 2, _WIDEST))
            self._sheet.set_column(column, column, self._widths[column])
        self._sheet.set_paper(_A3 if sum(self._widths) > _WIDE else _A4)

    def _raise(self, row: int, lines: int) -> None:
        if lines > 1:
            self._sheet.set_row(row, lines * _LINE)

    def _head(self, row: int, headings: Sequence[str], rights: Sequence[bool]) -> None:
        for column, heading in enumerate(headings):
            style = self._style(
                bold=True, font_color="#FFFFFF", bg_color=CATEGORICAL[0], text_wrap=True, valign="vcenter",
                **_aligned(right=rights[column]),
            )  # fmt: skip
            self._text(row, column, heading, style)

    def _write(self, row: int, column: int, cell: Any, *, right: bool) -> None:
        look = {"valign": "top", "bottom": 1, "bottom_color": LIGHT["hairline"], **_aligned(right=right)}
        if isinstance(cell, tuple):
            self._sheet.write_number(row, column, cell[0], self._style(num_format=cell[1], **look))
        elif isinstance(cell, bool):
            self._text(row, column, "yes" if cell else "no", self._style(**look))
        elif isinstance(cell, int | float):
            self._sheet.write_number(row, column, cell, self._style(num_format="General", **look))
        elif isinstance(cell, Cells):
            style = self._style(font_color=CATEGORICAL[0], underline=1, text_wrap=True, **look)
            self._sheet.write_url(row, column, cell.address, style, string=cell.text)
        else:
            look |= _aligned(right=right and len(cell) <= _LONGEST_FIGURE)
            self._text(row, column, cell, self._style(text_wrap=True, **look))

    def _text(self, row: int, column: int, text: str, style: Any) -> None:
        self._sheet.write_string(row, column, text[:_LONGEST_TEXT], style)


def _aligned(*, right: bool) -> dict[str, Any]:
    """Set figures to the right, and text a little in, so that it never touches them."""
    return {"align": "right"} if right else {"align": "left", "indent": 1}


def _shown(cell: Any) -> str:
    """Estimate what a cell shows, for its width."""
    if isinstance(cell, tuple):
        value, form = cell
        words = "".join(form.partition(";")[0].split('"')[1::2])
        decimals = form.partition(".")[2].split('"')[0].count("0") if "." in form else 0
        return f"{words}{value:,.{decimals}f}"
    return cell.text if isinstance(cell, Cells) else str(cell)


def _lines(text: str, width: float) -> int:
    return sum(max(1, math.ceil(len(line) / max(width, 1))) for line in text.split("\n"))
