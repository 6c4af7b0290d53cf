"""The page of targets: editing, copying, checking, saving and trying, none of it lost and none of it in another quarter."""

import pytest

from core import periods, targets
from core.store import StoreError
from tests.pages.test_pages import words

Q3, Q4 = periods.quarter("2026Q3"), periods.quarter("2026Q4")


def key(app) -> str:
    return app.data_editor[0].key


def edit(app, changed=None, added=(), deleted=()):
    """What a hand does in the table: row position → {column: text}, new rows, deleted positions."""
    app.session_state[key(app)] = {"edited_rows": changed or {}, "added_rows": list(added), "deleted_rows": list(deleted)}
    app.run()
    assert not app.exception, app.exception[0].message


def turn(app, label: str):
    app.segmented_control(key="aims_of_2026Q3").set_value(label).run()
    assert not app.exception, app.exception[0].message


def shown(app) -> list[list]:
    return [[cell for cell in row if cell is not None] for row in app.data_editor[0].value.astype(object).where(
        app.data_editor[0].value.notna(), None).values.tolist()]


def stored(store, period) -> list[tuple]:
    return [tuple(row)[:3] for row in targets.table(store.cursor(), period).itertuples(index=False)]


@pytest.mark.parametrize("lang", ("zh", "en"))
def test_an_empty_company_is_told_how_to_begin(read_only, look, lang):
    read_only(empty=True)
    app = look("targets", lang)
    assert ("试用示例公司" if lang == "zh" else "Try the sample company") in words(app) and not app.data_editor


@pytest.mark.parametrize("sheet", ("NPS调研", "团队月报", "指标目标", "团队", "员工花名册"))
def test_the_page_works_without_one_table(read_only, look, sheet):
    read_only(sheet)
    assert look("targets", "en" if len(sheet) % 2 else "zh").data_editor


def test_the_finding_counts_the_targets_and_names_what_has_none(read_only, look):
    read_only()
    app = look("targets")
    said = app.main.subheader[-1].value
    assert said.startswith("2026Q3：4 条目标，3 个对象 × 3 个指标；计分卡上有 3 个指标缺目标：") and "（1 人）" in said
    assert shown(app) == [["company", "nps", "40"], ["company", "repurchase_rate", "30%"], ["team T1", "gmv", "1,000,000"],
                          ["team T2", "gmv", "700,000"]]
    assert "设计：" not in look("targets", team="T1").main.subheader[-1].value
    assert "都有目标" in look("targets", team="T1").main.subheader[-1].value


def test_last_quarters_targets_are_copied_edited_tried_and_saved(company, look):
    store = company()
    app = look("targets")
    turn(app, "2026Q4")
    assert app.main.subheader[-1].value.startswith("2026Q4：还没有目标") and shown(app) == []
    app.button(key="aims_copy").click().run()
    assert len(shown(app)) == 4 and app.button(key="aims_copy").disabled and not stored(store, Q4)
    assert "每个人的应发金额都不变" in words(app) and not app.get("plotly_chart")
    edit(app, {2: {"target": "200万"}})
    # E1: GMV 1,200,000 of 2,000,000 → 60 instead of 120, at 40 % of a base of 6,000
    assert app.get("plotly_chart") and any("-¥1,440" in (metric.delta or "") for metric in app.metric)
    assert "新增 4 条 · 更新 0 条 · 删除 0 条" in words(app)
    app.button(key="aims_save").click().run()
    assert any("2026Q4 的目标已保存为第 2 批" in said.value for said in app.success)
    assert ("team T1", "gmv", "2,000,000") in stored(store, Q4) and len(stored(store, Q3)) == 4
    assert app.button(key="aims_save").disabled and app.button(key="aims_reset").disabled


def test_edits_outlive_other_quarters_pages_and_languages_and_stay_in_their_quarter(company, look):
    store = company()
    app = look("targets")
    edit(app, {0: {"target": "45"}})
    turn(app, "2026Q4")
    assert shown(app) == []
    edit(app, added=[{"subject": "role design", "metric": "nps", "target": "7"}])
    turn(app, "2026Q3")
    assert shown(app)[0] == ["company", "nps", "45"] and len(shown(app)) == 4
    app.switch_page("pages/overview.py").run().switch_page("pages/targets.py").run()
    assert shown(app)[0] == ["company", "nps", "45"]
    app.session_state["lang"] = "en"
    app.run()
    assert shown(app)[0] == ["company", "nps", "45"] and "adds 0, changes 1" in words(app)
    turn(app, "2026Q4")
    assert shown(app) == [["role design", "nps", "7"]]
    app.button(key="aims_reset").click().run()
    assert shown(app) == [] and not stored(store, Q4)


def test_an_error_names_its_row_and_keeps_everything_from_being_saved(company, look):
    store = company()
    app = look("targets")
    edit(app, {1: {"target": "0.3"}}, added=[{"subject": "team T1", "metric": "gmv", "target": "5"}])
    said = app.dataframe[1].value["问题"].tolist()
    assert said[0].startswith("第 2 行：“目标值”的“0.3”没有写百分号") and said[1].startswith("第 5 行：") and "第 3 行" in said[1]
    assert app.button(key="aims_save").disabled and len(stored(store, Q3)) == 4
    edit(app, {1: {"target": "31%"}}, added=[{"subject": "team T1", "metric": "aov", "target": "5"}])
    assert not app.button(key="aims_save").disabled and not app.error


def test_a_row_is_deleted_after_its_consequence_was_shown_and_undo_brings_it_back(company, look):
    store = company()
    app = look("targets")
    edit(app, {0: {"target": "41"}}, deleted=[2])
    assert shown(app)[2] == ["team T2", "gmv", "700,000"] and list(app.data_editor[0].value.index) == [1, 2, 3]
    assert any("将删除：团队 · 轻茶组 T1 GMV" in said.value for said in app.warning)
    app.button(key="aims_save").click().run()
    assert stored(store, Q3) == [("company", "nps", "41"), ("company", "repurchase_rate", "30%"), ("team T2", "gmv", "700,000")]
    store.undo(2)
    assert len(stored(store, Q3)) == 4 and len(shown(app.run())) == 4


def test_edits_upon_targets_that_were_changed_elsewhere_are_given_up_with_a_word(company, look):
    store = company()
    app = look("targets")
    edit(app, {0: {"target": "45"}})
    table = targets.table(store.cursor(), Q3)
    table.loc[1, "target"] = "39"
    targets.save(store, targets.check(store, Q3, table, "zh"))
    app.run()
    assert any("刚在别处被修改" in said.value for said in app.warning) and shown(app)[0] == ["company", "nps", "39"]


def test_a_store_that_refuses_is_said_in_words_and_the_table_stays(company, look, monkeypatch):
    company()
    app = look("targets")
    edit(app, {0: {"target": "45"}})

    def refuse(*_):
        raise StoreError("disk_full", place="ours.duckdb")
    monkeypatch.setattr(targets, "save", refuse)
    app.button(key="aims_save").click().run()
    assert any("磁盘空间不足" in said.value for said in app.error) and not app.exception
    assert not app.button(key="aims_save").disabled and "更新 1 条" in words(app)


@pytest.mark.parametrize("lang", ("zh", "en"))
def test_the_sample_company_has_targets_and_a_trial(sample_company, look, lang):
    app = look("targets", lang, company="sample")
    assert len(shown(app)) > 10 and app.get("plotly_chart") and not app.error
    look("targets", lang, company="sample", team="S00")
