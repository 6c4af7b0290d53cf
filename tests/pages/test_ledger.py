"""The ledger on the page: whose rows a team sees, what they are called, and that its sums are one and the same."""

import pytest

from core import belonging, periods, quarter, scenarios
from pages.frame import draw, ledger
from pages.frame.session import Session
from tests.test_settlement import COMPANY

Q3 = periods.quarter("2026Q3")


def test_a_team_sees_its_projects_rows_by_name_also_those_that_pay_nobody_yet(stored):
    store = stored(**COMPANY)
    settled = quarter.settle(store, Q3)
    for team, found in (("S1", {("618", "not_met"), ("618", "pending")}), ("A1", set())):
        rows = ledger.of_team(Session(store, "ours", "zh", Q3, team), settled)
        projects = rows[rows["beneficiary_type"].eq("project")]
        assert set(zip(projects["name"], projects["status"], strict=True)) == found


def test_project_money_stands_beside_what_is_payable(stored):
    store = stored(**COMPANY)
    settled = quarter.settle(store, Q3, changes={"company.phase": "mature"})
    look = Session(store, "ours", "zh", Q3, None)
    rows = ledger.of_team(look, settled)
    drawn = ledger.by_rule(look, settled, rows)
    assert round(sum(drawn.series[0].values), 2) == settled.totals["payable_cny"] and "创新孵化基金" not in drawn.categories
    card = ledger.cards(look, settled, rows, draw.people(look, settled))[0]
    assert card["certainty"] == "另有项目资金 ¥10.0万，不计入"


@pytest.mark.parametrize("team", ["O01", "P01", None])
def test_ledger_people_and_charts_of_a_team_say_the_same_sum_as_its_statement(sample_store, team):
    """Somebody moved from O01 to P01 in the quarter."""
    settled, look = quarter.settle(sample_store, Q3), Session(sample_store, "sample", "zh", Q3, team)
    teams = {team} if team else set(settled.scores["team_id"])
    rows = settled.ledger.iloc[belonging.of_teams(sample_store.cursor(), settled, teams)]
    total = pytest.approx(rows.loc[rows["unit"].eq("CNY"), "amount"].sum())
    shown, people = ledger.of_team(look, settled), draw.people(look, settled)
    assert shown.loc[shown["unit"].eq("CNY"), "amount"].sum() == total and people["amount"].sum() == total
    for drawn in (draw.by_team(look, settled, people), draw.by_role(look, people), ledger.by_rule(look, settled, shown)):
        assert sum(drawn.series[0].values) == total
    assert draw.compared(look, settled, settled)["after"].sum() == total
    assert team is None or "E029" in set(people["employee_id"])


def test_money_of_people_without_an_assignment_in_the_quarter_is_in_every_sum(stored):
    store = stored(**COMPANY | {
        "employees": COMPANY["employees"] + "\nE7,赵七,design,junior,A1,2026-10-05,,5000,no\nE8,钱八,design,junior,A1,2025-01-01,"
                                            "2026-06-30,5000,no",
        "project_members": COMPANY["project_members"] + "\nP1,E8,客服,0.2",
        "adjustments": COMPANY["adjustments"] + "\nX3,2026Q3,E7,50,预付"})
    settled = quarter.settle(store, Q3)
    look, total = Session(store, "ours", "zh", Q3, None), settled.totals["payable_cny"]
    people = draw.people(look, settled)
    shown = people.set_index("employee_id").loc[["E7", "E8"]]
    assert shown["name"].tolist() == ["赵七", "钱八"] and shown["amount"].tolist() == [50, 5000] and shown["status"].isna().all()
    assert round(people["amount"].sum(), 2) == total
    for drawn in (draw.by_team(look, settled, people), draw.by_role(look, people)):
        assert round(sum(drawn.series[0].values), 2) == total
    assert round(sum(ledger.by_rule(look, settled, ledger.of_team(look, settled)).series[0].values), 2) == total
    assert {"赵七", "钱八"} <= set(ledger.of_team(look, settled)["name"])
    compared = scenarios.compare(settled, settled).as_json()
    for group in ("by_role", "by_team"):
        assert round(sum(part["after"] for part in compared[group].values()), 2) == total
    assert draw.compared(look, settled, settled)["name"].notna().all()
