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
    `choices` canonical value → {zh, en, also}; `default` is the text an empty cell is read as ("" = stays empty),
    `defaults` the same by the value of another column (`by`); `refers` = dataset whose key it holds → SQL of the rows
    where it does, `must_exist` = an unknown one is an error; `daily` = which of a month's days holds for the month
    ("" = the days are added up); `percent` = 27% is a value of it, 0.27; `points` = 2% is one too, two points; `flips` = a
    file that has it with a minus throughout means the same without, `empty` = words that say that there is none."""

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
    defaults: dict | None = None
    refers: dict | None = None
    must_exist: bool = False
    daily: str = ""
    percent: bool = False
    points: bool = False
    flips: bool = False
    empty: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """What must hold within a row: `broken` is the SQL of a row that breaks it, `column` the one that is shown."""

    code: str
    column: str
    broken: str
    severity: str = "error"


@dataclass(frozen=True)
class Dataset:
    """One kind of table. `key` = the columns that make a row the same row later (empty: compared as a bag of rows);
    `group` = what a second upload replaces as a whole; `numbered` = the column that is the position within the group
    where it is empty; `theme` = what it adds to; `total` = the column that adds up to 1 `of` each value of another;
    `anonymous` = refused where a column identifies a person; `by_name` = only its name tells it, not its headers."""

    name: str
    zh: str
    en: str
    also: tuple[str, ...]
    theme: str
    key: tuple[str, ...]
    group: tuple[str, ...]
    adds: dict[str, str]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    numbered: str = ""
    total: dict | None = None
    anonymous: bool = False
    by_name: bool = False

    def column(self, name: str) -> Column:
        """The column of that field name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")


def sql_type(column: Column) -> str:
    """The DuckDB type a column is stored as."""
    return SQL_TYPES[column.type]


def _dataset(name: str, entry: dict, choices: dict) -> Dataset:
    read = {"also": tuple(entry["also"]), "key": tuple(entry["key"]), "group": tuple(entry.get("group", entry["key"])),
            "columns": tuple(_column(column, choices) for column in entry["columns"]),
            "rules": tuple(Rule(**rule) for rule in entry.get("rules", ()))}
    return Dataset(name, **entry | read)


def _column(entry: dict, choices: dict) -> Column:
    named = {"choices": choices[entry["choices"]]} if "choices" in entry else {}
    refers = entry.get("refers")
    known = {"refers": {refers: "true"} if isinstance(refers, str) else refers}
    listed = {name: tuple(entry.get(name, ())) for name in ("also", "empty")}
    return Column(**entry | listed | named | known)


_declared = tomllib.loads(DECLARATIONS.read_text("utf-8"))
DATASETS = {name: _dataset(name, entry, _declared["choices"]) for name, entry in _declared["datasets"].items()}
PERSONAL = tuple(_declared["personal"])
IDENTIFYING = tuple(_declared["identifying"])
IDENTIFYING_ALONE = tuple(_declared["identifying_alone"])
TELLING = tuple(_declared["telling"])
