"""Importing, side by side in one run: `python tests/benchmarks/importing.py [LINES]`. Prints seconds; asserts nothing.

Each measurement is a process of its own, so that none profits from another's warm memory. The bar is DuckDB's bare
`create table as select * from read_csv(…)` of the same file, into a database file, as ours is.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

LINES = """select (202607000000 + i)::varchar as "订单编号", 'b' || lpad((hash(i) % 300000)::varchar, 6, '0') as "买家ID",
    strftime(timestamp '2026-07-01' + to_seconds((hash(i * 7) % 7948800)::bigint), '%Y-%m-%d') as "付款时间",
    ((hash(i * 3) % 50000) / 100.0)::decimal(10, 2){change} as "实付金额", 'T0' || (hash(i * 13) % 8) as "团队编号"
    from range({lines}) as t(i)"""


def made(folder: Path, lines: int) -> dict[str, Path]:
    """The order exports: UTF-8, the same in GBK, and again with one line in a thousand changed."""
    files = {name: folder / f"{name}.csv" for name in ("utf8", "gbk", "changed")}
    for name, change in (("utf8", ""), ("changed", " + (i % 1000 = 0)::int")):
        duckdb.connect().execute(f"copy ({LINES.format(lines=lines, change=change)}) to '{files[name]}' (header)")
    with files["utf8"].open(encoding="utf-8") as read, files["gbk"].open("w", encoding="gb18030") as written:
        while part := read.read(1 << 24):
            written.write(part)
    return files


def bare(csv: Path, folder: Path) -> None:
    con = duckdb.connect(str(folder / "bare.duckdb"), config={"threads": 2})
    con.execute("create table orders as select * from read_csv(?, encoding = 'utf-8')", [str(csv)])
    con.close()


def ours(csv: Path, folder: Path) -> None:
    from core import importing
    from core import store as stores
    store = stores.open(folder / "ours.duckdb")
    begun = time.perf_counter()
    upload = importing.prepare(store, [(csv.name, csv)])
    read = time.perf_counter()
    batch = importing.save(store, upload)
    print(f"   batch {batch}: read, matched, checked and compared {read - begun:.2f} s, saved {time.perf_counter() - read:.2f} s")


def run(what: str, csv: Path, folder: Path) -> float:
    """Seconds of one measurement in a process of its own, starting Python and loading packages left out."""
    code = (f"import sys, time; sys.path.insert(0, {str(ROOT)!r}); from pathlib import Path; import duckdb, core.importing\n"
            f"from tests.benchmarks.importing import {what}\nbegun = time.perf_counter()\n"
            f"{what}(Path(sys.argv[1]), Path(sys.argv[2]))\nprint('took', time.perf_counter() - begun)")
    said = subprocess.run([sys.executable, "-c", code, str(csv), str(folder)], capture_output=True, text=True, check=True).stdout
    for line in said.splitlines()[:-1]:
        print(line)
    return float(said.split()[-1])


def main(lines: int) -> None:
    with tempfile.TemporaryDirectory() as made_in:
        folder = Path(made_in)
        files = made(folder, lines)
        size = files["utf8"].stat().st_size / 1e6
        bar = min(run("bare", files["utf8"], _new(folder, f"bare{i}")) for i in range(3))
        print(f"bare read_csv into a database file, best of 3: {bar:.2f} s ({lines:,} lines, {size:.0f} MB)")
        first = folder / "first"
        for name, into, against in (("utf8", first, 4), ("gbk", folder / "gbk_db", 6), ("changed", first, None)):
            into.mkdir(exist_ok=True)
            taken = run("ours", files[name], into)
            print(f"{name:<10}{taken:6.2f} s = {taken / bar:.1f} × bare" + (f" (bar {against} ×)" if against else ""))


def _new(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
