"""Rows of text → one parquet file a sheet, and the facts that any kind of sheet can have."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

MOST_COLUMNS = 2_000
MOST_CELLS = 60_000_000
LONGEST_CELL = 32_767
MOST_FACTS = 1_000
INVISIBLE = "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
# A header's cell says what a column is; one that begins like a number, a sum or a date is data.
DATA = re.compile(r"[-+(]?[\d¥￥$£€.]")


class Refusal(Exception):
    """The file cannot be read: the code of the problem, and the line of the file where it lies ("" for all of it)."""

    def __init__(self, code: str, cell: str | int = ""):
        super().__init__(code)
        self.code, self.cell = code, str(cell)


@dataclass
class Facts:
    """What was seen, by code: the first 1,000 places of each, and one entry that counts the others."""

    seen: dict[str, list] = field(default_factory=dict)

    def add(self, code: str, cell: str = "", value: str = "", count: int = 1) -> None:
        found = self.seen.setdefault(code, [])
        if len(found) <= MOST_FACTS:
            found.append([code, cell, value[:100], count])
        else:
            found[-1][3] += count

    def listed(self) -> list[list]:
        return [fact for found in self.seen.values() for fact in found]


def letter(index: int) -> str:
    """The spreadsheet's name of a column: 0 → A, 26 → AA."""
    name = ""
    while index >= 0:
        name, index = chr(65 + index % 26) + name, index // 26 - 1
    return name


def names(width: int) -> list[str]:
    return [f"c{i}" for i in range(width)]


def schema(width: int) -> pa.Schema:
    return pa.schema([("_row", pa.int32())] + [(name, pa.string()) for name in names(width)])


def numbered(cells: list, first: int, length: int) -> pa.Table:
    """Columns of text and the number of their first row → a table as it is written."""
    return pa.Table.from_arrays([pa.arange(first, first + length).cast(pa.int32()), *cells], schema=schema(len(cells)))


def tidied(table: pa.Table, facts: Facts, marked: bool = True) -> pa.Table:
    """The table without blank rows, no cell longer than a spreadsheet's; notes long cells and invisible signs (the
    latter not where the caller knows that there are none)."""
    table = without_blank(table)
    for index, name in enumerate(table.column_names[1:]):
        column = table[name]
        if (pc.max(pc.binary_length(column)).as_py() or 0) > LONGEST_CELL:
            table = table.set_column(index + 1, name, _shortened(table, index, facts))
        if marked:
            _invisible(table, index, facts)
    return table


def without_blank(table: pa.Table) -> pa.Table:
    """The rows in which some cell beside the row number is not blank."""
    kept = None
    for column in table.columns[1:]:
        here = pc.invert(pc.utf8_is_space(column)).fill_null(False)
        kept = here if kept is None else pc.or_(kept, here)
        if pc.all(kept).as_py():
            return table
    return table.filter(kept)


def _shortened(table: pa.Table, index: int, facts: Facts) -> pa.ChunkedArray:
    column = table.column(index + 1)
    long = pc.greater(pc.utf8_length(column), LONGEST_CELL)
    for row, text in zip(*(table.filter(long.fill_null(False)).column(i).to_pylist() for i in (0, index + 1)), strict=True):
        facts.add("cell_too_long", f"{letter(index)}{row}", text[:20] + "…")
    return pc.utf8_slice_codeunits(column, 0, LONGEST_CELL)


def _invisible(table: pa.Table, index: int, facts: Facts) -> None:
    """One fact for the sheet: the first cell with an invisible sign and how many cells have one."""
    column = table.column(index + 1)
    if pc.all(pc.string_is_ascii(column)).as_py() in (True, None):
        return
    marked = table.filter(pc.match_substring_regex(column, f"[{INVISIBLE}]").fill_null(False))
    if not marked.num_rows:
        return
    row, text = marked.column(0)[0].as_py(), marked.column(index + 1)[0].as_py()
    place, shown = f"{letter(index)}{row}", re.sub(f"[{INVISIBLE}]", "·", text)
    if "invisible_characters" in facts.seen:
        facts.seen["invisible_characters"][0][3] += marked.num_rows
    else:
        facts.add("invisible_characters", place, shown, marked.num_rows)


def header_of(table: pa.Table) -> tuple[int, int]:
    """Row number and width of what looks like the header among the first 30 rows: the widest row in which no cell is
    blank and none begins like a number; (0, 0) where no row does."""
    best = (0, 0)
    for row, *cells in zip(*(column.to_pylist() for column in table.slice(0, 30).columns), strict=True):
        while cells and not (cells[-1] or "").strip():
            cells.pop()
        full = all((cell or "").strip() and not DATA.match(cell.strip()) for cell in cells)
        if full and len(cells) > max(best[1], 1):
            best = (row, len(cells))
    return best


def gaps(before: int, rows: pa.ChunkedArray, facts: Facts) -> int:
    """Counts the rows left out between the row `before` (0: none yet) and these; answers the last of them."""
    first, last = rows[0].as_py(), rows[-1].as_py()
    start = before or first - 1
    blank = last - start - len(rows)
    if blank and "blank_rows" in facts.seen:
        facts.seen["blank_rows"][0][3] += blank
    elif blank:
        after = pa.concat_arrays([pa.array([start], pa.int32()), *rows.chunks])
        wide = pc.index(pc.greater(pc.subtract(after[1:], after[:-1]), 1), True).as_py()
        facts.add("blank_rows", str(after[wide].as_py() + 1), count=blank)
    return last


def writer(target: Path, width: int, alike: list[str] | bool = True) -> pq.ParquetWriter:
    """A parquet file of that many columns; `alike` names those whose cells repeat (writing a list of them for cells that
    differ would take twice the time)."""
    if width > MOST_COLUMNS:
        raise Refusal("oversized_file")
    return pq.ParquetWriter(target, schema(width), compression="lz4", use_dictionary=alike)


def alike(table: pa.Table) -> list[str]:
    """The columns in whose first rows at most half the cells differ."""
    head = table.slice(0, 4_000)
    return [name for name in head.column_names[1:] if pc.count_distinct(head[name]).as_py() * 2 <= head.num_rows]
