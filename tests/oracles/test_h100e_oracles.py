"""Units to H100-equivalents, against a public count of chips by owner (Epoch AI)."""

import pytest


@pytest.mark.oracle(
    "epoch_h100e",
    absent={"reference_table": "a table of another model's estimates, carried for reading, not a conversion"},
)
def test_units_become_h100_equivalents(case):
    from capexlib.models.scale import h100_equivalents

    given, tolerance = case["inputs"], case["tolerance"]
    found = h100_equivalents(given["units"], given["tops_8bit"], given["h100_tops_8bit"])
    assert found == pytest.approx(case["expected"], abs=tolerance["abs"], rel=tolerance["rel"])
