"""A column that nobody filled in, each one in turn: every rule still runs, and what needs the figure waits."""

import pytest

from core import changes, explanation, people, periods, populations, quarter, settlement
from core import plan as plans
from core import store as stores
from core.datasets import DATASETS
from tests.conftest import staged_rows
from tests.test_settlement import COMPANY

Q3 = periods.quarter("2026Q3")
PLAN = changes.apply(plans.default(), {"company.phase": "mature"})
READ = ("employees", "teams", "assignments", "targets", "projects", "milestones", "project_members", "sku_months", "equity_grants",
        "collaboration_points", "benefit_choices", "innovation_projects", "adjustments", "votes")
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
    yield store, quarter.measured(store, Q3, PLAN["definitions"]), quarter._populations(store, Q3, PLAN, False)
    store.close()


@pytest.mark.parametrize(("dataset", "column"), [(name, c.name) for name in READ for c in DATASETS[name].columns
                                                 if not c.required and c.type not in ("id", "text", "enum")])
def test_a_column_that_is_missing_altogether_stops_no_rule(company, dataset, column):
    store, values, known = company
    with store._transaction(keep=False) as cursor:
        cursor.execute(f"update rows.{dataset} set {column} = null")
        settled = settlement.run(PLAN, Q3, people.segments(cursor, Q3), values, quarter.targets(cursor, Q3),
                                 people.team_parents(cursor), populations=known | populations.read(cursor, Q3))
    for row in settled.ledger.drop_duplicates(["rule", "status"]).index:
        assert explanation.steps(settled, row)[-1].name == "amount"
        assert isinstance(explanation.reason_text(settled.ledger.iloc[row], "zh"), str)
    rule, statuses = WAITS.get((dataset, column), ("none", []))
    assert settled.ledger.loc[settled.ledger["rule"].eq(rule), "status"].tolist() == statuses
