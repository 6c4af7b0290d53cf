"""What must hold within a row, within a file and between sheets: exactly at the boundary, with the cell that is wrong."""

from datetime import date, timedelta

import duckdb
import pytest

from core import importing
from core import store as stores
from core.datasets import DATASETS
from core.importing.match import Match
from core.importing.references import check_references
from tests.staging import stage


@pytest.fixture
def check(tmp_path):
    """Reads one table written as CSV and answers its sheet; a second call is a second upload of the same company."""
    store = stores.open(tmp_path / "ours.duckdb")
    store.save(stage(store, "projects", [{"project_id": f"P{n}", "name": "甲"} for n in (1, 2, 3)]), [])

    def read(dataset: str, table: str, save: bool = False, **options):
        path = tmp_path / f"{DATASETS[dataset].zh}.csv"
        path.write_text(table.strip() + "\n", "utf-8")
        upload = importing.prepare(store, [(path.name, path)], **options)
        if save:
            importing.save(store, upload, accept_valid=True)
        return upload.sheets[0]
    read.store = store
    return read


def said(sheet, *codes: str) -> list[tuple]:
    return [(i.code, i.severity, i.cell) for i in sheet.issues if i.code in codes]


ROWS = {
    "employees": ("工号,姓名,岗位,层级,团队编号,入职日期,离职日期", "E{n},甲,运营,基层,T1,2025-03-01,{x}"),
    "teams": ("团队编号,团队名称,成立日期,解散日期", "T{n},甲,2025-03-01,{x}"),
    "requests": ("需求编号,提出团队,处理人,优先级,提出时间,响应时间", "R{n},T1,E1,紧急,2026-07-01 09:00,{x}"),
    "incidents": ("故障编号,负责人,开始时间,恢复时间", "I{n},E1,2026-07-01 09:00,{x}"),
    "projects": ("项目编号,项目名称,奖金池,开始日期,结束日期", "N{n},大促,1,2026-07-01,{x}"),
    "innovation_projects": ("申请编号,团队编号,申请日期,申请金额,批准日期", "A{n},T1,2026-07-01,5,{x}"),
    "assignments": ("工号,岗位,层级,团队编号,开始日期,结束日期", "E{n},运营,基层,T1,2026-07-01,{x}"),
    "ownership": ("单品编号,团队编号,开始日期,结束日期", "S{n},T1,2026-07-01,{x}"),
    "culture_ambassadors": ("工号,开始日期,结束日期", "E{n},2026-07-01,{x}")}


@pytest.mark.parametrize("dataset", ROWS)
def test_an_end_may_be_the_start_but_not_before_it(check, dataset):
    header, row = ROWS[dataset]
    start = next(cell for cell in row.split(",") if cell.startswith("202"))
    before = "2025-02-28" if start.startswith("2025") else "2026-06-30 08:59"
    sheet = check(dataset, "\n".join([header, row.format(n=1, x=start), row.format(n=2, x=""), row.format(n=3, x=before)]))
    last = "ABCDEFG"[header.count(",")]
    assert [i.cell for i in sheet.issues if i.severity == "error"] == [f"{last}4"] and sheet.inserted == 2


@pytest.mark.parametrize(("dataset", "header", "ok", "wrong", "code", "severity"), [
    ("orders", "订单号,付款时间,实付金额,退款金额", "1,2026-07-01,5,5", "2,2026-07-01,5,5.01", "refund_above_paid", "warning"),
    ("innovation_projects", "申请编号,团队编号,申请日期,申请金额,批准金额", "A1,T1,2026-07-01,5,5", "A2,T1,2026-07-01,5,5.01",
     "approved_above_requested", "warning"),
    ("milestones", "项目编号,里程碑,目标值,截止日期,发放比例", "P1,预售,1,2026-07-01,100%", "P2,预售,1,2026-07-01,30",
     "share_outside", "error"),
    ("project_members", "项目编号,工号,分配比例", "P1,E1,1", "P2,E1,-0.1", "share_outside", "error"),
    ("collaboration_points", "日期,工号,积分", "2026-07-01,E1,0.5", "2026-07-01,E1,0", "not_positive", "error"),
    ("member_months", "月份,工号,活动转化率", "2026-07,E1,100%", "2026-08,E1,2.6", "share_outside", "error"),
    ("requests", "需求编号,提出团队,处理人,优先级,提出时间,期望时间", "R1,T1,E1,紧急,2026-07-02,2026-07-02",
     "R2,T1,E1,紧急,2026-07-02,2026-07-01", "due_before_start", "warning")])
def test_a_row_that_cannot_be_is_named_and_the_limit_itself_is_fine(check, dataset, header, ok, wrong, code, severity):
    sheet = check(dataset, f"{header}\n{ok}\n{wrong}")
    column = next(i.cell for i in sheet.issues if i.code == code)
    assert said(sheet, code) == [(code, severity, column)] and column.endswith("3")
    assert sheet.inserted == (1 if severity == "error" else 2)


@pytest.mark.parametrize(("level", "errors"), [("0", 0), ("5", 0), ("5.1", 1), ("-1", 1)])
def test_a_level_lies_between_0_and_5(check, level, errors):
    sheet = check("skill_assessments", f"日期,工号,技能,等级\n2026-07-01,E1,直播,{level}")
    assert len(said(sheet, "out_of_range")) == errors


def test_thirty_written_for_thirty_per_cent_gets_the_way_out(check):
    sheet = check("project_members", "项目编号,工号,分配比例\nP1,E1,30")
    assert "30%" in next(i.suggestion for i in sheet.issues if i.code == "share_outside")


@pytest.mark.parametrize(("day", "warned"), [("1969-12-31", True), ("1970-01-01", False), (400, False), (401, True)])
def test_a_date_out_of_this_world_is_a_warning_and_stays(check, day, warned):
    day = day if isinstance(day, str) else (date.today() + timedelta(days=day)).isoformat()
    sheet = check("orders", f"订单号,付款时间,实付金额\n1,{day} 12:00:00,5")
    assert bool(said(sheet, "implausible_date")) == warned and sheet.inserted == 1


@pytest.mark.parametrize(("month", "warned"), [("1969-12", True), ("1970-01", False), ("2099-12", True)])
def test_so_is_a_month(check, month, warned):
    assert bool(said(check("team_months", f"月份,团队编号,GMV\n{month},T1,5"), "implausible_date")) == warned


@pytest.mark.parametrize(("amount", "errors"), [("999999999999", 0), ("1000000000000", 1), ("-999999999999", 0), ("-1e12", 1)])
def test_a_number_beyond_a_trillion_is_an_error(check, amount, errors):
    assert len(said(check("team_months", f"月份,团队编号,利润\n2026-07,T1,{amount}"), "implausible_number")) == errors


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "＝1+1"])
def test_a_text_like_a_formula_is_noted_and_kept(check, name):
    sheet = check("teams", f"团队编号,团队名称\nT1,甲\nT2,{name}", save=True)
    assert said(sheet, "formula_like_text") == [("formula_like_text", "note", "B3")] and sheet.inserted == 2


@pytest.mark.parametrize("wild", ["T1'; drop table teams; --", "<b>T1</b>", "../../etc/passwd", "/etc/passwd", r"C:\x", "a / b",
                                  "T1;T2", "x" * 101])
def test_an_id_that_looks_like_none_is_a_warning_and_kept(check, wild):
    sheet = check("teams", f"团队编号,团队名称\nT1,甲\n{wild},乙", save=True)
    assert said(sheet, "unusual_id") == [("unusual_id", "warning", "A3")]
    assert check.store.cursor().execute("select count(*) from teams where team_id = ?", [wild]).fetchone() == (1,)


@pytest.mark.parametrize("usual", ["T-01", "运营一组", "GZ/001", "T 01", "a.b_c", "x" * 100])
def test_an_id_as_people_write_them_is_not(check, usual):
    assert said(check("teams", f"团队编号,团队名称\n{usual},甲"), "unusual_id", "formula_like_text") == []


def test_signs_that_nobody_sees_leave_an_id_and_are_counted(check):
    sheet = check("teams", "团队编号,团队名称\nT\u200b1,甲\n\u202eT2,乙\nT3,丙", save=True)
    assert next((i.severity, i.cell, i.count) for i in sheet.issues if i.code == "invisible_characters") == ("note", "A2", 2)
    assert check.store.cursor().execute("select list(team_id order by team_id) from teams").fetchone()[0] == ["T1", "T2", "T3"]


@pytest.mark.parametrize("header", ["工号", "员工编号", "您的姓名", "手机号", "联系邮箱", "微信昵称", "身份证号码", "Email",
                                    "Employee ID", "name", "填写人", "电话", "邮箱", "姓名", "Phone", "mail", "E-mail", "tel",
                                    "employee_no", "企业微信", "员工", "用户ID", "IP地址", "受访者", "full_name"])
def test_a_survey_that_tells_who_answered_is_refused_whole(check, header):
    sheet = check("collaboration_survey", f"季度,团队编号,{header},评分\n2026Q3,T1,张三丰,5\n2026Q3,T1,李四,9", save=True)
    assert said(sheet, *[i.code for i in sheet.issues]) == [("survey_not_anonymous", "error", "C1")]
    assert header in sheet.issues[0].message and (sheet.rejected, sheet.inserted) == (2, 0)
    assert check.store.cursor().execute("select count(*) from rows.collaboration_survey").fetchone() == (0,)


@pytest.mark.parametrize("columns", [{"工号": ""}, {"工号": "score"}, {"工号": "team_id", "团队编号": ""}])
def test_a_column_that_tells_who_answered_is_refused_whatever_it_is_mapped_to(check, columns):
    table = "季度,团队编号,工号,评分\n2026Q3,T1,E1,5"
    sheet = check("collaboration_survey", table, save=True, everywhere=importing.Decision(columns=columns))
    assert said(sheet, *[i.code for i in sheet.issues]) == [("survey_not_anonymous", "error", "C1")]
    assert check.store.cursor().execute("select count(*) from rows.collaboration_survey").fetchone() == (0,)


def test_a_column_that_tells_who_answered_is_refused_below_a_title(check):
    sheet = check("collaboration_survey", "三季度协作满意度,,,\n,,,\n季度,团队编号,评分,邮箱\n2026Q3,T1,5,a@b.cn")
    assert said(sheet, "survey_not_anonymous") == [("survey_not_anonymous", "error", "D3")] and sheet.rejected == 1


@pytest.mark.parametrize("header", ["备注", "评分人数", "团队名称", "部门", "员工满意度", "答卷编号"])
def test_a_survey_that_does_not_is_taken(check, header):
    assert check("collaboration_survey", f"季度,团队编号,{header},评分\n2026Q3,T1,x,5").inserted == 1


def test_shares_that_are_not_whole_name_the_project_and_the_sum(check):
    table = "项目编号,工号,分配比例\nP1,E1,40%\nP1,E2,60%\nP2,E1,40%\nP2,E2,30%\nP3,E1,30\nP3,E2,30%"
    sheet = check("project_members", table)
    assert said(sheet, "shares_not_whole") == [("shares_not_whole", "warning", "C4")]
    message = next(i.message for i in sheet.issues if i.code == "shares_not_whole")
    assert "P2" in message and "70%" in message


def test_shares_of_nothing_are_not_said_to_be_payable_as_they_are(check):
    sheet = check("project_members", "项目编号,工号,分配比例\nP1,E1,0%\nP1,E2,0\nP2,E1,1%")
    assert said(sheet, "shares_of_nothing", "shares_not_whole") == [
        ("shares_of_nothing", "warning", "C2"), ("shares_not_whole", "warning", "C4")]
    assert "也可以" not in next(i.suggestion for i in sheet.issues if i.code == "shares_of_nothing")


def test_milestones_without_shares_take_the_usual_ones_and_after_sales_counts_downwards(check):
    rows = "P1,预售,1,2026-07-01\nP1,尾款,1,2026-07-02\nP1,售后,1,2026-07-03"
    sheet = check("milestones", f"项目编号,里程碑,目标值,截止日期\n{rows}", save=True)
    assert said(sheet, "shares_not_whole") == []
    assert check.store.cursor().execute("select share, better from milestones order by _row").fetchall() == [
        (0.3, "higher"), (0.5, "higher"), (0.2, "lower")]


def test_a_team_cannot_be_its_own_ancestor(check):
    sheet = check("teams", "团队编号,团队名称,上级团队\nT0,总,\nT1,甲,T2\nT2,乙,T1\nT3,丙,T1\nT4,丁,T4\nT5,戊,T0")
    assert said(sheet, "team_circle") == [("team_circle", "error", "C3"), ("team_circle", "error", "C6")]
    assert (sheet.rejected, sheet.inserted) == (3, 3)


@pytest.mark.parametrize(("dataset", "table"), [
    ("grades", "季度,工号,等级\n2026Q1,E1,A\n2026Q1,E1,B"),
    ("ownership", "店铺,渠道,团队编号,开始日期\n旗舰店,抖音,T1,2026-07-01\n旗舰店,抖音,T2,2026-07-01"),
    ("ownership", "渠道,团队编号\n抖音,T1\n抖音,T2")])
def test_what_holds_once_cannot_be_said_twice(check, dataset, table):
    sheet = check(dataset, table)
    assert said(sheet, "duplicate_key") == [("duplicate_key", "error", "A3")] and sheet.inserted == 1


def test_a_duplicate_names_what_comes_twice(check):
    sheet = check("grades", "季度,工号,等级\n2026Q1,E1,A\n2026Q1,E1,B")
    assert "2026Q1 + E1" in next(i.message for i in sheet.issues if i.code == "duplicate_key")


def test_of_daily_rows_sums_are_added_and_stocks_are_those_of_their_day(check):
    days = "2026-07-01,T1,5,100,50\n2026/7/2,T1,6,110,60\n20260703,T1,7,,70"
    sheet = check("team_months", f"日期,团队编号,GMV,社群人数,期初用户数\n{days}", save=True)
    assert next(i.count for i in sheet.issues if i.code == "daily_rows") == 3
    assert check.store.cursor().execute("select sum(gmv), sum(community_members), sum(opening_users) from team_months"
                                        ).fetchone() == (18, 110, 50)


def test_the_whole_month_beside_its_days_would_count_twice(check):
    sheet = check("team_months", "月份,团队编号,GMV\n2026-07,T1,11\n2026-07-01,T1,5\n2026-07-02,T1,6\n2026-07,T2,9")
    assert said(sheet, "month_beside_days") == [("month_beside_days", "error", "A2")] and sheet.inserted == 3


@pytest.fixture
def refer():
    """Tables given as {dataset: (columns, rows)} → what is said of their references, and the rows refused."""
    con = duckdb.connect()

    def said_of(tables: dict, known: dict | None = None):
        given = {}
        for dataset, (names, rows) in tables.items():
            declared = DATASETS[dataset]
            columns = {name: i for i, name in enumerate(names)}
            empty = ", ".join(f"null::varchar as {c.name}" for c in declared.columns if c.name not in names)
            values = ", ".join("(" + ", ".join(f"'{cell}'" for cell in row) + f", {i})" for i, row in enumerate(rows, 2))
            con.execute(f"create or replace table {dataset}_0 as select *{', ' + empty if empty else ''}"
                        f" from (values {values}) as given({', '.join(names)}, _row)")
            headers = {i: declared.column(name).zh for name, i in columns.items()}
            given[dataset] = [(f"{dataset}_0", "表", Match(declared, 1, columns, headers, {}, (), (), (), (), 1.0))]
        problems, rejected = check_references(con, given, known or {}, "zh")
        found = [(p.code, p.severity, p.cell, p.value, p.count) for listed in problems.values() for p in listed]
        return found, rejected, problems
    return said_of


def test_an_unknown_team_is_one_problem_with_its_rows_and_known_ones_are_stored_or_in_the_upload(refer):
    found, rejected, _ = refer({"orders": (["order_id", "team_id"], [("1", "T1"), ("2", "T9"), ("3", "T9"), ("4", "T2")]),
                                "teams": (["team_id", "name"], [("T2", "乙")])}, {"teams": {"T1"}})
    assert found == [("unknown_team", "warning", "表!B3", "T9", 2)] and rejected == {}


@pytest.mark.parametrize(("written", "near"), [("t1", "T01"), ("T-01", "T01"), ("轻茶组", "T01"), ("T02", ""),
                                               ("TeamLightTae7", "TeamLightTea7")])
def test_a_known_id_written_another_way_is_offered(refer, written, near):
    _, _, problems = refer({"orders": (["order_id", "team_id"], [("1", written)]),
                            "teams": (["team_id", "name"], [("T01", "轻茶组"), ("TeamLightTea7", "七")])})
    assert (f"“{near}”" in problems["orders_0"][0].suggestion) == bool(near)


def test_where_no_team_is_known_at_all_one_note_says_so(refer):
    found, _, _ = refer({"orders": (["order_id", "team_id"], [("1", "T1"), ("2", "T2"), ("3", "T2")]),
                         "team_months": (["month", "team_id"], [("2026-07", "T3")])})
    assert found == [("no_teams_yet", "note", "表!B2", "T1", 3)]


@pytest.mark.parametrize("known", [set(), {"P2"}])
def test_a_milestone_or_member_of_no_project_is_refused(refer, known):
    found, rejected, _ = refer({"milestones": (["project_id", "milestone"], [("P1", "presale"), ("P2", "presale")]),
                                "project_members": (["project_id", "share"], [("P1", "1")])}, {"projects": known})
    assert [f for f in found if f[3] == "P1"] == [("unknown_project", "error", "表!A2", "P1", 1)] * 2
    assert rejected == {"milestones_0": [2] if known else [2, 3], "project_members_0": [2]}


def test_a_target_or_a_vote_refers_by_its_kind(refer):
    found, _, _ = refer({"targets": (["subject_type", "subject_id"], [("team", "X"), ("employee", "Y"), ("role", "Z")]),
                         "votes": (["nominee_type", "nominee_id"], [("team", "X"), ("employee", "E1")])},
                        {"teams": {"T1"}, "employees": {"E1"}})
    assert [f[:4] for f in found] == [("unknown_team", "warning", "表!B2", "X"), ("unknown_employee", "warning", "表!B3", "Y"),
                                      ("unknown_team", "warning", "表!B2", "X")]


def test_an_assignment_outside_the_employment_of_the_roster_is_a_warning(refer):
    found, _, _ = refer({"employees": (["employee_id", "hire_date", "leave_date"], [("E1", "2026-02-01", "2026-06-30")]),
                         "assignments": (["employee_id", "from_date", "to_date"], [
                             ("E1", "2026-02-01", "2026-06-30"), ("E1", "2026-01-31", "2026-03-01"),
                             ("E1", "2026-06-01", "2026-07-01")])})
    assert [f[:3] for f in found] == [("outside_employment", "warning", "表!B3"), ("outside_employment", "warning", "表!C4")]
