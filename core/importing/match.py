"""Which dataset a sheet is, which row is its header, which column feeds which field."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from core.datasets import DATASETS, PERSONAL, TELLING, Dataset

HEADER_ROWS = 20
NEAR = 80
# Words for the same thing; apart from these, near spellings differ only by a slip.
SAME = (("编码", "编号"), ("代码", "编号"), ("号码", "编号"), ("时间", "日期"), ("名字", "名称"))
# The units that a header may carry, and what one of them is worth: 万元, (人), [单], （单位：千元）, GMV:万元.
POWERS = {"百": 1e2, "千": 1e3, "k": 1e3, "万": 1e4, "w": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8}
MONEY = "人民币|元|¥|yuan|rmb|cny"
COUNTED = "人|个|单|件|次|位|名|笔|户|条|张|份|家|款|项|套|票|股|小时|年"
SIZES = "|".join(sorted(POWERS, key=len, reverse=True))
UNIT = rf"(?:%|(?:{SIZES})?(?:{MONEY}|{COUNTED})|{SIZES})"
BRACKETED = rf"[(\[【〔](?:单位[:：]?)?({UNIT})[)\]】〕]"
REMARK = r"[(\[【〔](?:必填|选填|可选|required|optional)[)\]】〕]"
TRAILING = re.compile(rf"(?:{BRACKETED}|[:/](?:单位:?)?({UNIT})|(?<=[^美港日欧韩加澳])((?:{SIZES})?元)|{REMARK})$")
# A field that can be had without a column of its own, and from which other columns.
COMPUTED = {"orders": {"paid_amount": ("quantity", "unit_price")}}


@dataclass(frozen=True)
class Decision:
    """What the user decided of a sheet: its dataset ("" leaves it out, None = as recognised), header → field ("" = use
    it for nothing), field → one value for the whole sheet, field → {cell text: choice}."""

    dataset: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """A sheet's dataset, the row of its header, field → column index, column index → header, how each field was found
    (chosen, exact, synonym, near), headers left out, personal ones, required fields nobody feeds, and columns of one
    name: (the one used, the other)."""

    dataset: Dataset
    header_row: int
    columns: dict[str, int]
    headers: dict[int, str]
    how: dict[str, str]
    ignored: tuple[str, ...]
    personal: tuple[str, ...]
    missing: tuple[str, ...]
    twice: tuple[tuple[int, int], ...]
    confidence: float


# The first rows of a sheet are read once per dataset: the same few hundred cells, thousands of times.
@lru_cache(maxsize=16_384)
def normal(header: str | None) -> str:
    """A header as it is compared: full-width folded, no case, blanks, underscores, marks or units and remarks at its end."""
    return _parted(header)[0]


def unit(header: str) -> float:
    """What one in a column under this header is worth: 10,000 under “GMV(万元)”, 0.01 under “转化率(%)”."""
    return next((one for said in _parted(header)[1] if (one := _worth(said)) != 1), 1.0)


@lru_cache(10_000)
def _parted(header: str | None) -> tuple[str, tuple[str, ...]]:
    """A folded header without what trails it, and the units that did."""
    bare, units = _folded(header), []
    while found := TRAILING.search(bare):
        bare, units = bare[:found.start()], [*units, *(said for said in found.groups() if said)]
    return bare, tuple(units)


def _worth(said: str) -> float:
    if said == "%":
        return 0.01
    size = re.match(SIZES, said)
    return POWERS[size[0]] if size else 1.0


def _folded(header: str | None) -> str:
    folded = unicodedata.normalize("NFKC", header or "").casefold()
    return re.sub(r"[\s_\u200b-\u200f\u202a-\u202e\u2060\ufeff*]", "", folded)


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


def match(rows: list[tuple[int, list]], sheet: str, decided: Decision) -> Match | None:
    """The best reading of a sheet's first rows, or None where it is none of ours; what the user decided wins."""
    best = resembling(rows, sheet, decided)
    named = best is not None and best.dataset.name == SHEET_NAMES.get(normal(sheet))
    return _nearly(best, decided) if best and (decided.dataset or named or _convincing(best)) else None


def resembling(rows: list[tuple[int, list]], sheet: str, decided: Decision) -> Match | None:
    """The reading of a sheet's first rows that comes nearest to one of ours, however far; None without two columns. Of a
    dataset that the user chose no column need be known yet."""
    named = SHEET_NAMES.get(normal(sheet))
    labelled = [(number, cells, labels(cells)) for number, cells in [*rows[:HEADER_ROWS], *_joined(rows[:HEADER_ROWS])]]
    best, best_rank = None, ()
    for name in [decided.dataset] if decided.dataset else DATASETS:
        for number, cells, headers in labelled:
            found = _read_header(DATASETS[name], number, cells, headers, decided, name == named)
            satisfied = _required(found) - len(found.missing)
            rank = (satisfied > 0 and name == named, not found.missing, len(found.columns) - len(found.missing),
                    -number)
            if len(found.columns) >= (0 if decided.dataset else 2) and (best is None or rank > best_rank):
                best, best_rank = found, rank
    return best


def _joined(rows: list[tuple[int, list]]) -> list[tuple[int, list]]:
    """Two rows under each other as one header: 销售 above GMV and 退款金额 is GMV and 退款金额, 月份 above nothing is 月份. A
    group that changes what a header means (目标 above GMV) becomes part of it."""
    joined = []
    for (_, above), (number, below) in pairwise(rows):
        if not all(str(cell or "").strip() for cell in below):
            cells, group = [], ""
            for upper, lower in zip(above, below, strict=True):
                group = str(upper or "").strip() or group
                lower = str(lower or "").strip()
                telling = any(word in normal(group) and word not in normal(lower) for word in TELLING)
                cells.append(group + lower if lower and telling else lower or upper)
            joined.append((number, cells))
    return joined


def _required(found: Match) -> int:
    return sum(column.required for column in found.dataset.columns)


def _convincing(found: Match) -> bool:
    """Enough to be believed without the sheet's name: most required fields, and at least three columns or all."""
    if found.dataset.by_name:
        return False
    fillable = {"team_id", "month", "quarter"}
    return not set(found.missing) - fillable and (len(found.columns) >= 3 or not found.missing)


def labels(cells: list) -> dict[int, str]:
    """Column index → header; a header that comes again is told apart as “GMV (2)”."""
    found: dict[int, str] = {}
    for i, cell in enumerate(cells):
        header = " ".join(str(cell).split()) if cell else ""
        if header:
            again = sum(normal(label.rsplit(" (", 1)[0]) == normal(header) for label in found.values())
            found[i] = f"{header} ({again + 1})" if again else header
    return found


def headers_key(headers: dict[int, str]) -> str:
    """A name for this set of headers, the same in whatever order they come."""
    return hashlib.sha256("\n".join(sorted(normal(header) for header in headers.values())).encode()).hexdigest()


def _read_header(dataset: Dataset, number: int, cells: list, headers: dict[int, str], decided: Decision, named: bool) -> Match:
    chosen = {normal(header): name for header, name in decided.columns.items()}
    bare = {i: normal(str(cells[i])) for i in headers}
    wanted = []
    for i, header in headers.items():
        if normal(header) in chosen:
            wanted.append((-1, i, chosen[normal(header)]))
        elif bare[i] in NAMES[dataset.name] and _takes(dataset, NAMES[dataset.name][bare[i]][1], header):
            rank, name = NAMES[dataset.name][bare[i]]
            wanted.append((rank, i, name))
    columns: dict[str, int] = {}
    how: dict[str, str] = {}
    for rank, i, name in sorted(wanted):
        if name and name not in columns:
            columns[name], how[name] = i, "chosen" if rank < 0 else "synonym" if rank else "exact"
    twice = tuple((columns[name], i) for rank, i, name in wanted if name in columns and columns[name] != i
                  and bare[i] == bare[columns[name]] and how[name] != "chosen")
    return _completed(dataset, number, columns, headers, how, decided, twice, named)


def _completed(dataset: Dataset, number: int, columns: dict, headers: dict, how: dict, decided: Decision, twice: tuple,
               named: bool) -> Match:
    used = set(columns.values())
    left = {i: h for i, h in headers.items() if i not in used}
    personal = tuple(h for h in left.values() if normal(h) in PERSONAL_NAMES)
    ignored = tuple(h for h in left.values() if h not in personal)
    required = [c.name for c in dataset.columns if c.required]
    missing = tuple(name for name in required if name not in columns and name not in decided.values
                    and not _computable(dataset, name, columns))
    sure = 1.0 if decided.dataset or named else (len(required) - len(missing)) / len(required) if required else 0.5
    near = sum(found == "near" for found in how.values())
    return Match(dataset, number, columns, headers, how, ignored, personal, missing, twice,
                 round(sure * (1 - 0.1 * min(near, 5)), 2))


def _nearly(found: Match, decided: Decision) -> Match:
    """Columns that nobody claimed go to the free field that is spelt nearly alike; the user is told of each."""
    free = {word: name for word, (_, name) in NAMES[found.dataset.name].items()
            if name not in found.columns and name not in decided.values}
    chosen = {normal(header) for header in decided.columns}
    open_ = {i: normal(header) for i, header in found.headers.items() if header in found.ignored and normal(header) not in chosen}
    pairs = [(fuzz.ratio(_plainer(header), _plainer(word)), i, name) for i, header in open_.items()
             for word, name in free.items() if _alike(header, word) and _takes(found.dataset, name, found.headers[i])]
    columns, how = dict(found.columns), dict(found.how)
    for likeness, i, name in sorted(pairs, reverse=True):
        if likeness >= NEAR and name not in columns and i not in columns.values():
            columns[name], how[name] = i, "near"
    if len(columns) == len(found.columns):
        return found
    return _completed(found.dataset, found.header_row, columns, found.headers, how, decided, found.twice,
                      found.confidence == 1)


def _takes(dataset: Dataset, name: str, header: str) -> bool:
    """Whether a field can have the header's unit: 利润(%) is a rate and no profit."""
    return unit(header) != 0.01 or dataset.column(name).percent or dataset.column(name).points


def _alike(header: str, name: str) -> bool:
    """Whether two spellings may mean the same: short ones, those that differ in a telling word or in more than a slip do
    not."""
    return (min(len(header), len(name)) >= 3 and all((word in header) == (word in name) for word in TELLING)
            and Levenshtein.distance(_plainer(header), _plainer(name)) <= (1 if min(len(header), len(name)) < 8 else 2))


def like_ours(found: Match, decided: Decision) -> list[tuple[int, str]]:
    """(column, field) of headers left out that are a free field's name with a unit or remark that we do not know."""
    chosen = {normal(header) for header in decided.columns}
    said = []
    for i, header in found.headers.items():
        start = re.split(r"[(\[【〔:/]", _folded(header))[0]
        _, name = NAMES[found.dataset.name].get(normal(start), (0, ""))
        if header in found.ignored and normal(header) not in chosen and name and name not in found.columns \
                and name not in decided.values:
            said.append((i, name))
    return said


def _plainer(header: str) -> str:
    for other, usual in SAME:
        header = header.replace(other, usual)
    return header


def _computable(dataset: Dataset, name: str, columns: dict) -> bool:
    parts = COMPUTED.get(dataset.name, {}).get(name)
    return bool(parts) and all(part in columns for part in parts)
