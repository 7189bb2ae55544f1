"""What idle money and idle hours cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from capexlib.exhibits.block import Exhibit, chart, column, table
from capexlib.exhibits.prose import amount, marked, sentence
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.cash import QUANTILES
from capexlib.exhibits.roi.fans import fan_points, fan_rows
from capexlib.exhibits.roi.wording import BN, figure_text, figures_of, is_known, spread, told, with_spread
from capexlib.exhibits.theme import percent

if TYPE_CHECKING:
    from capexlib.study import Study


def idle(study: Study) -> Exhibit:
    """Show the budget that waits at the gates, by month."""
    from capexlib.exhibits.charts import fan

    figures, setting, money = figures_of(study), study.policy.setting, study.deployment.idle_usd
    labels = [f"{setting.month_start(month):%b %Y}" for month in range(1, money.shape[1] + 1)]
    points = fan_points(money / BN, labels, "USD bn")
    average = figures["roi.idle_money"]
    budget = float(np.median(study.policy.world.budget_usd)) / BN
    return chart(
        "idle", f"{amount(average.best, 'USD bn')} of the budget waits at the gates",
        fan(points, unit="US$bn waiting"),
        subtitle="Prepaid, lost or held beyond what open gates would leave, US$bn at each month's end; 50 and 90 %",
        alt=f"Fan chart. The median goes from {amount(points[0].median, 'USD bn')} in {points[0].label} to"
        f" {amount(points[-1].median, 'USD bn')} in {points[-1].label}, 90 % between"
        f" {amount(points[-1].low, 'USD bn')} and {amount(points[-1].high, 'USD bn')}.",
        columns=[column("Month"), *QUANTILES], rows=fan_rows(points, "USD bn", [average.id] * len(points)),
        source=source_line(study, [average]),
        text=[sentence(
            "Of a processor budget of about ", marked(amount(budget, "USD bn"), "policy.budget"), ", ",
            with_spread(average), " waits on average of the months, beyond what would wait through open gates; that"
            " capital costs ", with_spread(figures["roi.idle_cost"]), ".")],
    )  # fmt: skip


def idle_point(study: Study) -> Exhibit:
    """Margin, revenue and capital that idleness costs."""
    figures = figures_of(study)
    meaning = {
        "roi.idle_margin": "Every further hour in a hundred that stands idle takes this off the operating margin:"
        " costs stay, income goes.",
        "roi.idle_cash": "The same point in dollars: income lost in an average year.",
        "roi.use": "The use that the two rest on, lag and ramp included.",
        "roi.idle_money": "Money prepaid, lost or held because gates are shut, on average of the months.",
        "roi.idle_cost": "What that money costs at the cost of capital while it waits.",
        "roi.written_off": "Prepayments written off: goods lost, or not arrived by the end of the horizon, month"
        f" {study.deployment.months}. What arrives later would raise the value.",
    }
    margin, used = figures["roi.idle_margin"], figures["roi.use"]
    title = (
        f"Each idle point costs {figure_text(margin)} of margin" if is_known(margin) else "No hour of compute is used"
    )
    return table(
        "idle_point", title,
        [column("What idleness costs"), column("Median", right=True), column("90 % of paths", right=True),
         column("Meaning")],
        [[figures[name].title, told(figures[name]), spread(figures[name]), words] for name, words in meaning.items()],
        source=source_line(study, [margin]), wide=True,
        subtitle="Idle hours after delivery, and idle money before it",
        notes=[(f"The loss per point is steeper the emptier the compute: at {percent(used.best)} use,"
               " costs are spread over fewer hours than at full use.")] if is_known(used) else [],
    )  # fmt: skip
