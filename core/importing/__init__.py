"""Files → checked, staged rows → one batch: bytes → raw text rows → matched → typed + problems → saved."""

import hashlib
import math
import re
import secrets
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from dataclasses import replace as replace_in
from pathlib import Path

import duckdb

from core import metrics, text
from core.datasets import DATASETS
from core.importing import values as reading
from core.importing.check import check
from core.importing.gross import gross_column
from core.importing.match import SHEET_NAMES, Decision, Match, headers_key, labels, match, normal, resembling
from core.importing.read import SEVERITY, RawFile, RawSheet, read
from core.importing.references import check_references
from core.importing.stage import stage
from core.importing.type_rows import Problem, Vocabulary, address, label, letter, problem, reject, typed
from core.store import Store
from core.store.buyer_key import buyer_key

SETTINGS = {"memory_limit": "700MB", "threads": 2, "preserve_insertion_order": False}
UNSURE = {"unknown_sheet", "looks_like", "nothing_recognised", "no_header", "duplicate_header", "ambiguous_dates",
          "doubtful_encoding", "unknown_encoding", "mixed_encodings"}


@dataclass
class Sheet:
    """What was found in one sheet of a file; rows = inserted + updated + unchanged + skipped + rejected. `samples` are a
    few cells of each header, `words` unread choices, `unowned` orders that nothing gives to a team, `decided`
    what the user decided (`remembered`: an earlier time)."""

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
    how: dict[str, str] = field(default_factory=dict)
    missing_columns: list[str] = field(default_factory=list)
    samples: dict[str, list[str]] = field(default_factory=dict)
    words: dict[str, dict[str, int]] = field(default_factory=dict)
    gross: str = ""
    unowned: bool = False
    confidence: float = 0.0
    key: str = ""
    decided: Decision = field(default_factory=Decision)
    remembered: bool = False
    rejects: list[Path] = field(default_factory=list)

    @property
    def unsure(self) -> bool:
        """Whether the user should look at how the sheet was matched."""
        codes = {issue.code for issue in self.issues}
        return bool(self.missing_columns or self.words or self.gross or self.unowned or "near" in self.how.values()
                    or codes & UNSURE)


@dataclass
class Upload:
    """Files that were read and checked but not saved: their sheets, the staged rows of each dataset, and per dataset the
    stored rows of the same period that the files no longer hold (`store.Gone`)."""

    sheets: list[Sheet]
    staged: dict[str, Path]
    folder: Path
    gone: dict = field(default_factory=dict)

    @property
    def errors(self) -> int:
        return sum(issue.count for sheet in self.sheets for issue in sheet.issues if issue.severity == "error")


@dataclass
class _Reading:
    """What the steps of one `prepare` share."""

    con: duckdb.DuckDBPyConnection
    store: Store
    folder: Path
    lang: str
    words: Vocabulary
    decide: Callable[[str, str, str], tuple[Decision, bool]]
    tables: dict[str, list] = field(default_factory=dict)
    refused: dict[str, set[str]] = field(default_factory=dict)
    parts: dict[str, tuple[Sheet, Match]] = field(default_factory=dict)


def prepare(store: Store, files: list[tuple[str, Path]], *, decisions: dict[str | tuple[str, str], Decision] | None = None,
            everywhere: Decision | None = None, encodings: dict[str, str] | None = None, remembered: bool = False,
            lang: str = "zh", told=None) -> Upload:
    """Reads and checks files without saving anything. `decisions` are the user's by set of headers (`Sheet.key`), values by
    (file, sheet) as well; `everywhere` holds for the other sheets, `remembered` takes up what was decided of the same
    headers before; `encodings` by file.
    `told(share done, file)` is told several times a second; what it raises ends the reading, with nothing left behind."""
    folder = store.stage_folder() / secrets.token_hex(8)
    folder.mkdir()

    def decide(file: str, sheet: str, key: str) -> tuple[Decision, bool]:
        given, own = (decisions or {}).get(key), (decisions or {}).get((file, sheet), Decision())
        earlier = Decision(**found) if remembered and given is None and (found := store.remembered(key)) else None
        decided = given or earlier or everywhere or Decision()
        return replace_in(decided, values=decided.values | own.values), earlier is not None
    try:
        with duckdb.connect(config=SETTINGS | {"temp_directory": str(folder / "spill")}) as con:
            shared = _Reading(con, store, folder, lang, Vocabulary(_metric_words(), _plan_roles(store)), decide)
            sheets = _read_all(shared, files, encodings or {}, told or (lambda done, name: None))
            return _staged(shared, sheets)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _read_all(shared: _Reading, files: list, encodings: dict, told) -> list[Sheet]:
    sheets, seen = [], set()
    for number, (name, path) in enumerate(files):
        told(number / len(files), name)
        with path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").digest()
        if digest in seen:
            sheets.append(Sheet(name, "", issues=[problem("same_file", "note", shared.lang, value=name)]))
            continue
        seen.add(digest)
        raw = shared.folder / str(number)
        for read_file in read(path, raw, encodings.get(name), lambda done, number=number, name=name:
                              told((number + done * 0.6) / len(files), name)):
            sheets += _file(shared, f"{name} › {read_file.name}" if read_file.name else name, read_file)
            told((number + 0.9) / len(files), name)
        # The raw rows still hold the personal columns: they do not outlive the reading.
        shutil.rmtree(raw, ignore_errors=True)
    if sheets and not any(sheet.dataset for sheet in sheets) and not any(
            issue.severity == "error" for sheet in sheets for issue in sheet.issues):
        sheets[0].issues.append(problem("nothing_recognised", "error", shared.lang, value=sheets[0].file))
    return sheets


def _file(shared: _Reading, name: str, raw: RawFile) -> list[Sheet]:
    if raw.problem:
        said = problem(raw.problem, "error", shared.lang, cell=raw.cell, value=name)
        return [Sheet(name, "", encoding=raw.encoding, issues=[said])]
    own = {text.say("corrected.sheet", lang) for lang in text.LANGUAGES}
    return [_sheet(shared, name, raw, sheet) for sheet in raw.sheets if sheet.name not in own]


def _sheet(shared: _Reading, file: str, raw_file: RawFile, raw: RawSheet) -> Sheet:
    head = shared.con.execute("select * from read_parquet(?) order by _row limit 30", [str(raw.parquet)]).fetchall()
    rows = [(row[0], list(row[1:])) for row in head]
    stem = raw.name or Path(file).stem
    sheet = Sheet(file, raw.name, encoding=raw_file.encoding)
    first = match(rows, stem, Decision())
    sheet.key = headers_key(first.headers if first else labels(rows[0][1])) if rows else ""
    sheet.decided, sheet.remembered = shared.decide(file, raw.name, sheet.key)
    found = match(rows, stem, sheet.decided) if sheet.decided.dataset != "" else None
    _seen(sheet, rows, found)
    if found is None:
        near = resembling(rows, stem, sheet.decided)
        sheet.issues.append(_not_ours(sheet, raw, near, normal(stem) in SHEET_NAMES, shared.lang))
    else:
        _typed(shared, sheet, raw, found)
    return sheet


def _not_ours(sheet: Sheet, raw: RawSheet, near: Match | None, named: bool, lang: str) -> Problem:
    """Why a sheet is not imported: left out by choice, without a header, like one of ours but for some columns, or none."""
    said = raw.name or sheet.file
    if sheet.decided.dataset == "":
        return problem("left_out", "note", lang, value=said)
    if named:
        return problem("no_header", "error", lang, value=said)
    if near and len(near.columns) >= 3:
        lacking = text.say("page.comma", lang).join(label(near.dataset.column(name), lang) for name in near.missing)
        return problem("looks_like", "note", lang, value=said, dataset=getattr(near.dataset, lang), column=lacking,
                       name=near.dataset.name)
    return problem("unknown_sheet", "note", lang, value=said)


def _seen(sheet: Sheet, rows: list, found: Match | None) -> None:
    """What the user sees of a sheet when matching: its headers with a few of their cells."""
    headers = found.headers if found else labels(rows[0][1]) if rows else {}
    below = [cells for number, cells in rows if number > (found.header_row if found else rows[0][0])]
    sheet.samples = {header: [str(cells[i])[:40] for cells in below if cells[i]][:3] for i, header in headers.items()}


def _typed(shared: _Reading, sheet: Sheet, raw: RawSheet, found: Match) -> None:
    con, lang, dataset = shared.con, shared.lang, found.dataset
    parts = shared.tables.setdefault(dataset.name, [])
    result = typed(con, f"{dataset.name}_{len(parts)}", raw, found, sheet.decided, shared.words, lang)
    result.problems += _facts(con, raw, found, lang) + _headers(con, raw, found, lang)
    check(con, result, found, raw, shared.words.roles, lang)
    sheet.gross = gross_column(con, result, found, raw, sheet.decided)
    if sheet.gross:
        result.problems.append(problem("net_amount", "warning", lang, column=found.headers[found.columns["paid_amount"]],
                                       value=sheet.gross))
    parts.append((result.name, sheet.file, sheet.sheet))
    shared.parts[result.name] = (sheet, found)
    sheet.dataset, sheet.header_row, sheet.rows = dataset.name, found.header_row, result.rows
    sheet.skipped, sheet.issues, sheet.words = result.skipped, result.problems, result.words
    sheet.ignored_columns, sheet.dropped_personal_columns = list(found.ignored), list(found.personal)
    sheet.mapping = {found.headers[i]: name for name, i in found.columns.items()}
    sheet.how = {found.headers[found.columns[name]]: how for name, how in found.how.items()}
    sheet.missing_columns, sheet.confidence = list(found.missing), found.confidence
    _set_aside(shared, sheet, result, found)


def _set_aside(shared: _Reading, sheet: Sheet, result, found: Match) -> None:
    """Takes the rows with an error out; what was read of them is kept beside the staged rows, to be given back."""
    if not found.missing and shared.con.execute("select count(*) from bad").fetchone()[0]:
        _keep_rejected(shared, sheet, f"select _row, {', '.join(_in_file(found))} from cells where _row in (from bad)")
    reject(shared.con, result)
    sheet.rejected = result.rejected


def _in_file(found: Match) -> list[str]:
    return sorted(found.columns, key=found.columns.get)


def _keep_rejected(shared: _Reading, sheet: Sheet, rows: str) -> None:
    path = shared.folder / f"rejected_{secrets.token_hex(8)}.parquet"
    shared.con.execute(f"copy ({rows} order by _row) to '{str(path).replace(chr(39), chr(39) * 2)}' (format parquet)")
    sheet.rejects.append(path)


def _facts(con, raw: RawSheet, found: Match, lang: str) -> list[Problem]:
    """What the reader saw in cells that are used: as problems of the sheet; a row with an error cell is not saved."""
    letters = {letter(i): i for i in found.columns.values()}
    said = []
    for fact in raw.facts:
        place = re.match(r"([A-Z]*)(\d+)", fact.cell)
        if place and (int(place[2]) <= found.header_row or place[1] and place[1] not in letters and ":" not in fact.cell):
            continue
        column = found.headers.get(letters.get(place[1], -1), "") if place else ""
        severity = SEVERITY[fact.code]
        said.append(problem(fact.code, severity, lang, cell=f"{raw.name}!{fact.cell}" if raw.name and fact.cell else fact.cell,
                            column=column, value=fact.value, count=fact.count))
        if severity == "error" and place:
            con.execute("insert into bad values (?)", [int(place[2])])
    return said


def _headers(con, raw: RawSheet, found: Match, lang: str) -> list[Problem]:
    """What the user should know of the headers: near spellings, and two columns of one name."""
    said = []
    for name, how in found.how.items():
        if how == "near":
            index, column = found.columns[name], found.dataset.column(name)
            said.append(problem("near_header", "warning", lang, cell=address(raw.name, index, found.header_row),
                                column=found.headers[index], value=found.headers[index],
                                field=column.zh if lang == "zh" else column.name))
    for used, other in found.twice:
        differ = con.execute(f"select count(*) from read_parquet(?) where _row > ? and c{used} is distinct from c{other}",
                             [str(raw.parquet), found.header_row]).fetchone()[0]
        said.append(problem("duplicate_header" if differ else "repeated_header", "error" if differ else "note", lang,
                            cell=address(raw.name, other, found.header_row), column=found.headers[other],
                            value=found.headers[used], first=address(raw.name, used, found.header_row)))
        if differ:
            con.execute("insert into bad select _row from cells")
    return said


def _metric_words() -> dict[str, str]:
    """Every writing of a metric's name → the metric."""
    return {reading.folded(word): metric.name for metric in metrics.METRICS.values()
            for word in (metric.name, metric.zh, metric.en)}


def _plan_roles(store: Store) -> dict[str, str]:
    """Every writing of a role that a company's own plans add to the declared ones → the role."""
    plans = [tomllib.loads(saved["document"]) for saved in store.plans()]
    return {reading.folded(word): role for plan in plans for role, entry in plan.get("roles", {}).items()
            for word in (role, entry.get("zh", role), entry.get("en", role))}


def _staged(shared: _Reading, sheets: list[Sheet]) -> Upload:
    known = {name: _stored_keys(shared.store, name) for name in ("teams", "employees", "projects")}
    tables = {name: [(table, shared.parts[table][0].sheet, shared.parts[table][1]) for table, _, _ in parts]
              for name, parts in shared.tables.items()}
    problems, refused = check_references(shared.con, tables, known, shared.lang)
    for table, said in problems.items():
        shared.parts[table][0].issues += said
    for table, rows in refused.items():
        sheet, found = shared.parts[table]
        shared.con.execute("create or replace table bad as select unnest(?)::integer as _row", [rows])
        _keep_rejected(shared, sheet, f"select _row, {', '.join(f'{name}::varchar as {name}' for name in _in_file(found))}"
                                      f" from {table} where _row in (from bad)")
        sheet.rejected += shared.con.execute(f"delete from {table} where _row in (from bad)").fetchone()[0]
    owned = "ownership" in tables or shared.store.counts()["ownership"]
    for sheet in sheets:
        sheet.issues.sort(key=_row_of)
        told = {*sheet.mapping.values(), *sheet.decided.values}
        sheet.unowned = sheet.dataset == "orders" and "team_id" not in told and not owned
    upload = Upload(sheets, {}, shared.folder)
    for name, parts in shared.tables.items():
        upload.staged[name] = shared.folder / f"{name}.parquet"
        key = buyer_key(shared.store) if name == "orders" else ""
        repeated = stage(shared.con, DATASETS[name], parts, upload.staged[name], key)
        for (table, *_), left_out in zip(parts, repeated, strict=True):
            shared.parts[table][0].skipped += left_out
    for name, frame in shared.store.compare(upload.staged).items():
        for row in frame.itertuples(index=False):
            sheet = next(s for s in sheets if (s.dataset, s.file, s.sheet) == (name, row[0], row[1]))
            sheet.inserted, sheet.updated, sheet.unchanged = int(row.inserted), int(row.updated), int(row.unchanged)
    upload.gone = shared.store.gone(upload.staged)
    return upload


def _stored_keys(store: Store, name: str) -> set[str]:
    return {key for (key,) in store.cursor().execute(f"select {DATASETS[name].key[0]} from main.{name}").fetchall()}


def _row_of(issue: Problem) -> float:
    """Where in the sheet a problem stands, so that one can walk it from top to bottom; what has no place comes last."""
    found = re.search(r"(\d+)(:|$)", issue.cell)
    return int(found[1]) if found else math.inf


def save(store: Store, upload: Upload, accept_valid: bool = False, replace: frozenset[str] = frozenset()) -> int | None:
    """Saves what was staged as one batch and remembers what was decided; None, with nothing changed, where there are
    errors and the valid rows alone were not accepted, or nothing was recognised. `replace` names the datasets whose rows
    of the same period end where the files no longer hold them."""
    if not upload.staged or (upload.errors and not accept_valid):
        return None
    kept = ("file", "sheet", "dataset", "encoding", "header_row", "rows", "inserted", "updated", "unchanged", "skipped",
            "rejected", "ignored_columns", "dropped_personal_columns")
    batch = store.save(upload.staged, [{k: getattr(s, k) for k in kept} for s in upload.sheets if s.dataset], replace)
    for sheet in upload.sheets:
        if sheet.key and sheet.decided != Decision():
            # A month or quarter told for one file would be wrong for the next.
            lasting = {k: v for k, v in sheet.decided.values.items() if k not in ("month", "quarter")}
            store.remember(sheet.key, asdict(sheet.decided) | {"values": lasting})
    discard(upload)
    return batch


def discard(upload: Upload) -> None:
    """Removes what was staged."""
    shutil.rmtree(upload.folder, ignore_errors=True)
