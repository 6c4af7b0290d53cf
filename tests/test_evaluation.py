"""The three dimensions: index, covered weight, overall, and what moved them."""

import math

import pandas as pd
import pytest

from core import changes, evaluation, periods, quarter
from core import plan as plans

PLAN = plans.default()
NONE = float("nan")


def told(scores: dict, subject=("company", None), hidden: tuple = (), plan: dict = PLAN) -> pd.DataFrame:
    """Lines of one subject from the scores of its metrics; a hidden one has none."""
    rows = [(*subject, metric, NONE if metric in hidden else score, "", metric in hidden) for metric, score in scores.items()]
    frame = pd.DataFrame(rows, columns=["subject_type", "subject_id", "metric", "score", "missing", "hidden"])
    frame["missing"] = frame["missing"].mask(frame["score"].isna(), "no_target")
    return evaluation.lines(plan, frame)


def index(lines: pd.DataFrame, dimension: str, plan: dict = PLAN):
    found = evaluation.indices(plan, lines)
    return found[found["dimension"] == dimension].iloc[0]


WHOLE = {"gmv": 120, "repurchase_rate": 90, "nps": 60, "core_attrition_rate": 50, "attrition_rate": 100,
         "collaboration_satisfaction": 80, "skill_growth": 100, "certification_rate": 40, "project_success": 0}


def test_an_index_is_the_weighted_score_and_the_overall_the_weighted_index():
    lines = told(WHOLE)
    business, team, individual = .4 * 120 + .3 * 90 + .3 * 60, .4 * 50 + .3 * 100 + .3 * 80, .4 * 100 + .3 * 40
    assert index(lines, "business")["index"] == pytest.approx(business)
    assert index(lines, "team")["index"] == pytest.approx(team)
    assert index(lines, "individual")["index"] == pytest.approx(individual)
    assert index(lines, "overall")["index"] == pytest.approx(.4 * business + .3 * team + .3 * individual)
    assert index(lines, "overall")["covered_weight"] == 1


def test_what_is_missing_is_renormalised_never_counted_as_zero_and_says_why():
    lines = told(WHOLE | {"nps": NONE}, hidden=("collaboration_satisfaction",))
    assert index(lines, "business")["index"] == pytest.approx((.4 * 120 + .3 * 90) / .7)
    assert index(lines, "business")["covered_weight"] == pytest.approx(.7)
    assert index(lines, "team")["index"] == pytest.approx((.4 * 50 + .3 * 100) / .7)
    why = lines.set_index("metric")["missing"]
    assert (why["nps"], why["collaboration_satisfaction"], why["gmv"]) == ("no_target", "hidden", "")
    assert told({"gmv": 100}).set_index("metric")["missing"]["skill_growth"] == "no_value"


@pytest.mark.parametrize(("missing", "covered", "counted"), [
    (("gmv",), .6, True), (("gmv", "nps"), .3, False), (("gmv", "nps", "repurchase_rate"), 0, False)])
def test_a_dimension_counts_at_exactly_sixty_per_cent_covered_weight_and_below_it_is_left_out(missing, covered, counted):
    lines = told(WHOLE | dict.fromkeys(missing, NONE))
    business, overall = index(lines, "business"), index(lines, "overall")
    assert business["covered_weight"] == pytest.approx(covered) and business["counted"] == counted
    assert math.isnan(business["index"]) == (covered == 0)
    others = .3 * index(lines, "team")["index"] + .3 * index(lines, "individual")["index"]
    expected = (.4 * business["index"] + others) / 1 if counted else others / .6
    assert overall["index"] == pytest.approx(expected)
    assert overall["covered_weight"] == pytest.approx(1 if counted else .6)


def test_without_any_figure_there_is_no_index_and_no_overall():
    lines = told(dict.fromkeys(WHOLE, NONE))
    assert evaluation.indices(PLAN, lines)["index"].isna().all()
    assert not evaluation.indices(PLAN, lines)["counted"].any()


def test_a_person_has_the_individual_dimension_only_and_no_overall():
    found = evaluation.indices(PLAN, told(WHOLE, ("employee", "E1")))
    assert found["dimension"].tolist() == ["individual"]
    assert found["index"].tolist() == pytest.approx([52])


def test_weights_of_metrics_and_dimensions_are_changes_of_the_plan():
    plan = changes.apply(PLAN, {"dimensions.individual.weights.skill_growth": 1, "evaluation.weights.individual": 1})
    assert index(told(WHOLE, plan=plan), "overall", plan)["index"] == pytest.approx(100)


def test_the_contributions_add_up_to_the_change_of_the_index_also_where_a_metric_appears_or_goes():
    before, after = told(WHOLE | {"nps": NONE}), told(WHOLE | {"gmv": 80, "repurchase_rate": NONE, "attrition_rate": 10})
    moved = evaluation.contributions(before, after)
    for dimension in PLAN["dimensions"]:
        change = index(after, dimension)["index"] - index(before, dimension)["index"]
        assert moved[moved["dimension"] == dimension]["change"].sum() == pytest.approx(change)
    reasons = moved.set_index("metric")["reason"]
    assert (reasons["nps"], reasons["repurchase_rate"], reasons["gmv"]) == ("appeared", "gone", "")


def test_without_an_index_in_one_of_the_quarters_nothing_is_said_to_have_moved_it():
    none = told(WHOLE | dict.fromkeys(("gmv", "repurchase_rate", "nps"), NONE))
    moved = evaluation.contributions(none, told(WHOLE))
    assert set(moved["dimension"]) == {"team", "individual"}


def test_the_dimensions_contributions_add_up_to_the_change_of_the_overall():
    before = evaluation.indices(PLAN, told(WHOLE | {"gmv": NONE, "nps": NONE}))
    after = evaluation.indices(PLAN, told(WHOLE | {"attrition_rate": 10}))
    moved = evaluation.overall_contributions(PLAN, before, after)
    overall = [frame[frame["dimension"] == "overall"]["index"].iloc[0] for frame in (before, after)]
    assert moved["change"].sum() == pytest.approx(overall[1] - overall[0])
    assert moved.set_index("dimension")["before"]["business"] == 0  # left out: below the covered minimum


def test_the_dimensions_of_the_sample_company_recompute_from_its_evaluated_figures(sample_store):
    period = periods.quarter("2026Q3")
    plan = quarter.plan_for(sample_store, period)
    evaluated = quarter.evaluate(sample_store, period)
    lines = evaluation.lines(plan, evaluated)
    found = evaluation.indices(plan, lines)
    company = evaluated[evaluated["subject_type"].eq("company")].set_index("metric")["score"]
    weights = plan["dimensions"]["business"]["weights"]
    there = {m: w for m, w in weights.items() if company.get(m) == company.get(m, NONE)}
    mine = found[found["subject_type"].eq("company")].set_index("dimension")
    assert mine.loc["business", "index"] == pytest.approx(sum(w * company[m] for m, w in there.items()) / sum(there.values()))
    assert len(lines[lines["subject_type"] == "company"]) == 9


def test_several_quarters_are_pooled_as_a_ratio_of_sums_without_the_hidden_and_the_missing():
    quarters = pd.DataFrame([
        ("repurchase_rate", "2026Q1", .1, 100, 100, False), ("repurchase_rate", "2026Q2", .4, 300, 300, False),
        ("nps", "2026Q1", 50, 10, 10, False), ("nps", "2026Q2", NONE, NONE, NONE, False),
        ("gmv", "2026Q1", 10.0, 1, 7, False), ("gmv", "2026Q2", 30.0, 1, 9, False),
        ("collaboration_satisfaction", "2026Q1", 4.0, 3, 3, True)],
        columns=["metric", "quarter", "value", "denominator", "n", "hidden"])
    found = evaluation.pooled(quarters).set_index("metric")
    assert found["value"].to_dict() == pytest.approx({"repurchase_rate": 130 / 400, "nps": 50, "gmv": 20})
    assert found["quarters"].to_dict() == {"repurchase_rate": 2, "nps": 1, "gmv": 2} and found.loc["gmv", "n"] == 16
