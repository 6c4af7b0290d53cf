"""Ramp-up of new people: from the scores of months, which no scorecard may use in turn."""

import pandas as pd
import pytest

from core import metrics, periods, quarter, text
from core import plan as plans

Q3 = periods.quarter("2026Q3")
STAFF = "employee_id,name,role,level,team_id,hire_date,leave_date\n"
DRAWN = "month,employee_id,impressions,clicks,baseline_conversion,campaign_conversion,templates,template_reuses\n"
AIMS = "quarter,subject_type,subject_id,metric,target\n" + "".join(
    f"{label},role,design,{metric},{target}\n" for label in ("2026Q1", "2026Q2", "2026Q3", "2025Q4")
    for metric, target in (("click_through_rate", 0.05), ("conversion_lift", 0.5), ("template_reuse", 2)))


def month(label: str, person: str, share: float) -> str:
    """A month in which every metric of the design card reaches that share of its target."""
    return f"{label},{person},1000,{50 * share:g},0.02,{0.02 + 0.01 * share:.6g},10,{20 * share:g}\n"


def ramp(store, period=Q3) -> dict:
    frame = quarter.evaluate(store, period, ramp_up=True)
    frame = frame[frame["metric"] == "ramp_up_days"]
    return {(row.subject_type, None if row.subject_type == "company" else row.subject_id):
            (row.numerator, row.denominator, row.previous) for row in frame.itertuples()}


def test_days_run_from_hire_to_the_end_of_the_first_month_at_80(stored):
    store = stored(targets=AIMS, teams="team_id,name\nT1,甲", employees=STAFF +
                   "E1,A,design,junior,T1,2026-07-10,\n"  # August is exactly 80: 52 days to its end
                   "E2,B,design,junior,T1,2025-10-01,\n"  # the first day of the twelve months: 2026-07-31 is day 303
                   "E3,C,design,junior,T1,2025-09-30,\n"  # a day too early
                   "E4,D,design,junior,T1,2026-05-01,\n"  # got there in June already
                   "E5,E,design,junior,T1,2026-07-01,\n"  # never did
                   "E6,F,operations,junior,T1,2026-07-01,",
                   member_months=DRAWN + month("2026-07", "E1", 0.79) + month("2026-08", "E1", 0.8) + month("2026-09", "E1", 1)
                   + month("2026-07", "E2", 0.9) + month("2026-07", "E3", 0.9)
                   + month("2026-06", "E4", 0.8) + month("2026-07", "E4", 0.9) + month("2026-07", "E5", 0.79))
    assert ramp(store) == {("company", None): (355, 2, 60), ("role", "design"): (355, 2, 60)}
    assert ramp(store, periods.month("2026-08"))["company", None][:2] == (52, 1)
    assert ramp(store, periods.month("2026-09")) == {}


def test_without_newcomers_no_month_is_measured(stored, monkeypatch):
    store = stored(employees=STAFF + "E1,A,design,junior,T1,2020-01-01,", member_months=DRAWN + month("2026-07", "E1", 1))
    asked = []
    monkeypatch.setattr(quarter, "_newcomers_month", lambda *given: asked.append(given))
    assert ramp(store) == {} and asked == []


def test_the_months_are_measured_only_where_ramp_up_is_asked_for(stored, monkeypatch):
    store = stored(employees=STAFF + "E1,A,design,junior,T1,2026-07-01,", member_months=DRAWN + month("2026-07", "E1", 1))
    monkeypatch.setattr(quarter, "_newcomers_month", lambda *given: pytest.fail("a month was measured"))
    assert "ramp_up_days" not in set(quarter.evaluate(store, Q3)["metric"])


def test_scores_over_months_are_taken_at_nine_places():
    hired = pd.DataFrame({"employee_id": ["E1", "E2"], "role": "design", "hire_date": pd.Timestamp("2026-07-01")})
    monthly = pd.DataFrame({"employee_id": ["E1", "E2"], "month_end": pd.Timestamp("2026-07-31"),
                            "score": [80 - 1e-12, 80 - 1e-8]})
    frame = metrics.ramp_up(hired, monthly, Q3)
    assert frame[["subject_type", "numerator", "denominator"]].values.tolist() == [["company", 30, 1], ["role", 30, 1]]


@pytest.mark.parametrize("place", ["scorecards.design.weights", "seasons.618.metric"])
def test_no_plan_can_score_by_it(place):
    plan = plans.default()
    if place.startswith("seasons"):
        plan["seasons"]["618"]["metric"] = "ramp_up_days"
    else:
        plan["scorecards"]["design"]["weights"] = {"ramp_up_days": 1.0}
    found = [problem for problem in plans.problems(plan) if problem.code == "from_scores"]
    assert len(found) == 1 and found[0].path.startswith(place)
    assert all("ramp_up_days" in found[0].say(lang) for lang in text.LANGUAGES)


def test_a_roster_without_any_monthly_score_has_no_ramp_up(stored):
    store = stored(employees=STAFF + "E1,A,design,junior,T1,2026-07-10,\nE2,B,design,junior,T1,2026-01-10,2026-08-01")
    assert ramp(store) == {}
