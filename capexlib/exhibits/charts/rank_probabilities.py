"""Distribution over ranks: who is how likely to be first, second, third."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from capexlib.exhibits import theme
from capexlib.exhibits.charts import marks
from capexlib.exhibits.charts.rows import Gutter
from capexlib.exhibits.theme import Spec

STEP, GAP = 25, 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RankRow:
    """One company's chances.

    Parameters
    ----------
    name : str
        Who.
    probabilities : tuple of float, shape (ranks,)
        Chance of rank 1, 2, …, as decimals; missing ranks may be left off.
    case : bool
        Is it the company the brief is about?
    note : str
        A quiet line under the name.
    """

    name: str
    probabilities: tuple[float, ...]
    case: bool = False
    note: str = ""

    @property
    def expected(self) -> float:
        """Mean rank; a row without chances comes last."""
        total = sum(self.probabilities)
        if not total:
            return float("inf")
        return sum(rank * chance for rank, chance in enumerate(self.probabilities, 1)) / total


def rank_probabilities(rows: Sequence[RankRow]) -> Spec:
    """Draw one strip of cells a company, one cell a rank, shaded by its chance: for *distribution*.

    Parameters
    ----------
    rows : sequence of RankRow
        In any order; printed by mean rank.

    Returns
    -------
    dict
        A Vega-Lite 6 spec. The percentage is printed in each cell of at least
        0.5 %, smaller ones as ``<1``; the case's strip is outlined.
    """
    ranked = sorted(rows, key=lambda row: row.expected)
    gutter = Gutter.fit([(row.name, row.note, row.case) for row in ranked])
    columns = max([len(row.probabilities) for row in ranked], default=0) or 1
    frame = marks.Frame(0.5, columns + 0.5, gutter.px, 2)
    top = 40.0
    cells: marks.Rows = []
    outline: marks.Rows = []
    missing: marks.Rows = []
    for index, row in enumerate(ranked):
        upper, lower = top + STEP * index + GAP, top + STEP * (index + 1) - GAP
        if not row.probabilities:
            missing.append({"x": 0.5, "y": (upper + lower) / 2, "text": theme.MISSING})
        for rank, chance in enumerate(row.probabilities, 1):
            cells.append({"name": row.name, "tip": f"rank {rank}: {theme.percent(chance, 1)}", "status": "",
                          "x": rank - 0.5, "x2": rank + 0.5, "mid": rank, "y": upper, "y2": lower,
                          "yc": (upper + lower) / 2, "chance": chance, "text": _printed(chance)})  # fmt: skip
        if row.case and row.probabilities:
            outline.append({"x": 0.5, "x2": len(row.probabilities) + 0.5, "y": upper - 1, "y2": lower + 1})
    ranks = [{"x": rank, "y": top - 10, "text": str(rank)} for rank in range(1, columns + 1)]
    return marks.finish(
        [
            marks.texts([{"x": 0.5, "y": top - 28, "text": "Rank (1 = largest); chance in percent"}], "note",
                        x=frame.x()),
            marks.texts(ranks, "note", x=frame.x(), align="center"),
            marks.layer(cells, "rect", x=frame.x(), x2="x2", y=marks.down(), y2="y2",
                        fill=alt.ExprRef("paint.peer_light"), fillOpacity=0.28, stroke=alt.ExprRef("paint.paper"),
                        strokeWidth=2),
            marks.layer(cells, "rect", tip=True, x=frame.x(), x2="x2", y=marks.down(), y2="y2",
                        fill=alt.ExprRef("paint.case"), fillOpacity=alt.ExprRef("sqrt(datum.chance) * 0.92"),
                        stroke=alt.ExprRef("paint.paper"), strokeWidth=2),
            marks.layer(cells, "text", x=frame.x("mid"), y=marks.down("yc"), text=alt.Text("text:N"), style="note",
                        align="center", fill=alt.ExprRef("datum.chance > 0.48 ? paint.paper : paint.ink")),
            marks.layer(outline, "rect", x=frame.x(), x2="x2", y=marks.down(), y2="y2", filled=False, fill=None,
                        stroke=alt.ExprRef("paint.accent"), strokeWidth=2),
            marks.texts(missing, "note", x=frame.x(), dx=6),
            *gutter.layers(top, STEP),
        ],
        top + STEP * len(ranked) + 4,
    )  # fmt: skip


def _printed(chance: float) -> str:
    if chance <= 0:
        return ""
    if chance < 0.005:
        return "<1"
    return ">99" if 0.995 <= chance < 1 else f"{100 * chance:.0f}"
