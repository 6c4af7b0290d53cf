"""The one place that opens DuckDB and writes: batches, undo, versions, locks.

Each upload's rows are all kept with their batch in `rows.DATASET`; `_current` marks those that hold now. What holds is
a function of the batches that are not undone: the latest row of each group, and for datasets without a key the
largest number of equal rows that one batch holds. So an undo is exactly as if the batch had never been saved.
"""

import json
import shutil
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import duckdb

from core.datasets import DATASETS, Dataset, sql_type

TRACE = "_batch INTEGER, _file VARCHAR, _sheet VARCHAR, _row INTEGER"
HIDDEN = "_group UBIGINT, _key UBIGINT, _hash UBIGINT, _part VARCHAR, _current BOOLEAN"

TEAM_TREE = """create or replace view team_tree as
with recursive ids as (
    select team_id from teams union select parent_team from teams union select team_id from employees
    union select team_id from order_lines union select team_id from team_months
    union select team_id from nps_responses union select from_team from requests),
tree(ancestor, team_id) as (
    select team_id, team_id from ids where team_id is not null
    union
    select teams.parent_team, tree.team_id from tree join teams on teams.team_id = tree.ancestor
    where teams.parent_team is not null)
select ancestor, team_id from tree"""

# An order line without a team takes it from `ownership`: SKU before shop before channel, the later from_date first.
ORDER_LINES = """create or replace view order_lines as
with spans as (
    select *, lead(from_date) over (partition by sku_id, shop, channel order by from_date nulls first) as next_from
    from ownership),
homeless as (
    select distinct sku_id, shop, channel, paid_at::date as day, hash(sku_id, shop, channel, paid_at::date) as place
    from orders where team_id is null),
found as (
    select homeless.place, spans.team_id, row_number() over (
        partition by homeless.place
        order by spans.sku_id is null, spans.shop is null, spans.channel is null,
                 spans.from_date desc nulls last) as choice
    from homeless join spans
      on (spans.sku_id is null or spans.sku_id = homeless.sku_id)
     and (spans.shop is null or spans.shop = homeless.shop)
     and (spans.channel is null or spans.channel = homeless.channel)
     and (spans.from_date is null or spans.from_date <= homeless.day)
     and (spans.to_date is null or spans.to_date >= homeless.day)
     and (spans.next_from is null or spans.next_from > homeless.day))
select orders.* replace (coalesce(orders.team_id, found.team_id) as team_id)
from orders left join (select place, team_id from found where choice = 1) as found
  on case when orders.team_id is null then hash(orders.sku_id, orders.shop, orders.channel, orders.paid_at::date) end
     = found.place"""


class StoreError(Exception):
    """The database cannot be opened or written; the message names the place and the way out."""


@dataclass(frozen=True)
class Store:
    """One company's database: `path` is its file, `folder` its data folder."""

    path: Path
    folder: Path
    connection: duckdb.DuckDBPyConnection

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for one thread's call (one connection is not safe between threads)."""
        return self.connection.cursor()

    def stage_folder(self) -> Path:
        """Where files may be laid for the database to read; inside the data folder, made if absent, emptied when the
        database is opened."""
        stage = self.folder / "stage" / self.path.stem
        stage.mkdir(parents=True, exist_ok=True)
        return stage

    def version(self) -> int:
        """A number that grows with every save, undo, plan and release: the key of everything cached."""
        return self.cursor().execute(
            "select (select count(*) + count(undone_at) from meta.batches) + (select count(*) from meta.plans)"
            " + (select count(*) from meta.releases)").fetchone()[0]

    def batches(self) -> list[dict]:
        """Every batch ever saved, newest first: batch, saved_at, undone_at, files."""
        found = self.cursor().execute(
            "select batch, saved_at, undone_at, files from meta.batches order by batch desc").fetchall()
        return [{"batch": b, "saved_at": at, "undone_at": undone, "files": json.loads(files)}
                for b, at, undone, files in found]

    def counts(self) -> dict[str, int]:
        """Current rows per dataset, in the order of the datasets."""
        cursor = self.cursor()
        return {name: cursor.execute(f"select count(*) from main.{name}").fetchone()[0] for name in DATASETS}

    def compare(self, staged: dict[str, Path]) -> dict:
        """Per dataset a frame of _file, _sheet, inserted, updated, unchanged: what saving would do. Saves nothing."""
        cursor, answer = self.cursor(), {}
        for name, parquet in staged.items():
            _incoming(cursor, DATASETS[name], parquet)
            answer[name] = cursor.execute(_comparison(DATASETS[name])).df()
        return answer

    def save(self, staged: dict[str, Path], files: list[dict]) -> int:
        """Saves all staged rows as one batch in one transaction and returns its number."""
        cursor = self.cursor()
        cursor.begin()
        try:
            batch = cursor.execute("select coalesce(max(batch), 0) + 1 from meta.batches").fetchone()[0]
            cursor.execute("insert into meta.batches values (?, ?, null, ?, ?)",
                           [batch, datetime.now(), json.dumps(files, ensure_ascii=False, default=str),
                            json.dumps(sorted(staged))])
            for name, parquet in staged.items():
                _incoming(cursor, DATASETS[name], parquet)
                _append(cursor, DATASETS[name], batch)
            cursor.commit()
        except BaseException:
            cursor.rollback()
            raise
        return batch

    def undo(self, batch: int) -> None:
        """Takes a batch back, later ones staying right. StoreError where there is no such live batch."""
        cursor = self.cursor()
        row = cursor.execute("select datasets from meta.batches where batch = ? and undone_at is null",
                             [batch]).fetchone()
        if not row:
            raise StoreError(f"批次 {batch} 不存在或已撤销 · there is no batch {batch} to undo")
        cursor.begin()
        try:
            cursor.execute("update meta.batches set undone_at = ? where batch = ?", [datetime.now(), batch])
            for name in json.loads(row[0]):
                _settle_current(cursor, DATASETS[name], batch)
            cursor.commit()
        except BaseException:
            cursor.rollback()
            raise

    def plans(self) -> list[dict]:
        """Every saved plan version, oldest first: version, effective_from, saved_at, reason, document (TOML)."""
        return self.cursor().execute("select * from meta.plans order by version").df().to_dict("records")

    def save_plan(self, document: str, effective_from: date, reason: str) -> int:
        """Stores a checked plan document as a new version with its first day and returns the version."""
        cursor = self.cursor()
        cursor.execute("insert into meta.plans select coalesce(max(version), 0) + 1, ?, ?, ?, ? from meta.plans",
                       [effective_from, datetime.now(), reason, document])
        return cursor.execute("select max(version) from meta.plans").fetchone()[0]

    def releases(self, quarter: str) -> dict[str, str]:
        """The latest release of each person's pending pay in a quarter: employee_id → answer."""
        return dict(self.cursor().execute(
            "select employee_id, arg_max(answer, released_at) from meta.releases where quarter = ? group by all",
            [quarter]).fetchall())

    def release(self, quarter: str, employees: list[str], answer: str, reason: str) -> None:
        """Records how missing figures of these people are treated in a quarter, with the reason."""
        rows = [[quarter, employee, answer, reason, datetime.now()] for employee in employees]
        self.cursor().executemany("insert into meta.releases values (?, ?, ?, ?, ?)", rows)


@cache
def open(path: Path) -> Store:  # noqa: A001 - `store.open` reads as what it does
    """The store of a database file, made if absent; one per process and path. StoreError where it is in use."""
    path = Path(path)
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(str(path))
    except (OSError, duckdb.IOException) as error:
        raise StoreError(_why_not_opened(path, error)) from error
    shutil.rmtree(folder / "stage" / path.stem, ignore_errors=True)
    _harden(connection, folder)
    _create(connection)
    return Store(path, folder, connection)


def _why_not_opened(path: Path, error: Exception) -> str:
    if "lock" in str(error).lower():
        return (f"{path.name}：正被另一个程序使用（通常是正在运行的网页）。请先关闭它，或用 --db 指定另一个库。 · "
                f"{path.name} is in use by another program (usually the running app). Close it, or name another --db.")
    return f"{path.name}：无法打开，请检查文件夹权限与磁盘空间。 · cannot be opened; check folder rights and disk space."


def _harden(connection, folder: Path) -> None:
    """No file outside the data folder, no extension, no network; the order matters, the lock comes last."""
    connection.execute("set allowed_directories = [" + "'" + str(folder.resolve()).replace("'", "''") + "/']")
    for setting in ("memory_limit = '4GB'", "threads = 2", "autoinstall_known_extensions = false",
                    "autoload_known_extensions = false", "python_enable_replacements = false",
                    "enable_external_access = false", "lock_configuration = true"):
        connection.execute(f"set {setting}")


def _create(connection) -> None:
    for schema in ("rows", "meta"):
        connection.execute(f"create schema if not exists {schema}")
    connection.execute("create table if not exists meta.batches (batch INTEGER, saved_at TIMESTAMP,"
                       " undone_at TIMESTAMP, files VARCHAR, datasets VARCHAR)")
    connection.execute("create table if not exists meta.plans (version INTEGER, effective_from DATE,"
                       " saved_at TIMESTAMP, reason VARCHAR, document VARCHAR)")
    connection.execute("create table if not exists meta.releases (quarter VARCHAR, employee_id VARCHAR,"
                       " answer VARCHAR, reason VARCHAR, released_at TIMESTAMP)")
    for name, dataset in DATASETS.items():
        declared = ", ".join(f"{c.name} {sql_type(c)}" for c in dataset.columns)
        connection.execute(f"create table if not exists rows.{name} ({declared}, {TRACE}, {HIDDEN})")
        connection.execute(f"create or replace view main.{name} as select {_names(dataset)}, _batch, _file, _sheet,"
                           f" _row from rows.{name} where _current")
    connection.execute(ORDER_LINES)
    connection.execute(TEAM_TREE)


def _names(dataset: Dataset) -> str:
    return ", ".join(column.name for column in dataset.columns)


def _hash(names: tuple[str, ...]) -> str:
    return f"hash(row({', '.join(names)}))" if names else "0::UBIGINT"


def _incoming(cursor, dataset: Dataset, parquet: Path) -> None:
    """The staged rows as temp table `incoming`, with the hashes of their group, key and content."""
    content = _hash(tuple(c.name for c in dataset.columns) + ("_part",))
    group = _hash(dataset.group) if dataset.key else content
    key = _hash(dataset.key + ("_part",)) if dataset.key else content
    cursor.execute(
        f"create or replace temp table incoming as select {_names(dataset)}, _file, _sheet, _row,"
        f" {group} as _group, {key} as _key, {content} as _hash, _part,"
        f" row_number() over (partition by {key} order by _file, _sheet, _row) as _nth"
        " from read_parquet(?)", [str(parquet)])


def _comparison(dataset: Dataset) -> str:
    stored = (f"select _key, any_value(_hash) as _hash, count(*) as times from rows.{dataset.name}"
              " where _current group by _key")
    same = "stored._hash = incoming._hash" if dataset.key else "stored.times >= incoming._nth"
    new = "stored._key is null" if dataset.key else "(stored._key is null or stored.times < incoming._nth)"
    return (f"select _file, _sheet, count(*) filter (where {new}) as inserted,"
            f" count(*) filter (where not {new} and not {same}) as updated,"
            f" count(*) filter (where not {new} and {same}) as unchanged"
            f" from incoming left join ({stored}) as stored using (_key) group by all")


# A row of the same group ends another, except that daily rows of a month live beside each other.
ENDS = "(later._part = earlier._part or later._part = '' or earlier._part = '')"


def _append(cursor, dataset: Dataset, batch: int) -> None:
    table = f"rows.{dataset.name}"
    current = "true"
    if dataset.key:
        cursor.execute(f"update {table} as earlier set _current = false where _current and exists (select 1 from"
                       f" incoming as later where later._group = earlier._group and {ENDS})")
    else:
        current = (f"_nth > coalesce((select count(*) from {table} as stored"
                   " where stored._current and stored._key = incoming._key), 0)")
    cursor.execute(f"insert into {table} select {_names(dataset)}, ?, _file, _sheet, _row, _group, _key, _hash,"
                   f" _part, {current} from incoming order by _file, _sheet, _row", [batch])


def _settle_current(cursor, dataset: Dataset, undone: int) -> None:
    """Sets `_current` anew for the groups of an undone batch, from the batches that are still live."""
    table = f"rows.{dataset.name}"
    cursor.execute(f"create or replace temp table touched as select distinct _group from {table} where _batch = ?",
                   [undone])
    cursor.execute(
        f"create or replace temp table live as select stored.*, stored.rowid as place from {table} as stored"
        " join meta.batches on batch = _batch and undone_at is null where _group in (from touched)")
    if dataset.key:
        holds = ("select place from live as earlier where not exists (select 1 from live as later"
                 f" where later._group = earlier._group and later._batch > earlier._batch and {ENDS})")
    else:
        holds = ("with numbered as (select place, _batch, _key,"
                 " row_number() over (partition by _key, _batch order by _file, _sheet, _row) as nth from live)"
                 " select place from (select place, nth, coalesce(max(nth) over (partition by _key order by _batch"
                 " range between unbounded preceding and 1 preceding), 0) as before from numbered)"
                 " where nth > before")
    cursor.execute(f"create or replace temp table held as {holds}")
    cursor.execute(f"update {table} set _current = rowid in (from held) where _group in (from touched)")
