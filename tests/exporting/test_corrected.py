"""One's own workbook back: the bad cells red, a comment in each, a list; mended and uploaded again it passes."""

import io
import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from core import importing
from core import store as stores
from core.exporting import corrected as marking
from core.exporting.corrected import LIST_SHEETS, Refused, TooLarge, corrected
from core.exporting.marking.comments import MARK
from core.exporting.marking.styles import COLOURS
from core.importing.type_rows import Problem
from tests.workbooks import written

MONTHS = [["月份", "团队编号", "GMV"], ["2026-07", "T1", 100], ["2026-08", "T1", "很多"], ["2026-09", None, 300]]


def said(cell: str, severity: str = "error", message: str = "应为数字", value: str = "很多") -> Problem:
    return Problem("not_a_number", severity, cell, "GMV", value, message, "请改成数字")


def problems(path: Path, folder: Path) -> list[tuple[str, Problem]]:
    upload = importing.prepare(stores.open(folder / "ours.duckdb"), [(path.name, path)])
    return [(sheet.sheet, issue) for sheet in upload.sheets for issue in sheet.issues]


def errors(path: Path, folder: Path) -> list[str]:
    return [issue.cell for _, issue in problems(path, folder) if issue.severity == "error"]


def book(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def coloured(sheet) -> dict[str, str]:
    kinds = {colour: kind for kind, colour in COLOURS.items()}
    return {cell.coordinate: kinds[cell.fill.fgColor.rgb] for row in sheet.iter_rows() for cell in row
            if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in kinds}


def comments(sheet) -> dict[str, str]:
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def part(data: bytes, name: str) -> bytes:
    return zipfile.ZipFile(io.BytesIO(data)).read(name)


def through_libreoffice(path: Path) -> Path:
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    into = path.parent / "again"
    subprocess.run(["soffice", f"-env:UserInstallation=file://{path.parent}/profile", "--headless", "--convert-to", "xlsx",
                    "--outdir", str(into), str(path)], check=True, capture_output=True, timeout=120)
    return into / path.name


@pytest.fixture
def months(tmp_path):
    return written(tmp_path / "月报.xlsx", {"团队月报": MONTHS})


def mended(data: bytes, path: Path) -> Path:
    opened = book(data)
    opened["团队月报"]["C3"], opened["团队月报"]["B4"] = 200, "T1"
    opened.save(path)
    return path


def test_bad_cells_are_red_with_a_comment_that_says_what_to_do_and_the_others_are_not(months, tmp_path):
    sheet = book(corrected("月报.xlsx", months, problems(months, tmp_path), "zh"))["团队月报"]
    assert coloured(sheet) == {"C3": "error", "B4": "error"}
    assert set(comments(sheet)) == {"C3", "B4"}
    assert "应为数字，实际为“很多”" in sheet["C3"].comment.text and "1234.5" in sheet["C3"].comment.text
    assert sheet["C3"].comment.author == "铁军 Tiejun" and sheet["B4"].value is None


def test_the_list_names_each_problem_and_leads_to_its_cell(months):
    opened = book(corrected("月报.xlsx", months, [("团队月报", said("", "note")), ("团队月报", said("团队月报!C3"))], "en"))
    sheet = opened["Tiejun problems"]
    assert opened.sheetnames == ["团队月报", "Tiejun problems"]
    assert [[cell.value or "" for cell in row] for row in sheet.iter_rows()] == [
        ["Severity", "Sheet", "Cell", "Column", "What it holds", "Problem", "What to do"],
        ["Error", "团队月报", "C3", "GMV", "很多", "应为数字", "请改成数字"],
        ["Note", "团队月报", "", "GMV", "很多", "应为数字", "请改成数字"]]
    assert sheet["C2"].hyperlink.location == "'团队月报'!C3" and sheet["C3"].hyperlink is None
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:G3")


@pytest.mark.parametrize("again", [lambda path: path, through_libreoffice], ids=["openpyxl", "libreoffice"])
def test_mended_and_uploaded_again_it_passes_and_its_marks_go(months, tmp_path, again):
    marked = tmp_path / "marked.xlsx"
    marked.write_bytes(corrected("月报.xlsx", months, problems(months, tmp_path), "zh"))
    assert errors(marked, tmp_path) == ["团队月报!C3", "团队月报!B4"]
    path = again(mended(marked.read_bytes(), marked))
    assert errors(path, tmp_path) == []
    opened = book(corrected("月报.xlsx", path, [("团队月报", said("团队月报!A2"))], "en"))
    assert opened.sheetnames == ["团队月报", LIST_SHEETS["en"]]
    assert coloured(opened["团队月报"]) == {"A2": "error"} and set(comments(opened["团队月报"])) == {"A2"}


def test_marks_of_an_earlier_round_are_replaced_not_piled_up(months):
    pair = [("团队月报", said("团队月报!C3"))]
    once = corrected("月报.xlsx", months, pair, "zh")
    months.write_bytes(once)
    twice = corrected("月报.xlsx", months, pair, "zh")
    assert comments(book(twice)["团队月报"]) == comments(book(once)["团队月报"])
    assert book(twice).sheetnames == book(once).sheetnames
    assert part(twice, "xl/drawings/tiejun1.vml").count(b"<v:shape ") == 1


def test_warnings_are_orange_notes_only_listed_and_an_error_outshines_a_warning(months):
    sheet = book(corrected("月报.xlsx", months, [
        ("团队月报", said("团队月报!A2", "warning")), ("团队月报", said("团队月报!B2", "note")),
        ("团队月报", said("团队月报!C2", "warning", "偏大")), ("团队月报", said("团队月报!C2", message="过大"))],
        "zh"))["团队月报"]
    assert coloured(sheet) == {"A2": "warning", "C2": "error"} and set(comments(sheet)) == {"A2", "C2"}
    assert comments(sheet)["C2"] == f"{MARK}\n错误：过大 请改成数字\n警告：偏大 请改成数字"


def test_a_problem_of_a_whole_row_colours_its_used_cells_and_one_of_a_range_those_within(months):
    sheet = book(corrected("月报.xlsx", months, [("团队月报", said("团队月报!2")), ("团队月报", said("团队月报!B3:C9"))],
                           "zh"))["团队月报"]
    assert set(coloured(sheet)) == {"A2", "B2", "C2", "B3", "C3", "C4"} and set(comments(sheet)) == {"A2", "B3"}


def test_cells_and_rows_that_the_file_leaves_out_are_put_in_their_order(months):
    places = ("E2", "D2", "B4", "A6", "C9", "B6")
    data = corrected("月报.xlsx", months, [("团队月报", said(f"团队月报!{place}")) for place in places], "zh")
    assert set(coloured(book(data)["团队月报"])) == set(places)
    xml = part(data, "xl/worksheets/sheet1.xml").decode()
    inner = [xml.index(f'r="{place}"') for place in ("C2", "D2", "E2", "A4", "B4", "C4", "A6", "B6", "C9")]
    assert inner == sorted(inner)


def test_the_mark_of_a_covered_cell_is_shown_on_the_merged_area(tmp_path):
    opened = openpyxl.Workbook()
    opened.active.append(["a", "b"])
    opened.active.append(["x", "y"])
    opened.active.merge_cells("A2:A4")
    opened.save(tmp_path / "m.xlsx")
    sheet = book(corrected("m.xlsx", tmp_path / "m.xlsx", [("Sheet", said("Sheet!A3"))], "zh"))["Sheet"]
    assert coloured(sheet) == {"A2": "error"}


@pytest.mark.parametrize("name", ["It's ours", "a' & <b>", "轻茶 月报", "🍵 表", "=cmd()", "A1!B2"])
def test_whatever_a_sheet_is_called_its_cells_are_found(tmp_path, name):
    path = tmp_path / "=cmd().xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("x")
        made.add_worksheet(name).write_row(0, 0, ["a", "=1+1"], made.add_format({"num_format": "@"}))
    opened = book(corrected(path.name, path, [(name, said(f"{name}!B1", value="=1+1", message="=1+1"))], "zh"))
    assert coloured(opened[name]) == {"B1": "error"} and not coloured(opened["x"])
    listed = opened[LIST_SHEETS["zh"]]
    assert listed["C2"].hyperlink.location == "'" + name.replace("'", "''") + "'!B1"
    assert (listed["E2"].value, listed["E2"].data_type, listed["F2"].data_type) == ("=1+1", "s", "s")


@pytest.fixture
def rich(tmp_path):
    """A workbook with what a careless rewriting loses."""
    path = tmp_path / "rich.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.use_1904 = made.date_1904 = True
        sheet, hidden = made.add_worksheet("数据"), made.add_worksheet("隐藏")
        sheet.set_column(0, 3, 22, made.add_format({"num_format": "0.000"}))
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_datetime(1, 0, datetime(2026, 7, 1), made.add_format({"num_format": "yyyy/mm/dd", "bold": True}))
        sheet.write_formula(1, 1, "=6*7", made.add_format({"num_format": "0.00%"}), 42)
        sheet.write_comment(1, 1, "王总：请核对")
        sheet.write_comment(0, 0, "别动")
        chart = made.add_chart({"type": "column"})
        chart.add_series({"values": "='数据'!$B$2:$B$2"})
        sheet.insert_chart("F2", chart)
        hidden.hide()
    return path


def test_formulas_keep_their_values_and_charts_formats_and_hidden_sheets_stay(rich):
    data = corrected("rich.xlsx", rich, [("数据", said("数据!A2")), ("数据", said("数据!B2")), ("数据", said("数据!C2"))], "zh")
    stored = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["数据"]
    sheet = book(data)["数据"]
    assert (sheet["B2"].value, stored["B2"].value) == ("=6*7", 42)
    assert sheet["A2"].number_format == "yyyy/mm/dd" and sheet["A2"].font.bold and sheet["B2"].number_format == "0.00%"
    assert sheet["C2"].number_format == "0.000" and sheet.column_dimensions["A"].width == pytest.approx(22, abs=1)
    assert book(data)["隐藏"].sheet_state == "hidden" and len(sheet._charts) == 1
    changed = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
               "xl/worksheets/sheet1.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"}
    for name in set(zipfile.ZipFile(rich).namelist()) - changed:
        assert part(data, name) == part(rich.read_bytes(), name), name


@pytest.mark.parametrize("again", [lambda path: path, through_libreoffice], ids=["as written", "libreoffice"])
def test_comments_of_others_stay_and_ours_can_be_taken_off_again(rich, again):
    pair = [("数据", said("数据!B2")), ("数据", said("数据!A2"))]
    once = corrected("rich.xlsx", rich, pair, "zh")
    found = comments(book(once)["数据"])
    assert found["A1"] == "别动" and found["B2"] == f"王总：请核对\n\n{MARK}\n错误：应为数字 请改成数字"
    rich.write_bytes(once)
    assert comments(book(corrected("rich.xlsx", rich, pair, "zh"))["数据"]) == found
    without = corrected("rich.xlsx", again(rich), [], "zh")
    assert comments(book(without)["数据"]) == {"A1": "别动", "B2": "王总：请核对"} and not coloured(book(without)["数据"])
    assert part(without, "xl/drawings/vmlDrawing1.vml").count(b"<v:shape ") == 2


def test_without_problems_only_the_list_is_new(rich):
    sheet = book(corrected("rich.xlsx", rich, [], "zh"))["数据"]
    assert len(sheet._charts) == 1 and comments(sheet) == comments(book(rich.read_bytes())["数据"])


def test_colours_and_comments_of_the_users_own_are_not_taken_for_ours(tmp_path):
    opened = openpyxl.Workbook()
    opened.active["A1"].fill = PatternFill("solid", fgColor="FFFF0000")
    opened.active["A1"].comment = Comment("红色是我标的", "王总")
    opened.active["B1"] = 1
    opened.save(tmp_path / "own.xlsx")
    sheet = book(corrected("own.xlsx", tmp_path / "own.xlsx", [("Sheet", said("Sheet!B1"))], "zh"))["Sheet"]
    assert sheet["A1"].fill.fgColor.rgb == "FFFF0000" and sheet["A1"].comment.text == "红色是我标的"


def test_a_workbook_with_an_empty_sheet_and_one_that_had_marks_is_marked_in_its_place(rich):
    rich.write_bytes(corrected("rich.xlsx", rich, [("隐藏", said("隐藏!B3"))], "zh"))
    data = corrected("rich.xlsx", rich, [("隐藏", said("隐藏!C1"))], "zh")
    assert coloured(book(data)["隐藏"]) == {"C1": "error"} and len(book(data)["数据"]._charts) == 1


def test_a_prefixed_package_without_addresses_is_marked_as_well(months):
    """As the .NET libraries write it: x: before every name; rows and cells may leave their address out."""
    sheet = (b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row><x:c>'
             b"<x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row><x:row/></x:sheetData></x:worksheet>")
    with zipfile.ZipFile(months) as packed, zipfile.ZipFile(months.with_name("x.xlsx"), "w") as out:
        for name in packed.namelist():
            out.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else packed.read(name))
    data = corrected("x.xlsx", months.with_name("x.xlsx"), [("团队月报", said(f"团队月报!{c}")) for c in ("B1", "B2")], "zh")
    assert coloured(book(data)["团队月报"]) == {"B1": "error", "B2": "error"}


def test_a_gbk_csv_becomes_a_workbook_of_the_same_cells_that_passes_once_mended(tmp_path):
    path = tmp_path / "团队月报.csv"
    path.write_bytes("月份,团队编号,GMV,备注\n\n2026-07,007,很多,=1+1\n2026-08,12345678901234567,1.5,1.50\n".encode("gbk"))
    data = corrected(path.name, path, problems(path, tmp_path), "zh", "gb18030")
    sheet = book(data)["团队月报"]
    assert coloured(sheet) == {"C3": "error"} and set(comments(sheet)) == {"C3"}
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)] == [
        ["2026-07", "007", "很多", "=1+1"], ["2026-08", "12345678901234567", 1.5, "1.50"]]
    assert sheet["D3"].data_type == "s" and book(data)[LIST_SHEETS["zh"]]["C2"].hyperlink.location == "'团队月报'!C3"
    opened = book(data)
    opened["团队月报"]["C3"] = 5
    opened.save(tmp_path / "again.xlsx")
    assert errors(tmp_path / "again.xlsx", tmp_path) == []


@pytest.mark.parametrize(("name", "sheet"), [("=cmd().csv", "=cmd()"), ("a[1]?*.csv", "a1"), ("'.csv", "Sheet1"),
                                             ("很" * 40 + ".csv", "很" * 31)])
def test_a_csv_of_any_name_gives_a_sheet_that_can_be_opened(tmp_path, name, sheet):
    path = tmp_path / "upload"
    path.write_bytes(b"a,b\n1,\x01=2\n")
    opened = book(corrected(name, path, [("", said("B2"))], "zh"))
    assert opened.sheetnames[0] == sheet and opened[sheet]["B2"].value == "=2"


def test_a_package_that_cannot_be_edited_is_still_given_back_as_its_cells(months):
    with zipfile.ZipFile(months) as packed, zipfile.ZipFile(months.with_name("odd.xlsx"), "w") as out:
        for name in packed.namelist():
            data = packed.read(name)
            out.writestr(name, data.replace(b"<cellXfs", b"<oddXfs").replace(b"/cellXfs", b"/oddXfs"))
    sheet = book(corrected("odd.xlsx", months.with_name("odd.xlsx"), [("团队月报", said("团队月报!C3"))], "zh"))["团队月报"]
    assert coloured(sheet) == {"C3": "error"} and sheet["C3"].value == "很多"


def test_a_zip_bomb_is_refused_as_too_large(months):
    with zipfile.ZipFile(months, "a", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/media/bomb.bin", "w") as bomb:
        for _ in range(60):
            bomb.write(bytes(1_000_000))
    with pytest.raises(TooLarge):
        corrected("月报.xlsx", months, [("团队月报", said("团队月报!C3"))], "zh")


def test_entities_are_never_resolved_and_what_cannot_be_read_is_refused(months):
    with zipfile.ZipFile(months) as packed, zipfile.ZipFile(months.with_name("e.xlsx"), "w") as out:
        for name in packed.namelist():
            data = packed.read(name)
            out.writestr(name, b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + data if name == "xl/workbook.xml" else data)
    with pytest.raises(Refused, match="broken_file"):
        corrected("e.xlsx", months.with_name("e.xlsx"), [("团队月报", said("团队月报!C3"))], "zh")


def test_the_child_is_stopped_when_it_takes_too_long(months, monkeypatch):
    monkeypatch.setattr(marking, "SECONDS", 0.001)
    with pytest.raises(TooLarge):
        corrected("月报.xlsx", months, [("团队月报", said("团队月报!C3"))], "zh")
