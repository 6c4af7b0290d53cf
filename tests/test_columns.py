"""A column that nobody filled in, or filled with zeros, each in turn: every rule runs and tells how it came to its amounts."""

import pytest

from core import changes, explanation, people, periods, populations, quarter, settlement
from core import plan as plans
from core import store as stores
from core.datasets import DATASETS
from tests.conftest import staged_rows
from tests.test_settlement import COMPANY, computed

Q3 = periods.quarter("2026Q3")
PLAN = changes.apply(plans.default(), {"company.phase": "mature"})
READ = ("employees", "teams", "assignments", "targets", "projects", "milestones", "project_members", "sku_months",
        "equity_grants", "collaboration_points", "benefit_choices", "innovation_projects", "adjustments", "votes")
# The rows that need the column's figure: their rule and their statuses, in order.
WAITS = {
    ("sku_months", "gmv_target"): ("rocket", ["pending"] * 3),
    ("sku_months", "buyers"): ("rocket", ["payable"] * 4 + ["pending"] * 2),
    ("sku_months", "repeat_buyers"): ("rocket", ["payable"] * 4 + ["pending"] * 2),
    ("sku_months", "category_rank"): ("rocket", ["payable"] * 8 + ["pending"]),
    ("sku_months", "profit"): ("rocket", ["payable"] * 8 + ["pending"]),
    ("milestones", "actual"): ("milestone", ["pending"] * 3),
    ("innovation_projects", "approved"): ("innovation_fund", ["pending"])}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    store = stores.open(tmp_path_factory.mktemp("columns") / "columns.duckdb")
    store.save({name: staged_rows(store.stage_folder(), name, COMPANY[name]) for name in COMPANY}, [])
    yield store, quarter.measured(store, Q3, PLAN["definitions"]), quarter._populations(store, store.version(), Q3, PLAN)[0]
    store.close()


def settled_with(company, dataset: str, change: str) -> settlement.Settlement:
    """The company's quarter after this change of a whole table; every step of its ledger's rows can be told and computed."""
    store, values, others = company
    with store._transaction(keep=False) as cursor:
        cursor.execute(f"update rows.{dataset} set {change}")
        read = populations.read(cursor, Q3)
        read["choices"] = populations.graded(read["choices"], others["grades"])
        settled = settlement.run(PLAN, Q3, people.segments(cursor, Q3), values, quarter.targets(cursor, Q3),
                                 people.team_parents(cursor), populations=others | read)
    for row in settled.ledger.drop_duplicates(["rule", "status", "reason"]).index:
        steps = explanation.steps(settled, row)
        known = {step.name: step.value for step in steps}
        for step in steps:
            assert not step.formula or computed(step.formula, known) == pytest.approx(step.value, abs=1e-9), step
        assert isinstance(explanation.reason_text(settled.ledger.iloc[row], "zh"), str)
    return settled


@pytest.mark.parametrize(("dataset", "column"), [(name, c.name) for name in READ for c in DATASETS[name].columns
                                                 if not c.required and c.type in ("number", "integer", "date", "boolean")])
def test_a_column_that_is_missing_altogether_stops_no_rule(company, dataset, column):
    settled = settled_with(company, dataset, f"{column} = null")
    rule, statuses = WAITS.get((dataset, column), ("none", []))
    assert settled.ledger.loc[settled.ledger["rule"].eq(rule), "status"].tolist() == statuses


@pytest.mark.parametrize(("dataset", "columns"), [
    ("sku_months", ["gmv"]), ("sku_months", ["gmv", "gmv_target"]), ("sku_months", ["buyers", "repeat_buyers"]),
    ("sku_months", ["profit"]), ("projects", ["bonus_pool"]), ("milestones", ["share"]), ("milestones", ["target", "actual"]),
    ("project_members", ["share"]), ("equity_grants", ["units"]), ("equity_grants", ["ltv_growth_min", "repurchase_lift_min"]),
    ("collaboration_points", ["points"]), ("benefit_choices", ["amount"]), ("innovation_projects", ["approved"]),
    ("adjustments", ["amount"]), ("targets", ["target"])])
def test_a_column_of_zeros_stops_no_rule_and_its_rows_tell_their_steps(company, dataset, columns):
    settled_with(company, dataset, ", ".join(f"{column} = 0" for column in columns))
