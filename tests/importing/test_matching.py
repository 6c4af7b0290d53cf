"""Which column feeds which field: exact, known and near names, columns of one name, what the user decided and finds again."""

import openpyxl
import pytest

from core import consequences, importing, periods
from core import store as stores
from core.importing import Decision
from core.importing.match import unit
from core.importing.report import rejected_rows
from tests.workbooks import written

HEAD = "订单号,付款时间,实付金额"


@pytest.fixture
def store(tmp_path):
    return stores.open(tmp_path / "ours.duckdb")


@pytest.fixture
def bring(store, tmp_path):
    """Reads files given as {name: text or sheets}; answers the upload."""
    def read(files: dict, **options):
        for name, content in files.items():
            if isinstance(content, dict):
                written(tmp_path / name, content)
            else:
                (tmp_path / name).write_text(content, "utf-8")
        return importing.prepare(store, [(name, tmp_path / name) for name in files], **options)
    return read


def codes(sheet) -> list[str]:
    return [issue.code for issue in sheet.issues]


def test_a_plan_among_the_files_is_sent_to_the_plan_page(bring):
    sheet = bring({"plan.toml": 'name = "p"\n[company]\nbudget = 0\n'}).sheets[0]
    assert codes(sheet)[0] == "plan_file" and "方案" in sheet.issues[0].suggestion


def rows(store, sql: str) -> list[tuple]:
    return store.cursor().execute(sql).fetchall()


@pytest.mark.parametrize(("header", "field"), [("团队编码", "team_id"), ("支付买家人数", "buyers"),
                                               ("发货错误数码", "shipment_errors")])
def test_a_near_spelling_is_read_and_said(bring, header, field):
    known = dict.fromkeys(("buyers", "shipment_errors"), "月份,团队编号,GMV,{}") | {"team_id": "月份,GMV,{},支付买家数"}
    sheet = bring({"团队月报.csv": known[field].format(header) + "\n2026-07,1,2,3\n"}).sheets[0]
    assert sheet.mapping[header] == field and sheet.how[header] == "near" and "near_header" in codes(sheet)


@pytest.mark.parametrize("header", ["支付老买家数", "新支付买家数", "累计支付买家数", "目标GMV", "应付买家数", "上月GMV",
                                    "退款买家数", "GM"])
def test_a_header_that_means_something_else_is_never_near(bring, header):
    sheet = bring({"团队月报.csv": f"月份,团队编号,利润,{header}\n2026-07,T1,2,3\n"}).sheets[0]
    assert header in sheet.ignored_columns and "near_header" not in codes(sheet)


def test_no_column_feeds_two_fields_and_the_better_name_wins(bring, store):
    upload = bring({"o.csv": "主订单编号,订单编号,付款时间,实付金额\nM,7,2026-07-01,5\n"})
    assert upload.sheets[0].mapping["订单编号"] == "order_id" and upload.sheets[0].ignored_columns == ["主订单编号"]
    importing.save(store, upload)
    assert rows(store, "select order_id from orders") == [("7",)]


def test_two_columns_of_one_name_and_other_content_are_an_error_until_one_is_chosen(bring, store):
    text = f"{HEAD},实付金额\n1,2026-07-01,5,6\n"
    sheet = bring({"o.csv": text}).sheets[0]
    issue = next(i for i in sheet.issues if i.code == "duplicate_header")
    assert (issue.severity, issue.cell, sheet.rejected) == ("error", "D1", 1) and "C1" in issue.message
    upload = bring({"o.csv": text}, decisions={sheet.key: Decision(columns={"实付金额 (2)": "paid_amount"})})
    assert upload.errors == 0
    importing.save(store, upload)
    assert rows(store, "select paid_amount from orders") == [(6.0,)]


def test_two_columns_of_one_name_and_the_same_content_are_a_note(bring):
    assert bring({"o.csv": f"{HEAD},实付金额\n1,2026-07-01,5,5\n"}).errors == 0


@pytest.mark.parametrize(("header", "one"), [("GMV(万元)", 1e4), ("GMV（万）", 1e4), ("GMV (元)", 1), ("转化率(%)", 0.01),
                                             ("GMV", 1)])
def test_the_unit_of_a_header(header, one):
    assert unit(header) == one


def test_a_headers_unit_is_counted_in_unless_the_cell_names_its_own(bring, store):
    upload = bring({"团队月报.csv": "月份,团队编号,GMV(万元)\n2026-07,T1,12.3\n2026-08,T1,1.5亿\n"})
    importing.save(store, upload)
    assert rows(store, "select gmv from team_months order by month") == [(123_000.0,), (150_000_000.0,)]
    assert "unit_scaled" in codes(upload.sheets[0])


NET = "订单号,付款时间,买家实际支付金额,退款金额,总金额\n1,2026-07-01,90,10,100\n2,2026-07-02,50,0,50\n"


def test_an_amount_that_is_already_net_of_refunds_is_noticed_and_the_gross_one_proposed(bring, store):
    sheet = bring({"o.csv": NET}).sheets[0]
    issue = next(i for i in sheet.issues if i.code == "net_amount")
    assert (sheet.gross, issue.severity, sheet.unsure) == ("总金额", "warning", True)
    importing.save(store, bring({"o.csv": NET}, decisions={sheet.key: Decision(columns={"总金额": "paid_amount"})}))
    assert rows(store, "select sum(paid_amount), sum(refund_amount) from orders") == [(150.0, 10.0)]


def test_an_amount_the_user_chose_is_not_asked_for_again(bring):
    key = bring({"o.csv": NET}).sheets[0].key
    sheet = bring({"o.csv": NET}, decisions={key: Decision(columns={"买家实际支付金额": "paid_amount"})}).sheets[0]
    assert sheet.gross == "" and "net_amount" not in codes(sheet)


@pytest.mark.parametrize("total", ["101", "很多"])
def test_one_row_that_does_not_add_up_is_no_gross_column(bring, total):
    assert bring({"o.csv": NET.replace(",100", f",{total}")}).sheets[0].gross == ""


ROSTER = "工号,姓名,岗位,层级,团队编号,入职日期\nE1,甲,运营一部,基层,T1,2025-01-06\nE2,乙,运营一部,基层,T1,2025-01-06\n"


def test_an_unknown_word_is_counted_with_the_nearest_choice_and_may_be_given_a_meaning(bring, store):
    sheet = bring({"花名册.csv": ROSTER}).sheets[0]
    assert sheet.words == {"role": {"运营一部": 2}} and "是不是“运营”" in sheet.issues[0].suggestion
    upload = bring({"花名册.csv": ROSTER}, decisions={sheet.key: Decision(words={"role": {"运营一部": "operations"}})})
    assert upload.errors == 0 and upload.sheets[0].inserted == 2
    importing.save(store, upload)
    again = bring({"花名册.csv": ROSTER.replace("E1", "E9")}, remembered=True).sheets[0]
    assert again.remembered and again.words == {} and again.inserted == 1


def test_what_was_decided_is_remembered_in_any_order_of_columns_but_not_the_month_of_one_file(bring, store):
    text = "团队编号,GMV,买家数,利润\nT1,5,1,1\n"
    key = bring({"团队月报.csv": text}).sheets[0].key
    decided = Decision(columns={"利润": ""}, values={"month": "2026-07"})
    importing.save(store, bring({"团队月报.csv": text}, decisions={key: decided}))
    again = bring({"团队月报.csv": "利润,团队编号,买家数,GMV\n1,T1,1,5\n"}, remembered=True).sheets[0]
    assert again.remembered and "利润" in again.ignored_columns and again.missing_columns == ["month"]


def test_files_of_the_same_headers_are_one_decision_and_each_may_have_its_own_month(bring, store):
    files = {"a.csv": "团队编号,GMV,买家数\nT1,5,1\n", "b.csv": "团队编号,GMV,买家数\nT1,7,2\n"}
    key = bring(files).sheets[0].key
    told = {key: Decision(dataset="team_months"), ("a.csv", ""): Decision(values={"month": "2026-07"}),
            ("b.csv", ""): Decision(values={"month": "2026-08"})}
    importing.save(store, bring(files, decisions=told))
    assert rows(store, "select month, gmv from team_months order by month") == [("2026-07", 5.0), ("2026-08", 7.0)]


def test_a_sheet_may_be_left_out_or_taken_as_another_dataset(bring):
    header = ["工号", "姓名", "岗位", "层级", "团队编号", "入职日期"]
    files = {"x.xlsx": {"人": [header, ["E1", "甲", "运营", "基层", "T1", "2025-01-06"]]}}
    key = bring(files).sheets[0].key
    assert codes(bring(files, decisions={key: Decision(dataset="")}).sheets[0])[0] == "left_out"
    assert bring(files, decisions={key: Decision(dataset="teams")}).sheets[0].dataset == "teams"


def test_a_sheet_that_looks_like_one_of_ours_says_which_columns_it_lacks(bring):
    sheet = bring({"名单.csv": "工号,姓名,入职日期\nE1,甲,2025-01-06\n"}).sheets[0]
    said = next(i.message for i in sheet.issues if i.code == "looks_like")
    assert "员工花名册" in said and "岗位、层级、团队编号" in said and sheet.unsure


def test_a_sheet_named_as_ours_without_a_header_is_an_error(bring):
    assert "no_header" in codes(bring({"x.xlsx": {"团队": [["T1", "甲"], ["T2", "乙"]]}}).sheets[0])


def test_the_rejected_rows_come_back_with_their_reasons_and_nothing_personal(bring):
    upload = bring({"o.csv": f"{HEAD},手机,备注\n1,2026-07-01,5,139,x\n2,昨天,很多,138,y\n"})
    frame = next(iter(rejected_rows(upload, "zh").values()))
    assert list(frame.columns) == ["原文件行号", "未导入的原因", "订单号", "付款时间", "实付金额"] and len(frame) == 1
    assert "应为日期" in frame.iloc[0, 1] and "应为数字" in frame.iloc[0, 1] and frame.iloc[0, 4] == "很多"


def test_a_milestone_of_no_known_project_comes_back_too(bring):
    upload = bring({"项目里程碑.csv": "项目编号,里程碑,目标值,截止日期\nP9,预售,1,2026-07-01\n"})
    assert upload.sheets[0].rejected == 1 and rejected_rows(upload, "zh")["项目里程碑.csv"].iloc[0, 2] == "P9"


def test_a_reading_that_is_cancelled_leaves_nothing_behind(bring, store):
    def cancel(done, name):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        bring({"o.csv": f"{HEAD}\n1,2026-07-01,5\n"}, told=cancel)
    assert list(store.stage_folder().iterdir()) == []


def test_before_saving_the_quarters_figures_are_known_and_nothing_is_kept(bring, store):
    importing.save(store, bring({"团队月报.csv": "月份,团队编号,GMV\n2026-07,T1,5\n"}))
    upload = bring({"团队月报.csv": "月份,团队编号,GMV\n2026-08,T1,7\n", "花名册.csv": ROSTER.replace("运营一部", "运营")})
    quarter = consequences.touched_quarter(upload)
    assert quarter == periods.quarter("2026Q3")
    said = {f.name: (f.before, f.after) for f in consequences.of_saving(store, upload, quarter)}
    assert said["gmv"] == (5.0, 12.0) and said["headcount"] == (0.0, 2.0)
    assert len(store.batches()) == 1 and rows(store, "select count(*) from employees") == [(0,)]
    said = {f.name: (f.before, f.after) for f in consequences.of_undoing(store, 1, quarter)}
    assert said["gmv"] == (5.0, None) and len(store.batches()) == 1


def test_rows_of_the_period_that_the_file_lacks_stay_unless_the_period_is_replaced(bring, store):
    importing.save(store, bring({"o.csv": f"{HEAD}\n1,2026-07-01,5\n2,2026-07-02,6\n3,2026-08-01,7\n"}))
    again = {"o.csv": f"{HEAD}\n1,2026-07-01,5\n"}
    upload = bring(again)
    assert (upload.gone["orders"].count, upload.gone["orders"].months) == (1, ["2026-07"])
    importing.save(store, upload)
    assert rows(store, "select count(*) from orders") == [(3,)]
    batch = importing.save(store, bring(again), replace=frozenset({"orders"}))
    assert rows(store, "select order_id from orders order by 1") == [("1",), ("3",)]
    store.undo(batch)
    assert rows(store, "select count(*) from orders") == [(3,)]


def test_the_same_line_of_an_order_twice_with_other_content_is_named(bring):
    sheet = bring({"o.csv": "订单号,行号,付款时间,实付金额\n1,1,2026-07-01,5\n1,1,2026-07-01,6\n"}).sheets[0]
    assert "duplicate_key" in codes(sheet) and sheet.rejected == 1


def test_benefits_without_a_position_take_the_order_of_their_rows(bring, store):
    importing.save(store, bring({"福利选择.csv": "季度,工号,福利,金额\n2026Q3,E1,健身卡,500\n2026Q3,E1,课程,300\n"}))
    assert rows(store, "select position::int, benefit from benefit_choices order by 1") == [(1, "健身卡"), (2, "课程")]


def test_an_archive_holds_several_files(bring, store, tmp_path):
    import zipfile
    with zipfile.ZipFile(tmp_path / "都在这里.zip", "w") as packed:
        packed.writestr("团队.csv", "团队编号,团队名称\nT1,甲\n".encode("gbk"))
        packed.write(written(tmp_path / "n.xlsx", {"NPS问卷": [["日期", "团队编号", "评分"], ["2026-07-01", "T1", 9]]}), "n.xlsx")
    upload = importing.prepare(store, [("都在这里.zip", tmp_path / "都在这里.zip")])
    assert {(s.file, s.dataset, s.inserted) for s in upload.sheets} == {
        ("都在这里.zip › 团队.csv", "teams", 1), ("都在这里.zip › n.xlsx", "nps_responses", 1)}


def test_a_reading_of_a_marked_workbook_passes_over_its_list(bring, tmp_path, store):
    written(tmp_path / "m.xlsx", {"团队": [["团队编号", "团队名称"], ["T1", "甲"]], "铁军问题清单": [["程度"], ["错误"]]})
    assert [s.sheet for s in importing.prepare(store, [("m.xlsx", tmp_path / "m.xlsx")]).sheets] == ["团队"]
    assert openpyxl.load_workbook(tmp_path / "m.xlsx").sheetnames[1] == "铁军问题清单"


def test_somebody_whose_own_row_has_an_error_is_not_called_unknown(bring):
    roster = [line.split(",") for line in ROSTER.replace("一部", "").replace("2025-01-06", "昨天", 1).split()]
    teams = [["团队编号", "团队名称", "负责人"], ["T1", "甲", "E1"], ["T2", "乙", "E9"]]
    upload = bring({"x.xlsx": {"员工花名册": roster, "团队": teams}})
    assert [i.value for s in upload.sheets for i in s.issues if i.code == "unknown_employee"] == ["E9"]
