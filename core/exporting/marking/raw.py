"""A new workbook from the raw text rows of a CSV or an old .xls: the same cells at the same addresses."""

import re
import zipfile
from pathlib import Path

import pyarrow.parquet as pq

from core.exporting.marking.listing import HEAD, MAIN, text_cell
from core.exporting.marking.package import DOCUMENT, PACKAGE, TYPES, TooLarge
from core.exporting.marking.sheet import LAST_COLUMN, LAST_ROW, letters
from core.exporting.marking.xml_edit import quoted

MOST_CELLS = 4_000_000
# More digits are shown as 2.02607E+11, fewer than all of them or a leading zero would be lost: such stay text.
NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,9})(?:\.\d{0,4}[1-9])?")
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Microsoft YaHei"/></font></fonts>'
          '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
          '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
          '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2">'
          '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0"'
          ' borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0"'
          ' builtinId="0"/></cellStyles></styleSheet>')


def plain_workbook(sheets: list[list[str]], target: Path) -> None:
    """Writes [name, parquet of raw rows] as .xlsx; TooLarge above MOST_CELLS cells or what a sheet can hold."""
    cells = sum(table.num_rows * table.num_columns for table in (pq.ParquetFile(path).metadata for _, path in sheets))
    if cells > MOST_CELLS:
        raise TooLarge(target.name)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for number, (_, path) in enumerate(sheets, 1):
            with out.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                _sheet(path, part)
        for name, content in _frame([name for name, _ in sheets]).items():
            out.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{content}')


def _sheet(path: str, part) -> None:
    stored = pq.ParquetFile(path)
    names = [letters(i) for i in range(1, stored.metadata.num_columns)]
    if len(names) > LAST_COLUMN:
        raise TooLarge(path)
    part.write(f'{HEAD}<cols><col min="1" max="{len(names)}" width="14" customWidth="1"/></cols><sheetData>'.encode())
    for batch in stored.iter_batches(10_000):
        numbers, *columns = (column.to_pylist() for column in batch.columns)
        if numbers[-1] > LAST_ROW:
            raise TooLarge(path)
        rows = zip(numbers, zip(*columns, strict=True), strict=True)
        part.write("".join(_row(number, names, row) for number, row in rows).encode())
    part.write(b"</sheetData></worksheet>")


def _row(number: int, names: list[str], row: tuple) -> str:
    return f'<row r="{number}">' + "".join(
        f'<c r="{name}{number}"><v>{value}</v></c>' if NUMBER.fullmatch(value) else text_cell(f"{name}{number}", 1, value)
        for name, value in zip(names, row, strict=True) if value) + "</row>"


def _frame(names: list[str]) -> dict[str, str]:
    """The parts around the sheets."""
    numbered = list(enumerate(names, 1))
    sheets = "".join(f'<sheet name="{quoted(name)}" sheetId="{i}" r:id="rId{i}"/>' for i, name in numbered)
    relations = "".join(f'<Relationship Id="rId{i}" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet{i}.xml"/>'
                        for i, _ in numbered)
    overrides = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{TYPES["worksheet"]}"/>'
                        for i, _ in numbered)
    open_relations = f'<Relationships xmlns="{PACKAGE}/relationships">'
    return {
        "[Content_Types].xml":
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats'
            f'-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName='
            f'"/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/><Override PartName="/xl/styles.xml"'
            f' ContentType="{KINDS}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'{open_relations}<Relationship Id="rId1" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/>'
                       f'</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels":
            f'{open_relations}{relations}<Relationship Id="rId{len(names) + 1}" Type="{DOCUMENT}/styles"'
            f' Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES}
