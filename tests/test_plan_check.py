"""The check of a whole plan: everything wrong at once, each with its address; documents out and in again."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import changes, periods, text
from core import plan as plans
from core.plan import PlanError, document, fields

DEFAULT = plans.DEFAULT.read_text("utf-8")


WRONG = [
    ("missing", "guess", "missing", "not_one_of"),
    ("covered_minimum", 1.01, "covered_minimum", "over"),
    ("score_cap", 0, "score_cap", "not_above"),
    ("bonus_points_cap", True, "bonus_points_cap", "not_a_number"),
    ("bonus_points_cap", float("nan"), "bonus_points_cap", "not_a_number"),
    ("name", 3, "name", "not_text"),
    ("effective_from", "2026-02-30", "effective_from", "not_a_date"),
    ("colour", "red", "colour", "unknown_key"),
    ("company/budget", -0.01, "company.budget", "below"),
    ("company/budget", 10**400, "company.budget", "not_a_number"),
    ("company/founded", "soon", "company.founded", "not_a_date"),
    ("company/phase", "teen", "company.phase", "no_phase"),
    ("company/budgett", 1, "company.budgett", "unknown_key"),
    ("definitions/ltv_days", 1.5, "definitions.ltv_days", "not_whole"),
    ("definitions/sla_hours", {"urgent": 2, "important": 24}, "definitions.sla_hours.routine", "not_a_number"),
    ("scorecards/operations/weights", {"gmv": 0.5, "nps": 0.49}, "scorecards.operations.weights", "weights_total"),
    ("scorecards/operations/weights", {}, "scorecards.operations.weights", "no_weights"),
    ("scorecards/operations/weights", {"gnv": 1.0}, "scorecards.operations.weights.gnv", "no_metric"),
    ("scorecards/operations/curves", {"gmv": "steep"}, "scorecards.operations.curves.gmv", "no_curve"),
    ("scorecards/company", {"weights": {"gmv": 1.0}}, "scorecards.company", "reserved_name"),
    ("scorecards/operations/weight", 1, "scorecards.operations.weight", "unknown_key"),
    ("roles/design/scorecard", "desing", "roles.design.scorecard", "no_post_card"),
    ("teams/T1/scorecard", "none", "teams.T1.scorecard", "no_post_card"),
    ("teams/T1", {}, "teams.T1.scorecard", "missing_field"),
    ("curves/steep", [[0, 0]], "curves.steep", "not_a_curve"),
    ("curves/steep", [[0, 0], [0, 1], [0, 2]], "curves.steep", "curve_jump"),
    ("curves/steep", [[0, 0], [1, "x"]], "curves.steep", "not_a_curve"),
    ("curves/steep", [[1, 0], [0.5, 100]], "curves.steep", "curve_left"),
    ("curves/steep", [[0, 10], [1, 9]], "curves.steep", "curve_falls"),
    ("curves", {}, "curves.default", "no_default_curve"),
    ("grades/C", 80, "grades.C", "grades_fall"),
    ("grades/D", 1, "grades.D", "grades_end"),
    ("phases/startup/from_year", 0.5, "phases.startup.from_year", "phases_begin"),
    ("phases/mature/from_year", 1, "phases.mature.from_year", "phases_rise"),
    ("phases/growth/scorecard", "company", "phases.growth.scorecard", "no_card"),
    ("phases/growth/commission_factor", -1, "phases.growth.commission_factor", "below"),
    ("seasons/618/from", "06-31", "seasons.618.from", "not_a_day"),
    ("seasons/618/to", "2-30", "seasons.618.to", "not_a_day"),
    ("seasons/618/weight", 1.2, "seasons.618.weight", "over"),
    ("seasons/618/metric", 5, "seasons.618.metric", "no_metric"),
    ("seasons/618/scorecards", ["ops"], "seasons.618.scorecards", "no_card"),
    ("seasons/618/on", "yes", "seasons.618.on", "not_boolean"),
    ("rules/rocket/kind", "stage", "rules.rocket.kind", "no_kind"),
    ("rules/rocket/kind", [1], "rules.rocket.kind", "no_kind"),
    ("rules/rocket/tiers", [[1, 0.01]], "rules.rocket.tiers", "tiers_begin"),
    ("rules/rocket/tiers", [], "rules.rocket.tiers", "not_tiers"),
    ("rules/rocket/tiers", [[0, 0.01], [5, 0.02], [5, 0.03]], "rules.rocket.tiers", "tiers_rise"),
    ("rules/rocket/tiers", [[0, 1.01]], "rules.rocket.tiers", "over"),
    ("rules/rocket/semantics", "", "rules.rocket.semantics", "not_one_of"),
    ("rules/rocket/rank_within", 0, "rules.rocket.rank_within", "below"),
    ("rules/rocket/yuann", 0, "rules.rocket.yuann", "unknown_key"),
    ("rules/commission", {"kind": "scorecard_pay"}, "rules.commission.base_bonus", "missing_field"),
    ("rules/commission", 5, "rules.commission", "not_a_table"),
    ("rules/equity/phases", ["teen"], "rules.equity.phases", "no_phase"),
    ("rules/ltv_award/metric", "nps", "rules.ltv_award.metric", "not_additive"),
    ("rules/growth_fund/grade", "S", "rules.growth_fund.grade", "no_grade"),
    ("rules/growth_fund/level", "boss", "rules.growth_fund.level", "no_level"),
    ("rules/benefit/budgets", {"A+": 1, "A": 1, "B": 1, "C": 1}, "rules.benefit.budgets.D", "grade_amount_missing"),
    ("rules/benefit/budgets/S", 1, "rules.benefit.budgets.S", "no_grade"),
    ("rules/innovation_fund/minimum", 500_001, "rules.innovation_fund.minimum", "not_rising"),
    ("rules/users_choice/role", "design", "rules.users_choice", "one_of"),
    ("rules/x y", {"kind": "as_given"}, "rules.x y", "bad_name"),
]


def changed(address: str, value) -> dict:
    """The default plan with a value put at an address, unchecked."""
    plan = plans.copied(plans.default())
    here, names = plan, address.split("/")
    for name in names[:-1]:
        here = here.setdefault(name, {})
    here[names[-1]] = value
    return plan


def codes(plan: dict) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in plans.problems(plan)]


def test_the_products_own_plan_is_clean_and_complete():
    assert codes(plans.default()) == []
    assert plans.default() == tomllib.loads(DEFAULT)


@pytest.mark.parametrize(("address", "value", "path", "code"), WRONG)
def test_what_is_wrong_is_named_with_its_address(address, value, path, code):
    assert codes(changed(address, value)) == [(path, code)]


@pytest.mark.parametrize(("address", "value"), [
    ("covered_minimum", 1), ("company/budget", 0), ("rules/rocket/tiers", [[0, 0], [1000, 1]]), ("seasons/618/from", "02-29"),
    ("curves/jump", [[0, 0], [0.8, 50], [0.8, 80], [1, 100]]), ("rules/innovation_fund/minimum", 500_000),
    ("company/founded", "2025-01-06"), ("seasons/q4_promotion/to", "01-10"), ("teams/私域 一组", {"scorecard": "company"}),
    ("rules/private_award", {"kind": "per_unit", "metric": "private_user_growth", "yuan": 2})])
def test_what_is_right_at_the_edge_is_accepted(address, value):
    assert codes(changed(address, value)) == []


def test_everything_wrong_is_said_at_once_in_the_users_words_with_the_way_out():
    plan = changed("scorecards/operations/weights", {"gmv": 0.5, "nps": 0.45})
    plan["company"]["budget"] = "much"
    with pytest.raises(PlanError) as refused:
        plans.checked(plan)
    assert [problem.path for problem in refused.value.problems] == ["company.budget", "scorecards.operations.weights"]
    assert refused.value.problems[1].say("zh") == "评分卡 运营 · 权重：合计 95 %，应为 100 %：请补足 5 %。"
    assert refused.value.problems[1].say("en") == "Scorecard Operations · Weights: they add up to 95 %, not 100 %: add 5 %."
    assert "scorecards.operations.weights — " in str(refused.value) and "much" in str(refused.value)


def test_every_problem_has_a_text_in_both_languages():
    said = {key.removeprefix("plan.problem.") for key in text.catalogue() if key.startswith("plan.problem.")}
    sources = "".join(path.read_text("utf-8") for path in (plans.DEFAULT.parents[1] / "core").rglob("*.py"))
    assert said and {code for code in said if f'"{code}"' not in sources and not code.startswith("no_")} == set()


def test_every_kind_that_the_default_plan_uses_is_described_and_every_kind_has_its_words():
    assert {rule["kind"] for rule in plans.default()["rules"].values()} == set(fields.KINDS)
    assert all(kind.zh and kind.en and set(kind.means) == set(text.LANGUAGES) for kind in fields.KINDS.values())


def test_a_saved_document_with_rules_keeps_exactly_its_rules_and_seasons():
    held = plans.load(DEFAULT.split("[rules.team_bonus]")[0])
    assert list(held["rules"]) == ["commission"] and held["scorecards"] == plans.default()["scorecards"]
    part = plans.load('[seasons.sale]\nfrom = "11-01"\nto = "11-11"\nmetric = "gmv"\nweight = 0.6\n[rules]\n')
    assert (list(part["seasons"]), part["rules"]) == (["sale"], {})


def test_an_older_document_takes_the_settings_it_lacks_from_the_product():
    plan = plans.load('[company]\nbudget = 5\n[scorecards.extra]\nweights = { gmv = 1 }\n[rules.fire]\nkind = "stages"\n'
                      'tiers = [[0, 0.01]]\nsemantics = "marginal"\nrepurchase_over = 0.3\nloyalty_award = 1\nrank_within = 1\n'
                      'profit_share = 0\n')
    assert (plan["company"]["over_budget"], plan["definitions"]["ltv_days"]) == ("warn", 365)
    assert {"extra", "operations"} <= set(plan["scorecards"]) and plan["rules"]["fire"]["members"] == "both"


def test_a_season_of_the_leap_day_counts_it_only_where_there_is_one():
    season = {"from": "02-28", "to": "02-29"}
    assert [plans.overlap(season, periods.quarter(label)) for label in ("2026Q1", "2028Q1")] == [1, 2]


TEXT = st.text(max_size=12)
VALUES = st.recursive(st.one_of(st.booleans(), st.integers(-10**6, 10**6), st.floats(allow_nan=False), TEXT, st.dates()),
                      lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*fields.TABLES, "name", "x"]), VALUES, max_size=6))
def test_any_structure_comes_back_identical_from_its_document_and_the_check_never_fails(held):
    assert document.read(plans.written(held)) == held
    plans.problems(document.filled(held, plans.default()))


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1), st.text("运营<&'\"\\;=-\t#[]{}é😀", max_size=20), st.dates(),
       st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_a_plan_comes_back_identical_from_its_document(weight, said, day, rates):
    plan = changes.apply(plans.default(), {"scorecards.operations.weights.gmv": weight, "company.founded": str(day)})
    plan["rules"]["rocket"]["tiers"] = [[1000 * n, rate] for n, rate in enumerate(rates)]
    plan["scorecards"]["operations"]["zh"] = said
    assert plans.opened(plans.written(plan)) == plan
    assert list(plans.opened(plans.written(plan))["grades"]) == list(plan["grades"])


@pytest.mark.parametrize(("hostile", "code"), [
    ("a = " + "[" * 5000 + "]" * 5000, "too_deep"), (".".join("a" * 9) + " = 1", "too_deep"), ("x = 1\n" * 400_000, "too_large"),
    ("a = " + "9" * 5000, "not_toml"), ("\0", "not_toml"), ("[rules]\n[rules]", "not_toml"), ("rules = 5", "not_a_table"),
    ("[[scorecards]]\na = 1", "not_a_table"), ("curves = [1]", "not_a_table"),
    ("[rules.\"'; drop table meta.plans; --\"]\nkind = 'as_given'", "bad_name"),
    ("[scorecards.'<script>alert(1)</script>']\nweights = { gmv = 1 }", "bad_name"),
    ("[grades]\n'<b>' = 0", "bad_grade"), ("[roles.'a.b']\nscorecard = 'design'", "bad_name"),
    ("[rules.__proto__]\nkind = '__proto__'", "no_kind"), ("[scorecards.x]\nweights = { __proto__ = 1 }", "no_metric"),
    ("effective_from = 2026-01-01T00:00:00", "not_a_date")])
def test_a_hostile_document_ends_in_a_named_problem(hostile, code):
    with pytest.raises(PlanError) as refused:
        plans.load(hostile)
    assert code in [problem.code for problem in refused.value.problems]
    assert len(str(refused.value)) < 4000


def test_a_rule_of_another_name_needs_no_code():
    plan = plans.load(DEFAULT + '\n[rules.private_award]\nkind = "per_unit"\nmetric = "private_user_growth"\nyuan = 2\n')
    assert plan["rules"]["private_award"] == {"kind": "per_unit", "metric": "private_user_growth", "yuan": 2, "on": True}
