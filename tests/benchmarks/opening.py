"""How long a page takes to open: `python tests/benchmarks/opening.py`. Prints seconds of the server's work; nothing is asserted.

Every view of the evaluation's pages, first with nothing measured in the process, then in a new session that finds its quarter
measured: of the sample company, and of a company of 1,000 people and 1,000,000 orders with the sheets of `settling.py`."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from core import quarter  # noqa: E402
from core import store as stores  # noqa: E402
from tests.benchmarks import settling  # noqa: E402

VIEWS = {"overview": [None], "evaluation": ["indices", "moved", "metrics", "teams", "effect"],
         "business": ["sales", "buyers", "voice", "switches"],
         "team": ["leaving", "staying", "satisfaction", "requests", "incidents", "newcomers"],
         "people": ["skills", "person", "growth", "tree", "learning"], "risks": [None]}


def opened(page: str, view: str | None) -> float:
    """Seconds until the page is drawn in a session of its own."""
    from streamlit.testing.v1 import AppTest
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300)
    for name, value in {"company": "ours", "quarter": "2026Q3", "lang": "zh", "view": view}.items():
        if value:
            app.query_params[name] = value
    begun = time.perf_counter()
    app.switch_page(f"pages/{page}.py").run()
    taken = time.perf_counter() - begun
    assert not app.exception and not app.error, (app.exception, app.error)
    return taken


def every_page() -> None:
    """In a process of its own: each view twice."""
    for page, views in VIEWS.items():
        for view in views:
            first, again = opened(page, view), min(opened(page, view) for _ in range(3))
            print(f"  {page + (' · ' + view if view else ''):28} first {first:7.2f} s   measured {again:6.2f} s", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        for name in ("sample company", "1,000 people, 1,000,000 orders"):
            folder = Path(made) / name[:6]
            folder.mkdir()
            if name.startswith("sample"):
                store = stores.open(folder / "ours.duckdb")
                quarter.load_sample(store)
                store.close()
            else:
                settling.PEOPLE = 1000
                settling.fill(folder)
                (folder / "big.duckdb").rename(folder / "ours.duckdb")
            print(name)
            subprocess.run([sys.executable, __file__, "pages"], check=True, env=os.environ | {"TIEJUN_DATA": str(folder)},
                           stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    every_page() if len(sys.argv) > 1 else main()
