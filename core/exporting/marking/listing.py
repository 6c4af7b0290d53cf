"""The sheet that lists the problems, each with a link to its cell."""

from core.exporting.marking.package import DOCUMENT, Package, added, children, related, relations_part
from core.exporting.marking.sheet import letters
from core.exporting.marking.styles import COLOURS, HEADER_COLOUR, SIZE, Styles, add_fill, add_format, marked
from core.exporting.marking.xml_edit import edited, grown, plain, prefix, quoted, with_attributes

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}" xmlns:r="{DOCUMENT}">'
LINKED = 2  # the column of the cell's address


def put(parts: Package, book: str, said: dict, styles: Styles) -> None:
    """Adds the list as the last sheet, or puts it in the place of an earlier one."""
    data = parts[book]
    sheets = children(data, "sheet")
    sheet = _sheet(said, styles)
    position = next((i for i, e in enumerate(sheets) if e.attributes["name"] in said["names"]), None)
    if position is not None:
        entry = sheets[position]
        part = related(parts, book)[next(v for k, v in entry.attributes.items() if k.endswith(":id"))][1]
        parts.drop(relations_part(part))
        named = with_attributes(data[entry.start:entry.inner], name=said["name"], state=None)
        stale = [e for e in children(data, "definedName") if e.attributes.get("localSheetId") == str(position)]
        parts[book] = edited(data, [(entry.start, entry.inner, named), *((e.start, e.end, b"") for e in stale)])
    else:
        part, number = added(parts, book, "worksheet", "xl/worksheets", "xml")
        free = 1 + max(int(e.attributes["sheetId"]) for e in sheets)
        entry = f'<{prefix(data)}sheet xmlns:r="{DOCUMENT}" name="{quoted(said["name"])}" sheetId="{free}" r:id="{number}"/>'
        parts[book] = edited(data, grown(data, children(data, "sheets")[0], entry.encode()))
    parts[part] = sheet


def _sheet(said: dict, styles: Styles) -> bytes:
    text = add_format(styles)
    formats = {"": text, "link": add_format(styles, f'<{{p}}u/>{SIZE}<{{p}}color rgb="FF0563C1"/>'),
               "head": add_format(styles, "<{p}b/>" + SIZE, add_fill(styles, HEADER_COLOUR))}
    formats |= {severity: marked(styles, text, severity) for severity in COLOURS}
    width = len(said["header"])
    last = f"{letters(width)}{len(said['rows']) + 1}"
    rows = [_row(1, said["header"], [formats["head"]] * width)]
    links = []
    for number, (severity, cells, location) in enumerate(said["rows"], 2):
        used = [text] * width
        used[0] = formats.get(severity, text)
        if location:
            used[LINKED] = formats["link"]
            links.append(f'<hyperlink ref="{letters(LINKED + 1)}{number}" location="{quoted(location)}"/>')
        rows.append(_row(number, cells, used))
    columns = "".join(f'<col min="{i}" max="{i}" width="{w}" customWidth="1"/>' for i, w in enumerate(said["widths"], 1))
    return (f'{HEAD}<sheetPr><tabColor rgb="{COLOURS["error"]}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
            f' state="frozen"/></sheetView></sheetViews><cols>{columns}</cols><sheetData>{"".join(rows)}</sheetData>'
            f'<autoFilter ref="A1:{last}"/>{f"<hyperlinks>{chr(10).join(links)}</hyperlinks>" if links else ""}'
            f'<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>').encode()


def _row(number: int, cells: list[str], formats: list[int]) -> str:
    return (f'<row r="{number}">' + "".join(text_cell(f"{letters(i)}{number}", format, cell)
                                            for i, (cell, format) in enumerate(zip(cells, formats, strict=True), 1)) + "</row>")


def text_cell(address: str, format: int, text: str) -> str:
    """A cell that holds the text whatever it looks like."""
    return f'<c r="{address}" s="{format}" t="inlineStr"><is><t xml:space="preserve">{plain(text)}</t></is></c>'
