"""The risks page: what fired with evidence and proposal, thresholds tried, the way to what-if and to the plan's draft."""

import pytest

from core import changes, periods, quarter, risks
from pages.frame import risks as parts
from tests.pages.test_boards_page import firm, words  # noqa: F401 - fixtures

STAFF = "employee_id,name,role,level,team_id,hire_date\n" + "\n".join(
    f"E{n},n{n},design,junior,{'T1' if n < 3 else 'T2'},2025-01-01" for n in range(6))
WORK = {"teams": "team_id,name\nT1,轻茶[x](http://y)\nT2,花茶组", "employees": STAFF,
        "feedback": "date,team_id,kind,metric,count\n2026-05-01,T1,incentive_complaint,,2\n"
                    "2026-08-01,T1,incentive_complaint,gmv,3\n2026-08-01,T2,incentive_complaint,gmv,1",
        "member_months": "month,employee_id,template_reuses,templates,innovative_designs,designs\n2026-05,E0,20,10,5,10\n"
                         "2026-08,E0,21,10,4,10"}
FIRED = "2026Q3：11 项风险中触发 2 项：激励失效、模板同质化"


def test_what_fired_comes_first_with_its_evidence_chart_proposal_and_what_did_not_says_why(firm, look):  # noqa: F811
    firm(**WORK)
    app = look("risks", quarter="2026Q3")
    said = words(app).replace("\\", "")
    assert app.main.subheader[-1].value == FIRED and [m.value for m in app.metric][0] == "2"
    assert "▲ 轻茶[x](http://y)：激励抱怨 3 次，上季度 2 次，至少 3 次才算；最多的是“GMV”" in said
    assert "[x](http" not in words(app)
    assert "推行需求分级制度" in said and "若改：岗位 设计 · 评分卡：设计 → 设计（创新）" in said
    assert len(app.get("plotly_chart")) == 4  # one for the complaints, two for sameness, one for what did not fire
    assert "协作壁垒** · 无法判断 · 上传“需求单”后可以判断。" in said and "预算** · 无法判断 · 表都有了" in said


def test_a_threshold_is_tried_at_once_and_goes_into_the_plans_draft(firm, look):  # noqa: F811
    firm(**WORK)
    app = look("risks", quarter="2026Q3")
    app.number_input(key="limit_risks.incentive_failure.least").set_value(4.0).run()
    assert not app.exception and app.main.subheader[-1].value == "2026Q3：11 项风险中触发 1 项：模板同质化"
    assert "risks.incentive_failure.least=4" in app.query_params["set"] and "最少抱怨次数：3 → 4" in app.info[0].value
    app.number_input(key="limit_risks.incentive_failure.least").set_value(3.0).run()
    assert app.main.subheader[-1].value == FIRED and not app.session_state["changes"]  # as in force: no change
    app.number_input(key="limit_risks.incentive_failure.rise").set_value(51.0).run()
    next(button for button in app.button if button.label == "放进方案草稿，去保存").click().run()
    assert not app.exception and not app.session_state["changes"]
    assert app.session_state["plan_draft"]["ours"]["plan"]["risks"]["incentive_failure"]["rise"] == 0.51
    assert app.session_state["plan_tabs"] == "评估与风险"


def test_a_proposed_change_opens_in_what_if_with_its_effect_and_is_taken_back_there(sample_company, look):
    app = look("risks", company="sample", quarter="2026Q3")
    said = next(m.value for m in app.markdown if "设计（创新）" in m.value and "若改" in m.value).replace("\\", "")
    app.button(key="open_sameness").click().run()
    assert not app.exception and app.session_state["changes"] == {"roles.design.scorecard": "design_innovative"}
    assert app.metric[0].value in said and "岗位 设计 · 评分卡：设计 → 设计（创新）" in words(app)
    app = look("whatif", company="sample", quarter="2026Q3", set="roles.design.scorecard=design_innovative")
    app.button(key="back_roles.design.scorecard").click().run()
    assert not app.exception and not app.session_state["changes"] and "评分卡：设计 →" not in words(app)


def test_the_chosen_team_keeps_its_own_evidence_and_what_concerns_the_whole_company(firm, look):  # noqa: F811
    firm(**WORK)
    app = look("risks", quarter="2026Q3", team="T2")
    said = words(app).replace("\\", "")
    assert "2026Q3 · 花茶组：11 项风险中触发 1 项：模板同质化" in app.main.subheader[-1].value
    assert "▲ 模板复用率 2.00 → 2.10（全公司）" in said and "轻茶" not in said


@pytest.mark.parametrize("lang", ("zh", "en"))
def test_an_empty_company_is_told_how_to_begin(firm, look, lang):  # noqa: F811
    firm()
    app = look("risks", lang)
    assert any(button.label == ("试用示例公司" if lang == "zh" else "Try the sample company") for button in app.button)


def test_the_page_judges_as_the_core_does_under_the_changed_plan(sample_store):
    period, tried = periods.quarter("2026Q3"), {"risks.cliff.people": 11}
    plan = changes.apply(quarter.plan_for(sample_store, period), tried)
    told = [(one.risk, one.state) for one in parts.read(sample_store, "2026Q3", tuple(tried.items()))]
    assert told == [(one.risk, one.state) for one in risks.findings(sample_store, period, plan)]
    assert dict(told)["cliff"] == "quiet"


def test_the_sample_company_in_english_for_a_team(sample_company, look):
    app = look("risks", "en", company="sample", quarter="2026Q3", team="T01")
    assert "risks fired" in app.main.subheader[-1].value and not app.error and len(app.get("plotly_chart")) > 4
