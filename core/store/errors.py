"""Why a database cannot be opened or written, told from what DuckDB says."""

import re
from pathlib import Path

import duckdb

from core import text

DISK = (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException)
BROKEN = ("not a valid DuckDB database", "orrupt", "Serialization Error", "older version", "newer version")


class StoreError(Exception):
    """The database cannot be opened or written: `code` of data/text/store.toml with its places. As a string it says so
    in both languages."""

    def __init__(self, code: str, **places):
        self.code, self.places = code, places
        super().__init__(" · ".join(self.say(lang) for lang in text.LANGUAGES))

    def say(self, lang: str) -> str:
        """What is wrong, what holds now, and the way out."""
        return text.say(f"store.{self.code}", lang, **self.places)


def of_opening(error: Exception) -> str:
    """Which StoreError it is when a database cannot be opened."""
    said = str(error)
    if "Could not set lock" in said:
        return "in_use"
    if any(word in said for word in ("No space left", "File too large")):
        return "disk_full"
    return "broken" if any(word in said for word in BROKEN) else "cannot_open"


def of_writing(error: duckdb.Error | OSError) -> str | None:
    """Which StoreError an error of the database or the disk is; None for a mistake of ours."""
    said = str(error)
    if "No space left" in said or "File too large" in said or "max_temp_directory_size" in said:
        return "disk_full"
    if isinstance(error, duckdb.OutOfMemoryException):
        return "out_of_memory"
    if isinstance(error, duckdb.TransactionException) and "onflict" in said:
        return "busy"
    if ".parquet" in said:
        return "stage_broken"
    return "cannot_write" if isinstance(error, (*DISK, OSError)) else None


def place_of(error: duckdb.Error) -> str:
    """The name of the staged file that an error speaks of."""
    found = re.search(r"""["']([^"']+\.parquet)["']""", str(error))
    return Path(found[1]).name if found else ""
