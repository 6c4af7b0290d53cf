"""Files as they really come: encodings, headers, numbers, dates, ids, signs; each bad cell with its address."""

from datetime import date, datetime

import openpyxl
import pyarrow.parquet as pq
import pytest

from core import importing
from core import store as stores
from tests.workbooks import written


@pytest.fixture
def store(tmp_path):
    return stores.open(tmp_path / "ours.duckdb")


@pytest.fixture
def bring(store, tmp_path):
    """Reads files given as {name: text, bytes or sheets}; answers the upload, saved unless it has errors."""
    def read(files: dict, save: bool = True, lang="zh", dataset=None, values=None, mapping=None, **options):
        paths = []
        for name, content in files.items():
            path = tmp_path / name
            if isinstance(content, dict):
                written(path, content)
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append((name, path))
        told = importing.Decision(dataset, mapping or {}, values or {})
        upload = importing.prepare(store, paths, everywhere=told, lang=lang, **options)
        if save:
            importing.save(store, upload)
        return upload
    return read


def codes(upload, severity: str | None = None) -> list[str]:
    return [issue.code for sheet in upload.sheets for issue in sheet.issues if severity in (None, issue.severity)]


def column(store, dataset: str, name: str) -> list:
    return [value for (value,) in store.cursor().execute(f"select {name} from main.{dataset} order by _row").fetchall()]


TEAMS = "团队编号,团队名称\nT1,轻茶组\nT2,花茶组\n"


@pytest.mark.parametrize(("encoding", "named"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"),
                                                ("gbk", "gb18030"), ("utf-16", "utf-16")])
def test_the_usual_encodings_are_read_without_a_question(bring, store, encoding, named):
    upload = bring({"teams.csv": TEAMS.encode(encoding)})
    assert upload.sheets[0].encoding == named and column(store, "teams", "name") == ["轻茶组", "花茶组"]


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_comma_tab_and_semicolon_separate(bring, store, mark):
    bring({"teams.csv": TEAMS.replace(",", mark)})
    assert column(store, "teams", "team_id") == ["T1", "T2"]


def test_the_header_may_stand_below_a_title_and_addresses_stay_those_of_the_file(bring):
    upload = bring({"月报.xlsx": {"团队月报": [["2026 年经营月报"], [], ["统计月份", "团队编号", "GMV"],
                                               ["2026-07", "T1", 100], ["2026-08", "T1", "很多"]]}}, save=False)
    sheet = upload.sheets[0]
    assert (sheet.dataset, sheet.header_row, sheet.rows, sheet.rejected) == ("team_months", 3, 2, 1)
    issue = next(i for i in sheet.issues if i.severity == "error")
    assert (issue.cell, issue.value) == ("团队月报!C5", "很多")


def test_chinese_english_and_known_other_headers_map_in_any_order(bring, store):
    bring({"orders.csv": "买家实际支付金额,主订单编号,team_id,买家会员名,订单付款时间,备注\n"
                         "12.5,1,T1,b1,2026-07-01 10:00:00,x\n"})
    assert column(store, "orders", "paid_amount") == [12.5]
    assert column(store, "orders", "paid_at") == [datetime(2026, 7, 1, 10)]


def test_unknown_columns_are_listed_and_personal_ones_dropped(bring, store):
    upload = bring({"orders.csv": "订单号,付款时间,实付金额,收货人,手机,备注\n1,2026-07-01,5,某人,13000000000,x\n"})
    assert upload.sheets[0].ignored_columns == ["备注"]
    assert upload.sheets[0].dropped_personal_columns == ["收货人", "手机"]
    assert not any("13000000000" in str(row) for row in store.cursor().execute("from rows.orders").fetchall())


@pytest.mark.parametrize(("said", "value"), [
    ("11269", 11269), ('"11,269"', 11269), ('"￥1,234.50"', 1234.5), ("¥60.07", 60.07), ("£60.07", 60.07),
    ('"(4,533.75)"', -4533.75), ("12.3万", 123000), ("1.2亿", 120_000_000), ('"4,500元"', 4500),
    ("１２３．５", 123.5), ("-5", -5), ("1e3", 1000), ("-", None), ("—", None), ("N/A", None), ("", None)])
def test_a_number_is_read_as_people_write_it(bring, store, said, value):
    bring({"m.csv": f"月份,团队编号,GMV,利润\n2026-07,T1,1,{said}\n"})
    assert column(store, "team_months", "profit") == [pytest.approx(value) if value is not None else None]


@pytest.mark.parametrize("said", ["7.5w~10w", "12-13", "3万至5万", "1000～2000"])
def test_a_range_is_an_error_that_says_so_and_is_never_paid_on(bring, said):
    upload = bring({"m.csv": f"月份,团队编号,GMV\n2026-07,T1,{said}\n"}, save=False)
    issue = next(i for i in upload.sheets[0].issues if i.severity == "error")
    assert (issue.code, issue.cell, issue.value) == ("range_not_number", "C2", said)


@pytest.mark.parametrize("said", ["很多", "1.2.3", '"1,2"', '"12,34,567"', "12 34", "=1+1", "inf", "nan%"])
def test_what_is_no_number_is_an_error_with_its_cell(bring, said):
    upload = bring({"m.csv": f"月份,团队编号,GMV\n2026-07,T1,{said}\n"}, save=False)
    issue = next(i for i in upload.sheets[0].issues if i.severity == "error")
    assert (issue.code, issue.cell, issue.value) == ("not_a_number", "C2", said.strip('"'))


@pytest.mark.parametrize("said", ["2026/9/1", "2026.9.1", "2026-9-1", "2026年9月1日", "20260901", "2026-09-01 10:20:30",
                                  "2026-09-01 星期二", "46266", "2026/09/01 10:20"])
def test_a_date_is_read_as_people_write_it(bring, store, said):
    bring({"n.csv": f"日期,团队编号,评分\n{said},T1,9\n"})
    assert column(store, "nps_responses", "date") == [date(2026, 9, 1)]


def test_a_real_excel_date_is_read(bring, store):
    bring({"n.xlsx": {"NPS问卷": [["日期", "团队编号", "评分"], [datetime(2026, 9, 1), "T1", 9], [date(2026, 9, 2), "T1", 8]]}})
    assert column(store, "nps_responses", "date") == [date(2026, 9, 1), date(2026, 9, 2)]


@pytest.mark.parametrize("said", ["2018-02-29", "2026-13-01", "昨天"])
def test_an_impossible_date_is_an_error(bring, said):
    upload = bring({"n.csv": f"日期,团队编号,评分\n{said},T1,9\n"}, save=False)
    assert [(i.code, i.cell) for i in upload.sheets[0].issues if i.severity == "error"] == [("not_a_date", "A2")]


def test_day_or_month_first_is_decided_by_the_whole_column(bring, store):
    bring({"n.csv": "日期,团队编号,评分\n03/07/2026,T1,9\n24/07/2026,T1,9\n"})
    assert column(store, "nps_responses", "date") == [date(2026, 7, 3), date(2026, 7, 24)]


def test_where_the_column_does_not_tell_it_is_asked(bring, store):
    text = {"n.csv": "日期,团队编号,评分\n03/07/2026,T1,9\n04/07/2026,T1,9\n"}
    assert codes(bring(text, save=False), "error") == ["ambiguous_dates"]
    bring(text, values={"date_order": "mdy"})
    assert column(store, "nps_responses", "date") == [date(2026, 3, 7), date(2026, 4, 7)]


@pytest.mark.parametrize("said", ["2026-07", "2026年7月", "2026/7", "202607", "2026-07-15"])
def test_a_month_is_read_as_people_write_it(bring, store, said):
    bring({"m.csv": f"月份,团队编号,GMV\n{said},T1,5\n"})
    assert column(store, "team_months", "month") == ["2026-07"]


@pytest.mark.parametrize("said", ["2026Q3", "2026-Q3", "2026q3", "2026年三季度", "2026年第3季度"])
def test_a_quarter_is_read_as_people_write_it(bring, store, said):
    bring({"t.csv": f"季度,对象类型,对象编号,指标,目标值\n{said},公司,,复购率,30%\n"})
    assert column(store, "targets", "quarter") == ["2026Q3"] and column(store, "targets", "target") == [0.3]


@pytest.mark.parametrize(("said", "kept"), [('"=""00123"""', "00123"), ("'00123", "00123"), ("17850.0", "17850"),
                                           ("00123", "00123"), ('"\t7592"', "7592")])
def test_an_id_keeps_its_leading_zeros_and_loses_its_quoting(bring, store, said, kept):
    bring({"t.csv": f"团队编号,团队名称\n{said},甲\n"})
    assert column(store, "teams", "team_id") == [kept]


def test_an_id_that_lost_digits_is_an_error(bring):
    upload = bring({"t.csv": "团队编号,团队名称\n1.23E+17,甲\n"}, save=False)
    assert [(i.code, i.cell) for i in upload.sheets[0].issues if i.severity == "error"] == [("precision_lost", "A2")]


def test_choices_are_read_in_both_languages_and_others_name_what_is_accepted(bring, store):
    roster = "工号,姓名,岗位,层级,团队编号,入职日期\nE1,甲,运营,基层,T1,2025-01-06\nE2,乙,design,senior,T1,2025-01-06\n"
    bring({"r.csv": roster})
    assert column(store, "employees", "role") == ["operations", "design"]
    assert column(store, "employees", "position_value") == [1, 1]
    upload = bring({"r2.csv": roster.replace("运营", "飞行员")}, save=False)
    issue = next(i for i in upload.sheets[0].issues if i.severity == "error")
    assert (issue.code, issue.cell) == ("unknown_choice", "C2") and "运营" in issue.suggestion


def test_a_target_names_the_role_as_the_file_calls_it(bring, store):
    upload = bring({"t.csv": "季度,对象类型,对象编号,指标,目标值\n2026Q3,岗位,运营,NPS,40\n2026Q3,岗位,飞行员,NPS,40\n"},
                   save=False)
    assert [(i.code, i.cell) for i in upload.sheets[0].issues if i.severity == "error"] == [("unknown_choice", "C3")]
    importing.save(store, upload, accept_valid=True)
    assert column(store, "targets", "subject_id") == ["operations"]


def test_a_required_cell_that_is_empty_and_one_out_of_range_are_errors(bring):
    upload = bring({"n.csv": "日期,团队编号,评分\n2026-07-01,,9\n2026-07-01,T1,11\n"}, save=False)
    assert [(i.code, i.cell) for i in upload.sheets[0].issues if i.severity == "error"] == [
        ("missing_value", "B2"), ("out_of_range", "C3")]


def test_a_missing_column_is_one_problem_and_one_value_mends_it(bring, store):
    text = {"o.csv": "订单号,付款时间,实付金额\n1,2026-07-01,5\n2,2026-07-02,6\n"}
    bring(text, values={"team_id": "T7"})
    assert column(store, "orders", "team_id") == ["T7", "T7"]
    upload = bring({"n.csv": "日期,评分,评价\n2026-07-01,9,好\n"}, save=False, dataset="nps_responses")
    assert codes(upload, "error") == ["missing_column"] and upload.sheets[0].missing_columns == ["team_id"]


def test_negative_amounts_are_refunds_unless_the_file_has_its_own(bring, store):
    bring({"o.csv": "订单号,付款时间,数量,单价\n1,2026-07-01,2,10\nC1,2026-07-02,-1,10\n"})
    assert column(store, "orders", "paid_amount") == [20, 0] and column(store, "orders", "refund_amount") == [0, 10]
    bring({"p.csv": "订单号,付款时间,实付金额,退款金额\n3,2026-07-01,20,10\n4,2026-07-02,-10,0\n"})
    found = store.cursor().execute("select paid_amount, refund_amount from orders where order_id in ('3', '4')"
                                   " order by order_id").fetchall()
    assert found == [(20, 10), (0, 0)]


def test_unpaid_lines_and_total_rows_are_left_out_and_counted(bring, store):
    upload = bring({"o.csv": "订单号,付款时间,实付金额\n1,2026-07-01,5\n2,,6\n合计,,11\n"})
    sheet = upload.sheets[0]
    assert (sheet.rows, sheet.skipped, sheet.inserted) == (3, 2, 1)
    assert set(codes(upload)) >= {"unpaid_line", "total_row"}


def test_lines_of_an_order_are_replaced_as_a_whole(bring, store):
    bring({"a.csv": "订单号,付款时间,实付金额\n1,2026-07-01,5\n1,2026-07-01,7\n2,2026-07-01,1\n"})
    upload = bring({"b.csv": "订单号,付款时间,实付金额\n1,2026-07-01,5\n"})
    assert sorted(column(store, "orders", "paid_amount")) == [1, 5]
    assert (upload.sheets[0].inserted, upload.sheets[0].unchanged) == (0, 1)


def test_answers_are_a_bag_of_rows_only_the_surplus_is_new(bring, store):
    bring({"a.csv": "日期,团队编号,评分\n2026-07-01,T1,9\n2026-07-01,T1,9\n"})
    upload = bring({"b.csv": "日期,团队编号,评分\n2026-07-01,T1,9\n2026-07-01,T1,9\n2026-07-01,T1,9\n"})
    assert (upload.sheets[0].inserted, upload.sheets[0].unchanged) == (1, 2)
    assert len(column(store, "nps_responses", "score")) == 3


def test_daily_rows_of_a_month_are_added_up(bring, store):
    bring({"d.csv": "统计日期,团队编号,支付金额\n2026-07-01,T1,5\n2026-07-02,T1,7\n"})
    assert store.cursor().execute("select sum(gmv), count(distinct month) from team_months").fetchone() == (12, 1)


def test_a_key_that_comes_twice_with_other_content_names_the_first(bring):
    upload = bring({"t.csv": "团队编号,团队名称\nT1,甲\nT2,乙\nT1,丙\n"}, save=False)
    issue = next(i for i in upload.sheets[0].issues if i.severity == "error")
    assert (issue.code, issue.cell) == ("duplicate_key", "A4") and "A2" in issue.message


def test_buyers_are_stored_only_as_a_hash_that_stays_the_same(bring, store):
    head = "订单号,付款时间,实付金额,买家ID\n"
    bring({"a.csv": head + "1,2026-07-01,5,张三丰\n", "b.csv": head + "2,2026-07-02,5,张三丰\n"})
    hashes = set(column(store, "orders", "buyer_id"))
    assert len(hashes) == 1 and "张三丰" not in hashes


def test_every_row_knows_its_file_sheet_and_row(bring, store):
    bring({"t.xlsx": {"团队": [["团队编号", "团队名称"], ["T1", "甲"], [], ["T2", "乙"]]}})
    assert store.cursor().execute("select _file, _sheet, _row from teams order by _row").fetchall() == [
        ("t.xlsx", "团队", 2), ("t.xlsx", "团队", 4)]


@pytest.mark.parametrize(("name", "content", "code"), [
    ("a.xlsx", b"PK\x03\x04 not a zip", "broken_file"), ("a.csv", b"", "empty_file"),
    ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted_file"),
    ("a.csv", b"\xff\xfe\x00", "unknown_encoding")])
def test_a_file_that_cannot_be_read_is_refused_by_name(bring, name, content, code):
    upload = bring({name: content}, save=False)
    assert codes(upload, "error")[0] == code and name in upload.sheets[0].issues[0].message


def test_a_file_of_something_else_is_refused(bring, store):
    upload = bring({"x.csv": "a,b\n1,2\n"})
    assert "nothing_recognised" in codes(upload, "error") and store.batches() == []


def test_a_cell_at_the_last_corner_is_refused_and_stops_nothing(bring, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["团队编号", "团队名称"])
    book.active.cell(1_048_576, 16_384, "x")
    book.save(tmp_path / "corner.xlsx")
    assert "oversized_file" in codes(bring({"corner.xlsx": (tmp_path / "corner.xlsx").read_bytes()}, save=False), "error")


def test_messages_come_in_the_users_language(bring):
    files = {"m.csv": "月份,团队编号,GMV\n2026-07,T1,x\n"}
    zh, en = (bring(files, save=False, lang=lang).sheets[0].issues[0] for lang in ("zh", "en"))
    assert zh.message == "C2：“GMV”应为数字，实际为“x”。" and en.message == "C2: GMV should be a number but is “x”."


@pytest.mark.parametrize("wild", ["'; drop table rows.teams; --", "<script>alert(1)</script>", "{cell}", "../../x"])
def test_a_users_text_stays_text(bring, store, wild):
    bring({"t.xlsx": {"团队": [["团队编号", "团队名称"], ["T1", wild], ["T2", "乙"]]}})
    assert column(store, "teams", "name") == [wild, "乙"]


def test_nothing_personal_outlives_the_reading_and_nothing_staged_the_saving(bring, store):
    files = {"o.csv": "订单号,付款时间,实付金额,手机,买家ID\n1,2026-07-01,5,13912345678,张三丰\n"}
    upload = bring(files, save=False)
    left = [path for path in store.stage_folder().rglob("*") if path.is_file()]
    assert left == [upload.staged["orders"]]
    kept = str(pq.read_table(left[0]).to_pylist())
    assert "13912345678" not in kept and "张三丰" not in kept and "2026" in kept
    importing.save(store, upload)
    assert list(store.stage_folder().iterdir()) == []


def test_a_proportion_target_above_one_is_an_error_and_a_part_above_its_whole_a_warning(bring):
    upload = bring({"t.csv": "季度,对象类型,对象编号,指标,目标值\n2026Q3,公司,,复购率,30\n2026Q3,公司,,NPS,40\n"}, save=False)
    assert [(i.code, i.cell) for i in upload.sheets[0].issues if i.severity == "error"] == [("rate_above_one", "E2")]
    upload = bring({"m.csv": "月份,团队编号,支付买家数,复购买家数\n2026-07,T1,100,120\n2026-08,T1,100,100\n"})
    assert [(i.code, i.cell) for i in upload.sheets[0].issues if i.severity == "warning"] == [("part_above_whole", "D2")]
    assert upload.sheets[0].inserted == 2


def test_problems_come_in_the_order_of_the_rows(bring):
    upload = bring({"n.csv": "日期,团队编号,评分\n2026-07-01,T1,99\n昨天,T1,9\n2026-07-01,,9\n明天,T1,9\n"}, save=False)
    assert [i.cell for i in upload.sheets[0].issues] == ["C2", "A3", "B4", "A5"]


def test_a_duplicate_names_the_whole_key(bring):
    upload = bring({"m.csv": "月份,团队编号,GMV\n2026-07,T1,1\n2026-07,T1,2\n"}, save=False)
    issue = next(i for i in upload.sheets[0].issues if i.code == "duplicate_key")
    assert "月份 + 团队编号" in issue.message and issue.value == "2026-07 + T1" and issue.value in issue.message


def test_a_macro_workbook_is_refused_by_its_name(bring, tmp_path):
    written(tmp_path / "plain.xlsx", {"团队": [["团队编号", "团队名称"], ["T1", "甲"]]})
    assert codes(bring({"a.xlsm": (tmp_path / "plain.xlsx").read_bytes()}, save=False), "error")[0] == "macro_file"
