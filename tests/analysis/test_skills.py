"""Skills, gaps, learning and the growth tree, by hand and at exact days."""

from datetime import date

import pandas as pd
import pytest

from core import periods
from core.analysis import growth_tree, skills

Q3 = periods.quarter("2026Q3")
TEAMS = "team_id,name,parent_team\nT0,t,\nT1,a,T0\nT2,b,"
STAFF = "employee_id,name,role,level,team_id,hire_date,leave_date\n" + "\n".join([
    "E1,A,operations,junior,T1,2025-01-01,", "E2,B,operations,junior,T1,2025-01-01,2026-09-29",
    "E3,C,operations,middle,T2,2025-01-01,2026-09-30", "E4,D,operations,junior,T1,2026-08-01,",
    "E5,E,design,junior,T2,2025-01-01,"])
STANDARDS = "role,stage,direction,skill,required_level\n" + "\n".join([
    "operations,junior,,data,2", "operations,junior,,users,3", "operations,middle,,data,4",
    "operations,beginner,users,users,2", "operations,advanced,users,users,3", "operations,advanced,users,data,3",
    "operations,expert,users,users,5", "operations,beginner,events,plan,1", "design,junior,,draw,2"])
ASSESSED = "date,employee_id,skill,level,certified\n" + "\n".join([
    "2026-03-01,E1,data,1,no", "2026-06-30,E1,data,2,yes", "2026-09-30,E1,data,3,no",     # the last day before, the last day
    "2026-10-01,E1,data,5,yes", "2026-07-01,E1,users,2,yes", "2026-05-01,E1,plan,2,no",   # the day after; first assessed
    "2026-06-01,E2,users,3,no", "2026-06-01,E3,data,4,no", "2026-06-01,E9,data,4,no"])
STOOD = "employee_id,direction,stage,date\nE1,users,beginner,2026-02-01\nE3,users,expert,2026-09-30\n" \
        "E3,users,beginner,2026-01-01\nE1,users,advanced,2026-10-01\nE2,events,beginner,2026-01-01"
DONE = "date,employee_id,team_id,kind,hours,cost\n" + "\n".join([
    "2026-07-01,E1,,training,8,500", "2026-09-30,E1,,training,,", "2026-09-30,E1,,insight_meeting,2,",
    "2026-06-30,E1,,training,99,", "2026-08-02,E4,,training,,",
    "2026-08-01,E5,,drill,3,", "2026-08-01,,T1,teardown,4,", "2026-08-01,,T2,teardown,1,", "2026-08-01,E9,,drill,50,"])


@pytest.fixture
def con(stored):
    return stored(teams=TEAMS, employees=STAFF, skill_standards=STANDARDS, skill_assessments=ASSESSED, growth_paths=STOOD,
                  activities=DONE).cursor()


def cell(frame, person, skill):
    return frame[frame["employee_id"].eq(person) & frame["skill"].eq(skill)].iloc[0]


def test_the_heat_map_has_the_latest_level_and_what_the_post_asks(con):
    found = skills.levels(con, Q3)
    row = cell(found, "E1", "data")
    assert row[["level", "before", "change", "required", "met", "certified"]].tolist() == [3, 2, 1, 2, True, False]
    users, plan = cell(found, "E1", "users"), cell(found, "E1", "plan")
    assert users["met"] is False and users["certified"] and pd.isna(users["change"])
    assert pd.isna(plan["required"]) and plan["met"] is None
    assert cell(found, "E3", "data")["met"] is True and cell(found, "E2", "data")["met"] is False
    assert cell(found, "E4", "data")["met"] is None and pd.isna(cell(found, "E4", "data")["level"])
    assert found[found["gone"]]["employee_id"].unique().tolist() == ["E2"]
    assert set(skills.levels(con, Q3, "T0")["employee_id"]) == {"E1", "E2", "E4"}


def test_a_persons_growth_certification_and_coverage(con):
    found = skills.people(skills.levels(con, Q3)).set_index("employee_id")
    e1 = found.loc["E1"]
    assert e1[["assessed", "certified", "before", "change", "first_assessed", "asked", "met"]].tolist() == [3, 1, 4, 1, 1, 2, 1]
    assert (e1["growth"], e1["certification"], e1["coverage"]) == (0.25, pytest.approx(1 / 3), 0.5)
    assert e1["certification_low"] < 1 / 3 < e1["certification_high"]
    assert found.loc["E4", ["growth", "certification", "coverage", "coverage_low"]].isna().all()
    assert found.loc["E2", ["met", "asked", "growth"]].tolist() == [1, 2, 0]


def test_a_radar_is_the_mean_of_those_assessed_against_the_standard(con):
    told = skills.levels(con, Q3)
    one = skills.radar(told[told["employee_id"].eq("E1")]).set_index("skill")
    assert one["level"].to_dict() == {"data": 3, "users": 2} and one["required"].to_dict() == {"data": 2, "users": 3}
    team = skills.radar(told[told["team_id"].eq("T1")]).set_index("skill").loc["users"]
    assert team[["level", "required", "assessed", "asked"]].tolist() == [2.5, 3, 2, 3]


def test_gaps_count_those_still_there_and_the_unassessed_apart(con):
    found = skills.gaps(skills.levels(con, Q3)).set_index(["role", "post_level", "skill"])
    columns = ["required", "people", "met", "below", "unassessed"]
    assert found.loc[("operations", "junior", "users"), columns].tolist() == [3, 2, 0, 1, 1]
    assert found.loc[("operations", "junior", "data"), columns].tolist() == [2, 2, 1, 0, 1]
    assert found.loc[("operations", "middle", "data"), columns].tolist() == [4, 1, 1, 0, 0]
    assert found.loc[("design", "junior", "draw"), columns].tolist() == [2, 1, 0, 0, 1]
    assert found.index[-1] == ("operations", "middle", "data") and pd.isna(found.loc[("design", "junior", "draw"), "have"])


def test_learning_stands_beside_growth(con):
    found = skills.learning(con, Q3).set_index("employee_id")
    assert found.loc["E1", ["learned", "hours", "growth"]].tolist() == [2, 8, 0.25]
    assert found.loc["E5", ["learned", "hours"]].tolist() == [1, 3] and pd.isna(found.loc["E5", "growth"])
    assert found.loc["E3", ["learned", "hours", "growth"]].tolist() == [0, 0, 0] and len(found) == 5
    assert pd.isna(found.loc["E4", "hours"]) and found.loc["E4", "learned"] == 1  # learned, nobody said how long
    told = skills.activities(con, Q3)
    assert told[told["employee_id"].eq("E1")][["kind", "activities", "hours", "with_hours", "cost"]].values.tolist() == [
        ["insight_meeting", 1, 2, 1, 0], ["training", 2, 8, 1, 500]]
    assert told[told["employee_id"].isna()]["hours"].tolist() == [5]
    assert skills.activities(con, Q3, "T0")["hours"].tolist() == [2, 8, 0, 4]


def test_who_stands_where_on_a_day_and_what_the_next_stage_asks(con):
    found = growth_tree.standing(con, Q3.end).set_index("employee_id")
    columns = ["direction", "stage", "next_stage", "asks", "lacking"]
    assert found.loc["E1", columns].tolist() == ["users", "beginner", "advanced", 2, 1]
    assert found.loc["E3", "stage"] == "expert" and pd.isna(found.loc["E3", "next_stage"])
    assert pd.isna(found.loc["E4", "direction"]) and "E2" not in found.index
    assert found.loc[["E3", "E4"], ["asks", "lacking"]].isna().all(axis=None)
    assert str(found.loc["E3", "since"])[:10] == "2026-09-30"
    before = growth_tree.standing(con, date(2026, 9, 29)).set_index("employee_id")
    assert before.loc["E3", ["stage", "next_stage", "asks", "lacking"]].tolist() == ["beginner", "advanced", 2, 1]
    assert before.loc["E2", ["direction", "next_stage", "asks"]].tolist() == ["events", "advanced", 0]
    after = growth_tree.standing(con, date(2026, 10, 1)).set_index("employee_id")
    assert after.loc["E1", ["stage", "next_stage", "lacking"]].tolist() == ["advanced", "expert", 1]
    asked = growth_tree.lacking(con, Q3.end)
    assert asked[["employee_id", "skill", "required", "level", "lacking"]].values.tolist() == [
        ["E1", "data", 3, 3, False], ["E1", "users", 3, 2, True]]


def test_the_tree_shows_every_stage_in_order_also_where_nobody_stands(con):
    found = growth_tree.tree(con, Q3.end, "operations")
    assert found[["direction", "stage", "people"]].values.tolist() == [
        ["events", "beginner", 0], ["events", "advanced", 0], ["events", "expert", 0],
        ["users", "beginner", 1], ["users", "advanced", 0], ["users", "expert", 1]]
    assert found["skills"].tolist()[4] == [["data", 3], ["users", 3]] and found["skills"].tolist()[1] == []
    assert growth_tree.tree(con, Q3.end, "operations", "T0")["people"].sum() == 1
    assert growth_tree.tree(con, Q3.end, "design").empty


def test_without_any_sheet_everything_is_empty(stored):
    con = stored().cursor()
    told = skills.levels(con, Q3)
    assert told.empty and skills.people(told).empty and skills.gaps(told).empty and skills.radar(told).empty
    assert skills.learning(con, Q3).empty and growth_tree.standing(con, Q3.end).empty
    assert growth_tree.tree(con, Q3.end, "design").empty and growth_tree.lacking(con, Q3.end).empty
