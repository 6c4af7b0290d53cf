"""What many tests stand on: a store filled from tables written as text, and the sample company loaded once."""

import csv
import fcntl
import io
import os
import shutil
import sys
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import quarter
from core import store as stores
from core.datasets import DATASETS, Column
from tests import awake

KINDS = {"number": (pa.float64(), float), "integer": (pa.int64(), int), "date": (pa.date32(), date.fromisoformat),
         "datetime": (pa.timestamp("us"), datetime.fromisoformat), "boolean": (pa.bool_(), lambda said: said == "yes")}

# Where the child itself is tested, and the disk under it, it is started as the product starts it.
ITS_OWN_CHILD = {"test_reading.py", "test_hostile.py", "test_disk.py"}


def staged_rows(folder, name: str, table: str):
    """A table written as CSV under field names → the parquet file that a store saves; empty cells take the default."""
    rows = [{k: (v or "").strip() for k, v in row.items()} for row in csv.DictReader(io.StringIO(table.strip()))]
    columns = {c.name: _column(c, [row.get(c.name, "") for row in rows]) for c in DATASETS[name].columns}
    trace = {"_file": ["cases"] * len(rows), "_sheet": [name] * len(rows), "_part": [""] * len(rows),
             "_row": pa.array(range(2, len(rows) + 2), pa.int32())}
    if name == "orders" and not any(row.get("line_id") for row in rows):
        seen: dict[str, int] = {}
        for row in rows:
            seen[row["order_id"]] = seen.get(row["order_id"], 0) + 1
            row["line_id"] = str(seen[row["order_id"]])
        columns["line_id"] = [row["line_id"] for row in rows]
    path = folder / f"{name}.parquet"
    pq.write_table(pa.table(columns | trace), path)
    return path


def _column(column: Column, said: list[str]) -> pa.Array:
    kind, read = KINDS.get(column.type, (pa.string(), str))
    return pa.array([read(word or column.default) if word or column.default else None for word in said], kind)


@pytest.fixture
def staged():
    return staged_rows


@pytest.fixture
def stored(tmp_path):
    """Makes a store that holds the tables given as text, by dataset."""
    def fill(**tables):
        store = stores.open(tmp_path / "cases.duckdb")
        store.save({name: staged_rows(store.stage_folder(), name, table) for name, table in tables.items()}, [])
        return store
    return fill


@pytest.fixture(scope="session")
def waiting_reader():
    process = awake.start()
    yield process
    process.stdin.close()
    process.wait(10)


@pytest.fixture(autouse=True)
def awake_reader(request, monkeypatch):
    """Files are read in a child forked from a process that is awake."""
    if request.path.name not in ITS_OWN_CHILD:
        module = sys.modules["core.importing.read"]
        monkeypatch.setattr(module, "_run", lambda *said: awake.run(request.getfixturevalue("waiting_reader"), module, *said))


@pytest.fixture(scope="session")
def sample_files(tmp_path_factory):
    """A folder with the sample company's database and key, held by nobody, to be copied: loaded by the worker that comes
    first, the other waits for it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "sample_company"
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "loaded").exists():
            store = stores.open(folder / "loading" / "sample.duckdb")
            quarter.load_sample(store)
            store.close()
            (folder / "loading").rename(folder / "loaded")
    return folder / "loaded"


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory, sample_files):
    """A data folder in which the sample company is loaded and the company's own database is empty."""
    return shutil.copytree(sample_files, tmp_path_factory.mktemp("sample"), dirs_exist_ok=True)


@pytest.fixture
def sample_store(sample_folder):
    return stores.open(sample_folder / "sample.duckdb")


@pytest.fixture
def sample_company(sample_folder, monkeypatch):
    """Points the app at the folder with the sample company."""
    monkeypatch.setenv("TIEJUN_DATA", os.fspath(sample_folder))
