"""The ledger on the page: whose rows a team sees, and what they are called."""

from core import periods, quarter
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
