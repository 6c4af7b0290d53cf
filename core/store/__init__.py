"""The one place that opens DuckDB and writes: batches, undo, versions, locks."""

import json
import shutil
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count
from pathlib import Path

import duckdb

from core.datasets import DATASETS
from core.store import rows, schema
from core.store.errors import DISK, StoreError, of_opening, of_writing, place_of
from core.store.rows import Gone

PATIENCE = 60.0
COUNTED = ("inserted", "updated", "unchanged", "rejected")


@dataclass(frozen=True)
class Store:
    """One company's database: `path` is its file, `folder` its data folder. `trial_number` is 0 but in a trial:
    then the connection is the cursor of one transaction, which will be rolled back."""

    path: Path
    folder: Path
    connection: duckdb.DuckDBPyConnection
    trial_number: int = 0
    writing: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for one thread's call (one connection is not safe between threads); in a trial the one
        cursor that sees it."""
        return self.connection if self.trial_number else self.connection.cursor()

    def stage_folder(self) -> Path:
        """Where files may be laid for the database to read; inside the data folder, made if absent, emptied when the
        database is opened."""
        stage = self.folder / "stage" / self.path.stem
        stage.mkdir(parents=True, exist_ok=True)
        return stage

    def version(self) -> int:
        """A number that grows with every save, undo, plan and release: the key of everything cached. Below 0 in a
        trial, and another one in each."""
        return -self.trial_number or self.cursor().execute(
            "select (select count(*) + count(undone_at) from meta.batches) + (select count(*) from meta.plans)"
            " + (select count(*) from meta.releases)").fetchone()[0]

    def batches(self) -> list[dict]:
        """Every batch ever saved, newest first: batch, saved_at, undone_at, files, and the rows inserted, updated,
        unchanged and rejected as its files say, and gone (groups that held in a period that it replaced)."""
        found = self.cursor().execute(
            "select batch, saved_at, undone_at, files, gone from meta.batches order by batch desc").fetchall()
        return [{"batch": b, "saved_at": at, "undone_at": undone, "files": (files := json.loads(told)),
                 **{name: sum(file.get(name, 0) for file in files) for name in COUNTED}, "gone": gone or 0}
                for b, at, undone, told, gone in found]

    def counts(self) -> dict[str, int]:
        """Current rows per dataset, in the order of the datasets."""
        counted = " union all ".join(f"select '{name}', count(*) from main.{name}" for name in DATASETS)
        found = dict(self.cursor().execute(counted).fetchall())
        return {name: found[name] for name in DATASETS}

    def compare(self, staged: dict[str, Path]) -> dict:
        """Per dataset a frame of _file, _sheet, inserted, updated, unchanged: what saving would do. Saves nothing."""
        with self._refusals():
            return {name: rows.compare(self.cursor(), DATASETS[name], parquet) for name, parquet in staged.items()}

    def gone(self, staged: dict[str, Path], months: list[str] | None = None) -> dict[str, Gone]:
        """Per dataset what is stored for the staged rows' own period (and shop or team, where they have just one), or for
        the months or quarters named, but not among them. Changes nothing."""
        with self._refusals():
            return {name: rows.gone(self.cursor(), DATASETS[name], parquet, months) for name, parquet in staged.items()}

    def save(self, staged: dict[str, Path], files: list[dict], replace: set[str] = frozenset(),
             months: list[str] | None = None) -> int:
        """Saves all staged rows as one batch in one transaction and returns its number. In the datasets of `replace`
        what is `gone` (of the `months`, where named) ends. StoreError, with nothing changed, where that cannot be."""
        with self._transaction() as cursor:
            return _save(cursor, staged, files, replace, months)

    def undo(self, batch: int) -> None:
        """Takes a batch back as if it had never been saved. StoreError where there is no such live batch."""
        with self._transaction() as cursor:
            _undo(cursor, batch)

    @contextmanager
    def trial(self, staged: dict[str, Path], replace: set[str] = frozenset()):
        """A store as it would be after saving; for one thread, while the block lasts. Nothing is kept."""
        with self._transaction(keep=False) as cursor:
            _save(cursor, staged, [], replace)
            yield self._as_seen_by(cursor)

    @contextmanager
    def trial_undo(self, batch: int):
        """A store as it would be after undoing a batch; for one thread, while the block lasts. Nothing is kept."""
        with self._transaction(keep=False) as cursor:
            _undo(cursor, batch)
            yield self._as_seen_by(cursor)

    def _as_seen_by(self, cursor) -> "Store":
        return replace(self, connection=cursor, trial_number=next(TRIALS))

    def plans(self) -> list[dict]:
        """Every saved plan version, oldest first: version, effective_from, saved_at, reason, document (TOML)."""
        return self.cursor().execute("select * from meta.plans order by version").df().to_dict("records")

    def save_plan(self, document: str, effective_from: date, reason: str, cases: list[dict] = (), waived: str = "") -> int:
        """Stores a checked plan document as a new version with its first day, the cases it was tried on and the reason
        why it holds in spite of one that failed, and returns the version."""
        with self._transaction() as cursor:
            version = cursor.execute(
                "insert into meta.plans select coalesce(max(version), 0) + 1, ?, ?, ?, ? from meta.plans returning version",
                [effective_from, datetime.now(), reason, document]).fetchone()[0]
            cursor.execute("insert into meta.plan_cases values (?, ?, ?)",
                           [version, json.dumps(list(cases), ensure_ascii=False), waived])
            return version

    def plan_cases(self, version: int) -> tuple[list[dict], str]:
        """The cases kept with a plan version, and the reason why it holds in spite of a failing one ("" for none)."""
        row = self.cursor().execute("select cases, waived from meta.plan_cases where version = ?", [version]).fetchone()
        return (json.loads(row[0]), row[1]) if row else ([], "")

    def releases(self, quarter: str) -> dict[str, str]:
        """The latest release of each person's pending pay in a quarter, those taken back left out: employee_id → answer."""
        return dict(self.cursor().execute(
            "select employee_id, arg_max(answer, released_at) as latest from meta.releases where quarter = ? group by all"
            " having latest <> ''", [quarter]).fetchall())

    def released(self, quarter: str, employee: str) -> tuple[str, str] | None:
        """(answer, reason) of a person's latest release in a quarter; None where there is none or it was taken back."""
        found = self.cursor().execute("select answer, reason from meta.releases where quarter = ? and employee_id = ?"
                                      " order by released_at desc limit 1", [quarter, employee]).fetchone()
        return found if found and found[0] else None

    def release(self, quarter: str, employees: list[str], answer: str, reason: str) -> None:
        """Records how missing figures of these people are treated in a quarter, with the reason; '' takes a release back."""
        released = [[quarter, employee, answer, reason, datetime.now()] for employee in employees]
        with self._transaction() as cursor:
            cursor.executemany("insert into meta.releases values (?, ?, ?, ?, ?)", released)

    def remember(self, key: str, decision: dict) -> None:
        """Keeps a decision (JSON) under a key, instead of an earlier one; the version stays."""
        with self._transaction() as cursor:
            cursor.execute("delete from meta.remembered where key = ?", [key])
            cursor.execute("insert into meta.remembered values (?, ?, ?)",
                           [key, json.dumps(decision, ensure_ascii=False), datetime.now()])

    def remembered(self, key: str) -> dict | None:
        """The decision kept under a key; None where there is none."""
        row = self.cursor().execute("select decision from meta.remembered where key = ?", [key]).fetchone()
        return json.loads(row[0]) if row else None

    def close(self) -> None:
        """Lets the file go; the next `open` opens it anew."""
        _opened.pop(self.path, None)
        self.connection.close()

    @contextmanager
    def _transaction(self, keep: bool = True):
        """A cursor in a transaction, the only one of this process that writes: kept whole when the block ends well, else
        not at all. Waits a minute for another writer."""
        if not self.writing.acquire(timeout=PATIENCE):
            raise StoreError("busy", place=self.path.name)
        try:
            with self._refusals(), self.connection.cursor() as cursor:
                try:
                    cursor.begin()
                    yield cursor
                    if keep:
                        cursor.commit()
                finally:
                    with suppress(duckdb.Error):  # nothing is left to roll back after a commit
                        cursor.rollback()
        finally:
            self.writing.release()

    @contextmanager
    def _refusals(self):
        """Turns what DuckDB says of the disk, the memory or a staged file into a StoreError."""
        try:
            yield
        except duckdb.FatalException as error:
            # The database refuses everything from now on; the file is whole, so that opening it anew is the way out.
            self.close()
            raise StoreError(of_writing(error), place=self.path.name) from error
        except duckdb.Error as error:
            if not (code := of_writing(error)):
                raise
            raise StoreError(code, place=place_of(error) if code == "stage_broken" else self.path.name) from error


TRIALS = count(1)
_opened: dict[Path, Store] = {}
_opening = threading.Lock()


def open(path: Path) -> Store:  # noqa: A001 - `store.open` reads as what it does
    """The store of a database file, made if absent; one per process and path. StoreError where it cannot be opened and
    written."""
    path = Path(path)
    with _opening:
        if path not in _opened:
            _opened[path] = _open(path)
        return _opened[path]


def _open(path: Path) -> Store:
    folder, stage = path.parent, path.parent / "stage" / path.stem
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The newer format stores short texts in half the time.
        connection = duckdb.connect(str(path), config={"storage_compatibility_version": "v1.4.0"})
    except (OSError, duckdb.Error) as error:
        raise StoreError(of_opening(error), place=str(path)) from error
    try:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        _harden(connection, folder, stage / "spill")
        schema.make(connection)
    except (OSError, *DISK) as error:
        connection.close()
        raise StoreError(of_opening(error), place=str(path)) from error
    return Store(path, folder, connection)


def _harden(connection, folder: Path, spill: Path) -> None:
    """No file outside the data folder, no extension, no network; the order matters, the lock comes last."""
    connection.execute("set allowed_directories = [" + "'" + str(folder.resolve()).replace("'", "''") + "/']")
    connection.execute("set temp_directory = '" + str(spill.resolve()).replace("'", "''") + "'")
    for setting in ("memory_limit = '1GB'", "threads = 2", "autoinstall_known_extensions = false",
                    "autoload_known_extensions = false", "python_enable_replacements = false",
                    # A file that is staged again within a moment was read from this cache, in its earlier content.
                    "enable_external_file_cache = false", "enable_external_access = false", "lock_configuration = true"):
        connection.execute(f"set {setting}")


def _save(cursor, staged: dict[str, Path], files: list[dict], replaced: set[str], months: list[str] | None = None) -> int:
    batch = cursor.execute("select coalesce(max(batch), 0) + 1 from meta.batches").fetchone()[0]
    gone = 0
    for name, parquet in staged.items():
        if name in replaced:
            gone += _replace_period(cursor, name, parquet, batch, months)
        rows.append(cursor, DATASETS[name], parquet, batch)
    cursor.execute("insert into meta.batches values (?, ?, null, ?, ?, ?)",
                   [batch, datetime.now(), json.dumps(files, ensure_ascii=False, default=str),
                    json.dumps(sorted(staged)), gone])
    return batch


def _replace_period(cursor, name: str, parquet: Path, batch: int, months: list[str] | None) -> int:
    dataset = DATASETS[name]
    if not rows.dated(dataset):
        raise StoreError("no_period", dataset=dataset.zh)
    gone = rows.gone(cursor, dataset, parquet, months)
    rows.end_period(cursor, dataset, gone, batch)
    return gone.count


def _undo(cursor, batch: int) -> None:
    row = cursor.execute("update meta.batches set undone_at = ? where batch = ? and undone_at is null returning datasets",
                         [datetime.now(), batch]).fetchone()
    if not row:
        raise StoreError("no_batch", batch=batch)
    for name in json.loads(row[0]):
        rows.take_back(cursor, DATASETS[name], batch)
