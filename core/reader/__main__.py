"""The child: `python -I core/reader FILE FOLDER ENCODING` leaves one parquet file a sheet and manifest.json in the folder,
and prints how far it is (0 to 1), one number a line."""

import errno
import json
import resource
import sys
from pathlib import Path


class NotNeeded:
    """pyarrow would load pandas and numpy to look at plain lists; the child starts twice as fast without them."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in ("pandas", "numpy"):
            raise ImportError(name)


def limit(memory: int, size: int) -> None:
    """Bounds what this process may take, before it has looked at the file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def contents(path: Path, folder: Path, encoding: str) -> list[dict]:
    """What a file holds: itself, or each file of an archive: [{name, encoding, sheets, problem, cell}]."""
    from core.reader import kinds
    from core.reader.sheet import Refusal

    try:
        if kinds.kind_of(path) != "zip":
            return [one("", path, folder, encoding, told)]
        found = []
        for number, (name, extracted, problem) in enumerate(kinds.inner(path, folder)):
            if problem:
                found.append(refused(name, Refusal(problem)))
                continue
            place = folder / str(number)
            place.mkdir()
            found.append(one(name, extracted, place, encoding, lambda part: None))
            extracted.unlink()
            told(number / 200)
        return found
    except Refusal as refusal:
        return [refused("", refusal)]


def one(name: str, path: Path, folder: Path, encoding: str, told) -> dict:
    """One file that is no archive."""
    from core.reader import kinds
    from core.reader.sheet import Refusal

    try:
        kind = kinds.kind_of(path)
        if kind == "zip":
            raise Refusal("nested_archive")
        if kind == "text":
            from core.reader import text
            size = path.stat().st_size
            sheet = text.read(path, folder / "0.parquet", encoding, lambda done: told(done / size))
            used, sheets = sheet.pop("encoding"), [{"name": "", "hidden": False} | sheet]
        else:
            from core.reader import workbook
            used, sheets = "", workbook.read(path, folder, told)
    except Refusal as refusal:
        return refused(name, refusal)
    for sheet in sheets:
        sheet["parquet"] = f"{folder.name}/{sheet['parquet']}" if name else sheet["parquet"]
        if kinds.misnamed(path, kind):
            sheet["facts"].append(["wrong_extension", "", {"text": "CSV"}.get(kind, kind), 1])
    return {"name": name, "encoding": used, "sheets": sheets, "problem": "", "cell": ""}


def refused(name: str, refusal) -> dict:
    return {"name": name, "encoding": "", "sheets": [], "problem": refusal.code, "cell": refusal.cell}


def told(part: float) -> None:
    print(f"{part:.3f}", flush=True)


def main(path: Path, folder: Path, encoding: str) -> None:
    """Reads and leaves the manifest; memory and disk that run out are problems by name."""
    try:
        found = contents(path, folder, encoding)
    except MemoryError:
        found = [{"name": "", "encoding": "", "sheets": [], "problem": "oversized_file", "cell": ""}]
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        code = "oversized_file" if error.errno == errno.EFBIG else "disk_full"
        found = [{"name": "", "encoding": "", "sheets": [], "problem": code, "cell": ""}]
    (folder / "manifest.json").write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    limit(int(sys.argv[4]), int(sys.argv[5]))
    sys.meta_path.insert(0, NotNeeded)
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
