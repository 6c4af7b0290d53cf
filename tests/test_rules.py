"""Reward rules: the readable cases of tests/cases/rules.toml, and what must hold for any pool, tier and amount."""

import tomllib
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import plan as plans
from core import rules
from core.rules.pools import shared

CASES = tomllib.loads((Path(__file__).parent / "cases" / "rules.toml").read_text("utf-8"))["case"]
TIERS = [[0, 0.01], [1000, 0.02], [3000, 0.03], [8000, 0.05]]


def paid(case: dict) -> pd.DataFrame:
    rule = case["rule"] if isinstance(case["rule"], dict) else plans.default()["rules"][case["rule"]]
    empty = {"values": pd.DataFrame(columns=["metric", "subject_type", "subject_id", "value"])}
    populations = empty | {name: pd.DataFrame(rows) for name, rows in case["given"].items() if rows}
    return rules.KINDS[rule["kind"]](populations, rule | {"budget_factor": 1.0} | case.get("set", {}))


@pytest.mark.parametrize("name", CASES)
def test_a_rule_pays_what_the_case_says(name):
    case, found = CASES[name], paid(CASES[name])
    if "expect" in case:
        assert len(found) == len(case["expect"])
    for row, expected in zip(found.to_dict("records"), case.get("expect", []), strict=False):
        for column, wanted in expected.items():
            assert row[column] == (wanted if isinstance(wanted, str) else pytest.approx(wanted, abs=1e-9)), (column, row)
    for who, wanted in case.get("sums", {}).items():
        assert round(found.loc[found["beneficiary_id"] == who, "amount"].sum(), 2) == wanted


@pytest.mark.parametrize(("amount", "marginal", "whole"), [
    (9700, 285, 485), (1000, 10, 20), (999.99, 9.9999, 9.9999), (3000, 50, 90), (8000, 200, 400), (0, 0, 0)])
def test_golden_tiers(amount, marginal, whole):
    assert rules.tiered(amount, TIERS, "marginal") == pytest.approx(marginal)
    assert rules.tiered(amount, TIERS, "whole_amount") == pytest.approx(whole)


@settings(deadline=None)
@given(st.decimals(-10**7, 10**7, places=4))
def test_money_is_rounded_half_up_to_the_cent(amount):
    expected = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert float(rules.cents(float(amount))) == float(expected)


def test_binary_noise_decides_no_cent():
    assert float(rules.cents(0.1 * 3 * 0.05)) == 0.02 and float(rules.cents(1.005)) == 1.01 and np.isnan(rules.cents(np.nan))


POOLS = st.lists(st.tuples(st.integers(0, 10**9), st.lists(st.integers(0, 92), min_size=1, max_size=9)), min_size=1, max_size=5)


@settings(max_examples=50, deadline=None)
@given(POOLS)
def test_the_parts_add_up_to_their_pool_to_the_cent_in_any_order(pools):
    members = pd.DataFrame([{"team_id": f"T{i}", "employee_id": f"E{i}{j}", "person_days": days}
                            for i, (_, people) in enumerate(pools) for j, days in enumerate(people)])
    frame = pd.DataFrame([{"team_id": f"T{i}", "pool": cents / 100, "status": "payable", "reason": "", "unit": "CNY",
                           "beneficiary_type": "team", "beneficiary_id": f"T{i}", "item": f"T{i}"}
                          for i, (cents, _) in enumerate(pools)])
    found = shared(frame, members, "team_id", "person_days")
    for team, pool in zip(frame["team_id"], frame["pool"], strict=True):
        mine = found[found["team_id"] == team]
        assert round(mine["potential"].sum(), 2) == pool
        assert (mine["amount"] >= 0).all() and mine["amount"].map(lambda a: a == round(a, 2)).all()
    turned = shared(frame[::-1], members[::-1], "team_id", "person_days")
    by_person = [f.set_index("beneficiary_id")["amount"].sort_index() for f in (found, turned)]
    pd.testing.assert_series_equal(*by_person)


@settings(deadline=None)
@given(st.floats(0, 1e6))
def test_no_amount_falls_between_two_tiers(amount):
    assert rules.tiered(amount, TIERS, "marginal") <= rules.tiered(amount, TIERS, "whole_amount") + 1e-9
    assert rules.tiered(amount, TIERS, "marginal") >= amount * 0.01 - 1e-9
