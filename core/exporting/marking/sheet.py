"""The bad cells of one sheet in their colour, and where their comments go."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.exporting.marking.styles import Styles, marked, unmarked
from core.exporting.marking.xml_edit import Edit, Element, edited, grown, prefix, scan, with_attributes

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]+)"')
Area = tuple[int, int, int, int]
Place = tuple[int, int]


@dataclass
class Marks:
    """(row, column) → the severity that colours the cell, and the texts of its comment."""

    severities: dict[Place, str] = field(default_factory=dict)
    texts: dict[Place, list[str]] = field(default_factory=dict)


def mark_sheet(data: bytes, problems: list, styles: Styles) -> tuple[bytes, Marks]:
    """The sheet with its bad cells coloured and marks of an earlier round taken away; problems are [address, severity,
    text]. A row or range colours its used cells and says its text at the first of them."""
    found_areas = [(area(said), severity, text) for said, severity, text in problems]
    places = _shown([(place, severity, text) for place, severity, text in found_areas if place], data)
    wanted = {row for place, _, _ in places for row in range(place[0], place[1] + 1)}
    found = scan(data, _keeper(wanted, {str(number) for number in styles.marked}))
    rows = {e.key[1]: {} for e in found if e.key[0] == "row" and e.key[1] in wanted}
    for e in found:
        if e.key[0] == "c" and e.key[1] in rows:
            rows[e.key[1]][e.key[2]] = e
    marks = _spread(places, rows)
    edits = [edit for e in found if e.key[0] == "c" for edit in _recoloured(data, e, marks, styles)]
    return edited(data, edits + _inserted(data, found, rows, marks, styles)), marks


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


def _shown(places: list, data: bytes) -> list:
    """A cell that a merged area covers is not seen: its mark goes to the area's first cell."""
    merged: dict[int, list[Area]] = {}
    rows = {place[0] for place, _, _ in places if _single(place)}
    for said in MERGED.findall(data):
        if place := area(said.decode()):
            for row in rows.intersection(range(place[0], place[1] + 1)):
                merged.setdefault(row, []).append(place)

    def seen(place: Area) -> Area:
        over = next((m for m in merged.get(place[0], []) if _single(place) and m[2] <= place[2] <= m[3]), None)
        return (over[0], over[0], over[2], over[2]) if over else place

    return [(seen(place), severity, text) for place, severity, text in places]


def _keeper(wanted: set[int], stale: set[str]):
    """Keeps the rows asked for with all their cells, the row that follows a missing one, and cells in a stale format.
    Rows and cells may leave their address out: they then follow the one before."""
    expected = sorted(wanted, reverse=True)
    row, column, is_wanted = 0, 0, False

    def keep(name: str, attributes: dict, depth: int):
        nonlocal row, column, is_wanted
        if name == "c" and depth == 3:
            if is_wanted:
                said = attributes.get("r", "").rstrip("0123456789")
                column = column_number(said) if said else column + 1
            return ("c", row, column) if is_wanted or attributes.get("s") in stale else None
        if name == "row" and depth == 2:
            row, column, follows = int(attributes.get("r", row + 1)), 0, False
            while expected and expected[-1] <= row:
                follows |= expected.pop() < row
            is_wanted = row in wanted
            return ("row", row) if is_wanted or follows else None
        return (name,) if name in ("sheetData", "col") and depth <= 2 else None

    return keep


def _spread(places: list, rows: dict[int, dict[int, Element]]) -> Marks:
    marks = Marks()
    for (first, last, left, right), severity, text in places:
        used = [(row, column) for row in range(first, last + 1) for column in rows.get(row, {}) if left <= column <= right]
        cells = [(first, left)] if _single((first, last, left, right)) or not used else used
        for cell in cells:
            if severity == "error" or cell not in marks.severities:
                marks.severities[cell] = severity
        if text not in marks.texts.setdefault(cells[0], []):
            marks.texts[cells[0]].append(text)
    return marks


def _recoloured(data: bytes, e: Element, marks: Marks, styles: Styles) -> Iterator[Edit]:
    was = int(e.attributes.get("s", 0))
    severity = marks.severities.get((e.key[1], e.key[2]))
    now = marked(styles, was, severity) if severity else unmarked(styles, was)
    if now != was:
        yield e.start, e.inner, with_attributes(data[e.start:e.inner], s=now)


def _inserted(data: bytes, found: list[Element], rows: dict, marks: Marks, styles: Styles) -> list[Edit]:
    """The edits that put in the bad cells that the file leaves out because they are empty, each row in its order."""
    name, by_row = prefix(data), {e.key[1]: e for e in found if e.key[0] == "row"}
    table = next(e for e in found if e.key[0] == "sheetData")
    columns = [e.attributes for e in found if e.key[0] == "col"]
    absent: dict[int, list[int]] = {}
    for row, column in sorted(marks.severities.keys() - {(r, c) for r, cells in rows.items() for c in cells}):
        absent.setdefault(row, []).append(column)
    edits, at_end = [], b""
    for row, missing in absent.items():
        element = by_row.get(row) if row in rows else None
        new = {column: _new_cell(name, row, column, element, columns, marks, styles) for column in missing}
        if element:
            edits += _into_row(data, element, rows[row], new)
            continue
        whole = f'<{name}row r="{row}">'.encode() + b"".join(new.values()) + f"</{name}row>".encode()
        following = next((by_row[r].start for r in sorted(by_row) if r > row), None)
        if following is None:
            at_end += whole
        else:
            edits.append((following, following, whole))
    return edits + (grown(data, table, at_end) if at_end else [])


def _new_cell(name: str, row: int, column: int, element: Element | None, columns: list, marks: Marks,
              styles: Styles) -> bytes:
    """An empty cell in the format that its row or column would have given it, in the colour of its mark."""
    base = int(element.attributes.get("s", 0)) if element else 0
    base = base or next((int(c.get("style", 0)) for c in columns if int(c["min"]) <= column <= int(c["max"])), 0)
    style = marked(styles, base, marks.severities[row, column])
    return f'<{name}c r="{letters(column)}{row}" s="{style}"/>'.encode()


def _into_row(data: bytes, row: Element, cells: dict[int, Element], new: dict[int, bytes]) -> list[Edit]:
    edits, at_end = [], b""
    for column, cell in new.items():
        following = next((cells[c].start for c in sorted(cells) if c > column), None)
        if following is None:
            at_end += cell
        else:
            edits.append((following, following, cell))
    return edits + grown(data, row, at_end, spans=None)
