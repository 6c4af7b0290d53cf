"""Makes the corpus of hostile and broken files: `python tests/importing/hostile.py FOLDER`, one file of each kind.

CASES: file name → (the function that answers its bytes, the code of the problem or fact it must end in, "" = just read).
"""

import io
import stat
import sys
import zipfile
import zlib
from pathlib import Path

import msoffcrypto
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
PEOPLE = "工号,姓名,入职日期\nE1,张三,2026-07-01\nE2,李四,2026-07-02\n"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
CORNER = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def text(place: str, said: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{said}</t></is></c>'


def rows(*lines: str) -> str:
    return "".join(f'<row r="{number}">{line}</row>' for number, line in enumerate(lines, 1))


TABLE = rows(text("A1", "工号") + text("B1", "姓名"), text("A2", "E1") + text("B2", "张三"))


def sheet_xml(data: str, before: str = "", after: str = "") -> str:
    return f"{HEAD}<worksheet {MAIN}>{before}<sheetData>{data}</sheetData>{after}</worksheet>"


def packed(parts: dict[str, bytes | str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def book(*sheets: str, names=("表", "表2"), state="visible", properties="", more=None) -> bytes:
    """A workbook of sheets given as XML; `more` adds or replaces parts."""
    listed = "".join(f'<sheet name="{names[i]}" sheetId="{i + 1}" state="{state if i else "visible"}" r:id="r{i + 1}"/>'
                     for i in range(len(sheets)))
    related = "".join(f'<Relationship Id="r{i + 1}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{i + 1}.xml"/>'
                      for i in range(len(sheets)))
    related += f'<Relationship Id="s" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
                       f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook {MAIN} xmlns:r="{RELATIONS}">{properties}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
        "xl/styles.xml": f'{HEAD}<styleSheet {MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
                         "</styleSheet>"}
    parts |= {f"xl/worksheets/sheet{i + 1}.xml": xml for i, xml in enumerate(sheets)} | (more or {})
    return packed(parts)


def simple(data: str = TABLE, **options) -> bytes:
    return book(sheet_xml(data), **options)


def part(name: str, content: bytes | str) -> bytes:
    return simple(more={name: content})


def encrypted() -> bytes:
    plain, locked = io.BytesIO(simple()), io.BytesIO()
    OOXMLFile(plain).encrypt("secret", locked)
    assert msoffcrypto.OfficeFile(locked).is_encrypted()
    return locked.getvalue()


def old_workbook() -> bytes:
    made, old = io.BytesIO(), xlwt.Workbook()
    sheet = old.add_sheet("表")
    for row, line in enumerate([["工号", "金额"], ["E1", 12.5]]):
        for column, value in enumerate(line):
            sheet.write(row, column, value)
    old.save(made)
    return made.getvalue()


def bomb(size: int = 300 << 20) -> bytes:
    """One entry of zeros, a thousand times as large as the file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("b.csv", "w") as opened:
        for _ in range(size >> 20):
            opened.write(b"0" * (1 << 20))
    return made.getvalue()


def lying(data: bytes, name: bytes, size: int) -> bytes:
    """The archive with an entry that declares another size, in both of its headers, and the checksum of that much."""
    central = data.rindex(name) - 46
    local = data.index(name) - 30
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check = zlib.crc32(archive.read(name.decode())[:size]).to_bytes(4, "little")
    changed = bytearray(data)
    for at, offset in ((local, 14), (central, 16)):
        changed[at + offset:at + offset + 4] = check
        changed[at + offset + 8:at + offset + 12] = size.to_bytes(4, "little")
    return bytes(changed)


def linked() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        entry = zipfile.ZipInfo("people.csv")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return made.getvalue()


def wide(columns: int) -> bytes:
    return ",".join(f"列{i}" for i in range(columns)).encode() + b"\n" + b",".join([b"1"] * columns) + b"\n"


def blank_rows(count: int) -> bytes:
    """Styled rows without a value between two that have one."""
    empty = "".join(f'<row r="{row}"><c r="A{row}" s="1"/><c r="B{row}" s="1"/></row>' for row in range(3, count + 3))
    return simple(TABLE + empty + f'<row r="{count + 3}">{text(f"A{count + 3}", "E9")}</row>')


def tall(count: int) -> bytes:
    return simple("".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="B{r}"><v>2</v></c><c r="C{r}"><v>3</v></c></row>'
                          for r in range(1, count + 1)))


def data(value: str, attributes: str = "") -> bytes:
    return simple(TABLE + f'<row r="3">{text("A3", "E2")}<c r="B3"{attributes}>{value}</c></row>')


def utf16(xml: str) -> bytes:
    return xml.replace("UTF-8", "UTF-16").encode("utf-16")


COMMENT = "<!--" + "x" * 100_000 + "-->"
STYLES = f"<styleSheet {MAIN}/>"
CASES = {
    "empty.csv": (lambda: b"", "empty_file"),
    "blank.csv": (lambda: b"\xef\xbb\xbf \r\n\r\n", "empty_file"),
    "only_commas.csv": (lambda: b",,,\n,,,\n" * 50, "empty_file"),
    "empty.xlsx": (lambda: simple(""), "empty_file"),
    "empty.zip": (lambda: packed({}), "empty_file"),
    "truncated.xlsx": (lambda: simple()[:-400], "broken_file"),
    "truncated_in_a_character.csv": (lambda: (PEOPLE + "E3,王五").encode()[:-1], "truncated_file"),
    "truncated_in_a_gbk_character.csv": (lambda: (PEOPLE + "E3,王五").encode("gbk")[:-1], "truncated_file"),
    "really_csv.xlsx": (lambda: PEOPLE.encode(), "wrong_extension"),
    "really_xlsx.csv": (simple, "wrong_extension"),
    "image.csv": (lambda: PNG * 100, "unknown_kind"),
    "image.xlsx": (lambda: PNG, "unknown_kind"),
    "report.pdf": (lambda: b"%PDF-1.7\n1 0 obj\n", "unknown_kind"),
    "letter.xlsx": (lambda: packed({"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"}), "unknown_kind"),
    "noise.csv": (lambda: bytes(range(256)) * 40, "unknown_kind"),
    "export.xls": (lambda: "<html><table><tr><td>工号</td></tr></table></html>".encode(), "web_page"),
    "encrypted.xlsx": (encrypted, "encrypted_file"),
    "macro.xlsm": (simple, "macro_file"),
    "macro_renamed.xlsx": (lambda: part("xl/vbaProject.bin", b"x"), "macro_file"),
    "links.xlsx": (lambda: part("xl/externalLinks/externalLink1.xml", f"{HEAD}<externalLink/>"), "external_links"),
    "bomb.zip": (bomb, "oversized_file"),
    "bomb_in_bomb.zip": (lambda: packed({"inner.zip": bomb(), "people.csv": PEOPLE}), "nested_archive"),
    "bomb_renamed.zip": (lambda: packed({"people.csv": bomb(60 << 20)}), "nested_archive"),
    "bomb.xlsx": (lambda: part("xl/media/image1.png", b"\0" * (300 << 20)), "oversized_file"),
    "bomb_lies.zip": (lambda: lying(bomb(), b"b.csv", 9), "broken_file"),
    "bomb_lies.xlsx": (lambda: lying(part("xl/sharedStrings.xml", b" " * (300 << 20)), b"xl/sharedStrings.xml", 9),
                        "broken_file"),
    "corner.xlsx": (lambda: simple(CORNER), "oversized_file"),
    "corner_in_quotes.xlsx": (lambda: simple(CORNER.replace('"', "'").replace(" r=", "\n r = ")), "oversized_file"),
    "corner_small_letters.xlsx": (lambda: simple(CORNER.replace("XFD", "xfd")), "oversized_file"),
    "corner_prefixed.xlsx": (lambda: book(sheet_xml(CORNER).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
                                          .replace("xmlns=", "xmlns:x=")), "oversized_file"),
    "far_row.xlsx": (lambda: simple('<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>' + TABLE), "oversized_file"),
    "far_row_without_address.xlsx": (lambda: simple(TABLE + '<row r="4000000000"><c><v>1</v></c></row>'), "oversized_file"),
    "lying_dimension.xlsx": (lambda: book(sheet_xml(TABLE, '<dimension ref="A1:XFD1048576"/>')), ""),
    "entities.xlsx": (lambda: book(HEAD + ENTITIES + sheet_xml(TABLE)[len(HEAD):]), "broken_file"),
    "entities_utf16.xlsx": (lambda: book(utf16(HEAD + ENTITIES + sheet_xml(TABLE)[len(HEAD):])), "broken_file"),
    "entities_behind_comment.xlsx": (lambda: book(HEAD + COMMENT + ENTITIES + sheet_xml(TABLE)[len(HEAD):]), "broken_file"),
    "entities_in_styles.xlsx": (lambda: part("xl/styles.xml", HEAD + ENTITIES + STYLES), "broken_file"),
    "entities_in_strings.xlsx": (lambda: part("xl/sharedStrings.xml", HEAD + ENTITIES + f"<sst {MAIN}/>"), "broken_file"),
    "entities_in_rels.xlsx": (lambda: part("xl/_rels/workbook.xml.rels", HEAD + ENTITIES + "<Relationships/>"), "broken_file"),
    "columns.csv": (lambda: wide(16_384), "oversized_file"),
    "columns.xlsx": (lambda: simple(f'<row r="1">{text("A1", "a")}{text("XFD1", "b")}</row>'), "oversized_file"),
    "most_columns.csv": (lambda: wide(2_000), ""),
    "blank_rows.xlsx": (lambda: blank_rows(1_000_000), "blank_rows"),
    "duplicate_headers.csv": (lambda: "工号,姓名,姓名\nE1,张,三\n".encode(), ""),
    "begins_like_an_archive.csv": (lambda: b"PK,BM\n1,2\n", ""),
    "no_header.csv": (lambda: b"1,2,3\n4,5,6\n", ""),
    "nul.csv": (lambda: PEOPLE.replace("张三", "张\0三").encode(), "nul_bytes"),
    "mixed_encodings.csv": (lambda: PEOPLE.encode() + "E3,王五,2026-07-03\n".encode("gbk"), "mixed_encodings"),
    "mixed_encodings_gbk_first.csv": (lambda: PEOPLE.encode("gbk") + "E3,王小五,团队经理\n".encode(), "mixed_encodings"),
    "big5.csv": (lambda: "工號,姓名,部門\nE1,張小明,營運部門\nE2,陳大文,客戶服務\n".encode("big5"), "doubtful_encoding"),
    "latin.csv": (lambda: "Name;Team\nMüller;Büro\nJürgen;Köln\n".encode("cp1252"), "doubtful_encoding"),
    "utf16_without_mark.csv": (lambda: PEOPLE.encode("utf-16-le"), ""),
    "scientific.xlsx": (lambda: data("<v>123456789012345678</v>"), ""),
    "formula_without_value.xlsx": (lambda: data("<f>1+1</f>"), "formula_without_value"),
    "error_cell.xlsx": (lambda: data("<v>#REF!</v>", ' t="e"'), "error_cell"),
    "hidden_sheet.xlsx": (lambda: book(sheet_xml(TABLE), sheet_xml(TABLE), state="hidden"), "hidden_sheet"),
    "very_hidden_sheet.xlsx": (lambda: book(sheet_xml(TABLE), sheet_xml(TABLE), state="veryHidden"), "hidden_sheet"),
    "merged.xlsx": (lambda: book(sheet_xml(TABLE, after='<mergeCells count="1"><mergeCell ref="B2:B5"/></mergeCells>')),
                    "merged_cells"),
    "dates_1904.xlsx": (lambda: simple(TABLE + '<row r="3"><c r="A3" s="1"><v>44742</v></c></row>',
                                       properties='<workbookPr date1904="1"/>'), "dates_1904"),
    "dates_1900_2099.csv": (lambda: "工号,入职日期\nE1,1900-01-01\nE2,2099-12-31\n".encode(), ""),
    "long_cell.csv": (lambda: PEOPLE.encode() + b"E3," + b"x" * (10 << 20) + b",\n", "cell_too_long"),
    "long_cell.xlsx": (lambda: data("<is><t>" + "x" * (10 << 20) + "</t></is>", ' t="inlineStr"'), "cell_too_long"),
    "invisible.csv": (lambda: PEOPLE.replace("E1", "\u202eE\u200b1").encode(), "invisible_characters"),
    "invisible.xlsx": (lambda: data("<is><t>E\u200b1</t></is>", ' t="inlineStr"'), "invisible_characters"),
    "formula_names.csv": (lambda: b"id,name\n=cmd|'/C calc'!A0,+1\n@x,-y\n", ""),
    "wild_ids.csv": (lambda: b"id,name\n'; drop table x; --,<script>alert(1)</script>\n../../etc/passwd,${7*7}\n", ""),
    "path_names.zip": (lambda: packed({"../../../tmp/people.csv": PEOPLE, "/etc/people.csv": PEOPLE}), ""),
    "symbolic_link.zip": (linked, "unknown_kind"),
    "many_files.zip": (lambda: packed({f"{i}.csv": PEOPLE for i in range(500)}), "oversized_file"),
    "one_line.csv": (lambda: b"a," * (100 << 20), "line_too_long"),
    "unclosed_quote.csv": (lambda: ('工号,姓名\nE1,"张三\n' + "E2,李四\n" * 1000).encode(), "unclosed_quote"),
    "swallowing_quote.csv": (lambda: (PEOPLE + 'E3,"王五,2026\n' + "E4,赵六,2026\n" * 9 + 'E5,"七",2026\n').encode(),
                             "unclosed_quote"),
    "extra_cells.csv": (lambda: "工号,金额\nE1,1234\nE2,1,234\nE3,5\n".encode(), "extra_cells"),
    "lone_carriage_return.csv": (lambda: b"id,name\nE1,a\rE2,b\nE3,c\n", "carriage_returns"),
    "same_name.xlsx": (lambda: book(sheet_xml(TABLE), sheet_xml(TABLE), names=("Data", "DATA")), ""),
    "tall.xlsx": (lambda: tall(1_048_576), ""),
    "string_out_of_range.xlsx": (lambda: data("<v>99</v>", ' t="s"'), "broken_file"),
    "twice_in_archive.xlsx": (lambda: part("XL/Workbook.xml", f"{HEAD}<workbook/>"), "broken_file"),
    "old.xls": (old_workbook, ""),
    "truncated.xls": (lambda: old_workbook()[:1_000], "broken_file"),
    "tables.zip": (lambda: packed({"a.csv": PEOPLE, "表/b.xlsx": simple(), "__MACOSX/._a.csv": b"\0"}), "")}


def write(folder: Path, names=CASES) -> list[Path]:
    """Writes the files into the folder and answers their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(CASES[name][0]())
    return [folder / name for name in names]


if __name__ == "__main__":
    for path in write(Path(sys.argv[1])):
        print(f"{path.name:<36}{path.stat().st_size:>12,}  {CASES[path.name][1] or 'read'}")
