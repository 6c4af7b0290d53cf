"""Cohorts against a plain pandas computation, a real file's figures and by hand."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.analysis import cohorts

SHOP = Path(__file__).parents[3] / "shared" / "real" / "orders" / "preppin_case150_orders_returns.csv"
HEAD = "order_id,buyer_id,paid_at,paid_amount,refund_amount,team_id\n"
BY_HAND = HEAD + "\n".join([
    "1,b1,2026-07-01 00:00:00,100,0,T1",
    "2,b2,2026-07-31 23:59:59,50,10,T2",   # the last second of July
    "3,b1,2026-08-01 00:00:00,40,0,T2",
    "4,b3,2026-08-15 12:00:00,30,0,T3",
    "5,b1,2026-09-30 10:00:00,20,5,T1",
    "6,b2,2026-09-30 10:00:00,0,30,T2",    # only a refund: money, no purchase
    "7,,2026-07-05 10:00:00,999,0,T1",     # nobody's
    "8,b4,2026-08-05 10:00:00,0,0,T1"])    # nothing paid: no buyer
TEAMS = "team_id,name,parent_team\nT0,t,\nT1,a,T0\nT2,b,T0\nT3,c,"


def cells(frame, column):
    return {(row["cohort"], row["age"]): row[column] for _, row in frame.iterrows() if pd.notna(row[column])}


def test_by_hand(stored):
    found = cohorts.cohorts(stored(orders=BY_HAND).cursor())
    assert cells(found, "retained") == {("2026-07", 0): 2, ("2026-07", 1): 1, ("2026-07", 2): 1, ("2026-08", 0): 1,
                                        ("2026-08", 1): 0}
    assert cells(found, "share")["2026-07", 1] == 0.5
    assert cells(found, "net") == {("2026-07", 0): 140, ("2026-07", 1): 180, ("2026-07", 2): 165, ("2026-08", 0): 30,
                                   ("2026-08", 1): 30}
    assert cells(found, "ltv")["2026-07", 2] == 82.5


def test_a_team_counts_its_sub_teams_and_its_own_first_orders(stored):
    con = stored(orders=BY_HAND, teams=TEAMS).cursor()
    assert cells(cohorts.cohorts(con, "T0"), "buyers") == {("2026-07", age): 2 for age in (0, 1, 2)}
    assert cells(cohorts.cohorts(con, "T2"), "retained") == {
        ("2026-07", 0): 1, ("2026-07", 1): 0, ("2026-07", 2): 0, ("2026-08", 0): 1, ("2026-08", 1): 0}
    assert cells(cohorts.cohorts(con, "T2"), "net")["2026-07", 2] == 10
    assert cohorts.cohorts(con, "' or 1=1 --").empty


def test_a_month_that_is_not_over_is_missing_and_one_without_purchase_is_nought(stored):
    con = stored(orders=BY_HAND).cursor()
    early = cohorts.cohorts(con, as_of=date(2026, 9, 29))
    assert len(early) == 5 and cells(early, "retained") == {("2026-07", 0): 2, ("2026-07", 1): 1, ("2026-08", 0): 1}
    assert cells(early, "buyers")["2026-08", 1] == 1
    assert cells(cohorts.cohorts(con, as_of=date(2027, 3, 31)), "net") == cells(cohorts.cohorts(con), "net")


def test_a_month_is_over_only_when_the_data_reach_its_last_day(stored):
    shop = stored(orders=HEAD + "1,b1,2026-07-01,1,0,T1\n2,b1,2026-09-29,1,0,T1").cursor()
    assert cells(cohorts.cohorts(shop, as_of=date(2026, 9, 30)), "retained") == {("2026-07", 0): 1, ("2026-07", 1): 0}


def test_what_comes_after_the_day_asked_for_is_not_seen(stored):
    found = cohorts.cohorts(stored(orders=BY_HAND).cursor(), as_of=date(2026, 7, 31))
    assert found[["cohort", "age", "buyers", "net"]].values.tolist() == [["2026-07", 0, 2, 140]]


def test_only_the_last_months_are_cohorts_but_earlier_buyers_are_not_new(stored):
    rows = HEAD + "\n".join(f"{i},b{i % 2},2026-0{1 + i}-10,10,0,T1" for i in range(6)) + "\n8,b8,2026-03-31,1,0,T1" \
           "\n9,b9,2026-06-30,1,0,T1"
    con = stored(orders=rows).cursor()
    assert cohorts.cohorts(con, months=3)[["cohort", "age", "buyers"]].values.tolist() == [["2026-06", 0, 1]]
    assert cohorts.cohorts(con, months=4)["cohort"].unique().tolist() == ["2026-03", "2026-06"]
    assert not cohorts.cohorts(con, months=4)["oldest"].any()


def test_the_first_month_of_all_is_marked_for_it_holds_old_buyers_too(stored):
    con = stored(orders=BY_HAND, teams=TEAMS).cursor()
    found = cohorts.cohorts(con)
    assert found.loc[found["oldest"], "cohort"].unique().tolist() == ["2026-07"] and not found["oldest"].all()
    assert cohorts.cohorts(con, "T3")["oldest"].all()


def test_no_orders_no_rows(stored):
    assert cohorts.cohorts(stored().cursor()).empty


def plainly(lines: pd.DataFrame, day: pd.Timestamp) -> dict:
    """(cohort, age) → (buyers, retained, net), cell by cell."""
    lines = lines[lines["buyer_id"].ne("")].assign(month=lines["paid_at"].dt.to_period("M"))
    first = lines[lines["paid_amount"] > 0].groupby("buyer_id")["month"].min()
    told, end = {}, (day + pd.Timedelta(days=1)).to_period("M") - 1
    for cohort, members in first.groupby(first):
        mine = lines[lines["buyer_id"].isin(members.index)]
        for age in range((end - cohort).n + 1):
            now = mine[mine["month"] == cohort + age]
            until = mine[(mine["month"] <= cohort + age) & (mine["month"] >= cohort)]
            told[str(cohort), age] = (len(members), now.loc[now["paid_amount"] > 0, "buyer_id"].nunique(),
                                      (until["paid_amount"] - until["refund_amount"]).sum())
    return told


@pytest.mark.parametrize("seed", range(3))
def test_it_is_what_plain_pandas_computes(stored, seed):
    rng = np.random.default_rng(seed)
    lines = pd.DataFrame({"order_id": np.arange(400), "buyer_id": rng.choice([*(f"b{i}" for i in range(60)), ""], 400),
                          "paid_at": pd.Timestamp("2025-10-01") + pd.to_timedelta(rng.integers(0, 365 * 24, 400), "h"),
                          "paid_amount": rng.choice([0, 10, 25.5, 80], 400), "refund_amount": rng.choice([0, 0, 5], 400),
                          "team_id": rng.choice(["T1", "T2", "T3"], 400)})
    con = stored(orders=lines.to_csv(index=False), teams=TEAMS).cursor()
    day = lines["paid_at"].max().normalize()
    for team, some in ((None, lines), ("T0", lines[lines["team_id"].isin(["T1", "T2"])])):
        found = cohorts.cohorts(con, team)
        found = found[found["retained"].notna()]
        told = {(row.cohort, row.age): (row.buyers, row.retained, pytest.approx(row.net)) for row in found.itertuples()}
        assert told == plainly(some, day)


def test_a_real_shop_has_the_published_cohort(stored):
    if not SHOP.exists():
        pytest.skip(f"{SHOP} is not there")
    frame = pd.read_csv(SHOP)
    rows = pd.DataFrame({"order_id": range(len(frame)), "buyer_id": frame["Customer"],
                         "paid_at": pd.to_datetime(frame["Order Date"], dayfirst=True),
                         "paid_amount": frame["Unit Price"].str.strip("£").astype(float) * frame["Quantity"],
                         "refund_amount": 0})
    found = cohorts.cohorts(stored(orders=rows.to_csv(index=False)).cursor())
    first = found[found["cohort"].eq("2021-01")].set_index("age")
    assert first["buyers"].iloc[0] == 85 and first.loc[1:6, "retained"].tolist() == [7, 24, 31, 26, 26, 28]
