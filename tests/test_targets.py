"""Targets as a table: written as people write them, copied, checked, saved, deleted, taken back, tried on last quarter."""

import pandas as pd
import pytest

from core import importing, periods, quarter, targets

Q2, Q3 = periods.quarter("2026Q2"), periods.quarter("2026Q3")
EMPLOYEES = """employee_id,name,role,level,team_id,hire_date
E1,林一,operations,junior,T1,2025-02-01
E2,周二,operations,junior,T2,2025-02-01"""
TEAMS = """team_id,name
T1,轻茶组
T2,花茶组"""
MONTHS = """month,team_id,gmv,buyers,repeat_buyers
2026-04,T1,400000,1000,270
2026-04,T2,300000,1000,300"""
NPS = """date,team_id,score
2026-05-01,T1,10
2026-05-01,T1,9
2026-05-01,T2,10"""
OLD = """quarter,subject_type,subject_id,metric,target,floor,benchmark
2026Q2,company,,repurchase_rate,0.3,0.1,
2026Q2,company,,nps,40,,
2026Q2,team,T1,gmv,400000,,
2026Q2,team,T2,gmv,300000,,"""


@pytest.fixture
def company(stored):
    return stored(employees=EMPLOYEES, teams=TEAMS, team_months=MONTHS, nps_responses=NPS, targets=OLD)


def rows(*lines) -> pd.DataFrame:
    return targets.numbered(pd.DataFrame([list(line) + [None] * (5 - len(line)) for line in lines], columns=targets.COLUMNS,
                                         dtype=object))


def checked(store, frame, lang="zh", period=Q3):
    return targets.check(store, period, frame, lang)


def codes(found) -> list[tuple]:
    return [(issue.code, issue.severity, issue.cell) for issue in found.problems]


def lines(store, period) -> list[tuple]:
    return [tuple(row) for row in targets.table(store.cursor(), period).itertuples(index=False)]


def test_targets_are_written_as_people_write_them_rates_with_their_sign(company):
    assert lines(company, Q2) == [("company", "nps", "40", None, None), ("company", "repurchase_rate", "30%", "10%", None),
                                  ("team T1", "gmv", "400,000", None, None), ("team T2", "gmv", "300,000", None, None)]


@pytest.mark.parametrize("value", [0.07, 0.1 + 0.2, 1 / 3, 1e-05, 0.0045, 1234567.891, 12345678901.25, 250.0, 100.0])
@pytest.mark.parametrize("metric", ["attrition_rate", "gmv"])
def test_what_is_written_is_read_back_to_the_last_digit(company, metric, value):
    found = checked(company, rows(("company", metric, targets.written(value, metric))))
    assert not found.problems and found.targets["target"].tolist() == [value]


@pytest.mark.parametrize(("metric", "said", "read"), [
    ("repurchase_rate", "30%", 0.3), ("repurchase_rate", "30 ％", 0.3), ("repurchase_rate", "0.3%", 0.003), ("nps", "40", 40),
    ("gmv", "110万", 1_100_000), ("gmv", "1,100,000", 1_100_000)])
def test_a_target_has_one_meaning(company, metric, said, read):
    found = checked(company, rows(("company", metric, said)))
    assert not found.errors and found.targets["target"].tolist() == [read]


@pytest.mark.parametrize(("metric", "said", "code"), [
    ("repurchase_rate", "30", "percent_unsaid"), ("repurchase_rate", "0.3", "percent_unsaid"),
    ("refund_rate", "5", "percent_unsaid"),
    ("nps", "40%", "percent_unasked"), ("gmv", "30 %", "percent_unasked"), ("repurchase_rate", "130%", "rate_above_one"),
    ("repurchase_rate", "hoch", "not_a_number"), ("repurchase_rate", "20~30", "range_not_number")])
def test_a_target_that_could_mean_two_things_is_refused_once(company, metric, said, code):
    found = checked(company, rows(("company", metric, said)))
    assert codes(found) == [(code, "error", "1")] and found.targets.empty


@pytest.mark.parametrize(("metric", "target", "floor", "code"), [
    ("gmv", "100", "100", "target_is_floor"), ("gmv", "100", "100.01", "floor_on_good_side"), ("gmv", "100", "99.99", None),
    ("gmv", "0", None, "target_is_floor"), ("refund_rate", "5%", "4.99%", "floor_on_good_side"),
    ("refund_rate", "5%", "5%", "target_is_floor"), ("refund_rate", "5%", "5.01%", None),
    ("refund_rate", "0%", None, "target_is_floor"), ("refund_rate", "0%", "1%", None)])
def test_a_floor_must_leave_room_for_a_score(company, metric, target, floor, code):
    found = checked(company, rows(("company", metric, target, floor)))
    assert codes(found) == ([(code, "error", "1")] if code else [])


def test_an_upload_may_hold_such_a_target_and_is_warned(company, tmp_path):
    file = tmp_path / "targets.csv"
    file.write_text("季度,对象类型,对象编号,指标,目标值,底线值\n2026Q3,公司,,GMV,100,200\n2026Q3,公司,,退款率,0,\n", "utf-8")
    upload = importing.prepare(company, [("targets.csv", file)])
    assert [(i.code, i.severity, i.cell) for i in upload.sheets[0].issues] == [
        ("floor_on_good_side", "warning", "F2"), ("target_is_floor", "warning", "E3")]
    assert "¥200.00" in upload.sheets[0].issues[0].message and upload.sheets[0].inserted == 2


@pytest.mark.parametrize(("frame", "code", "row"), [
    ([("company", "gmv", "1"), ("company", "gmv", "2")], "duplicate_key", "2"),
    ([("company", "sales", "1")], "unknown_metric", "1"),
    ([("company", None, "1")], "missing_value", "1"), ([(None, "gmv", "1")], "missing_value", "1"),
    ([("company", "gmv", None)], "missing_value", "1"), ([("role stuntman", "gmv", "1")], "unknown_choice", "1"),
    ([("company", "gmv", "1000000000000")], "implausible_number", "1")])
def test_every_rule_of_an_upload_holds_for_the_table(company, frame, code, row):
    assert codes(checked(company, rows(*frame))) == [(code, "error", row)]


def test_a_message_names_the_row_and_the_field_in_both_languages(company):
    frame = rows((None, None, None), ("company", "gmv", "viel"), ("company", "nps", "1"), ("company", "nps", "2"))
    assert [issue.message for issue in checked(company, frame).problems] == [
        "第 2 行：“目标值”应为数字，实际为“viel”。",
        "第 4 行：“2026Q3 + company + nps”（季度 + 对象类型 + 对象编号 + 指标）与 第 3 行 重复，但内容不同。"]
    said = [issue.message for issue in checked(company, frame, "en").problems]
    assert said[0] == "Row 2: Target should be a number but is “viel”." and said[1].startswith("Row 4:") and "Row 3" in said[1]


def test_a_copy_brings_only_what_is_lacking(company):
    before = targets.table(company.cursor(), Q2)
    assert targets.copied(rows(), before).equals(before)
    filled = targets.copied(rows(("company", "nps", "55"), (None, None), ("role operations", "gmv", "9")), before)
    assert filled["target"].tolist() == ["55", "9", "30%", "400,000", "300,000"] and list(filled.index) == [1, 2, 3, 4, 5]
    assert targets.copied(filled, before).equals(filled)


def test_a_table_is_saved_as_a_batch_whose_rows_say_where_they_came_from(company):
    found = checked(company, rows(("company", "nps", "41"), (None, None), ("team T1", "gmv", "50万", "10万", "60万")))
    assert (found.inserted, found.updated, found.gone.count, found.changes) == (2, 0, 0, 2)
    assert targets.save(company, found) == 2
    kept = quarter.targets(company.cursor(), Q3)[["_file", "_sheet", "_row", "target", "floor", "benchmark"]].sort_values("_row")
    assert kept.values.tolist()[1] == ["页面录入", "指标目标", 3, 500_000, 100_000, 600_000] and len(kept) == 2
    assert company.batches()[0]["files"][0]["file"] == "页面录入" and len(lines(company, Q2)) == 4


def test_saving_changes_adds_and_deletes_and_undo_brings_all_of_it_back(company):
    before = lines(company, Q2)
    frame = targets.table(company.cursor(), Q2).drop(3)
    frame.loc[1, "target"] = "50"
    frame.loc[5] = ["employee E1", "gmv", "7", None, None]
    found = checked(company, frame, period=Q2)
    assert (found.inserted, found.updated, found.unchanged, found.gone.count) == (1, 1, 2, 1)
    assert [(row["subject_type"], row["subject_id"], row["metric"]) for row in found.gone.rows] == [("team", "T1", "gmv")]
    batch = targets.save(company, found)
    assert lines(company, Q2) == [("company", "nps", "50", None, None), ("company", "repurchase_rate", "30%", "10%", None),
                                  ("team T2", "gmv", "300,000", None, None), ("employee E1", "gmv", "7", None, None)]
    company.undo(batch)
    assert lines(company, Q2) == before


def test_the_last_target_of_a_quarter_can_be_deleted_too_and_no_other_quarters(company):
    targets.save(company, checked(company, rows(("company", "nps", "41"))))
    found = checked(company, rows(), period=Q2)
    assert found.gone.count == 4 and not found.problems
    batch = targets.save(company, found)
    assert lines(company, Q2) == [] and len(lines(company, Q3)) == 1
    company.undo(batch)
    assert len(lines(company, Q2)) == 4


def test_a_table_with_an_error_changes_nothing(company):
    version = company.version()
    assert targets.save(company, checked(company, rows(("company", "nps", "41"), ("company", "gmv", "30%")))) is None
    assert company.version() == version and lines(company, Q3) == []


def test_a_later_upload_updates_what_was_entered(company, tmp_path):
    targets.save(company, checked(company, rows(("company", "nps", "41"), ("company", "ltv", "900"))))
    file = tmp_path / "targets.csv"
    file.write_text("quarter,subject_type,subject_id,metric,target\n2026Q3,company,,nps,60\n", "utf-8")
    importing.save(company, importing.prepare(company, [("targets.csv", file)]))
    assert lines(company, Q3) == [("company", "ltv", "900", None, None), ("company", "nps", "60", None, None)]


def test_the_trial_is_what_the_quarter_settles_to_once_the_targets_are_saved(company):
    frame = rows(("company", "repurchase_rate", "27%"), ("company", "nps", "80"), ("team T1", "gmv", "50万"),
                 ("team T2", "gmv", "25万"))
    tried = quarter.settle(company, Q2, targets=checked(company, frame).targets)
    own = quarter.settle(company, Q2)
    targets.save(company, checked(company, frame, period=Q2))
    real = quarter.settle(company, Q2)
    assert tried.scores["score"].tolist() == real.scores["score"].tolist() != own.scores["score"].tolist()
    assert tried.ledger["amount"].tolist() == real.ledger["amount"].tolist() and tried.totals == real.totals
    # E1: GMV 400,000 of 500,000 → 80; repurchase 27 % of 27 % → 100; NPS 100 of 80 → 120
    assert tried.scores.set_index("employee_id")["score"]["E1"] == pytest.approx(0.4 * 80 + 0.3 * 100 + 0.3 * 120)


def test_metrics_without_a_target_are_named_with_the_people_they_concern(company):
    tried = quarter.settle(company, Q2, targets=checked(company, rows(("company", "nps", "40"), ("team T1", "gmv", "5"))).targets)
    assert [(row.metric, row.scorecards, row.people) for row in targets.lacking(tried).itertuples()] == [
        ("repurchase_rate", ("operations",), 2), ("gmv", ("operations",), 1)]
    assert targets.lacking(quarter.settle(company, Q2)).empty
