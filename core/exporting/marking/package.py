"""A workbook as the package of parts that it is: parts are read one by one, changed, added, and written with the rest."""

import posixpath
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from core.exporting.marking.xml_edit import Element, edited, grown, prefix, quoted, scan

MOST_BYTES_A_PART = 200_000_000
MOST_BYTES = 2**30
MOST_RATIO = 400
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = {"worksheet": "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
         "comments": "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
         "vmlDrawing": "application/vnd.openxmlformats-officedocument.vmlDrawing"}
NO_RELATIONS = (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{PACKAGE}/relationships"/>'
                ).encode()


class TooLarge(Exception):
    """The workbook unpacks to more than is marked in a few seconds."""


@dataclass
class Package:
    """The packed parts and those that were changed or added."""

    packed: zipfile.ZipFile
    changed: dict[str, bytes] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)

    def __contains__(self, part: str) -> bool:
        return part in self.changed or (part in self.packed.NameToInfo and part not in self.dropped)

    def __getitem__(self, part: str) -> bytes:
        if part not in self.changed and self.packed.getinfo(part).file_size > MOST_BYTES_A_PART:
            raise TooLarge(part)
        return self.changed[part] if part in self.changed else self.packed.read(part)

    def __setitem__(self, part: str, data: bytes) -> None:
        self.changed[part] = data

    def drop(self, part: str) -> None:
        self.changed.pop(part, None)
        self.dropped.add(part)


def opened(path: Path) -> Package:
    """The package; refuses with TooLarge what unpacks to more than a workbook of people does."""
    packed = zipfile.ZipFile(path)
    unpacked = sum(entry.file_size for entry in packed.infolist())
    if unpacked > MOST_BYTES or (unpacked > 50_000_000 and unpacked / max(path.stat().st_size, 1) > MOST_RATIO):
        raise TooLarge(path.name)
    return Package(packed)


def written(package: Package, target: Path) -> None:
    """Writes the package in its own order, new parts last; what was not changed is copied block by block."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as out:
        for name in dict.fromkeys([*package.packed.NameToInfo, *package.changed]):
            if name in package.changed:
                out.writestr(name, package.changed[name])
            elif name not in package.dropped:
                with package.packed.open(name) as part, out.open(name, "w", force_zip64=True) as into:
                    shutil.copyfileobj(part, into, 1 << 20)


def relations_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


def related(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Id → (kind, part) of what a part refers to within the package."""
    name = relations_part(part)
    if name not in package:
        return {}
    found = scan(package[name], lambda tag, attributes, depth: tag if tag == "Relationship" else None)
    return {e.attributes["Id"]: (posixpath.basename(e.attributes["Type"]), _target(part, e.attributes["Target"]))
            for e in found if e.attributes.get("TargetMode") != "External"}


def _target(part: str, said: str) -> str:
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), said)).lstrip("/")


def first(package: Package, part: str, kind: str) -> str | None:
    """The first part of a kind that a part refers to."""
    return next((target for found, target in related(package, part).values() if found == kind), None)


def relate(package: Package, part: str, kind: str, target: str) -> str:
    """Makes a part refer to another; the new id."""
    known, name = related(package, part), relations_part(part)
    number = next(f"tiejun{i}" for i in range(1, len(known) + 2) if f"tiejun{i}" not in known)
    if name not in package:
        package[name] = NO_RELATIONS
    data = package[name]
    package[name] = _with(data, f'<{prefix(data)}Relationship Id="{number}" Type="{DOCUMENT}/{kind}"'
                                f' Target="/{quoted(target)}"/>')
    return number


def added(package: Package, part: str, kind: str, folder: str, extension: str) -> tuple[str, str]:
    """A name for a new part of a kind, declared and related to a part; the name and the id of the relation."""
    name = next(path for i in range(1, 10_000) if (path := f"{folder}/tiejun{i}.{extension}") not in package)
    types = "[Content_Types].xml"
    # Excel itself declares drawings by their extension, once.
    where = f'Default Extension="{extension}"' if extension == "vml" else f'Override PartName="/{name}"'
    if where.encode() not in package[types]:
        package[types] = _with(package[types], f'<{prefix(package[types])}{where} ContentType="{TYPES[kind]}"/>')
    package[name] = b""
    return name, relate(package, part, kind, name)


def _with(data: bytes, element: str) -> bytes:
    root = scan(data, lambda tag, attributes, depth: tag if depth == 0 else None)[0]
    return edited(data, grown(data, root, element.encode()))


def children(data: bytes, *names: str) -> list[Element]:
    return scan(data, lambda tag, attributes, depth: tag if tag in names else None)
