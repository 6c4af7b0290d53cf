"""`python -m core`: the JSON and the exit codes that scheduled jobs rely on."""

import json
from pathlib import Path

import pytest

from core.__main__ import main
from tests.workbooks import written

REAL = Path(__file__).parent.parent.parent / "shared" / "real" / "orders"

ROSTER = [["工号", "姓名", "岗位", "层级", "团队编号", "入职日期", "岗位价值系数"],
          ["E1", "甲", "运营", "基层", "T1", "2025-01-06", 1.2]]
MONTHS = [["月份", "团队编号", "GMV", "支付买家数", "复购买家数"], ["2026-07", "T1", 1_100_000, 100, 27]]
ANSWERS = [["日期", "团队编号", "推荐者数", "中立者数", "贬损者数"], ["2026-08-01", "T1", 50, 40, 10]]
TARGETS = [["季度", "对象类型", "对象编号", "指标", "目标值"],
           ["2026Q3", "团队", "T1", "GMV", 1_000_000], ["2026Q3", "岗位", "operations", "复购率", 0.30],
           ["2026Q3", "公司", None, "用户净推荐值", 40]]


@pytest.fixture
def shell(tmp_path, capsys):
    def run(*arguments):
        code = main([*map(str, arguments), "--db", str(tmp_path / "ours.duckdb"), "--json"])
        return code, json.loads(capsys.readouterr().out)
    return run


def company(tmp_path, without=()):
    sheets = {"员工花名册": ROSTER, "团队月报": MONTHS, "NPS问卷": ANSWERS, "指标目标": TARGETS}
    return written(tmp_path / "company.xlsx", {k: v for k, v in sheets.items() if k not in without})


def test_the_first_worked_example_from_workbook_to_pay(shell, tmp_path):
    code, imported = shell("import", company(tmp_path))
    assert code == 0 and imported["batch"] == 1
    assert {f["dataset"]: f["inserted"] for f in imported["files"]} == {
        "employees": 1, "team_months": 1, "nps_responses": 1, "targets": 3}
    code, settled = shell("settle", "--quarter", "2026Q3")
    assert code == 0 and settled["scores"][0]["score"] == 101.0 and settled["scores"][0]["grade"] == "A"
    row = settled["ledger"][0]
    assert (row["rule"], row["amount"], row["status"]) == ("commission", 6060.0, "payable")
    assert settled["totals"]["payable_cny"] == 6060.0
    assert any("company.xlsx" in str(step["source"]) for step in row["why"])


def test_a_slider_of_the_shell_moves_the_total(shell, tmp_path):
    shell("import", company(tmp_path))
    code, compared = shell("compare", "--quarter", "2026Q3", "--set", "scorecards.operations.weights.gmv=0.5")
    assert code == 0 and compared["change_cny"] == 90.0
    assert compared["people"] == [{"employee_id": "E1", "before": 6060.0, "after": 6150.0, "change": 90.0}]


def test_evaluate_prints_all_that_a_quarter_is_judged_by_and_of_a_month_the_metrics(shell, tmp_path):
    shell("import", company(tmp_path))
    code, told = shell("evaluate", "--quarter", "2026Q3")
    assert code == 0 and set(told) == {"quarter", "metrics", "dimensions", "contributions", "attrition", "survival", "cohorts",
                                       "nps", "requests", "skills", "growth_tree", "risks"}
    business = next(row for row in told["dimensions"]["indices"] if row["dimension"] == "business" and not row["subject_id"])
    lines = [row for row in told["dimensions"]["lines"] if row["dimension"] == "business" and not row["subject_id"]]
    assert business["index"] == pytest.approx(sum(row["part"] for row in lines if row["part"]))
    assert business["covered_weight"] == 0.3
    assert {row["metric"]: row["missing"] for row in lines} == {"gmv": "no_target", "repurchase_rate": "no_target", "nps": ""}
    assert told["attrition"]["company"][0]["people"] == 1 and told["attrition"]["company"][0]["rate"] is None
    assert sum(row["answers"] for row in told["nps"]) == 100
    states = {one["risk"]: one["state"] for one in told["risks"]}
    assert len(states) == 11 and states["rhythm"] == "unknown" and states["cliff"] == "quiet"
    assert all(row["said"] for one in told["risks"] for row in one["evidence"])
    code, month = shell("evaluate", "--quarter", "2026Q3", "--month", "2026-08")
    assert code == 0 and set(month) == {"quarter", "month", "metrics"}


def test_a_missing_answer_is_pending_and_zero_releases_it(shell, tmp_path):
    shell("import", company(tmp_path, without=["NPS问卷"]))
    _, settled = shell("settle", "--quarter", "2026Q3")
    assert (settled["ledger"][0]["status"], settled["ledger"][0]["potential"]) == ("pending", 6085.71)
    _, settled = shell("settle", "--quarter", "2026Q3", "--set", "missing=zero")
    assert (settled["ledger"][0]["status"], settled["ledger"][0]["amount"]) == ("payable", 4260.0)


def test_an_error_row_refuses_the_whole_batch_unless_the_valid_rows_are_accepted(shell, tmp_path):
    broken = written(tmp_path / "broken.xlsx", {"团队月报": [*MONTHS, ["2026-08", "T1", "很多", 1, 0]]})
    code, imported = shell("import", broken)
    issue = next(i for f in imported["files"] for i in f["issues"] if i["severity"] == "error")
    assert code == 1 and imported["batch"] is None and issue["cell"] == "团队月报!C3" and issue["value"] == "很多"
    assert shell("history")[1] == {"batches": []}
    code, imported = shell("import", broken, "--accept-valid")
    assert code == 0 and (imported["files"][0]["inserted"], imported["files"][0]["rejected"]) == (1, 1)


def test_bad_usage_exits_with_two(shell):
    for wrong in (["settle"], ["settle", "--quarter", "2026-3"], ["nonsense"], ["compare", "--quarter", "2026Q3"]):
        with pytest.raises(SystemExit) as stopped:
            shell(*wrong)
        assert stopped.value.code == 2


def test_an_unknown_address_is_refused_and_named(shell, tmp_path):
    shell("import", company(tmp_path))
    code, answer = shell("settle", "--quarter", "2026Q3", "--set", "scorecards.operations.weights.gmw=0.5")
    assert code == 1 and "gmw" in answer["refused"]


def test_the_same_file_again_changes_nothing(shell, tmp_path):
    shell("import", company(tmp_path))
    _, again = shell("import", company(tmp_path))
    assert all(f["inserted"] == f["updated"] == 0 and f["unchanged"] for f in again["files"])


@pytest.mark.skipif(not REAL.exists(), reason="the files from outside are not here")
def test_a_real_shops_three_days_give_the_published_figures(shell):
    days = [REAL / f"2010-12-0{day}.csv" for day in (1, 2, 3)]
    code, imported = shell("import", *days, "--value", "team_id=T01")
    assert code == 0 and sum(f["rows"] for f in imported["files"]) == 7419
    _, evaluated = shell("evaluate", "--quarter", "2010Q4")
    company = {m["metric"]: m for m in evaluated["metrics"] if m["subject_type"] == "company"}
    assert company["gmv"]["value"] == pytest.approx(153_652.88, abs=0.005)
    assert company["refund_rate"]["numerator"] == pytest.approx(3_189.58, abs=0.005)
    assert company["aov"]["denominator"] == 337
    assert (company["repurchase_rate"]["numerator"], company["repurchase_rate"]["denominator"]) == (33, 234)


@pytest.mark.skipif(not REAL.exists(), reason="the files from outside are not here")
def test_a_day_first_pound_file_gives_the_published_quarters(shell):
    code, _ = shell("import", REAL / "preppin_case150_orders_returns.csv", "--value", "team_id=T01")
    assert code == 0
    for label, gmv, buyers, rate in (("2021Q1", 593_344.27, 244, 0.282787), ("2021Q2", 758_931.65, 306, 0.490196),
                                     ("2021Q3", 301_608.09, 141, 0.156028)):
        _, evaluated = shell("evaluate", "--quarter", label)
        found = {m["metric"]: m for m in evaluated["metrics"] if m["subject_type"] == "company"}
        assert found["gmv"]["value"] == pytest.approx(gmv, abs=0.005)
        assert found["repurchase_rate"]["denominator"] == buyers
        assert found["repurchase_rate"]["value"] == pytest.approx(rate, abs=5e-7)


def test_a_refusal_says_why_also_without_json(tmp_path, capsys):
    broken = written(tmp_path / "broken.xlsx", {"团队月报": [*MONTHS, ["2026-08", "T1", "很多", 1, 0]]})
    assert main(["import", str(broken), "--db", str(tmp_path / "ours.duckdb")]) == 1
    assert "[error] 团队月报!C3：“GMV”应为数字，实际为“很多”。" in capsys.readouterr().out


def test_the_sample_company_is_written_in_either_phase(shell, tmp_path):
    code, said = shell("sample", tmp_path / "mature", "--variant", "mature")
    assert code == 0 and "founded = 2022-06-01" in Path(said["files"][-1]).read_text("utf-8")
    with pytest.raises(SystemExit) as refused:
        shell("sample", tmp_path / "other", "--variant", "startup")
    assert refused.value.code == 2 and not (tmp_path / "other").exists()


def test_an_option_of_every_command_may_stand_before_it_or_behind_it(tmp_path, capsys):
    database = str(tmp_path / "other.duckdb")
    for arguments in (["--db", database, "--json", "history"], ["history", "--db", database, "--json"],
                      ["--db", "elsewhere", "--json", "history", "--db", database]):
        assert main(arguments) == 0 and json.loads(capsys.readouterr().out) == {"batches": []}
    assert [path.name for path in tmp_path.glob("*.duckdb")] == ["other.duckdb"]
