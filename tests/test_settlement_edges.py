"""Where a settlement turns: a month without a figure, the day of a tranche, a budget, rewards alone, what is kept."""

import numpy as np
import pandas as pd
import pytest

from core import periods, populations, quarter, rules
from core import plan as plans
from tests.test_settlement import COMPANY

Q3 = periods.quarter("2026Q3")


@pytest.mark.parametrize(("left", "status"), [("2026-08-16", "payable"), ("2026-08-15", "not_met")])
def test_who_leaves_on_the_day_of_a_tranche_still_gets_it(stored, left, status):
    table = COMPANY["employees"].replace("2026-08-15", left)
    equity = quarter.settle(stored(**COMPANY | {"employees": table}), Q3).results["equity"].set_index("grant_id")
    assert equity.loc["G2", "status"] == status


def test_best_of_the_month_is_shared_where_scores_differ_by_noise_only():
    monthly = pd.DataFrame({"month": "2026-07", "employee_id": ["E1", "E2", "E3"], "role": "operations",
                            "score": [90.0, 90.0 + 4e-12, 89.999]})
    won = rules.KINDS["top"]({"monthly": monthly}, {"role": "operations", "every": "month"})
    assert won["winner"].tolist() == ["E1", "E2"]


def test_equity_says_where_the_year_before_has_less_history_than_the_window():
    def ltv(value, note):
        return pd.DataFrame([{"metric": "ltv", "subject_type": "company", "value": value, "note": note}])
    told = populations.growth(ltv(110.0, ""), ltv(100.0, "short_history:273")).iloc[0]
    assert told["ltv_before_days"] == 273 and np.isnan(told["ltv_days"]) and told["ltv_growth"] == pytest.approx(0.1)


def test_a_quarter_with_rewards_alone_can_be_settled(stored):
    store = stored(employees=COMPANY["employees"], projects=COMPANY["projects"], milestones=COMPANY["milestones"],
                   adjustments="adjustment_id,quarter,employee_id,amount,reason\nX,2025Q4,E1,10,r")
    assert quarter.quarters(store) == ["2026Q4", "2026Q3", "2025Q4"] and quarter.quarters(store, rewarded=False) == ["2026Q3"]
    assert quarter.settle(store, periods.quarter("2025Q4")).totals["payable_by_rule"]["adjustments"] == 10.0


def test_a_team_bonus_is_scaled_with_the_commission_and_a_pool_counts_once(stored):
    targets = COMPANY["targets"] + "\n2026Q3,team,S1,gmv,600000"
    store, changes = stored(**COMPANY | {"targets": targets}), {"company.phase": "startup"}
    whole = quarter.settle(store, Q3, changes=changes)
    scaled_rules = sum(whole.totals["payable_by_rule"][rule] for rule in ("commission", "team_bonus"))
    assert whole.results["team_bonus"]["row"].duplicated().any()
    budget = round(whole.totals["payable_cny"] - scaled_rules / 4, 2)
    scaled = quarter.settle(store, Q3, changes=changes | {"company.budget": budget, "company.over_budget": "scale"})
    assert scaled.totals["factor"] == pytest.approx(0.75, abs=1e-6)
    assert scaled.totals["payable_cny"] == pytest.approx(budget, abs=0.05)


@pytest.mark.parametrize(("column", "stage", "reason"), [
    ("gmv_target", 1, "no_gmv_target"), ("buyers", 2, "no_repurchase"), ("repeat_buyers", 2, "no_repurchase"),
    ("profit", 3, "no_rank_or_profit")])
def test_a_month_that_lacks_a_figure_leaves_its_stage_waiting_and_pays_no_part_of_it(stored, column, stage, reason):
    first, *lines = COMPANY["sku_months"].split("\n")
    cells = lines[1].split(",")
    cells[first.split(",").index(column)] = ""
    told = "\n".join([first, lines[0], ",".join(cells)])
    rocket = quarter.settle(stored(**COMPANY | {"sku_months": told}), Q3).results["rocket"]
    of_stage = rocket[rocket["stage"].eq(stage)]
    assert of_stage["status"].tolist() == ["pending"] and of_stage["reason"].tolist() == [reason]
    assert rocket.loc[rocket["stage"].ge(stage), "amount"].eq(0).all()


def test_what_is_kept_between_two_runs_follows_every_number_of_its_rule(stored):
    store = stored(**COMPANY)
    plan = plans.copied(plans.default())
    first = quarter.settle(store, Q3, plan)
    first.results["milestone"]["amount"] = 0.0
    pd.testing.assert_frame_equal(quarter.settle(store, Q3, plan).ledger, first.ledger)
    plan["rules"]["rocket"]["tiers"][0][1] *= 2
    raised = quarter.settle(store, Q3, plan)
    assert raised.totals["payable_by_rule"]["rocket"] > first.totals["payable_by_rule"]["rocket"]
    for rule in ("rocket", "milestone", "benefit", "points"):
        quarter._about.cache_clear()
        pd.testing.assert_frame_equal(raised.results[rule], quarter.settle(store, Q3, plan).results[rule])


def test_a_trial_settles_what_would_be_settled_after_it(stored):
    """With a year before, so that equity is compared too: what a trial measures alone and what is kept must agree."""
    year = "\n2025-08,S1,500000,100,20"
    orders = "order_id,line_id,buyer_id,paid_at,paid_amount,team_id" + "".join(
        f"\nO{n},1,B{n % 3},{day} 10:00:00,{amount},A0" for n, (day, amount) in enumerate(
            [("2025-08-01", 100), ("2025-09-01", 100), ("2026-07-01", 300), ("2026-08-01", 300), ("2026-08-02", 200)]))
    store = stored(**COMPANY | {"team_months": COMPANY["team_months"] + year, "orders": orders})
    settled = quarter.settle(store, Q3)
    assert settled.results["equity"]["ltv_before"].notna().any()
    with store.trial({}) as tried:
        again = quarter.settle(tried, Q3)
    pd.testing.assert_frame_equal(again.ledger, settled.ledger)
