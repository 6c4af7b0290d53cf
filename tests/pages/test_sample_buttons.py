"""The two sample companies beside each other: one press away, each with its own plan."""

from core import periods, quarter, sample
from core import plan as plans
from core import store as stores


def test_the_mature_sample_company_is_in_its_mature_phase(company, look, tmp_path, monkeypatch):
    company(empty=True)
    monkeypatch.setattr(quarter, "load_sample", lambda store, variant: store.save_plan(
        sample.plan(variant), periods.date(2025, 1, 1), "sample"))
    app = look("overview")
    next(button for button in app.button if button.label == "试用成熟期的示例公司").click().run()
    assert not app.exception and app.session_state["company"] == "mature"
    period = periods.quarter("2026Q3")
    assert plans.phase(quarter.plan_for(stores.open(tmp_path / "mature.duckdb"), period), period) == "mature"


def test_both_are_offered_on_the_data_page_in_english_too(company, look):
    company(empty=True)
    labels = [button.label for button in look("data", "en").button]
    assert {"Try the sample company", "Try the mature sample company"} <= set(labels)
