"""The people page: its finding and figures by hand, every view, who is not assessed, the address, the chosen team."""


import pandas as pd
import pytest

VIEWS = ("skills", "person", "growth", "tree", "learning")
MARK = "[周二](http://x)*"
FIRM = {
    "employees": f"""employee_id,name,role,level,team_id,hire_date,leave_date
E1,林一,operations,junior,T1,2025-01-01,
E2,{MARK},operations,junior,T1,2025-01-01,
E3,<b>吴三</b>,operations,middle,T2,2025-01-01,
E4,郑四,design,junior,T2,2025-01-01,
E5,林一,operations,junior,T2,2025-01-01,
E6,冯六,operations,junior,T2,2025-01-01,2026-06-30""",
    "teams": "team_id,name,parent_team\nT0,事业部,\nT1,轻茶组,T0\nT2,花茶组,T0\nT9,空组,",
    "skill_standards": """role,stage,direction,skill,required_level
operations,junior,,数据,2
operations,junior,,用户,3
operations,junior,,规则,1
operations,middle,,数据,4
design,junior,,画图,2
operations,beginner,用户专家,用户,2
operations,advanced,用户专家,用户,3
operations,advanced,用户专家,数据,3""",
    "skill_assessments": """date,employee_id,skill,level,certified
2026-03-01,E1,数据,1,no
2026-08-01,E1,数据,2,yes
2026-03-01,E1,用户,2,no
2026-09-30,E1,用户,3,no
2026-03-01,E1,规则,1,no
2026-03-01,E2,数据,2,no
2026-08-01,E2,用户,2,no
2026-04-01,E3,数据,3.5,no
2026-04-01,E6,数据,5,yes""",
    "growth_paths": "employee_id,direction,stage,date\nE1,用户专家,beginner,2026-02-01",
    "activities": """date,employee_id,team_id,kind,hours
2026-07-01,E1,,training,8
2026-07-02,E2,,training,
2026-07-03,E1,,insight_meeting,99""",
    "targets": """quarter,subject_type,subject_id,metric,target
2026Q3,company,,skill_growth,0.2
2026Q3,company,,certification_rate,0.5"""}


@pytest.fixture
def firm(firms, monkeypatch):
    """Makes the app's own company hold the tables above but those left out, and those given instead."""
    def fill(*left_out, **instead):
        tables = {name: table for name, table in (FIRM | instead).items() if name not in left_out}
        monkeypatch.setenv("TIEJUN_DATA", str(firms(frozenset(tables.items()))))
    return fill


def figures(app) -> list[str]:
    return [metric.value for metric in app.metric]


def titles(app) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


def table(app, *columns) -> pd.DataFrame:
    """The last table on the page that has all the columns."""
    return next(frame.value for frame in reversed(app.dataframe) if set(columns) <= set(frame.value.columns))


def test_an_empty_company_is_told_how_to_begin(monkeypatch, tmp_path, look):
    monkeypatch.setenv("TIEJUN_DATA", str(tmp_path))
    assert any(button.label == "Try the sample company" for button in look("people", "en").button)


def test_the_finding_and_the_figures_are_those_computed_by_hand(firm, look):
    firm()
    app = look("people", quarter="2026Q3")
    # levels gained 1 + 1 + 0 of 1 + 2 + 1 + 2 + 3.5 before; E6 left before the quarter
    assert app.main.subheader[0].value == ("2026Q3：5 人中 3 人已测评，能力提升率 21.1%（5 项技能）；"
                                           "最缺“数据”，应会的 4 人中 2 人未达标或未测评")
    assert figures(app) == ["2 / 9.5", "4 / 7", "1 / 6", "—", "3 / 5"] and not any(metric.delta for metric in app.metric)
    assert any(said.value == "尚未测评（2 人，不计为 0）：郑四、林一 · E5" for said in app.caption)


@pytest.mark.parametrize("few,said", ((9, "2 / 13.5"), (10, "13.8%")))
def test_a_rate_of_fewer_observations_than_the_smallest_group_is_a_count(firm, look, few, said):
    more = "".join(f"\n2026-03-01,E1,另{i},1,no" for i in range(few - 5))
    firm(skill_assessments=FIRM["skill_assessments"] + more)
    assert figures(look("people", quarter="2026Q3"))[0] == said


@pytest.mark.parametrize("lang", ("zh", "en"))
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_opened_by_the_address_and_shows_a_finding(firm, look, view, lang):
    firm()
    app = look("people", lang, quarter="2026Q3", view=view)
    assert titles(app) and app.dataframe and not app.error and view in app.query_params["view"]


def test_the_heat_map_marks_what_is_below_the_standard_and_what_was_never_assessed(firm, look):
    firm()
    from pages.frame import people
    from pages.frame.people import matrix
    app = look("people", quarter="2026Q3", view="skills")
    assert titles(app)[0] == "运营：最缺“数据”，4 人中 2 人未达标或未测评"
    cells = table(app, "姓名", "技能", "是否达标").set_index(["姓名", "技能"])["是否达标"]
    assert cells[("林一 · E1", "用户")] == "✓ 达标" and cells[("<b>吴三</b>", "数据")] == "✗ 未达标"
    assert cells[(MARK, "规则")] == "✗ 未达标" and cells[("林一 · E5", "数据")] == "—"
    assert matrix._cell({"met": False, "level": 3.5, "required": 4.0}) == "3.5/4"
    assert matrix._cell({"met": False, "level": float("nan"), "required": 1.0}) == "—/1"
    assert matrix._cell({"met": True, "level": 3.0, "required": 3.0}) == "3"
    assert matrix._cell({"met": None, "level": float("nan"), "required": 2.0}) == "" and people.level(2.0) == "2"


def test_gaps_count_who_needs_a_skill_and_the_search_says_when_nothing_is_found(firm, look):
    firm()
    app = look("people", quarter="2026Q3", view="skills")
    gaps = table(app, "岗位与层级").set_index(["岗位与层级", "技能"])[["应会人数", "达标", "低于标准", "未测评"]]
    assert gaps.loc[("运营 · 基层", "用户")].tolist() == [3, 1, 1, 1]
    assert gaps.loc[("运营 · 中层", "数据")].tolist() == [1, 0, 1, 0]
    assert set(table(app, "姓名", "技能", "是否达标")["岗位"]) == {"运营"}
    app.text_input(key="people_search").set_value("规则").run()
    assert set(table(app, "姓名", "技能", "是否达标")["技能"]) == {"规则"} and not app.exception
    app.text_input(key="people_search").set_value("没有").run()
    assert any("清空查找框" in info.value for info in app.info) and not titles(app)


def test_one_person_is_named_by_the_address_and_stands_against_standard_and_quarter_before(firm, look):
    firm()
    app = look("people", quarter="2026Q3", view="person", person="E2")
    assert titles(app) == [f"{MARK}：3 项标准中 2 项未达成，差距最大的是“用户”（2 / 3）"]
    assert any(r"\[周二\]\(http\://x\)\*" in said.value for said in app.markdown)
    app.selectbox(key="people_person").set_value("E1").run()
    assert titles(app) == ["林一 · E1：3 项岗位标准全部达成"] and "E1" in app.query_params["person"]
    # growth 2/4 against 20 % scores 120, certified 1/3 against 50 % scores 66.7: (0.4 × 120 + 0.3 × 66.67) ÷ 0.7
    assert any("个人维度指数 97.1（数据覆盖权重 70.0%）" in said.value for said in app.markdown)
    told = table(app, "技能", "季度前等级").set_index("技能")
    assert told.loc["数据", ["等级", "季度前等级", "标准"]].tolist() == [2, 1, 2]


def test_who_was_never_assessed_has_no_level_and_who_is_of_another_team_is_not_shown(firm, look):
    firm()
    app = look("people", quarter="2026Q3", view="person", person="E4")
    assert any("还没有任何技能测评" in info.value for info in app.info) and not titles(app)
    app = look("people", quarter="2026Q3", view="person", person="E4", team="T1")
    assert any("没有这个人" in info.value for info in app.info) and not titles(app)
    assert app.selectbox(key="people_person").value is None


def test_people_are_listed_by_number_and_an_index_that_says_little_is_remarked(firm, look):
    firm()
    app = look("people", quarter="2026Q3", view="growth")
    told = table(app, "等级增减").set_index("姓名")
    few, none = "可比技能太少，仅供参考", "尚未测评"
    assert told["说明"].to_dict() == {"林一 · E1": "", MARK: few, "<b>吴三</b>": few, "郑四": none, "林一 · E5": none}
    assert told.loc["林一 · E1", ["达标", "认证", "等级增减", "提升率"]].tolist() == ["3 / 3", "1 / 3", "+2", 0.5]
    assert told.loc["郑四", ["已测技能", "达标", "认证", "等级增减"]].tolist() == ["—"] * 4
    assert told.loc["郑四", ["提升率", "个人指数"]].isna().all()
    assert "3 人中 1 人的技能等级有提升" in titles(app)
    assert any("不排名" in said.value and "不足 3 项" in said.value for said in app.caption)
    assert any("运营 1/6" in said.value for said in app.caption)  # six skills: counted, no rate drawn


def test_the_tree_says_who_stands_where_and_what_the_next_stage_asks(firm, look):
    firm()
    app = look("people", quarter="2026Q3", view="tree")
    assert titles(app) == ["运营：4 人中 1 人已走上成长树，0 人到了高阶"]
    assert any("数据 3、用户 3" in said.value for said in app.caption)
    assert table(app, "还差（现有 / 要求）")["还差（现有 / 要求）"].tolist() == ["数据 2/3"]
    assert any("还没有走上成长树（3 人）" in said.value for said in app.caption)


def test_learning_names_few_pairs_claims_no_cause_and_keeps_unknown_hours_unknown(firm, look):
    firm()
    app = look("people", quarter="2026Q3", view="learning")
    assert titles(app)[0] == "2 人中 1 人参加过学习，其中 1 人有提升"  # E1 and E3; nobody knows E2's hours
    told = "".join(said.value for said in app.caption)
    assert "不能证明" in told and "1 次活动没有填写时长" in told
    told = table(app, "次数", "提升率").set_index("姓名")
    assert told.loc["林一 · E1", ["次数", "学习时长（小时）"]].tolist() == [1, 8] and pd.isna(told.loc[MARK, "学习时长（小时）"])


@pytest.mark.parametrize("count,rank", ((29, False), (30, True)))
def test_from_thirty_pairs_on_the_title_says_how_far_the_ranks_agree(count, rank):
    from types import SimpleNamespace

    from core import periods, text
    from pages.frame.people.learning import cloud
    look = SimpleNamespace(lang="zh", period=periods.quarter("2026Q3"), say=lambda key, **v: text.say(f"page.{key}", "zh", **v))
    pairs = pd.DataFrame({"name": "甲", "hours": range(count), "growth": [i % 7 for i in range(count)], "learned": 1})
    drawn = cloud(look, pairs, count)
    assert ("等级相关" in drawn.title, bool(drawn.series[0].labels)) == (rank, not rank)


def test_the_team_filter_holds_and_a_team_without_people_says_so(firm, look):
    firm()
    app = look("people", quarter="2026Q3", team="T1")
    assert app.main.subheader[0].value.startswith("2026Q3：2 人中 2 人已测评") and figures(app)[0] == "2 / 6"
    app = look("people", quarter="2026Q3", team="T9")
    assert "没有在职人员" in app.main.subheader[0].value and not titles(app)


@pytest.mark.parametrize("gone,view,sheet", (("skill_standards", "skills", "能力标准"), ("activities", "learning", "活动记录"),
                                             ("growth_paths", "learning", "")))
def test_a_missing_sheet_is_named_and_the_rest_works(firm, look, gone, view, sheet):
    firm(gone)
    app = look("people", quarter="2026Q3", view=view)
    assert not sheet or any(sheet in info.value for info in app.info)
    assert app.main.subheader[0].value.startswith("2026Q3：5 人中 3 人已测评")


def test_without_assessments_the_tree_and_the_hours_are_still_there(firm, look):
    firm("skill_assessments", feedback="date,team_id,kind,count\n2026-08-01,T1,negative_review,1")
    app = look("people", quarter="2026Q3", view="tree")
    assert app.main.subheader[0].value == "2026Q3：5 人都还没有技能测评" and any("技能测评" in info.value for info in app.info)
    assert titles(app) == ["运营：4 人中 1 人已走上成长树，0 人到了高阶"]
    for view in ("skills", "person", "growth", "learning"):
        look("people", quarter="2026Q3", view=view)
