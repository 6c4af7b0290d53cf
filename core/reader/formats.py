"""Numbers whose format shows them in a unit of its own, per cent or ten thousands: as text they carry it too."""

import re
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from core.reader.kinds import BROKEN, SMALL

BUILT_IN = {"9": "0%", "10": "0.00%"}
UNITS = {"%": -2, "万": 4}


def unit(code: str) -> str:
    """% or 万 where a number format shows a figure as part of one, "" where it shows it as it is. Ten thousands are
    written with a decimal point that only looks like one (0!.0000), or with commas that each hide a thousand (0!.0,)."""
    code = re.sub(r"\[[^\]]*\]", "", code.split(";")[0])
    shown = re.sub(r'"[^"]*"|[!\\_*].', "", re.sub(r'[!\\]\.|"\."', "·", code))
    if "%" in shown:
        return "%"
    commas = re.search(r"[0#?](,+)(?=[^0#?,]*$)", shown)
    point = re.search(r"·([0#?]+)", shown)
    return "万" if 3 * len(commas[1] if commas else "") + len(point[1] if point else "") >= 3 else ""


def units(path: Path) -> dict[str, str]:
    """Number of a style (the s of a cell) → the unit in which it shows a number; only those that have one."""
    with zipfile.ZipFile(path) as packed:
        entry = next((e for e in packed.infolist() if e.filename.lower().lstrip("/") == "xl/styles.xml"), None)
        if entry is None or entry.file_size > SMALL:
            return {}
        try:
            root = ElementTree.fromstring(packed.read(entry))
        except (*BROKEN, ElementTree.ParseError):
            return {}
    codes = BUILT_IN | {e.get("numFmtId"): e.get("formatCode", "") for e in root.iter() if e.tag.endswith("}numFmt")}
    styles = next((list(e) for e in root if e.tag.endswith("}cellXfs")), [])
    found = {str(i): unit(codes.get(style.get("numFmtId"), "")) for i, style in enumerate(styles)}
    return {style: shown for style, shown in found.items() if shown}


def written(said: bytes, shown: str) -> str:
    """The text of a stored number in its unit: 0.27 → 27%, 123000 → 12.3万, to 15 digits."""
    value = Decimal(f"{float(said):.15g}").scaleb(-UNITS[shown])
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + shown
