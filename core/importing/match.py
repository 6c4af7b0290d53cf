"""Which dataset a sheet is, which row is its header, which column feeds which field."""

import re
import unicodedata
from dataclasses import dataclass

from core.datasets import DATASETS, PERSONAL, Dataset

HEADER_ROWS = 20
# A field that can be had without a column of its own, and from which other columns.
COMPUTED = {"orders": {"paid_amount": ("quantity", "unit_price")}}


@dataclass(frozen=True)
class Match:
    """A sheet's dataset, the row of its header, field → column index, headers left out, fields nobody feeds."""

    dataset: Dataset
    header_row: int
    columns: dict[str, int]
    headers: dict[int, str]
    ignored: tuple[str, ...]
    personal: tuple[str, ...]
    missing: tuple[str, ...]


def normal(header: str | None) -> str:
    """A header as it is compared: full-width folded, no case, blanks, underscores, marks or trailing unit."""
    folded = unicodedata.normalize("NFKC", header or "").casefold()
    folded = re.sub(r"[\s_\u200b-\u200f\u202a-\u202e\u2060\ufeff*]", "", folded)
    return re.sub(r"\((元|万元|%|¥|yuan)\)$", "", folded)


def _names(dataset: Dataset) -> dict[str, tuple[int, str]]:
    """Every accepted header → (rank, field); the Chinese and field names rank before synonyms."""
    names: dict[str, tuple[int, str]] = {}
    for column in dataset.columns:
        for rank, header in enumerate((column.zh, column.name, *column.also)):
            names.setdefault(normal(header), (max(0, rank - 1), column.name))
    return names


NAMES = {name: _names(dataset) for name, dataset in DATASETS.items()}
PERSONAL_NAMES = {normal(name) for name in PERSONAL}
SHEET_NAMES = {normal(word): name for name, dataset in DATASETS.items()
               for word in (dataset.zh, dataset.en, dataset.name, *dataset.also)}


def match(rows: list[tuple[int, list]], sheet: str, dataset: str | None, mapping: dict, given: dict) -> Match | None:
    """The best reading of a sheet's first rows, or None where it is none of ours. `mapping` header → field is the
    user's own choice and wins; `given` fields have one value for the whole file and need no column."""
    named = SHEET_NAMES.get(normal(sheet))
    best, best_rank = None, ()
    for name in [dataset] if dataset else DATASETS:
        for number, cells in rows[:HEADER_ROWS]:
            found = _read_header(DATASETS[name], number, cells, mapping, given)
            satisfied = _required(found) - len(found.missing)
            rank = (satisfied > 0 and name == named, not found.missing, len(found.columns) - len(found.missing),
                    -number)
            if len(found.columns) >= 2 and (best is None or rank > best_rank):
                best, best_rank = found, rank
    if best is None or (not dataset and best.dataset.name != named and not _convincing(best)):
        return None
    return best


def _required(found: Match) -> int:
    return sum(column.required for column in found.dataset.columns)


def _convincing(found: Match) -> bool:
    """Enough to be believed without the sheet's name: most required fields, and at least three columns or all."""
    fillable = {"team_id", "month", "quarter"}
    return not set(found.missing) - fillable and (len(found.columns) >= 3 or not found.missing)


def _read_header(dataset: Dataset, number: int, cells: list, mapping: dict, given: dict) -> Match:
    chosen = {normal(header): field for header, field in mapping.items()}
    headers = {i: str(cell).strip() for i, cell in enumerate(cells) if cell and str(cell).strip()}
    wanted = []
    for i, header in headers.items():
        word = normal(header)
        if word in chosen:
            wanted.append((-1, i, chosen[word]))
        elif word in NAMES[dataset.name]:
            rank, field = NAMES[dataset.name][word]
            wanted.append((rank, i, field))
    columns: dict[str, int] = {}
    for _, i, field in sorted(wanted):
        columns.setdefault(field, i)
    used = set(columns.values())
    personal = tuple(h for i, h in headers.items() if i not in used and normal(h) in PERSONAL_NAMES)
    ignored = tuple(h for i, h in headers.items() if i not in used and h not in personal)
    missing = tuple(c.name for c in dataset.columns if c.required and c.name not in columns and c.name not in given
                    and not _computable(dataset, c.name, columns))
    return Match(dataset, number, columns, headers, ignored, personal, missing)


def _computable(dataset: Dataset, field: str, columns: dict) -> bool:
    parts = COMPUTED.get(dataset.name, {}).get(field)
    return bool(parts) and all(part in columns for part in parts)
