"""Every page: empty, whole, and with one table missing, in both languages."""

import re

import pytest

PAGES = ("overview", "data", "incentives", "whatif")
LANGUAGES = ("zh", "en")


def words(app) -> str:
    kinds = (app.subheader, app.markdown, app.caption, app.info, app.button)
    labels = [element.label if hasattr(element, "label") else "" for kind in kinds for element in kind]
    return "\n".join([str(element.value) for kind in kinds for element in kind] + labels)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_an_empty_company_is_told_how_to_begin(read_only, look, page, lang):
    read_only(empty=True)
    app = look(page, lang)
    assert ("试用示例公司" if lang == "zh" else "Try the sample company") in words(app)
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", ("overview", "incentives", "whatif"))
def test_a_page_begins_with_its_finding_and_shows_a_chart(read_only, look, page, lang):
    read_only()
    app = look(page, lang)
    assert any(re.match(r"2026Q3[：:]", heading.value) for heading in app.subheader)
    assert app.get("plotly_chart")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("sheet", ("NPS调研", "团队月报", "指标目标", "团队", "员工花名册"))
def test_a_page_still_works_without_one_table(read_only, look, page, sheet):
    read_only(sheet)
    # Each page without each table once, the languages taking turns.
    look(page, LANGUAGES[(PAGES.index(page) + len(sheet)) % 2])


def test_the_overview_shows_the_quarters_figures(read_only, look):
    read_only()
    app = look("overview")
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["GMV"] == "¥180.0万"
    assert shown["复购率"] == "25.0%"


def test_what_is_missing_names_the_sheet_that_would_fill_it(read_only, look):
    read_only("NPS调研")
    assert any("NPS" in info.value and "上传" in info.value for info in look("overview").info)


def test_an_address_that_asks_for_a_quarter_without_data_is_told_which_is_shown(read_only, look):
    read_only()
    assert any("现显示 2026Q3" in info.value for info in look("overview", quarter="2031Q1").sidebar.info)
    assert not look("overview", quarter="2026Q3").sidebar.info


def test_the_team_of_the_address_narrows_the_figures(read_only, look):
    read_only()
    shown = {metric.label: metric.value for metric in look("overview", team="T1").metric}
    assert shown["GMV"] == "¥120.0万"


def test_the_statement_shows_the_formula_with_its_numbers(read_only, look):
    read_only()
    app = look("incentives")
    app.query_params["person"] = "E1"
    app.run()
    # gmv 1,200,000 of 1,000,000 = 120; repurchase 30 % of 30 % = 100; NPS 40 of 40 = 100
    assert "40% × 120 + 30% × 100 + 30% × 100 + 0，不高于 120]，不低于 0] = 108" in words(app).replace("\\", "")
    assert "¥6,000.00 × 92 ÷ 92 × 108 ÷ 100 × 1 × 1 = ¥6,480.00" in words(app).replace("\\", "")


def test_moving_a_weight_moves_the_total_and_the_others_give_way(read_only, look):
    read_only()
    app = look("whatif")
    before = app.metric[0].value
    app.slider(key="weight_scorecards.operations.weights.gmv").set_value(100).run()
    assert not app.exception
    assert app.metric[0].value != before
    assert app.slider(key="weight_scorecards.operations.weights.nps").value == 0
    assert any("scorecards.operations.weights.gmv=1" in part for part in app.query_params["set"])


def test_a_slider_stays_where_it_is_dropped_however_often_they_move(read_only, look):
    read_only()
    app, key = look("whatif"), "weight_scorecards.operations.weights."
    expected = ((("gmv", 60), (60, 20, 20)), (("repurchase_rate", 10), (68, 10, 22)), (("nps", 80), (17, 3, 80)),
                (("gmv", 30), (30, 2, 68)), (("gmv", 100), (100, 0, 0)), (("gmv", 40), (40, 30, 30)))
    for (metric, percent), weights in expected:
        app.slider(key=key + metric).set_value(percent).run()
        assert not app.exception
        shown = tuple(app.slider(key=key + m).value for m in ("gmv", "repurchase_rate", "nps"))
        assert shown == weights


def test_pending_and_not_assessable_are_told_apart(read_only, look):
    read_only("NPS调研")
    app = look("incentives")
    assert "3 人因数据不全待定" not in app.main.subheader[-1].value
    assert "2 人因数据不全待定；1 人无法评定" in app.main.subheader[-1].value
    assert "至少 60.0%" in words(look("incentives", person="E3"))


def test_an_address_with_a_change_that_cannot_be_is_ignored(read_only, look):
    read_only()
    app = look("whatif")
    app.session_state["changes"] = {"scorecards.nobody.weights.gmv": 1}
    assert not app.run().exception


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_the_sample_company(sample_company, look, page, lang):
    app = look(page, lang, company="sample")
    assert app.main.subheader[-1].value and not app.error
    assert bool(app.get("plotly_chart")) == (page != "data")


def test_a_team_of_the_sample_company_narrows_every_page(sample_company, look):
    for page in ("overview", "incentives", "whatif"):
        look(page, company="sample", team="S00")


@pytest.mark.parametrize(("answer", "score", "said"), [
    ("zero", "[[40% × 120 + 30% × 100 + 0，不高于 120]，不低于 0] = 78", "按 0 分计"),
    ("renormalise", "[[(40% × 120 + 30% × 100) ÷ 70% + 0，不高于 120]，不低于 0] = 111.4286", "按其余权重折算"),
    ("last", "暂定", "沿用上季度得分")])
def test_a_statement_says_how_a_missing_figure_was_released_and_computes_with_it(company, look, answer, score, said):
    company("NPS调研").release("2026Q3", ["E1"], answer, "本季未做问卷")
    shown = words(look("incentives", person="E1")).replace("\\", "")
    assert f"已放行：{said}。理由：本季未做问卷" in shown
    assert score in shown


def test_pending_pay_is_released_with_a_reason(company, look):
    store = company("NPS调研")
    app = look("incentives", person="E1")
    app.button(key="FormSubmitter:release-放行").click().run()
    assert app.error and not store.releases("2026Q3")
    app.radio[0].set_value("zero")
    app.text_input[0].set_value("本季未做问卷")
    app.button(key="FormSubmitter:release-放行").click().run()
    assert store.releases("2026Q3") == {"E1": "zero"} and "¥4,680.00" in words(app)


def test_a_batch_is_undone_from_the_page(company, look):
    store = company()
    app = look("data")
    app.selectbox(key="undo").set_value(1).run()
    assert "¥180.0万" in [metric.value for metric in app.metric] or any("¥180.0万" in c.value for c in app.caption)
    next(b for b in app.button if b.label == "撤销第 1 批").click().run()
    assert store.batches()[0]["undone_at"] and sum(store.counts().values()) == 0
    assert any("第 1 批已撤销" in said.value for said in app.success)


def test_a_users_text_brings_no_markdown_into_the_page():
    from pages.frame.show import plain
    assert plain("![x](http://a) **b** <i>") == r"\!\[x\]\(http\://a\) \*\*b\*\* \<i\>"


def test_people_of_one_name_are_told_apart():
    import pandas as pd

    from pages.frame.draw import distinct
    names = pd.Series({"E1": "王芳", "E2": "王芳", "E3": "李雷", "E4": None})
    assert distinct(names).tolist() == ["王芳 · E1", "王芳 · E2", "李雷", "E4"]


def test_a_database_in_use_is_said_in_words_and_with_the_way_out(tmp_path, monkeypatch, look):
    import subprocess
    import sys
    monkeypatch.setenv("TIEJUN_DATA", str(tmp_path))
    hold = f"import duckdb; c = duckdb.connect({str(tmp_path / 'ours.duckdb')!r}); print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        app = look("overview")
        other.communicate(b"\n")
    assert any("正被另一个程序使用" in error.value for error in app.error)
