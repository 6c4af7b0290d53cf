"""The ledger on the page: whose rows a team sees, and what they are called."""

from core import periods, quarter
from pages.frame import ledger
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
