"""Bytes → raw text rows, in a child process of its own that never shares a server's memory.

The child leaves one parquet file a sheet (`_row`, the 1-based row in the file, and c0 … cN as text, blank rows left
out) and a manifest; whatever is wrong with the file is a code in the manifest.
"""

import csv
import io
import json
import re
import resource
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq

MEMORY = 4 * 2**30
SECONDS = 300
MOST_BYTES_UNZIPPED = 2 * 2**30
MOST_RATIO = 400
MOST_COLUMNS = 2_000
MOST_CELLS = 60_000_000
CODES = {"empty_file", "encrypted_file", "macro_file", "external_links", "oversized_file", "broken_file",
         "unknown_kind", "unknown_encoding", "reader_stopped"}


@dataclass(frozen=True)
class RawSheet:
    """One sheet's raw rows: `name` ("" for a CSV), the parquet file, its number of columns, whether it is hidden."""

    name: str
    parquet: Path
    columns: int
    hidden: bool


@dataclass(frozen=True)
class RawFile:
    """What reading a file gave: its encoding (CSV only), sheets, and the code of what is wrong with it ("" if nothing)."""

    encoding: str
    sheets: tuple[RawSheet, ...]
    problem: str


def read(path: Path, folder: Path, encoding: str | None = None) -> RawFile:
    """Reads a file in a child process with limits on memory and time; never raises for what the file holds."""
    folder.mkdir(parents=True, exist_ok=True)
    # As a file of its own: the child starts in a third of the time when it does not import the rest of the product.
    command = [sys.executable, "-I", __file__, str(path), str(folder), encoding or ""]
    try:
        ended = subprocess.run(command, timeout=SECONDS, capture_output=True, check=False)
        manifest = json.loads((folder / "manifest.json").read_text("utf-8")) if ended.returncode == 0 else {}
    except (subprocess.TimeoutExpired, OSError, ValueError):
        manifest = {}
    problem = manifest.get("problem", "reader_stopped")
    sheets = [RawSheet(s["name"], folder / s["parquet"], s["columns"], s["hidden"]) for s in manifest.get("sheets", [])]
    return RawFile(manifest.get("encoding", ""), tuple(sheets), problem if problem in CODES else "")


class Refusal(Exception):
    """The file cannot be read; the message is the code of the problem."""


def main(path: Path, folder: Path, encoding: str) -> None:
    """The child's work: reads one file and leaves sheets and manifest in the folder."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        manifest = _contents(path, folder, encoding)
    except Refusal as refusal:
        manifest = {"encoding": "", "sheets": [], "problem": str(refusal)}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def _contents(path: Path, folder: Path, encoding: str) -> dict:
    with path.open("rb") as opened:
        start = opened.read(8)
    if not start:
        raise Refusal("empty_file")
    if path.suffix.lower() == ".xlsm":
        raise Refusal("macro_file")
    if start.startswith(b"PK\x03\x04"):
        _pre_flight(path)
        return _workbook(path, folder)
    if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise Refusal("encrypted_file")
        return _workbook(path, folder)
    text, used = decode(path.read_bytes(), encoding)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text)))
    sheet = _write(((number, row) for number, row in enumerate(rows, 1)), folder / "0.parquet")
    return {"encoding": used, "sheets": [{"name": "", "hidden": False} | sheet] if sheet else [],
            "problem": "" if sheet else "empty_file"}


def decode(data: bytes, encoding: str = "") -> tuple[str, str]:
    """The text and the name of its encoding: byte order mark, then strict UTF-8 over the whole file, then GB18030."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if not encoding and data.startswith(mark):
            encoding = name
    for name in [encoding] if encoding else ["utf-8", "gb18030"]:
        try:
            return data.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    raise Refusal("unknown_encoding")


def delimiter(text: str) -> str:
    """Comma, tab or semicolon: the one that the first lines hold most often outside quotes."""
    first = re.sub(r'"[^"]*"', "", "\n".join(text[:20_000].splitlines()[:20]))
    return max(",\t;", key=first.count)


def _pre_flight(path: Path) -> None:
    """Refuses what would take the reader's memory or carry more than data, before any of it is unpacked."""
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
                raise Refusal("unknown_kind")
            if any("vbaproject" in name.lower() for name in names):
                raise Refusal("macro_file")
            if any(name.startswith("xl/externalLinks/") for name in names):
                raise Refusal("external_links")
            unpacked, size = sum(e.file_size for e in entries), max(path.stat().st_size, 1)
            if unpacked > MOST_BYTES_UNZIPPED or (unpacked > 50_000_000 and unpacked / size > MOST_RATIO):
                raise Refusal("oversized_file")
            for entry in entries:
                if entry.filename.endswith(".xml"):
                    with packed.open(entry) as part:
                        if b"<!DOCTYPE" in part.read(2_000):
                            raise Refusal("broken_file")
            for name in names:
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                    _extent(packed, name)
    except zipfile.BadZipFile as error:
        raise Refusal("broken_file") from error


def _extent(packed: zipfile.ZipFile, name: str) -> int:
    """The sheet's first used column (0 = A); refuses a sheet whose corners are too far apart to be a table."""
    first, last_column, last_row, rest = MOST_COLUMNS * 10, 0, 0, b""
    with packed.open(name) as part:
        while block := part.read(1 << 20):
            block = rest + block
            for letters, row in set(re.findall(rb'<c r="([A-Z]{1,3})(\d{1,7})"', block)):
                column = _column_number(letters)
                first, last_column = min(first, column), max(last_column, column)
                last_row = max(last_row, int(row))
            rest = block[-40:]
    if last_column >= MOST_COLUMNS or (last_column + 1) * last_row > MOST_CELLS:
        raise Refusal("oversized_file")
    return 0 if first > last_column else first


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _workbook(path: Path, folder: Path) -> dict:
    import fastexcel

    try:
        book = fastexcel.read_excel(str(path))
    except Exception as error:
        raise Refusal("encrypted_file" if "password" in str(error).lower() else "broken_file") from error
    offsets = _first_columns(path)
    sheets = []
    for index, name in enumerate(book.sheet_names):
        try:
            sheet = book.load_sheet(index, header_row=None, dtypes="string", skip_rows=0)
        except Exception:  # a chart sheet holds no cells
            continue
        table = sheet.to_arrow()
        columns = [column.to_pylist() for column in table.columns]
        shift = [""] * offsets.get(name, 0)
        rows = ((number, [*shift, *row]) for number, row in enumerate(zip(*columns, strict=True), 1))
        written = _write(rows, folder / f"{index}.parquet")
        if written:
            sheets.append({"name": name, "hidden": sheet.visible != "visible"} | written)
    return {"encoding": "", "sheets": sheets, "problem": "" if sheets else "empty_file"}


def _first_columns(path: Path) -> dict[str, int]:
    """Each sheet's first used column: the reader leaves blank leading columns out, addresses must not."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as packed:
        if "xl/_rels/workbook.xml.rels" not in packed.namelist():
            return {}
        relations = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
        parts = {r.get("Id"): r.get("Target").lstrip("/").removeprefix("xl/") for r in relations}
        book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
        found = {}
        for sheet in book.iter():
            part = next((parts.get(v) for k, v in sheet.attrib.items() if k.endswith("}id")), None)
            if sheet.tag.endswith("}sheet") and part and part.startswith("worksheets/"):
                found[sheet.get("name")] = _extent(packed, f"xl/{part}")
        return found


def _write(rows, target: Path) -> dict | None:
    """Writes the rows that hold anything as parquet; None where none does."""
    kept = [(number, row) for number, row in rows if any(cell and cell.strip() for cell in row)]
    if not kept:
        return None
    columns = [list(column) for column in zip_longest(*(row for _, row in kept))]
    while len(columns) > 1 and not any(columns[-1]):
        columns.pop()
    if len(columns) > MOST_COLUMNS:
        raise Refusal("oversized_file")
    arrays = {"_row": pa.array([number for number, _ in kept], pa.int32())}
    arrays |= {f"c{i}": pa.array(column, pa.string()) for i, column in enumerate(columns)}
    pq.write_table(pa.table(arrays), target, compression="lz4")
    return {"parquet": target.name, "columns": len(columns)}


class WithoutPandas:
    """pyarrow would load all of pandas to look at plain lists; the child starts twice as fast without."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "pandas":
            raise ImportError(name)


if __name__ == "__main__":
    sys.meta_path.insert(0, WithoutPandas)
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
