"""Rows as the importer stages them for the store."""

import pyarrow as pa
import pyarrow.parquet as pq

from core.datasets import DATASETS

ARROW = {"id": pa.string(), "text": pa.string(), "enum": pa.string(), "month": pa.string(), "quarter": pa.string(),
         "number": pa.float64(), "integer": pa.int64(), "date": pa.date32(), "datetime": pa.timestamp("us"),
         "boolean": pa.bool_(), "metric": pa.string()}


def stage(store, dataset, rows, name="file.csv", part=""):
    """Lays rows down as one file's; answers them as `save` takes them."""
    columns = {c.name: pa.array([row.get(c.name) for row in rows], ARROW[c.type])
               for c in DATASETS[dataset].columns}
    columns |= {"_file": pa.array([name] * len(rows)), "_sheet": pa.array([""] * len(rows)),
                "_row": pa.array(range(2, len(rows) + 2), pa.int32()),
                "_part": pa.array([row.get("_part", part) for row in rows])}
    path = store.stage_folder() / f"{name}.parquet"
    pq.write_table(pa.table(columns), path)
    return {dataset: path}
