"""Scores and commission: the readable cases of tests/cases/commission.toml, and what must hold for any figures."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import changes as changing
from core import explanation, periods, rules, scores, settlement, wording
from core import plan as plans
from core.metrics import METRICS
from tests.test_settlement import computed

CASES = tomllib.loads((Path(__file__).parent / "cases" / "commission.toml").read_text("utf-8"))["case"]


def person(said: dict, period, number: int = 1) -> dict:
    first = pd.Timestamp(said.get("from", period.start))
    return {"employee_id": f"E{number}", "name": "甲", "role": said["role"], "level": "junior", "team_id": "T1",
            "from_date": first, "to_date": pd.Timestamp(period.end), "days": (pd.Timestamp(period.end) - first).days + 1,
            "bonus_target": said.get("bonus_target", np.nan), "position_value": said.get("position_value", 1.0),
            "is_core": False, "_file": "roster.xlsx", "_sheet": "员工花名册", "_row": 2}


def figures(measured: dict) -> pd.DataFrame:
    rows = [{"metric": m, "subject_type": "employee" if "employee" in METRICS[m].grain else "team",
             "subject_id": "E1" if "employee" in METRICS[m].grain else "T1", "value": v, "numerator": v, "denominator": 1.0,
             "n": 1, "note": ""} for m, v in measured.items()]
    return pd.DataFrame(rows, columns=["metric", "subject_type", "subject_id", "value", "numerator", "denominator", "n", "note"])


def bars(said: dict, quarter: str) -> pd.DataFrame:
    return pd.DataFrame([{"quarter": quarter, "subject_type": "team", "subject_id": "T1", "metric": m, "target": float(t),
                          "floor": said.get("floor", {}).get(m, np.nan), "benchmark": np.nan, "_file": "t.xlsx",
                          "_sheet": "指标目标", "_row": 2} for m, t in said["target"].items()])


def settle(said: dict, people: list[dict] | None = None):
    period = periods.quarter(said.get("quarter", "2026Q3"))
    plan = changing.apply(plans.default(), said.get("plan", {}))
    return settlement.run(
        plan, period, people=pd.DataFrame(people or [person(said, period)]), values=figures(said["figures"]),
        targets=bars(said, period.label), parents={}, bonus=pd.Series({"E1": float(said.get("support", 0))}),
        releases={"E1": said["release"]} if "release" in said else {},
        last=pd.Series({"E1": float(said["last"])}) if "last" in said else None)


@pytest.mark.parametrize("name", CASES)
def test_a_quarter_is_worth_what_the_case_says(name):
    said, expected = CASES[name]["given"], CASES[name]["expect"]
    settled = settle(said)
    row = settled.scores.iloc[0].to_dict() | settled.ledger.iloc[0].to_dict()
    by_metric = settled.metrics.set_index("metric")
    for column, wanted in expected.items():
        if column in ("weights", "scores", "missing"):
            found = by_metric["weight" if column == "weights" else "score" if column == "scores" else "missing"]
            for metric, value in wanted.items():
                assert found[metric] == (value if column == "missing" else pytest.approx(value, abs=5e-9)), (column, metric)
        elif wanted == "missing":
            assert pd.isna(row[column]), column
        else:
            assert row[column] == (wanted if isinstance(wanted, str) else pytest.approx(wanted, abs=5e-10)), column


@pytest.mark.parametrize("name", CASES)
def test_every_case_tells_its_steps_and_they_compute_to_its_amount(name):
    settled = settle(CASES[name]["given"])
    for row in range(len(settled.ledger)):
        steps = explanation.steps(settled, row)
        known = {step.name: step.value for step in steps}
        for step in steps:
            assert all(wording.how(step, steps, lang) for lang in ("zh", "en")) or not step.formula, step
            assert not step.formula or computed(step.formula, known) == pytest.approx(step.value, abs=1e-9), step


def test_last_quarters_score_says_which_quarter_it_is_of():
    settled = settle(CASES["Example 2 released with the last quarter's final score"]["given"])
    counted = {step.name: step for step in explanation.steps(settled, 0)}["counted"]
    assert counted.value == 95 and wording.source(counted.source, "zh") == "由 2026Q2 的得分评定"


def test_an_additive_metric_is_never_read_from_the_company_and_a_rate_is():
    said = CASES["Example 1: GMV 110, repurchase 90, NPS 100 make 101.0 and 6,060.00"]["given"]
    period = periods.quarter("2026Q3")
    values = figures(said["figures"]).assign(subject_type="company", subject_id=None)
    settled = settlement.run(plans.default(), period, people=pd.DataFrame([person(said, period)]), values=values,
                             targets=bars(said, "2026Q3"), parents={})
    level = settled.metrics.set_index("metric")["level"]
    assert pd.isna(level["gmv"]) and (level["nps"], level["repurchase_rate"]) == ("company", "company")


def test_the_most_specific_target_wins_with_its_own_floor():
    said = {"role": "operations", "figures": {"nps": 30}, "target": {"nps": 40}}
    period = periods.quarter("2026Q3")
    targets = pd.concat([bars(said, "2026Q3").assign(subject_type=kind, subject_id=subject, target=target, floor=floor)
                         for kind, subject, target, floor in (("company", None, 10, 0), ("role", "operations", 20, 0),
                                                              ("team", "A", 25, 0), ("team", "T1", 40, 20),
                                                              ("employee", "E1", 50, 10))], ignore_index=True)
    found = []
    for _ in range(5):
        settled = settlement.run(plans.default(), period, people=pd.DataFrame([person(said, period)]), targets=targets,
                                 values=figures(said["figures"]), parents={"T1": ["A"]})
        line = settled.metrics.set_index("metric").loc["nps"]
        found.append((line["target"], line["attainment"]))
        targets = targets[targets["target"] != line["target"]]
    assert found == [(50, 0.5), (40, 0.5), (25, 1.2), (20, 1.5), (10, 3.0)]


def test_at_a_jump_of_a_curve_the_upper_score_holds():
    jump = [[0, 0], [0.8, 50], [0.8, 80], [1, 100]]
    assert list(scores.curve_score(jump, [0.79999, 0.8, 0.9, 2, -1])) == pytest.approx([49.999375, 80, 90, 100, 0])


def test_a_threshold_is_met_exactly_in_spite_of_floating_point():
    plan = plans.default()
    for weights in ((0.1, 0.2, 0.7), (0.3, 0.3, 0.4), (1 / 3, 1 / 3, 1 / 3)):
        assert scores.grades_of(plan, [sum(w * 80.0 for w in weights), np.nan]).tolist() == ["B", None]


def test_the_budget_scales_the_pay_when_the_plan_says_so():
    said = dict(CASES["Exactly 100 is A"]["given"])
    scaled = settle(said | {"plan": {"company.budget": 4000, "company.over_budget": "scale"}})
    assert (scaled.totals["payable_cny"], scaled.totals["factor"]) == (4000.0, 0.8)
    assert settle(said | {"plan": {"company.budget": 4000}}).totals["payable_cny"] == 5000.0


@pytest.mark.parametrize(("amount", "paid"), [(0.005, 0.01), (1.005, 1.01), (2.675, 2.68), (1.00499, 1.0), (-0.005, -0.01),
                                             (0.1 + 0.2, 0.3)])
def test_money_is_rounded_half_up_after_binary_noise(amount, paid):
    assert rules.cents(amount) == paid


PLAN = plans.default()
GIVEN = CASES["Example 1: GMV 110, repurchase 90, NPS 100 make 101.0 and 6,060.00"]["given"]


def score(said: dict, plan: dict) -> float:
    """The score of one person alone."""
    period = periods.quarter("2026Q3")
    return scores.score(plan, period, pd.DataFrame([person(said, period)]), figures(said["figures"]), bars(said, period.label),
                        {})[0]["score"].iloc[0]


@settings(max_examples=25, deadline=None)
@given(st.permutations([1, 2, 3, 4]))
def test_the_order_of_people_does_not_matter(order):
    period = periods.quarter("2026Q3")
    people = [person(GIVEN | {"position_value": 0.5 + n / 4}, period, n) for n in order]
    ledger = settle(GIVEN, people).ledger.sort_values("beneficiary_id")
    assert ledger["amount"].tolist() == [3787.5, 5050.0, 6312.5, 7575.0]


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 100), st.tuples(*[st.floats(0.05, 1)] * 3))
def test_scaling_all_weights_does_not_matter(factor, parts):
    plan, scaled = plans.copied(plans.default()), plans.copied(plans.default())
    names = ("gmv", "repurchase_rate", "nps")
    plan["scorecards"]["operations"]["weights"] = {m: w / sum(parts) for m, w in zip(names, parts, strict=True)}
    heavy = [w * factor for w in parts]
    scaled["scorecards"]["operations"]["weights"] = {m: w / sum(heavy) for m, w in zip(names, heavy, strict=True)}
    both = [score(GIVEN, p) for p in (plan, scaled)]
    assert both[0] == pytest.approx(both[1], abs=2e-9)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["gmv", "repurchase_rate", "nps", "refund_rate"]), st.floats(0, 2), st.floats(0, 2))
def test_a_score_rises_in_the_metrics_good_direction(metric, one, other):
    low, high = sorted((one, other))
    role = "livestream" if metric == "refund_rate" else "operations"
    target = {"gmv": 1, "repurchase_rate": 1, "nps": 1, "refund_rate": 1}
    worse, better = (high, low) if METRICS[metric].better == "lower" else (low, high)
    scored = [score({"role": role, "figures": {"gmv": 1, "repurchase_rate": 1, "nps": 1, "refund_rate": 1} | {metric: v},
                     "target": target}, PLAN) for v in (worse, better)]
    assert scored[0] <= scored[1]
