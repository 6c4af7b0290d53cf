"""CSV and TSV: bytes → rows. A block of lines that every reader takes alike goes to the fast parser; whatever is doubtful
goes to Python's own csv, and the rows are the same."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice, zip_longest
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow
import pyarrow.parquet as pq

from core.reader import encoding as encodings
from core.reader import sheet
from core.reader.sheet import Facts, Refusal

# Blocks hold no zero byte: a record of one after the last is swallowed only by a quote that is still open.
END = "\0"
BATCH = 20_000
MARKED = (b"\xe2\x80", b"\xe2\x81", b"\xef\xbb\xbf")


class Doubtful(Exception):
    """The fast way cannot be sure of the rows."""


def read(path: Path, target: Path, asked: str, told) -> dict:
    """Reads a text file into one parquet file: {encoding, parquet, columns, facts}; Refusal where it cannot be."""
    names = encodings.candidates(path, asked)
    for name in names:
        try:
            for way in (quick, exact):
                facts = Facts()
                try:
                    columns = way(lambda f=facts, n=name: encodings.blocks(path, n, f, told), target, facts)
                    break
                except Doubtful:
                    continue
        except UnicodeError:
            if name in ("utf-8", "gb18030") and not asked:
                encodings.explain(path, name)
            continue
        if name == "gb18030" and not asked:
            encodings.doubt(path, facts)
        return {"encoding": name, "parquet": target.name, "columns": columns, "facts": facts.listed()}
    raise Refusal("unknown_encoding")


def delimiter(text: str) -> str:
    """Comma, tab or semicolon: the one that the first lines hold most often outside quotes."""
    first = re.sub(r'"[^"]*"', "", "\n".join(text[:20_000].splitlines()[:20]))
    return max(",\t;", key=first.count)


def _shape(block: bytes) -> tuple[str, int]:
    """The delimiter and the number of cells of the longest of the first 100 lines."""
    text = block[:1 << 20].decode(errors="ignore")
    mark = delimiter(text)
    csv.field_size_limit(2 * encodings.LONGEST_LINE)
    rows = islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), 100)
    return mark, max((len(row) for row in rows if row), default=1)


def quick(blocks, target: Path, facts: Facts) -> int:
    """Writes the rows block by block and answers the number of columns; Doubtful where quoting or a wider row below
    leaves doubt about what the rows are."""
    streamed = blocks()
    first = next(streamed, b"")
    mark, width = _shape(first)
    used, row, last = 0, 1, 0
    cells, length = _cells(first, width, mark)
    repeating = sheet.alike(sheet.numbered(cells, 1, length))
    with sheet.writer(target, width, repeating) as out, ThreadPoolExecutor(1) as pool:
        written = pool.submit(int)
        for block in chain([first], streamed):
            cells, length = (cells, length) if block is first else _cells(block, width, mark)
            table = sheet.numbered(cells, row, length)
            last, used = _state(written, last, used)
            written = pool.submit(_append, out, table, facts, last, any(sign[:1] in block and sign in block for sign in MARKED))
            row += length
        last, used = _state(written, last, used)
    return _finished(target, used, facts)


def _state(written, last: int, used: int) -> tuple[int, int]:
    before = written.result()
    return (max(last, before[0]), max(used, before[1])) if before else (last, used)


def _cells(block: bytes, width: int, mark: str) -> tuple[list, int]:
    table = fast(block, width, mark)
    if table is not None:
        return table.columns, table.num_rows
    if b'"' in block:
        raise Doubtful
    # Without quotes a line is a row, so that a title above the table or a total below costs one block only.
    rows = list(csv.reader(io.StringIO(block.decode(), newline=""), delimiter=mark))
    if any(len(row) > width and any(row[width:]) for row in rows):
        raise Doubtful
    return _columns([row[:width] for row in rows], width), len(rows)


def fast(block: bytes, width: int, mark: str) -> pa.Table | None:
    """The rows of whole lines by the fast parser; None where lines and rows differ in number or length."""
    if not block.endswith(b"\n"):
        block += b"\n"
    if block.count(b'"') % 2:
        return None
    names = sheet.names(width)
    # A quoted line break must not fall between two blocks of the parser.
    size = len(block) + 1 if b'"' in block else 1 << 20
    try:
        table = arrow.read_csv(
            pa.BufferReader(block), arrow.ReadOptions(column_names=names, block_size=size),
            arrow.ParseOptions(delimiter=mark, ignore_empty_lines=False),
            arrow.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True,
                                 quoted_strings_can_be_null=True))
    except pa.ArrowInvalid:
        return None
    if table.num_rows != block.count(b"\n"):
        return None
    # A quote that is still open at the end takes the last line break with it.
    return None if (table.column(-1)[-1].as_py() or "").endswith("\n") else table


def exact(blocks, target: Path, facts: Facts) -> int:
    """The same by Python's csv, in two passes: the widest row, then the rows."""
    mark, width = _shape(next(blocks(), b""))
    width = max((len(row) for row in records(blocks(), mark, width) if row), default=1)
    facts.seen.clear()
    used, row, last = 0, 1, 0
    with sheet.writer(target, width) as out:
        rows = records(blocks(), mark, width)
        while batch := list(islice(rows, BATCH)):
            table = sheet.numbered(_columns(batch, width), row, len(batch))
            before = _append(out, table, facts, last, True)
            last, used, row = max(last, before[0]), max(used, before[1]), row + len(batch)
    return _finished(target, used, facts)


def records(blocks: Iterable[bytes], mark: str, width: int) -> Iterator[list[str]]:
    """Every record without its blank cells at the end. Refuses a quote that is never closed, or whose text holds lines
    that look like rows of the table: it has swallowed them."""
    csv.field_size_limit(2 * encodings.LONGEST_LINE)
    lines = chain.from_iterable(io.StringIO(block.decode(), newline="") for block in blocks)
    reader = csv.reader(chain(lines, [END]), delimiter=mark)
    held, begun = None, 1
    try:
        for row in reader:
            if held is not None:
                yield held
            start, begun, held = begun, reader.line_num + 1, row
            if begun - start > 2 and width > 2 and _swallowed(row, mark, width):
                raise Refusal("unclosed_quote", start)
            while row and not row[-1]:
                row.pop()
    except csv.Error:
        raise Refusal("unclosed_quote", begun) from None
    if held != [END]:
        raise Refusal("unclosed_quote", start)


def _swallowed(row: list[str], mark: str, width: int) -> bool:
    return any(line.count(mark) == width - 1 for cell in row if "\n" in cell for line in cell.splitlines()[1:-1])


def _columns(rows: list[list[str]], width: int) -> list[pa.Array]:
    columns = [pa.array(column, pa.string()) for column in zip_longest(*rows)]
    columns += [pa.nulls(len(rows), pa.string())] * (width - len(columns))
    return [pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column) for column in columns]


def _append(out: pq.ParquetWriter, table: pa.Table, facts: Facts, last: int, marked: bool) -> tuple[int, int] | None:
    """Writes a block's rows; answers the last row written and the number of columns that hold anything."""
    table = sheet.tidied(table, facts, marked)
    if not table.num_rows:
        return (last, 0)
    last = sheet.gaps(last, table.column(0), facts)
    out.write_table(table)
    return last, max(i for i, column in enumerate(table.columns) if column.null_count < len(column))


def _finished(target: Path, used: int, facts: Facts) -> int:
    """Refuses a sheet without a row; notes rows with more cells than the header."""
    with pq.ParquetFile(target) as opened:
        if not opened.metadata.num_rows:
            raise Refusal("empty_file")
        head = next(opened.iter_batches(30))
        row, width = sheet.header_of(pa.Table.from_batches([head]))
        if not 0 < width < used:
            return used
        for batch in opened.iter_batches(columns=["_row", *sheet.names(used)[width:]]):
            _longer(pa.Table.from_batches([batch]), row, width, facts)
    return used


def _longer(table: pa.Table, header: int, width: int, facts: Facts) -> None:
    table = table.filter(pc.greater(table.column(0), header))
    for row, *cells in zip(*(column.to_pylist() for column in sheet.without_blank(table).columns), strict=True):
        facts.add("extra_cells", str(row), next(cell for cell in cells if cell and cell.strip()))
