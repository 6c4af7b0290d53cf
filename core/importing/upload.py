"""What was read of files and not yet saved."""

from dataclasses import dataclass, field
from pathlib import Path

from core.importing.match import Decision
from core.importing.type_rows import Problem

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
