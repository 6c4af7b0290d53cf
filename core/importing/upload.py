"""What was read of files and not yet saved."""

from dataclasses import dataclass, field
from pathlib import Path, PurePath

from core.importing.match import Decision
from core.importing.type_rows import Problem

# What is told of the way in which a file writes, not of what it holds.
OF_HEADERS = ("date_order", "order_amount")
UNSURE = {"unknown_sheet", "plan_file", "looks_like", "nothing_recognised", "no_header", "duplicate_header", "ambiguous_dates",
          "doubtful_encoding", "unknown_encoding", "mixed_encodings", "order_amount_repeated"}


def told_apart(names: list[str]) -> list[str]:
    """The names, no two alike: a second x.csv is “x (2).csv”, as in a folder."""
    told: list[str] = []
    for name in names:
        path, number, said = PurePath(name), 2, name
        while said in told or said != name and said in names:
            said, number = f"{path.stem} ({number}){path.suffix}", number + 1
        told.append(said)
    return told


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
