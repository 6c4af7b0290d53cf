"""The statement on the page: steps, next step, change, source rows, workbook; of a person and of a team."""

import io
import re

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from core import periods, quarter, statement
from core.exporting.statement import statement as book

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
    data = book(statement.told(settled, statement.of_person(settled, "E2"), None, {}, "zh"), "周二", "", "zh")
    summary = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    assert (summary["A1"].value, summary["D5"].value) == ("周二", 3464.29)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_team_sees_its_rows_and_what_its_people_get(sample_company, lang):
    script = AppTest.from_string(TEAM.format(team="S02"), default_timeout=60)
    for name, value in (("lang", lang), ("company", "sample"), ("quarter", "2026Q3")):
        script.query_params[name] = value
    script.run()
    assert not script.exception, script.exception[0].message
    missed = {"zh": r"复购率 29\.\d+%，须超过 30%；¥10,000\.00 未得",
              "en": r"is 29\.\d+%, needs more than 30%; ¥10,000\.00 missed"}
    assert re.search(missed[lang], words(script))
    assert len(script.table[-1].value) == 3


def test_a_team_without_rows_says_so(read_only):
    read_only()
    script = AppTest.from_string(TEAM.format(team="T1"), default_timeout=60)
    script.query_params["lang"] = "zh"
    script.run()
    assert not script.exception and "这个季度没有奖金行" in words(script)
