"""What could be misread is an error or said, never taken silently: months, units, signs, per cents, dates."""

import re

import openpyxl
import pytest

from core import importing
from core import store as stores
from core.importing.mend import MONTH_ALONE
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


@pytest.mark.parametrize("day", ["2026年7月15日", "2026/7/5 10:20", "2026-07-31 00:00:00", "2026.7.1 星期三", "20260731", "46204",
                                 "7/5/2026", "05.07.2026", "2026-7-5"])
def test_no_writing_of_a_day_looks_like_a_month_alone(day):
    assert not re.fullmatch(MONTH_ALONE, day)
    assert re.fullmatch(MONTH_ALONE, "2026年07月份") and re.fullmatch(MONTH_ALONE, "2026.7")


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


@pytest.mark.parametrize(("cell", "gmv"), [
    ("123000元", 123_000), ('"￥98,000元"', 98_000), ("12.3", 123_000), ("12.3万元", 123_000), ("2千", 2_000), ("(3元)", -3)])
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


@pytest.mark.parametrize("last", [
    "制表人：王芳 审核：赵", "导出时间:2026-08-01 10:00", "备注：以上数据含税", "8月合计", "合　计", "总  计", "合计:",
    "共2笔", "T1小计"])
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


@pytest.mark.parametrize(("header", "field", "value"), [
    ("支付买家数（人）", "buyers", 5), ("支付买家数（个）", "buyers", 5), ("复购买家数[人]", "repeat_buyers", 5),
    ("发货单数(单)", "shipments", 5), ("GMV（单位：万元）", "gmv", 50_000), ("GMV:万元", "gmv", 50_000),
    ("利润 万元", "profit", 50_000), ("退款金额（k）", "refund_amount", 5_000),
    ("退款金额/元", "refund_amount", 5),
    ("社群人数【万人】", "community_members", 50_000), ("利润百元", "profit", 500)])
def test_a_unit_in_a_header_hides_no_column(bring, store, header, field, value):
    sheet = bring("m.csv", f"月份,团队编号,{header},期初用户数\n2026-07,T1,5,9\n")
    assert sheet.mapping[header] == field and rows(store, f"select {field} from team_months") == [(value,)]


def test_a_header_with_a_remark_is_that_header(bring):
    sheet = bring("花名册.csv", '工号,姓名,"岗位\n(必填)",层级*,团队编号,入职日期\nE1,甲,运营,基层,T1,2025-01-06\n')
    assert sheet.missing_columns == [] and sheet.inserted == 1


@pytest.mark.parametrize("header", ["GMV（港币）", "GMV(分)", "GMV/美元", "GMV(%)"])
def test_a_unit_that_is_unknown_is_not_guessed_and_the_column_is_named(bring, header):
    sheet = bring("m.csv", f"月份,团队编号,{header},利润\n2026-07,T1,5,9\n")
    issue = next(i for i in sheet.issues if i.code == "like_ours")
    assert header in sheet.ignored_columns and (issue.severity, issue.cell) == ("warning", "C1") and "GMV" in issue.message


@pytest.mark.parametrize("header", ["GMV美元", "退款金额分", "退款金额状态", "社群人数增长", "成交金额占比", "退款金额上限",
                                    "利润环比"])
def test_another_thing_beside_ours_feeds_no_column(bring, header):
    assert bring("m.csv", f"月份,团队编号,{header},发货单数\n2026-07,T1,5,9\n").ignored_columns == [header]


def test_a_discount_is_not_what_was_paid(bring):
    sheet = bring("o.csv", "订单编号,买家ID,付款时间,实付金额优惠,退款金额状态\nA1,b,2026-07-01,5,3\n", lang="zh")
    assert not {"paid_amount", "refund_amount"} & set(sheet.mapping.values())


TWO = [["月份", "团队编号", "销售", None, "用户", None], [None, None, "GMV", "退款金额", "支付买家数", "复购买家数"],
       ["2026-07", "T1", 100, 1, 50, 10], ["2026-08", "T1", 200, 2, 60, 12]]


@pytest.mark.parametrize("above", [[], [["2026 年经营月报"], []]])
def test_two_header_rows_are_one_header(bring, store, above):
    sheet = bring("x.xlsx", {"团队月报": above + TWO})
    assert errors(sheet) == [] and (sheet.header_row, sheet.inserted) == (len(above) + 2, 2)
    assert rows(store, "select gmv, refund_amount, buyers, repeat_buyers from team_months order by month") == [
        (100, 1, 50, 10), (200, 2, 60, 12)]


def test_a_group_that_changes_what_its_columns_mean_is_part_of_their_names(bring):
    table = [["月份", "团队编号", "实际", None, "目标", None], [None, None, "GMV", "利润", "支付买家数", "发货单数"],
             ["2026-07", "T1", 100, 1, 50, 10]]
    sheet = bring("x.xlsx", {"团队月报": table})
    assert not {"buyers", "shipments", "gmv"} & set(sheet.mapping.values())


def test_rows_of_a_key_alone_and_columns_without_a_header_are_said(bring):
    sheet = bring("m.csv", "月份,团队编号,,GMV\n2026-07,T1,7,\n2026-08,T1,8,5\n2026-09,T1,,-\n")
    assert [(i.code, i.cell, i.count) for i in sheet.issues if i.severity == "warning"] == [
        ("unnamed_columns", "C1", 2), ("nothing_but_key", "2", 2)]


def test_full_width_letters_of_an_id_are_the_usual_ones_and_case_alone_is_said(bring, store):
    sheet = bring("t.csv", "团队编号,团队名称\nＴ01,甲\nt01,乙\nT02,丙\n")
    assert rows(store, "select team_id from teams order by 1") == [("T01",), ("T02",), ("t01",)]
    issue = next(i for i in sheet.issues if i.code == "differs_by_case")
    assert (issue.severity, issue.cell, issue.value) == ("warning", "A3", "t01") and "T01" in issue.message


def test_people_who_differ_by_case_in_a_monthly_sheet_are_said_too(bring):
    assert "differs_by_case" in said(bring("个人月报.csv", "月份,工号,曝光量\n2026-07,E01,1\n2026-08,e01,1\n"))


ROSTER = "工号,姓名,岗位,层级,团队编号,入职日期"


@pytest.mark.parametrize(("cell", "core"), [("√", True), ("✔", True), ("×", False), ("✗", False), ("有", True)])
def test_a_tick_is_yes_and_a_cross_no(bring, store, cell, core):
    bring("花名册.csv", f"{ROSTER},核心人才\nE1,甲,运营,基层,T1,2025-01-06,{cell}\n")
    assert rows(store, "select is_core from employees") == [(core,)]


def test_a_word_that_is_neither_yes_nor_no_is_told_what_is(bring):
    sheet = bring("花名册.csv", f"{ROSTER},核心人才\nE1,甲,运营,基层,T1,2025-01-06,核心\n")
    assert "是、否" in next(i.suggestion for i in sheet.issues if i.code == "unknown_choice")


@pytest.mark.parametrize("word", ["至今", "在职", "/", "无"])
def test_a_word_for_no_date_is_no_date_and_said(bring, store, word):
    sheet = bring("花名册.csv", f"{ROSTER},离职日期\nE1,甲,运营,基层,T1,2025-01-06,{word}\n")
    assert rows(store, "select leave_date from employees") == [(None,)] and "read_as_empty" in said(sheet)


def test_an_order_that_says_it_is_unpaid_is_unpaid(bring):
    sheet = bring("o.csv", "订单号,付款时间,实付金额\n1,2026-07-01,5\n2,未付款,6\n共2笔,,\n制表人：王芳,,\n")
    assert errors(sheet) == [] and (sheet.inserted, sheet.skipped) == (1, 3)
    assert [i.count for i in sheet.issues if i.code == "unpaid_line"] == [1]


@pytest.mark.parametrize(("header", "empty"), [("入职日期", False), ("离职日期", True)])
def test_a_date_that_may_be_empty_says_so(bring, header, empty):
    row = "2025-01-06,很久" if empty else "很久,"
    sheet = bring("花名册.csv", f"{ROSTER},离职日期\nE1,甲,运营,基层,T1,{row}\n")
    assert ("留空" in next(i.suggestion for i in sheet.issues if i.code == "not_a_date")) == empty


def test_half_a_score_is_one_error_that_asks_for_a_whole_one(bring):
    assert errors(bring("n.csv", "日期,团队编号,评分\n2026-07-01,T1,8.5\n")) == [("not_whole", "C2")]


def test_a_date_where_money_belongs_is_called_a_date(bring):
    assert errors(bring("m.csv", "月份,团队编号,GMV\n2026-07,T1,2026-07-01\n")) == [("date_not_number", "C2")]


def test_refunds_that_all_have_a_minus_are_read_without_it_and_said(bring, store):
    sheet = bring("o.csv", "订单号,付款时间,实付金额,退款金额\n1,2026-07-01,50,-5\n2,2026-07-01,50,-6\n3,2026-07-01,50,0\n")
    assert rows(store, "select sum(refund_amount), sum(paid_amount) from orders") == [(11, 150)]
    assert [(i.code, i.count) for i in sheet.issues if i.severity == "warning"] == [("minus_dropped", 2)]


def test_a_refund_with_a_minus_beside_others_without_is_an_error_with_its_way_out(bring):
    sheet = bring("o.csv", "订单号,付款时间,实付金额,退款金额\n1,2026-07-01,50,-5\n2,2026-07-01,50,6\n")
    assert errors(sheet) == [("negative_refund", "D2")]


def test_a_limit_on_one_side_names_that_side(bring):
    sheet = bring("m.csv", "月份,团队编号,支付买家数\n2026-07,T1,-1\n")
    assert errors(sheet) == [("too_small", "C2")] and "∞" not in sheet.issues[0].message


@pytest.mark.parametrize(("header", "cell", "shown"), [
    ("复购提升条件", 2, "General"), ("复购提升条件", "2%", "General"), ("复购提升条件", "2.0 %", "General"),
    ("复购提升条件", 0.02, "0%"), ("复购提升条件(%)", 2, "General"), ("复购提升条件（%）", 0.02, "0%")])
def test_a_lift_of_two_and_of_two_per_cent_are_both_two_points(bring, store, header, cell, shown):
    table = [["授予编号", "工号", "数量", "授予日期", header], ["G1", "E1", 100, "2024-08-15", cell]]
    sheet = bring("g.xlsx", {"股权授予": table}, {"E2": shown})
    assert errors(sheet) == [] and rows(store, "select repurchase_lift_min from equity_grants") == [(2.0,)]
