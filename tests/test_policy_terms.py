"""A vendor's params as laws in the model's units, and as arrays of terms."""

import numpy as np
import pytest

from capexlib.models.policy.terms import vendor_inputs, vendor_terms, whole_months
from capexlib.params.policy import VendorParams


def judged(value, unit, low=None, high=None, family="fixed"):
    low, high = (value if low is None else low), (value if high is None else high)
    return {
        "value": value,
        "low": low,
        "high": high,
        "unit": unit,
        "family": family,
        "basis": "invented",
        "why": "for a test",
    }


def acme(**changed):
    stated = {
        "title": "Acme A1", "gates": ["licence"], "price": judged(144, "CNY/unit"), "duty_passed_on": judged(0.1, "fraction"),
        "training": judged(1.5, "ratio"), "inference": judged(2.0, "ratio"), "maturity": judged(0.9, "fraction"),
        "learning": judged(0.5, "years"), "porting_cost": judged(72, "CNY m"), "electricity": judged(1.2, "ratio"),
        "supply_start": judged(12000, "units/year"), "supply_end": judged(2, "thousand units/month"),
        "ramp": judged(12, "months"), "good_units": judged(0.8, "fraction"), "quota": judged(75, "thousand units"),
        "lead_time": judged(3, "months"), "audit_delay": judged(1, "months"), "audit_cost": judged(250, "USD/unit"),
        "prepayment": judged(0.3, "fraction"), "refund": judged(0.5, "fraction"),
    }  # fmt: skip
    return VendorParams.model_validate({**stated, **changed})


def terms_of(vendor, n=2):
    laws = vendor_inputs("acme", vendor, {"CNY": 1 / 7.2})
    return vendor_terms("acme", vendor, {name: law.ppf(np.linspace(0.001, 0.999, n)) for name, law in laws.items()})


def test_units_become_the_models():
    terms = terms_of(acme())
    assert terms.price_usd == pytest.approx([20, 20])
    assert terms.porting_cost_usd == pytest.approx([1e7, 1e7])
    assert terms.learning_months == pytest.approx([6, 6])
    assert terms.supply_start == pytest.approx([1000, 1000])
    assert terms.supply_end == pytest.approx([2000, 2000])
    assert terms.audit_cost_usd.tolist() == [250, 250]
    assert terms.delay.tolist() == [4, 4]
    assert terms.quota is not None
    assert terms.quota.tolist() == [75000, 75000]
    assert terms.with_quota(0.5).quota == pytest.approx([37500, 37500])


def test_without_a_quota_there_is_none_to_scale():
    terms = terms_of(acme(quota=None, recallable=True))
    assert terms.recallable
    assert terms.with_quota(0.5).quota is None


def test_names_are_the_params_keys():
    laws = vendor_inputs("acme", acme(), {"CNY": 0.14})
    assert {"vendors.acme.price", "vendors.acme.quota", "vendors.acme.lead_time"} <= set(laws)
    assert len(laws) == len(VendorParams.model_fields) - len({"title", "gates", "leased", "recallable"})


def test_a_currency_needs_a_rate():
    with pytest.raises(ValueError, match="CNY needs a dated rate"):
        vendor_inputs("acme", acme(), {})


def test_draws_past_what_is_possible_are_taken_at_the_bound():
    wide = acme(
        refund=judged(0.9, "fraction", 0.2, 1.0, "normal") | {"value": 0.6},
        audit_delay=judged(0.5, "months", 0.0, 1.0, "normal"),
    )
    terms = terms_of(wide, 101)
    assert (terms.refund.min(), terms.refund.max()) == (pytest.approx(0, abs=0.1), 1.0)
    assert terms.audit_months.min() == 0


def test_a_price_of_zero_is_refused():
    with pytest.raises(ValueError, match="price of acme"):
        terms_of(acme(price=judged(100, "USD/unit", 0, 200, "normal")))


def test_months_round_half_up():
    assert whole_months(np.array([0.49, 0.5, 1.5, 2.5])).tolist() == [0, 1, 2, 3]
