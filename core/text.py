"""Every visible word in Chinese and English, and how numbers, dates and units are written in each."""

import math
import tomllib
from datetime import date as Date
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parent.parent / "data" / "text"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All words of data/text/*.toml by dotted key (`problem.not_a_number`), each with `zh` and `en`."""
    words: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        _flatten(tomllib.loads(path.read_text("utf-8")), "", words)
    return words


def _flatten(tree: dict, prefix: str, words: dict) -> None:
    for name, value in tree.items():
        if isinstance(value, dict) and set(value) == set(LANGUAGES):
            words[prefix + name] = value
        elif isinstance(value, dict):
            _flatten(value, f"{prefix}{name}.", words)


def say(key: str, lang: str, **values) -> str:
    """The words of a key in a language, its {places} filled; KeyError where the catalogue lacks it."""
    return catalogue()[key][lang].format(**values)


def has(key: str) -> bool:
    return key in catalogue()


DECIMALS = {"percent": 1, "score": 1, "points": 1, "count": 0, "minutes": 0, "hours": 1, "days": 1,
            "ratio": 2, "yuan": 2}
SCALES = {"zh": ((1e8, "亿", 2), (1e4, "万", 1)), "en": ((1e9, "B", 2), (1e6, "M", 2), (1e3, "K", 1))}
UNITS = {"minutes": {"zh": " 分钟", "en": " min"}, "hours": {"zh": " 小时", "en": " h"},
         "days": {"zh": " 天", "en": " d"}}


def missing(value) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def number(value, unit: str, lang: str) -> str:
    """A figure as people say it: 1,234.6万 / 12.3M, 27.0%; a missing one is “—”, never 0."""
    if missing(value):
        return "—"
    if unit == "percent":
        return f"{value * 100:,.1f}%"
    sign = "-" if value < 0 else ""
    size, money = abs(float(value)), "¥" if unit == "yuan" else ""
    if unit in ("yuan", "count"):
        for factor, word, decimals in SCALES[lang]:
            if size >= factor:
                return f"{sign}{money}{size / factor:,.{decimals}f}{word}"
        decimals = 0 if float(value).is_integer() else 2
        return f"{sign}{money}{size:,.{decimals}f}"
    return f"{sign}{size:,.{DECIMALS[unit]}f}{UNITS.get(unit, {}).get(lang, '')}"


def full(value, unit: str, lang: str) -> str:
    """A figure with full precision for tables: money to the cent, rates to four places of a per cent."""
    if missing(value):
        return "—"
    if unit == "percent":
        return f"{value * 100:,.4f}".rstrip("0").rstrip(".") + "%"
    if unit == "yuan":
        return f"{'-' if value < 0 else ''}¥{abs(value):,.2f}"
    said = f"{value:,.0f}" if unit == "count" else f"{value:,.4f}".rstrip("0").rstrip(".")
    return said + UNITS.get(unit, {}).get(lang, "")


def distance(value, unit: str, lang: str) -> str:
    """How far two figures lie apart, at full precision; two rates in percentage points."""
    if unit != "percent" or missing(value):
        return full(value, unit, lang)
    return say("reason.unit.percentage_points", lang, amount=full(value * 100, "plain", lang))


def whole(yuan: float) -> str:
    """Money to the yuan: where a small change must be seen in a large total."""
    return f"{'-' if yuan < 0 else ''}¥{abs(yuan):,.0f}"


def date(day: Date, lang: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else f"{day:%d %b %Y}".lstrip("0")
