"""Files → checked, staged rows → one batch: bytes → raw text rows → matched → typed + problems → saved."""

import hashlib
import math
import os
import re
import secrets
import shutil
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from core import metrics
from core.datasets import DATASETS
from core.importing import values as reading
from core.importing.check import check
from core.importing.match import Match, match
from core.importing.read import RawSheet, read
from core.importing.type_rows import Problem, problem, reject, typed
from core.store import Store


@dataclass
class Sheet:
    """What was found in one sheet of a file; rows = inserted + updated + unchanged + skipped + rejected."""

    file: str
    sheet: str
    dataset: str | None = None
    encoding: str = ""
    header_row: int | None = None
    rows: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: int = 0
    ignored_columns: list[str] = field(default_factory=list)
    dropped_personal_columns: list[str] = field(default_factory=list)
    issues: list[Problem] = field(default_factory=list)
    mapping: dict[str, str] = field(default_factory=dict)
    missing_columns: list[str] = field(default_factory=list)


@dataclass
class Upload:
    """Files that were read and checked but not saved: their sheets, and the staged rows of each dataset."""

    sheets: list[Sheet]
    staged: dict[str, Path]

    @property
    def errors(self) -> int:
        return sum(issue.count for sheet in self.sheets for issue in sheet.issues if issue.severity == "error")


def prepare(store: Store, files: list[tuple[str, Path]], *, dataset: str | None = None, encoding: str | None = None,
            values: dict | None = None, mapping: dict | None = None, lang: str = "zh", progress=None) -> Upload:
    """Reads and checks files without saving anything. `values` gives a field one value for the whole file,
    `mapping` names the field of a header; `progress(done, file name)` is told before a file is read and checked."""
    folder = store.stage_folder() / secrets.token_hex(8)
    folder.mkdir()
    con, sheets, seen, tables, roles = duckdb.connect(), [], set(), {}, _plan_roles(store)
    told = progress or (lambda done, name: None)
    for number, (name, path) in enumerate(files):
        told(number / len(files), name)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest in seen:
            note = problem("same_file", "note", lang, value=name)
            sheets.append(Sheet(name, "", issues=[note]))
            continue
        seen.add(digest)
        raw = read(path, folder / str(number), encoding)
        told((number + 0.5) / len(files), name)
        for file in raw:
            sheets += _file(con, file.name or name, file, dataset, values or {}, mapping or {}, tables, roles, lang)
        # The raw rows still hold the personal columns: they do not outlive the reading.
        shutil.rmtree(folder / str(number), ignore_errors=True)
    if not any(sheet.dataset for sheet in sheets) and sheets and not any(s.issues for s in sheets if s.dataset):
        sheets[0].issues.append(problem("nothing_recognised", "error", lang, value=sheets[0].file))
    staged = {name: _stage(con, name, parts, folder, store, sheets) for name, parts in tables.items()}
    con.close()
    _count_changes(store, staged, sheets)
    if not staged:
        folder.rmdir()
    return Upload(sheets, staged)


def _file(con, name: str, raw, dataset, given, mapping, tables: dict, roles: dict, lang: str) -> list[Sheet]:
    if raw.problem:
        return [Sheet(name, "", encoding=raw.encoding, issues=[problem(raw.problem, "error", lang, value=name, cell=raw.cell)])]
    sheets = []
    for raw_sheet in raw.sheets:
        sheet = Sheet(name, raw_sheet.name, encoding=raw.encoding)
        sheets.append(sheet)
        found = match(_head(con, raw_sheet), raw_sheet.name or Path(name).stem, dataset, mapping, given)
        if found is None:
            sheet.issues.append(problem("unknown_sheet", "note", lang, value=raw_sheet.name or name))
        else:
            _sheet(con, sheet, raw_sheet, found, given, tables, roles, lang)
    return sheets


def _head(con, raw: RawSheet) -> list[tuple[int, list]]:
    rows = con.execute("select * from read_parquet(?) order by _row limit 30", [str(raw.parquet)]).fetchall()
    return [(row[0], list(row[1:])) for row in rows]


def _sheet(con, sheet: Sheet, raw: RawSheet, found: Match, given: dict, tables: dict, roles: dict, lang: str) -> None:
    dataset = found.dataset
    parts = tables.setdefault(dataset.name, [])
    result = typed(con, f"{dataset.name}_{len(parts)}", raw, found, given, _metric_words(), roles, lang)
    check(con, result, found, raw, roles, lang)
    reject(con, result)
    parts.append((result.name, sheet.file, sheet.sheet))
    sheet.dataset, sheet.header_row, sheet.rows = dataset.name, found.header_row, result.rows
    sheet.skipped, sheet.rejected = result.skipped, result.rejected
    sheet.issues = sorted(result.problems, key=_row_of)
    sheet.ignored_columns, sheet.dropped_personal_columns = list(found.ignored), list(found.personal)
    sheet.mapping = {found.headers[i]: name for name, i in found.columns.items()}
    sheet.missing_columns = list(found.missing)


def _row_of(issue: Problem) -> float:
    """Where in the sheet a problem stands, so that one can walk it from top to bottom; what has no place comes last."""
    found = re.search(r"\d+$", issue.cell)
    return int(found[0]) if found else math.inf


def _metric_words() -> dict[str, str]:
    """Every writing of a metric's name → the metric."""
    return {reading.folded(word): metric.name for metric in metrics.METRICS.values()
            for word in (metric.name, metric.zh, metric.en)}


def _plan_roles(store: Store) -> dict[str, str]:
    """Every writing of a role that a company's own plans add to the declared ones → the role."""
    plans = [tomllib.loads(saved["document"]) for saved in store.plans()]
    return {reading.folded(word): role for plan in plans for role, entry in plan.get("roles", {}).items()
            for word in (role, entry.get("zh", role), entry.get("en", role))}


def _stage(con, name: str, parts: list, folder: Path, store: Store, sheets: list[Sheet]) -> Path:
    """All typed rows of a dataset in this batch as one parquet file, overlaps between files taken once."""
    dataset = DATASETS[name]
    columns = [c.name for c in dataset.columns]
    union = " union all by name ".join(f"select *, {i} as _nth, $f{i} as _file, $s{i} as _sheet from {table}"
                                       for i, (table, _, _) in enumerate(parts))
    named = {f"f{i}": f for i, (_, f, _) in enumerate(parts)} | {f"s{i}": s for i, (_, _, s) in enumerate(parts)}
    con.execute(f"create or replace table whole as {union}", named)
    if name == "orders":
        _number_lines(con, columns)
        con.execute("update whole set buyer_id = left(sha256(? || buyer_id), 32) where buyer_id is not null",
                    [_buyer_key(store)])
    elif dataset.key:
        key = ", ".join((*dataset.key, "_part"))
        con.execute(f"create or replace table kept as select * from whole qualify row_number() over"
                    f" (partition by {key} order by _nth desc, _row desc) = 1")
        _swap(con)
    for i, (table, _, _) in enumerate(parts):
        lost = (con.execute(f"select count(*) from {table}").fetchone()[0]
                - con.execute("select count(*) from whole where _nth = ?", [i]).fetchone()[0])
        next(s for s in sheets if (s.file, s.sheet) == parts[i][1:]).skipped += lost
    path = folder / f"{name}.parquet"
    con.execute(f"copy (select {', '.join(columns)}, _file, _sheet, _row, _part from whole order by _nth, _row)"
                f" to '{str(path).replace(chr(39), chr(39) * 2)}' (format parquet)")
    return path


def _swap(con) -> None:
    con.execute("drop table whole")
    con.execute("alter table kept rename to whole")


def _number_lines(con, columns: list[str]) -> None:
    """Lines without a number of their own take their position within the order over all files of the batch; lines
    that two overlapping files both hold count once: of equal lines the most that one file has."""
    content = ", ".join(c for c in columns if c != "line_id")
    con.execute(f"create or replace table kept as select * exclude (_again, _files) from (select *,"
                f" row_number() over (partition by {content}, line_id, _nth order by _row) as _again,"
                f" 0 as _files from whole)"
                f" qualify row_number() over (partition by {content}, line_id, _again order by _nth desc) = 1")
    _swap(con)
    con.execute("create or replace table kept as select * replace (coalesce(line_id, row_number() over (partition by"
                " order_id order by _nth, _row)::varchar) as line_id) from whole")
    _swap(con)
    con.execute("create or replace table kept as select * from whole"
                " qualify row_number() over (partition by order_id, line_id order by _nth desc, _row desc) = 1")
    _swap(con)


def _buyer_key(store: Store) -> str:
    """The key that buyers are hashed with; lies in the data folder, readable by its owner only."""
    path = store.folder / "buyer.key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as opened:
            opened.write(secrets.token_hex(32))
    return path.read_text()


def _count_changes(store: Store, staged: dict[str, Path], sheets: list[Sheet]) -> None:
    for name, frame in store.compare(staged).items():
        for row in frame.itertuples(index=False):
            sheet = next(s for s in sheets if (s.dataset, s.file, s.sheet) == (name, row[0], row[1]))
            sheet.inserted, sheet.updated, sheet.unchanged = int(row.inserted), int(row.updated), int(row.unchanged)


def save(store: Store, upload: Upload, accept_valid: bool = False) -> int | None:
    """Saves what was staged as one batch; None, with nothing changed, where there are errors and the valid rows alone
    were not accepted, or nothing was recognised."""
    if not upload.staged or (upload.errors and not accept_valid):
        return None
    files = [{k: v for k, v in asdict(s).items() if k not in ("issues", "mapping")} for s in upload.sheets if s.dataset]
    batch = store.save(upload.staged, files)
    discard(upload)
    return batch


def discard(upload: Upload) -> None:
    """Removes what was staged."""
    for path in upload.staged.values():
        shutil.rmtree(path.parent, ignore_errors=True)


def as_json(upload: Upload, batch: int | None) -> dict:
    """The upload as the shell prints it."""
    hidden = ("mapping", "missing_columns")
    return {"batch": batch, "files": [{k: v for k, v in asdict(s).items() if k not in hidden} for s in upload.sheets]}
