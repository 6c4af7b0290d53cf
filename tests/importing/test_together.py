"""Files that come together or after one another: what was told for one, rows that two of them hold, files of one name."""

import pytest

from core import importing
from core import store as stores
from core.importing import Decision
from core.importing.report import rejected_rows
from tests.workbooks import written


@pytest.fixture
def store(tmp_path):
    return stores.open(tmp_path / "ours.duckdb")


@pytest.fixture
def bring(store, tmp_path):
    """Reads files given as {name: text or sheets}, or a list of (name, text) where names repeat; answers the upload."""
    def read(files, **options):
        paths = []
        for number, (name, content) in enumerate(files.items() if isinstance(files, dict) else files):
            path = tmp_path / f"{number}_{name}"
            if isinstance(content, dict):
                written(path, content)
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append((name, path))
        return importing.prepare(store, paths, **options)
    return read


def said(sheet, *wanted: str) -> list[tuple]:
    return [(i.code, i.severity, i.cell) for i in sheet.issues if i.code in wanted]


def balanced(upload) -> bool:
    return all(s.rows == s.inserted + s.updated + s.unchanged + s.skipped + s.rejected for s in upload.sheets)


def held(store, sql: str) -> list[tuple]:
    return store.cursor().execute(sql).fetchall()


MONTH = "月份,GMV,支付买家数\n2026-07,{gmv},{buyers}\n"


def test_a_team_told_for_one_file_is_asked_again_for_the_next_and_nothing_is_overwritten(bring, store):
    files = {"轻茶组.csv": MONTH.format(gmv=100, buyers=5)}
    key = bring(files).sheets[0].key
    importing.save(store, bring(files, decisions={key: Decision(dataset="team_months", values={"team_id": "T01"})}))
    sheet = bring({"花茶组.csv": MONTH.format(gmv=900, buyers=7)}, remembered=True).sheets[0]
    assert sheet.remembered and sheet.missing_columns == ["team_id"] and sheet.unsure and sheet.updated == 0


def test_a_team_that_an_earlier_version_remembered_is_not_taken_up(bring, store):
    files = {"轻茶组.csv": MONTH.format(gmv=100, buyers=5)}
    store.remember(bring(files).sheets[0].key, {"dataset": None, "columns": {}, "words": {},
                                                "values": {"team_id": "T01", "date_order": "dmy"}})
    sheet = bring(files, remembered=True).sheets[0]
    assert sheet.missing_columns == ["team_id"] and sheet.decided.values == {"date_order": "dmy"}


@pytest.mark.parametrize(("header", "row", "field", "value"), [
    ("工号,姓名,层级,团队编号,入职日期", "E1,甲,基层,T1,2025-01-06", "role", "customer_service"),
    ("订单号,付款时间,实付金额", "1,2026-07-01,5", "shop", "旗舰店"),
    ("团队编号,GMV,支付买家数", "T1,5,1", "month", "2026-07")])
def test_no_value_told_for_a_file_is_remembered_for_the_next(bring, store, header, row, field, value):
    files = {"一.csv": f"{header}\n{row}\n"}
    key, dataset = (bring(files).sheets[0].key), {"role": "employees", "shop": "orders", "month": "team_months"}[field]
    upload = bring(files, decisions={key: Decision(dataset=dataset, values={field: value})})
    assert importing.save(store, upload) == 1
    assert field not in bring(files, remembered=True).sheets[0].decided.values


def test_two_files_of_the_same_headers_may_be_two_teams(bring, store):
    files = {"轻茶组.csv": MONTH.format(gmv=100, buyers=5), "花茶组.csv": MONTH.format(gmv=900, buyers=7)}
    told = {("轻茶组.csv", ""): Decision(values={"team_id": "T1"}), ("花茶组.csv", ""): Decision(values={"team_id": "T2"})}
    upload = bring(files, decisions=told)
    importing.save(store, upload)
    assert balanced(upload) and held(store, "select team_id, gmv from team_months order by 1") == [("T1", 100), ("T2", 900)]


TEAM_MONTH = ["月份", "团队编号", "GMV"]
ORDER = ["订单号", "付款时间", "实付金额"]


def test_two_sheets_that_say_different_things_of_one_key_are_an_error_that_names_both_places(bring, store):
    upload = bring({"月报.xlsx": {"团队月报": [TEAM_MONTH, ["2026-07", "T01", 100], ["2026-08", "T01", 5]],
                                  "团队月报2": [TEAM_MONTH, ["2026-09", "T01", 7], ["2026-07", "T01", 999]]}})
    first, second = upload.sheets
    assert said(second, "other_elsewhere") == [("other_elsewhere", "error", "团队月报2!A3")] and balanced(upload)
    issue = next(i for i in second.issues if i.code == "other_elsewhere")
    assert "月报.xlsx › 团队月报!A2" in issue.message and issue.value == "2026-07 + T01"
    assert (first.inserted, second.inserted, second.rejected) == (2, 1, 1)
    importing.save(store, upload, accept_valid=True)
    assert held(store, "select gmv from team_months order by month") == [(100,), (5,), (7,)]


def test_what_two_files_say_alike_is_taken_once_with_a_note(bring, store):
    upload = bring({"a.csv": "团队编号,团队名称\nT1,甲\nT2,乙\n", "b.csv": "团队编号,团队名称\nT2,乙\nT3,丙\n"})
    second = upload.sheets[1]
    assert said(second, "same_elsewhere") == [("same_elsewhere", "note", "A2")] and upload.errors == 0
    assert (second.skipped, second.inserted) == (1, 1) and balanced(upload)
    assert "a.csv › A3" in next(i.message for i in second.issues if i.code == "same_elsewhere")


def test_a_key_of_empty_cells_is_a_key_between_files_too(bring):
    head = "季度,对象类型,对象编号,指标,目标值\n"
    upload = bring({"指标目标.csv": head + "2026Q3,公司,,NPS,40\n", "目标2.csv": head + "2026Q3,公司,,NPS,45\n"})
    assert said(upload.sheets[1], "other_elsewhere") == [("other_elsewhere", "error", "A2")] and balanced(upload)


def test_an_order_that_two_sheets_tell_differently_is_an_error_and_never_counted_twice(bring, store):
    upload = bring({"o.xlsx": {"订单明细": [ORDER, ["A001", "2026-07-01", 10], ["A002", "2026-07-01", 1]],
                               "最新": [ORDER, ["A003", "2026-07-02", 3], ["A001", "2026-07-01", 12]]}})
    assert said(upload.sheets[1], "other_elsewhere") == [("other_elsewhere", "error", "最新!A3")] and balanced(upload)
    importing.save(store, upload, accept_valid=True)
    assert held(store, "select sum(paid_amount), count(*) from orders") == [(14, 3)]


def test_an_order_with_its_lines_in_two_files_is_taken_once_where_they_are_the_same(bring, store):
    head = ",".join(ORDER)
    upload = bring({"a.csv": f"{head}\n1,2026-07-01,5\n1,2026-07-01,5\n2,2026-07-01,7\n",
                    "b.csv": f"{head}\n1,2026-07-01,5\n1,2026-07-01,5\n3,2026-07-01,9\n"})
    second = upload.sheets[1]
    assert said(second, "same_elsewhere", "other_elsewhere") == [("same_elsewhere", "note", "A2")] and balanced(upload)
    importing.save(store, upload)
    assert (second.skipped, held(store, "select sum(paid_amount), count(*) from orders")) == (2, [(26, 4)])


def test_an_order_that_lacks_a_line_in_one_of_two_files_differs(bring):
    head = ",".join(ORDER)
    upload = bring({"a.csv": f"{head}\n1,2026-07-01,5\n1,2026-07-01,6\n", "b.csv": f"{head}\n1,2026-07-01,5\n"})
    assert said(upload.sheets[1], "other_elsewhere") == [("other_elsewhere", "error", "A2")] and balanced(upload)


def test_numbered_lines_of_one_order_may_come_in_two_files(bring, store):
    head = "订单号,行号,付款时间,实付金额"
    upload = bring({"a.csv": f"{head}\n1,1,2026-07-01,5\n", "b.csv": f"{head}\n1,2,2026-07-01,6\n1,1,2026-07-01,5\n"})
    assert said(upload.sheets[1], "same_elsewhere", "other_elsewhere") == [("same_elsewhere", "note", "A3")]
    importing.save(store, upload)
    assert balanced(upload) and held(store, "select sum(paid_amount) from orders") == [(11,)]


def test_the_month_in_one_file_and_its_days_in_another_would_count_twice(bring):
    head = ",".join(TEAM_MONTH)
    upload = bring({"a.csv": f"{head}\n2026-07,T1,11\n", "b.csv": f"{head}\n2026-07-01,T1,5\n2026-07-02,T1,6\n"})
    assert [c for c, *_ in said(upload.sheets[1], "other_elsewhere")] == ["other_elsewhere"] * 2 and balanced(upload)


def test_of_days_in_two_files_the_stock_is_that_of_the_last_day_of_both(bring, store):
    head = "月份,团队编号,GMV,社群人数"
    bring_both = {"a.csv": f"{head}\n2026-07-01,T1,5,100\n2026-07-02,T1,6,110\n",
                  "b.csv": f"{head}\n2026-07-03,T1,5,120\n2026-07-04,T1,6,130\n"}
    importing.save(store, bring(bring_both))
    assert held(store, "select sum(gmv), sum(community_members) from team_months") == [(22, 130)]


ANSWERS = [["日期", "团队编号", "评分"], ["2026-07-01", "T1", 9], ["2026-07-01", "T1", 9], ["2026-07-02", "T1", 3]]


def test_a_sheet_of_answers_and_its_copy_count_once_with_a_warning(bring, store):
    upload = bring({"n.xlsx": {"NPS问卷": ANSWERS, "NPS问卷 (2)": [ANSWERS[0], *ANSWERS[:0:-1]]}})
    assert said(upload.sheets[1], "sheet_copied") == [("sheet_copied", "warning", "")] and upload.errors == 0
    importing.save(store, upload)
    assert (upload.sheets[1].skipped, len(held(store, "from nps_responses"))) == (3, 3) and balanced(upload)


def test_a_sheet_of_answers_that_another_holds_too_is_a_warning_and_kept(bring, store):
    upload = bring({"n.xlsx": {"NPS问卷": ANSWERS, "NPS问卷2": [*ANSWERS, ["2026-07-05", "T1", 1]]}})
    assert said(upload.sheets[0], "sheet_contained") == [("sheet_contained", "warning", "")] and balanced(upload)
    assert sum(sheet.inserted for sheet in upload.sheets) == 7


def test_one_answer_like_one_of_another_file_is_no_copy(bring):
    head = "日期,团队编号,评分\n"
    upload = bring({"a.csv": head + "2026-07-01,T1,9\n", "b.csv": head + "2026-07-01,T1,9\n2026-07-01,T1,3\n"})
    assert not [i for s in upload.sheets for i in s.issues if i.code.startswith("sheet_")]


def test_a_rejected_last_day_leaves_the_stock_to_the_day_before(bring, store):
    days = "2026-07-29,T1,5,490\n2026-07-30,T1,5,500\n2026-07-31,T1,约5,510\n"
    upload = bring({"团队月报.csv": f"月份,团队编号,GMV,社群人数\n{days}"})
    importing.save(store, upload, accept_valid=True)
    assert balanced(upload) and held(store, "select sum(gmv), sum(community_members) from team_months") == [(10, 500)]


def test_a_refund_of_a_rejected_row_does_not_say_that_the_file_has_its_own(bring, store):
    head = "订单号,付款时间,实付金额,退款金额"
    upload = bring({"o.csv": f"{head}\n1,2026-07-01,50,0\n2,2026-07-01,5,-5\n3,2026-07-02,-20,0\n"})
    importing.save(store, upload, accept_valid=True)
    assert balanced(upload) and held(store, "select paid_amount, refund_amount from orders where order_id = '3'") == [(0, 20)]


NUMBER = "订单号,付款时间,实付金额\n"


def test_two_files_of_one_name_are_told_apart(bring, store):
    upload = bring([("x.csv", NUMBER + "1,2026-07-01,5\n"), ("x.csv", NUMBER + "2,2026-07-01,5\n3,2026-07-01,5\n"),
                    ("x (2).csv", NUMBER + "4,2026-07-01,5\n")])
    assert [s.file for s in upload.sheets] == ["x.csv", "x (3).csv", "x (2).csv"]
    assert [s.inserted for s in upload.sheets] == [1, 2, 1] and balanced(upload)
    importing.save(store, upload)
    assert held(store, "select _file, count(*) from orders group by 1 order by 1") == [
        ("x (2).csv", 1), ("x (3).csv", 2), ("x.csv", 1)]


def test_each_of_two_files_of_one_name_is_read_in_its_own_encoding(bring):
    names = importing.told_apart(["x.csv", "x.csv"])
    upload = bring([("x.csv", NUMBER + "1,2026-07-01,5\n"), ("x.csv", (NUMBER + "2,2026-07-01,5\n").encode("gb18030"))],
                   encodings={names[1]: "gb18030"})
    assert [s.encoding for s in upload.sheets] == ["utf-8", "gb18030"]


LONG = "二〇二六年第三季度销售部门全部团队的经营月度数据汇总表"


def test_every_rejected_row_comes_back_also_where_names_begin_alike(bring):
    head = "月份,团队编号,GMV\n"
    upload = bring({f"{LONG}A.csv": head + "2026-07,T1,x\n", f"{LONG}B.csv": head + "2026-07,T2,x\n2026-08,T2,y\n"})
    assert sorted(len(frame) for frame in rejected_rows(upload, "zh").values()) == [1, 2]
    names = [name.casefold() for name in rejected_rows(upload, "zh")]
    assert len(set(names)) == 2 and all(len(name) <= 28 for name in names)


def test_the_rows_of_a_sheet_that_lacks_a_column_come_back_with_that_reason(bring):
    upload = bring({"团队月报.csv": "月份,GMV,支付买家数\n2026-07,5,1\n2026-08,很多,1\n"})
    frame = rejected_rows(upload, "zh")["团队月报.csv"]
    assert upload.sheets[0].rejected == len(frame) == 2
    assert all("团队编号" in reason for reason in frame["未导入的原因"]) and "应为数字" in frame["未导入的原因"][1]


SIDE = [["月份", "团队编号", "GMV"], ["2026-07", "T1", 1, 234], ["2026-08", "T1", 5]]


def test_a_number_right_of_the_last_header_of_a_workbook_is_an_error_as_in_a_csv(bring):
    sheet = bring({"m.xlsx": {"团队月报": SIDE}}).sheets[0]
    assert said(sheet, "beyond_header") == [("beyond_header", "error", "团队月报!D2")]
    assert (sheet.rejected, sheet.inserted) == (1, 1)
    assert next(i.value for i in sheet.issues if i.code == "beyond_header") == "234"


@pytest.mark.parametrize("row", [["2026-07", "T1", 1, "已核对"], ["2026-07", "T1", 1, None, 234]])
def test_other_cells_beside_the_table_are_a_warning_and_the_row_is_kept(bring, row):
    sheet = bring({"m.xlsx": {"团队月报": [SIDE[0], row, SIDE[2]]}}).sheets[0]
    cell = "团队月报!D2" if len(row) == 4 else "团队月报!E2"
    assert said(sheet, "beside_table") == [("beside_table", "warning", cell)] and sheet.inserted == 2


@pytest.mark.parametrize(("header", "second", "warned"), [("订单实付金额", "100", True), ("实付金额", "100", False),
                                                         ("订单实付金额", "40", False)])
def test_an_order_amount_repeated_on_every_line_is_asked_about(bring, header, second, warned):
    sheet = bring({"o.csv": f"订单号,付款时间,{header}\n1,2026-07-01,100\n1,2026-07-01,{second}\n2,2026-07-01,7\n"}).sheets[0]
    assert said(sheet, "order_amount_repeated") == [("order_amount_repeated", "warning", "C2")] * warned


def test_an_order_amount_may_be_counted_once(bring, store):
    upload = bring({"o.csv": "订单号,付款时间,订单实付金额\n1,2026-07-01,100\n1,2026-07-01,100\n2,2026-07-01,7\n"},
                   everywhere=Decision(values={"order_amount": "once"}))
    importing.save(store, upload)
    assert balanced(upload) and held(store, "select sum(paid_amount), count(*) from orders") == [(107, 3)]
    assert not said(upload.sheets[0], "order_amount_repeated") and said(upload.sheets[0], "order_amount_once")


def test_late_answers_that_equal_stored_ones_are_told_and_come_in_with_the_whole_table(bring, store):
    first = "季度,团队编号,评分\n" + "2026Q3,T1,5\n" * 4 + "2026Q3,T1,1\n"
    importing.save(store, bring({"a.csv": first}))
    assert not said(bring({"a.csv": first}).sheets[0], "taken_as_same")
    late = bring({"b.csv": "季度,团队编号,评分\n2026Q3,T1,5\n"}).sheets[0]
    assert (late.inserted, late.unchanged) == (0, 1) and said(late, "taken_as_same") == [("taken_as_same", "note", "")]
    assert bring({"c.csv": first + "2026Q3,T1,5\n"}).sheets[0].inserted == 1
