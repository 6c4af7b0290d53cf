"""The plan page: a draft of one's own, its problems live, saving with first day and reason, versions, cases."""

from datetime import date

import pytest

from core import plan as plans
from core import store as stores
from core.plan_cases import template
from pages.frame.plan_fields import rows_after


def labelled(elements, start: str):
    return next(element for element in elements if element.label.startswith(start))


def turn(app, tab: str):
    """Turns to a tab by its words."""
    app.session_state["plan_tabs"] = tab
    return app.run()


def texts(app) -> str:
    return "\n".join(str(element.value) for kind in (app.subheader, app.error, app.info, app.warning, app.success, app.caption)
                     for element in kind)


@pytest.mark.parametrize("lang", ("zh", "en"))
@pytest.mark.parametrize("empty", (True, False))
def test_the_plan_in_force_is_shown_and_can_be_read_without_any_data(read_only, look, lang, empty):
    read_only(empty=empty)
    app = look("plan", lang)
    assert ("执行方案 0" if lang == "zh" else "plan 0") in app.subheader[0].value
    assert app.get("plotly_chart") and not app.error


def test_a_change_is_a_draft_until_it_is_saved_with_its_reason_and_first_day(company, look):
    store = company()
    app = look("plan")
    labelled(app.number_input, "无个人基数").set_value(6000).run()
    assert not app.exception and "1 处改动" in texts(app)
    turn(app, "保存")
    assert store.plans() == []
    labelled(app.button, "保存为新版本").click().run()
    assert "请写明为什么改" in texts(app) and store.plans() == []
    labelled(app.text_input, "为什么改").set_value("基数调整").run()
    labelled(app.selectbox, "自哪个季度起生效").select_index(0).run()
    labelled(app.button, "保存为新版本").click().run()
    assert not app.exception and "已保存为版本 1" in texts(app)
    saved = store.plans()[0]
    plan = plans.load(saved["document"])
    assert (saved["reason"], plan["rules"]["commission"]["base_bonus"]) == ("基数调整", 6000)
    assert plan["effective_from"] == saved["effective_from"].date() > date(2026, 9, 30)


def test_the_draft_is_there_after_another_page_and_is_nobody_elses(read_only, look):
    read_only()
    mine, theirs = look("plan"), look("plan")
    labelled(mine.number_input, "季度预算").set_value(5000).run()
    mine.switch_page("pages/whatif.py").run()
    mine.switch_page("pages/plan.py").run()
    theirs.run()
    assert labelled(mine.number_input, "季度预算").value == 5000
    assert labelled(theirs.number_input, "季度预算").value == 0


def test_the_grid_stays_where_it_is_when_the_draft_has_problems(read_only, look):
    """What is wrong is told in a place of the same height whether there is anything to tell or not."""
    read_only()
    app = turn(look("plan", "en"), "Save")
    places = []
    for budget in (0, -1, 5):
        labelled(app.number_input, "Budget a quarter").set_value(budget).run()
        blocks = [block for block in app.main.children.values() if block.type == "flex_container"]
        places += [(height, [kind for kind in ("error", "info", "caption") if block.get(kind)])
                   for block in blocks if (height := block.proto.height_config.pixel_height)]
    assert len({height for height, _ in places}) == 1 and [kinds for _, kinds in places] == [["caption"], ["error"], ["info"]]


def test_what_is_wrong_with_the_draft_is_said_at_once_and_keeps_it_from_being_saved(read_only, look):
    read_only()
    app = turn(look("plan", "en"), "Save")
    labelled(app.number_input, "Budget a quarter").set_value(-1).run()
    assert "Budget a quarter" in app.error[0].value and "0 or more" in app.error[0].value
    assert labelled(app.button, "Save as a new version").disabled
    labelled(app.number_input, "Budget a quarter").set_value(1).run()
    assert not app.error and not labelled(app.button, "Save as a new version").disabled


def test_what_a_draft_does_to_the_quarter_is_shown_before_it_is_saved(read_only, look):
    read_only()
    app = look("plan")
    labelled(app.selectbox, "公司阶段").select("startup").run()
    turn(app, "保存")
    payable = labelled(app.metric, "应发合计")
    assert payable.value != "¥0" and payable.delta.startswith("+")
    turn(app, "版本比较")
    assert any("影响" in caption.value and "2026Q3" in caption.value for caption in app.caption)


def test_an_earlier_version_is_gone_back_to_by_saving_it_anew(company, look):
    store = company()
    plan = plans.copied(plans.default())
    for version, budget in ((1, 100), (2, 200)):
        plan["company"]["budget"] = budget
        store.save_plan(plans.written(plan), date(2026, 1, 1), f"第{version}版")
    app = look("plan")
    assert "执行方案 2" in app.subheader[0].value
    labelled(app.selectbox, "方案版本").select(1).run()
    labelled(app.button, "以此版本为草稿").click().run()
    assert labelled(app.number_input, "季度预算").value == 100
    turn(app, "保存")
    labelled(app.text_input, "为什么改").set_value("退回").run()
    labelled(app.button, "保存为新版本").click().run()
    assert plans.load(store.plans()[-1]["document"])["company"]["budget"] == 100 and len(store.plans()) == 3


def test_a_failing_case_needs_a_reason_of_its_own(company, look):
    store = company()
    case = {"name": "例一", "quarter": "2026Q3", "role": "operations", "figures": {"gmv": 1}, "targets": {"gmv": 1}, "floors": {},
            "expected": {"score": 77.0}}
    store.save_plan(plans.written(plans.default()), date(2026, 1, 1), "带案例", [case])
    app = turn(look("plan"), "保存")
    assert "1 个案例不符合：例一" in texts(app).replace("\\", "")
    labelled(app.text_input, "为什么改").set_value("照旧").run()
    labelled(app.button, "保存为新版本").click().run()
    assert "请勾选确认" in texts(app) and len(store.plans()) == 1
    labelled(app.checkbox, "仍要保存").check().run()
    labelled(app.text_input, "为什么可以不符合").set_value("旧案例").run()
    labelled(app.button, "保存为新版本").click().run()
    assert not app.exception and store.plan_cases(2) == ([case], "旧案例")


def test_a_rule_of_a_kind_is_made_filled_in_and_removed(read_only, look):
    read_only()
    app = look("plan")
    labelled(app.selectbox, "类型").select("per_unit").run()
    app.text_input(key="plan_new_rules").set_value("私域奖 <b>").run()
    app.button(key="plan_make_rules").click().run()
    assert not app.exception and "规则 私域奖" in app.error[0].value
    app.selectbox(key=next(s.key for s in app.selectbox if s.key and s.key.endswith("rules:私域奖_b:metric"))
                  ).select("private_user_growth").run()
    labelled(app.number_input, "每个（元）").set_value(2).run()
    assert not app.error and "1 处改动" in texts(app)
    next(b for b in app.button if b.key and b.key.endswith("remove:rules")).click().run()
    assert "处改动" not in texts(app)


def test_a_file_becomes_the_draft_and_what_is_no_plan_is_named(read_only, look):
    read_only()
    app = turn(look("plan"), "保存")
    upload = next(u for u in app.get("file_uploader") if "TOML" in u.label)
    upload.set_value(("plan.toml", plans.written(plans.default() | {"score_cap": 99}).encode(), "application/toml")).run()
    assert labelled(app.number_input, "得分上限").value == 99 and not app.error
    upload = next(u for u in app.get("file_uploader") if "TOML" in u.label)
    upload.set_value(("plan.toml", b"rules = 5", "application/toml")).run()
    assert "规则" in texts(app) and labelled(app.number_input, "得分上限").value == 99


def test_a_sheet_of_cases_becomes_the_drafts_and_its_results_are_shown(read_only, look):
    read_only()
    app = turn(look("plan"), "案例")
    upload = next(u for u in app.get("file_uploader") if "案例" in u.label)
    upload.set_value(("cases.xlsx", template(plans.default(), "zh"), "application/xlsx")).run()
    assert not app.exception and not app.error
    shown = app.dataframe[-1].value
    assert shown["符合"].tolist() == ["✓"] and shown["得分（算得 / 期望）"].tolist() == ["100 / 100"]
    upload = next(u for u in app.get("file_uploader") if "案例" in u.label)
    upload.set_value(("cases.csv", "案例,季度,岗位\n甲,Q3,运营".encode(), "text/csv")).run()
    assert "单元格 A2" in app.error[0].value and app.dataframe[-1].value["符合"].tolist() == ["✓"]


def test_the_reason_stays_with_the_draft_while_another_tab_is_looked_at(read_only, look):
    read_only()
    app = turn(look("plan"), "保存")
    labelled(app.text_input, "为什么改").set_value("先记下").run()
    turn(turn(app, "案例"), "保存")
    assert labelled(app.text_input, "为什么改").value == "先记下"


def test_rows_of_a_table_after_changing_removing_and_adding():
    import pandas as pd
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": ["x", "y", "z"]})
    edits = {"edited_rows": {1: {"a": 9}}, "deleted_rows": [0], "added_rows": [{"b": "w"}]}
    assert rows_after(frame, edits) == [{"a": 9, "b": "y"}, {"a": 3.0, "b": "z"}, {"a": None, "b": "w"}]


def test_the_store_of_another_company_keeps_its_own_plans(company):
    assert stores.open(company(empty=True).path).plans() == []
