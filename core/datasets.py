"""The kinds of table that people upload, as declared in data/datasets.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

DECLARATIONS = Path(__file__).parent.parent / "data" / "datasets.toml"

SQL_TYPES = {"id": "VARCHAR", "text": "VARCHAR", "enum": "VARCHAR", "metric": "VARCHAR", "month": "VARCHAR",
             "quarter": "VARCHAR", "number": "DOUBLE", "integer": "BIGINT", "date": "DATE", "datetime": "TIMESTAMP",
             "boolean": "BOOLEAN"}


@dataclass(frozen=True)
class Column:
    """One column: `name` in the database and in English files, `zh` in Chinese ones, `also` the other known headers;
    `choices` canonical value → {zh, en, also}; `default` is the text an empty cell is read as ("" = stays empty)."""

    name: str
    zh: str
    type: str
    required: bool = False
    default: str = ""
    min: float | None = None
    max: float | None = None
    example: str = ""
    also: tuple[str, ...] = ()
    choices: dict | None = None


@dataclass(frozen=True)
class Dataset:
    """One kind of table. `key` = the columns that make a row the same row later (empty: compared as a bag of rows);
    `group` = what a second upload replaces as a whole."""

    name: str
    zh: str
    en: str
    also: tuple[str, ...]
    key: tuple[str, ...]
    group: tuple[str, ...]
    adds: dict[str, str]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that field name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")


def sql_type(column: Column) -> str:
    """The DuckDB type a column is stored as."""
    return SQL_TYPES[column.type]


def _load() -> tuple[dict[str, Dataset], tuple[str, ...]]:
    declared = tomllib.loads(DECLARATIONS.read_text("utf-8"))
    datasets = {name: _dataset(name, entry, declared["choices"]) for name, entry in declared["datasets"].items()}
    return datasets, tuple(declared["personal"])


def _dataset(name: str, entry: dict, choices: dict) -> Dataset:
    columns = tuple(_column(column, choices) for column in entry["columns"])
    key = tuple(entry["key"])
    return Dataset(name, entry["zh"], entry["en"], tuple(entry["also"]), key, tuple(entry.get("group", key)),
                   entry["adds"], columns)


def _column(entry: dict, choices: dict) -> Column:
    named = {"choices": choices[entry["choices"]]} if "choices" in entry else {}
    return Column(**entry | {"also": tuple(entry.get("also", ()))} | named)


DATASETS, PERSONAL = _load()
