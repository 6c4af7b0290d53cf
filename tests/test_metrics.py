"""Every metric against figures computed by hand (tests/cases/metrics_*.toml), its interval, and where it came from."""

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from core import metrics, periods, rules, statistics
from core import plan as plans
from core.metrics import METRICS, projects

CASES = [case for path in sorted((Path(__file__).parent / "cases").glob("metrics_*.toml"))
         for case in tomllib.loads(path.read_text("utf-8"))["company"]]
LINE = re.compile(r"(\S+) (company|\w+:\w+) (\w+)(?:\[(\w+)\])? = (.+?)(?: \((.+)\))?$")


def measured(store, said: str, metric: str, definition: str | None):
    period = periods.quarter(said) if "Q" in said else periods.month(said)
    definitions = plans.default()["definitions"]
    name = "gmv" if definition in ("net", "paid") else "repurchase_rate"
    frame = metrics.measure(store.cursor(), period, definitions | ({name: definition} if definition else {}))
    return frame[frame["metric"] == metric]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"][:60])
def test_a_metric_is_what_was_computed_by_hand(case, stored):
    store = stored(**{name: table for name, table in case.items() if name not in ("about", "expect")})
    for line in case["expect"]:
        said, subject, metric, definition, result, note = LINE.match(line).groups()
        kind, _, name = subject.partition(":")
        frame = measured(store, said, metric, definition)
        found = frame[(frame["subject_type"] == kind) & (frame["subject_id"].isna() if not name else
                                                         frame["subject_id"] == name)]
        if result == "missing":
            assert found["value"].isna().all() and (not note or found["note"].tolist() == [note]), line
            continue
        assert len(found) == 1, line
        numerator, denominator = (float(part) for part in result.split("/"))
        row = found.iloc[0]
        assert (row["numerator"], row["denominator"]) == pytest.approx((numerator, denominator), rel=1e-9), line
        scale = 100 if metric == "nps" else 1
        assert row["value"] == pytest.approx(scale * numerator / denominator, rel=1e-9), line
        if note:
            assert row["note"] == note, line


def test_every_metric_that_is_measured_has_a_case():
    used = {LINE.match(line)[3] for case in CASES for line in case["expect"]}
    assert {name for name, metric in METRICS.items() if not metric.from_scores} - used == set()


def test_the_nps_interval_is_the_adjusted_wald_of_the_golden_values():
    low, high = statistics.adjusted_wald_nps(7, 25, 17)
    assert (round(low), round(high)) == (-4, 54)
    low, high = statistics.adjusted_wald_nps(30, 100, 70)
    assert ((low + high) / 2, (high - low) / 2) == (pytest.approx(29.1, abs=0.05), pytest.approx(15.1, abs=0.05))


def test_the_interval_of_a_proportion_is_wilsons():
    low, high = statistics.wilson(8, 10)
    assert (low, high) == (pytest.approx(0.490162, abs=1e-6), pytest.approx(0.943318, abs=1e-6))
    assert statistics.wilson(0, 5)[0] == pytest.approx(0, abs=1e-12)


def test_a_rank_correlation_shares_ties_and_is_none_without_variation():
    one, other = pd.Series([1.0, 2, 2, 4, 5, None]), pd.Series([2.0, 1, 3, 3, 9, 1])
    rho, low, high = statistics.spearman(one, other)
    # ranks 1, 2.5, 2.5, 4, 5 and 2, 1, 3.5, 3.5, 5: 7.25 ÷ 9.5 by hand
    # z = ½ ln(1.763158 ÷ 0.236842) = 1.00373 ± 1.959964 √0.53 = 1.42688
    assert rho == pytest.approx(7.25 / 9.5) and (low, high) == pytest.approx((-0.39957, 0.98464), abs=1e-5)
    assert statistics.spearman(one, one * 2 + 1) == (1, 1, 1)
    assert statistics.spearman(one, one * 0) == statistics.spearman(one[:3], other[:3]) == (None, None, None)


def test_rates_carry_their_interval_and_amounts_do_not(stored):
    store = stored(nps_responses="date,team_id,promoters,passives,detractors\n2026-08-01,T1,12,8,5",
                   team_months="month,team_id,gmv,buyers,repeat_buyers\n2026-08,T1,100,10,8")
    row = {m: measured(store, "2026Q3", m, None).iloc[0] for m in ("nps", "repurchase_rate", "gmv")}
    assert (round(row["nps"]["low"]), round(row["nps"]["high"])) == (-4, 54)
    assert row["repurchase_rate"]["low"] == pytest.approx(0.490162, abs=1e-6)
    assert row["gmv"]["low"] != row["gmv"]["low"] and row["nps"]["n"] == 25


def test_a_milestone_is_met_as_its_rule_pays(stored):
    nearly = [(0.3, 0.1 + 0.2), (100.0, 99.99), (100.0, 100.0), (5.0, 5.0 - 1e-10), (5.0, 5.0 + 1e-8), (0.05, 0.049)]
    due = pd.DataFrame([(f"P{i}", "presale", 1000.0, 1.0, target, actual, better) for i, (target, actual) in enumerate(nearly)
                        for better in ("higher", "lower")],
                       columns=["project_id", "milestone", "bonus_pool", "share", "target", "actual", "better"])
    members = pd.DataFrame({"project_id": due["project_id"].unique(), "employee_id": "E1", "member_share": 1.0})
    paid = rules.KINDS["milestones"]({"milestones": due, "project_members": members}, {})["status"].eq("payable")
    con = stored().cursor()
    con.register("due", due)
    assert con.execute(f"select {projects.MET} from due").df().iloc[:, 0].eq(1).tolist() == paid.tolist()
    assert 3 < paid.sum() < len(paid) - 3


def test_shares_of_people_carry_wilsons_interval(stored):
    store = stored(employees="employee_id,name,role,level,team_id,hire_date\nE1,A,design,junior,T1,2026-01-01",
                   skill_assessments="date,employee_id,skill,level,certified\n" + "\n".join(
                       f"2026-08-01,E1,s{i},3,{'yes' if i < 8 else 'no'}" for i in range(10)))
    row = measured(store, "2026Q3", "certification_rate", None).set_index("subject_type").loc["company"]
    assert (row["low"], row["high"]) == (pytest.approx(0.490162, abs=1e-6), pytest.approx(0.943318, abs=1e-6)) and row["n"] == 10


def test_figures_of_people_name_their_rows_and_the_survey_none(stored):
    tables = next(case for case in CASES if case["about"].startswith("Skills"))
    more = [case for case in CASES if case["about"].startswith(("Projects", "Feedback", "Survey"))]
    for case in more:
        tables = case | tables
    store = stored(**{name: table for name, table in tables.items() if name not in ("about", "expect")})
    found = metrics.provenance(store.cursor(), periods.quarter("2026Q3"), plans.default()["definitions"])
    assert "collaboration_survey" not in set(found["dataset"])
    rows = found[found["rows"] > 0].set_index(["metric", "dataset", "subject_type", "subject_id"])
    rows = {key: (row["first_row"], row["last_row"], row["rows"]) for key, row in rows.sort_index().iterrows()}
    # E1 has three assessments by the quarter's end and the two skills of an operations junior's standard
    assert rows["certification_rate", "skill_assessments", "employee", "E1"] == (2, 4, 3)
    assert rows["skill_coverage", "skill_standards", "employee", "E1"] == (2, 3, 2)
    # E3 and E4 share one standard: one row stands behind the two of them
    assert rows["skill_coverage", "skill_standards", "team", "T2"] == (4, 9, 4)
    assert rows["project_success", "milestones", "employee", "E2"] == (2, 5, 4)
    assert rows["project_success", "project_members", "employee", "E2"] == (3, 5, 2)
    assert rows["negative_reviews", "feedback", "team", "T1"] == (3, 4, 2)


def test_a_figure_names_the_rows_it_came_from(stored):
    store = stored(team_months="month,team_id,gmv\n2026-06,T1,1\n2026-07,T1,2\n2026-09,T1,3\n2026-09,T2,4")
    found = metrics.provenance(store.cursor(), periods.quarter("2026Q3"), plans.default()["definitions"])
    row = found[(found["metric"] == "gmv") & (found["subject_id"] == "T1") & (found["rows"] > 0)].iloc[0]
    assert (row["file"], row["sheet"], row["first_row"], row["last_row"], row["rows"]) == ("cases", "team_months", 3, 4, 2)


def test_a_row_without_the_metrics_columns_is_not_named_as_its_source(stored):
    store = stored(team_months="month,team_id,gmv,refund_amount,buyers,repeat_buyers,opening_users,retained_users\n"
                               "2026-07,T1,2,,10,,100,40\n2026-08,T1,3,1,10,5,,\n2026-09,T2,,,,,,",
                   orders="order_id,buyer_id,paid_at,paid_amount,team_id\n1,b1,2025-12-01,5,T3\n2,b1,2026-07-02,5,T3\n"
                          "3,,2026-07-02,5,T3")
    found = metrics.provenance(store.cursor(), periods.quarter("2026Q3"), plans.default()["definitions"])
    company = found[found["subject_type"] == "company"].set_index(["metric", "dataset"])["rows"].to_dict()
    wanted = {("gmv", "team_months"): 2, ("refund_rate", "team_months"): 1, ("repurchase_rate", "team_months"): 1,
              ("gmv", "orders"): 2, ("repurchase_rate", "orders"): 1, ("ltv", "orders"): 2, ("loyal_buyers", "orders"): 2,
              ("user_retention", "team_months"): 1, ("user_retention", "orders"): 1}
    assert {key: company.get(key) for key in wanted} == wanted


def test_the_order_of_rows_changes_no_figure(stored, staged):
    tables = {name: table for name, table in CASES[0].items() if name == "orders"}
    head, *rows = tables["orders"].strip().splitlines()
    there = stored(orders=tables["orders"])
    before = metrics.measure(there.cursor(), periods.quarter("2026Q3"), plans.default()["definitions"])
    there.undo(1)
    there.save({"orders": staged(there.stage_folder(), "orders", "\n".join([head, *reversed(rows)]))}, [])
    after = metrics.measure(there.cursor(), periods.quarter("2026Q3"), plans.default()["definitions"])
    key = ["metric", "subject_type", "subject_id"]
    assert before.sort_values(key).reset_index(drop=True).equals(after.sort_values(key).reset_index(drop=True))

