"""Which sheets hold which figure of whom in which month, and which columns a metric reads of a sheet."""

import re
from datetime import timedelta

import pandas as pd

from core import people
from core.datasets import DATASETS
from core.metrics import METRICS
from core.metrics.facts import used
from core.periods import Period

# The columns that a metric reads of a sheet, where its declaration does not name them.
FILLS = {("gmv", "team_months"): ("gmv",), ("refund_rate", "team_months"): ("gmv", "refund_amount"),
         ("repurchase_rate", "team_months"): ("buyers", "repeat_buyers"),
         ("user_retention", "team_months"): ("opening_users", "retained_users"),
         ("gmv", "orders"): ("paid_at", "paid_amount"), ("refund_rate", "orders"): ("paid_amount", "refund_amount"),
         ("aov", "orders"): ("paid_at", "paid_amount"), ("nps", "nps_responses"): ("date", "team_id", "score"),
         ("certification_rate", "skill_assessments"): ("date", "employee_id", "skill", "level", "certified"),
         ("project_success", "milestones"): ("project_id", "milestone", "target", "actual", "due_date"),
         ("project_success", "project_members"): ("project_id", "employee_id"),
         **{(metric, "orders"): ("buyer_id", "paid_at", "paid_amount")
            for metric in ("repurchase_rate", "user_retention", "ltv", "loyal_buyers")}}
TWO_SOURCES = ("gmv", "refund_rate", "repurchase_rate")


def seen(con, names: list[str], period: Period) -> pd.DataFrame:
    """Per sheet, team or person, and month of this quarter and the one before: rows, and their last day. Rows of a sheet
    without a day (all of them, or those of the quarter) lie in no month."""
    empty = "select '' as dataset, '' as subject, '' as month, 0 as rows, null::date as last where false"
    sql = " union all ".join([empty, *map(_counted, names)])
    return con.execute(sql, used(sql, _span(period))).df()


def _span(period: Period) -> dict:
    return {"first": period.previous().start, "after": period.end + timedelta(days=1), "quarter": period.label}


def _counted(name: str) -> str:
    """SQL: the rows of a sheet by subject and month; a month counts with its last day."""
    column = next((c for c in DATASETS[name].columns if c.type in ("month", "date", "datetime", "quarter")), None)
    if column is None or column.type == "quarter":
        return f"select '{name}', null, null, count(*), null from {name}" + (f" where {column.name} = $quarter" if column else "")
    day = f"last_day(({column.name} || '-01')::date)" if column.type == "month" else column.name
    return (f"select '{name}', {_subject_column(name)}, strftime({day}, '%Y-%m'), count(*), max({day})::date"
            f" from {'order_lines' if name == 'orders' else name} where {day} >= $first and {day} < $after group by all")


def _subject_column(name: str) -> str:
    columns = {c.name for c in DATASETS[name].columns}
    return next((c for c in ("team_id", "employee_id", "owner_id") if c in columns), "null")


def of_somebody(name: str) -> bool:
    """Whether a row of the sheet names a team or a person."""
    return _subject_column(name) != "null"


def by_month(metric) -> bool:
    """Whether every month has to be there; a survey or a log may have none in a month."""
    return metric.name in TWO_SOURCES or metric.table != "" and "month" in DATASETS[metric.table].key


def covered(con, names: set[str], seen: pd.DataFrame, period: Period, definitions: dict) -> dict:
    """(metric, team or person; None = anybody) → month → sheets that hold the figure ("" = orders without buyers),
    sub-teams' among their parents'. A team's month with a paid order is read from the orders alone."""
    above, found = people.team_parents(con), {}
    told = [(metric, row.subject, row.month, row.dataset) for metric in names if not by_month(METRICS[metric])
            for row in seen[seen["dataset"].isin(METRICS[metric].needs) & seen["rows"].gt(0)].itertuples()]
    if monthly := [METRICS[metric] for metric in sorted(names) if by_month(METRICS[metric])]:
        sql = "with paid as materialized (select team_id as subject, strftime(paid_at, '%Y-%m') as month," \
              " count(buyer_id) > 0 as named from order_lines where paid_amount > 0 and paid_at >= $first" \
              " and paid_at < $after group by all) " + " union all ".join(_filled(m, definitions) for m in monthly)
        told += con.execute(sql, used(sql, _span(period))).fetchall()
    for metric, subject, month, dataset in told:
        for one in dict.fromkeys([subject, *above.get(subject, []), None]):
            found.setdefault((metric, one), {}).setdefault(month, set()).add(dataset)
    return found


def _filled(metric, definitions: dict) -> str:
    """SQL: metric, subject, month, sheet where every column that the metric reads is filled."""
    if metric.name not in TWO_SOURCES:
        return (f"select '{metric.name}', {_subject_column(metric.table)}, month, '{metric.table}' from {metric.table}"
                f" where ({metric.numerator}) is not null and ({metric.denominator}) is not null")
    columns = (*FILLS[metric.name, "team_months"],
               *(["refund_amount"] if metric.name == "gmv" and definitions["gmv"] == "net" else []))
    counts = "named" if metric.name == "repurchase_rate" else "true"
    return (f"select '{metric.name}', subject, month, case when {counts} then 'orders' else '' end from paid"
            f" union all select '{metric.name}', team_id, month, 'team_months' from team_months"
            f" where {' and '.join(f'{c} is not null' for c in columns)}"
            f" and (team_id, month) not in (select subject, month from paid where subject is not null)")


def columns(metric, name: str) -> tuple[str, ...]:
    """The columns of a sheet that the metric is read from."""
    if metric.table == name:
        words = set(re.findall(r"\w+", f"{metric.day} {metric.numerator} {metric.denominator}"))
        return tuple(c.name for c in DATASETS[name].columns if c.name in words)
    return FILLS.get((metric.name, name)) or tuple(c.name for c in DATASETS[name].columns if c.required)
