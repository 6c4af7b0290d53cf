"""What many tests stand on: a store filled from tables written as text, and the sample company loaded once."""

import csv
import io
import os
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import quarter
from core import store as stores
from core.datasets import DATASETS, Column

KINDS = {"number": (pa.float64(), float), "integer": (pa.int64(), int), "date": (pa.date32(), date.fromisoformat),
         "datetime": (pa.timestamp("us"), datetime.fromisoformat), "boolean": (pa.bool_(), lambda said: said == "yes")}


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
def sample_folder(tmp_path_factory):
    """A data folder in which the sample company is loaded and the company's own database is empty."""
    folder = tmp_path_factory.mktemp("sample")
    quarter.load_sample(stores.open(folder / "sample.duckdb"))
    return folder


@pytest.fixture
def sample_store(sample_folder):
    return stores.open(sample_folder / "sample.duckdb")


@pytest.fixture
def sample_company(sample_folder, monkeypatch):
    """Points the app at the folder with the sample company."""
    monkeypatch.setenv("TIEJUN_DATA", os.fspath(sample_folder))
