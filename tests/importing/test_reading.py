"""Bytes → rows: every cell as the file has it, every row under its own number, whatever way it was read."""

import io
import random
import sys
from datetime import date, datetime

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.importing.read import Fact, read
from core.reader import text
from core.reader.encoding import blocks
from core.reader.sheet import Facts, Refusal
from tests.importing import hostile


@pytest.fixture
def reading(tmp_path):
    """Reads one file given as bytes; answers what `read` does."""
    def of(content: bytes | str, name: str = "t.csv", **options):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path, tmp_path / "raw", **options)
    return of


def rows(sheet) -> list[list]:
    """A sheet's rows, each with its number first."""
    return [list(row) for row in zip(*(c.to_pylist() for c in pq.read_table(sheet.parquet).columns), strict=True)]


def only(files) -> list[list]:
    (file,) = files
    assert file.problem == ""
    return rows(file.sheets[0])


def facts(files) -> list[Fact]:
    return [fact for file in files for sheet in file.sheets for fact in sheet.facts]


def workbook(table: list[list], formats: dict | None = None) -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in table:
        book.active.append(row)
    for place, said in (formats or {}).items():
        book.active[place].number_format = said
    book.save(made)
    return made.getvalue()


CELL = st.text(st.sampled_from('ab,;"\n\r \t中é\u3000'), max_size=6)
LINES = st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=8)


def parsed(way, content: bytes, folder):
    path, target, seen = folder / "p.csv", folder / "p.parquet", Facts()
    path.write_bytes(content)
    try:
        used = way(lambda: blocks(path, "utf-8", seen, lambda done: None), target, seen)
    except text.Doubtful:
        return None
    except Refusal as refusal:
        return refusal.code
    table = pq.read_table(target)
    return [row[:used + 1] for row in zip(*(c.to_pylist() for c in table.columns), strict=True)]


@settings(max_examples=400, deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_the_fast_way_gives_the_rows_of_the_exact_one_wherever_it_is_taken(tmp_path_factory, lines, end, quoted, last):
    said = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' if quoted else cell for cell in line] for line in lines]
    content = (end.join(",".join(line) for line in said) + (end if last else "")).encode()
    folder = tmp_path_factory.mktemp("ways")
    quick = parsed(text.quick, content, folder)
    assert quick is None or quick == parsed(text.exact, content, folder)


def test_the_fast_way_is_taken_for_plain_and_for_quoted_lines():
    for content in (b"a,b\n1,2\n", b'"a","b"\r\n"1","2"\r\n', b'"a ""b""",2\n'):
        assert text.fast(content, 2, ",") is not None


def test_blank_rows_are_left_out_and_every_row_keeps_its_number(reading):
    files = reading("店铺,甲\n\n订单号,金额\n,\n1,2\n \n")
    assert only(files) == [[1, "店铺", "甲"], [3, "订单号", "金额"], [5, "1", "2"]]
    assert facts(files) == [Fact("blank_rows", "2", "", 2)]


def test_a_cell_with_line_breaks_is_one_row(reading):
    assert only(reading('a,b\n"x\ny, z",2\n3,4\n')) == [[1, "a", "b"], [2, "x\ny, z", "2"], [3, "3", "4"]]


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_a_file_larger_than_a_block_keeps_its_order(reading, mark):
    said = ["标题"] + [mark.join((str(i), f"名{i}", "x" * 40)) for i in range(200_000)] + [f"合计{mark}9"]
    found = only(reading("\n".join(said)))
    assert [row[0] for row in found] == list(range(1, 200_003))
    assert found[0] == [1, "标题", None, None] and found[-1] == [200_002, "合计", "9", None]
    assert all(row[1] == str(row[0] - 2) for row in found[1:-1])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_each_encoding_is_found_over_the_whole_file(reading, encoding):
    content = "a,b\n" + "1,x\n" * 50_000 + "2,𠮷中文\n"
    file, = reading(content.encode(encoding))
    assert file.encoding == encoding and rows(file.sheets[0])[-1] == [50_002, "2", "𠮷中文"]


def test_the_encoding_can_be_chosen_by_hand_and_an_unknown_one_is_refused(reading):
    assert only(reading("工號,姓名\n1,張\n".encode("big5"), encoding="big5"))[1] == [2, "1", "張"]
    for name in ("klingon", "hex", "unicode_escape", "../big5", "big5\0", "idna"):
        assert reading(b"a,b\n1,2\n", encoding=name)[0].problem == "unknown_encoding"
    assert reading("工号\n张\n".encode("gbk"), encoding="utf-8")[0].problem == "unknown_encoding"


@pytest.mark.parametrize(("content", "line"), [
    ("工号,姓名\nE1,张三\n".encode() + "E2,李四\n".encode("gbk"), "3"),
    ("工号,姓名\n".encode("gbk") + "E1,团队经理\n".encode() + "E2,李四\n".encode("gbk"), "2"),
    ("工号,姓名\n".encode("gbk") + "E1,王小五\n".encode(), "2"),
    (b"a,b\n" * 9 + "E1,中文\n".encode() + b"1,\xff\n", "11")])
def test_a_file_in_two_encodings_is_refused_with_the_line(reading, content, line):
    file, = reading(content)
    assert (file.problem, file.cell, file.sheets) == ("mixed_encodings", line, ())


def test_gbk_that_looks_a_little_like_utf8_is_gbk(reading):
    assert only(reading("姓名,备注\n联通,涓涓\n".encode("gbk")))[1] == [2, "联通", "涓涓"]


@pytest.mark.parametrize(("content", "line"), [
    ('a,b\n1,"x\n2,y\n', "2"), ('a,b,c\n1,2,3\n4,"5,6\n7,8,9\n7,8,9\n7,8,"9"\n', "3")])
def test_a_quote_that_swallows_rows_is_refused_with_its_line(reading, content, line):
    file, = reading(content)
    assert (file.problem, file.cell) == ("unclosed_quote", line)


def test_a_row_with_more_cells_than_the_header_is_named_and_blank_ones_are_not(reading):
    files = reading("导出,,\n工号,金额\nE1,1\nE2,1,234\nE3,5,\nE4,1,2,3\n")
    assert facts(files) == [Fact("extra_cells", "4", "234", 1), Fact("extra_cells", "6", "2", 1)]


@pytest.mark.parametrize("length", [32_767, 32_768])
def test_a_cell_is_as_long_as_a_spreadsheets_at_most(reading, length):
    files = reading("a,b\n1," + "字" * length + "\n")
    assert len(only(files)[1][2]) == 32_767
    assert [fact.cell for fact in facts(files) if fact.code == "cell_too_long"] == (["B2"] if length > 32_767 else [])


def test_invisible_signs_are_counted_once_with_the_first_cell(reading):
    files = reading("id,name\nE\u200b1,x\n2,\u202ey\n3,“好”\n")
    assert facts(files) == [Fact("invisible_characters", "A2", "E·1", 2)]


def test_numbers_dates_and_booleans_come_out_as_excel_shows_them(reading):
    table = [["x"], [0.1 + 0.2], [12.0], [0.7815], [1 / 3], [-4533.75], [True], [False], [datetime(2026, 7, 1, 10, 20, 30)],
             [date(1900, 1, 1)], [date(2099, 12, 31)], [123_456_789_012], [123456789.123456789], ["00123"], ["true"], ["1.50"]]
    found = [row[1] for row in only(reading(workbook(table, {"A4": "0.00%", "A6": '"¥"#,##0'}), "t.xlsx"))]
    assert found[1:] == ["0.3", "12", "78.15%", "0.333333333333333", "-4533.75", "TRUE", "FALSE", "2026-07-01 10:20:30",
                         "1900-01-01 00:00:00", "2099-12-31 00:00:00", "123456789012", "123456789.123457", "00123", "true",
                         "1.50"]


@pytest.mark.parametrize(("stored", "said"), [
    (999_999_999_999_999, "999999999999999"), (10 ** 15, "1E+15"), (123_456_789_012_345_678, "1.23456789012346E+17"),
    ("123456789012345678", "123456789012345678"), ("123456789012345680", "123456789012345680")])
def test_a_number_that_lost_digits_says_so_and_an_id_stays(reading, stored, said):
    assert only(reading(workbook([["编号"], [stored]]), "t.xlsx"))[1] == [2, said]


def test_rows_and_columns_left_blank_before_the_table_keep_their_places(reading):
    content = hostile.simple(f'<row r="3"><c r="A3" s="1"/>{hostile.text("B3", "x")}</row>'
                             f'<row r="5">{hostile.text("C5", "y")}</row>')
    assert only(reading(content, "t.xlsx")) == [[3, None, "x", None], [5, None, None, "y"]]


def test_dates_of_a_1904_workbook_are_the_days_it_shows(reading):
    content = hostile.CASES["dates_1904.xlsx"][0]()
    assert only(reading(content, "t.xlsx"))[2][1] == "2026-07-01 00:00:00"


def test_each_bad_cell_of_a_workbook_is_named_up_to_a_thousand(reading):
    cells = "".join(f'<row r="{i}"><c r="A{i}" t="e"><v>#REF!</v></c><c r="B{i}"><f>A1</f></c><c r="C{i}"><v>1</v></c></row>'
                    for i in range(1, 1_503))
    found = facts(reading(hostile.simple(cells), "t.xlsx"))
    for code, column in (("error_cell", "A"), ("formula_without_value", "B")):
        ours = [fact for fact in found if fact.code == code]
        assert [fact.cell for fact in ours[:1_000]] == [f"{column}{i}" for i in range(1, 1_001)]
        assert len(ours) == 1_001 and ours[-1].count == 502


def test_an_archive_gives_a_file_for_each_of_its_files_under_names_that_are_only_shown(reading, tmp_path):
    content = hostile.packed({"../a.csv": "x,y\n1,2\n", "b.xlsx": hostile.simple(), "c.png": hostile.PNG})
    files = reading(content, "t.zip")
    assert [(file.name, file.problem) for file in files] == [("../a.csv", ""), ("b.xlsx", ""), ("c.png", "unknown_kind")]
    assert rows(files[0].sheets[0]) == [[1, "x", "y"], [2, "1", "2"]] and not (tmp_path.parent / "a.csv").exists()


def test_a_name_that_chinese_windows_put_into_an_archive_is_shown_as_it_was(reading):
    content = hostile.packed({"AAAA.csv": "x,y\n1,2\n"}).replace(b"AAAA", "订单".encode("gbk"))
    assert reading(content, "t.zip")[0].name == "订单.csv"


def test_progress_grows_and_cancelling_leaves_nothing(tmp_path):
    path, heard = tmp_path / "t.csv", []
    path.write_bytes(b"a,b\n" + b"1234567890,1234567890\n" * 1_000_000)
    read(path, tmp_path / "raw", told=heard.append)
    assert heard == sorted(heard) and all(0 <= part <= 1 for part in heard) and heard

    def cancel(part):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        read(path, tmp_path / "cancelled", told=cancel)
    assert not (tmp_path / "cancelled").exists()


def test_a_child_that_runs_out_of_time_or_memory_is_a_problem_by_name(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + f"{random.random()},x\n".encode() * 2_000_000)
    monkeypatch.setattr(sys.modules[read.__module__], "SECONDS", 0.3)
    assert read(path, tmp_path / "raw")[0].problem == "reader_stopped"
    monkeypatch.undo()
    monkeypatch.setattr(sys.modules[read.__module__], "MEMORY", 150 << 20)
    assert read(path, tmp_path / "raw")[0].problem in ("oversized_file", "reader_stopped")
    assert not [found for found in (tmp_path / "raw").rglob("*") if found.is_file()]
