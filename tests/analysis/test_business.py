"""GMV by month, team, SKU and channel, targets, definitions and NPS answers, by hand and against the metrics."""

import math

import numpy as np
import pandas as pd
import pytest

from core import metrics, periods, quarter
from core import plan as plans
from core.analysis import business, sales

Q3 = periods.quarter("2026Q3")
TEAMS = "team_id,name,parent_team\nT0,t,\nT1,a,T0\nT2,b,T0\nT3,c,\nT4,d,"
ORDERS = "order_id,buyer_id,paid_at,paid_amount,refund_amount,sku_id,channel,team_id\n" + "\n".join([
    "1,b1,2026-07-01 00:00:00,100,10,S1,live,T1", "2,b1,2026-07-01 10:00:00,50,0,S2,live,T1",
    "3,b2,2026-07-05 10:00:00,80,0,S1,shop,T1", "4,b2,2026-08-09 10:00:00,20,20,,shop,T1",
    "5,b3,2026-09-30 23:59:59,30,0,S1,,T3", "6,b4,2026-10-01 00:00:00,10,0,S1,live,T1",   # the quarter after
    "7,b5,2026-07-02 10:00:00,7,0,S9,live,",                                              # no team: the company's
    "8,b1,2026-04-02 10:00:00,40,0,S1,live,T1", "9,b1,2025-07-02 10:00:00,60,0,S1,live,T1",
    "10,b9,2026-08-02 10:00:00,0,5,S3,live,T2"])                                          # a refund alone is no month of orders
REPORTS = "month,team_id,gmv,refund_amount\n2026-07,T1,999,0\n2026-08,T2,300,30\n2026-09,T2,200,\n2026-06,T2,70,0"
SKUS = "month,sku_id,name,team_id,gmv,gmv_target\n2026-07,S1,Tea,T1,500,600\n2026-08,S1,Tea,T1,40,50\n" \
       "2026-07,S7,Pot,T3,9,\n2026-08,S7,Pot,T3,1,5"
TARGETS = "quarter,subject_type,subject_id,metric,target\n2026Q3,company,,gmv,920\n2026Q3,team,T1,gmv,460\n" \
          "2026Q3,team,T4,gmv,46\n2026Q3,role,T2,gmv,1\n2026Q3,team,T1,repurchase_rate,0.3"


@pytest.fixture
def company(stored):
    return stored(orders=ORDERS, teams=TEAMS, team_months=REPORTS, sku_months=SKUS, targets=TARGETS)


def column(frame, name, key="group"):
    return {k: v for k, v in zip(frame[key], frame[name], strict=True) if pd.notna(v)}


def test_gmv_by_team_beside_before_and_target(company):
    found = sales.gmv(company.cursor(), Q3, plans.default())
    assert column(found, "actual") == {"T0": 750, "T1": 250, "T2": 500, "T3": 30}
    assert column(found, "previous") == {"T0": 110, "T1": 40, "T2": 70} and column(found, "year_before") == {"T0": 60, "T1": 60}
    assert column(found, "target") == {"T1": 460, "T4": 46}
    assert column(found, "source") == {"T0": "both", "T1": "orders", "T2": "reports", "T3": "orders"}
    assert column(sales.gmv(company.cursor(), Q3, plans.default(), team="T1"), "actual") == {"T1": 250}


@pytest.mark.parametrize("said", ["2026Q3", "2026-07", "2026-08", "2026Q2"])
@pytest.mark.parametrize("definition", ["paid", "net"])
def test_gmv_is_that_of_the_metric(company, said, definition):
    period = periods.quarter(said) if "Q" in said else periods.month(said)
    plan = plans.default()
    plan["definitions"]["gmv"] = definition
    told = metrics.measure(company.cursor(), period, plan["definitions"], {"gmv"})
    told = told[told["metric"].eq("gmv")]
    teams = told[told["subject_type"].eq("team")]
    assert column(sales.gmv(company.cursor(), period, plan), "actual") == column(teams, "value", "subject_id")
    whole = told.loc[told["subject_type"].eq("company"), "value"].tolist()
    assert sales.gmv(company.cursor(), period, plan, "company")["actual"].tolist() == whole
    if period.kind == "month":
        assert sales.gmv_months(company.cursor(), period, period, plan)["actual"].tolist() == whole


def test_gmv_by_month_with_the_quarter_before_and_a_share_of_the_target_by_days(company):
    found = sales.gmv_months(company.cursor(), Q3, Q3, plans.default())
    assert column(found, "actual", "month") == {"2026-07": 237, "2026-08": 320, "2026-09": 230}
    assert column(found, "previous", "month") == {"2026-07": 40, "2026-09": 70}
    assert column(found, "year_before", "month") == {"2026-07": 60}
    assert column(found, "target", "month") == {"2026-07": 310, "2026-08": 310, "2026-09": 300}
    assert column(sales.gmv(company.cursor(), periods.month("2026-09"), plans.default(), "company"), "target") == {"company": 300}
    team = sales.gmv_months(company.cursor(), periods.quarter("2026Q2"), Q3, plans.default(), "T1")
    assert column(team, "target", "month") == {"2026-07": 155, "2026-08": 155, "2026-09": 150} and len(team) == 6
    assert column(team, "actual", "month") == {"2026-04": 40, "2026-07": 230, "2026-08": 20}


def test_a_year_is_crossed_month_by_month(company):
    found = sales.gmv_months(company.cursor(), periods.month("2025-12"), periods.month("2026-04"), plans.default())
    assert found["month"].tolist() == ["2025-12", "2026-01", "2026-02", "2026-03", "2026-04"]
    assert found["actual"].tolist()[-1] == 40 and found["actual"].isna().sum() == 4


def test_gmv_by_sku_from_orders_else_its_report(company):
    found = sales.gmv(company.cursor(), Q3, plans.default(), "sku").replace({np.nan: None})
    rows = {row["group"]: (row["actual"], row["source"], row["reported"], row["target"], row["name"])
            for row in found.to_dict("records")}
    # S1: July and September from orders (100 + 80 + 30), August from its report (40). S7: July names no target.
    assert rows == {"S1": (250, "both", 540, 650, "Tea"), "S2": (50, "orders", None, None, None),
                    "S7": (10, "reports", 10, None, "Pot"), "S9": (7, "orders", None, None, None),
                    None: (20, "orders", None, None, None)}
    under = sales.gmv(company.cursor(), Q3, plans.default(), "sku", team="T0")
    assert column(under[under["group"].notna()], "actual") == {"S1": 220, "S2": 50}


def test_gmv_by_channel_is_that_of_the_orders(company):
    found = sales.gmv(company.cursor(), Q3, plans.default(), "channel")
    assert {None if pd.isna(g) else g: a for g, a in zip(found["group"], found["actual"], strict=True)} == {
        "live": 157, "shop": 100, None: 30}
    assert column(found, "previous") == {"live": 40}


def test_an_empty_company_has_no_sales(stored):
    con = stored().cursor()
    assert sales.gmv(con, Q3, plans.default()).empty and sales.gmv(con, Q3, plans.default(), "sku").empty
    assert sales.gmv(con, Q3, plans.default(), "company")["actual"].isna().all()
    assert sales.gmv_months(con, Q3, Q3, plans.default())["actual"].isna().tolist() == [True] * 3


def test_definitions_side_by_side(company):
    found = business.definitions(company, Q3, plans.default(), "T1").set_index(["subject_type", "definition"])
    team = found.loc["team"]
    assert team["value"].round(9).to_dict() == {"paid": 250, "net": 220, "buyers_twice": 1.0, "buyers_two_days": 0.5,
                                                "orders": 0.5, "returning": 0.5}
    assert team.loc["net", "change"] == pytest.approx(-0.12) and team.loc["orders", "change"] == -0.5
    assert team["in_force"].to_dict() == {name: name in ("paid", "buyers_twice") for name in team.index}
    assert (team.loc["orders", "numerator"], team.loc["orders", "denominator"]) == (2, 4)
    assert found.loc[("company", "paid"), "value"] == 787 and math.isnan(found.loc[("company", "paid"), "low"])
    assert found.loc[("company", "orders"), "low"] < found.loc[("company", "orders"), "value"]
    assert set(business.definitions(company, Q3, plans.default())["subject_type"]) == {"company"}


def test_figures_by_team_start_with_the_whole_and_keep_their_intervals(company):
    told = quarter.evaluate(company, Q3)
    found = business.by_team(company.cursor(), told, "repurchase_rate")
    assert found["subject_id"].isna().tolist() == [True, False, False, False]
    assert found["subject_id"].tolist()[1:] == ["T0", "T1", "T3"]
    row = found.set_index("subject_id").loc["T1"]
    assert (row["numerator"], row["denominator"], row["target"]) == (2, 2, 0.3) and 0 < row["low"] < row["high"] == 1
    assert business.by_team(company.cursor(), told, "repurchase_rate", "T0")["subject_id"].tolist() == ["T0", "T1"]
    assert business.by_team(company.cursor(), told, "nps").empty


def test_nps_answers_by_score_and_counted_ones_add_up_to_the_metric(stored):
    store = stored(teams=TEAMS, nps_responses="date,team_id,score,comment,promoters,passives,detractors\n" + "\n".join([
        "2026-06-30,T1,0,early,,,", "2026-07-01,T1,9,first,,,", "2026-09-30,T2,6,last,,,", "2026-08-01,T1,10,,,,",
        "2026-08-01,T3,8,,,,", "2026-08-02,T1,,,12,8,5", "2026-08-03,T2,,,1,0,2", "2026-10-01,T1,0,late,,,"]))
    con = store.cursor()
    found = business.nps_scores(con, Q3)
    scored = found[found["score"].notna()]
    assert scored["score"].tolist() == list(range(11))
    assert {s: n for s, n in zip(scored["score"], scored["answers"], strict=True) if n} == {6: 1, 8: 1, 9: 1, 10: 1}
    assert column(found[found["score"].isna()], "answers", "kind") == {"detractor": 7, "passive": 8, "promoter": 13}
    for team in (None, "T0", "T3"):
        found = business.nps_scores(con, Q3, team)
        kinds = found.groupby("kind")["answers"].sum()
        told = metrics.measure(con, Q3, plans.default()["definitions"], {"nps"})
        told = told[told["metric"].eq("nps")]
        row = told[told["subject_id"].isna() if team is None else told["subject_id"].eq(team)].iloc[0]
        assert (kinds["promoter"] - kinds["detractor"], kinds.sum()) == (row["numerator"], row["n"])
    assert business.nps_answers(con, Q3, "T0")["comment"].dropna().tolist() == ["last", "first"]
    assert len(business.nps_answers(con, Q3)) == 6


def test_teams_that_contain_others_of_a_list_are_left_out(company):
    con = company.cursor()
    assert business.lowest(con, ["T3", "T0", "T2"]) == ["T3", "T2"] and business.lowest(con, ["T0", "T3"]) == ["T0", "T3"]
    assert business.lowest(con, []) == []
