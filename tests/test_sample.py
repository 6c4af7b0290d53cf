"""The sample company: the same every time, and the stories of the scheme are in its figures."""

import zipfile

import pandas as pd
import pytest

from core import periods, quarter, sample
from core import plan as plans

Q3 = periods.quarter("2026Q3")


def value(store, metric: str, subject: str | None, label: str = "2026Q3", kind: str | None = None) -> float:
    frame = quarter.evaluate(store, periods.quarter(label))
    kind = kind or ("team" if subject else "company")
    found = frame[(frame["metric"] == metric) & (frame["subject_type"] == kind)]
    return float(found[found["subject_id"].eq(subject) if subject else found["subject_id"].isna()]["value"].iloc[0])


def contents(folder, variant="growth"):
    folder.mkdir()
    for path in sample.write(folder, variant):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                yield from ((n, book.read(n)) for n in sorted(book.namelist()) if n != "docProps/core.xml")
        else:
            yield path.name, path.read_bytes()


def test_the_same_content_comes_every_time(tmp_path):
    assert list(contents(tmp_path / "one")) == list(contents(tmp_path / "two"))


def test_the_variants_differ_in_the_phase_alone(tmp_path):
    growth, mature = dict(contents(tmp_path / "growth")), dict(contents(tmp_path / "mature", "mature"))
    assert [name for name in growth if growth[name] != mature[name]] == ["plan.toml"]
    documents = [plans.load(told["plan.toml"].decode()) for told in (growth, mature)]
    assert [plans.phase(document, Q3) for document in documents] == ["growth", "mature"]


def test_its_size_is_that_of_a_company_of_sixty(sample_store):
    counts = sample_store.counts()
    assert 110_000 < counts["orders"] < 130_000 and 12 <= counts["teams"] <= 14
    assert 55 <= len(quarter.settle(sample_store, Q3).scores) <= 65
    assert quarter.quarters(sample_store)[0] == "2026Q3" and quarter.quarters(sample_store)[-1] == "2025Q1"


def test_one_squad_is_at_forty_two_and_one_just_under_thirty(sample_store):
    assert value(sample_store, "repurchase_rate", "S01") == pytest.approx(0.42, abs=0.005)
    assert 0.29 < value(sample_store, "repurchase_rate", "S02") < 0.30


def test_reuse_rises_while_innovation_falls(sample_store):
    reuse = [value(sample_store, "template_reuse", "D01", q) for q in ("2025Q2", "2026Q1", "2026Q3")]
    new = [value(sample_store, "innovative_design_share", "D01", q) for q in ("2025Q2", "2026Q1", "2026Q3")]
    assert reuse == sorted(reuse) and new == sorted(new, reverse=True)


def test_urgent_requests_swamp_the_technology_team(sample_store):
    share = dict(sample_store.cursor().execute(
        "select date_trunc('quarter', created_at)::date::varchar, avg((priority = 'urgent')::int) from requests group by 1"
    ).fetchall())
    assert share["2026-07-01"] > 0.5 > 2 * share["2025-01-01"]


def test_core_people_leave_one_team(sample_store):
    assert value(sample_store, "core_attrition_rate", "V01") > 0.4 > value(sample_store, "core_attrition_rate", None)


def test_a_junior_has_three_a_plus_quarters(sample_store):
    best = [set(s.scores.loc[s.scores["grade"].eq("A+") & s.scores["level"].eq("junior"), "employee_id"])
            for s in (quarter.settle(sample_store, periods.quarter(q)) for q in ("2026Q1", "2026Q2", "2026Q3"))]
    assert set.intersection(*best)


def test_every_rule_shows_something_in_a_company_that_grows_or_is_mature(sample_store):
    shown = set(quarter.settle(sample_store, Q3, changes={"company.phase": "mature"}).results)
    shown |= set(quarter.settle(sample_store, periods.quarter("2025Q2")).ledger["rule"])
    awards = set(quarter.settle(sample_store, Q3, awards=True).awards["award"]) | set(
        quarter.settle(sample_store, periods.quarter("2025Q4"), awards=True).awards["award"])
    assert shown | awards == set(quarter.plan_for(sample_store, Q3)["rules"])


def test_somebody_waits_for_figures_and_somebody_cannot_be_assessed(sample_store):
    assert {"payable", "pending", "held", "not_met", "eligible"} == set(quarter.settle(sample_store, Q3).ledger["status"])


def test_the_pay_of_a_quarter_adds_up(sample_store):
    settled = quarter.settle(sample_store, Q3)
    money = settled.ledger[settled.ledger["unit"].eq("CNY")]
    assert settled.totals["payable_cny"] == round(money["amount"].sum(), 2)
    assert settled.ledger["amount"].eq(settled.ledger["amount"].round(2)).all()
    assert pd.notna(settled.scores["base"]).all()
