"""Speed of a settlement: `python tests/benchmarks/settling.py`. Prints seconds; nothing is asserted.

10,000 people, 1,000,000 orders, every sheet that a rule reads: a quarter settled from a cold start, and the run part alone
(every intermediate column kept), each time with another weight: as a slider does it, and with all rules run anew. Beside
it, in the same run, the commission rule for as many people in bare NumPy, and in OpenFisca-Core where that is installed
(`pip install OpenFisca-Core`; needed here only). All three go from the score to the cents: base × days ÷ days of the
quarter × score ÷ 100 × phase × budget factor, rounded half up. Ours also answers status, reason and every column of the
person. OpenFisca is timed twice: the calculation alone, and with a simulation made and its inputs set, which every what-if
needs; no side scores the card's metrics here.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from core import periods, quarter, rules  # noqa: E402
from core import store as stores  # noqa: E402
from core.datasets import DATASETS, sql_type  # noqa: E402

PEOPLE, ORDERS, TEAMS, SKUS = 10_000, 1_000_000, 200, 50
Q3 = periods.quarter("2026Q3")
COMMISSION = ["base", "eligible_days", "quarter_days", "score", "phase_factor", "budget_factor"]


def tables() -> dict[str, str]:
    """Per dataset the SQL of its rows."""
    role = "['operations','design','technology','customer_service','supply_chain'][1 + i % 5]"
    month = "'2026-' || lpad((1 + i % 9)::varchar, 2, '0')"
    return {
        "employees": f"select 'E' || i as employee_id, 'N' || i as name, {role} as role, ['junior','middle'][1 + i % 2] as level,"
                     f" 'T' || (i % {TEAMS}) as team_id, date '2024-01-01' as hire_date, 5000.0 as bonus_target,"
                     f" 1.0 as position_value from range({PEOPLE}) t(i)",
        "teams": f"select 'T' || i as team_id, 'Team ' || i as name, case when i < {SKUS} then 'squad' else"
                 f" 'standing' end as kind,"
                 f" case when i > 0 and i % 20 = 0 then 'T0' end as parent_team from range({TEAMS}) t(i)",
        "orders": f"select 'O' || i as order_id, '1' as line_id, 'B' || (i % 300000) as buyer_id, timestamp '2025-07-01' +"
                  f" to_seconds(i * 39) as paid_at, 50 + i % 400 as paid_amount, case when i % 30 = 0 then 50 else 0 end as"
                  f" refund_amount, 'T' || (i % {TEAMS}) as team_id from range({ORDERS}) t(i)",
        "nps_responses": f"select date '2026-01-01' + (i % 270)::int as date, 'T' || (i % {TEAMS}) as team_id, i % 11 as score"
                         " from range(20000) t(i)",
        "member_months": f"select {month} as month, 'E' || (i // 9) as employee_id, 1000 as impressions, 40 + i % 30 as clicks,"
                         " 0.02 as baseline_conversion, 0.025 as campaign_conversion, 100 as campaign_visitors, 10 as templates,"
                         f" 20 as template_reuses, 80 as tool_contribution, 1 as innovation_support from"
                         f" range({PEOPLE} * 9) t(i)",
        "requests": f"select 'R' || i as request_id, 'T' || (i % {TEAMS}) as from_team, 'E' || (2 + 5 * (i % 2000)) as owner_id,"
                    " 'important' as priority, timestamp '2026-01-01' + to_hours(i % 6500) as created_at, timestamp"
                    " '2026-01-01' +"
                    " to_hours(i % 6500 + 5) as responded_at, 1 as revisions from range(50000) t(i)",
        "incidents": "select 'I' || i as incident_id, 'E' || (2 + 5 * (i % 2000)) as owner_id, timestamp '2026-01-01' +"
                     " to_hours(i) as started_at, timestamp '2026-01-01' + to_hours(i + 1) as resolved_at from range(6000) t(i)",
        "team_months": f"select {month} as month, 'T' || (i // 9) as team_id, 900 as shipments, 9 as shipment_errors,"
                       f" 100 as opening_users, 40 as retained_users from range({TEAMS} * 9) t(i)",
        "targets": "select '2026Q' || (1 + i // 12) as quarter, case when m = 'gmv' then 'role' else 'company' end as"
                   " subject_type,"
                   " case when m = 'gmv' then 'operations' end as subject_id, m as metric, v as target from range(36) t(i) join"
                   " (values (0,'gmv',400000.0),(1,'repurchase_rate',0.3),(2,'nps',5),(3,'refund_rate',0.05),"
                   "(4,'click_through_rate',0.05),(5,'conversion_lift',0.2),(6,'template_reuse',2),(7,'downtime_minutes',60),"
                   "(8,'response_within_sla',0.9),(9,'tool_contribution',80),(10,'shipment_error_rate',0.02),"
                   "(11,'user_retention',0.4)) as said(k, m, v) on k = i % 12",
        "projects": "select 'P' || i as project_id, 'P' as name, 100000.0 as bonus_pool, date '2026-06-01' as start_date"
                    " from range(100) t(i)",
        "milestones": "select 'P' || (i // 3) as project_id, ['presale','final_payment','after_sales'][1 + i % 3] as milestone,"
                      " [0.3, 0.5, 0.2][1 + i % 3] as share, 100.0 as target, 90.0 + i % 21 as actual, 'higher' as better,"
                      " date '2026-08-01' as due_date from range(300) t(i)",
        "project_members": "select 'P' || (i // 20) as project_id, 'E' || i as employee_id, 0.05 as share from range(2000) t(i)",
        "sku_months": f"select '2026-0' || (7 + i % 3) as month, 'S' || (i // 3) as sku_id, 'T' || (i // 3) as"
                      f" team_id, 1e5 as gmv,"
                      f" 9e4 as gmv_target, 1000 as buyers, 310 as repeat_buyers, 2e4 as profit, 8 as category_rank"
                      f" from range({SKUS} * 3) t(i)",
        "collaboration_points": "select date '2026-07-01' + (i % 60)::int as date, 'E' || (i // 4) as employee_id,"
                                " case when i % 4 = 3 then 'redeem_bonus' else 'earned' end as kind, 10.0 as points"
                                f" from range({PEOPLE} * 2) t(i)",
        "equity_grants": "select 'G' || i as grant_id, 'E' || i as employee_id, 1000.0 as units, date '2024-08-15' as grant_date,"
                         " 4 as years, 0.1 as ltv_growth_min from range(1000) t(i)",
        "benefit_choices": "select '2026Q3' as quarter, 'E' || (i // 2) as employee_id, 1 + i % 2 as position, 'B' ||"
                           " i as benefit,"
                           f" 400.0 as amount from range({PEOPLE}) t(i)",
        "adjustments": "select 'X' || i as adjustment_id, '2026Q3' as quarter, 'E' || i as employee_id, 10.0 as"
                       " amount, 'r' as reason"
                       " from range(200) t(i)"}


def fill(folder: Path) -> None:
    store, con, staged = stores.open(folder / "big.duckdb"), duckdb.connect(), {}
    for name, sql in tables().items():
        given = {column[0] for column in con.execute(f"describe {sql}").fetchall()}
        columns = ", ".join((f'"{c.name}"::{sql_type(c)}' if c.name in given else
                             f"try_cast({c.default!r} as {sql_type(c)})" if c.default else f"null::{sql_type(c)}")
                            + f' as "{c.name}"' for c in DATASETS[name].columns)
        staged[name] = store.stage_folder() / f"{name}.parquet"
        con.execute(f"copy (select {columns}, 'bench.xlsx' as _file, '{name}' as _sheet, (row_number() over () + 1)::int as _row,"
                    f" '' as _part from ({sql})) to '{staged[name]}' (format parquet)")
    store.save(staged, [])
    store.close()


def cold(folder: Path) -> None:
    """In a process of its own: opens the database and settles the quarter."""
    begun = time.perf_counter()
    store = stores.open(folder / "big.duckdb")
    settled = quarter.settle(store, Q3)
    print(f"settle from a cold start (opening included){time.perf_counter() - begun:24.2f} s"
          f"   {len(settled.scores):,} people, {len(settled.ledger):,} ledger rows, {len(settled.results)} rules")
    begun = time.perf_counter()
    quarter.settle(store, Q3, awards=True)
    print(f"  with the awards: three months measured more{time.perf_counter() - begun:22.2f} s")
    plan = quarter.plan_for(store, Q3)
    kept = quarter._populations(store, store.version(), Q3, plan)[1]
    for what, forget in (("what reads no score is kept", lambda: None), ("all rules anew", kept.clear)):
        taken = []
        for n in range(15):
            forget()
            moved = {"scorecards.operations.weights.gmv": 0.3 + n / 100}
            taken.append(_timed(lambda moved=moved: quarter.settle(store, Q3, changes=moved)))
        print(f"run part, another weight, {what:28}{statistics.median(taken) * 1000:12.1f} ms   best {min(taken) * 1000:.1f}")
    _commission(settled)


def _commission(settled) -> None:
    frame = settled.scores[[*COMMISSION]].astype(float)
    columns = {name: frame[name].to_numpy() for name in COMMISSION}
    population = {"scores": settled.scores.drop(columns=[c for c in settled.scores if c in COMMISSION and c != "score"])}
    parameters = settled.plan["rules"]["commission"] | {"quarter_days": 92, "phase_factor": 1.0, "budget_factor": 1.0}
    ours = statistics.median(_timed(lambda: rules.KINDS["scorecard_pay"](population, parameters)) for _ in range(30))
    print(f"the commission rule alone, intermediates kept, rounded{ours * 1000:13.2f} ms")
    bare = statistics.median(_timed(lambda: rules.cents(_pay(columns))) for _ in range(200))
    print(f"  bare NumPy{bare * 1000:56.3f} ms   ours ÷ NumPy {ours / bare:,.0f}")
    if (fisca := openfisca(columns)) is None:
        print("  OpenFisca-Core is not installed: not measured")
    else:
        for what, taken in zip(("calculated alone", "simulation and inputs made too"), fisca, strict=True):
            print(f"  OpenFisca-Core, {what:32}{taken * 1000:18.2f} ms   ours ÷ OpenFisca {ours / taken:.1f}")


def _pay(of: dict) -> np.ndarray:
    return (of["base"] * of["eligible_days"] / of["quarter_days"] * of["score"] / 100 * of["phase_factor"]
            * of["budget_factor"])


def openfisca(columns: dict) -> tuple[float, float] | None:
    """Seconds of the same rule in OpenFisca-Core, alone and with its simulation made; None where it is not installed."""
    try:
        from openfisca_core import entities, simulations, taxbenefitsystems, variables
        from openfisca_core import periods as fisca_periods
    except ImportError:
        return None
    person = entities.Entity("person", "persons", "", "")
    system = taxbenefitsystems.TaxBenefitSystem([person])

    def variable(name, formula=None):
        parts = {"value_type": float, "entity": person, "definition_period": fisca_periods.MONTH}
        system.add_variable(type(name, (variables.Variable,), parts | ({"formula": formula} if formula else {})))
    for name in COMMISSION:
        variable(name)
    variable("pay", lambda people, period: rules.cents(_pay({name: people(name, period) for name in COMMISSION})))
    alone, whole = [], []
    for _ in range(30):
        begun = time.perf_counter()
        made = simulations.SimulationBuilder().build_default_simulation(system, len(columns["base"]))
        for name, values in columns.items():
            made.set_input(name, "2026-07", np.nan_to_num(values))
        alone.append(_timed(lambda made=made: made.calculate("pay", "2026-07")))
        whole.append(time.perf_counter() - begun)
    return statistics.median(alone), statistics.median(whole)


def _timed(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    if len(sys.argv) > 1:
        cold(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            fill(Path(made))
            subprocess.run([sys.executable, __file__, made], check=True)
