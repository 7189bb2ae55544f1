"""Owning against renting, and a lease month by month, against five published GPU models."""

import math

import numpy as np
import pytest

from capexlib.models.finance import (
    breakeven_periods,
    breakeven_utilisation,
    cost_per_used_hour,
    electricity_cost,
    irr,
    own_cost,
    payback,
    rent_cost,
    straight_line,
)

USERS = "revenue a user belongs to the return model, not to finance"
MARKUPS = "mark-ups from layer to layer of a value chain are not modelled"


# ---------------------------------------------------------------- own, rent or call an interface
def yearly_parts(given):
    capex = given["gpus"] * given["gpu_price"] + given["host"]
    energy = electricity_cost(given["it_kw"], given["pue"], given["hours_per_year"], given["usd_per_kwh"])
    return {
        "capex": capex,
        "annual_depreciation": straight_line(capex, given["life_years"], salvage=given["residual"])[0],
        "annual_colocation": given["it_kw"] * given["colo_usd_per_kw_month"] * 12,
        "annual_energy": energy,
    }


def yearly_cost(given):
    parts = yearly_parts(given)
    return float(own_cost(parts["annual_depreciation"], parts["annual_colocation"] + parts["annual_energy"]))


def breakeven(given, price):
    return float(breakeven_utilisation(yearly_cost(given), given["gpus"], given["hours_per_year"], price))


def hourly(given, utilisation=1.0):
    return float(cost_per_used_hour(yearly_cost(given), given["gpus"], given["hours_per_year"], utilisation))


def check_tco(given, expected, tolerance):
    ours = {**yearly_parts(given), "annual_owned_cost": yearly_cost(given)}
    for name, value in expected.items():
        if name == "breakeven_utilisation":
            check_breakeven(given, value, {"abs": tolerance["share_abs"]})
        else:
            assert float(ours[name]) == pytest.approx(value, abs=tolerance["money_abs"])


def check_hourly(given, expected, tolerance):
    assert hourly(given, given["utilisation"]) == pytest.approx(expected, abs=tolerance["abs"])


def check_breakeven(given, expected, tolerance):
    assert breakeven(given, given["rental_usd_per_gpu_hour"]) == pytest.approx(expected, abs=tolerance["abs"])


def check_requests(given, expected, tolerance):
    """A thousand requests keep the server busy for as long as it takes to write their answers."""
    hours = 1000 * given["out_tokens"] / given["output_tokens_per_s"] / 3600
    owned = hourly(given, given["utilisation"]) * given["gpus"] * hours
    rented = float(rent_cost(given["gpus"], hours, given["rental_usd_per_gpu_hour"]))
    assert owned == pytest.approx(expected["owned_at_100pct"], abs=tolerance["abs"])
    assert rented == pytest.approx(expected["rented"], abs=tolerance["abs"])


def check_interface(given, expected, tolerance):
    """What the server would earn an hour at the interface's price is the rent it replaces."""
    request = given["price_in_per_1M"] * given["in_tokens"] + given["price_out_per_1M"] * given["out_tokens"]
    for speed, share in expected.items():
        earned = request / 1e6 * given[f"{speed}_tok_s"] * 3600 / given["out_tokens"] / given["gpus"]
        if share is None:
            assert breakeven(given, earned) > 1
        else:
            assert breakeven(given, earned) == pytest.approx(share, abs=tolerance["abs"])


OWN_OR_RENT = {
    "gpu_tco": check_tco,
    "owned_cost_per_gpu_hour": check_hourly,
    "breakeven_utilisation": check_breakeven,
    "cost_per_1000_requests": check_requests,
    "breakeven_utilisation_vs_api": check_interface,
}


@pytest.mark.oracle("gpu_tco_own_rent_api")
def test_own_rent_or_call(case):
    OWN_OR_RENT[case["function"]](case["inputs"], case["expected"], case["tolerance"])


# ---------------------------------------------------------------- a cluster against a cloud
def cluster(given):
    speed = given["tokPerGpu"] * given["speedFactor"] * given["gpusPerNode"]
    nodes = math.ceil(given["tpm"] * 1e6 / 60 / (given["util"] / 100) / speed)
    hours, load = given["hours_per_year"] * given["years"], nodes * given["nodeKw"]
    capex = nodes * given["nodeCost"] + given["netStorage"]
    running = {
        "elec": float(electricity_cost(load, given["pue"], hours, given["elecRate"])),
        "colo": load * given["coloRate"] * 12 * given["years"],
        "maint": capex * given["maintPct"] / 100 * given["years"],
        "staff": given["fte"] * given["ftecost"] * given["years"],
        "spares": given["spares"],
    }
    return nodes, capex, running


def check_cluster(given, expected, tolerance):
    nodes, capex, running = cluster(given)
    opex, months = sum(running.values()), 12 * given["years"]
    ours = {"nodes": nodes, "gpus": nodes * given["gpusPerNode"], "capex": capex, "opex": opex, **running}
    ours["total"] = float(own_cost(capex, opex))
    terms = {"payg": 0.0, "ri1": given["ri1Disc"], "ri3": given["ri3Disc"]}
    for term, discount in terms.items():
        price = given["cloudHr"] * (1 - discount / 100) * (1 + given["egress"] / 100)
        ours[f"cloud_{term}"] = float(rent_cost(nodes, given["hours_per_year"] * given["years"], price))
        ours[f"be_{term}_months"] = float(breakeven_periods(capex, opex / months, ours[f"cloud_{term}"] / months))
    for name, value in expected.items():
        assert ours[name] == pytest.approx(value, rel=tolerance["rel"])


MULTIPLES = {"perfMult": "speedFactor", "nodeCostMult": "nodeCost"}


def check_tornado(case, defaults):
    pct, expected = case["inputs"]["pct"], case["expected"]

    def total(changed):
        _, capex, running = cluster({**defaults, **changed})
        return float(own_cost(capex, sum(running.values())))

    assert total({}) == pytest.approx(expected["base"], rel=1e-9)
    for row in expected["rows"]:
        key = MULTIPLES.get(row["key"], row["key"])
        ends = [defaults[key] * (1 - pct), defaults[key] * (1 + pct)]
        totals = [total({key: min(end, 100.0) if key == "util" else end}) for end in ends]
        assert totals == pytest.approx([row["low"], row["high"]], rel=1e-9)


def check_published(expected, defaults):
    (nodes, capex, running), low_high = cluster(defaults), expected["onprem_total_between"]
    assert (nodes, nodes * defaults["gpusPerNode"]) == (expected["nodes"], expected["gpus"])
    assert low_high[0] < float(own_cost(capex, sum(running.values()))) < low_high[1]
    assert cluster({**defaults, "tpm": 20})[0] == expected["nodes_at_20tpm"]


@pytest.mark.oracle("gpu_tco_onprem_vs_cloud")
def test_cluster_against_cloud(case, oracle_cases):
    defaults = oracle_cases("gpu_tco_onprem_vs_cloud")[0]["inputs"]
    if case["function"] == "tornado":
        check_tornado(case, defaults)
    elif case["id"] == "published tests":
        check_published(case["expected"], defaults)
    else:
        check_cluster(case["inputs"], case["expected"], case["tolerance"])


# ---------------------------------------------------------------- a lease month by month
def check_lease(given, expected):
    count, hours = given["gpu_count"], given["hours_per_month"]
    load = count * given["gpu_wattage"] / 1000 * given["utilisation"]
    rent = load * given["pue"] * given["dc_rent_per_kw_month"]
    revenue = float(rent_cost(count, hours, given["rate_per_gpu_hour"]))
    power = float(electricity_cost(load, given["pue"], hours, given["electricity_usd_per_kwh"]))
    staff = count / 1000 * given["ftes_per_1000_gpus"] * given["fte_annual"] / 12
    flows = np.full(1 + given["setup_months"] + given["lease_months"], -rent)
    flows[0] = -count * (given["chip_price"] + given["installation_cost_per_gpu"])
    flows[1 + given["setup_months"] :] += revenue * (1 - given["sga_rate"]) - power - staff
    assert flows == pytest.approx(expected["net_cash_flow"], rel=1e-9)
    monthly = float(irr(flows))
    assert monthly == pytest.approx(expected["monthly_irr"], rel=1e-9)
    assert (1 + monthly) ** 12 - 1 == pytest.approx(expected["annual_irr"], rel=1e-9)
    assert flows.sum() == pytest.approx(expected["final_cumulative"], rel=1e-9)
    assert float(payback(flows)) < len(flows)
    written_off = straight_line(count * given["chip_price"], given["depreciation_years"])
    assert written_off.sum() == pytest.approx(expected["total_depreciation"], rel=1e-9)


def check_curtailment(given, expected):
    """Idle hours lose depreciation and save electricity."""
    price, idle = given["electricity_base_cost_mwh"] / 1000, given["downtime_hours_per_day"]
    hourly_loss = float(straight_line(given["server_cost_total"], given["depreciation_years"])[0]) / 8760
    saved = float(electricity_cost(given["server_power_kw"], 1.0, idle, price))
    drawn = float(electricity_cost(given["server_power_kw"], 1.0, 24 - idle, 1.0)) / 1000
    net = hourly_loss * idle - saved
    ours = {
        "depreciation_cost_per_hour": hourly_loss,
        "lost_depreciation_dollars_per_day": hourly_loss * idle,
        "electricity_saved_dollars_per_day": saved,
        "net_dollars_per_day": net,
        "energy_consumed_mwh_per_day": drawn,
        "equivalent_price_increase_per_mwh": net / drawn,
        "equivalent_price_level_per_mwh": net / drawn + given["electricity_base_cost_mwh"],
        "curtailment_price_threshold_per_mwh": hourly_loss / given["server_power_kw"] * 1000,
    }
    assert ours == pytest.approx(expected, rel=1e-6)


LEASE = {"gpu_lease_cashflow": check_lease, "curtailment_equivalency": check_curtailment}


@pytest.mark.oracle("gpu_lease_cashflow", absent={"per_user_economics": USERS, "capex_to_required_revenue": MARKUPS})
def test_lease(case):
    LEASE[case["function"]](case["inputs"], case["expected"])


# ---------------------------------------------------------------- build or buy
@pytest.mark.oracle("forge_build_vs_buy")
def test_build_or_buy(case):
    """Fleets, electricity and totals; what a die costs to make is the source's own."""
    given, expected, tolerance = case["inputs"], case["expected"], case["tolerance"]
    fleet = given["fleet_year1"] * (1 + given["demand_growth"]) ** np.arange(given["years"])
    assert fleet == pytest.approx(expected["fleet"])
    memory = given["hbm_stacks"] * given["hbm_w_per_stack"]

    def parts(units, watts):
        load = units.sum() * (watts + memory + given["host_w"]) / 1000
        return {
            "platform": units[-1] * given["platform"],
            "facility": units[-1] * given["facility"],
            "power_cooling": load * given["power_cooling_per_kw_year"],
            "electricity": float(electricity_cost(load, given["pue"], given["hours"], given["usd_per_kwh"])),
        }

    bought = {**parts(fleet, given["vendor_w"]), "gpus": fleet[-1] * given["gpu_price"]}
    bought["software"] = fleet.sum() * given["vendor_sw_per_gpu_year"]
    assert bought == pytest.approx(expected["buy_parts"], abs=tolerance["parts_abs"])
    own_chips = fleet / given["performance_ratio"]
    assert own_chips[-1] == pytest.approx(expected["custom_total"])
    built = {**expected["build_parts"], **parts(own_chips, given["custom_w"])}
    built["ongoing_software"] = given["sw_year"] * given["years"]
    assert built == pytest.approx(expected["build_parts"], abs=tolerance["parts_abs"])
    running = ("electricity", "power_cooling", "software", "ongoing_software")
    totals = [
        float(own_cost(sum(costs.values()) - spent, spent))
        for costs in (bought, built)
        for spent in [sum(costs.get(name, 0.0) for name in running)]
    ]
    assert totals == pytest.approx([expected["buy_total"], expected["build_total"]], abs=tolerance["total_abs"])
