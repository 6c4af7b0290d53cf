"""Files → checked, staged rows → one batch: bytes → raw text rows → matched → typed + problems → saved."""

import hashlib
import math
import re
import secrets
import shutil
import tomllib
from contextlib import contextmanager
from dataclasses import asdict
from dataclasses import replace as replace_in
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from core import metrics, text
from core.datasets import DATASETS
from core.importing import values as reading
from core.importing.match import Decision
from core.importing.mend import keep_stocks
from core.importing.overlaps import overlaps
from core.importing.read import RawFile, RawSheet, read
from core.importing.references import check_references
from core.importing.sheets import Reading, in_file, keep_rejected, read_sheet
from core.importing.stage import stage
from core.importing.type_rows import Problem, Vocabulary, problem
from core.importing.upload import OF_HEADERS, Sheet, Upload, told_apart
from core.store import Store
from core.store.buyer_key import buyer_key
from core.store.errors import StoreError, of_writing

SETTINGS = {"memory_limit": "700MB", "threads": 2, "preserve_insertion_order": False}


def prepare(store: Store, files: list[tuple[str, Path]], *, decisions: dict[str | tuple[str, str], Decision] | None = None,
            everywhere: Decision | None = None, encodings: dict[str, str] | None = None, remembered: bool = False,
            lang: str = "zh", told=None) -> Upload:
    """Reads and checks files without saving anything. `decisions` are the user's by set of headers (`Sheet.key`), values by
    (file, sheet) as well; `everywhere` holds for the other sheets, `remembered` takes up what was decided of the same
    headers before; `encodings` by file. Of files of one name the later ones are named as `told_apart` does.
    `told(share done, file)` is told several times a second; what it raises ends the reading, with nothing left behind."""
    def decide(file: str, sheet: str, key: str) -> tuple[Decision, bool]:
        given, own = (decisions or {}).get(key), (decisions or {}).get((file, sheet), Decision())
        earlier = _lasting(Decision(**found)) if remembered and given is None and (found := store.remembered(key)) else None
        decided = given or earlier or everywhere or Decision()
        return replace_in(decided, values=decided.values | own.values), earlier is not None
    with _shared(store, lang, decide) as shared:
        return _staged(shared, _read_all(shared, files, encodings or {}, told or (lambda done, name: None)))


def prepare_table(store: Store, name: str, sheet: str, rows: dict[int, list[str | None]], lang: str = "zh") -> Upload:
    """A table written on a page, checked as a sheet of a file is, without saving anything: row number → texts, the headers
    under 0. `name` and `sheet` are what its rows say they came from."""
    with _shared(store, lang, lambda file, sheet, key: (Decision(), False)) as shared:
        raw = RawSheet(sheet, shared.folder / "table.parquet", len(rows[0]), False, ())
        columns = {f"c{i}": pa.array(cells, pa.string()) for i, cells in enumerate(zip(*rows.values(), strict=True))}
        pq.write_table(pa.table({"_row": pa.array(rows, pa.int32())} | columns), raw.parquet)
        return _staged(shared, [read_sheet(shared, name, RawFile("", "", (raw,), ""), raw)])


@contextmanager
def _shared(store: Store, lang: str, decide):
    """What the steps of one reading share; its folder outlives it, unless it fails."""
    folder = store.stage_folder() / secrets.token_hex(8)
    try:
        folder.mkdir()
        with duckdb.connect(config=SETTINGS | {"temp_directory": str(folder / "spill")}) as con:
            yield Reading(con, store, folder, lang, Vocabulary(_metric_words(), _plan_roles(store)), decide)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, (duckdb.Error, OSError)) and (code := of_writing(error)):
            raise StoreError(code, place=store.path.name) from error
        raise


def lay(store: Store, name: str, content) -> Path:
    """Lays uploaded bytes beside the database, under a name of our own with the ending of theirs; StoreError where the disk
    does not take them."""
    path = store.stage_folder() / f"{secrets.token_hex(8)}{Path(name).suffix.lower()[:8]}"
    try:
        path.write_bytes(content)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise StoreError(of_writing(error), place=store.path.name) from error
    return path


def _read_all(shared: Reading, files: list, encodings: dict, told) -> list[Sheet]:
    sheets, seen = [], set()
    names = told_apart([name for name, _ in files])
    for number, (name, path) in enumerate(zip(names, (path for _, path in files), strict=True)):
        told(number / len(files), name)
        with path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").digest()
        if digest in seen:
            sheets.append(Sheet(name, "", issues=[problem("same_file", "note", shared.lang, value=name)]))
            continue
        seen.add(digest)
        raw = shared.folder / str(number)
        found = read(path, raw, encodings.get(name), lambda done, number=number, name=name:
                     told((number + done * 0.6) / len(files), name))
        for inside, read_file in zip(told_apart([each.name for each in found]), found, strict=True):
            sheets += _file(shared, f"{name} › {inside}" if inside else name, read_file)
            told((number + 0.9) / len(files), name)
        # The raw rows still hold the personal columns: they do not outlive the reading.
        shutil.rmtree(raw, ignore_errors=True)
    if sheets and not any(sheet.dataset for sheet in sheets) and not any(
            issue.severity == "error" for sheet in sheets for issue in sheet.issues):
        sheets[0].issues.append(problem("nothing_recognised", "error", shared.lang, value=sheets[0].file))
    return sheets


def _file(shared: Reading, name: str, raw: RawFile) -> list[Sheet]:
    if raw.problem:
        said = problem(raw.problem, "error", shared.lang, cell=raw.cell, value=name)
        return [Sheet(name, "", encoding=raw.encoding, issues=[said])]
    own = {text.say("corrected.sheet", lang) for lang in text.LANGUAGES}
    return [read_sheet(shared, name, raw, sheet) for sheet in raw.sheets if sheet.name not in own]


def _metric_words() -> dict[str, str]:
    """Every writing of a metric's name → the metric."""
    return {reading.folded(word): metric.name for metric in metrics.METRICS.values()
            for word in (metric.name, metric.zh, metric.en)}


def _plan_roles(store: Store) -> dict[str, str]:
    """Every writing of a role that a company's own plans add to the declared ones → the role."""
    plans = [tomllib.loads(saved["document"]) for saved in store.plans()]
    return {reading.folded(word): role for plan in plans for role, entry in plan.get("roles", {}).items()
            for word in (role, entry.get("zh", role), entry.get("en", role))}


def _staged(shared: Reading, sheets: list[Sheet]) -> Upload:
    known = {name: _stored_keys(shared.store, name) for name in ("teams", "employees", "projects")}
    tables = {name: [(table, shared.parts[table][0].sheet, shared.parts[table][1]) for table, _, _ in parts]
              for name, parts in shared.tables.items()}
    problems, refused = check_references(shared.con, tables, known, shared.lang, shared.refused)
    for table, said in problems.items():
        shared.parts[table][0].issues += said
    _refuse(shared, refused)
    for name, parts in shared.tables.items():
        _refuse(shared, overlaps(shared.con, DATASETS[name], [(table, *shared.parts[table]) for table, _, _ in parts],
                                 shared.lang))
    keep_stocks(shared.con, [table for table, _, _ in shared.tables.get("team_months", ())])
    owned = "ownership" in tables or shared.store.counts()["ownership"]
    for sheet in sheets:
        sheet.issues.sort(key=_row_of)
        told = {*sheet.mapping.values(), *sheet.decided.values}
        sheet.unowned = sheet.dataset == "orders" and "team_id" not in told and not owned
    upload = Upload(sheets, {}, shared.folder)
    for name, parts in shared.tables.items():
        upload.staged[name] = shared.folder / f"{name}.parquet"
        key = buyer_key(shared.store) if name == "orders" else ""
        stage(shared.con, DATASETS[name], parts, upload.staged[name], key)
    for name, frame in shared.store.compare(upload.staged).items():
        for row in frame.itertuples(index=False):
            sheet = next(s for s in sheets if (s.dataset, s.file, s.sheet) == (name, row[0], row[1]))
            sheet.inserted, sheet.updated, sheet.unchanged = int(row.inserted), int(row.updated), int(row.unchanged)
            # Without a key two answers alike may be one answer read twice or two: the whole table again needs no word.
            if not DATASETS[name].key and 0 < sheet.unchanged < shared.store.counts()[name]:
                sheet.issues.append(problem("taken_as_same", "note", shared.lang, count=sheet.unchanged))
    upload.gone = shared.store.gone(upload.staged)
    return upload


def _refuse(shared: Reading, rows: dict[str, list[int]]) -> None:
    """Takes rows (table → numbers) with an error that only other sheets show out of what is staged, to be given back."""
    for table, numbers in rows.items():
        sheet, found = shared.parts[table]
        shared.con.execute("create or replace table bad as select unnest(?)::integer as _row", [numbers])
        keep_rejected(shared, sheet, f"select _row, {', '.join(f'{name}::varchar as {name}' for name in in_file(found))}"
                                      f" from {table} where _row in (from bad)")
        sheet.rejected += shared.con.execute(f"delete from {table} where _row in (from bad)").fetchone()[0]


def _stored_keys(store: Store, name: str) -> set[str]:
    return {key for (key,) in store.cursor().execute(f"select {DATASETS[name].key[0]} from main.{name}").fetchall()}


def _row_of(issue: Problem) -> float:
    """Where in the sheet a problem stands, so that one can walk it from top to bottom; what has no place comes last."""
    found = re.search(r"(\d+)(:|$)", issue.cell)
    return int(found[1]) if found else math.inf


def save(store: Store, upload: Upload, accept_valid: bool = False, replace: frozenset[str] = frozenset(),
         months: list[str] | None = None) -> int | None:
    """Saves what was staged as one batch and remembers what was decided; None, with nothing changed, where there are
    errors and the valid rows alone were not accepted, or nothing was recognised. `replace` names the datasets whose rows
    of the same period (of the `months` or quarters, where named) end where the files no longer hold them."""
    if not upload.staged or (upload.errors and not accept_valid):
        return None
    kept = ("file", "sheet", "dataset", "encoding", "header_row", "rows", "inserted", "updated", "unchanged", "skipped",
            "rejected", "ignored_columns", "dropped_personal_columns")
    batch = store.save(upload.staged, [{k: getattr(s, k) for k in kept} for s in upload.sheets if s.dataset], replace,
                       months)
    for sheet in upload.sheets:
        if sheet.key and (lasting := _lasting(sheet.decided)) != Decision():
            store.remember(sheet.key, asdict(lasting))
    discard(upload)
    return batch


def _lasting(decided: Decision) -> Decision:
    """What of a decision holds for the next file of the same headers: a team, shop, month or role told for one file would
    be wrong for the next, and silently so."""
    return replace_in(decided, values={name: said for name, said in decided.values.items() if name in OF_HEADERS})


def discard(upload: Upload) -> None:
    """Removes what was staged."""
    shutil.rmtree(upload.folder, ignore_errors=True)
