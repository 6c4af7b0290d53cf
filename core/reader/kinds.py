"""What a file really is, whatever its name says, and the way each kind is read; archives of our kinds included."""

import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from pathlib import Path, PurePosixPath

from core.reader.encoding import unmarked_utf16
from core.reader.sheet import Refusal

KINDS = {"xlsx": (".xlsx",), "xls": (".xls",), "text": (".csv", ".tsv", ".txt"), "zip": (".zip",)}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x7fELF",
          b"SQLite format 3\0", b"{\\rtf", b"II*\0", b"MM\0*")
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError)
MOST_FILES = 200
MOST_BYTES = 2 << 30
MOST_RATIO = 400
SMALL = 50_000_000


def kind_of(path: Path) -> str:
    """xlsx, xls, zip or text by content; refuses what is none of them, is empty, encrypted or carries macros."""
    with path.open("rb") as opened:
        start = opened.read(65_536)
    if len(start) < 65_536 and not re.sub(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)", b"", start).strip():
        raise Refusal("empty_file")
    if path.suffix.lower() in (".xlsm", ".xltm", ".xlam"):
        raise Refusal("macro_file")
    if start.startswith(OLE):
        return _compound(path.read_bytes())
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _packed(path)
    return _text(start)


def _compound(data: bytes) -> str:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data
    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise Refusal("encrypted_file")
    if holds("_VBA_PROJECT"):
        raise Refusal("macro_file")
    if holds("WordDocument") or holds("PowerPoint Document"):
        raise Refusal("unknown_kind")
    return "xls"


def _packed(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as packed:
            names = {name.lower().lstrip("/") for name in packed.namelist()}
    except BROKEN as error:
        raise Refusal("broken_file") from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "[content_types].xml" in names or names & {"mimetype", "index/document.iwa", "xl/workbook.bin"}:
        raise Refusal("unknown_kind")
    return "zip"


def _text(start: bytes) -> str:
    if start.startswith(OTHERS):
        raise Refusal("unknown_kind")
    if re.match(rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head)", start):
        raise Refusal("web_page")
    utf16 = start[:2] in (b"\xff\xfe", b"\xfe\xff") or unmarked_utf16(start[:4_096])
    control = sum(start.count(bytes([code])) for code in (*range(1, 9), *range(14, 26), *range(28, 32)))
    if not utf16 and (control > max(3, len(start) // 200) or start.count(0) > len(start) // 4):
        raise Refusal("unknown_kind")
    return "text"


def misnamed(path: Path, kind: str) -> bool:
    """Whether the file's name says that it is of another kind; a name without an ending says nothing."""
    return bool(path.suffix) and path.suffix.lower() not in KINDS[kind]


def inner(path: Path, folder: Path) -> Iterator[tuple[str, Path | None, str]]:
    """Each file of an archive as (shown name, extracted path or None, code of its problem). The path is of our own making;
    an entry's name never is one."""
    with zipfile.ZipFile(path) as packed:
        entries = [entry for entry in packed.infolist() if not _aside(entry)]
        unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > MOST_FILES or unpacked > MOST_BYTES or \
                (unpacked > SMALL and unpacked / path.stat().st_size > MOST_RATIO):
            raise Refusal("oversized_file")
        if not entries:
            raise Refusal("empty_file")
        for number, entry in enumerate(entries):
            name = _shown(entry)
            problem = _refused(packed, entry)
            target = None if problem else folder / f"inner-{number}{_ending(name)}"
            if target and not _extract(packed, entry, target):
                target, problem = None, "broken_file"
            yield name, target, problem


def _aside(entry: zipfile.ZipInfo) -> bool:
    """What an operating system adds of its own."""
    last = PurePosixPath(entry.filename).name
    return entry.is_dir() or entry.filename.startswith("__MACOSX/") or last.startswith("._") or \
        last.lower() in (".ds_store", "thumbs.db", "desktop.ini")


def _shown(entry: zipfile.ZipInfo) -> str:
    """The entry's name as the user knows it: Chinese Windows writes GBK where the standard says code page 437."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return re.sub(r"[^\w .,()\[\]/\\@#&+=~%！-～、。（）【】《》·—-]", "_", name)[:200]


def _ending(name: str) -> str:
    found = re.search(r"\.(xlsx|xls|csv|tsv|txt|xlsm|zip)$", name.lower())
    return found[0] if found else ""


def _refused(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & 1:
        return "encrypted_file"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "unknown_kind"
    return "nested_archive" if entry.filename.lower().endswith((".zip", ".rar", ".7z", ".gz", ".tar")) else ""


def _extract(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> bool:
    """Unpacks one entry; False, with nothing left, where it is broken."""
    try:
        with target.open("xb") as opened:
            opened.writelines(pieces(packed, entry))
    except BROKEN:
        target.unlink(missing_ok=True)
        return False
    return True


def pieces(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry's bytes to its true end; BadZipFile as soon as there are more than it declares."""
    declared, read = entry.file_size, 0
    # zipfile stops where the header says that the entry ends, and would cut one that lies.
    whole = copy(entry)
    whole.file_size = MOST_BYTES + 1
    with packed.open(whole) as source:
        while piece := source.read(2 << 20):
            read += len(piece)
            if read > declared:
                raise zipfile.BadZipFile
            yield piece
