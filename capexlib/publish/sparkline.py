"""A line as small as a word: one figure over the editions of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

WIDTH, HEIGHT, EDGE = 168, 40, 5


def sparkline(days: Sequence[date], values: Sequence[float], label: str) -> Markup:
    """Draw a figure over time; colours come from the page.

    Parameters
    ----------
    days : sequence of datetime.date
        In ascending order.
    values : sequence of float
        One for each day; the scale is from the least to the greatest.
    label : str
        What the picture shows, for those who do not see it.

    Returns
    -------
    Markup
        An ``svg`` element; empty with fewer than two values, which make no line.
    """
    if len(values) < 2:
        return Markup("")
    span, least, range_ = (days[-1] - days[0]).days, min(values), max(values) - min(values)
    across = [(day - days[0]).days / span for day in days]
    up = [(value - least) / range_ if range_ else 0.5 for value in values]
    points = [
        (round(EDGE + x * (WIDTH - 2 * EDGE), 1), round(HEIGHT - EDGE - y * (HEIGHT - 2 * EDGE), 1))
        for x, y in zip(across, up, strict=True)
    ]
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    dots = Markup("").join(
        Markup('<circle cx="{}" cy="{}" r="{}"/>').format(f"{x:g}", f"{y:g}", "3.5" if at == len(points) - 1 else "2")
        for at, (x, y) in enumerate(points)
    )
    return Markup(
        '<svg class="sparkline" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">'
        '<polyline points="{}"/>{}</svg>'
    ).format(label, WIDTH, HEIGHT, WIDTH, HEIGHT, line, dots)
