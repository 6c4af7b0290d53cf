"""Bytes → raw text rows, in a child process of its own (`core/reader`) that never shares a server's memory."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

CHILD = Path(__file__).parents[1] / "reader"
MEMORY = 4 << 30
FILE_SIZE = 8 << 30
SECONDS = 300
POLL = 0.1

# What can be wrong with a whole file, and what was seen in a sheet; the words are in data/text/reading.toml.
SEVERITY = {
    "empty_file": "error", "encrypted_file": "error", "macro_file": "error", "external_links": "error",
    "oversized_file": "error", "broken_file": "error", "unknown_kind": "error", "web_page": "error",
    "unknown_encoding": "error", "mixed_encodings": "error", "truncated_file": "error", "unclosed_quote": "error",
    "line_too_long": "error", "nested_archive": "error", "reader_stopped": "error", "disk_full": "error",
    "error_cell": "error", "formula_without_value": "error", "cell_too_long": "error", "extra_cells": "error",
    "merged_cells": "warning", "doubtful_encoding": "warning", "nul_bytes": "warning", "carriage_returns": "warning",
    "hidden_sheet": "warning", "hidden_rows": "note", "invisible_characters": "note", "wrong_extension": "note",
    "blank_rows": "note", "dates_1904": "note"}


@dataclass(frozen=True)
class Fact:
    """Something the reader saw: `cell` is "C5", "5" (a row), "A2:A5" or ""; `count` > 1 where it stands for several."""

    code: str
    cell: str
    value: str
    count: int


@dataclass(frozen=True)
class RawSheet:
    """One sheet's raw rows: `name` ("" for a CSV), its parquet file (`_row`, the 1-based row in the file as a spreadsheet
    shows it, and c0 … cN as text; blank rows left out), number of columns, whether it is hidden, what was seen."""

    name: str
    parquet: Path
    columns: int
    hidden: bool
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class RawFile:
    """One file read: `name` "" = the file itself, else its name inside the archive (to show, never a path); the encoding
    (text only); the code of what is wrong with it ("" if nothing) and the line where (`cell`, "" = all of it)."""

    name: str
    encoding: str
    sheets: tuple[RawSheet, ...]
    problem: str
    cell: str = ""


def read(path: Path, folder: Path, encoding: str | None = None, told=None) -> list[RawFile]:
    """Reads a file, or each file of an archive, in a child process with limits on memory and time; never raises for what
    the file holds. `told(fraction)` hears every 0.1 s how far it is; what it raises ends the reading and leaves nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        # A zero byte cannot be passed to a child; no codec has one in its name.
        ended = _run(path, folder, (encoding or "").replace("\0", "?"), told or (lambda part: None))
        found = json.loads((folder / "manifest.json").read_text("utf-8")) if ended == 0 else []
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if not found:
        found = [{"problem": _why_stopped(ended, folder)}]
    files = [_file(entry, folder) for entry in found]
    _clear(folder, {sheet.parquet for file in files for sheet in file.sheets})
    return files


def _why_stopped(ended: int, folder: Path) -> str:
    """The likeliest reason why a child left nothing: without memory Rust's allocator aborts, on a full disk it cannot even
    say so; a signal of the system or the time limit kills."""
    if shutil.disk_usage(folder).free < 1 << 20:
        return "disk_full"
    return "oversized_file" if ended in (-signal.SIGABRT, -signal.SIGSEGV) else "reader_stopped"


def _run(path: Path, folder: Path, encoding: str, told) -> int:
    """The child's exit code, once it has ended or was killed for its time."""
    command = [sys.executable, "-I", str(CHILD), str(path), str(folder), encoding, str(MEMORY), str(FILE_SIZE)]
    begun, part = time.monotonic(), b"0"
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        try:
            while time.monotonic() - begun < SECONDS:
                if select.select([child.stdout], [], [], POLL)[0]:
                    said = os.read(child.stdout.fileno(), 65_536)
                    if not said:
                        return child.wait(SECONDS)
                    part = said.split()[-1] if said.split() else part
                told(min(float(part), 1.0))
            return -signal.SIGKILL
        finally:
            child.kill()


def _file(entry: dict, folder: Path) -> RawFile:
    sheets = tuple(RawSheet(s["name"], folder / s["parquet"], s["columns"], s["hidden"], tuple(Fact(*f) for f in s["facts"]))
                   for s in entry.get("sheets", ()))
    return RawFile(entry.get("name", ""), entry.get("encoding", ""), sheets, entry["problem"], entry.get("cell", ""))


def _clear(folder: Path, kept: set[Path]) -> None:
    """Removes what the child left beside the sheets: half a reading holds personal rows too."""
    for path in folder.rglob("*"):
        if path.is_file() and path not in kept:
            path.unlink()
