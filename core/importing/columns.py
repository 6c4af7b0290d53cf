"""What the columns of a sheet say as wholes: which rows are totals or remarks, and whether day or month comes first."""

from core.importing import values
from core.importing.match import Decision, Match
from core.importing.read import RawSheet

GAP = r"[\s　]*"
SUMS = "|".join(GAP.join(word) for word in ("合计", "小计", "总计", "共计"))
# 7月小计, 合计：300, 共2笔 …
TOTALS = (rf"(?i)^{GAP}(.{{0,12}}({SUMS})|(本页|本月|本季度?|本店|全部|全店)?(总和|汇总|grand\s*total|sub\s*total|total))"
          rf"{GAP}([:：(（\d].*)?$|^{GAP}共{GAP}\d+{GAP}[笔条行单人项家个]")
REMARKS = (r"^[\s　]*(制表|审核|复核|填报|填表|报送|经办|导出|打印|生成|统计|更新|数据来源|来源|备注|说明|注)"
           r"(人|员|时间|日期|部门|单位|口径)?[\s　]*[:：].*$")
EXAMPLES = r"(?i)^\s*(示例|example)(\s.*)?$"
PLACED = {"id", "month", "quarter", "date"}


def leave_out(con, found: Match, raw: RawSheet, plain: set[str]) -> tuple[str, list[tuple[str, int, int]]]:
    """The SQL condition of the rows to read, and (code, first row, how many) of each kind that is left out. A total says
    so where an id or date belongs, or in one of the first columns while something required is empty; a remark stands in
    a row that has nothing required; examples are the template's own; orders without a payment time are unpaid."""
    sure = {found.columns[name] for name in plain if found.dataset.column(name).type != "text"}
    first = [f"_first{i}" for i in range(min(3, raw.columns)) if i not in sure]
    asked = [c for c in found.dataset.columns if c.name in found.columns and (c.required or c.name in found.dataset.key)]
    placed = [f"cells.{c.name}" for c in asked if c.type in PLACED and c.name not in plain]
    needed = [f"cells.{c.name}" for c in asked if c.required]
    kinds = [(_one(placed, TOTALS), "total_row")]
    if first and needed:
        lacking = " or ".join(f"{cell} is null" for cell in needed)
        bare = " and ".join(f"({cell} is null or regexp_matches({cell}, '{REMARKS}'))" for cell in needed)
        kinds += [(f"({_one(first, TOTALS)}) and ({lacking})", "total_row"),
                  (f"({_one(first, REMARKS)}) and {bare}", "remark_row")]
    kinds.append((_one(first[:1], EXAMPLES) if "_first0" in first else "", "example_row"))
    if found.dataset.name == "orders" and {"paid_at", "order_id"} <= set(found.columns):
        kinds.append(("paid_at is null and order_id is not null", "unpaid_line"))
    cases = "".join(f" when {condition} then '{code}'" for condition, code in kinds if condition)
    kind = f"case{cases} end" if cases else "null"
    counted = con.execute(f"select kind, min(_row), count(*) from (select _row, {kind} as kind from cells)"
                          " where kind is not null group by kind order by 2").fetchall()
    return (f"({kind}) is null" if counted else "true"), counted


def _one(cells: list[str], pattern: str) -> str:
    return " or ".join(f"coalesce(regexp_matches({cell}, '{pattern}'), false)" for cell in cells)


def date_orders(con, found: Match, decided: Decision, plain: set[str]) -> tuple[dict[str, str], list[tuple]]:
    """Field → dmy or mdy for the columns with dates that begin with day or month, each decided by itself as a whole; what
    the user told holds where a column does not tell. Columns that leave it open or contradict themselves are listed:
    (field, code, first row, its cell, a cell that contradicts, how many)."""
    told, orders, doubts = decided.values.get("date_order"), {}, []
    for column in found.dataset.columns:
        name = column.name
        if column.type not in values.DATED | {"month"} or name not in found.columns or name in plain:
            continue
        first, second, n, row, sample, by_day, by_month = con.execute(
            f"select max(a), max(b), count(*), min(_row), arg_min(said, _row), arg_min(said, _row) filter (a > 12),"
            f" arg_min(said, _row) filter (b > 12) from (select _row, {name} as said, regexp_extract({name}, '^(\\d+)', 1)::int"
            f" as a, regexp_extract({name}, '^\\d+[-/.](\\d+)', 1)::int as b from cells"
            f" where regexp_matches({name}, '{values.ENDS_FIRST}'))").fetchone()
        if not n:
            continue
        orders[name] = "mdy" if second > 12 else "dmy"
        if first > 12 and second > 12:
            doubts.append((name, "contradictory_dates", row, by_day, by_month, n))
        elif first <= 12 and second <= 12 and told in ("dmy", "mdy"):
            orders[name] = told
        elif first <= 12 and second <= 12:
            doubts.append((name, "ambiguous_dates", row, sample, "", n))
    return orders, doubts


def unnamed(con, found: Match, raw: RawSheet) -> list[tuple[int, int]]:
    """(column, cells below the header) of the columns between others that hold something but have no header."""
    bare = [i for i in range(max(found.headers, default=0)) if i not in found.headers]
    if not bare:
        return []
    counts = con.execute(f"select {', '.join(f'count(nullif(trim(c{i}), {chr(39) * 2}))' for i in bare)} from read_parquet(?)"
                         " where _row > ?", [str(raw.parquet), found.header_row]).fetchone()
    return [(i, count) for i, count in zip(bare, counts, strict=True) if count]


def keys_alone(con, found: Match, table: str) -> tuple[int | None, int]:
    """The first row and the number of rows that hold nothing but their key, of a dataset that is all figures."""
    others = [c for c in found.dataset.columns if c.name not in found.dataset.key]
    if not found.dataset.key or any(c.required or c.type not in ("number", "integer") for c in others):
        return None, 0
    empty = " and ".join(f"{c.name} is null" for c in others if not c.default)
    return con.execute(f"select min(_row), count(*) from {table} where {empty} and _wrong = 0").fetchone()
