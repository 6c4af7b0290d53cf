"""What the XML of a sheet says that the cell reader does not: cells too far away, errors, formulas without a value, hidden
rows, merged cells, and which long digits are numbers."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from core.reader import formats, sheet
from core.reader.kinds import BROKEN, SMALL, pieces
from core.reader.sheet import Facts, Refusal

LAST_ROW = 1_048_576
# Every letter → A, every digit → 0: a far address of any writing is found by one search each.
FOLDED = bytes(48 if chr(i).isdigit() else 65 if chr(i).isalpha() and i < 128 else 34 if i == 39 else i for i in range(256))
PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d+)["']""")
CELL = rb"""<c\s([^>]*)>\s*"""
ERROR = re.compile(CELL + rb"(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?\s*<v>([^<]*)</v>")
UNCOMPUTED = re.compile(CELL + rb"<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
NUMBER = re.compile(CELL + rb"(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?\s*<v>(-?[\d.]+(?:[eE][-+]?\d+)?)</v>")
KIND = re.compile(rb"""\st\s*=\s*["'](\w+)""")
LONG = r"^-?(\d+\.\d{9}|\d{16,}(\.\d+)?|\d{8,}\.\d{6,})$"
EXACT = re.compile(rb"<v>(-?\d*\.\d{9,}|-?[\d.]{16,}|-?[\d.]+[eE][-+]?\d+)</v>")
EXACT_OR_BOOLEAN = re.compile(EXACT.pattern.replace(b")</v>", b"|[01])</v>"))


def corrected(table: pa.Table, path: Path, entry: zipfile.ZipInfo | None) -> pa.Table:
    """Numbers as a spreadsheet shows them: 27% and 12.3万 where their format says so, 15 digits, and 1.23E+17 where more
    would be invented; booleans TRUE, FALSE. The cell reader writes nine decimals and every digit of the binary number; the
    XML tells which long digits are numbers."""
    own = _own_units(path, entry) if entry else {}
    booleans = any(pc.any(pc.is_in(column, pa.array(["true", "false"]))).as_py() for column in table.columns[1:])
    if not own and not booleans and not any(_long(column).num_rows for column in table.columns[1:]):
        return table
    exact = _from_xml(path, entry, EXACT_OR_BOOLEAN if booleans else EXACT) if entry else None
    for index, name in enumerate(table.column_names[1:]):
        cells = _guessed(_long(table.column(name))) if exact is None else exact.get(index, {})
        cells = cells | own.get(index, {})
        if cells:
            column = table.column(name).to_pylist()
            for row, text in cells.items():
                if row <= len(column) and column[row - 1] and ":" not in column[row - 1]:
                    column[row - 1] = text
            table = table.set_column(index + 1, name, pa.array(column, pa.string()))
    return table


def _own_units(path: Path, entry: zipfile.ZipInfo) -> dict[int, dict[int, str]]:
    """Column → row → text of the numbers that their format shows in a unit of its own."""
    found: dict[int, dict[int, str]] = {}
    shown = formats.units(path)
    if not shown:
        return found
    styled = re.compile(rb"""\ss\s*=\s*["'](""" + "|".join(shown).encode() + rb""")["']""")
    for block in _blocks(path, entry):
        for hit in NUMBER.finditer(block):
            style, place = styled.search(b" " + hit[1]), PLACE.search(b" " + hit[1])
            kind = KIND.search(b" " + hit[1])
            if style and place and (kind is None or kind[1] == b"n"):
                text = formats.written(hit[2], shown[style[1].decode()])
                found.setdefault(_index(place[1]), {})[int(place[2])] = text
    return found


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


def scan(path: Path, entry: zipfile.ZipInfo, facts: Facts) -> list[tuple[str, int, int]]:
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
