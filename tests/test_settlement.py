"""A quarter from stored rows to the ledger: populations, statuses, explanation, and what must hold of any ledger."""

import math
import re

import pandas as pd
import pytest

from core import changes, explanation, people, periods, quarter, text, wording
from core import plan as plans

Q3 = periods.quarter("2026Q3")
COMPANY = {
    "employees": """employee_id,name,role,level,team_id,hire_date,leave_date,bonus_target,is_core
E1,林一,operations,junior,S1,2025-01-01,,6000,yes
E2,周二,operations,junior,S1,2025-01-01,,5000,no
E3,吴三,operations,middle,S1,2025-01-01,2026-08-15,4000,yes
E4,郑四,operations,junior,A1,2025-01-01,,3000,no
E5,王五,design,junior,A1,2025-01-01,,5000,no""",
    "teams": """team_id,name,kind,parent_team
S1,轻茶特战组,squad,A0
A1,平台组,standing,A0
A0,事业部,standing,""",
    "assignments": """employee_id,from_date,to_date,role,level,team_id,bonus_target,position_value
E4,2025-01-01,2026-07-31,operations,junior,A1,,
E4,2026-08-10,,operations,middle,S1,4600,""",
    "team_months": """month,team_id,gmv,buyers,repeat_buyers
2026-07,S1,1100000,100,27
2026-07,A1,900000,100,33""",
    "nps_responses": """date,team_id,promoters,passives,detractors
2026-08-01,S1,50,40,10""",
    "targets": """quarter,subject_type,subject_id,metric,target
2026Q3,role,operations,gmv,1000000
2026Q3,company,,repurchase_rate,0.3
2026Q3,company,,nps,40""",
    "projects": """project_id,name,bonus_pool,start_date
P1,618,100000,2026-05-01""",
    "milestones": """project_id,milestone,share,target,actual,better,due_date
P1,presale,0.3,100,100,higher,2026-07-01
P1,final_payment,0.5,100,,higher,2026-09-30
P1,after_sales,0.2,0.06,0.06,lower,2026-08-31
P1,presale2,0.2,0.06,0.06,lower,2026-10-01""".replace("presale2", "refund"),
    "project_members": """project_id,employee_id,duty,share
P1,E1,策略,0.6
P1,E3,客服,0.4""",
    "sku_months": """month,sku_id,team_id,gmv,gmv_target,buyers,repeat_buyers,profit,category_rank
2026-07,TEA,S1,200000,200000,500,200,60000,3
2026-08,TEA,S1,300000,200000,500,220,60000,8
2026-07,TEA,A1,300000,200000,500,220,60000,8""",
    "equity_grants": """grant_id,employee_id,units,grant_date,years,ltv_growth_min,repurchase_lift_min
G1,E1,1000,2024-08-15,4,,
G2,E3,1000,2024-08-16,4,,
G3,E1,1001,2023-08-15,4,,
G4,E2,10,2024-08-15,4,0.1,""",
    "collaboration_points": """date,employee_id,kind,points
2025-01-02,E1,earned,20
2026-07-05,E1,redeem_bonus,30
2026-07-05,E1,redeem_leave,50
2026-07-05,E1,earned,40
2026-07-06,E1,redeem_bonus,31
2026-07-07,E1,redeem_bonus,30""",
    "grades": """quarter,employee_id,grade
2026Q2,E1,B
2026Q1,E1,A+""",
    "benefit_choices": """quarter,employee_id,position,benefit,amount
2026Q3,E1,2,健身,401
2026Q3,E1,1,课程,600
2026Q3,E2,1,课程,600""",
    "innovation_projects": """application_id,team_id,date,requested,approved,approved_date,status
I1,A1,2026-07-01,100000,100000,2026-09-30,approved
I2,A1,2026-07-01,100000,100000,2026-10-01,approved
I3,A1,2026-07-01,100000,,,pending""",
    "adjustments": """adjustment_id,quarter,employee_id,amount,reason
X1,2026Q3,E2,-120.5,漏扣
X2,2026Q2,E2,99,旧季""",
    "votes": """date,nominee_type,nominee_id,votes
2026-02-01,employee,E1,3
2026-12-01,team,S1,3
2026-12-01,employee,E2,1"""}


@pytest.fixture
def store(stored):
    return stored(**COMPANY)


def rows(settled, rule: str) -> list[tuple]:
    ledger = settled.ledger[settled.ledger["rule"] == rule]
    return [(r.beneficiary_id, r.item, r.amount, r.status) for r in ledger.itertuples()]


def test_each_rule_reads_its_rows_of_the_quarter(store):
    settled = quarter.settle(store, Q3)
    assert rows(settled, "milestone") == [
        ("E1", "P1 · presale", 18000, "payable"), ("E3", "P1 · presale", 12000, "payable"),
        ("P1", "P1 · after_sales", 0, "not_met"), ("P1", "P1 · final_payment", 0, "pending")]
    # 42 % of 1,000 buyers, rank 8 in the last month, profit 120,000; person-days 92, 92, 46 and 52 from the transfer on
    rocket = settled.ledger[settled.ledger["rule"] == "rocket"]
    assert rocket.groupby("item")["amount"].sum().round(2).to_dict() == {"TEA · 1": 5000, "TEA · 2": 10000, "TEA · 3": 6000}
    assert settled.results["rocket"].drop_duplicates("employee_id").set_index("employee_id")["person_days"].to_dict() == {
        "E1": 92, "E2": 92, "E3": 46, "E4": 52}
    assert rows(settled, "equity") == [("E1", "G1 · 2", 250, "payable"), ("E3", "G2 · 2", 0, "not_met"),
                                       ("E1", "G3 · 3", 250, "payable"), ("E2", "G4 · 2", 0, "pending")]
    assert rows(settled, "points") == [("E1", "2026-07-05 · redeem_bonus", 300, "payable"),
                                       ("E1", "2026-07-05 · redeem_leave", 0, "not_met"),
                                       ("E1", "2026-07-06 · redeem_bonus", 0, "not_met"),
                                       ("E1", "2026-07-07 · redeem_bonus", 300, "payable")]
    assert rows(settled, "benefit") == [("E1", "1 · 课程", 600, "payable"), ("E1", "2 · 健身", 0, "not_met"),
                                        ("E2", "1 · 课程", 0, "not_met")]
    assert rows(settled, "adjustments") == [("E2", "X1", -120.5, "payable")]
    assert rows(settled, "innovation_fund") == [] and rows(settled, "team_bonus") == []


def test_the_last_tranche_of_a_grant_holds_the_unit_left_over(store):
    last = quarter.settle(store, periods.quarter("2027Q3")).results["equity"]
    assert last.set_index("grant_id")["tranche_units"].to_dict() == {"G1": 250, "G2": 250, "G3": 251, "G4": 3}


def test_phases_switch_rules_on_and_off(store):
    mature = quarter.settle(store, Q3, changes={"company.phase": "mature"})
    assert rows(mature, "innovation_fund") == [("A1", "I1", 100000, "payable")]
    assert mature.totals["payable_cny"] == quarter.settle(store, Q3).totals["payable_cny"]
    startup = quarter.settle(store, Q3, changes={"company.phase": "startup"})
    assert rows(startup, "equity") == []


def test_a_transfer_is_paid_by_assignment_and_days_without_one_are_held(store):
    scores = quarter.settle(store, Q3).scores
    mine = scores[scores["employee_id"] == "E4"]
    assert mine[["team_id", "eligible_days", "base", "status", "reason"]].values.tolist() == [
        ["A1", 31, 3000, "payable", ""], ["A1", 9, 3000, "held", "no_assignment"], ["S1", 52, 4600, "payable", ""]]
    belongs = people.belongs(store.cursor(), Q3).set_index("employee_id")
    assert belongs.loc["E4", ["team_id", "level"]].tolist() == ["S1", "middle"]


def test_the_year_chooses_in_its_fourth_quarter_joint_where_equal(store):
    awards = quarter.settle(store, periods.quarter("2026Q4"), awards=True).awards
    assert awards[["month", "award", "winner"]].values.tolist() == [
        ["2026", "users_choice", "E1"], ["2026", "users_choice", "S1"]]
    assert quarter.settle(store, Q3, awards=True).awards["award"].ne("users_choice").all()


def test_the_budget_scales_commission_only_and_leaves_the_rest(store):
    whole = quarter.settle(store, Q3)
    commission = whole.ledger.query("rule == 'commission'")["amount"].sum()
    budget = whole.totals["payable_cny"] - commission / 2
    scaled = quarter.settle(store, Q3, changes={"company.budget": budget, "company.over_budget": "scale"})
    assert scaled.totals["factor"] == pytest.approx(0.5, abs=1e-6)
    assert told(scaled, "commission", 0)["budget_factor"][0] == scaled.totals["factor"]
    assert scaled.totals["payable_cny"] == pytest.approx(budget, abs=0.03)
    assert rows(scaled, "rocket") == rows(whole, "rocket")


def test_squads_paid_by_the_rocket_only_have_no_commission(store):
    settled = quarter.settle(store, Q3, changes={"rules.rocket.members": "rocket_only"})
    paid = settled.scores.set_index(["employee_id", "team_id"])["status"]
    assert paid["E1", "S1"] == "not_met" and paid["E4", "A1"].tolist() == ["payable", "held"]


SHEET = {"ROUND": lambda x, n: math.copysign(math.floor(round(abs(x) * 10**n, 6) + 0.5) / 10**n, x), "MAX": max, "MIN": min,
         "IF": lambda test, yes, no: yes if test else no, "ROUNDDOWN": lambda x, n: math.floor(round(x * 10**n, 6)) / 10**n,
         "FLOOR": lambda x, step: math.floor(x / step) * step}


def computed(formula: str, values: dict):
    apart = re.sub(r"=(?=\")", "==", formula).replace('"payable"', "PAYABLE")
    spelled = explanation.NAME.sub(lambda name: f"v[{name[0]!r}]", apart)
    return eval(spelled, {"__builtins__": {}}, SHEET | {"v": values, "PAYABLE": "payable"})


@pytest.mark.parametrize("phase", ["startup", "growth", "mature"])
def test_every_row_says_why_and_its_inputs_give_its_amount(store, phase):
    store.release("2026Q3", ["E4"], "renormalise", "")
    settled = quarter.settle(store, Q3, changes={"company.phase": phase})
    provenance, recomputed = quarter.sources(store, Q3, settled.plan), 0
    for number in range(len(settled.ledger)):
        steps = explanation.steps(settled, number, provenance)
        assert len(steps) > 3 and all(step.source or step.name == "status" for step in steps if step.value == step.value), steps
        values = {step.name: step.value for step in steps}
        for step in steps:
            if step.formula:
                assert computed(step.formula, values) == pytest.approx(step.value, abs=1e-9), (step, values)
                recomputed += step.name == "amount"
        assert values["amount"] == settled.ledger.iloc[number]["amount"]
    assert recomputed > 20


def told(settled, rule: str, number: int, provenance=None) -> dict[str, tuple]:
    """Step → (value, source) of the rule's row of this number."""
    row = settled.ledger.index[settled.ledger["rule"].eq(rule)][number]
    return {step.name: (step.value, step.source) for step in explanation.steps(settled, row, provenance)}


def test_a_grade_says_whether_it_was_uploaded_computed_or_is_not_there(store):
    settled = quarter.settle(store, Q3)
    assert told(settled, "benefit", 0)["grade_before"] == ("B", "cases · grades · 2")
    assert told(settled, "benefit", 2)["grade_before"] == (None, "no grade")
    lines = explanation.steps(settled, settled.ledger.index[settled.ledger["rule"].eq("benefit")][2])
    assert wording.value(lines[0], "zh") == "—" and wording.how(lines[0], lines, "zh") == "没有已上传或可评定的等级"


def test_the_growth_fund_tells_the_grade_of_each_quarter_that_counts(stored):
    store = stored(**COMPANY | {"grades": COMPANY["grades"].replace("2026Q2,E1,B", "2026Q2,E1,A+")})
    settled = quarter.settle(store, Q3, changes={"grades.A+": 100, "grades.A": 99})
    steps = told(settled, "growth_fund", 0)
    assert [steps[f"grade_{back}"] for back in range(3)] == [
        ("A+", "scores of 2026Q3"), ("A+", "cases · grades · 2"), ("A+", "cases · grades · 3")]
    row = settled.ledger.index[settled.ledger["rule"].eq("growth_fund")][0]
    assert "2026Q1 等级" in [step.zh for step in explanation.steps(settled, row)]


def test_a_missed_tranche_names_the_condition_its_distance_and_the_figures_of_both_years(sample_store):
    settled = quarter.settle(sample_store, Q3)
    missed = settled.ledger[settled.ledger["reason"].eq("repurchase_missed")].iloc[0]
    number = settled.ledger.index[settled.ledger["rule"].eq("equity")].get_loc(missed.name)
    steps = told(settled, "equity", number, quarter.sources(sample_store, Q3, settled.plan))
    assert steps["repurchase_lift"][0] == pytest.approx((steps["repurchase"][0] - steps["repurchase_before"][0]) * 100)
    assert missed["figure"] == steps["repurchase_lift"][0] < missed["needed"] == steps["repurchase_lift_min"][0]
    assert steps["repurchase_before"][1] == "company repurchase_rate 2025Q3" and "·" in steps["repurchase"][1]
    assert "fraction" not in steps
    said = explanation.reason_text(missed, "zh")
    assert "个百分点" in said and f"差 {text.full(missed['needed'] - missed['figure'], 'plain', 'zh')}" in said


def test_a_refund_rate_of_a_milestone_is_told_in_per_cent(store):
    settled = quarter.settle(store, Q3)
    row = settled.ledger[settled.ledger["item"].eq("P1 · after_sales")].iloc[0]
    assert "实际 6%，须低于 6%" in explanation.reason_text(row, "zh")


def test_the_total_is_the_sum_of_the_rows_in_every_grouping(sample_store):
    settled = quarter.settle(sample_store, Q3)
    money = settled.ledger[settled.ledger["unit"].eq("CNY") & settled.ledger["rule"].ne("innovation_fund")]
    for group in ("rule", "beneficiary_id", "status", "item"):
        assert round(money.groupby(group)["amount"].sum().sum(), 2) == settled.totals["payable_cny"]
    totals = settled.totals
    assert round(sum(totals["payable_by_rule"].values()), 2) == totals["payable_cny"]
    assert totals["payable_by_rule"]["commission"] < totals["by_rule"]["commission"]
    assert round(sum(totals["by_rule"].values()), 2) == round(sum(totals["by_status"].values()), 2)


def test_a_quarter_computed_twice_is_the_same_byte_by_byte_and_row_order_changes_nothing(stored, tmp_path):
    def told(store):
        settled = quarter.settle(store, Q3)
        return settled.ledger.drop(columns="line").to_csv().encode() + settled.scores.drop(columns="_row").to_csv().encode()
    store = stored(**COMPANY)
    first = told(store)
    for kept in (quarter._measured, quarter._inputs, quarter._stored, quarter._about, quarter._placed):
        kept.cache_clear()
    assert told(store) == first
    store.close()
    (tmp_path / "cases.duckdb").unlink()
    turned = {name: "\n".join([table.split("\n")[0], *reversed(table.split("\n")[1:])]) for name, table in COMPANY.items()}
    assert told(stored(**turned)) == first


def test_renaming_ids_in_order_and_splitting_orders_over_two_files_changes_no_amount(store, stored, tmp_path, staged):
    def amounts(store):
        return quarter.settle(store, Q3).ledger[["rule", "amount", "potential", "status"]].fillna(-1).values.tolist()
    first = amounts(store)
    lines = ["order_id,buyer_id,paid_at,paid_amount,refund_amount,team_id"] + [
        f"O{i},B{i % 7},2026-0{7 + i % 3}-05 10:00,{100 + i},0,A1" for i in range(40)]
    store.save({"orders": staged(store.stage_folder(), "orders", "\n".join(lines))}, [])
    whole = amounts(store)
    store.undo(store.batches()[0]["batch"])
    for part in (lines[1:21], lines[21:]):
        store.save({"orders": staged(store.stage_folder(), "orders", "\n".join([lines[0], *part]))}, [])
    assert amounts(store) == whole != first
    store.close()
    (tmp_path / "cases.duckdb").unlink()
    renamed = {name: re.sub(r"\bE(\d)\b", r"person-\1", table) for name, table in COMPANY.items()}
    again = amounts(stored(**renamed))
    assert [[row[1], row[3]] for row in again] == [[row[1], row[3]] for row in first]


def test_a_missing_figure_never_pays_more_than_a_figure_of_zero(stored):
    """Without anybody's release: nothing is payable on it; released as zero it pays what the figure at 0 would."""
    without = COMPANY | {"nps_responses": "date,team_id,promoters,passives,detractors\n2026-01-01,S1,1,0,0"}
    store = stored(**without)
    assert set(quarter.settle(store, Q3).ledger.query("rule == 'commission'")["status"]) <= {"pending", "held"}
    zero = quarter.settle(store, Q3, changes={"missing": "zero"})
    for row in zero.metrics.query("metric == 'nps'").itertuples():
        assert pd.isna(row.score)
    assert (zero.scores["score"].dropna() <= 71).all()


def test_a_parent_team_keeps_its_sub_teams_after_the_teams_alone_were_measured(store):
    before = quarter.measured(store, Q3, plans.default()["definitions"])
    quarter.settle(store, Q3)
    quarter._measured.cache_clear()
    again = quarter.measured(store, Q3, plans.default()["definitions"])
    pd.testing.assert_frame_equal(before, again)
    gmv = again[again["metric"].eq("gmv")].set_index("subject_id")["value"]
    assert gmv["A0"] == 2_000_000


def test_the_longest_streak_asked_for_decides_how_far_back_grades_are_read(store):
    plan = plans.copied(plans.default())
    plan["rules"]["short"] = plan["rules"]["growth_fund"] | {"quarters": 1}
    grades = [quarter._populations(store, store.version(), Q3, p)[0]["grades"]["back"].max() for p in (plan, plans.default())]
    assert grades == [2, 2]


def test_a_rule_that_is_off_pays_nothing(store):
    settled = quarter.settle(store, Q3, changes={"rules.milestone.on": False})
    assert rows(settled, "milestone") == [] and "milestone" not in settled.totals["by_rule"]


def test_an_added_rule_needs_no_code(store):
    plan = plans.copied(plans.default())
    plan["rules"]["reviews"] = {"zh": "好评奖", "en": "Reviews", "kind": "per_unit", "clause": "", "on": True,
                                "metric": "gmv", "yuan": 0.001}
    settled = quarter.settle(store, Q3, plan=plan)
    assert settled.totals["by_rule"]["reviews"] == 2000
    assert changes.apply(plan, {"rules.reviews.yuan": 0.002})["rules"]["reviews"]["yuan"] == 0.002
