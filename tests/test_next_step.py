"""What would have brought the next step: found by running the scores again, and true when it is done."""

import tomllib
from pathlib import Path

import pandas as pd
import pytest

from core import belonging, explanation, next_step, periods, quarter, statement, text
from tests.test_settlement import COMPANY

Q3 = periods.quarter("2026Q3")


@pytest.fixture
def settled(stored):
    return quarter.settle(stored(**COMPANY), Q3)


def test_the_target_that_was_missed_costs_what_it_says(settled):
    steps = next_step.of_commission(settled, "E1")
    row = steps[steps["goal"].eq("target")].iloc[0]
    # repurchase 27 % of 30 %: 90 → 100 on 30 % of a base of 6,000
    assert (row["metric"], row["needed"], round(row["gap"], 9), row["gain"]) == ("repurchase_rate", 0.3, 0.03, 180)
    assert steps["goal"].eq("target").sum() == 1


def test_the_next_grade_is_the_smallest_figure_that_brings_it(stored):
    """The score is 99.4: A needs 0.6 points more."""
    lower = COMPANY | {"team_months": COMPANY["team_months"].replace("S1,1100000", "S1,1060000")}
    store = stored(**lower)
    settled = quarter.settle(store, Q3)
    assert settled.scores.set_index("employee_id").loc["E1", ["score", "grade"]].tolist() == [99.4, "B"]
    steps = next_step.of_commission(settled, "E1").query("goal == 'grade'").set_index("metric")
    assert set(steps["grade"]) == {"A"}
    assert steps.loc["gmv", "needed"] == 1_075_000 and steps.loc["gmv", "gap"] == 15_000 and steps.loc["gmv", "gain"] == 36
    assert steps.loc["nps", "needed"] == 40.8 and steps.loc["repurchase_rate", "needed"] == 0.276


def test_a_grade_out_of_reach_of_a_metric_is_not_promised(settled):
    """From 101 A+ needs 9 points: GMV can still give 4, NPS 6, repurchase exactly 9 at the curve's end, 120 % of 30 %."""
    grades = next_step.of_commission(settled, "E1").query("goal == 'grade'")
    assert grades[["metric", "needed", "grade"]].values.tolist() == [["repurchase_rate", 0.36, "A+"]]


def test_a_figure_is_not_promised_beyond_what_its_metric_can_be(stored):
    nps = COMPANY | {"nps_responses": "date,team_id,promoters,passives,detractors\n2026-08-01,S1,95,4,1",
                     "targets": COMPANY["targets"].replace("nps,40", "nps,94")}
    grades = next_step.of_commission(quarter.settle(stored(**nps), Q3), "E1").query("goal == 'grade'").set_index("metric")
    assert (grades["needed"].reindex(["nps"]).fillna(0) <= 100).all()


def test_the_next_step_of_a_released_person_counts_the_missing_figure_as_released(stored):
    store = stored(**{name: table for name, table in COMPANY.items() if name != "nps_responses"})
    store.release("2026Q3", ["E1"], "zero", "no survey")
    settled = quarter.settle(store, Q3)
    assert settled.scores.set_index("employee_id").loc["E1", "score"] == pytest.approx(71)
    row = next_step.of_commission(settled, "E1").query("goal == 'target'").iloc[0]
    assert (row["metric"], row["gain"]) == ("repurchase_rate", 180)


def test_a_release_of_the_second_post_counts_in_the_next_step(stored):
    """E4 is whole at A1; at S1, which has no NPS of its own and no company's to fall back on, it was released with zero."""
    tables = COMPANY | {"assignments": COMPANY["assignments"].replace("2026-08-10", "2026-08-01"),
                        "targets": COMPANY["targets"].replace("2026Q3,company,,nps,40", "2026Q3,team,A1,nps,40")}
    store = stored(**tables)
    store.release("2026Q3", ["E4"], "zero", "no target")
    settled = quarter.settle(store, Q3)
    mine = settled.scores[settled.scores["employee_id"].eq("E4")]
    assert mine["released"].tolist() == ["", "zero"]
    steps = next_step.of_commission(settled, "E4").query("goal == 'target'")
    assert steps["metric"].tolist() and (steps["gain"] > 0).all() and steps["gain"].notna().all()
    assert next_step.Trial(settled, "commission", mine, settled.metrics[settled.metrics["segment"].isin(mine.index)]).paid == \
        pytest.approx(mine["amount"].sum())


def test_a_rule_that_pays_something_and_waits_for_more_is_told_with_what_it_pays(settled):
    rows = settled.ledger[settled.ledger["rule"].eq("commission") & settled.ledger["beneficiary_id"].eq("E4")]
    assert set(rows["status"]) == {"payable", "held"}
    told = statement.change(settled, [], settled, rows.index.tolist()).iloc[0]
    assert told["after"] == round(rows["amount"].sum(), 2) and pd.isna(told["after_state"])


def test_without_a_score_or_with_last_quarters_there_is_no_next_step(settled):
    assert next_step.of_commission(settled, "E5").empty and next_step.of_commission(settled, "nobody").empty


def test_a_missed_gate_says_the_distance_and_the_money_behind_it(stored):
    sold = COMPANY | {"sku_months": """month,sku_id,team_id,gmv,gmv_target,buyers,repeat_buyers,profit,category_rank
2026-07,TEA,S1,500000,400000,1000,294,120000,8"""}
    settled = quarter.settle(stored(**sold), Q3)
    rows = belonging.unshared(settled, {"S1"}, {"P1"})
    gates = next_step.of_gates(settled, rows)
    assert gates[["rule", "potential"]].values.tolist() == [["milestone", 20000], ["rocket", 10000]]
    assert gates["gap"].tolist() == pytest.approx([0, 0.006])
    said = [explanation.reason_text(row, lang) for row in gates.to_dict("records") for lang in ("zh", "en")]
    assert said[2] == "复购率 29.4%，须超过 30%；¥10,000.00 未得"
    assert said[3] == "Repurchase is 29.4%, needs more than 30%; ¥10,000.00 missed"


def test_every_reason_has_its_sentence(settled):
    cases = tomllib.loads((Path(__file__).parent / "cases" / "rules.toml").read_text("utf-8"))["case"]
    reasons = {row.get("reason", "") for case in cases.values() for row in case.get("expect", [])} | set(settled.ledger["reason"])
    assert len(reasons) > 15 and {reason for reason in reasons - {""} if not text.has(f"reason.{reason}")} == set()
    for row in settled.ledger.to_dict("records"):
        assert bool(explanation.reason_text(row, "zh")) == (row["reason"] != "")
        assert "nan" not in explanation.reason_text(row, "en")


def test_what_changed_adds_up(stored):
    store = stored(**COMPANY | {"team_months": COMPANY["team_months"] + "\n2026-04,S1,500000,100,20"})
    before, now = quarter.settle(store, Q3.previous()), quarter.settle(store, Q3)
    changed = statement.change(before, belonging.of_person(before, "E1"), now, belonging.of_person(now, "E1"))
    known = changed[changed["change"].notna()]
    assert known["change"].sum() == pytest.approx(known["after"].sum() - known["before"].sum())
    assert changed.loc[changed["change"].isna(), ["rule", "before_state"]].values.tolist() == [["commission", "held"]]
    moved = statement.moved(now, now, "E1")
    assert (moved["change"] == 0).all() and moved["points_after"].sum() == pytest.approx(101)


def test_source_rows_are_the_uploaded_rows_of_the_subject(stored):
    store = stored(**COMPANY)
    settled = quarter.settle(store, Q3)
    line = statement.told(settled, belonging.of_person(settled, "E1")[:1], None, {}, "zh")[0]
    places = statement.behind(settled, line, quarter.sources(store, Q3, settled.plan))
    assert set(places["dataset"]) == {"employees", "team_months", "nps_responses", "targets"}
    report = places[places["dataset"].eq("team_months")].iloc[0].to_dict()
    frame, count = statement.uploaded(store.cursor(), report, "zh")
    assert count == 1 and frame["GMV"].tolist() == [1100000] and frame["#"].tolist() == [2]


def test_a_persons_part_of_a_missed_pool_is_what_the_person_missed(stored):
    """The missed milestone is 20,000: E1 has 0.6 of it, E3 0.4; S1 missed 10,000, its days are 92, 92, 46 and 52."""
    sold = COMPANY | {"sku_months": """month,sku_id,team_id,gmv,gmv_target,buyers,repeat_buyers,profit,category_rank
2026-07,TEA,S1,500000,400000,1000,294,120000,8"""}
    store = stored(**sold)
    settled, con = quarter.settle(store, Q3), store.cursor()
    rows = belonging.unshared(settled, {"S1"}, {"P1"})
    for who, missed in (("E1", {"milestone": 12000, "rocket": 3262.41}), ("E2", {"rocket": 3262.41}),
                        ("E3", {"milestone": 8000, "rocket": 1631.21})):
        gates = next_step.of_gates(settled, rows, next_step.parts_of(con, "2026Q3", [who]))
        assert dict(zip(gates["rule"], gates["potential"], strict=True)) == missed
    assert next_step.of_gates(settled, rows)["potential"].tolist() == [20000, 10000]
    together = next_step.of_gates(settled, rows, next_step.parts_of(con, "2026Q3", ["E1", "E2", "E4"]))
    assert dict(zip(together["rule"], together["potential"], strict=True)) == {"milestone": 12000, "rocket": 8368.79}


def test_what_moved_a_score_names_no_single_figure_of_two_posts_that_differ(stored):
    joined = COMPANY["assignments"].replace("2026-08-10", "2026-08-01")
    now = quarter.settle(stored(**COMPANY | {"assignments": joined}), Q3)
    moved = statement.moved(now, now, "E4").set_index("metric")
    # 33 % at A1, 27 % at S1; NPS is told of S1 alone, and of the company at A1
    assert moved.loc["repurchase_rate", "several_after"] and pd.isna(moved.loc["repurchase_rate", "value_after"])
    assert moved.loc["repurchase_rate", "points_after"] > 0


def test_a_teams_missed_target_costs_what_its_people_would_get_together(settled):
    """Repurchase 27 % of 30 % costs 3 points: of 6,000 and 5,000 for the quarter, 4,000 for 46 days, 4,600 for 52."""
    goals = next_step.of_teams(settled, {"S1"}).set_index("metric")
    each = [6000 * 0.03, 5000 * 0.03, 4000 * 46 / 92 * 0.03, 4600 * 52 / 92 * 0.03]
    assert goals.loc["repurchase_rate", "gain"] == pytest.approx(sum(each), abs=0.02)
    assert goals.loc["repurchase_rate", ["needed", "subject_id"]].tolist() == [0.3, "S1"]
    assert next_step.of_teams(settled, {"A0"}).empty


def test_what_is_held_or_new_is_no_change_of_zero(stored):
    """E5 cannot be assessed; E1 is here for the first quarter with a score."""
    store = stored(**COMPANY)
    before, now = quarter.settle(store, Q3.previous()), quarter.settle(store, Q3)
    held = statement.change(now, belonging.of_person(now, "E1"), now, belonging.of_person(now, "E5"))
    commission = held.set_index("rule").loc["commission"]
    assert (commission["before"], commission["after_state"]) == (6060, "held")
    assert pd.isna(commission["after"]) and pd.isna(commission["change"])
    new = statement.change(before, [], now, belonging.of_person(now, "E1")).set_index("rule")
    assert pd.isna(new.loc["commission", "before"]) and new.loc["commission", "change"] == 6060
    assert statement.moved(before, now, "E1").empty and statement.moved(now, now, "E5").empty
    assert len(statement.moved(now, now, "E1")) == 3
