"""The bad cells of one sheet in their colour, and where their comments go."""

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.exporting.marking.styles import Styles, marked, unmarked
from core.exporting.marking.xml_edit import TAG, Edit, Element, edited, grown, prefix, scan, with_attributes

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
ROW = re.compile(rb"<(?:[\w.-]+:)?row(?=[\s/>])")
TABLE = re.compile(rb"<(?:[\w.-]+:)?sheetData(?=[\s/>])")
NUMBERED = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
Area = tuple[int, int, int, int]
Place = tuple[int, int]


@dataclass
class Marks:
    """(row, column) → the severity that colours the cell, and the texts of its comment."""

    severities: dict[Place, str] = field(default_factory=dict)
    texts: dict[Place, list[str]] = field(default_factory=dict)


@dataclass
class Row:
    """A row of the sheet's XML: its element, once it was looked into, and its cells by column."""

    start: int
    end: int
    element: Element | None = None
    cells: dict[int, Element] = field(default_factory=dict)


def mark_sheet(data: bytes, problems: list, styles: Styles) -> tuple[bytes, Marks]:
    """The sheet with its bad cells coloured and marks of an earlier round taken away; problems are [address, severity,
    text]. A row or range colours its used cells and says its text at the first of them."""
    table, others = frame(data)
    areas = [(area(said), severity, text) for said, severity, text in problems]
    places = _shown([(place, severity, text) for place, severity, text in areas if place], others)
    rows = _rows(data, table)
    wanted = {row for place, _, _ in places for row in range(place[0], place[1] + 1) if row in rows}
    for row in wanted | _stale(data, table, rows, styles):
        _look_into(data, rows[row])
    marks = _spread(places, rows)
    edits = [edit for number, row in rows.items() for column, cell in row.cells.items()
             for edit in _recoloured(data, cell, marks.severities.get((number, column)), styles)]
    columns = [e.attributes for e in others if e.key == "col"]
    return edited(data, edits + _inserted(data, table, rows, columns, marks, styles)), marks


def frame(data: bytes) -> tuple[Element, list[Element]]:
    """The element that holds the rows, and the elements around it; the rows themselves, nearly all of a large sheet, are
    not parsed. Refuses with ValueError what could hide a row from a search."""
    if b"<![CDATA[" in data or b"<!--" in data:
        raise ValueError("a sheet with comments or CDATA in its XML")
    start = TABLE.search(data).start()
    inner = close = TAG.match(data, start).end()
    if data[inner - 2:inner] != b"/>":
        close = data.rindex(b"</" + prefix(data).encode() + b"sheetData")
    found = scan(data[:inner] + data[close:], lambda name, attributes, depth:
                 name if depth <= 1 or name in ("col", "mergeCell") else None)
    for e in found:
        e.start += close - inner if e.start > start else 0
        e.inner += close - inner if e.inner > inner else 0
        e.close += close - inner if e.close > inner or e.start == start else 0
        e.end += close - inner if e.end > inner else 0
    table = next(e for e in found if e.key == "sheetData")
    return table, [e for e in found if e is not table]


def _rows(data: bytes, table: Element) -> dict[int, Row]:
    """Every row by its number; one that leaves its number out follows the one before."""
    starts = [found.start() for found in ROW.finditer(data, table.inner, table.close)]
    rows, number = {}, 0
    for start, end in zip(starts, [*starts, table.close][1:], strict=True):
        said = NUMBERED.search(data, start, data.index(b">", start))
        number = int(said[1]) if said else number + 1
        rows[number] = Row(start, end)
    return rows


def _stale(data: bytes, table: Element, rows: dict[int, Row], styles: Styles) -> set[int]:
    """The rows with cells in a format that shows a mark of an earlier round."""
    if not styles.marked:
        return set()
    numbers, starts = list(rows), [row.start for row in rows.values()]
    used = re.compile(rb"""\ss\s*=\s*["'](?:""" + "|".join(map(str, styles.marked)).encode() + rb""")["']""")
    return {numbers[bisect(starts, found.start()) - 1] for found in used.finditer(data, table.inner, table.close) if starts}


def _look_into(data: bytes, row: Row) -> None:
    """Finds the row's cells; one that leaves its address out follows the one before."""
    end = data.rfind(b">", row.start, row.end) + 1
    row.element, *cells = scan(data, lambda name, attributes, depth: name if depth <= 1 and name in ("row", "c") else None,
                               row.start, end)
    column = 0
    for cell in cells:
        said = cell.attributes.get("r", "").rstrip("0123456789")
        column = column_number(said) if said else column + 1
        row.cells[column] = cell


def letters(column: int) -> str:
    """1 → A, 27 → AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_number(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def area(said: str) -> Area | None:
    """First row, last row, first and last column of C17, 17 or A1:B3; None for anything else."""
    found = re.fullmatch(r"([A-Z]{0,3})(\d{1,7})(?::([A-Z]{0,3})(\d{1,7}))?", said)
    if not found:
        return None
    first, last = int(found[2]), int(found[4] or found[2])
    left = column_number(found[1]) or 1
    right = column_number(found[1] if found[3] is None else found[3]) or LAST_COLUMN
    return (first, last, left, right) if 1 <= first <= last <= LAST_ROW and left <= right <= LAST_COLUMN else None


def _single(place: Area) -> bool:
    return place[0] == place[1] and place[2] == place[3]


def _shown(places: list, others: list[Element]) -> list:
    """A cell that a merged area covers is not seen: its mark goes to the area's first cell."""
    merged: dict[int, list[Area]] = {}
    rows = {place[0] for place, _, _ in places if _single(place)}
    for e in others:
        if e.key == "mergeCell" and (place := area(e.attributes["ref"])):
            for row in rows.intersection(range(place[0], place[1] + 1)):
                merged.setdefault(row, []).append(place)

    def seen(place: Area) -> Area:
        over = next((m for m in merged.get(place[0], []) if _single(place) and m[2] <= place[2] <= m[3]), None)
        return (over[0], over[0], over[2], over[2]) if over else place

    return [(seen(place), severity, text) for place, severity, text in places]


def _spread(places: list, rows: dict[int, Row]) -> Marks:
    marks = Marks()
    for (first, last, left, right), severity, text in places:
        used = [(number, column) for number in range(first, last + 1) if number in rows
                for column in rows[number].cells if left <= column <= right]
        cells = [(first, left)] if _single((first, last, left, right)) or not used else used
        for cell in cells:
            if severity == "error" or cell not in marks.severities:
                marks.severities[cell] = severity
        if text not in marks.texts.setdefault(cells[0], []):
            marks.texts[cells[0]].append(text)
    return marks


def _recoloured(data: bytes, cell: Element, severity: str | None, styles: Styles) -> Iterator[Edit]:
    was = int(cell.attributes.get("s", 0))
    now = marked(styles, was, severity) if severity else unmarked(styles, was)
    if now != was:
        yield cell.start, cell.inner, with_attributes(data[cell.start:cell.inner], s=now)


def _inserted(data: bytes, table: Element, rows: dict[int, Row], columns: list[dict], marks: Marks,
              styles: Styles) -> list[Edit]:
    """The edits that put in the bad cells that the file leaves out because they are empty, each row in its order."""
    absent: dict[int, dict[int, bytes]] = {}
    for number, column in sorted(marks.severities):
        if number not in rows or column not in rows[number].cells:
            row = rows[number].element if number in rows else None
            style = marked(styles, _inherited(row, column, columns), marks.severities[number, column])
            cell = f'<{prefix(data)}c r="{letters(column)}{number}" s="{style}"/>'.encode()
            absent.setdefault(number, {})[column] = cell
    edits = [edit for number, new in absent.items() if number in rows for edit in _into_row(data, rows[number], new)]
    whole = {number: f'<{prefix(data)}row r="{number}">'.encode() + b"".join(new.values())
             + f"</{prefix(data)}row>".encode() for number, new in absent.items() if number not in rows}
    return edits + _placed(data, table, {number: row.start for number, row in rows.items()}, whole)


def _inherited(row: Element | None, column: int, columns: list[dict]) -> int:
    """The format that an empty cell has from its row or, else, from its column."""
    own = int(row.attributes.get("s", 0)) if row else 0
    return own or next((int(c.get("style", 0)) for c in columns if int(c["min"]) <= column <= int(c["max"])), 0)


def _into_row(data: bytes, row: Row, new: dict[int, bytes]) -> list[Edit]:
    # The row's own note of its first and last column would be wrong now; it may be left out.
    return _placed(data, row.element, {column: cell.start for column, cell in row.cells.items()}, new, spans=None)


def _placed(data: bytes, parent: Element, there: dict[int, int], new: dict[int, bytes], **attributes) -> list[Edit]:
    """The edits that put new children, by number, between those that are there."""
    numbers, edits, at_end = sorted(there), [], b""
    for number, child in new.items():
        following = bisect(numbers, number)
        if following == len(numbers):
            at_end += child
        else:
            edits.append((there[numbers[following]],) * 2 + (child,))
    return edits + (grown(data, parent, at_end, **attributes) if new else [])
