""".xlsx and .xls → rows. What the cell reader cannot be trusted with is looked up in the XML: a far cell before it is
asked, then errors, formulas without a value, long numbers, booleans."""

import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from core.reader import sheet
from core.reader.kinds import BROKEN, MOST_BYTES, MOST_RATIO, SMALL, pieces
from core.reader.sheet import Facts, Refusal

MOST_PARTS = 5_000
LAST_ROW = 1_048_576
# Every letter → A, every digit → 0: a far address of any writing is found by one search each.
FOLDED = bytes(48 if chr(i).isdigit() else 65 if chr(i).isalpha() and i < 128 else 34 if i == 39 else i for i in range(256))
PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d+)["']""")
CELL = rb"""<c\s([^>]*)>\s*"""
ERROR = re.compile(CELL + rb"(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?\s*<v>([^<]*)</v>")
UNCOMPUTED = re.compile(CELL + rb"<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
KIND = re.compile(rb"""\st\s*=\s*["'](\w+)""")
LONG = r"^-?(\d+\.\d{9}|\d{16,}(\.\d+)?|\d{8,}\.\d{6,})$"
EXACT = re.compile(rb"<v>(-?\d*\.\d{9,}|-?[\d.]{16,}|-?[\d.]+[eE][-+]?\d+)</v>")
EXACT_OR_BOOLEAN = re.compile(EXACT.pattern.replace(b")</v>", b"|[01])</v>"))


def parts(path: Path) -> list[dict]:
    """The sheets of an .xlsx in order, each with name, part, state and size; refuses what would take the reader's memory
    or carry more than data, before any of it is unpacked."""
    try:
        with zipfile.ZipFile(path) as packed:
            found = {entry.filename.lower().lstrip("/"): entry for entry in packed.infolist()}
            _pre_flight(packed, found, path.stat().st_size)
            return list(_sheets(packed, found))
    except (*BROKEN, KeyError, ElementTree.ParseError) as error:
        raise Refusal("broken_file") from error


def _pre_flight(packed: zipfile.ZipFile, found: dict, size: int) -> None:
    entries = packed.infolist()
    if any("vbaproject" in name or "macrosheets/" in name for name in found):
        raise Refusal("macro_file")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refusal("encrypted_file")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_BYTES or len(entries) > MOST_PARTS or (unpacked > SMALL and unpacked / size > MOST_RATIO):
        raise Refusal("oversized_file")
    if len(found) < len(entries):
        raise Refusal("broken_file")
    for name, entry in found.items():
        if name.endswith((".xml", ".rels", ".vml")):
            _prolog(packed, entry)
    if any(name.startswith("xl/externallinks/") and name.endswith(".xml") for name in found):
        raise Refusal("external_links")


def _prolog(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuses XML that declares entities, or in an encoding in which we could not see it."""
    with packed.open(entry) as part:
        start = part.read(65_536)
    # What stands before the root element; a prolog of 64 KB hides something.
    before = re.match(rb"(?s)(?:\xef\xbb\xbf)?(?>\s+|<!--.*?-->|<\?.*?\?>)*+(?=<[A-Za-z_])", start)
    if start and before is None:
        raise Refusal("broken_file")


def _xml(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> ElementTree.Element:
    if entry.file_size > SMALL:
        raise Refusal("oversized_file")
    return ElementTree.fromstring(packed.read(entry))


def _sheets(packed: zipfile.ZipFile, found: dict) -> Iterator[dict]:
    relations = _xml(packed, found["xl/_rels/workbook.xml.rels"])
    targets = {r.get("Id"): (r.get("Target", ""), r.get("Type", "")) for r in relations}
    book = _xml(packed, found["xl/workbook.xml"])
    since_1904 = any(e.tag.endswith("}workbookPr") and e.get("date1904") in ("1", "true", "on") for e in book.iter())
    for entry in book.iter():
        if not entry.tag.endswith("}sheet"):
            continue
        target, kind = targets.get(next((v for k, v in entry.attrib.items() if k.endswith("}id")), ""), ("", ""))
        part = (target if target.startswith("/") else f"xl/{target}").lstrip("/").lower()
        yield {"name": entry.get("name", ""), "hidden": entry.get("state", "visible") != "visible", "part": found.get(part),
               "cells": kind.endswith("/worksheet"), "1904": since_1904}


def read(path: Path, folder: Path, told) -> list[dict]:
    """Reads each sheet that holds anything into a parquet file: {name, hidden, parquet, columns, facts}."""
    packed = zipfile.is_zipfile(path)
    listed = parts(path) if packed else None
    try:
        book = fastexcel.read_excel(str(path))
    except Exception as error:
        raise Refusal("encrypted_file" if "password" in str(error).lower() else "broken_file") from error
    sheets = []
    for index, name in enumerate(book.sheet_names):
        told((index + 0.2) / len(book.sheet_names))
        part = listed[index] if listed and index < len(listed) else None
        if part and not part["cells"]:
            continue
        facts = Facts()
        written = _sheet(path, book, index, part, folder / f"{index}.parquet", facts)
        if written:
            sheets.append({"name": name, "facts": facts.listed()} | written)
    if not sheets:
        raise Refusal("empty_file")
    return sheets


def _sheet(path: Path, book, index: int, part: dict | None, target: Path, facts: Facts) -> dict | None:
    with ThreadPoolExecutor(1) as beside:
        scan = beside.submit(_scan, path, part["part"], facts) if part and part["part"] else beside.submit(dict)
        # A far cell makes the cell reader abort: a sheet of usual size is looked through before, a big one meanwhile.
        if part and part["part"] and part["part"].file_size < SMALL:
            scan.result()
        try:
            loaded = book.load_sheet(index, header_row=None, dtypes="string", skip_rows=0)
            table = loaded.to_arrow()
        except Exception as error:
            scan.result()
            raise Refusal("broken_file") from error
        merged = scan.result()
    if not table.num_columns or not table.num_rows:
        return None
    shift = loaded.available_columns()[0].absolute_index
    if shift + table.num_columns > sheet.MOST_COLUMNS or table.num_columns * table.num_rows > sheet.MOST_CELLS:
        raise Refusal("oversized_file")
    columns = [pa.nulls(table.num_rows, pa.string())] * shift + [_empty(column) for column in table.columns]
    table = sheet.numbered(columns, 1, table.num_rows)
    table = corrected(table, path, part and part["part"])
    return _written(table, loaded, part, merged or [], target, facts)


def _empty(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _written(table: pa.Table, loaded, part: dict | None, merged: list, target: Path, facts: Facts) -> dict | None:
    table = sheet.tidied(_clock(table), facts)
    while table.num_columns > 1 and table.columns[-1].null_count == table.num_rows:
        table = table.remove_column(table.num_columns - 1)
    if not table.num_rows or table.num_columns == 1:
        return None
    sheet.gaps(0, table.column(0), facts)
    hidden = part["hidden"] if part else loaded.visible != "visible"
    if hidden:
        facts.add("hidden_sheet", value=loaded.name)
    if part and part["1904"]:
        facts.add("dates_1904")
    header, _ = sheet.header_of(table)
    for area, first, last in merged:
        if first > max(header, 1) or (first == header and last > header):
            facts.add("merged_cells", area)
    with sheet.writer(target, table.num_columns - 1) as out:
        out.write_table(table)
    return {"hidden": hidden, "parquet": target.name, "columns": table.num_columns - 1}


def _clock(table: pa.Table) -> pa.Table:
    """A time of day alone is stored as a part of day 0; it is shown without that day."""
    for i, column in enumerate(table.columns[1:], 1):
        timed = pc.starts_with(column, "1899-12-3")
        if pc.any(timed).as_py():
            table = table.set_column(i, table.column_names[i], pc.replace_substring_regex(column, r"^1899-12-3[01] ", ""))
    return table


def corrected(table: pa.Table, path: Path, entry: zipfile.ZipInfo | None) -> pa.Table:
    """Numbers as a spreadsheet shows them: 15 digits, and 1.23E+17 where more would be invented; booleans TRUE, FALSE. The
    cell reader writes nine decimals and every digit of the binary number; the XML tells which long digits are numbers."""
    booleans = any(pc.any(pc.is_in(column, pa.array(["true", "false"]))).as_py() for column in table.columns[1:])
    if not booleans and not any(_long(column).num_rows for column in table.columns[1:]):
        return table
    exact = _from_xml(path, entry, EXACT_OR_BOOLEAN if booleans else EXACT) if entry else None
    for index, name in enumerate(table.column_names[1:]):
        if exact is None:
            cells = _guessed(_long(table.column(name)))
        else:
            cells = exact.get(index, {})
        if cells:
            column = table.column(name).to_pylist()
            for row, text in cells.items():
                if row <= len(column) and column[row - 1] and ":" not in column[row - 1]:
                    column[row - 1] = text
            table = table.set_column(index + 1, name, pa.array(column, pa.string()))
    return table


def _long(column: pa.ChunkedArray) -> pa.Table:
    """Rows (1-based) and texts of the cells that may be numbers with lost or invented digits."""
    table = pa.table({"row": pa.arange(1, len(column) + 1), "text": column})
    table = table.filter(pc.greater_equal(pc.binary_length(column), 11).fill_null(False))
    return table.filter(pc.match_substring_regex(table["text"], LONG)) if table.num_rows else table


def _guessed(long: pa.Table) -> dict[int, str]:
    """Without XML: whole numbers count as numbers where every long one of the column is one that a computer can hold."""
    said = dict(zip(long["row"].to_pylist(), long["text"].to_pylist(), strict=True))
    whole = [text for text in said.values() if "." not in text]
    numbers = all(text == f"{float(text):.0f}" for text in whole)
    return {row: number(text.encode()) for row, text in said.items() if numbers or "." in text}


def _from_xml(path: Path, entry: zipfile.ZipInfo, wanted: re.Pattern) -> dict[int, dict[int, str]] | None:
    """Column → row → text; None where cells have no address."""
    found: dict[int, dict[int, str]] = {}
    for block in _blocks(path, entry):
        for hit in wanted.finditer(block):
            start = block.rfind(b"<c", 0, hit.start())
            opened = block[start:block.find(b">", start)]
            kind = KIND.search(opened)
            text = number(hit[1], kind[1] if kind else b"n")
            if text:
                place = PLACE.search(opened)
                if place is None:
                    return None
                found.setdefault(_index(place[1]), {})[int(place[2])] = text
    return found


def number(said: bytes, kind: bytes = b"n") -> str:
    """The text of a stored number (kind n) or boolean (b) with at most 15 digits; "" for anything else."""
    if kind == b"b":
        return "TRUE" if said == b"1" else "FALSE"
    if kind != b"n" or said in (b"0", b"1"):
        return ""
    value = float(said)
    if abs(value) >= 1e15:
        digits, power = f"{value:.14E}".split("E")
        return f"{digits.rstrip('0').rstrip('.')}E{power}"
    text = f"{value:.15g}"
    return text if "e" not in text else f"{value:.20f}".rstrip("0").rstrip(".")


def _blocks(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part's bytes in blocks that end before a cell begins; a name space prefix is taken off."""
    rest, prefix = b"", None
    with zipfile.ZipFile(path) as packed:
        for piece in pieces(packed, entry):
            block = rest + piece
            if prefix is None:
                root = re.search(rb"<(\w+:)worksheet", block[:65_536])
                prefix = root[1] if root else b""
            if prefix:
                block = block.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
            cut = max(block.rfind(b"<c "), block.rfind(b"<row"), 0)
            block, rest = block[:cut], block[cut:]
            if len(rest) > SMALL:
                raise Refusal("oversized_file")
            if block:
                yield block
    yield rest


def _scan(path: Path, entry: zipfile.ZipInfo, facts: Facts) -> list[tuple[str, int, int]]:
    """Notes errors, formulas without a value and hidden rows; refuses a cell too far away; answers the merged areas as
    (A2:A5, first row, last row)."""
    last_row, last_column, tail, hidden = 0, 0, b"", 0
    try:
        for block in _blocks(path, entry):
            folded = block.translate(FOLDED)
            if b'"AA0' in folded or b'"AAA0' in folded or b"A0000000" in folded:
                for letters, row in PLACE.findall(block):
                    last_row, last_column = max(last_row, int(row)), max(last_column, _index(letters))
                if last_row > LAST_ROW or (last_column + 1) * last_row > sheet.MOST_CELLS or last_column >= sheet.MOST_COLUMNS:
                    raise Refusal("oversized_file")
            if b'"e"' in block or b"'e'" in block:
                _errors(block, facts)
            if b"<f" in block:
                for found in UNCOMPUTED.finditer(block):
                    if not re.search(rb"""\st\s*=\s*["']str""", b" " + found[1]):
                        facts.add("formula_without_value", _place(found[1]))
            hidden += len(re.findall(rb"<row [^>]*hidden=", block)) if b"hidden=" in block else 0
            tail = (tail + block)[-1 << 20:] if b"<mergeCell" in block or tail else b""
    except BROKEN as error:
        raise Refusal("broken_file") from error
    if hidden:
        facts.add("hidden_rows", count=hidden)
    return [(area.decode(), int(rows[0]), int(rows[-1])) for area in re.findall(rb'<mergeCell [^>]*ref="([A-Z0-9:]+)"', tail)
            if (rows := re.findall(rb"\d+", area))]


def _errors(block: bytes, facts: Facts) -> None:
    for found in ERROR.finditer(block):
        if re.search(rb"""\st\s*=\s*["']e["']""", b" " + found[1]):
            facts.add("error_cell", _place(found[1]), found[2].decode(errors="replace"))


def _place(attributes: bytes) -> str:
    found = PLACE.search(b" " + attributes)
    return (found[1] + found[2]).decode().upper() if found else ""


def _index(letters: bytes) -> int:
    number = 0
    for code in letters.upper():
        number = number * 26 + code - 64
    return number - 1
