"""Versions of a plan side by side, and the cases that HR tries them on."""

from datetime import date

import pytest

from core import changes, periods, plan_cases, quarter, versions
from core import plan as plans
from core import store as stores
from tests.workbooks import written

Q3 = periods.quarter("2026Q3")


def two_versions() -> tuple[dict, dict]:
    new = changes.apply(plans.default(), {"scorecards.operations.weights.gmv": 0.6, "rules.commission.base_bonus": 6000,
                                          "company.phase": "startup", "seasons.618.from": "08-01", "seasons.618.to": "08-31"})
    new["seasons"]["618"]["on"] = True
    new["curves"]["steep"] = [[0, 0], [0.9, 0], [0.9, 100], [1.2, 120]]
    new["scorecards"]["operations"]["curves"] = {"gmv": "steep"}
    new["scorecards"]["sales"] = {"weights": {"gmv": 1.0}}
    new["roles"]["livestream"]["scorecard"] = "sales"
    new["teams"] = {"P01": {"scorecard": "private_domain"}}
    del new["scorecards"]["livestream"], new["rules"]["equity"]
    return plans.default(), plans.checked(new)


def test_every_difference_is_one_line_in_words_and_a_cards_weights_are_one_line_together():
    old, new = two_versions()
    lines = versions.differences(old, new)
    assert [line.path for line in lines] == [
        "curves.steep", "scorecards.operations.curves", "scorecards.sales", "teams.P01", "scorecards.operations.weights",
        "roles.livestream.scorecard", "seasons.618.on", "seasons.618.from", "seasons.618.to", "rules.commission.base_bonus",
        "company.phase", "rules.equity", "scorecards.livestream"]
    assert versions.label(old, new, lines[4], "zh") == "评分卡 运营 · 权重"
    assert versions.label(old, new, lines[-2], "en") == "Rule Equity"


def test_the_differences_made_one_after_the_other_are_the_other_version():
    old, new = two_versions()
    for one, other in ((old, new), (new, old | {"teams": {}})):
        for line in versions.differences(one, other):
            one = versions.stepped(one, line)
            assert plans.weights(one, Q3) and plans.phase(one, Q3)
        assert one == other
    assert versions.differences(new, new | {"version": 9}) == []


def test_what_each_difference_costs_adds_up_to_the_whole_change(sample_store):
    old = quarter.plan_for(sample_store, Q3)
    new = changes.apply(old, {"scorecards.operations.weights.gmv": 0.7, "rules.commission.base_bonus": 6000,
                              "phases.growth.commission_factor": 1.1})
    costs = versions.costs(sample_store, Q3, old, new)
    before, after = (quarter.settle(sample_store, Q3, plan).totals["payable_cny"] for plan in (old, new))
    assert len(costs) == 3 and all(cost.change for cost in costs)
    assert round(sum(cost.change for cost in costs), 2) == round(after - before, 2)
    assert sum(versions.by_rule(quarter.settle(sample_store, Q3, new)).values()) >= after


def test_a_new_version_rules_the_quarters_until_the_next_version_begins():
    saved = [{"version": 1, "effective_from": date(2025, 1, 1)}, {"version": 2, "effective_from": date(2026, 7, 1)}]
    quarters = [periods.quarter(label) for label in ("2025Q4", "2026Q1", "2026Q2", "2026Q3")]
    assert versions.changed_quarters(saved, date(2026, 1, 1), quarters) == ["2026Q1", "2026Q2"]
    assert versions.changed_quarters(saved, date(2026, 7, 1), quarters) == ["2026Q3"]
    assert plans.in_force(saved, date(2024, 1, 1)) is None


HEADER = ["案例", "季度", "岗位", "基数", "在岗天数", "GMV 实际", "GMV 目标", "复购率 实际", "复购率 目标", "NPS 实际", "NPS目标",
          "期望提成", "期望得分", "期望等级"]
FIRST = ["例一", "2026Q3", "运营", 6000, "", "110万", "1,000,000", "27%", 0.3, 40, 40, 6060, 101, "A"]


@pytest.fixture
def sheet(tmp_path):
    """Reads rows under the usual header as cases of the default plan."""
    store = stores.open(tmp_path / "cases.duckdb")

    def read(*rows, header=HEADER):
        return plan_cases.read(store, written(tmp_path / "cases.xlsx", {"案例": [header, *rows]}), plans.default())
    return read


def test_cases_read_from_a_sheet_are_tried_on_the_plan(sheet):
    joined = ["例三", "2026Q3", "operations", 6000, 46, *FIRST[5:11], "3,030.00", "", ""]
    wrong = ["算错", "2026Q3", "运营", 6000, "", *FIRST[5:11], 6060.02, 101, "B"]
    waiting = ["无NPS", "2026Q3", "运营", 6000, "", *FIRST[5:9], "", 40, 0, "", ""]
    cases, problems = sheet(FIRST, joined, wrong, waiting)
    assert problems == []
    results = plan_cases.tried(plans.default(), cases)
    assert [result.good for result in results] == [True, True, False, True]
    assert (results[2].wrong, results[2].found["commission"]) == (("commission", "grade"), 6060.0)
    assert (results[3].missing, results[3].found["score"]) == (("nps.no_value",), None)


def test_a_case_is_right_to_the_cent_and_the_score_to_half_a_hundredth(sheet):
    def row(pay, score):
        return [*FIRST[:11], pay, score, ""]
    cases, _ = sheet(row(6060.005, 101.005), ["二", *row(6060.01, 101.006)[1:]])
    assert [result.wrong for result in plan_cases.tried(plans.default(), cases)] == [(), ("commission", "score")]


def test_a_case_counts_from_its_floor_and_no_budget_cuts_it(sheet):
    header = [*HEADER[:7], "GMV 底线", *HEADER[11:]]
    cases, problems = sheet(["底线", "2026年第三季度", "运营", 6000, "", 110, 100, 80, "", 112.5, ""], header=header)
    assert problems == [] and cases[0]["quarter"] == "2026Q3"
    plan = plans.copied(plans.default())
    plan["scorecards"]["operations"]["weights"] = {"gmv": 1.0}
    # (110 − 80) ÷ (100 − 80) = 150 %, the curve ends at 120
    assert plan_cases.tried(plan, [cases[0] | {"expected": {"score": 120}}])[0].good
    plan["company"] |= {"budget": 1, "over_budget": "scale"}
    assert plan_cases.tried(plan, cases)[0].found["commission"] == 7200


def test_a_manager_is_tried_on_the_companys_figures_and_a_team_on_its_own_card(sheet):
    header = ["Case", "Quarter", "Role", "Team id", "GMV actual", "GMV target", "Customer LTV actual", "Customer LTV target",
              "Expected score"]
    cases, problems = sheet(["m", "2026Q3", "管理", "", 100, 100, 50, 50, 0], header=header)
    assert problems == []
    plan = plans.copied(plans.default())
    plan["scorecards"]["company_growth"]["weights"] = {"gmv": 0.5, "ltv": 0.5}
    assert plan_cases.tried(plan, cases)[0].found["score"] == 100
    plan["teams"] = {"T9": {"scorecard": "private_domain"}}
    assert plan_cases.tried(plan, [cases[0] | {"team": "T9"}])[0].missing == ("community_activity.no_value",
                                                                              "repurchase_rate.no_value")


@pytest.mark.parametrize(("change", "code", "place"), [
    ({1: "Q3"}, "case_quarter", "B2"), ({2: "飞行员"}, "no_role", "C2"), ({2: ""}, "case_lacks", "C2"),
    ({4: 93}, "case_days", "E2"), ({4: 0}, "case_days", "E2"), ({3: -5}, "case_below", "D2"), ({13: "Z"}, "no_grade", "N2"),
    ({5: "很多"}, "not_a_number", "F2"),
    ({7: 27}, "case_percent", "H2"), ({0: ""}, "case_lacks", "A2"), ({11: "", 12: "", 13: ""}, "case_expects", "A2")])
def test_a_cell_that_cannot_be_read_is_named(sheet, change, code, place):
    cases, problems = sheet([change.get(n, cell) for n, cell in enumerate(FIRST)])
    assert cases == [] and [(p.path, p.code) for p in problems] == [(place, code)]
    assert all(p.say(lang) for p in problems for lang in ("zh", "en"))


def test_a_sheet_that_is_none_is_named(sheet, tmp_path):
    assert [p.code for p in sheet()[1]] == ["case_none"]
    assert [p.code for p in sheet(["x"], header=["什么"])[1]] == ["case_headers"]
    assert [p.code for p in sheet(FIRST + ["1"], header=HEADER + ["GMW 实际"])[1]] == ["case_header"]
    assert [p.code for p in sheet(FIRST, FIRST)[1]] == ["case_twice"]
    (tmp_path / "x.xlsx").write_bytes(b"")
    _, problems = plan_cases.read(stores.open(tmp_path / "cases.duckdb"), tmp_path / "x.xlsx", plans.default())
    assert [p.code for p in problems] == ["case_file"] and problems[0].say("en")


def test_the_template_reads_back_as_a_case_that_holds(tmp_path):
    store = stores.open(tmp_path / "cases.duckdb")
    for lang in ("zh", "en"):
        (tmp_path / "t.xlsx").write_bytes(plan_cases.template(plans.default(), lang))
        cases, problems = plan_cases.read(store, tmp_path / "t.xlsx", plans.default())
        assert problems == [] and [r.good for r in plan_cases.tried(plans.default(), cases)] == [True]


def test_cases_are_kept_with_their_version_and_why_one_that_fails_was_let_through(tmp_path):
    store = stores.open(tmp_path / "cases.duckdb")
    first = store.save_plan(plans.written(plans.default()), date(2026, 1, 1), "first", [{"name": "例一"}], "known")
    second = store.save_plan(plans.written(plans.default()), date(2026, 1, 1), "second")
    assert (store.plan_cases(first), store.plan_cases(second)) == (([{"name": "例一"}], "known"), ([], ""))
