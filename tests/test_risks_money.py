"""Risks of what is paid: each fires exactly at its threshold and not before it."""

import pytest

from core import plan as plans
from core import risks
from tests.test_risks import NAN, Q3, STAFF, judged, rows, staff, table


def test_a_front_that_is_met_and_after_sales_exactly_at_their_bar_is_a_rush(stored):
    # project → pool, presale, after-sales, their day
    projects = {"at": (1000, 100, 0.06, "09-30"), "front_missed": (1000, 99, 0.06, "09-30"), "met": (1000, 100, 0.059, "09-30"),
                "no_pool": ("", 100, 0.06, "07-01"), "later": (1000, 100, 0.06, "10-01"), "open": (1000, 100, "", "09-30")}
    steps = [line for name, (_, front, after, day) in projects.items() for line in (
        f"{name},presale,0.3,100,{front},higher,2026-06-01", f"{name},final_payment,0.5,100,,higher,2026-07-01",
        f"{name},after_sales,0.2,0.06,{after},lower,2026-{day}")]
    store = stored(projects=table("project_id,name,bonus_pool", *[f"{n},{n},{told[0]}" for n, told in projects.items()]),
                   milestones=table("project_id,milestone,share,target,actual,better,due_date", *steps))
    found = judged(store, "rush")
    assert {name: told[2] for name, told in rows(found, "after_sales_missed").items()} == {
        "at": True, "front_missed": False, "met": False, "no_pool": True}
    assert found.evidence.set_index("subject_id")["before"].to_dict() == {
        "at": 300, "met": 300, "front_missed": NAN, "no_pool": NAN}
    assert found.sheets == ("orders",)


@pytest.mark.parametrize(("now", "state"), [(12, "fired"), (11.9, "quiet")])
def test_refunds_of_the_company_rise_by_exactly_a_fifth(stored, now, state):
    store = stored(orders=f"order_id,buyer_id,paid_at,paid_amount,refund_amount,team_id\nA,B,2026-05-01 10:00,100,10,T1\n"
                          f"C,D,2026-08-01 10:00,100,{now},T1")
    found = judged(store, "rush")
    assert found.state == state and rows(found, "refund_rise") == {None: (now / 100, pytest.approx(0.12), state == "fired")}


def test_the_budget_warns_above_nine_tenths_and_is_passed_above_the_whole(stored):
    store = stored(employees=table(STAFF, *staff(3)), adjustments=table(
        "adjustment_id,quarter,employee_id,amount,reason", *[f"X{n},2026Q3,E00{n},300,x" for n in range(3)]))
    for budget, condition, over in ((1000, "near_budget", False), (999.98, "near_budget", True), (900, "near_budget", True),
                                    (899.99, "over_budget", True)):
        found = judged(store, "budget", budget=budget)
        limit = budget if condition == "over_budget" else 0.9 * budget
        assert rows(found, condition) == {None: (900, pytest.approx(limit), over)}
        assert found.changes == ({"company.over_budget": "scale"} if over else {})
    assert rows(found, "budget_rule")["adjustments"][0] == rows(found, "budget_team")["T1"][0] == 900
    assert judged(store, "budget", budget=900, over_budget="scale").changes == {}
    assert judged(store, "budget", budget=0).state == "unknown"


CURVES = {"jump": [[0, 0], [0.9, 50], [0.9, 90], [1, 100]]}


def cliffs(stored, *attained):
    """A company of designers whose one metric came to these shares of its target, under a curve that jumps at 0.9."""
    plan = plans.default()
    plan["curves"] |= CURVES
    plan["scorecards"]["design"] = {"weights": {"template_reuse": 1.0}, "curves": {"template_reuse": "jump"}}
    store = stored(employees=table(STAFF, *staff(len(attained))), targets="quarter,subject_type,subject_id,metric,target\n"
                   "2026Q3,company,,template_reuse,10", member_months=table("month,employee_id,template_reuses,templates", *[
                       f"2026-08,E{n:03},{round(100 * share, 6)},10" for n, share in enumerate(attained)]))
    return risks._finding(risks.Facts(store, Q3, plan), "cliff", plan["risks"]["cliff"], store.counts())


@pytest.mark.parametrize(("third", "state"), [(0.882, "fired"), (0.881, "quiet"), (0.9, "quiet")])
def test_a_cliff_has_three_people_at_most_two_per_cent_below_it(stored, third, state):
    found = cliffs(stored, 0.89, 0.885, third)
    assert found.state == state
    assert rows(found, "curve_jump") == {"jump": (3 if state == "fired" else 2, 3, state == "fired")}
    assert found.evidence.set_index("condition")["before"]["curve_jump"] == 0.9 and "E000" not in str(found.evidence.values)


def test_three_scores_just_below_a_grade_are_a_cliff_and_a_score_at_it_is_none(stored):
    # the curve gives 100 points of a target met, 98 of 0.98
    found = cliffs(stored, 0.98, 0.98, 0.98, 1, 0.979)
    assert rows(found, "grade_bar")["A"] == (3, 3, True) and rows(found, "grade_bar")["B"] == (0, 3, False)
