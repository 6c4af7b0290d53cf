"""The evaluation page: the finding and its figures, weights, what moved, what a figure is made of, teams, before and after."""

import re
from datetime import date

import pandas as pd
import pytest

from core import evaluation, periods, quarter
from core import plan as plans
from core.metrics import METRICS
from pages.frame.evaluation import effect, few, of_frame, teams

LANGUAGES = ("zh", "en")
VIEWS = ("indices", "moved", "metrics", "teams", "effect")
PLAN = plans.default()


def words(app) -> str:
    kinds = (app.main.subheader, app.main.markdown, app.main.caption, app.info)
    return "\n".join(element.value for kind in kinds for element in kind).replace("\\", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_company_is_told_how_to_begin(read_only, look, lang):
    read_only(empty=True)
    app = look("evaluation", lang)
    assert any(button.label == ("试用示例公司" if lang == "zh" else "Try the sample company") for button in app.button)


def test_the_finding_is_the_index_computed_by_hand_and_what_is_missing_names_its_sheet(read_only, look):
    read_only()
    app = look("evaluation")
    # GMV has no target for the company; repurchase 1,500 ÷ 6,000 against 30 %, NPS 3 ÷ 10 against 40: exactly 60 % covered.
    business = (.3 * 100 * (.25 / .30) + .3 * 100 * (30 / 40)) / .6
    assert app.main.subheader[0].value == f"2026Q3：综合指数 {business:.1f}，没有上季度可比；只有业务的数据足够"
    figures = {card.label: card.value for card in app.metric}
    assert figures == {"综合": f"{business:.1f}", "业务": f"{business:.1f}", "团队": "—", "个人": "—"}
    said = words(app)
    assert "业务（覆盖权重 60.0%）缺少：GMV：没有目标（由“指标目标”补上）" in said
    assert "团队（覆盖权重 0.0%，不足 60.0%：仅供参考，不计入综合）缺少：核心人才离职率：没有数据：“员工花名册”已上传" in said
    assert "离职率：没有目标（由“指标目标”补上）" in said and "能力提升率：没有数据（由“技能测评”补上）" in said
    assert len(app.get("plotly_chart")) == 2


def test_without_any_index_the_page_says_so_and_draws_no_chart(read_only, look):
    read_only("指标目标")
    app = look("evaluation")
    assert "还没有哪个维度的数据够算出指数" in app.main.subheader[0].value and not app.get("plotly_chart")


def test_the_chosen_team_fills_every_figure_with_its_own(read_only, look):
    read_only()
    app = look("evaluation", team="T1", view="metrics", metric="gmv")
    frame = app.dataframe[0].value.set_index("指标")
    assert frame.loc["GMV", "数值"] == "¥1,200,000.00" and frame.loc["GMV", "目标"] == "¥1,000,000.00"
    assert frame.loc["GMV", "得分"] == pytest.approx(120) and frame.loc["GMV", "分母"] == "—"
    assert frame.loc["复购率", "分母"] == "3,000" and frame.loc["复购率", "计入"] == "✓"
    assert frame.loc["离职率", "数值"] == "0 人离职（共 1 人）" and frame.loc["离职率", "较上季度"] == "—"
    assert app.metric[1].value == f"{.4 * 120 + .3 * 100 + .3 * 100:.1f}"
    assert "1,200,000 ÷ 1 = ¥1,200,000.00，样本" in words(app)
    assert app.dataframe[1].value.iloc[0].tolist()[:3] == ["团队月报", "team.xlsx", "团队月报"]


def test_a_metric_that_the_plan_does_not_weigh_is_no_error(read_only, look):
    read_only()
    assert "没有这个指标" in words(look("evaluation", view="metrics", metric="*x*"))


def test_a_weight_that_is_moved_changes_the_index_and_measures_nothing(read_only, look, monkeypatch):
    read_only()
    app = look("evaluation")
    monkeypatch.setattr(quarter, "evaluate", lambda *_, **__: pytest.fail("evaluated again"))
    monkeypatch.setattr(quarter, "measured", lambda *_, **__: pytest.fail("measured again"))
    app.slider("weight_dimensions.business.weights.repurchase_rate").set_value(60).run()
    # The others give way in proportion: NPS from 30 to 30 ÷ 70 × 40.
    nps = .3 / .7 * .4
    assert app.metric[1].value == f"{(.6 * 100 * .25 / .3 + nps * 75) / (.6 + nps):.1f}"
    assert any(one.startswith("dimensions.business.weights.repurchase_rate=0.6") for one in app.query_params["set"])
    next(button for button in app.button if button.label == "恢复现行方案").click().run()
    assert app.metric[1].value == "79.2" and "set" not in app.query_params


def test_moving_back_the_evaluations_weights_leaves_the_other_changes(read_only, look):
    read_only()
    other = "scorecards.operations.weights.gmv=0.5"
    app = look("evaluation", set=[other, "evaluation.weights.team=0"])
    next(button for button in app.button if button.label == "恢复现行方案").click().run()
    assert app.session_state["changes"] == {"scorecards.operations.weights.gmv": .5}


def test_moved_weights_go_into_the_plans_draft(company, look):
    company()
    app = look("evaluation", set="evaluation.weights.team=0")
    next(button for button in app.button if button.label == "写入方案草稿").click().run()
    weights = app.session_state["plan_draft"]["ours"]["plan"]["evaluation"]["weights"]
    assert weights["team"] == 0 and weights["business"] == pytest.approx(.4 / .7)


def test_what_moved_the_indices_adds_up_to_their_change(sample_company, sample_store, look):
    app = look("evaluation", company="sample", view="moved")
    period, plan = periods.quarter("2026Q3"), quarter.plan_for(sample_store, periods.quarter("2026Q3"))
    index = []
    for of in (period.previous(), period):
        told = evaluation.lines(plan, quarter.evaluate(sample_store, of, plan))
        found = evaluation.indices(plan, told)
        index.append(found[found["subject_type"].eq("company")].set_index("dimension")["index"])
    table = app.dataframe[-1].value
    for name, place in (("业务", "business"), ("团队", "team"), ("个人", "individual")):
        own = table[table["维度"] == name]
        assert own["变化（分）"].sum() == pytest.approx(index[1][place] - index[0][place])
        assert own["本季度（分）"].sum() == pytest.approx(index[1][place])
    assert table["指标"].tolist() == [METRICS[m].zh for said in plan["dimensions"].values() for m in said["weights"]]
    assert len(app.get("plotly_chart")) == 4 and "2026Q2 和 2026Q3 都按 2026Q3 的方案" in words(app)


def test_without_an_index_in_the_quarter_before_nothing_is_said_to_have_moved_it(read_only, look):
    read_only()
    app = look("evaluation", view="moved")
    assert "业务：2026Q2 或 2026Q3 没有指数，无法比较。" in words(app) and not app.get("plotly_chart")
    app = look("evaluation", view="moved", quarter="2026Q2")
    assert "没有 2026Q1 的数据" in words(app)


def test_a_hidden_survey_figure_is_shown_nowhere_and_single_answers_are_not_listed(sample_company, look):
    app = look("evaluation", company="sample", team="S01", view="metrics", metric="collaboration_satisfaction")
    row = app.dataframe[0].value.set_index("指标").loc["协作满意度"]
    assert row["数值"] == "— 少于5份答卷或可由此推算，已隐藏" and row["计入"] == "✗ 少于5份答卷或可由此推算，已隐藏"
    assert row[["分母", "95% 区间", "较上季度", "较去年同期"]].tolist() == ["—"] * 4 and pd.isna(row["得分"])
    assert "匿名调查" in words(app) and len(app.dataframe) == 1


def test_the_people_behind_a_figure_of_the_individual_dimension_add_up_to_it(sample_company, look):
    app = look("evaluation", company="sample", team="S01", view="metrics", metric="skill_growth")
    people = app.dataframe[-1].value
    said = re.search(r"(\d+) ÷ (\d+) = ", words(app))
    assert people["分子"].sum() == int(said[1]) and people["分母"].sum() == int(said[2])
    assert people["姓名"].tolist() == sorted(people["姓名"])


def evaluated(**told) -> pd.DataFrame:
    """Evaluated rows of teams from (people, scores by metric)."""
    rows = [("team", team, metric, score, people, "" if score == score else "no_value", False)
            for team, (people, scores) in told.items() for metric, score in scores.items()]
    return pd.DataFrame(rows, columns=["subject_type", "subject_id", "metric", "score", "n", "missing", "hidden"])


def test_teams_are_listed_by_id_and_small_or_thin_ones_are_for_reference():
    whole = {metric: 100.0 for said in PLAN["dimensions"].values() for metric in said["weights"]}
    little = {"gmv": 120.0, "repurchase_rate": 120.0, "nps": 120.0, "attrition_rate": float("nan")}
    frame = evaluated(A=(10, whole), B=(9, whole | {"gmv": 120.0}), C=(30, little), D=(10, whole | {"gmv": 110.0}))
    every = teams.compared(PLAN, frame, of_frame(PLAN, "2026Q3", frame)).set_index("team_id")
    assert list(every["remark"].items()) == [("A", ""), ("B", "few"), ("C", "covered"), ("D", "")]


def test_teams_with_too_little_covered_weight_are_listed_with_the_reason(read_only, look):
    read_only()
    table = look("evaluation", view="teams").dataframe[0].value.set_index("团队名称")
    assert table.loc["轻茶组", "业务指数"] == "108.0 · 100.0%" and table.loc["轻茶组", "说明"] == "覆盖权重不足 60.0%，仅供参考"
    assert table.index.tolist() == ["公司", "轻茶组", "花茶组"]


@pytest.mark.parametrize("people,rate", ((9, False), (10, True)))
def test_a_rate_of_fewer_than_ten_people_is_a_count(people, rate):
    assert few(PLAN, {"metric": "attrition_rate", "n": people}) == (not rate)
    assert not few(PLAN, {"metric": "gmv", "n": people})


def test_before_and_after_are_the_quarters_next_to_the_first_day_and_the_one_it_falls_in_was_before():
    labels = ["2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2"]
    assert effect.sides(labels, date(2026, 1, 1)) == (["2025Q1", "2025Q2", "2025Q3", "2025Q4"], ["2026Q1", "2026Q2"])
    assert effect.sides(labels, date(2026, 1, 2)) == (["2025Q2", "2025Q3", "2025Q4", "2026Q1"], ["2026Q2"])
    assert effect.sides(labels, date(2024, 1, 1)) == ([], ["2024Q4", "2025Q1", "2025Q2", "2025Q3"])


def test_whether_the_plan_worked_is_a_comparison_with_its_quarters_and_no_claim(company, look):
    store = company()
    assert "2026Q3 没有公司保存的方案版本在生效" in words(look("evaluation", view="effect"))
    store.save_plan(plans.written(PLAN), date(2026, 7, 1), "第一版")
    app = look("evaluation", view="effect")
    table = app.dataframe[0].value.set_index("指标")
    assert table.loc["GMV"].tolist() == ["¥1,800,000.00", "1 个季度，样本 6", "¥1,800,000.00", "1 个季度，样本 6", "±0.0%"]
    assert table.loc["用户净推荐值"].tolist() == ["—", "0", "30", "1 个季度，样本 10", "—"]
    assert "没有对照组" in words(app) and len(app.get("plotly_chart")) == 1
    assert "2026Q2 没有公司保存的方案版本在生效" in words(look("evaluation", view="effect", quarter="2026Q2"))


def test_names_from_a_plan_are_shown_as_they_are(company, look):
    store, plan = company(), plans.copied(PLAN)
    plan["dimensions"]["business"]["zh"] = "[业](http://x)"
    store.save_plan(plans.written(plan), date(2026, 1, 1), "改名")
    app = look("evaluation")
    assert r"\[业\]" in app.main.subheader[0].value and app.metric[1].label.startswith(r"\[业\]")
    assert all("[业](" not in element.value for kind in (app.markdown, app.info, app.caption) for element in kind)


@pytest.mark.parametrize("view,lang", zip(VIEWS, ("en", "zh", "en", "zh", "en"), strict=True))
def test_every_view_shows_the_sample_company(sample_company, look, view, lang):
    app = look("evaluation", lang, company="sample", view=view, metric="nps")
    assert re.match(r"2026Q3[：:]", app.main.subheader[0].value) and view in app.query_params["view"]
    assert len(app.get("plotly_chart")) == {"indices": 2, "moved": 4, "metrics": 1, "teams": 1, "effect": 0}[view]
