"""Which team a ledger row belongs to: one answer, so that the teams' sums add up to the total."""

import pytest

from core import belonging, periods, quarter, statement
from tests.test_settlement import COMPANY

Q3 = periods.quarter("2026Q3")


@pytest.fixture
def store(stored):
    return stored(**COMPANY)


def sums(settled, rows) -> dict:
    ledger = settled.ledger.iloc[rows]
    return ledger[ledger["unit"].eq("CNY")].groupby("rule")["amount"].sum().round(2).to_dict()


def test_who_moved_earned_where_they_were(stored):
    """E4 was in A1 until July and in S1 from 10 August: the commission of each is the team's, the points go with the person."""
    moved = {"collaboration_points": COMPANY["collaboration_points"] + "\n2026-07-01,E4,earned,50\n2026-07-02,E4,redeem_bonus,50",
             "nps_responses": COMPANY["nps_responses"] + "\n2026-08-01,A1,50,40,10"}
    store = stored(**COMPANY | moved)
    settled, con = quarter.settle(store, Q3), store.cursor()
    mine = settled.ledger["beneficiary_id"].eq("E4")
    team = belonging.teams(con, settled)[mine]
    rows = settled.ledger[mine].assign(team=team)
    paid = rows[rows["rule"].eq("commission")]
    assert sorted(set(paid["team"])) == ["A1", "S1"] and (paid.loc[paid["status"].eq("payable"), "amount"] > 0).all()
    assert rows.loc[rows["rule"].eq("points"), "team"].tolist() == ["S1"]
    assert {"E4"} <= set(belonging.employees(con, settled, {"A1"})) & set(belonging.employees(con, settled, {"S1"}))


def test_the_teams_sums_add_up_to_the_total_and_no_row_is_in_two_teams(sample_store):
    settled, con = quarter.settle(sample_store, Q3), sample_store.cursor()
    own = settled.ledger["unit"].eq("CNY") & settled.ledger["beneficiary_type"].ne("project")
    by_team = settled.ledger[own].groupby(belonging.teams(con, settled)[own])["amount"].sum()
    assert by_team.sum() == pytest.approx(settled.totals["payable_cny"])
    found = [row for team in by_team.index for row in belonging.of_teams(con, settled, {team})]
    people = [row for row in found if settled.ledger["beneficiary_type"].iloc[row] != "project"]
    assert len(people) == len(set(people)) == settled.ledger["beneficiary_type"].ne("project").sum()


def test_a_leavers_money_stays_with_the_team_they_left(stored):
    """E3's milestone share a quarter after leaving S1 is still S1's."""
    later = COMPANY | {"milestones": COMPANY["milestones"].replace("refund,0.2,0.06,0.06", "refund,0.2,0.06,0.05"),
                       "team_months": COMPANY["team_months"] + "\n2026-10,S1,1,1,1"}
    store = stored(**later)
    settled = quarter.settle(store, periods.quarter("2026Q4"))
    assert "E3" not in set(settled.scores["employee_id"])
    assert sums(settled, belonging.of_teams(store.cursor(), settled, {"S1"}))["milestone"] == 20000


def test_a_pool_is_told_once_with_what_the_team_gets_of_it(store):
    settled, con = quarter.settle(store, Q3), store.cursor()
    rows = belonging.of_teams(con, settled, {"S1"})
    told = {line.item: (line.entry["amount"], count, line.steps[-1].name) for line, count in
            statement.pools(settled, rows, None, {"S1": "轻茶"}, "zh")}
    assert told["618 · 预售"] == (30000, 2, "pool") and told["轻茶 · TEA · 第 1 级"] == (5000, 4, "pool")
    assert sum(amount for amount, *_ in told.values()) == pytest.approx(
        statement.shares(settled, [row for row in rows if statement.is_share(settled, [row])[0]])["amount"].sum())


def test_a_team_has_its_pools_its_peoples_rows_and_its_projects_open_ones(store):
    settled = quarter.settle(store, Q3)
    rows = settled.ledger.iloc[belonging.of_teams(store.cursor(), settled, {"S1"})]
    assert rows.loc[rows["beneficiary_type"].eq("project"), "item"].tolist() == ["P1 · after_sales", "P1 · final_payment"]
    assert rows.loc[rows["rule"].eq("rocket"), "amount"].sum() == pytest.approx(21000)
    assert {"commission", "rocket", "milestone", "equity", "points", "benefit", "adjustments"} <= set(rows["rule"])
    assert "E5" not in set(rows["beneficiary_id"])
