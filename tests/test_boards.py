"""The boards' frames: what is said of projects, squads, groups and honours is what the settlement paid."""

from datetime import date

import pandas as pd
import pytest

from core import boards, changes, periods, quarter
from core import plan as plans
from tests.test_settlement import COMPANY

Q3, Q4 = periods.quarter("2026Q3"), periods.quarter("2026Q4")
LATER = date(2027, 3, 1)
PAST = {"projects": """project_id,name,bonus_pool,start_date,end_date
P1,618,100000,2026-05-01,2026-09-10
P2,双11,1000,2026-10-01,
P3,三八,1000,2026-03-01,2026-03-10""",
        "milestones": """project_id,milestone,share,target,actual,better,due_date
P1,presale,0.3,100,100,higher,2026-06-30
P1,final_payment,0.5,100,99.99,higher,2026-09-30
P1,after_sales,0.2,0.06,,lower,2026-07-01
P2,presale,0.3,1,5,higher,2026-10-01
P3,presale,0.333,1,1,higher,2026-03-10"""}


def settling(store, asked: list | None = None):
    def settle(period):
        if asked is not None:
            asked.append(period.label)
        return quarter.settle(store, period)
    return settle


@pytest.fixture
def store(stored):
    return stored(**COMPANY | PAST)


def test_a_projects_stage_is_told_by_its_dates_against_the_quarter(store):
    found = boards.projects(store.cursor(), Q3, LATER).set_index("project_id")["stage"]
    assert found.to_dict() == {"P1": "over", "P2": "before", "P3": "over"}
    assert boards.projects(store.cursor(), Q4, LATER).set_index("project_id")["stage"].to_dict() == {
        "P1": "over", "P2": "running", "P3": "over"}
    # In the quarter that is not over it is what it is today, its last day included.
    for today, stage in ((date(2026, 9, 10), "running"), (date(2026, 9, 11), "over"), (date(2026, 4, 30), "before")):
        assert boards.projects(store.cursor(), Q3, today).set_index("project_id").loc["P1", "stage"] == stage


def test_a_milestone_is_what_its_own_quarter_said_and_open_before_it_is_due(store):
    asked = []
    found, received = boards.milestones(store.cursor(), Q3, settling(store, asked))
    assert asked == ["2026Q1", "2026Q2", "2026Q3"]
    told = found.set_index(["project_id", "milestone"])
    assert told["state"].to_dict() == {
        ("P1", "presale"): "met", ("P1", "final_payment"): "missed", ("P1", "after_sales"): "waiting",
        ("P2", "presale"): "open", ("P3", "presale"): "held"}
    assert told["paid"].sum() == received["received"].sum() == 30000
    assert boards.money(found).T.to_dict() == {"P1": {"released": 30000, "waiting": 20000, "missed": 50000},
                                               "P2": {"released": 0, "waiting": 300, "missed": 0},
                                               "P3": {"released": 0, "waiting": 333, "missed": 0}}


def test_a_milestone_due_when_the_rule_was_off_is_neither_met_nor_missed(store):
    off = quarter.settle(store, Q3, changes={"rules.milestone.on": False})
    found, received = boards.milestones(store.cursor(), Q3, lambda period: off)
    assert set(found["state"]) == {"off", "open"} and received.empty
    assert boards.money(found).sum().to_dict() == {"released": 0, "waiting": 300, "missed": 0}


def test_the_milestone_rule_alone_says_what_it_says_among_the_others(store):
    plan = quarter.plan_for(store, Q3)
    alone = quarter.settle(store, Q3, changes=boards.only(plan, "milestones"))
    assert list(alone.results) == ["milestone"] and changes.apply(plan, boards.only(plan, "milestones"))
    pd.testing.assert_frame_equal(alone.results["milestone"], quarter.settle(store, Q3).results["milestone"])


def test_a_member_has_what_the_ledger_paid_whoever_left_included(store):
    _, received = boards.milestones(store.cursor(), Q3, settling(store))
    people = boards.members(store.cursor(), received).set_index("employee_id")
    assert people["received"].to_dict() == {"E1": 18000, "E3": 12000}
    assert people["duty"].to_dict() == {"E1": "策略", "E3": "客服"}


SQUADS = {"teams": """team_id,name,kind
S1,轻茶,squad
S2,花茶,squad
S3,养生,squad
S4,旧组,squad
A1,平台,standing""",
          "sku_months": """month,sku_id,team_id,gmv,gmv_target,buyers,repeat_buyers,profit,category_rank
2026-05,TEA,S1,400000,300000,,,,
2026-07,TEA,S1,500000,500000,1000,300,100,10
2026-07,SET,S1,100000,,1000,300,100,10
2026-07,TEA,S2,600000,600000,1000,301,100,11
2026-08,TEA,S3,299999.99,300000,1000,301,-5,1
2026-07,TEA,A1,900000,1,,,,"""}


def test_squads_rank_by_gmv_joint_where_equal_and_a_sku_without_a_target_leaves_none(stored):
    ranked = boards.ranking(stored(**COMPANY | SQUADS).cursor(), Q3)
    assert ranked[["team_id", "gmv", "place"]].head(3).values.tolist() == [
        ["S1", 600000, 1], ["S2", 600000, 1], ["S3", 299999.99, 3]]
    assert ranked["team_id"].tolist() == ["S1", "S2", "S3", "S4"]  # the platform team is no squad; S4 has no figures
    told = ranked.set_index("team_id")
    assert told["previous"].dropna().to_dict() == {"S1": 400000}
    assert told["attainment"].round(6).dropna().to_dict() == {"S2": 1.0, "S3": 1.0} and pd.isna(told.loc["S1", "gmv_target"])
    assert told.loc["S3", "attainment"] < 1


def test_a_rockets_stages_say_whether_their_own_figure_would_do(stored):
    stages = boards.rocket(quarter.settle(stored(**COMPANY | SQUADS), Q3)).set_index(["team_id", "sku_id", "stage"])
    assert stages["passes"].to_dict() == {
        ("S1", "SET", 1): None, ("S1", "SET", 2): False, ("S1", "SET", 3): True,
        ("S1", "TEA", 1): True, ("S1", "TEA", 2): False, ("S1", "TEA", 3): True,
        ("S2", "TEA", 1): True, ("S2", "TEA", 2): True, ("S2", "TEA", 3): False,
        ("S3", "TEA", 1): False, ("S3", "TEA", 2): True, ("S3", "TEA", 3): True}


def test_the_shares_of_the_stages_add_up_to_the_ledger(store):
    settled = quarter.settle(store, Q3)
    divided = boards.shares(settled)
    ledger = settled.ledger[settled.ledger["rule"] == "rocket"]
    assert round(divided["total"].sum(), 2) == round(ledger["amount"].sum(), 2) == 21000
    assert divided.groupby("sku_id")[[1, 2, 3]].sum().round(2).values.tolist() == [[5000, 10000, 6000]]


GROUPS = {"employees": """employee_id,name,role,level,team_id,hire_date,leave_date
E1,林一,technology,junior,T1,2025-01-01,
E2,周二,technology,junior,T1,2025-01-01,
E3,吴三,operations,junior,V1,2025-01-01,
E4,郑四,management,senior,V1,2025-01-01,
E5,王五,operations,junior,S1,2025-01-01,""",
          "teams": """team_id,name,kind,parent_team,lifecycle
T1,技术组,standing,,
V1,会员组,standing,,repurchase
V0,事业部,standing,,
P1,私域组,standing,,retention
S1,特战组,squad,V0,acquisition""",
          "team_months": """month,team_id,gmv,buyers,repeat_buyers,community_members,community_active
2026-05,V1,800000,100,20,,
2026-07,V1,900000,100,30,,
2026-07,P1,100000,100,33,100,46
2026-07,S1,500000,100,33,,""",
          "incidents": """incident_id,owner_id,started_at,resolved_at
F1,E1,2026-07-01T00:00:00,2026-07-01T01:00:00
F2,E2,2026-07-01T00:00:00,2026-07-01T00:30:00""",
          "requests": """request_id,from_team,owner_id,priority,created_at,responded_at
R1,V1,E1,urgent,2026-07-01T00:00:00,2026-07-01T00:30:00
R2,V1,E2,urgent,2026-07-01T00:00:00,2026-07-09T00:30:00""",
          "targets": """quarter,subject_type,subject_id,metric,target
2026Q3,role,operations,gmv,1000000
2026Q3,role,technology,downtime_minutes,60
2026Q3,role,technology,response_within_sla,0.5
2026Q3,company,,repurchase_rate,0.3"""}


@pytest.fixture
def answering(stored):
    plan = plans.copied(plans.default())
    plan["teams"] = {"P1": {"scorecard": "private_domain"}}
    lines = boards.groups(stored(**GROUPS), Q3, plan)
    return lines.set_index(["team_id", "metric"])


def test_a_group_answers_for_its_own_card_else_for_those_of_its_roles_and_nobody_for_the_companys(answering):
    cards = answering.reset_index().groupby("team_id")["scorecard"].agg(set).to_dict()
    assert cards == {"T1": {"technology"}, "V1": {"operations"}, "V0": {"operations"}, "P1": {"private_domain"}}
    assert answering.loc[("V1", "gmv"), ["value", "target", "score", "previous", "lifecycle"]].tolist() == [
        900000, 1000000, 90, 800000, "repurchase"]
    # exactly at the target is 100
    assert answering.loc[("V1", "repurchase_rate"), "score"] == 100
    assert answering.loc[("P1", "repurchase_rate"), "score"] == pytest.approx(110)


def test_a_groups_personal_figures_are_those_of_its_people_not_of_who_asked(answering):
    assert answering.loc[("T1", "response_within_sla"), ["value", "score"]].tolist() == [0.5, 100]
    assert answering.loc[("T1", "downtime_minutes"), "value"] == 90


def test_one_posts_target_is_no_bar_for_a_sum_of_several(answering):
    """60 minutes are one engineer's, a million one squad's."""
    for team, metric in (("T1", "downtime_minutes"), ("V0", "gmv")):
        assert answering.loc[(team, metric), "missing"] == "no_target" and pd.isna(answering.loc[(team, metric), "score"])


HONOURS = COMPANY | {"nps_responses": """date,team_id,promoters,passives,detractors
2026-07-01,S1,50,40,10
2026-07-01,A1,50,40,10""", "employees": COMPANY["employees"] + "\nE9,钱九,operations,junior,A1,2025-01-01,,5000,no"}


def test_a_winners_lines_are_the_figures_that_won(stored):
    store = stored(**HONOURS)
    settled = quarter.settle(store, Q3, awards=True)
    won, lines = boards.monthly(store, Q3, settled)
    assert len(won) and set(won["month"]) == {"2026-07"} and set(won["award"]) == {"traffic_hunter"}
    for winner in won.to_dict("records"):
        mine = lines[lines["winner"].eq(winner["winner"]) & lines["month"].eq(winner["month"])]
        assert mine["weight"].sum() == pytest.approx(1)
        assert (mine["score"] * mine["weight"]).sum() == pytest.approx(winner["figure"])
        assert mine["team_id"].eq(winner["team_id"]).all()


def test_a_winners_bonus_points_are_told_beside_the_figures(stored):
    store = stored(**GROUPS | {"member_months": """month,employee_id,tool_contribution,innovation_support
2026-07,E1,50,3
2026-07,E2,50,
2026-08,E2,50,9""", "targets": GROUPS["targets"] + "\n2026Q3,role,technology,tool_contribution,100"})
    won, lines = boards.monthly(store, Q3, quarter.settle(store, Q3, awards=True))
    july = won[won["month"].eq("2026-07") & won["award"].eq("system_guardian")]
    mine = lines[lines["month"].eq("2026-07") & lines["winner"].isin(july["winner"])]
    assert july["winner"].tolist() == ["E1"] and mine["bonus_points"].tolist() == [3, 3, 3]
    assert (mine["score"] * mine["weight"]).sum() + 3 == pytest.approx(july["figure"].iloc[0])


def test_the_years_votes_count_up_to_the_quarter_joint_where_equal(stored):
    store = stored(**COMPANY | {"votes": """date,nominee_type,nominee_id,votes,story
2025-12-31,employee,E1,99,
2026-01-01,employee,E1,3,陪老客到深夜
2026-09-30,team,S1,2,
2026-09-30,team,S1,1,回访
2026-10-01,employee,E2,9,"""})
    so_far = boards.votes(store.cursor(), Q3)
    assert so_far[["nominee_id", "votes", "place", "team_id"]].values.tolist() == [["E1", 3, 1, "S1"], ["S1", 3, 1, "S1"]]
    assert so_far["stories"].tolist() == [["陪老客到深夜"], ["回访"]]
    decided = boards.votes(store.cursor(), Q4)
    winners = quarter.settle(store, Q4, awards=True).awards.query("award == 'users_choice'")["winner"]
    assert decided.loc[decided["place"].eq(1), "nominee_id"].tolist() == winners.tolist() == ["E2"]


def test_a_company_without_these_sheets_has_empty_boards(stored):
    store = stored(employees=COMPANY["employees"])
    con = store.cursor()
    settled = quarter.settle(store, Q3, awards=True)
    assert boards.projects(con, Q3, LATER).empty and boards.milestones(con, Q3, settling(store))[0].empty
    assert boards.ranking(con, Q3).empty and boards.rocket(settled).empty and boards.shares(settled).empty
    assert boards.groups(store, Q3, settled.plan).empty and boards.votes(con, Q3).empty
    assert all(frame.empty for frame in boards.monthly(store, Q3, settled))
