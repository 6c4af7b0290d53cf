"""Text → typed values in SQL, every cell that cannot be read keeping its address."""

import re
import unicodedata
from datetime import date, timedelta

from core.datasets import Column, sql_type

LETTERS = "".join(chr(code) for code in (*range(65, 91), *range(97, 123)))
FULL_WIDTH = "０１２３４５６７８９．，－＋％（）／：￥　＿" + "".join(chr(ord(letter) + 0xFEE0) for letter in LETTERS)
HALF_WIDTH = "0123456789.,-+%()/:¥ _" + LETTERS
MISSING = ("", "-", "—", "--", "——", "n/a", "na", "#n/a", "null", "none", "nan")
INVISIBLE = r"[\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}\x{FEFF}]"
TIME = r"(\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?)"
# Low-cardinality types are read value by value; the others in SQL.
BY_VALUE = {"enum", "boolean", "metric", "month", "quarter"}
DATED = {"date", "datetime"}


# Cells that need no cleaning and read the same by a plain cast; a column of nothing else is read at full speed.
PLAIN = {"id": r"\d{2,}[0-9A-Za-z_-]*|[A-Za-z_][0-9A-Za-z_-]*\d[0-9A-Za-z_-]*", "number": r"-?\d+(\.\d+)?",
         "integer": r"-?\d+", "text": "[!-~][ -~]{3,}[!-~]",
         "date": r"\d{4}-\d{2}-\d{2}", "datetime": r"\d{4}-\d{2}-\d{2}( ([01]\d|2[0-3]):\d{2}(:\d{2})?)?"}


def all_plain(column: Column, raw: str) -> str:
    """SQL (aggregate): whether every cell of a raw column reads the same by a plain cast; false where that is unknown."""
    pattern = PLAIN.get(column.type)
    fits = f"bool_and(regexp_full_match({raw}, '{pattern}')) and max(strlen({raw})) <= 100"
    return f"coalesce({fits}, true)" if pattern else "false"


def clean(raw: str, fold: bool = True) -> str:
    """SQL: the cell without blanks around it and invisible signs in it, null where it says that nothing is there; `fold`
    writes full-width digits, letters and signs half-width."""
    blanks = "chr(32) || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288)"
    seen = f"regexp_replace({raw}, '{INVISIBLE}', '', 'g')"
    wide = f"translate({seen}, '{FULL_WIDTH}', '{HALF_WIDTH}')" if fold else seen
    # Looking closer only at what is not plain ASCII takes half the time on a large file.
    shown = f"trim(case when strlen({raw}) = length({raw}) then {raw} else {wide} end, {blanks})"
    return f"case when strlen({shown}) <= 6 and lower({shown}) in {MISSING} then null else {shown} end"


def says(raw: str, words: tuple[str, ...]) -> str:
    """SQL: whether a raw cell is one of these words of a declaration (never a user's)."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"trim({raw}) in ({listed})"


def number(x: str, percent: str = "e-2") -> str:
    """SQL: 11,269 ￥1,234.50 (4,533.75) 12.3万 1.2亿 4,500元, and 78.15% where `percent` says what a per cent is (e-2 of a
    proportion, e0 of points; "" = not a value), as a number; null for anything else, such as commas that separate no
    thousands or a sign within brackets."""
    bare = rf"regexp_replace({x}, '(^|[-+(])\s*(?:[¥￥£$€]|RMB|CNY)\s*', '\1')"
    bare = rf"regexp_replace({bare}, '\s*元(\)?)$', '\1')"
    inner = rf"trim(regexp_replace({bare}, '^\((.*)\)$', '\1'))"
    sign = (rf"case when not regexp_full_match({bare}, '\(.*\)') then 1 when regexp_matches({inner}, '^[-+]') then null"
            " else -1 end")
    digits = (rf"regexp_extract({inner}, '^([+-]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d+)?)"
              rf"\s*({'%|' if percent else ''}千|万|亿)?$', ")
    power = f"case {digits}2) when '%' then '{percent}' when '千' then 'e3' when '万' then 'e4' when '亿' then 'e8' else '' end"
    scaled = f"try_cast(replace({digits}1), ',', '') || {power} as double) * {sign}"
    return rf"case when regexp_full_match({x}, '[+-]?\d+(\.\d+)?') then try_cast({x} as double) else {scaled} end"


def moment(x: str, order: str) -> str:
    """SQL: a date or date with time in any of the usual writings, or an Excel serial number, as TIMESTAMP; `order` is
    dmy or mdy for writings that start with the day or month."""
    said = f"regexp_replace(regexp_replace({x}, '\\s*(星期|周)[一二三四五六日天]', ''), '(\\d)T(\\d)', '\\1 \\2')"
    ymd = rf"^(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?\s*{TIME}?Z?$"
    packed = rf"^(\d{{4}})(\d{{2}})(\d{{2}})\s*{TIME}?$"
    ends = rf"^(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}})\s*{TIME}?$"
    day, month_ = (1, 2) if order == "dmy" else (2, 1)

    def stamp(pattern: str, y: int, m: int, d: int) -> str:
        def part(group: int) -> str:
            return f"regexp_extract({said}, '{pattern}', {group})"
        time = f"coalesce(nullif({part(4)}, ''), '00:00')"
        seconds = f"case when length({time}) - length(replace({time}, ':', '')) = 1 then {time} || ':00' else {time} end"
        return (f"try_cast({part(y)} || '-' || lpad({part(m)}, 2, '0') || '-' || lpad({part(d)}, 2, '0') || ' '"
                f" || case when {seconds}[2] = ':' then '0' else '' end || {seconds} as timestamp)")
    serial = (f"timestamp '1899-12-30' + to_microseconds(cast(round(try_cast({said} as double) * 86400) * 1000000"
              " as bigint))")
    return (f"case when regexp_full_match({said}, '\\d{{4}}-\\d{{2}}-\\d{{2}}( \\d{{2}}:\\d{{2}}:\\d{{2}})?')"
            f" then try_cast({said} as timestamp)"
            f" when regexp_matches({said}, '{ymd}') then {stamp(ymd, 1, 2, 3)}"
            f" when regexp_full_match({said}, '\\d{{5}}(\\.\\d+)?') then {serial}"
            f" when regexp_matches({said}, '{packed}') then {stamp(packed, 1, 2, 3)}"
            f" when regexp_matches({said}, '{ends}') then {stamp(ends, 3, month_, day)} end")


ENDS_FIRST = r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}"


def identity(x: str) -> str:
    """SQL: an id without quoting marks; 17850.0 is 17850; null where digits were lost (1.23E+17)."""
    bare = f"trim(regexp_replace({x}, '^=?\"(.*)\"$', '\\1'), chr(32) || chr(9))"
    bare = f"regexp_replace({bare}, '^''', '')"
    return (f"case when regexp_full_match({bare}, '\\d(\\.\\d+)?[eE]\\+?\\d+') then null"
            f" else nullif(regexp_replace({bare}, '^(\\d+)\\.0+$', '\\1'), '') end")


def expression(column: Column, x: str, order: str, plain: bool = False) -> str:
    """SQL: the typed value of a cleaned cell of this column; null where the cell cannot be read. `plain` says that all
    cells are (see `all_plain`)."""
    if plain:
        return x if column.type in ("id", "text") else f"try_cast({x} as {sql_type(column)})"
    if column.type == "number":
        return number(x, "e0" if column.points else "e-2" if column.percent else "")
    if column.type == "integer":
        whole = number(x, percent="")
        return f"case when ({whole}) = floor({whole}) then cast({whole} as bigint) end"
    if column.type in DATED:
        return f"cast({moment(x, order)} as {'date' if column.type == 'date' else 'timestamp'})"
    return identity(x) if column.type == "id" else x


OWN_UNIT = r"[%千万亿]|元\)?$"
CURRENCY = r"[¥￥£$€]|RMB|CNY"


def scaled(number_: str, x: str, one: float) -> str:
    """SQL: a number in units of `one`, unless the cell `x` names a unit itself; null where it names a currency alone, which
    may be meant in ones or in the header's unit. Rounded free of binary noise."""
    return (f"case when regexp_matches({x}, '{OWN_UNIT}') then {number_} when regexp_matches({x}, '{CURRENCY}') then null"
            f" else round(({number_}) * {one!r}, 9) end")


def folded(value: str) -> str:
    return re.sub(r"[\s_]", "", unicodedata.normalize("NFKC", value)).casefold()


BOOLEANS = {True: ("是", "yes", "true", "1", "y", "1.0", "√", "✓", "✔", "☑", "对", "有"),
            False: ("否", "no", "false", "0", "n", "0.0", "×", "✗", "✘", "☒", "☐", "无", "非")}
QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}


def read_value(column: Column, text: str, metrics: dict[str, str], order: str = "dmy") -> str | bool | None:
    """One distinct cell of a low-cardinality column as it is stored; None where it cannot be read."""
    word = folded(text)
    if column.type == "boolean":
        return next((said for said, names in BOOLEANS.items() if word in names), None)
    if column.type == "quarter":
        found = re.fullmatch(r"(\d{4})(?:年)?[-/]?(?:q([1-4])|第?([一二三四1-4])季度?)", word)
        return f"{found[1]}Q{QUARTERS[found[2] or found[3]]}" if found else None
    if column.type == "month":
        return month_of(text, order)
    if column.type == "metric":
        return metrics.get(word)
    for canonical, names in (column.choices or {}).items():
        if word in {folded(name) for name in (canonical, names["zh"], names["en"], *names["also"])}:
            return canonical
    return None


# A month, or a day in it: nothing may follow but a time of day, so that a range or a slip is no month.
CLOCK = r"(?:[T\s]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*Z?)?"
MONTHS = tuple(re.compile(said) for said in (
    r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*(?:月份?)?", rf"(?P<y>\d{{4}})(?P<m>\d\d)(?:(?P<d>\d\d){CLOCK})?",
    rf"(?P<y>\d{{4}})\s*([-/.])\s*(?P<m>\d{{1,2}})\s*\2\s*(?P<d>\d{{1,2}}){CLOCK}",
    rf"(?P<y>\d{{4}})\s*年\s*(?P<m>\d{{1,2}})\s*月\s*(?P<d>\d{{1,2}})\s*日?{CLOCK}"))
ENDS = {order: re.compile(rf"(?P<{a}>\d{{1,2}})([-/.])(?P<{b}>\d{{1,2}})\2(?P<y>\d{{4}}){CLOCK}")
        for order, a, b in (("dmy", "d", "m"), ("mdy", "m", "d"))}


def month_of(text: str, order: str = "dmy") -> str | None:
    """`2026-07` from 2026年7月, 2026/7, 202607 or any date in the month (serial numbers included); None for what is no
    one month, such as a range."""
    said = re.sub(r"\s*(?:星期|周)[一二三四五六日天]", "", unicodedata.normalize("NFKC", text)).strip()
    if re.fullmatch(r"\d{5}(\.\d+)?", said):
        return f"{date(1899, 12, 30) + timedelta(days=int(float(said))):%Y-%m}"
    for pattern in (*MONTHS, ENDS[order]):
        if found := pattern.fullmatch(said):
            part = found.groupdict()
            try:
                return f"{date(int(part['y']), int(part['m']), int(part.get('d') or 1)):%Y-%m}"
            except ValueError:
                return None
    return None


def tenth_or_first(words: set[str]) -> set[str]:
    """Those of a column's months that are January or October: a spreadsheet keeps the number 2026.10 as 2026.1. Where
    the column also has a 2026.10, its months are texts and 2026.1 is January."""
    if any(re.fullmatch(r"\d{4}\.10", word) for word in words):
        return set()
    return {word for word in words if re.fullmatch(r"\d{4}\.1", word)}
