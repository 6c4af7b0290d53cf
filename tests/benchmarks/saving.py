"""Saving, side by side with a bare `create table as` in one run: `python tests/benchmarks/saving.py [rows]`.

Prints seconds of the clock and of the processor, of 1,000,000 order lines by default, and the most memory that this process
took so far, Python included; nothing is asserted.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from core import store as stores  # noqa: E402

LINES = """copy (select (20260700000000 + i // 2)::varchar as order_id, (i % 2 + 1)::varchar as line_id,
    left(sha256((i * 7919 % 300000)::varchar), 32) as buyer_id,
    timestamp '2026-07-01' + to_seconds((i * 7) % (92 * 86400)) as paid_at,
    round((hash(i) % 100000) / 100.0, 2) + case when i % {every} = 1 then {more} else 0 end as paid_amount,
    (1 + i % 3)::double as quantity, null::double as unit_price,
    case when i % 50 = 0 then 5.0 else 0 end::double as refund_amount, 'SKU' || (i % 500) as sku_id,
    '旗舰店' || (i % 4) as shop, ['抖音', '天猫', '京东'][1 + i % 3] as channel, 'T' || (i % 9) as team_id,
    'orders.csv' as _file, '' as _sheet, (i + 2)::integer as _row, '' as _part from range({rows}) as lines(i))
to '{path}' (format parquet)"""


def timed(label: str, work):
    """Runs the work once, prints how long it took, answers what it gave."""
    begun, busy = time.perf_counter(), time.process_time()
    answer = work()
    print(f"{label:<44}{time.perf_counter() - begun:8.2f} s{time.process_time() - busy:8.2f} s busy"
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10:8.0f} MiB", flush=True)
    return answer


def lines(path: Path, rows: int, more: int = 0) -> dict:
    """Staged order lines; 1,000 of them cost `more` than without."""
    with duckdb.connect(config={"memory_limit": "512MB", "threads": 2}) as con:
        con.execute(LINES.format(path=path, rows=rows, more=more, every=max(rows // 1000, 2)))
    return {"orders": path}


def main(rows: int, folder: Path) -> None:
    store = stores.open(folder / "ours.duckdb")
    first, second = (lines(store.stage_folder() / f"{more}.parquet", rows, more) for more in (0, 1))
    timed("first: compare", lambda: store.compare(first))
    timed("first: save", lambda: store.save(first, []))
    timed("second, 1,000 changed: compare", lambda: store.compare(second))
    batch = timed("second, 1,000 changed: save", lambda: store.save(second, []))
    timed("what is gone", lambda: store.gone(second))
    timed("undo the second", lambda: store.undo(batch))
    timed("save, replacing the period", lambda: store.save(second, [], {"orders"}))
    with duckdb.connect(str(folder / "bare.duckdb"), config={"memory_limit": "1GB", "threads": 2}) as bare:
        timed(f"bare create table as, {rows:,} lines", lambda: bare.execute("create table orders as from read_parquet(?)",
                                                                             [str(first["orders"])]))
    size = sum(path.stat().st_size for path in folder.glob("ours.duckdb*"))
    print(f"database {size / 2**20:.0f} MiB")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, Path(made))
