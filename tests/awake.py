"""A reader that is awake: one process has imported what reading takes, and each file's child is forked from it.

Waking takes a new child nine tenths of its time on a small file. Whoever reads a file in a forked child reads it in a process
of its own, with the same limits and the same modules kept out; tests of the child itself start it as the product does.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def serve() -> None:
    """Reads one file for each line of stdin; says how far it is, and at its end the exit code, as `ended CODE`."""
    from core.reader import __main__ as child
    sys.meta_path.insert(0, child.NotNeeded)
    from core.reader import kinds, text, workbook  # noqa: F401 - what a child would import
    for line in sys.stdin:
        path, folder, encoding, memory, size = json.loads(line)
        if not (forked := os.fork()):
            code = 1
            try:
                child.limit(memory, size)
                child.main(Path(path), Path(folder), encoding)
                code = 0
            finally:
                os._exit(code)
        print("ended", os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]), flush=True)


def start() -> subprocess.Popen:
    """The process that waits for files."""
    begin = f"import sys; sys.path.insert(0, {os.fspath(ROOT)!r}); from tests.awake import serve; serve()"
    return subprocess.Popen([sys.executable, "-I", "-c", begin], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)


def run(process: subprocess.Popen, limits, path: Path, folder: Path, encoding: str, told) -> int:
    """What may stand for `core.importing.read._run`, whose module `limits` is: the exit code of a file's child."""
    order = [os.fspath(path), os.fspath(folder), encoding, limits.MEMORY, limits.FILE_SIZE]
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    for line in process.stdout:
        if line.startswith("ended"):
            return int(line.split()[1])
        told(min(float(line), 1.0))
    raise RuntimeError("the reader that was awake is gone")
