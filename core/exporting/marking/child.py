"""The child's work: one workbook, marked. Started by core.exporting.corrected with limits on memory and time."""

import json
import resource
import sys
from pathlib import Path

from core.exporting.marking import listing, package
from core.exporting.marking.comments import EMPTY, EMPTY_DRAWING, comment, draw
from core.exporting.marking.package import DOCUMENT, Package, added, children, first, related
from core.exporting.marking.sheet import frame, mark_sheet
from core.exporting.marking.styles import Styles, read_styles, written_styles
from core.exporting.marking.xml_edit import edited, prefix

MEMORY = 3 * 2**30
SECONDS = 90
TOO_LARGE = 3
# What the format wants to stand after the reference to the legacy drawing.
AFTER_DRAWING = {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"}


def main(source: Path, job: Path, target: Path) -> None:
    """Writes the marked workbook; ends with TOO_LARGE where it is larger than is marked."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    said = json.loads(job.read_text("utf-8"))
    try:
        if said["raw"]:
            from core.exporting.marking.raw import plain_workbook

            plain_workbook(said["raw"], source)
        mark(source, said, target)
    except package.TooLarge:
        sys.exit(TOO_LARGE)


def mark(source: Path, job: dict, target: Path) -> None:
    """The job names each sheet's problems as [address, severity, text], and the rows of the list."""
    parts = package.opened(source)
    book = first(parts, "", "officeDocument")
    if listing.MAIN.encode() not in parts[book]:
        raise ValueError("the strict or binary form of a workbook")
    styles_part = first(parts, book, "styles")
    styles = read_styles(parts[styles_part])
    targets = related(parts, book)
    for entry in children(parts[book], "sheet"):
        kind, part = targets[next(value for name, value in entry.attributes.items() if name.endswith(":id"))]
        name = entry.attributes["name"]
        if kind == "worksheet" and name not in job["list"]["names"]:
            _sheet(parts, part, job["sheets"].get(name, []), styles)
    listing.put(parts, book, job["list"], styles)
    parts[styles_part] = written_styles(styles)
    package.written(parts, target)


def _sheet(parts: Package, part: str, problems: list, styles: Styles) -> None:
    comments = first(parts, part, "comments")
    if not (problems or styles.marked or comments):
        return
    data, marks = mark_sheet(parts[part], problems, styles)
    if data != parts[part]:
        parts[part] = data
    if not (marks.texts or comments):
        return
    if not comments:
        comments, _ = added(parts, part, "comments", "xl/comments", "xml")
        parts[comments] = EMPTY
    said, gone, new = comment(parts[comments], marks.texts)
    if said != parts[comments]:
        parts[comments] = said
        _draw(parts, part, gone, {place: marks.texts[place] for place in new})


def _draw(parts: Package, part: str, gone: set, texts: dict) -> None:
    referred = [e for e in frame(parts[part])[1] if e.key == "legacyDrawing"]
    if referred:
        number = next(value for name, value in referred[0].attributes.items() if name.endswith(":id"))
        drawing = related(parts, part)[number][1]
    else:
        drawing, number = added(parts, part, "vmlDrawing", "xl/drawings", "vml")
        parts[drawing] = EMPTY_DRAWING
        parts[part] = _with_drawing(parts[part], number)
    parts[drawing] = draw(parts[drawing], gone, texts)


def _with_drawing(data: bytes, number: str) -> bytes:
    table, others = frame(data)
    at = next((e.start for e in others if e.start > table.start and e.key in AFTER_DRAWING), others[0].close)
    return edited(data, [(at, at, f'<{prefix(data)}legacyDrawing xmlns:r="{DOCUMENT}" r:id="{number}"/>'.encode())])
