"""Who was employed, where, and on which days of a period."""

import pandas as pd

from core.periods import Period

SEGMENTS = """
select employee_id, name, role, level, team_id, greatest(from_date, $start) as from_date, least(to_date, $end) as to_date,
       datediff('day', greatest(from_date, $start), least(to_date, $end)) + 1 as days, bonus_target,
       coalesce(position_value, 1) as position_value, coalesce(is_core, false) as is_core, covered,
       hire_date, leave_date, manager_id, _dataset, _file, _sheet, _row
from postings where from_date <= $end and to_date >= $start
order by employee_id, from_date"""


def segments(con, period: Period) -> pd.DataFrame:
    """One row per assignment of everybody employed at least one day of the period, its dates cut to the period and
    the employment (both inclusive); `days` never exceed the days employed; `bonus_target` NaN where none is given; days
    that no assignment covers are a row with `covered` false."""
    frame = con.execute(SEGMENTS, {"start": period.start, "end": period.end}).df()
    for column in ("from_date", "to_date", "hire_date", "leave_date"):
        frame[column] = pd.to_datetime(frame[column])
    return frame


def belongs(con, period: Period) -> pd.DataFrame:
    """One row per person employed in the period: role, level, team and is_core of the last day employed in it."""
    last = segments(con, period).sort_values("to_date").drop_duplicates("employee_id", keep="last")
    return last[["employee_id", "role", "level", "team_id", "is_core"]].reset_index(drop=True)


def team_parents(con, teams=None) -> dict[str, list[str]]:
    """Each team's ancestors, nearest first, of all teams or of those named; a circle of parents ends where it would start
    again."""
    parent = dict(con.execute("select team_id, parent_team from teams where parent_team is not null").fetchall())
    if teams is None:
        teams = [row[0] for row in con.execute("select distinct team_id from team_tree").fetchall()]
    return {team: _ancestors(team, parent) for team in teams}


def _ancestors(team: str, parent: dict[str, str]) -> list[str]:
    above = [team]
    while (next_up := parent.get(above[-1])) and next_up not in above:
        above.append(next_up)
    return above[1:]
