"""Kills the process that saves and undoes, at random moments: `python -m tests.faults.kill 200`.

After each kill the database is opened and must hold every batch that was told as saved, whole, and nothing of another one
but at most the one that was under way, whole; what holds must be what the live batches say. Prints survived and lost.
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
SMALL, LARGE = 300, 130_000  # a large batch goes into the file before the commit, a small one through the log
WORKER = "import sys; from tests.faults import kill; kill.work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))"


def work(path: str, seed: int, steps: int) -> None:
    """Saves, undoes and checkpoints in a random order; tells each step on stdout once it is done."""
    from core import store as stores
    store, chance = stores.open(Path(path)), random.Random(seed)
    live = [batch["batch"] for batch in store.batches() if not batch["undone_at"]]
    files = [staged(store, number, rows) for number, rows in enumerate((SMALL, SMALL, LARGE))]
    _tell("ready", 0)
    for _ in range(steps):
        action = chance.choice(["save", "save", "replace", "undo", "checkpoint"])
        if action == "undo" and live:
            batch = live.pop(chance.randrange(len(live)))
            store.undo(batch)
            _tell("undone", batch)
        elif action in ("save", "replace"):
            rows, laid = chance.choice(files)
            live.append(store.save(laid, [{"inserted": rows}], {"orders"} if action == "replace" else set()))
            _tell("saved", live[-1])
        else:
            store.cursor().execute("checkpoint")


def _tell(what: str, batch: int) -> None:
    print(what, batch, flush=True)


def staged(store, number: int, rows: int) -> tuple[int, dict]:
    """Order lines laid down as one file: how many, and as `save` takes them."""
    path = store.stage_folder() / f"{number}.parquet"
    store.cursor().execute(
        f"copy (select (i // 2 + {number} * 50)::varchar as order_id, (i % 2)::varchar as line_id, null::varchar as buyer_id,"
        f" timestamp '2026-07-01' + to_days({number}) as paid_at, {number}.5::double as paid_amount, 1.0::double as quantity,"
        " null::double as unit_price, 0.0::double as refund_amount, 'S' as sku_id, 'x' as shop, 'c' as channel, 'T' as team_id,"
        f" 'orders.csv' as _file, '' as _sheet, i::integer as _row, '' as _part from range({rows}) as lines(i))"
        f" to '{path}' (format parquet)")
    return rows, {"orders": path}


def killed(path: Path, seed: int, wait: float | None) -> tuple[list[tuple[str, int]], float]:
    """Runs the worker and kills it `wait` seconds after it is ready (None: lets it end); what it told, and how long it ran."""
    command = [sys.executable, "-c", WORKER, str(path), str(seed), "6" if wait is None else "100000"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        told, begun = [worker.stdout.readline()], time.perf_counter()
        if wait is not None:
            time.sleep(wait)
            worker.send_signal(signal.SIGKILL)
        told += worker.stdout.readlines()
    assert told[0].startswith("ready"), "the worker could not open the database"
    return [(what, int(batch)) for what, batch in map(str.split, told[1:])], time.perf_counter() - begun


def lost(store, told: list[tuple[str, int]], before: dict[int, bool]) -> list[str]:
    """What is wrong in a database after a kill, given what was told and which batches were live before; [] if nothing."""
    wrong, expected = [], dict(before)
    for what, batch in told:
        expected[batch] = what == "saved"
    found = {batch["batch"]: batch for batch in store.batches()}
    live = {number: not batch["undone_at"] for number, batch in found.items()}
    wrong += [f"batch {number} is lost" for number in expected if number not in found]
    other = [number for number in live if live[number] != expected.get(number)]
    if len(other) > 1:
        wrong.append(f"more than the step under way is there: {other}")
    rows = dict(store.cursor().execute("select _batch, count(*) from rows.orders group by all").fetchall())
    if rows != {number: batch["inserted"] for number, batch in found.items()}:
        wrong.append(f"half a batch: {rows}")
    return wrong + ([] if _current(store) == _from_the_beginning(store, live) else ["what holds is not what the batches say"])


def _current(store) -> Counter:
    return Counter(dict(store.cursor().execute(
        "select (_batch, _file, paid_amount), count(*) from orders group by all").fetchall()))


def _from_the_beginning(store, live: dict[int, bool]) -> Counter:
    """What holds, told from the live batches alone: the orders of each end those of the same number before, and all of
    its own day's month where it replaced that."""
    replaced = {batch for (batch,) in store.cursor().execute("select batch from meta.replaced").fetchall()}
    newest = max((batch for batch in replaced if live[batch]), default=0)
    return Counter(dict(store.cursor().execute(
        "select (_batch, _file, paid_amount), count(*) from (select *, max(_batch) over (partition by order_id) as last"
        " from rows.orders where list_contains(?, _batch) and _batch >= ?) where _batch = last group by all",
        [[batch for batch in live if live[batch]], newest]).fetchall()))


def survived(kills: int, folder: Path, seed: int = 0) -> tuple[int, list[str]]:
    """Kills that many times, each time at another moment; how many the database survived, and what was lost."""
    from core import store as stores
    path, chance, wrong, good = folder / "ours.duckdb", random.Random(seed), [], 0
    _, longest = killed(path, seed, None)
    for number in range(kills):
        store = stores.open(path)
        before = {batch["batch"]: not batch["undone_at"] for batch in store.batches()}
        store.close()
        told, _ = killed(path, seed + number + 1, chance.uniform(0, longest))
        store = stores.open(path)
        found = lost(store, told, before)
        good, wrong = good + (not found), wrong + [f"kill {number + 1}: {what}" for what in found]
        store.close()
        if path.stat().st_size > 2**28:
            path.unlink()
    return good, wrong


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as made:
        good, wrong = survived(asked, Path(made))
    print(f"{asked} kills: survived {good}, lost {asked - good}", *wrong, sep="\n")
    sys.exit(bool(wrong))
