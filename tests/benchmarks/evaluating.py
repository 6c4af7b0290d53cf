"""Speed of the evaluation's tables, side by side in one run: `python tests/benchmarks/evaluating.py`. Prints seconds;
nothing is asserted.

1,000,000 orders of 300,000 buyers in 24 months: the cohort table (retention and LTV) of the company and of a team with its
sub-teams, in DuckDB and in plain pandas on a frame that is already in memory."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from core import store as stores  # noqa: E402
from core.analysis import cohorts  # noqa: E402
from core.datasets import DATASETS, sql_type  # noqa: E402

ORDERS, BUYERS, TEAMS = 1_000_000, 300_000, 20
TABLES = {
    "teams": "select 'T' || i as team_id, 'Team ' || i as name, case when i > 0 then 'T0' end as parent_team"
             f" from range({TEAMS}) t(i)",
    "orders": f"""select 'O' || i as order_id, '1' as line_id, 'B' || (hash(i) % {BUYERS}) as buyer_id,
        timestamp '2024-10-01' + to_seconds((i * 63072000 // {ORDERS})::bigint) as paid_at, 50 + i % 400 as paid_amount,
        case when i % 30 = 0 then 50 else 0 end as refund_amount, 'T' || (hash(i + 1) % {TEAMS}) as team_id
        from range({ORDERS}) t(i)"""}


def fill(folder: Path):
    store, con, staged = stores.open(folder / "big.duckdb"), duckdb.connect(), {}
    for name, sql in TABLES.items():
        given = {column[0] for column in con.execute(f"describe {sql}").fetchall()}
        columns = ", ".join(f'{c.name if c.name in given else "null"}::{sql_type(c)} as "{c.name}"'
                            for c in DATASETS[name].columns)
        staged[name] = store.stage_folder() / f"{name}.parquet"
        con.execute(f"copy (select {columns}, 'bench.csv' as _file, '' as _sheet, (row_number() over () + 1)::int as _row,"
                    f" '' as _part from ({sql})) to '{staged[name]}' (format parquet)")
    store.save(staged, [])
    return store


def in_pandas(lines: pd.DataFrame) -> pd.DataFrame:
    """The same table without the grid of empty cells."""
    month = lines["paid_at"].dt.year * 12 + lines["paid_at"].dt.month - 1
    first = month.groupby(lines["buyer_id"]).transform("min")
    cells = pd.DataFrame({"cohort": first, "age": month - first, "buyer": lines["buyer_id"],
                          "net": lines["paid_amount"] - lines["refund_amount"]}).groupby(["cohort", "age"])
    told = cells.agg(retained=("buyer", "nunique"), net=("net", "sum"))
    return told.assign(net=told["net"].groupby("cohort").cumsum())


def timed(label: str, work, times: int = 7) -> None:
    taken, busy = [], []
    for _ in range(times):
        begun, used = time.perf_counter(), time.process_time()
        work()
        taken.append(time.perf_counter() - begun)
        busy.append(time.process_time() - used)
    print(f"{label:<52}{statistics.median(taken):7.3f} s   worst of {times}: {max(taken):.3f} s"
          f"   processor (all threads): {statistics.median(busy):.3f} s")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        store = fill(Path(made))
        found = cohorts.cohorts(store.cursor())
        buyers = int(found.loc[found["age"] == 0, "buyers"].sum())
        print(f"{found['cohort'].nunique()} months, {len(found)} cells, {buyers:,} buyers")
        timed("cohorts of the company, DuckDB", lambda: cohorts.cohorts(store.cursor()))
        timed("cohorts of a team with 19 sub-teams, DuckDB", lambda: cohorts.cohorts(store.cursor(), "T0"))
        timed("cohorts of one team, DuckDB", lambda: cohorts.cohorts(store.cursor(), "T1"))
        frame = store.cursor().execute("select buyer_id, paid_at, paid_amount, refund_amount from order_lines").df()
        timed("cohorts of the company, pandas, rows in memory", lambda: in_pandas(frame), 3)
        store.close()
