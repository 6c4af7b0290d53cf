"""Rows that two sheets or files of one upload both hold: the same is taken once, and what differs is never chosen silently."""

from core.datasets import Dataset
from core.importing.match import Match
from core.importing.type_rows import SHOWN, address, label, problem
from core.importing.upload import Sheet

# So few rows may be alike by chance.
FEW = 3
# Daily rows live beside each other; the row of the whole month lives beside none.
MEETS = "(later._part = earlier._part or later._part = '' or earlier._part = '')"


def overlaps(con, dataset: Dataset, parts: list[tuple[str, Sheet, Match]], lang: str) -> dict[str, list[int]]:
    """Takes rows that an earlier part holds alike out of the typed tables, counted as skipped, with a note; answers by table
    the rows that differ from an earlier part's of the same key, each an error that names both places. An order whose lines
    have no numbers is compared as a whole; of a dataset without a key only whole sheets are, with a warning."""
    if len(parts) < 2:
        return {}
    con.execute("create or replace view united as " + " union all ".join(
        f"select {', '.join(c.name for c in dataset.columns)}, _row, _part, {i} as _nth from {table}"
        for i, (table, _, _) in enumerate(parts)))
    if not dataset.key:
        _copies(con, dataset, parts, lang)
        return {}
    whole = bool(dataset.numbered) and con.execute(f"select count(*) > count({dataset.numbered}) from united").fetchone()[0]
    key = dataset.group if whole else dataset.key
    if not _meet(con, dataset, key, whole):
        return {}
    _same(con, key, dataset, parts, lang)
    return _different(con, key, dataset, parts, lang)


def _meet(con, dataset: Dataset, key: tuple[str, ...], whole: bool) -> bool:
    """Table `met`: each row (each order, if `whole`) of a later part whose key an earlier one holds: its part, its rows, the
    first row of the earliest such part, whether they are alike. Answers whether there is any."""
    keyed, content = f"hash({', '.join(key)})", f"hash(row({', '.join(c.name for c in dataset.columns)}))"
    con.execute(f"create or replace table shared as select {keyed} as _key from united group by 1 having min(_nth) <> max(_nth)")
    if not con.execute("select 1 from shared limit 1").fetchone():
        return False
    chosen = (f"min(_row) as _row, list(_row) as _rows, '' as _part, hash(count(*), sum({content})) as _content" if whole
              else f"_row, [_row] as _rows, _part, {content} as _content")
    con.execute(f"create or replace table meeting as select _nth, {keyed} as _key,"
                f" concat_ws(' + ', {', '.join(f'{name}::varchar' for name in key)}) as _said, {chosen} from united"
                f" where {keyed} in (from shared){' group by all' if whole else ''}")
    con.execute("create or replace table met as select later._nth, later._row, later._rows, later._said, min(struct_pack("
                "nth := earlier._nth, line := earlier._row, differs := earlier._content <> later._content"
                " or earlier._part <> later._part)) as first from meeting as later join meeting as earlier on"
                f" later._key = earlier._key and earlier._nth < later._nth and {MEETS} group by all")
    return True


def _place(part: tuple[str, Sheet, Match], column: str | None, row: int, full: bool = False) -> str:
    _, sheet, found = part
    said = address(sheet.sheet, found.columns.get(column), row)
    return f"{sheet.file} › {said}" if full else said


def _shown(key: tuple[str, ...], part: tuple[str, Sheet, Match]) -> str | None:
    return next((name for name in key if name in part[2].columns), None)


def _same(con, key: tuple[str, ...], dataset: Dataset, parts: list, lang: str) -> None:
    """Repeated rows leave their table; one note for each two sheets."""
    found = con.execute("select _nth, first.nth, min(struct_pack(line := _row, first := first.line)), sum(len(_rows))::bigint"
                        " from met where not first.differs group by all order by 1, 2").fetchall()
    for nth, earlier, place, count in found:
        table, sheet, _ = parts[nth]
        con.execute(f"delete from {table} where _row in (select unnest(_rows) from met where _nth = {nth}"
                    f" and first.nth = {earlier} and not first.differs)")
        sheet.skipped += count
        sheet.issues.append(problem("same_elsewhere", "note", lang, count=count,
                                    cell=_place(parts[nth], _shown(key, parts[nth]), place["line"]),
                                    first=_place(parts[earlier], _shown(key, parts[earlier]), place["first"], True)))


def _different(con, key: tuple[str, ...], dataset: Dataset, parts: list, lang: str) -> dict[str, list[int]]:
    """An error for each row (order) that an earlier sheet tells differently; answers their rows by table."""
    refused = {}
    for nth in [n for (n,) in con.execute("select distinct _nth from met where first.differs order by 1").fetchall()]:
        table, sheet, _ = parts[nth]
        shown = _shown(key, parts[nth])
        named = " + ".join(label(dataset.column(name), lang) for name in key)
        units = con.execute("select _row, _said, first.nth, first.line, _rows, count(*) over () from met where _nth = ? and"
                            " first.differs order by _row", [nth]).fetchall()
        for row, value, earlier, first, *_ in units[:SHOWN]:
            sheet.issues.append(problem(
                "other_elsewhere", "error", lang, cell=_place(parts[nth], shown, row), column=named, value=value,
                first=_place(parts[earlier], _shown(key, parts[earlier]), first, True)))
        if len(units) > SHOWN:
            sheet.issues.append(problem("more_of_the_same", "error", lang, column=named, count=len(units) - SHOWN))
        refused[table] = sorted(row for unit in units for row in unit[4])
    return refused


def _copies(con, dataset: Dataset, parts: list, lang: str) -> None:
    """Of rows without a key: a sheet that equals an earlier one is taken once; one that another holds too is named."""
    content = f"hash(row({', '.join(c.name for c in dataset.columns)}, _part))"
    con.execute(f"create or replace table bag as select _nth, {content} as _content, count(*) as _times from united group by all")
    found = con.execute(
        "with sizes as (select _nth, sum(_times)::bigint as _size from bag group by all), common as (select a._nth as x,"
        " b._nth as y, sum(least(a._times, b._times)) as _both from bag as a join bag as b using (_content)"
        " where a._nth <> b._nth group by all) select x, min(y), mine._size, arg_min(other._size, y) from common"
        " join sizes as mine on mine._nth = x join sizes as other on other._nth = y"
        " where _both = mine._size and (other._size > mine._size or y < x) group by x, mine._size order by x").fetchall()
    for nth, other, size, others in found:
        table, sheet, _ = parts[nth]
        first = " › ".join(filter(None, (parts[other][1].file, parts[other][1].sheet)))
        copied = size == others and size >= FEW
        if copied:
            con.execute(f"delete from {table}")
            sheet.skipped += size
        elif size < FEW and size < others:
            continue
        sheet.issues.append(problem("sheet_copied" if copied else "sheet_contained", "warning", lang, count=size,
                                    value=sheet.sheet or sheet.file, first=first))
