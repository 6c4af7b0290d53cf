"""The team page: its finding, rates only of large groups, curves, hidden answers, requests, the chosen team, a roster alone."""

import json
import re
from datetime import date, timedelta

import pytest

from core import periods, quarter
from pages.frame.team.staying import ticks

LANGUAGES = ("zh", "en")
VIEWS = ("leaving", "staying", "satisfaction", "requests", "incidents", "newcomers")
# T1 has exactly ten people of whom two leave in the quarter, T2 nine of whom one leaves; *b* is typed by a user.
LEFT = {"A0": ("2026-06-30", "voluntary", "no"), "A1": ("2026-08-01", "voluntary", "yes"),
        "A2": ("2026-09-30", "involuntary", "no"), "B1": ("2026-07-01", "voluntary", "no")}
PEOPLE = [("A", n, "T1", "operations") for n in range(11)] + [("B", n, "T2", "design") for n in range(1, 10)]
ROSTER = "employee_id,name,role,level,team_id,hire_date,leave_date,leave_type,is_core\n" + "\n".join(
    ",".join([f"{side}{n}", f"N{side}{n}", role, "junior", team, f"{date(2024, 1, 1) + timedelta(days=40 * n)}",
              *LEFT.get(f"{side}{n}", ("", "", "no"))]) for side, n, team, role in PEOPLE)
FIRM = {
    "employees": ROSTER,
    "teams": "team_id,name,parent_team\nT0,总部,\nT1,*a*[到](http://x)<b>,T0\nT2,乙组,T0",
    "team_months": "month,team_id,gmv\n2026-04,T1,100\n2026-07,T1,100",
    "collaboration_survey": "quarter,team_id,score\n" + "2026Q3,T1,4\n" * 6 + "2026Q3,T2,2\n" * 4 + "2026Q2,T1,5\n" * 5,
    "requests": """request_id,from_team,owner_id,priority,created_at,responded_at,due_at,delivered_at,revisions
R1,T1,B2,urgent,2026-07-01 08:00:00,2026-07-01 10:00:00,2026-07-04 08:00:00,2026-07-03 08:00:00,1
R2,T1,B2,routine,2026-07-02 08:00:00,2026-07-09 08:00:00,2026-07-03 08:00:00,2026-07-06 08:00:00,3
R3,T2,A3,urgent,2026-08-02 08:00:00,2026-08-02 09:00:00,,,0""",
    "incidents": "incident_id,owner_id,started_at,resolved_at,severity\nI1,A3,2026-07-01 00:00:00,2026-07-01 01:30:00,<P1>"}


@pytest.fixture
def firm(firms, monkeypatch):
    """Makes the app's own company hold the tables named, all of them by default, and those given instead."""
    def hold(*names, empty=False, **instead):
        tables = {} if empty else {name: FIRM[name] for name in names or FIRM} | instead
        monkeypatch.setenv("TIEJUN_DATA", str(firms(frozenset(tables.items()))))
    return hold


def words(app) -> str:
    return "\n".join(str(element.value) for kind in (app.subheader, app.markdown, app.caption, app.info) for element in kind)


def drawn(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def titles(app) -> list[str]:
    return [one["layout"]["title"]["text"].replace("<br>", "") for one in drawn(app)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_company_is_told_how_to_begin(firm, look, lang):
    firm(empty=True)
    app = look("team", lang)
    assert any(button.label == ("试用示例公司" if lang == "zh" else "Try the sample company") for button in app.button)
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws_in_both_languages(firm, look, view):
    firm()
    for lang in LANGUAGES:
        app = look("team", lang, quarter="2026Q3", view=view)
        assert re.match(r"2026Q3[：:]", app.main.subheader[0].value) and view in app.query_params["view"]
        assert len(app.metric) == 5 and (app.get("plotly_chart") or view == "newcomers")


def test_the_finding_and_the_figures_are_those_of_the_quarter(firm, look):
    firm()
    app = look("team", "en", quarter="2026Q3")
    headcount = (17 * 92 + 32 + 92 + 1 - 92) / 92  # 16 stay, A1 has 32 days, A2 all 92, B1 one
    rate = 3 / headcount
    assert app.main.subheader[0].value.startswith(
        f"2026Q3: 3 of 19 people left ({100 * rate:.1f}% of an average {headcount:.1f}, {100 * rate * 365 / 92:.1f}% a year),"
        " 1 of them core;")
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Attrition"] == f"{100 * rate:.1f}%" and shown["Core attrition"] == "1 of 1" and shown["Early attrition"] == "—"
    assert shown["Collaboration satisfaction"] == "3.2" and shown["On-time delivery"] == "50.0%"
    assert "requests took 3.0 d" in app.main.subheader[0].value


def test_a_group_of_nine_has_counts_and_no_rate_and_no_rank(firm, look):
    firm()
    app = look("team", quarter="2026Q3", view="leaving")
    bars = drawn(app)[0]["data"][0]
    assert bars["y"] == ["运营（2/10）"] and "设计 9 人中 1 人离职" in words(app).replace("\\", "")
    table = app.dataframe[-1].value.set_index("组")
    assert table.loc["设计", "离职率"] != table.loc["设计", "离职率"] and table.loc["设计", "离职"] == 1
    assert table.loc["运营", "离职率"] == pytest.approx(2 / ((8 * 92 + 32 + 92) / 92))
    assert table.loc["运营", ["主动", "被动", "核心人数"]].tolist() == [1, 1, 1] and table["核心离职率"].isna().all()


def test_the_chosen_team_holds_in_every_view_and_shows_none_above_it(firm, look):
    firm()
    app = look("team", quarter="2026Q3", view="leaving", team="T1")
    assert "10 人中 2 人离职" in app.main.subheader[0].value
    app.segmented_control(key="team_by").set_value("team").run()
    assert app.dataframe[-1].value["组"].tolist() == ["*a*[到](http://x)<b>"]
    assert "9 人中 1 人离职" in look("team", quarter="2026Q3", team="T2").main.subheader[0].value
    assert look("team", quarter="2026Q3", view="requests", team="T2").dataframe[-1].value["提出"].tolist() == [2, 1]
    assert not look("team", quarter="2026Q3", view="incidents", team="T2").get("plotly_chart")


def test_curves_say_when_observation_begins_and_leave_out_the_small(firm, look):
    firm()
    app = look("team", quarter="2026Q3", view="staying")
    assert "自 2026年4月1日 起观察" in words(app)
    core, role = drawn(app)
    # eleven in operations from April on, one core person, nine in design
    assert {trace.get("name") for trace in role["data"] if trace.get("name")} == {"运营"}
    assert {trace.get("name") for trace in core["data"] if trace.get("name")} == {"全公司", "非核心"}
    told = words(app).replace("\\", "")
    assert "设计（9 人）" in told and "核心（1 人）" in told


def test_where_nobody_is_core_the_company_has_one_curve(firm, look):
    firm("teams", "team_months", employees=ROSTER.replace(",yes", ",no"))
    app = look("team", quarter="2026Q3", view="staying")
    assert {trace.get("name") for trace in drawn(app)[0]["data"] if trace.get("name")} == {"全公司"}
    assert "核心" not in app.main.subheader[0].value


def test_four_answers_are_hidden_everywhere_on_the_page(firm, look):
    firm()
    app = look("team", quarter="2026Q3", view="satisfaction")
    table = app.dataframe[-1].value.set_index("组")
    # of the company's ten answers six are T1's: shown beside it they would give T2's four away
    assert table.loc["乙组", "说明"].startswith("— 少于5份")
    assert table.loc[["乙组", "*a*[到](http://x)<b>"], "满意度"].isna().all()
    assert table.loc["全公司", "满意度"] == 3.2 and "乙组" in words(app)
    assert json.dumps(drawn(app), ensure_ascii=False).count("乙组") == 0
    assert "隐藏" in look("team", quarter="2026Q3", team="T2").main.subheader[0].value


def test_who_asks_whom_with_urgency_and_time(firm, look):
    firm()
    app = look("team", "en", quarter="2026Q3", view="requests")
    assert drawn(app)[0]["data"][0]["z"] == [[2, None], [None, 1]]
    assert "1 of 3 requests were not answered in time" in " ".join(titles(app))
    first = app.dataframe[-1].value.iloc[0]
    assert first[["Raised", "Urgent", "Cycle (days)", "Revisions", "On time"]].tolist() == [2, 0.5, 3.0, 2.0, 0.5]


def test_a_company_with_a_roster_alone_has_its_leavers_and_is_told_of_the_rest(firm, look):
    firm("employees")
    app = look("team", quarter="2026Q3", view="leaving")
    assert "19 人中 3 人离职" in app.main.subheader[0].value and len(app.get("plotly_chart")) == 4
    assert [metric.value for metric in app.metric][3:] == ["—", "—"]
    for view, sheet in (("satisfaction", "协作"), ("requests", "需求"), ("incidents", "故障")):
        told = look("team", quarter="2026Q3", view=view)
        assert any(sheet in info.value and "上传" in info.value for info in told.info) and not told.get("plotly_chart")


def test_the_quarters_of_a_roster_alone_begin_with_its_first_leaver(stored):
    assert quarter.quarters(stored(employees=ROSTER)) == ["2026Q3", "2026Q2"]


def test_no_roster_leaves_the_rest_standing(firm, look):
    firm("teams", "team_months", "collaboration_survey", "requests")
    app = look("team", quarter="2026Q3", view="leaving")
    assert "没有在职人员" in app.main.subheader[0].value and any("花名册" in info.value for info in app.info)
    assert any("花名册" in info.value for info in look("team", quarter="2026Q3", view="staying").info)
    assert look("team", quarter="2026Q3", view="satisfaction").get("plotly_chart")


def test_the_ticks_under_a_curve_are_at_most_eight_and_end_within_it():
    for longest in (1, 89, 90, 720, 721, 4000, 15000):
        assert 1 <= len(ticks(longest)) <= 8 and max(ticks(longest)) <= longest


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sample_company_shows_its_newcomers(sample_company, look, lang):
    app = look("team", lang, company="sample", view="newcomers")
    assert len(app.get("plotly_chart")) == 2 and periods.quarter("2026Q3").label in app.main.subheader[0].value
