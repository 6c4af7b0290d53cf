"""The typed rows of one dataset in a batch, from however many sheets, as the one parquet file that a store saves."""

from pathlib import Path

from core.datasets import Dataset, sql_type

# What tells one part's rows from another's beside the dataset's own columns.
TRACE = "_row, _part"


def stage(con, dataset: Dataset, parts: list[tuple[str, str, str]], path: Path, buyer_key: str) -> None:
    """Writes the parts (typed table, file, sheet), which share no rows, as one parquet file, buyers hashed."""
    for i, (_, file, sheet) in enumerate(parts):
        con.execute(f"set variable file_{i} = $said", {"said": file})
        con.execute(f"set variable sheet_{i} = $said", {"said": sheet})
    columns = [c.name for c in dataset.columns]
    con.execute("create or replace view united as " + " union all ".join(
        f"select {', '.join(columns)}, {TRACE}, {i} as _nth from {table}" for i, (table, _, _) in enumerate(parts)))
    source = _numbered(con, dataset) if dataset.numbered else "united"
    said = ", ".join(f"left(sha256($key || {c}), 32) as {c}" if c == "buyer_id" else c for c in columns)
    con.execute(f"copy (select {said}, {_by_part('file', len(parts))}, {_by_part('sheet', len(parts))}, {TRACE} from {source})"
                f" to '{str(path).replace(chr(39), chr(39) * 2)}' (format parquet, compression lz4)",
                {"key": buyer_key} if "buyer_id" in columns else None)


def _by_part(name: str, parts: int) -> str:
    """SQL: the file or sheet that a row's part came from; a constant where there is just one."""
    cases = "".join(f" when {i} then getvariable('{name}_{i}')" for i in range(1, parts))
    first = f"getvariable('{name}_0')"
    return (f"case _nth{cases} else {first} end" if cases else first) + f" as _{name}"


def _numbered(con, dataset: Dataset) -> str:
    """Rows without a number of their own take their position within the group over all files of the batch."""
    number, group, kind = dataset.numbered, ", ".join(dataset.group), sql_type(dataset.column(dataset.numbered))
    if not con.execute(f"select 1 from united group by {group} having count(*) > 1 limit 1").fetchone():
        # The usual export of one line an order: every position is the first.
        con.execute(f"create or replace view placed as select * replace (coalesce({number}, '1'::{kind}) as {number})"
                    " from united")
    elif con.execute(f"select count(*) = count({number}) from united").fetchone()[0]:
        return "united"
    else:
        con.execute(f"create or replace table placed as select * replace (coalesce({number}, (row_number() over (partition"
                    f" by {group} order by _nth, _row))::{kind}) as {number}) from united")
    return "placed"
