"""Speed, side by side in one run: `python tests/benchmarks/measure.py`. Prints seconds; nothing is asserted.

The slider is measured in a real browser: from the key that moves it to the new total on the page, 30 times.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import fastexcel
import openpyxl

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from core import importing, periods, quarter, sample, scenarios  # noqa: E402
from core import store as stores  # noqa: E402

Q3 = periods.quarter("2026Q3")


def timed(label: str, work):
    """Runs the work once, prints how long it took, answers what it gave."""
    begun = time.perf_counter()
    answer = work()
    print(f"{label:<58}{time.perf_counter() - begun:8.2f} s")
    return answer


def core(folder: Path) -> None:
    store = stores.open(folder / "sample.duckdb")
    paths = timed("sample company written", lambda: sample.write(folder))
    tables = [(path.name, path) for path in paths if path.suffix != ".toml"]
    upload = timed("  read and checked", lambda: importing.prepare(store, tables))
    timed("  saved", lambda: importing.save(store, upload))
    timed("settle, first time (measures the quarter)", lambda: quarter.settle(store, Q3))
    before = timed("settle, measured before", lambda: quarter.settle(store, Q3))
    change = {"scorecards.operations.weights.gmv": 0.5}
    timed("settle with a change and compare", lambda: scenarios.compare(before, quarter.settle(store, Q3, changes=change)))
    book = next(path for path in paths if path.suffix == ".xlsx")
    timed("the workbook's cells: fastexcel", lambda: [fastexcel.read_excel(str(book)).load_sheet(i, header_row=None)
                                                      for i in range(len(fastexcel.read_excel(str(book)).sheet_names))])
    timed("the workbook's cells: openpyxl", lambda: [list(sheet.iter_rows(values_only=True)) for sheet in
                                                     openpyxl.load_workbook(book, read_only=True).worksheets])
    store.connection.close()


def slider(folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM, serve
    process, address = serve(folder)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")
            timed("what-if page opened in the browser", lambda: (page.goto(f"{address}/whatif?company=sample"),
                                                                 page.wait_for_selector("input[type=range]")))
            taken = [_moved(page) for _ in range(31)][1:]
    finally:
        process.terminate()
    print(f"slider moved → new total in the browser: median {statistics.median(taken):.2f} s,"
          f" p95 {sorted(taken)[28]:.2f} s, of {len(taken)}")


def _moved(page) -> float:
    total = page.get_by_test_id("stHeading").first
    before = total.inner_text() + page.get_by_test_id("stMetricDelta").all_inner_texts().__str__()
    page.locator("input[type=range]").first.focus()
    begun = time.perf_counter()
    page.keyboard.press("ArrowRight")
    while total.inner_text() + page.get_by_test_id("stMetricDelta").all_inner_texts().__str__() == before:
        if time.perf_counter() - begun > 20:
            raise RuntimeError("the total did not change")
        time.sleep(0.01)
    return time.perf_counter() - begun


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        core(Path(made))
        slider(Path(made))
