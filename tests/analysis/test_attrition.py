"""Attrition at the edges of a period, in agreement with the metrics; small groups give counts only."""

from datetime import date

import pandas as pd
import pytest

from core import metrics, periods
from core import plan as plans
from core.analysis import attrition

Q3 = periods.quarter("2026Q3")
HEAD = "employee_id,name,role,level,team_id,hire_date,leave_date,leave_type,is_core\n"
EDGES = HEAD + "\n".join([
    "E1,A,design,junior,T1,2025-01-01,2026-06-30,voluntary,yes",    # left the day before
    "E2,B,design,junior,T1,2025-01-01,2026-07-01,voluntary,yes",    # on the first day
    "E3,C,design,senior,T1,2025-01-01,2026-09-30,involuntary,no",   # on the last day
    "E4,D,design,junior,T2,2025-01-01,2026-10-01,voluntary,no",     # the day after
    "E5,E,operations,junior,T2,2026-09-30,,,no",                    # hired on the last day
    "E6,F,operations,junior,T2,2026-10-01,,,no",                    # hired the day after
    "E7,G,operations,junior,T2,2026-07-01,2026-09-29,,no",          # exactly 90 days after hire
    "E8,H,operations,junior,T2,2026-06-30,2026-09-29,voluntary,no",  # 91 days
    "E9,I,operations,junior,T2,2025-01-01,,,no"])
TEAMS = "team_id,name,parent_team,region\nT0,t,,north\nT1,a,T0,\nT2,b,T0,south"
MOVED = "employee_id,from_date,to_date,role,level,team_id\nE9,2025-01-01,2026-08-15,operations,junior,T1\n" \
        "E9,2026-08-16,,operations,junior,T2"


def company(stored):
    return stored(employees=EDGES, teams=TEAMS, assignments=MOVED).cursor()


def test_who_left_on_the_edges_of_the_quarter(stored):
    row = attrition.attrition(company(stored), Q3).iloc[0]
    days = 1 + 92 + 92 + 1 + 91 + 91 + 92
    assert row[["people", "leavers", "voluntary", "involuntary", "unknown"]].tolist() == [7, 4, 2, 1, 1]
    assert row["headcount"] == pytest.approx(days / 92)
    assert row[["core_people", "core_leavers"]].tolist() == [1, 1] and row["core_headcount"] == pytest.approx(1 / 92)
    assert row[["hires", "early_leavers"]].tolist() == [2, 1]
    assert sorted(attrition.leavers(company(stored), Q3.start, Q3.end)["employee_id"]) == ["E2", "E3", "E7", "E8"]


def test_a_new_hire_counts_from_90_days_before_the_last_day_in_a_month_as_well(stored):
    """90 days before 30 September is 2 July; the quarter itself starts on the 1st."""
    con = stored(employees=HEAD + "E1,A,design,junior,T1,2026-07-01,2026-08-01,,no\n"
                                  "E2,A,design,junior,T1,2026-07-02,2026-08-01,,no").cursor()
    quarter, month = (attrition.attrition(con, p).iloc[0][["hires", "early_leavers", "people"]].tolist()
                      for p in (Q3, periods.month("2026-09")))
    assert (quarter, month) == ([2, 2, 2], [1, 1, 0])


@pytest.mark.parametrize("said", ["2026Q2", "2026Q3", "2026-07", "2026-08", "2026-09"])
@pytest.mark.parametrize("by", ["company", "team", "role"])
def test_rates_are_those_of_the_metrics(stored, said, by):
    con = company(stored)
    period = periods.quarter(said) if "Q" in said else periods.month(said)
    ours = attrition.attrition(con, period, by, minimum=1).set_index("group")
    theirs = metrics.measure(con, period, plans.default()["definitions"],
                             {"attrition_rate", "core_attrition_rate", "early_attrition_rate"})
    theirs = theirs[theirs["subject_type"].eq(by)].fillna({"subject_id": by}).set_index("subject_id")
    pairs = {"attrition_rate": "rate", "core_attrition_rate": "core_rate", "early_attrition_rate": "early_rate"}
    if by == "team":
        del pairs["early_attrition_rate"]  # no metric of a team
    for metric, column in pairs.items():
        told = theirs.loc[theirs["metric"].eq(metric), "value"]
        assert ours[column].dropna().to_dict() == pytest.approx(told.to_dict()), metric


def test_a_transfer_is_no_leaver_and_counts_where_the_quarter_ended(stored):
    con = company(stored)
    by_team = attrition.attrition(con, Q3, "team").set_index("group")
    assert by_team["leavers"].to_dict() == {"T0": 4, "T1": 2, "T2": 2}
    assert by_team.loc["T1", "headcount"] == pytest.approx(93 / 92)
    assert attrition.attrition(con, periods.month("2026-07"), "team").set_index("group").loc["T1", "people"] == 3
    under = attrition.attrition(con, Q3, "region", team="T0").set_index("group")["people"]
    assert under.to_dict() == {"north": 2, "south": 5}
    assert attrition.attrition(con, Q3, team="T1")["people"].tolist() == [2]
    assert attrition.attrition(con, Q3, "team", team="T1")["group"].tolist() == ["T1"]


def test_a_rate_needs_ten_people_and_annual_is_by_days(stored):
    for count in (9, 10):
        rows = "\n".join(f"E{i},N,design,junior,T1,2026-01-01,{'2026-09-30' if i == 0 else ''},,yes" for i in range(count))
        row = attrition.attrition(stored(employees=HEAD + rows).cursor(), Q3, "role").iloc[0]
        assert row["leavers"] == 1 and row["people"] == count
        assert pd.isna(row["rate"]) == pd.isna(row["annual"]) == pd.isna(row["core_rate"]) == (count == 9)
    assert row["rate"] == pytest.approx(0.1) and row["annual"] == pytest.approx(0.1 * 365 / 92)


def test_tenure_of_leavers_falls_into_bands_at_exact_days(stored):
    """Days employed count the first and the last: 90 days after hire is early, the 365th day still the first year."""
    spans = {"E1": ("2026-04-02", "early"), "E2": ("2026-04-01", "first_year"), "E3": ("2025-07-02", "first_year"),
             "E4": ("2025-07-01", "second_year"), "E5": ("2024-07-02", "second_year"), "E6": ("2024-07-01", "third_year"),
             "E7": ("2023-07-03", "third_year"), "E8": ("2023-07-01", "longer")}
    rows = [f"{e},N,design,junior,T1,{hired},2026-07-01,voluntary,no" for e, (hired, _) in spans.items()]
    gone = attrition.leavers(stored(employees=HEAD + "\n".join(rows)).cursor(), date(2026, 7, 1), date(2026, 7, 1))
    assert gone.set_index("employee_id")["band"].to_dict() == {e: band for e, (_, band) in spans.items()}
    assert gone.set_index("employee_id")["tenure"]["E3"] == 365
    bands = attrition.tenure_bands(gone)
    assert bands["band"].tolist() == list(attrition.BANDS) and bands["voluntary"].tolist() == [1, 2, 2, 2, 1]


def test_a_company_without_people_has_no_rows(stored):
    con = stored().cursor()
    assert attrition.attrition(con, Q3, "team").empty
    assert attrition.tenure_bands(attrition.leavers(con, Q3.start, Q3.end))["leavers"].tolist() == [0] * 5
