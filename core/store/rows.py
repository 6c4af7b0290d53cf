"""What a save and an undo do to the rows of one dataset, in SQL on a cursor whose transaction is the caller's.

All rows of all batches are kept in `rows.DATASET`; `_current` marks those that hold. What holds is a function of the
batches that are not undone, taken in their order. A row with a key ends earlier rows of its group; of rows without a key
the most that one batch holds count; and a batch that replaces its period ends every earlier row in it.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from core.datasets import Column, Dataset

SHOWN = 100

# A row of the same group ends another, except that daily rows of a month live beside each other.
ENDS = "(later._part = earlier._part or later._part = '' or earlier._part = '')"


@dataclass(frozen=True)
class Scope:
    """A file's own period of a dataset: months as `2026-07` or quarters as `2026Q3`, empty where its rows are not
    dated; `shop` and `team` where all rows of the file have the same one, else None."""

    months: list[str]
    shop: str | None
    team: str | None


@dataclass(frozen=True)
class Gone(Scope):
    """What is stored for a file's period but not in the file: `count` groups (for orders: orders; without a key:
    rows), the first 100 of them with their key columns, `_file` and `_row`."""

    count: int = 0
    rows: list[dict] = field(default_factory=list)


def names(dataset: Dataset) -> str:
    """The declared columns, as SQL."""
    return _listed(column.name for column in dataset.columns)


def _listed(columns) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _key(dataset: Dataset) -> str:
    """SQL: a number that two rows share if they are the same row."""
    return f"hash({_listed(dataset.key or [c.name for c in dataset.columns])}, _part)"


def _group(dataset: Dataset) -> str:
    """SQL: a number that two rows share if one replaces the other."""
    return f"hash({_listed(dataset.group)})" if dataset.key else _key(dataset)


def _version(dataset: Dataset) -> str:
    """SQL: a number that the rows share which one batch holds of a group: they end together."""
    return f"hash({_group(dataset)}, _part, _batch)"


def dated(dataset: Dataset) -> Column | None:
    """The column that tells a row's period: a month or quarter, else the first required time, else `date`."""
    for suits in (lambda c: c.type in ("month", "quarter"), lambda c: c.type == "datetime" and c.required,
                  lambda c: c.name == "date"):
        for column in filter(suits, dataset.columns):
            return column
    return None


def _month(column: Column) -> str:
    return f'"{column.name}"' if column.type in ("month", "quarter") else f"strftime(\"{column.name}\", '%Y-%m')"


def _places(dataset: Dataset) -> dict[str, str]:
    """shop and team → the dataset's column of that meaning, where it has one."""
    meanings = {"shop": "shop", "team_id": "team", "from_team": "team"}
    return {meanings[c.name]: c.name for c in dataset.columns if c.name in meanings}


def scope(cursor, dataset: Dataset, parquet: Path) -> Scope:
    """The period of staged rows."""
    column, places, months = dated(dataset), _places(dataset), []
    if column:
        cut = f'"{column.name}"' if column.type in ("month", "quarter") else f"date_trunc('month', \"{column.name}\")"
        cursor.execute(f"select distinct {_month(column)} as month from (select distinct {cut} as \"{column.name}\""
                       " from read_parquet(?)) where month is not null order by 1", [str(parquet)])
        months = [month for (month,) in cursor.fetchall()]
    one = {}
    for place, name in places.items():
        first, last, whole = cursor.execute(f'select min("{name}"), max("{name}"), count("{name}") = count(*)'
                                            " from read_parquet(?)", [str(parquet)]).fetchone()
        one[place] = first if whole and first == last else None
    return Scope(months, one.get("shop"), one.get("team"))


def _inside(dataset: Dataset, months: str, shop: str, team: str) -> str:
    """SQL: whether a row lies in the scope whose parts are named; never null."""
    given, column = {"shop": shop, "team": team}, dated(dataset)
    parts = [f"list_contains({months}, {_month(column)})"] if column else []
    parts += [f'({given[place]} is null or "{name}" = {given[place]})' for place, name in _places(dataset).items()]
    return f"coalesce({' and '.join(parts) or 'true'}, false)"


def _given(dataset: Dataset, period: Scope) -> dict:
    """The scope as parameters of `_inside(dataset, '$months', '$shop', '$team')`, only those that it names."""
    values = {"months": period.months} if dated(dataset) else {}
    return values | {place: getattr(period, place) for place in _places(dataset)}


def _asked(dataset: Dataset) -> str:
    return _inside(dataset, "$months::varchar[]", "$shop::varchar", "$team::varchar")


def compare(cursor, dataset: Dataset, parquet: Path):
    """A frame of _file, _sheet, inserted, updated, unchanged: how the staged rows stand to those that hold."""
    content = f"hash({names(dataset)}) as _content"
    if not holds_any(cursor, dataset):
        sql = ("select _file, _sheet, count(*) as inserted, 0::bigint as updated, 0::bigint as unchanged"
               " from read_parquet($path) group by all")
    elif dataset.key:
        sql = (f"with stored as (select {_key(dataset)} as _key, {content} from rows.{dataset.name} where _current),"
               f" incoming as (select _file, _sheet, {_key(dataset)} as _key, {content} from read_parquet($path))"
               " select _file, _sheet, count(*) filter (stored._key is null) as inserted,"
               " count(*) filter (stored._content <> incoming._content) as updated,"
               " count(*) filter (stored._content = incoming._content) as unchanged"
               " from incoming left join stored using (_key) group by all")
    else:
        sql = (f"with stored as {_stored_times(dataset)} select _file, _sheet,"
               " count(*) filter (_nth > coalesce(_times, 0)) as inserted, 0::bigint as updated,"
               f" count(*) filter (_nth <= _times) as unchanged from {_numbered(dataset)} left join stored using (_key)"
               " group by all")
    return cursor.execute(sql, {"path": str(parquet)}).df()


def holds_any(cursor, dataset: Dataset) -> bool:
    """Whether any row of the dataset holds."""
    return cursor.execute(f"select 1 from rows.{dataset.name} where _current limit 1").fetchone() is not None


def _stored_times(dataset: Dataset) -> str:
    """SQL, for datasets without a key: how often each content holds."""
    return f"(select {_key(dataset)} as _key, count(*) as _times from rows.{dataset.name} where _current group by _key)"


def _numbered(dataset: Dataset) -> str:
    """SQL, for datasets without a key: the staged rows, equal ones numbered from 1."""
    return (f"(select *, {_key(dataset)} as _key, row_number() over (partition by _key order by _file, _sheet, _row)"
            " as _nth from read_parquet($path))")


def gone(cursor, dataset: Dataset, parquet: Path, months: list[str] | None = None) -> Gone:
    """The rows of the staged rows' own period, or of the months or quarters named, that hold but are not among them."""
    period = scope(cursor, dataset, parquet)
    period = period if months is None else replace(period, months=months)
    if not holds_any(cursor, dataset):
        return Gone(period.months, period.shop, period.team)
    cursor.execute(f"create or replace temp table absent as {_absent(cursor, dataset, parquet)}",
                   {"path": str(parquet)} | _given(dataset, period))
    count = cursor.execute("select coalesce(sum(_times), 0)::bigint from absent").fetchone()[0]
    rows = cursor.execute(f"select * exclude (_key, _times) from absent order by _file, _row limit {SHOWN}")
    named = [column[0] for column in rows.description]
    return Gone(period.months, period.shop, period.team, count,
                [dict(zip(named, row, strict=True)) for row in rows.fetchall()])


def _absent(cursor, dataset: Dataset, parquet: Path) -> str:
    """SQL: one row for each group (without a key: each content) that holds in the scope but was not staged."""
    shown = ", ".join(f'any_value("{name}") as "{name}"' for name in dataset.group or [c.name for c in dataset.columns])
    shown += ", arg_min(_file, _row) as _file, min(_row) as _row"
    if not dataset.key:
        return (f"with stored as (select {_key(dataset)} as _key, count(*) as _held, {shown} from rows.{dataset.name}"
                f" where _current and {_asked(dataset)} group by _key),"
                f" incoming as (select {_key(dataset)} as _key, count(*) as _sent from read_parquet($path) group by _key)"
                " select * exclude (_held, _sent), _held - coalesce(_sent, 0) as _times from stored left join incoming"
                " using (_key) where _held > coalesce(_sent, 0)")
    return (f"select {_group(dataset)} as _key, {shown}, 1 as _times from rows.{dataset.name} as earlier"
            f" where _current and not {_staged_ends(cursor, dataset, parquet)}"
            f" group by _key, _part, _batch having bool_and({_asked(dataset)})")


def _staged_ends(cursor, dataset: Dataset, parquet: Path) -> str:
    """SQL: whether one of the staged rows ends the stored row `earlier`."""
    if not cursor.execute("select bool_or(_part <> '') from read_parquet(?)", [str(parquet)]).fetchone()[0]:
        return f"{_group(dataset)} in (select {_group(dataset)} from read_parquet($path))"
    return (f"exists (select 1 from (select distinct {_group(dataset)} as _key, _part from read_parquet($path)) as later"
            f" where later._key = {_group(dataset)} and {ENDS})")


def append(cursor, dataset: Dataset, parquet: Path, batch: int) -> None:
    """Adds the staged rows as a batch's; those they replace hold no longer."""
    place = {"path": str(parquet)}
    if dataset.key and holds_any(cursor, dataset):
        cursor.execute(f"update rows.{dataset.name} as earlier set _current = false"
                       f" where _current and {_staged_ends(cursor, dataset, parquet)}", place)
    chosen = f"{names(dataset)}, _file, _sheet, _row, _part, $batch::integer as _batch"
    if dataset.key:
        rows = f"select {chosen}, true as _current from read_parquet($path)"
    else:
        rows = (f"with stored as {_stored_times(dataset)} select {chosen}, _nth > coalesce(_times, 0) as _current"
                f" from {_numbered(dataset)} left join stored using (_key) order by _file, _sheet, _row")
    cursor.execute(f"insert into rows.{dataset.name} by name {rows}", place | {"batch": batch})


def end_period(cursor, dataset: Dataset, period: Scope, batch: int) -> None:
    """Ends what holds in a period, before the batch that replaces it is added, and keeps that it did."""
    cursor.execute("insert into meta.replaced values (?, ?, ?, ?, ?)",
                   [batch, dataset.name, period.months, period.shop, period.team])
    partly = (f" and {_version(dataset)} not in (select {_version(dataset)} from rows.{dataset.name}"
              f" where _current and not {_asked(dataset)})" if dataset.group != dataset.key else "")
    cursor.execute(f"update rows.{dataset.name} set _current = false where _current and {_asked(dataset)}{partly}",
                   _given(dataset, period))


# The periods that live batches replaced in dataset $name.
REPLACED = ("(select batch as _later, months as _months, shop as _shop, team as _team from meta.replaced"
            " where dataset = $name and batch in (select batch from meta.batches where undone_at is null))")


def take_back(cursor, dataset: Dataset, undone: int) -> None:
    """Sets `_current` anew where a batch has a say, from the batches that are live without it; the caller has marked
    it as undone."""
    table, inside, name = f"rows.{dataset.name}", _inside(dataset, "_months", "_shop", "_team"), {"name": dataset.name}
    cursor.execute(
        f"create or replace temp table touched as select {_group(dataset)} as _key from {table} where _batch = $undone"
        f" union select {_group(dataset)} from {table}, (select months as _months, shop as _shop, team as _team from"
        f" meta.replaced where dataset = $name and batch = $undone) where _batch < $undone and {inside}",
        name | {"undone": undone})
    cursor.execute(
        f"create or replace temp table live as select *, rowid as _place, {_group(dataset)} as _key, {_version(dataset)}"
        f" as _version from {table} where _batch in (select batch from meta.batches where undone_at is null)"
        f" and {_group(dataset)} in (from touched)")
    cursor.execute(f"create or replace temp table ended as select distinct _version from live join {REPLACED} as replaced"
                   f" on _later > _batch group by _version, _later having bool_and({inside})", name)
    cursor.execute(f"create or replace temp table held as {_holds(dataset)}")
    cursor.execute(f"update {table} set _current = not _current where _batch = $undone and _current"
                   " or rowid in (select _place from live where _current <> (_place in (from held)))", {"undone": undone})


def _holds(dataset: Dataset) -> str:
    """SQL: the places among temp table `live` of the rows that hold, `ended` being what a replaced period ended."""
    if dataset.key:
        return (f"select _place from live as earlier where _version not in (from ended) and not exists (select 1 from"
                f" live as later where later._key = earlier._key and later._batch > earlier._batch and {ENDS})")
    return ("with numbered as (select _place, _batch, _key, row_number() over (partition by _key, _batch"
            " order by _file, _sheet, _row) as _nth from live where _version not in (from ended))"
            " select _place from (select _place, _nth, coalesce(max(_nth) over (partition by _key order by _batch"
            " range between unbounded preceding and 1 preceding), 0) as _before from numbered) where _nth > _before")
