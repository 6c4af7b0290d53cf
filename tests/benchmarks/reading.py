"""Reading, side by side in one run: `python tests/benchmarks/reading.py`. Prints seconds and memory; nothing is asserted."""

import random
import resource
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import fastexcel
import openpyxl
import xlsxwriter

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.importing.read import read  # noqa: E402

HEADER = "订单号,买家,付款时间,实付金额,退款金额,商品,店铺,渠道,团队"


def timed(label: str, work):
    """Runs the work once, prints how long it took and the most memory that any child has held so far."""
    begun = time.perf_counter()
    answer = work()
    taken, most = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    print(f"{label:<58}{taken:8.2f} s   {most:5} MB", flush=True)
    return answer


def orders(path: Path, count: int, encoding: str) -> Path:
    """Order lines of about 47 bytes each."""
    ends = [f",{i % 500},{shop},jd,T1\n" for i in range(500) for shop in ("轻茶", "花茶")]
    with path.open("w", encoding=encoding, newline="") as opened:
        opened.write(HEADER + "\n")
        for start in range(0, count, 100_000):
            opened.writelines(f"{100_000_000_000 + i},b{i * 7919 % 99_991},2026-07-{i % 28 + 1:02d},{i % 9973}.5,0"
                              f"{ends[i % 1_000]}" for i in range(start, min(start + 100_000, count)))
    return path


def workbook(path: Path, count: int) -> Path:
    book = xlsxwriter.Workbook(path)
    page, stamp = book.add_worksheet("订单"), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    page.write_row(0, 0, HEADER.split(","))
    first = datetime(2026, 7, 1)
    for row in range(1, count + 1):
        page.write_string(row, 0, str(100_000_000_000 + row))
        page.write_string(row, 1, f"b{random.randrange(99_999)}")
        page.write_datetime(row, 2, first + timedelta(minutes=row % 120_000), stamp)
        page.write_number(row, 3, random.randrange(1_000_000) / 100)
        page.write_number(row, 4, 0)
        for column, word in enumerate((str(row % 500), "轻茶店", "tmall", "T01"), 5):
            page.write_string(row, column, word)
    book.close()
    return path


def bare_csv(path: Path) -> None:
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        con.execute("create table t as select * from read_csv(?)", [str(path)])


def main(folder: Path) -> None:
    for encoding in ("utf-8", "gb18030"):
        path = orders(folder / f"{encoding}.csv", 1_000_000, encoding)
        print(f"1,000,000 lines, {path.stat().st_size / 1e6:.0f} MB, {encoding}")
        if encoding == "utf-8":
            timed("  DuckDB: create table as from read_csv", lambda path=path: bare_csv(path))
        timed("  read", lambda path=path: read(path, folder / "raw"))
    path = orders(folder / "large.csv", 10_000_000, "utf-8")
    timed(f"read 10,000,000 lines, {path.stat().st_size / 1e6:.0f} MB", lambda: read(path, folder / "raw"))
    path = workbook(folder / "orders.xlsx", 500_000)
    timed("500,000 lines .xlsx: fastexcel to arrow", lambda: fastexcel.read_excel(str(path)).load_sheet(
        0, header_row=None, dtypes="string").to_arrow())
    timed("  read", lambda: read(path, folder / "raw"))
    timed("  openpyxl, read only", lambda: sum(1 for _ in openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows()))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(Path(made))
