"""The boards page: each board with its finding, the way out where a sheet is missing, the address, the chosen team."""

import re

import pytest

from pages.frame.boards.squads import filled
from tests.test_settlement import COMPANY

BOARDS = ("projects", "squads", "groups", "honours")
LANGUAGES = ("zh", "en")
MORE = COMPANY | {"nps_responses": """date,team_id,promoters,passives,detractors
2026-07-01,S1,50,40,10
2026-07-01,A1,50,40,10""", "votes": """date,nominee_type,nominee_id,votes,story
2026-02-01,employee,E1,3,*陪*老客[到](http://x)深夜
2026-03-01,team,S1,2,""", "employees": COMPANY["employees"] + "\nE9,林一,operations,junior,A1,2025-01-01,,5000,no"}


@pytest.fixture
def firm(firms, monkeypatch):
    """Makes the app's own company hold these tables."""
    return lambda **tables: monkeypatch.setenv("TIEJUN_DATA", str(firms(frozenset(tables.items()))))


def words(app) -> str:
    kinds = (app.subheader, app.markdown, app.caption, app.info, app.metric, app.expander)
    return "\n".join(str(getattr(element, "value", "") or element.label) for kind in kinds for element in kind)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_company_is_told_how_to_begin(firm, look, lang):
    firm()
    app = look("boards", lang)
    assert any(button.label == ("试用示例公司" if lang == "zh" else "Try the sample company") for button in app.button)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("board", BOARDS)
def test_a_board_begins_with_its_finding_and_shows_its_chart(firm, look, board, lang):
    firm(**MORE)
    app = look("boards", lang, board=board, quarter="2026Q3")
    assert re.match(r"2026Q3[：:]", app.main.subheader[-1].value), app.subheader
    assert len(app.get("plotly_chart")) == 1 and app.dataframe
    assert board in app.query_params["board"]


@pytest.mark.parametrize("board,sheet,gone", (
    ("projects", "项目", ("projects",)), ("projects", "项目里程碑", ("milestones",)), ("squads", "单品月报", ("sku_months",)),
    ("squads", "团队", ("teams", "sku_months")), ("groups", "团队", ("teams",)), ("groups", "指标目标", ("targets",)),
    ("honours", "口碑投票", ("votes",)), ("honours", "指标目标", ("targets",))))
def test_a_board_without_its_sheet_names_the_sheet(firm, look, board, sheet, gone):
    firm(**{name: table for name, table in MORE.items() if name not in gone})
    assert any(sheet in info.value for info in look("boards", board=board, quarter="2026Q3").info)


def test_a_project_is_opened_by_the_address_with_milestones_members_and_retrospective(firm, look):
    projects = "project_id,name,bonus_pool,start_date,retrospective\nP1,6[1]8,100000,2026-05-01,*下次*先定退款线"
    firm(**MORE | {"projects": projects})
    app = look("boards", board="projects", project="P1", quarter="2026Q3")
    assert r"6\[1\]8" in words(app) and r"\*下次\*先定退款线" in words(app)
    steps, people = app.dataframe[2].value, app.dataframe[3].value
    assert steps["状态"].tolist()[:3] == ["✓ 达成", "✗ 未达成", "… 待数据"]
    assert steps["实际与目标"].iloc[1] == "6%，须低于 6%，正好等于不算"
    # two people of one name are told apart
    assert people["姓名"].tolist() == ["林一 · E1", "吴三"] and people["已得（元）"].tolist() == [18000, 12000]
    assert any("没有这个项目" in info.value for info in look("boards", board="projects", project="P9", quarter="2026Q3").info)


def test_the_gauges_say_what_is_missing_in_words_and_sign(firm, look):
    skus = """month,sku_id,team_id,gmv,gmv_target,buyers,repeat_buyers,profit,category_rank
2026-07,A,S1,500000,518400,1000,294,100,12
2026-07,B,S1,500000,500000,1000,294,100,10
2026-07,C,S1,500000,500000,1000,300,100,10
2026-07,D,S1,500000,,1000,301,100,10
2026-07,E,S1,500000,500000,10000,2999,100,10"""
    firm(**MORE | {"sku_months": skus})
    told = words(look("boards", "en", board="squads", quarter="2026Q3"))
    said = told.replace("\\", "")
    assert "**✗ Missed** · target ¥518,400.00: ¥18,400.00 more reaches it" in said
    assert "needs more than 30.0%, has 29.4%: 0.6 points short" in said
    assert "needs more than 30.0%: exactly at it does not count" in said
    assert "needs more than 30%, has 29.99%: 0.01 points short" in said
    assert "**… Waits for figures** · no GMV target" in said and "its own figure is good enough (rank 10, bar rank 10)" in said
    assert "¥10,000.00 missed" in said and "Split among 4 members, ¥5,000.00" in said


def test_a_tab_that_is_opened_is_named_by_the_address(firm, look):
    firm(**MORE)
    app = look("boards", board="squads", quarter="2026Q3")
    for label, board in (("荣誉", "honours"), ("项目", "projects"), ("荣誉", "honours")):
        app.session_state["boards_zh"] = label
        app.run().run()
        assert not app.exception and board in app.query_params["board"] and len(app.get("plotly_chart")) == 1


def test_a_gauge_fills_towards_its_bar_and_stays_empty_without_one():
    assert filled({"figure": 8, "needed": 10, "sign": "≤"}) == filled({"figure": 11, "needed": 10, "sign": "≥"}) == 1
    assert filled({"figure": 20, "needed": 10, "sign": "≤"}) == filled({"figure": 5, "needed": 10, "sign": ">"}) == 0.5
    assert filled({"figure": None, "needed": 10, "sign": "≥"}) == 0
    assert filled({"figure": 5.0, "needed": float("nan"), "sign": "≥"}) == 0


def test_joint_winners_stand_side_by_side_with_the_figures_that_won(firm, look):
    firm(**MORE)
    told = words(look("boards", board="honours", quarter="2026Q3"))
    assert "流量捕手 · 2 人并列" in told and "#### 林一 · E9" in told and "#### 郑四" in told
    assert "GMV ¥90.0万，目标 ¥33.7万：120.0 分 × 40.0%" in told.replace("\\", "")
    assert "四季度揭晓" in told and "3 票" in told


def test_the_year_is_decided_in_its_fourth_quarter(firm, look):
    months = MORE["team_months"] + "\n2026-10,S1,1,1,1"
    firm(**MORE | {"team_months": months})
    app = look("boards", board="honours", quarter="2026Q4")
    assert "四季度揭晓" not in words(app) and app.dataframe[-1].value["状态"].tolist() == ["★ 获奖", ""]
    assert app.dataframe[-1].value["案例"].iloc[0] == "*陪*老客[到](http://x)深夜"


@pytest.mark.parametrize("board,here,not_here", (("projects", "S1", "B1"), ("squads", "S1", "B1"), ("groups", "A1", "B1"),
                                                 ("honours", "A1", "B1")))
def test_the_chosen_team_narrows_a_board_and_a_team_without_any_is_told(firm, look, board, here, not_here):
    firm(**MORE | {"teams": MORE["teams"] + "\nB1,空组,standing,"})
    assert re.match("2026Q3：", look("boards", board=board, quarter="2026Q3", team=here).main.subheader[-1].value)
    assert any("所选团队" in info.value for info in look("boards", board=board, quarter="2026Q3", team=not_here).info)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("board", BOARDS)
def test_a_board_shows_the_sample_company(sample_company, look, board, lang):
    app = look("boards", lang, company="sample", board=board)
    assert re.match(r"2026Q3[：:]", app.main.subheader[-1].value) and len(app.get("plotly_chart")) == 1 and not app.info
