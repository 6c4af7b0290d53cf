""".xlsx and .xls → rows: the parts of the archive are looked over before anything is unpacked, then fastexcel reads the
cells while the XML is searched for what it would hide."""

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
from core.reader.kinds import BROKEN, MOST_BYTES, MOST_RATIO, SMALL
from core.reader.scan import corrected, scan
from core.reader.sheet import Facts, Refusal

MOST_PARTS = 5_000


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
        scanned = beside.submit(scan, path, part["part"], facts) if part and part["part"] else beside.submit(dict)
        # A far cell makes the cell reader abort: a sheet of usual size is looked through before, a big one meanwhile.
        if part and part["part"] and part["part"].file_size < SMALL:
            scanned.result()
        try:
            loaded = book.load_sheet(index, header_row=None, dtypes="string", skip_rows=0)
            table = loaded.to_arrow()
        except Exception as error:
            scanned.result()
            raise Refusal("broken_file") from error
        merged = scanned.result()
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
    with sheet.writer(target, table.num_columns - 1, sheet.alike(table)) as out:
        out.write_table(table)
    return {"hidden": hidden, "parquet": target.name, "columns": table.num_columns - 1}


def _clock(table: pa.Table) -> pa.Table:
    """A time of day alone is stored as a part of day 0; it is shown without that day."""
    for i, column in enumerate(table.columns[1:], 1):
        timed = pc.starts_with(column, "1899-12-3")
        if pc.any(timed).as_py():
            table = table.set_column(i, table.column_names[i], pc.replace_substring_regex(column, r"^1899-12-3[01] ", ""))
    return table
