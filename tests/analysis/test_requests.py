"""Request flow and incidents at exact moments, by hand and against the metrics."""

import pytest

from core import metrics, periods
from core import plan as plans
from core.analysis import requests

Q3 = periods.quarter("2026Q3")
DEFINITIONS = plans.default()["definitions"]
SLA = DEFINITIONS["sla_hours"]
TEAMS = "team_id,name,parent_team\nT0,t,\nT1,a,T0\nT2,b,T0\nT3,c,"
STAFF = "employee_id,name,role,level,team_id,hire_date\nE1,A,design,junior,T3,2026-01-01\n" \
        "E2,B,technology,junior,T2,2026-01-01\nE3,C,technology,junior,T2,2026-08-01"
MOVED = "employee_id,from_date,role,level,team_id\nE1,2026-01-01,design,junior,T2\nE1,2026-08-01,design,junior,T3"
HEAD = "request_id,from_team,owner_id,priority,created_at,responded_at,due_at,delivered_at,revisions\n"
ASKED = HEAD + "\n".join([
    "R1,T1,E1,urgent,2026-07-01 00:00:00,2026-07-01 02:00:00,2026-07-03 00:00:00,2026-07-03 00:00:00,1",      # both just in time
    "R2,T1,E1,urgent,2026-07-31 10:00:00,2026-07-31 12:00:01,2026-08-01 10:00:00,2026-08-02 10:00:00,3",      # a second late
    "R3,T1,E1,routine,2026-08-01 00:00:00,,,,0",                                                              # E1 moved today
    "R4,T2,E2,important,2026-06-30 23:00:00,2026-07-01 01:00:00,2026-09-30 23:59:59,2026-07-10 23:00:00,0",  # raised before
    "R5,T3,E2,routine,2026-09-30 10:00:00,,2026-10-01 00:00:00,2026-10-01 00:00:00,0",                        # not over yet
    "R6,T3,E3,important,2026-07-20 10:00:00,2026-07-20 11:00:00,,,0",                                         # E3 not hired yet
    "R7,T3,E2,urgent,2026-09-30 22:00:00,,,,0"])                                                              # over at midnight


@pytest.fixture
def con(stored):
    return stored(requests=ASKED, teams=TEAMS, employees=STAFF, assignments=MOVED).cursor()


def pairs(frame, *columns):
    return {(r["from_team"], r["to_team"] if isinstance(r["to_team"], str) else None): tuple(r[c] for c in columns)
            for r in frame.to_dict("records")}


def test_who_asks_whom_by_the_team_of_the_day(con):
    found = requests.flow(con, Q3, SLA)
    assert pairs(found, "raised", "urgent", "delivered", "days_sum", "revisions", "due", "on_time") == {
        ("T1", "T2"): (2, 2, 2, 4.0, 4, 2, 1), ("T1", "T3"): (1, 0, 0, 0.0, 0, 0, 0), ("T2", "T2"): (0, 0, 1, 10.0, 0, 1, 1),
        ("T3", "T2"): (2, 1, 0, 0.0, 0, 0, 0), ("T3", None): (1, 0, 0, 0.0, 0, 0, 0)}
    row = found[found["from_team"].eq("T1") & found["to_team"].eq("T2")].iloc[0]
    assert row[["urgent_share", "cycle_days", "revisions_per_request", "on_time_share"]].tolist() == [1.0, 2.0, 2.0, 0.5]
    assert row["on_time_low"] < 0.5 < row["on_time_high"]
    idle = found[found["to_team"].eq("T3")].iloc[0]
    assert idle[["cycle_days", "revisions_per_request", "on_time_share", "on_time_low"]].isna().all()


def test_a_team_sees_what_it_and_its_sub_teams_ask_and_answer(con):
    assert set(pairs(requests.flow(con, Q3, SLA, "T0"))) == {("T1", "T2"), ("T1", "T3"), ("T2", "T2"), ("T3", "T2")}
    assert set(pairs(requests.flow(con, Q3, SLA, "T3"))) == {("T1", "T3"), ("T3", "T2"), ("T3", None)}


@pytest.mark.parametrize("said", ["2026Q3", "2026Q2", "2026-07", "2026-09"])
def test_asking_teams_have_the_figures_of_the_metrics(con, said):
    period = periods.quarter(said) if "Q" in said else periods.month(said)
    found = requests.asking(con, period, SLA).set_index("team_id")
    names = {"request_cycle_days": ("cycle_days", "delivered"), "revisions_per_request": ("revisions_per_request", "delivered"),
             "on_time_delivery": ("on_time_share", "due")}
    told = metrics.measure(con, period, DEFINITIONS, set(names))
    for metric, (column, whole) in names.items():
        teams = told[told["metric"].eq(metric) & told["subject_type"].eq("team")].set_index("subject_id")
        assert found[column].dropna().to_dict() == pytest.approx(teams["value"].to_dict()), metric
        assert found.loc[teams.index, whole].tolist() == teams["denominator"].tolist()


@pytest.mark.parametrize("team", ("T0", "T1", "T3"))
def test_the_total_of_a_team_is_what_it_asks_and_that_of_the_company_is_every_pair(con, team):
    counts = ["raised", "urgent", "delivered", "days_sum", "revisions", "due", "on_time"]
    own = requests.asking(con, Q3, SLA).set_index("team_id").loc[team]
    total = requests.total(con, Q3, SLA, team).iloc[0]
    assert total[counts].tolist() == own[counts].tolist()
    assert total["urgent_share"] == pytest.approx(own["urgent_share"], nan_ok=True)
    assert requests.total(con, Q3, SLA).iloc[0][counts].tolist() == requests.flow(con, Q3, SLA)[counts].sum().tolist()


def test_answers_within_their_time_by_priority(con):
    found = requests.sla(con, Q3, SLA)
    assert found[["priority", "hours", "judged", "in_time", "answered"]].values.tolist() == [
        ["urgent", 2.0, 3, 1, 2], ["important", 24.0, 1, 1, 1], ["routine", 72.0, 1, 0, 0]]
    assert found["response_hours"].tolist()[:2] == [pytest.approx((2 + 2 + 1 / 3600) / 2), 1.0]
    told = metrics.measure(con, Q3, DEFINITIONS, {"response_within_sla"})
    whole = told[told["metric"].eq("response_within_sla") & told["subject_type"].eq("company")].iloc[0]
    assert (found["in_time"].sum(), found["judged"].sum()) == (whole["numerator"], whole["denominator"])
    assert requests.sla(con, Q3, SLA, "T1")["judged"].tolist() == [2, 1]


def test_incidents_by_severity_are_cut_to_the_period(stored):
    con = stored(teams=TEAMS, employees=STAFF, assignments=MOVED,
                 incidents="incident_id,owner_id,started_at,resolved_at,severity\n"
                 "I1,E2,2026-06-30 23:50:00,2026-07-01 00:30:00,P1\nI2,E2,2026-07-10 10:00:00,2026-07-10 10:20:00,P1\n"
                 "I3,E1,2026-09-30 23:45:00,,P2\nI4,E2,2026-10-01 00:00:00,,P1\nI5,E1,2026-07-01 00:00:00,2026-07-01 00:05:00,\n"
                 "I6,E1,2026-06-30 23:00:00,2026-07-01 00:00:00,P1").cursor()
    found = requests.incidents(con, Q3)
    rows = [[row[0] if isinstance(row[0], str) else None, *row[1:]] for row in found.values.tolist()]
    assert rows == [["P1", 2, 0, 50.0, 30.0], ["P2", 1, 1, 15.0, 15.0], [None, 1, 0, 5.0, 5.0]]
    told = metrics.measure(con, Q3, DEFINITIONS, {"downtime_minutes"})
    assert told.loc[told["subject_type"].eq("company"), "value"].tolist() == [found["minutes"].sum()]
    assert requests.incidents(con, Q3, "T0")["minutes"].tolist() == [50.0, 5.0]


def test_nothing_asked_is_empty(stored):
    con = stored().cursor()
    assert requests.flow(con, Q3, SLA).empty and requests.sla(con, Q3, SLA).empty and requests.incidents(con, Q3).empty
