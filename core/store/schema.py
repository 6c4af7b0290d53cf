"""The tables and views of a company's database, made and widened from the declarations."""

from core.datasets import DATASETS, Column, sql_type
from core.store.rows import names

META = {
    "batches": "batch INTEGER, saved_at TIMESTAMP, undone_at TIMESTAMP, files VARCHAR, datasets VARCHAR, gone BIGINT",
    "replaced": "batch INTEGER, dataset VARCHAR, months VARCHAR[], shop VARCHAR, team VARCHAR",
    "plans": "version INTEGER, effective_from DATE, saved_at TIMESTAMP, reason VARCHAR, document VARCHAR",
    "plan_cases": "version INTEGER, cases VARCHAR, waived VARCHAR",
    "releases": "quarter VARCHAR, employee_id VARCHAR, answer VARCHAR, reason VARCHAR, released_at TIMESTAMP",
    "remembered": "key VARCHAR, decision VARCHAR, made_at TIMESTAMP",
    "made": "sql VARCHAR"}
TRACE = "_batch INTEGER, _file VARCHAR, _sheet VARCHAR, _row INTEGER, _part VARCHAR, _current BOOLEAN"
TEAMS = ("team_id", "parent_team", "from_team", "helped_team")

TEAM_TREE = """create or replace view team_tree as
with recursive ids as ({ids}),
tree(ancestor, team_id) as (
    select team_id, team_id from ids where team_id is not null
    union
    select teams.parent_team, tree.team_id from tree join teams on teams.team_id = tree.ancestor
    where teams.parent_team is not null)
select ancestor, team_id from tree"""

# An order line without a team takes it from `ownership`: SKU before shop before channel, the later from_date first.
ORDER_LINES = """create or replace view order_lines as
with spans as (
    select *, lead(from_date) over (partition by sku_id, shop, channel order by from_date nulls first) as next_from
    from ownership),
homeless as (
    select distinct sku_id, shop, channel, paid_at::date as day, hash(sku_id, shop, channel, paid_at::date) as place
    from orders where team_id is null),
found as (
    select homeless.place, spans.team_id, row_number() over (
        partition by homeless.place
        order by spans.sku_id is null, spans.shop is null, spans.channel is null,
                 spans.from_date desc nulls last) as choice
    from homeless join spans
      on (spans.sku_id is null or spans.sku_id = homeless.sku_id)
     and (spans.shop is null or spans.shop = homeless.shop)
     and (spans.channel is null or spans.channel = homeless.channel)
     and (spans.from_date is null or spans.from_date <= homeless.day)
     and (spans.to_date is null or spans.to_date >= homeless.day)
     and (spans.next_from is null or spans.next_from > homeless.day))
select orders.* replace (coalesce(orders.team_id, found.team_id) as team_id)
from orders left join (select place, team_id from found where choice = 1) as found
  on case when orders.team_id is null then hash(orders.sku_id, orders.shop, orders.channel, orders.paid_at::date) end
     = found.place"""

# Every day of employment once: the assignments, cut to the employment and to the next one; where somebody has some, the
# days that none covers (covered = false, in the roster's post); else the roster's row. `to_date` inclusive, open: 9999.
POSTINGS = """create or replace view postings as
with staff as (select *, coalesce(leave_date, date '9999-12-31') as last_day from employees),
given as (
    select staff.employee_id, greatest(a.from_date, hire_date) as from_date,
           least(coalesce(a.to_date, date '9999-12-31'), last_day,
                 lead(a.from_date, 1, date '9999-12-31') over (partition by a.employee_id order by a.from_date)
                 - (lead(a.from_date) over (partition by a.employee_id order by a.from_date) is not null)::int) as to_date,
           a.role, a.level, a.team_id, coalesce(a.bonus_target, staff.bonus_target) as bonus_target,
           coalesce(a.position_value, staff.position_value) as position_value, true as covered,
           'assignments' as _dataset, a._file, a._sheet, a._row
    from assignments as a join staff using (employee_id)),
held as (select * from given where from_date <= to_date),
edges as (
    select employee_id, (lag(to_date) over (partition by employee_id order by from_date) + 1)::date as after_last,
           from_date as before_next from held
    union all select employee_id, (max(to_date) + 1)::date, null from held group by employee_id
        having max(to_date) < date '9999-12-31'
    union all select employee_id, null, null from assignments where employee_id not in (select employee_id from held)),
gaps as (
    select staff.employee_id, coalesce(after_last, hire_date) as from_date,
           coalesce((before_next - 1)::date, last_day) as to_date, role, level, team_id, bonus_target, position_value,
           false as covered, 'employees' as _dataset, _file, _sheet, _row
    from edges join staff using (employee_id)),
pieces as (
    select * from held union all select * from gaps where from_date <= to_date
    union all select employee_id, hire_date, last_day, role, level, team_id, bonus_target, position_value, true, 'employees',
                     _file, _sheet, _row from staff where employee_id not in (select employee_id from assignments))
select pieces.*, staff.name, staff.is_core, staff.hire_date, staff.leave_date, staff.manager_id
from pieces join staff using (employee_id)"""


def make(connection) -> None:
    """Makes what the declarations name and the database lacks, in one transaction. A column that is declared later
    holds its default in rows saved before it, as if their file had left it empty. Writes nothing where all is there."""
    wanted = "\n".join([*_tables(), *_views()])
    connection.begin()
    try:
        if _made(connection) != wanted:
            for statements in (_tables(), _columns(connection), _views()):
                for statement in statements:
                    connection.execute(statement)
            connection.execute("delete from meta.made")
            connection.execute("insert into meta.made values (?)", [wanted])
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _made(connection) -> str | None:
    known = connection.execute("select 1 from duckdb_tables() where schema_name = 'meta' and table_name = 'made'").fetchone()
    row = connection.execute("select sql from meta.made").fetchone() if known else None
    return row[0] if row else None


def _tables() -> list[str]:
    rows = {name: ", ".join([TRACE, *map(_column, dataset.columns)]) for name, dataset in DATASETS.items()}
    return ["create schema if not exists rows", "create schema if not exists meta",
            *(f"create table if not exists meta.{name} ({columns})" for name, columns in META.items()),
            *(f"create table if not exists rows.{name} ({columns})" for name, columns in rows.items())]


def _columns(connection):
    """What turns tables of an earlier version into those declared now. The first one had no `gone`, and kept the hashes
    that rows are compared by, which are computed when needed now."""
    there = set(connection.execute("select table_name, column_name from duckdb_columns()"
                                   " where schema_name in ('rows', 'meta')").fetchall())
    if ("batches", "gone") not in there:
        yield "alter table meta.batches add column if not exists gone BIGINT"
    for name, dataset in DATASETS.items():
        for column in dataset.columns:
            if (name, column.name) not in there:
                # Without `if not exists` DuckDB wants to change a setting on the way, and those are locked.
                yield f"alter table rows.{name} add column if not exists {_column(column)}"
        for hidden in ("_group", "_key", "_hash"):
            if (name, hidden) in there:
                yield f"alter table rows.{name} drop column {hidden}"


def _views() -> list[str]:
    made = [f"create or replace view main.{name} as select {names(dataset)}, _batch, _file, _sheet, _row"
            f" from rows.{name} where _current" for name, dataset in DATASETS.items()]
    ids = " union ".join(f'select "{c.name}" as team_id from {"order_lines" if name == "orders" else name}'
                         for name, dataset in DATASETS.items() for c in dataset.columns if c.name in TEAMS)
    return [*made, ORDER_LINES, POSTINGS, TEAM_TREE.format(ids=ids)]


def _column(column: Column) -> str:
    kind = sql_type(column)
    default = column.default.replace("'", "''")
    return f'"{column.name}" {kind}' + (f" default try_cast('{default}' as {kind})" if default else "")
