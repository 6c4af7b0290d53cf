"""The statement on the page: steps, next step, change, source rows, workbook; of a person and of a team."""

import io
import re

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from core import belonging, periods, quarter, statement
from core.exporting.statement import statement as book
from pages.frame import rewards
from pages.frame.session import Session

TEAM = """
import streamlit as st
from pages.frame import session, statement
st.session_state["framed"] = True
look = session.current()
statement.team(look, session.settled(look), "{team}")
"""


def words(app) -> str:
    return "\n".join(str(element.value) for kind in (app.markdown, app.caption) for element in kind).replace("\\", "")


@pytest.mark.parametrize(("lang", "said"), [
    ("zh", ("复购率 再增加 10 个百分点（20% → 30%）达成 100%，绩效多 ¥500.00", "较 2026Q2",
            "方案 三（二）1", "现应发 ¥3,464.29")),
    ("en", ("Repurchase rate: 10 percentage points more (20% → 30%) reaches 100 %, ¥500.00 more commission", "Against 2026Q2",
            "Payable now ¥3,464.29"))])
def test_a_person_sees_the_next_step_the_change_and_the_clause(read_only, look, lang, said):
    read_only()
    shown = words(look("incentives", lang, person="E2"))
    assert [part for part in said if part not in shown] == []


def test_the_uploaded_rows_behind_a_statement_open_as_a_table(read_only, look):
    read_only()
    app = look("incentives", person="E2")
    places = app.selectbox(key="source_place")
    assert "员工花名册 · team.xlsx · 员工花名册 · 3–3" in places.options
    report = next(n for n, place in enumerate(places.options) if place.startswith("团队月报"))
    places.select_index(report).run()
    rows = next(table.value for table in app.dataframe if "#" in table.value.columns)
    assert rows["GMV"].tolist() == [200_000] * 3 and rows["#"].tolist() == [11, 12, 13]
    assert "共 3 行，显示 3 行" in words(app)


def test_a_pending_row_says_why_and_what_waits(read_only, look):
    read_only("NPS调研")
    assert "部分指标缺数据，暂定" in words(look("incentives", person="E1"))


def test_the_statements_workbook_holds_what_the_page_says(read_only, look):
    store = read_only()
    assert look("incentives", person="E2").get("download_button")
    settled = quarter.settle(store, periods.quarter("2026Q3"))
    data = book(statement.told(settled, belonging.of_person(settled, "E2"), None, {}, "zh"), "周二", "", "zh")
    summary = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    assert (summary["A1"].value, summary["D5"].value) == ("周二", 3464.29)


def of_team(team: str, **address) -> AppTest:
    script = AppTest.from_string(TEAM.format(team=team), default_timeout=60)
    for name, value in address.items():
        script.query_params[name] = value
    script.run()
    assert not script.exception, script.exception[0].message
    return script


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_team_sees_its_pools_its_peoples_rows_its_next_step_and_its_change(sample_company, lang):
    shown = words(of_team("S01", lang=lang, company="sample", quarter="2026Q3"))
    wanted = {"zh": ("三级火箭 · 罐装轻茶特战组 · 罐装轻茶 · 第 1 级　¥9,590.44", "由本团队 3 人分得 ¥22,850.00",
                     "本级奖金 = [利润，不低于 0] × 品牌分红比例", "较 2026Q2",
                     "三级火箭：¥18,658.16 → ¥42,440.44（+¥23,782.28）",
                     "成员绩效合计多 ¥426.9", "福利菜单 · 周云栖 · 亲子游：福利 ¥2,200.00，预算只剩 ¥2,000.00",
                     "一笔钱归在挣得它的任职或奖金池所在的团队"),
              "en": ("¥9,590.44", "¥22,850.00 of it go to 3 of the team's people", "Against 2026Q2",
                     "¥18,658.16 → ¥42,440.44 (+¥23,782.28)", "more commission for its people together")}
    assert [part for part in wanted[lang] if part not in shown] == []


def test_each_of_a_teams_rows_opens_with_its_steps_and_its_uploaded_rows(sample_company):
    app = of_team("S01", lang="zh", company="sample", quarter="2026Q3")
    rows = app.selectbox(key="statement_row")
    assert len(rows.options) == 23 and app.get("download_button")
    third = next(n for n, row in enumerate(rows.options) if row.endswith("第 3 级"))
    rows.select_index(third).run()
    assert "余分（最大余数法）" in words(app)
    assert any(place.startswith("单品月报") for place in app.selectbox(key="source_place").options)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_team_sees_what_it_missed_and_what_its_people_get(sample_company, lang):
    script = of_team("S02", lang=lang, company="sample", quarter="2026Q3")
    missed = {"zh": r"复购率 29\.\d+%，须超过 30%；¥10,000\.00 未得",
              "en": r"is 29\.\d+%, needs more than 30%; ¥10,000\.00 missed"}
    assert re.search(missed[lang], words(script))
    assert len(script.table[0].value) == 3


def test_a_person_reads_the_own_part_of_a_missed_pool(sample_company, look):
    """E036 has a fifth of the project whose 6,000 were missed."""
    shown = words(look("incentives", company="sample", quarter="2026Q3", person="E036"))
    assert "¥1,200.00 未得（奖金池 ¥6,000.00 中本人的 20.0%）" in shown


def test_a_quarter_without_a_score_is_not_assessed_and_no_change(sample_company, look):
    shown = words(look("incentives", "en", company="sample", quarter="2026Q3", person="E037"))
    assert "Commission: ¥4,181.62 → not assessed" in shown and "score moved" not in shown
    new = words(look("incentives", company="sample", quarter="2026Q3", person="E039"))
    assert "绩效提成：— → ¥2,253.37" in new and "得分变化" not in new and "¥0.00 → ¥0.00" not in new and "— → ¥0.00" not in new


@pytest.mark.parametrize(("gain", "said"), [(0.0, "系统故障时长 再减少 42 分钟（72 分钟 → 30 分钟）达成 100%"),
                                            (0.01, "系统故障时长 再减少 42 分钟（72 分钟 → 30 分钟）达成 100%，绩效多 ¥0.01")])
def test_a_step_that_brings_no_money_as_with_a_base_of_0_names_none(stored, gain, said):
    goal = {"metric": "downtime_minutes", "goal": "target", "grade": None, "now": 72, "needed": 30, "gap": 42, "gain": gain}
    assert rewards._goal(Session(stored(), "ours", "zh", periods.quarter("2026Q3"), None), goal) == said


@pytest.mark.parametrize(("team", "said"), [("T1", "没有团队或项目的奖金池"), ("T9", "这个季度没有奖金行")])
def test_a_team_without_pools_or_rows_says_so(read_only, team, said):
    read_only()
    assert said in words(of_team(team, lang="zh"))
