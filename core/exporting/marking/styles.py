"""A workbook's cell formats: for each format in use a twin in the colour of a mark."""

import re
from dataclasses import dataclass, field

from core.exporting.marking.xml_edit import Edit, Element, edited, grown, prefix, scan, with_attributes

# Shades that no program offers by itself: they tell our marks of an earlier round from the user's own colours.
COLOURS = {"error": "FFFF9A94", "warning": "FFFFCF7D"}
HEADER_COLOUR = "FFDCE9F3"
SIZE = '<{p}sz val="11"/>'


@dataclass
class Styles:
    """A workbook's cell formats (`formats`, ours added at the end) and which of them show a mark of ours (`marked`)."""

    data: bytes
    prefix: str
    formats: list[bytes]
    marked: set[int]
    fills: dict[str, int]
    parents: dict[str, Element]
    counts: dict[str, int]
    added: dict[str, list[str]] = field(default_factory=lambda: {"fonts": [], "fills": [], "cellXfs": []})
    known: dict[bytes, int] = field(default_factory=dict)


def read_styles(data: bytes) -> Styles:
    """The cell formats of a styles part; KeyError where it lacks fonts, fills or formats."""
    path: list[str] = []

    def keep(name, attributes, depth):
        del path[depth:]
        path.append(name)
        return tuple(path[1:]) if path[1:2] and path[1] in ("fonts", "fills", "cellXfs") and depth <= 2 else None

    found = scan(data, keep)
    parents = {e.key[0]: e for e in found if len(e.key) == 1}
    children = {name: [data[e.start:e.end] for e in found if e.key[0] == name and len(e.key) == 2] for name in parents}
    fills = {kind: i for i, fill in enumerate(children["fills"]) for kind, colour in COLOURS.items()
             if re.search(rb'fgColor[^>]*rgb="' + colour.encode() + b'"', fill, re.I)}
    marked = {i for i, xf in enumerate(children["cellXfs"]) if _fill(xf) in fills.values()}
    styles = Styles(data, prefix(data), children["cellXfs"], marked, fills, parents,
                    {name: len(children[name]) for name in ("fonts", "fills", "cellXfs")})
    for kind in COLOURS.keys() - fills.keys():
        fills[kind] = add_fill(styles, COLOURS[kind])
    return styles


def _fill(xf: bytes) -> int:
    found = re.search(rb'\sfillId\s*=\s*["\'](\d+)', xf)
    return int(found[1]) if found else 0


def _add(styles: Styles, group: str, element: str) -> int:
    styles.added[group].append(element.replace("{p}", styles.prefix))
    return styles.counts[group] + len(styles.added[group]) - 1


def add_fill(styles: Styles, colour: str) -> int:
    return _add(styles, "fills", f'<{{p}}fill><{{p}}patternFill patternType="solid"><{{p}}fgColor rgb="{colour}"/>'
                                 '<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>')


def add_format(styles: Styles, font: str = SIZE, fill: int = 0) -> int:
    """A format of our own list: wrapped text that stays text, in a font that looks so."""
    font_id = _add(styles, "fonts", f'<{{p}}font>{font}<{{p}}name val="Microsoft YaHei"/></{{p}}font>')
    xf = (f'<{styles.prefix}xf numFmtId="49" fontId="{font_id}" fillId="{fill}" borderId="0" xfId="0"'
          f' quotePrefix="1" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1">'
          f'<{styles.prefix}alignment vertical="top" wrapText="1"/></{styles.prefix}xf>')
    return _format(styles, xf.encode())


def _format(styles: Styles, xf: bytes) -> int:
    if xf not in styles.known:
        styles.known[xf] = len(styles.formats)
        styles.formats.append(xf)
        _add(styles, "cellXfs", xf.decode())
    return styles.known[xf]


def unmarked(styles: Styles, number: int) -> int:
    """The format without a mark of ours; a fill that was under the mark is not known any more."""
    return _with_fill(styles, number, 0, None) if number in styles.marked else number


def marked(styles: Styles, number: int, severity: str) -> int:
    """The format with everything it says, but filled in the colour of the severity."""
    return _with_fill(styles, number, styles.fills[severity], 1)


def _with_fill(styles: Styles, number: int, fill: int, applied: int | None) -> int:
    xf = styles.formats[number]
    end = xf.index(b">") + 1
    return _format(styles, with_attributes(xf[:end], fillId=fill, applyFill=applied) + xf[end:])


def written_styles(styles: Styles) -> bytes:
    edits: list[Edit] = []
    for group, new in styles.added.items():
        edits += grown(styles.data, styles.parents[group], "".join(new).encode(), count=styles.counts[group] + len(new))
    return edited(styles.data, edits)
