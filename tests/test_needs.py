"""What a quarter still lacks: said once, of months that are over, with the money that waits for it."""

import io
from datetime import date

import openpyxl
import pytest

from core import needs as needing
from core import periods, quarter
from core import plan as plans
from core.exporting import needs as words

Q3 = periods.quarter("2026Q3")
MONTHS = ("2026-07", "2026-08", "2026-09")
STAFF = "employee_id,name,role,level,team_id,hire_date,bonus_target,manager_id\n"
SELLERS = STAFF + "E1,林一,operations,junior,T1,2025-01-01,6000,\nE2,周二,operations,junior,T2,2025-01-01,5000,"
ARTISTS = STAFF + "E1,林一,design,junior,T1,2025-01-01,6000,\nE2,周二,design,junior,T2,2026-08-16,5000,"
TEAMS = "team_id,name,parent_team,lead_id\nT1,轻茶组,,\nT2,花茶组,,"
BARS = ("quarter,subject_type,subject_id,metric,target\n2026Q3,team,T1,gmv,300\n2026Q3,team,T2,gmv,300\n"
        "2026Q3,company,,repurchase_rate,0.5\n2026Q3,company,,nps,50")
NPS = "date,team_id,score\n2026-08-05,T1,9\n2026-08-05,T1,7\n2026-08-05,T2,9"  # T1 50, T2 100
REPORT = "month,team_id,gmv,buyers,repeat_buyers\n"
WHOLE = REPORT + "\n".join(f"{month},{team},100,10,5" for month in MONTHS for team in ("T1", "T2"))
DRAWN = ("month,employee_id,impressions,clicks,baseline_conversion,campaign_conversion,campaign_visitors,templates,"
         "template_reuses\n")
WHOLE_DRAWN = DRAWN + "\n".join(f"{month},E1,1000,50,0.02,0.03,100,10,20" for month in MONTHS)


def found(store, today=date(2026, 10, 1)):
    return needing.needs(store, Q3, quarter.plan_for(store, Q3), today)


def told(needs) -> list[tuple]:
    """(kind, owner, subjects, sheets, months, waiting) of everything owed."""
    return [(row.kind, row.owner, row.subjects, row.datasets, row.months, row.waiting) for row in needs.owed.itertuples()]


def test_the_sample_company_is_asked_for_what_its_stories_left_out(sample_store):
    needs = found(sample_store)
    # E047: base 6,000 at the provisional 117.190476 points; E037: nothing to assess, base 5,000 × 0.9 at 100 points
    assert told(needs) == [
        ("rows", ("team", "T01"), (("employee", "E047"),), ("member_months",), MONTHS, 7031.43),
        ("rows", ("team", "D01"), (("employee", "E037"),), ("member_months",), MONTHS, 4500.0),
        ("rows", ("team", "V01"), (("team", "V01"),), ("nps_responses",), MONTHS, 0.0)]
    assert (needs.waiting, needs.waiters, needs.owed["people"].tolist()) == (11531.43, 2, [1, 1, 3])
    assert needs.owed["effect"].tolist() == ["waits", "waits", "elsewhere"]
    sheets = needs.datasets.set_index("dataset")
    assert sheets.loc["nps_responses", "others"] == ((("team", "V01"), MONTHS),)
    assert (sheets.loc["employees", "rows"], sheets.loc["nps_responses", "rows"]) == (58, 27)


def test_an_empty_company_is_asked_for_its_roster_alone(stored):
    needs = found(stored())
    assert [(kind, sheets) for kind, _, _, sheets, _, _ in told(needs)] == [("roster", ("employees",))]
    assert (needs.waiting, needs.waiters) == (0, 0)


def test_a_sheet_that_is_missing_altogether_is_asked_for_once(stored):
    needs = found(stored(employees=SELLERS))
    everybody, company = (needing.ALL,), needing.COMPANY
    assert sorted(told(needs), key=str) == sorted([
        ("target", company, everybody, ("targets",), (), 11000.0),
        ("rows", company, everybody, ("nps_responses",), MONTHS, 11000.0),
        ("rows", company, everybody, ("orders", "team_months"), MONTHS, 11000.0),
        ("team", company, everybody, ("teams",), (), 0.0)], key=str)
    assert (needs.waiting, needs.waiters) == (11000.0, 2)


@pytest.mark.parametrize(("today", "due"), [(date(2026, 7, 31), ()), (date(2026, 8, 1), MONTHS[:1]),
                                            (date(2026, 9, 30), MONTHS[:2]), (date(2026, 10, 1), MONTHS)])
def test_a_month_is_asked_for_from_the_day_after_its_last_on(stored, today, due):
    needs = found(stored(employees=SELLERS, targets=BARS, teams=TEAMS), today)
    assert needs.due == due and set(needs.owed["months"]) == ({due} if due else set())


@pytest.mark.parametrize(("day", "due"), [("2026-08-30", MONTHS[:1]), ("2026-08-31", MONTHS[:2])])
def test_a_row_of_a_months_last_day_shows_that_the_month_is_over(stored, day, due):
    store = stored(employees=SELLERS, nps_responses=f"date,team_id,score\n{day},T1,9")
    assert found(store, date(2026, 7, 2)).due == due


def test_a_teams_month_is_there_by_orders_or_by_the_report(stored):
    report = REPORT + "\n".join(f"{month},T2,100,10,5" for month in MONTHS) + "\n2026-08,T1,100,10,5"
    store = stored(employees=SELLERS, teams=TEAMS, targets=BARS, nps_responses=NPS, team_months=report,
                   orders="order_id,team_id,buyer_id,paid_at,paid_amount\nO1,T1,b1,2026-07-31T23:00:00,100")
    needs = found(store)
    assert told(needs) == [("rows", ("team", "T1"), (("team", "T1"),), ("orders", "team_months"), ("2026-09",), 0.0)]
    assert needs.owed.loc[0, ["effect", "people", "metrics"]].tolist() == ["incomplete", 1, ("gmv", "repurchase_rate")]


def test_nothing_is_asked_for_when_everything_is_there(stored):
    needs = found(stored(employees=SELLERS, teams=TEAMS, targets=BARS, nps_responses=NPS, team_months=WHOLE))
    assert told(needs) == [] and words.finding(needs, "en") == "2026Q3: everything due so far is there"


def test_a_report_without_the_figure_is_no_report(stored):
    store = stored(employees=SELLERS, teams=TEAMS, targets=BARS, nps_responses=NPS,
                   team_months=WHOLE.replace("2026-08,T1,100,10,5", "2026-08,T1,100,10,"))
    needs = found(store)
    assert told(needs) == [("rows", ("team", "T1"), (("team", "T1"),), ("team_months",), ("2026-08",), 0.0)]
    assert needs.owed.loc[0, "columns"] == (("team_months", ("buyers", "repeat_buyers")),)


def test_sub_teams_count_for_their_parent(stored):
    store = stored(employees=SELLERS, teams="team_id,name,parent_team\nT1,a,\nT2,b,\nT3,c,T1", targets=BARS,
                   nps_responses=NPS.replace(",T1,", ",T3,"), team_months=WHOLE.replace(",T1,", ",T3,"))
    assert told(found(store)) == []


def test_a_team_that_never_sold_owes_no_orders_and_one_that_did_owes_its_month(stored):
    staff = SELLERS + "\nE3,吴三,customer_service,junior,T3,2025-01-01,5000,"
    store = stored(employees=staff, teams=TEAMS + "\nT3,客服组,,", targets=BARS + "\n2026Q3,company,,refund_rate,0.1",
                   nps_responses=NPS + "\n2026-05-05,T3,9", team_months=WHOLE.replace("gmv,", "refund_amount,gmv,").replace(
                       ",100,", ",1,100,"))
    assert told(found(store)) == [("rows", ("team", "T3"), (("team", "T3"),), ("nps_responses",), MONTHS, 0.0)]


def test_orders_without_buyers_are_asked_for_their_buyers_not_for_another_sheet(stored):
    orders = "order_id,team_id,paid_at,paid_amount\n" + "\n".join(
        f"{month}{team},{team},{month}-09T10:00:00,100" for month in MONTHS for team in ("T1", "T2"))
    needs = found(stored(employees=SELLERS, teams=TEAMS, targets=BARS, nps_responses=NPS, orders=orders, team_months=WHOLE))
    # E1: GMV 100, NPS 100 → 6,000; E2: GMV 100, NPS 120 → (40 + 36) ÷ 0.7 = 108.571429 → 5,428.57
    assert told(needs) == [("rows", needing.COMPANY, (needing.ALL,), ("orders",), MONTHS, 11428.57)]
    assert needs.owed.loc[0, "columns"][0][1][0] == "buyer_id"


def test_a_joiner_owes_only_the_months_employed_and_the_manager_is_asked(stored):
    aims = "quarter,subject_type,subject_id,metric,target\n" + "\n".join(
        f"2026Q3,role,design,{metric},1" for metric in ("click_through_rate", "conversion_lift", "template_reuse"))
    staff = ARTISTS.replace("5000,", "5000,E1")
    needs = found(stored(employees=staff, teams=TEAMS, targets=aims, member_months=WHOLE_DRAWN))
    # 46 of the 92 days of a base of 5,000
    assert told(needs) == [("rows", ("employee", "E1"), (("employee", "E2"),), ("member_months",), MONTHS[1:], 2500.0)]
    led = found(stored(teams=TEAMS.replace("花茶组,,", "花茶组,,E9"), employees=ARTISTS))
    assert led.owed["owner"].tolist() == [("employee", "E9")]


def test_a_missing_target_is_asked_of_its_team_and_a_useless_one_is_named(stored):
    bars = BARS.replace("2026Q3,team,T2,gmv,300\n", "") + "\n2026Q3,employee,E1,gmv,0"
    needs = found(stored(employees=SELLERS, teams=TEAMS, targets=bars, nps_responses=NPS, team_months=WHOLE))
    # E1 without GMV: repurchase 100, NPS 100; E2: repurchase 100, NPS 120 → 110
    assert told(needs) == [
        ("target_is_floor", ("team", "T1"), (("employee", "E1"),), ("targets",), (), 6000.0),
        ("target", ("team", "T2"), (("team", "T2"),), ("targets",), (), 5500.0)]


def test_who_waits_for_two_things_is_counted_once_and_a_released_one_not_at_all(stored):
    bars = BARS.replace("2026Q3,company,,nps,50", "").replace("2026Q3,company,,repurchase_rate,0.5\n", "")
    store = stored(employees=SELLERS, teams=TEAMS, targets=bars, team_months=WHOLE)
    needs = found(store)
    # GMV alone is 40 % of the weights: nobody can be assessed, so each waits with the whole base
    assert (len(needs.owed), needs.waiting, needs.waiters) == (2, 11000.0, 2)
    assert needs.people.loc[needs.people["employee_id"] == "E2", ["metric", "kind"]].to_numpy().tolist() == [
        ["nps", "rows"], ["repurchase_rate", "target"], ["nps", "target"]]
    store = stored(targets=BARS)
    store.release("2026Q3", ["E1"], "zero", "no survey")
    assert (found(store).waiting, found(store).waiters) == (5000.0, 1)


@pytest.mark.parametrize(("rows", "days"), [
    ("E2,2026-07-11,", 10), ("E2,2026-07-01,", 0), ("E2,2026-01-01,2026-08-31", 30),
    ("E2,2026-01-01,2026-12-31\nE2,2026-09-30,2026-09-30", 0), ("E2,2026-01-01,2026-07-31\nE2,2026-08-02,", 1),
    ("E9,2026-07-11,", 0)])
def test_days_without_an_assignment_are_named(stored, rows, days):
    head, rest = "employee_id,from_date,to_date,role,level,team_id", ",operations,junior,T2"
    assigned = "\n".join([head, *(row + rest for row in rows.split("\n"))])
    needs = found(stored(employees=SELLERS, teams=TEAMS, targets=BARS, nps_responses=NPS, team_months=WHOLE,
                         assignments=assigned))
    told_of = [(row.days, row.subjects) for row in needs.owed.itertuples() if row.kind == "assignment"]
    assert told_of == ([(days, (("employee", "E2"),))] if days else [])


def test_the_order_of_the_rows_does_not_matter(stored, staged):
    head, *rows = SELLERS.split("\n")
    store = stored(employees=SELLERS, teams=TEAMS, team_months=WHOLE.replace("2026-09,T1,100,10,5\n", ""))
    first = words.as_message(found(store), "zh")
    store.save({"employees": staged(store.stage_folder(), "employees", "\n".join([head, *rows[::-1]]))}, [])
    assert words.as_message(found(store), "zh") == first and first.count("\n") >= 3


def test_the_message_begins_with_numbers_and_says_how_many_more_there_are(stored):
    sells = "\n".join(f"E{n},人{n},operations,junior,T{n},2025-01-01,5000," for n in range(1, 16))
    report = REPORT + "\n".join(f"{month},T{n},100,10,5" for month in MONTHS for n in range(1, 16))
    teams = "team_id,name\n" + "\n".join(f"T{n},组{n}" for n in range(1, 16))
    store = stored(employees=STAFF + sells, teams=teams, team_months=report, nps_responses="date,team_id,score\n2026-08-01,T1,9",
                   targets="\n".join(BARS.split("\n")[:2] + BARS.split("\n")[3:]))
    lines = words.as_message(found(store), "zh").split("\n")
    # 14 teams lack a GMV target; repurchase 100, NPS 120 → 110
    assert lines[0] == "2026Q3：还缺 14 项，14 人的 ¥77,000.00 在等"
    assert lines[1].startswith("1. ¥5,500.00，1 人在等 · 组10 T10：缺目标：GMV（指标目标）")
    assert lines[13] == "另有 2 项，见清单文件。" and len(lines) == 14


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_keeps_a_users_text_a_text(stored, lang):
    store = stored(employees=ARTISTS.replace("周二", "=1+1"), member_months=WHOLE_DRAWN)
    book = openpyxl.load_workbook(io.BytesIO(words.as_workbook(found(store), lang)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=1+1 E2" and cell.data_type == "s" for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f"] and len(book.sheetnames) == 3


def by_skill(store, card: dict):
    plan = plans.default()
    plan["scorecards"]["design"] = {"weights": card}
    return needing.needs(store, Q3, plan, date(2026, 10, 1))


ASSESSED = "date,employee_id,skill,level\n2026-08-01,E1,作图,3"
STANDARD = "role,stage,skill,required_level\ndesign,{level},作图,3"


@pytest.mark.parametrize(("tables", "asked"), [
    ({}, ("skill_assessments", "skill_standards")),
    ({"skill_assessments": ASSESSED}, ("skill_standards",)),
    ({"skill_standards": STANDARD.format(level="junior")}, ("skill_assessments",)),
    ({"skill_assessments": ASSESSED, "skill_standards": STANDARD.format(level="junior")}, None)])
def test_of_a_metric_that_needs_two_sheets_the_one_that_is_not_there_is_asked_for(stored, tables, asked):
    store = stored(employees=STAFF + "E1,林一,design,junior,T1,2025-01-01,6000,", teams=TEAMS, **tables,
                   targets="quarter,subject_type,subject_id,metric,target\n2026Q3,company,,skill_coverage,0.8")
    needs = by_skill(store, {"skill_coverage": 1.0})
    assert [row.datasets for row in needs.owed.itertuples()] == ([asked] if asked else [])
    if asked and len(asked) == 2:
        assert words.listed(needs, "zh").iloc[0]["填哪张表"] == "技能测评、能力标准"


@pytest.mark.parametrize(("metric", "sheets", "columns"), [
    ("skill_growth", ("skill_assessments",), ("date", "employee_id", "skill", "level")),
    ("certification_rate", ("skill_assessments",), ("date", "employee_id", "skill", "level", "certified")),
    ("project_success", ("milestones", "project_members"), ("project_id", "milestone", "target", "actual", "due_date")),
    ("collaboration_satisfaction", ("collaboration_survey",), ("quarter", "team_id", "score")),
    ("negative_reviews", ("feedback",), ("date", "team_id", "kind"))])
def test_metrics_of_people_and_surveys_name_their_sheets_and_columns(stored, metric, sheets, columns):
    store = stored(employees=STAFF + "E1,林一,design,junior,T1,2025-01-01,6000,", teams=TEAMS,
                   targets=f"quarter,subject_type,subject_id,metric,target\n2026Q3,company,,{metric},0.8")
    owed = [row for row in by_skill(store, {metric: 1.0}).owed.itertuples() if row.kind == "rows"]
    assert [row.datasets for row in owed] == [sheets] and dict(owed[0].columns)[sheets[0]] == columns
