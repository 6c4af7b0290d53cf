"""The plan as checked data, phases and seasons, and changes by address."""

import pytest

from core import changes, periods, scenarios
from core import plan as plans
from core.plan import PlanError

Q3 = periods.quarter("2026Q3")


@pytest.mark.parametrize(("day", "label", "phase"), [
    ("2025-07-01", "2025Q3", "startup"), ("2025-07-01", "2026Q2", "startup"), ("2025-07-01", "2026Q3", "growth"),
    ("2025-07-02", "2026Q3", "startup"), ("2023-07-01", "2026Q3", "mature"), ("2023-07-02", "2026Q3", "growth")])
def test_the_phase_follows_from_the_full_years_since_the_founding(day, label, phase):
    plan = changes.apply(plans.default(), {"company.founded": day})
    assert plans.phase(plan, periods.quarter(label)) == phase


def test_without_a_founding_date_the_phase_is_growth_and_it_can_be_set_by_hand():
    assert plans.phase(plans.default(), Q3) == "growth"
    assert plans.phase(changes.apply(plans.default(), {"company.phase": "mature"}), Q3) == "mature"


def test_the_growth_company_card_in_the_promotion_quarter():
    found = plans.weights(plans.default(), periods.quarter("2026Q4"))["company_growth"]
    assert found == pytest.approx({"gmv": 0.5, "repurchase_rate": 0.17857142857, "ltv": 0.17857142857,
                                   "user_retention": 0.14285714286})


def test_a_season_leaves_a_heavier_weight_and_cards_without_its_metric_alone():
    plan = changes.apply(plans.default(), {"scorecards.operations.weights.gmv": 0.7})
    found = plans.weights(plan, periods.quarter("2026Q4"))
    assert found["operations"]["gmv"] == 0.7 and found["technology"] == plan["scorecards"]["technology"]["weights"]


def test_a_season_may_run_over_the_turn_of_the_year():
    plan = changes.apply(plans.default(), {"seasons.q4_promotion.from": "12-22", "seasons.q4_promotion.to": "01-10"})
    assert plans.overlap(plan["seasons"]["q4_promotion"], periods.quarter("2026Q4")) == 10
    assert plans.overlap(plan["seasons"]["q4_promotion"], periods.quarter("2026Q1")) == 10


def test_a_named_weight_takes_its_value_and_the_others_shrink_in_proportion():
    plan = changes.apply(plans.default(), {"scorecards.operations.weights.gmv": 0.5})
    assert plan["scorecards"]["operations"]["weights"] == pytest.approx({"gmv": 0.5, "repurchase_rate": 0.25, "nps": 0.25})
    card = changes.apply(plans.default(), {"scorecards.company_growth.weights.gmv": 0.65})["scorecards"]["company_growth"]
    assert card["weights"] == pytest.approx({"gmv": 0.65, "repurchase_rate": 0.125, "ltv": 0.125, "user_retention": 0.1})
    both = changes.apply(plans.default(), {"scorecards.operations.weights.gmv": 0.5, "scorecards.operations.weights.nps": 0.5})
    assert both["scorecards"]["operations"]["weights"]["repurchase_rate"] == 0


@pytest.mark.parametrize(("path", "value", "named"), [
    ("scorecards.operations.weights.gmw", 0.5, "gmv"), ("scorecards.operations.weights.gmv", 1.5, "1.5"),
    ("nonsense", 1, "nonsense"), ("rules.commission.base_bonus", "many", "many"), ("missing", "maybe", "maybe"),
    ("company.budget", -1, "company.budget"), ("seasons.618.weight", 2, "seasons.618.weight"),
    ("company.founded", "soon", "soon"), ("definitions.gmv", "gross", "gross")])
def test_a_change_that_cannot_be_is_refused_and_named(path, value, named):
    with pytest.raises(PlanError, match=named):
        changes.apply(plans.default(), {path: value})


def test_a_change_leaves_the_plan_itself_as_it_was():
    before = plans.copied(plans.default())
    changes.apply(plans.default(), {"scorecards.operations.weights.gmv": 0.9, "rules.commission.base_bonus": 1})
    assert plans.default() == before


@pytest.mark.parametrize(("wrong", "named"), [
    ('[scorecards.x]\nzh = "x"\nen = "x"\nweights = { gmv = 0.5 }', "100"),
    ('[scorecards.x]\nzh = "x"\nen = "x"\nweights = { gnv = 1 }', "gnv"),
    ("[curves]\ndefault = [[1, 100], [0, 0]]", "curves.default"),
    ('[roles.pilot]\nzh = "飞行员"\nen = "Pilot"\nscorecard = "none"', "none"), ("a = = 1", "TOML")])
def test_a_document_that_breaks_a_rule_names_the_place(wrong, named):
    with pytest.raises(PlanError, match=named):
        plans.load(wrong)


def test_bands_hold_everybody_once_also_exactly_on_their_edges():
    import pandas as pd
    found = scenarios.bands(pd.Series([-1000, -999.99, -100, -99.99, 0, 0.01, 100, 999.99, 1000]))
    assert [band["people"] for band in found] == [1, 2, 1, 1, 1, 2, 1]


def test_tiers_can_be_set_from_the_shell_in_the_form_that_the_check_names():
    tiers = changes.parse([("rules.rocket.tiers", "[[0,0.02],[3000,0.03]]")])
    assert changes.apply(plans.default(), tiers)["rules"]["rocket"]["tiers"] == [[0, 0.02], [3000, 0.03]]
    with pytest.raises(plans.PlanError):
        changes.apply(plans.default(), changes.parse([("rules.rocket.tiers", "[[5,0.02]")]))
