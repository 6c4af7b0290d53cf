"""What could be misread is an error or said, never taken silently: months, units, signs, per cents, dates."""

import openpyxl
import pytest

from core import importing
from core import store as stores
from tests.workbooks import written


@pytest.fixture
def store(tmp_path):
    return stores.open(tmp_path / "ours.duckdb")


@pytest.fixture
def bring(store, tmp_path):
    """Reads one file given as text or sheets (with number formats by cell of the first sheet); answers its sheet, saved
    where it has no error."""
    def read(name: str, content, formats: dict | None = None, **options):
        path = tmp_path / name
        if isinstance(content, dict):
            written(path, content)
            book = openpyxl.load_workbook(path)
            for place, said in (formats or {}).items():
                book.worksheets[0][place].number_format = said
            book.save(path)
        else:
            path.write_text(content, "utf-8")
        upload = importing.prepare(store, [(name, path)], **options)
        importing.save(store, upload)
        return upload.sheets[0]
    return read


def errors(sheet) -> list[tuple]:
    return [(issue.code, issue.cell) for issue in sheet.issues if issue.severity == "error"]


def said(sheet) -> set[str]:
    return {issue.code for issue in sheet.issues}


def rows(store, sql: str) -> list[tuple]:
    return store.cursor().execute(sql).fetchall()


@pytest.mark.parametrize(("month", "code"), [
    ("2026-07-01至2026-09-30", "range_not_month"), ("2026年7-9月", "range_not_month"), ("2026/7-9", "range_not_month"),
    ("2026.7-2026.9", "range_not_month"), ("2026-06-26~2026-07-25", "range_not_month"), ("2026-07-99", "not_a_month"),
    ("2026年7.5月", "not_a_month"), ("2026-02-30", "not_a_month"), ("20260732", "not_a_month"), ("2026-13", "not_a_month"),
    ("2026-07-01 很晚", "not_a_month")])
def test_what_is_no_one_month_is_an_error(bring, month, code):
    sheet = bring("m.csv", f"月份,团队编号,GMV\n{month},T1,5\n")
    assert errors(sheet) == [(code, "A2")]


@pytest.mark.parametrize("month", ["2026年07月份", "2026年7月15日", "2026/7/5 10:20", "2026-07-31 00:00:00", "2026.7.1 星期三",
                                   "20260731", "46204", "2026.07"])
def test_any_date_in_a_month_is_still_that_month(bring, store, month):
    bring("m.csv", f"月份,团队编号,GMV\n{month},T1,5\n")
    assert rows(store, "select month from team_months") == [("2026-07",)]


def test_october_that_a_spreadsheet_keeps_as_2026_1_is_asked_about(bring):
    sheet = bring("m.xlsx", {"团队月报": [["月份", "团队编号", "GMV"], [2026.10, "T1", 1], [2026.11, "T1", 2]]})
    assert errors(sheet) == [("month_or_tenth", "团队月报!A2")]


def test_january_beside_a_written_october_is_january(bring, store):
    bring("m.csv", "月份,团队编号,GMV\n2026.1,T1,1\n2026.10,T1,2\n")
    assert rows(store, "select month from team_months order by 1") == [("2026-01",), ("2026-10",)]


RATES = "月份,工号,活动前转化率(%),活动转化率(%)"


def test_a_rate_shown_as_a_per_cent_is_what_it_shows_whatever_its_header_says(bring, store):
    table = [["月份", "工号", "活动前转化率(%)", "活动转化率"], ["2026-07", "E1", 0.2734, 0.31], ["2026-08", "E1", 27, "31%"]]
    bring("x.xlsx", {"个人月报": table}, {"C2": "0.00%", "D2": "0%"})
    assert rows(store, "select baseline_conversion, campaign_conversion from member_months order by month") == [
        (0.2734, 0.31), (0.27, 0.31)]


@pytest.mark.parametrize("shown", ['0!.0,"万"', "0!.0000", '#,##0.0,', '0\\.0,"万"'])
def test_a_figure_that_its_format_shows_in_thousands_or_ten_thousands_counts_as_it_is_stored(bring, store, shown):
    bring("x.xlsx", {"团队月报": [["月份", "团队编号", "GMV(万元)"], ["2026-07", "T1", 123456.5], ["2026-08", "T1", 12.3]]},
          {"C2": shown})
    assert rows(store, "select gmv from team_months order by month") == [(123456.5,), (123000.0,)]


@pytest.mark.parametrize(("shown", "text"), [("0.00", "123456.5"), ("yyyy\\.mm", None), ("#,##0.00", "123456.5")])
def test_other_formats_change_no_figure(bring, store, shown, text):
    bring("x.xlsx", {"团队月报": [["月份", "团队编号", "GMV"], ["2026-07", "T1", 123456.5]]}, {"C2": shown} if text else {})
    assert rows(store, "select gmv from team_months") == [(123456.5,)]


@pytest.mark.parametrize(("cell", "gmv"), [("123000元", 123_000), ('"￥98,000元"', 98_000), ("12.3", 123_000), ("12.3万元", 123_000),
                                           ("2千", 2_000), ("(3元)", -3)])
def test_a_cells_own_unit_comes_before_its_headers(bring, store, cell, gmv):
    bring("m.csv", f"月份,团队编号,GMV(万元)\n2026-07,T1,{cell}\n")
    assert rows(store, "select gmv from team_months") == [(gmv,)]


def test_a_currency_sign_under_a_header_with_a_unit_is_an_error(bring):
    assert errors(bring("m.csv", "月份,团队编号,GMV(万元)\n2026-07,T1,￥98\n")) == [("currency_or_unit", "C2")]


def test_a_rate_header_with_per_cent_over_parts_of_one_is_said(bring, store):
    sheet = bring("个人月报.csv", f"{RATES}\n2026-07,E1,0.27,27\n")
    assert [i.cell for i in sheet.issues if i.code == "percent_of_percent"] == ["C1"]


@pytest.mark.parametrize("cell", ["(-200)", "-(200)", "(200", "200)", "((200))"])
def test_a_sign_within_brackets_or_half_a_bracket_is_no_number(bring, cell):
    assert errors(bring("m.csv", f"月份,团队编号,利润\n2026-07,T1,{cell}\n")) == [("not_a_number", "C2")]


def test_a_per_cent_where_money_belongs_is_an_error(bring):
    sheet = bring("m.csv", "月份,团队编号,GMV,退款金额\n2026-07,T1,5%,150%\n")
    assert errors(sheet) == [("percent_misplaced", "C2"), ("percent_misplaced", "D2")]


@pytest.mark.parametrize(("metric", "bar", "wrong"), [("NPS", "50%", True), ("GMV", "50%", True), ("复购率", "50%", False),
                                                      ("NPS", "50", False)])
def test_a_target_in_per_cent_is_of_a_metric_that_is_one(bring, metric, bar, wrong):
    sheet = bring("t.csv", f"季度,对象类型,对象编号,指标,目标值\n2026Q3,公司,,{metric},{bar}\n")
    assert errors(sheet) == ([("percent_misplaced", "E2")] if wrong else [])


def test_each_column_of_dates_decides_for_itself(bring, store):
    head = "需求编号,提出团队,处理人,优先级,提出时间,响应时间"
    sheet = bring("r.csv", f"{head}\nR1,T1,E1,紧急,07/14/2026,\nR2,T1,E1,紧急,07/02/2026,\nR3,T1,E1,紧急,07/03/2026,08/03/2026\n")
    assert errors(sheet) == [("ambiguous_dates", "F4")]
    bring("r.csv", f"{head}\nR1,T1,E1,紧急,07/14/2026,\nR2,T1,E1,紧急,07/02/2026,21/07/2026\n")
    assert rows(store, "select strftime(created_at, '%Y-%m-%d'), strftime(responded_at, '%m-%d') from requests order by 1") == [
        ("2026-07-02", "07-21"), ("2026-07-14", None)]


def test_a_column_of_dates_that_contradicts_itself_says_so_with_both_cells(bring):
    sheet = bring("n.csv", "日期,团队编号,评分\n13/07/2026,T1,9\n07/14/2026,T1,9\n01/02/2026,T1,9\n")
    issue = next(i for i in sheet.issues if i.code == "contradictory_dates")
    assert "13/07/2026" in issue.message and "07/14/2026" in issue.message and sheet.inserted == 0


@pytest.mark.parametrize("last", ["制表人：王芳 审核：赵", "导出时间:2026-08-01 10:00", "备注：以上数据含税", "8月合计", "合　计", "总  计",
                                  "合计:", "共2笔", "T1小计"])
def test_what_stands_below_a_table_is_left_out_and_said(bring, last):
    sheet = bring("m.csv", f"月份,团队编号,GMV\n2026-07,T1,5\n{last},,{5 if '计' in last else ''}\n")
    assert errors(sheet) == [] and (sheet.inserted, sheet.skipped) == (1, 1) and said(sheet) & {"total_row", "remark_row"}


def test_a_subtotal_may_stand_where_the_team_belongs(bring):
    sheet = bring("m.csv", "月份,团队编号,GMV\n2026-07,T1,5\n2026-07,小计,5\n")
    assert (sheet.inserted, sheet.skipped) == (1, 1)


@pytest.mark.parametrize("row", ["1,总计,2026-07,E1,100", "合计,甲,2026-07,E1,100", "备注：新,甲,2026-07,E1,100"])
def test_a_row_that_lacks_nothing_is_no_total(bring, row):
    assert bring("个人月报.csv", f"序号,姓名,月份,工号,曝光量\n{row}\n").inserted == 1


def test_a_row_with_a_remark_and_a_gap_is_still_an_error(bring):
    assert errors(bring("m.csv", "说明,月份,团队编号,GMV\n备注：新店,2026-07,,5\n")) == [("missing_value", "C2")]
