"""Who was employed in a span of days, and the groups they are counted in."""

from datetime import date

import pandas as pd

from core import people

STAFF = """
select e.employee_id, e.name, p.role, p.level, p.team_id, coalesce(e.is_core, false) as is_core, e.hire_date, e.leave_date,
       e.leave_type, datediff('day', greatest(e.hire_date, $start), least(coalesce(e.leave_date, $end), $end)) + 1 as days
from employees as e join postings as p on p.employee_id = e.employee_id
 and least(coalesce(e.leave_date, $end), $end) between p.from_date and p.to_date
where e.hire_date <= $end and coalesce(e.leave_date, $end) >= $start
  and ($team is null or p.team_id in (select team_id from team_tree where ancestor = $team))
order by e.employee_id"""

TREE = """select ancestor as "group", team_id from team_tree
where $team is null or ancestor in (select team_id from team_tree where ancestor = $team)"""

GROUPS = ("company", "team", "role", "level", "region", "core")


def staff(con, start: date, end: date, team: str | None = None) -> pd.DataFrame:
    """One row per person employed on a day from `start` to `end` (both inclusive), of a team with its sub-teams if one is
    named: role, level and team_id of the last day employed in the span, is_core, `days` employed in it. A
    leave_date after `end` is none yet."""
    frame = con.execute(STAFF, {"start": start, "end": end, "team": team}).df()
    for column in ("hire_date", "leave_date"):
        frame[column] = pd.to_datetime(frame[column])
    left = frame["leave_date"].le(pd.Timestamp(end))
    return frame.assign(leave_date=frame["leave_date"].where(left), leave_type=frame["leave_type"].where(left, None), left=left)


def grouped(con, frame: pd.DataFrame, by: str, team: str | None = None) -> pd.DataFrame:
    """The rows with the `group` each counts in, one of GROUPS: a person counts in their team and in every team above it, but
    none above the `team` whose people the rows are; core is "core" or "other"; the region is that of the nearest team above
    that has one; the company is one group, "company"; a row without the value has the group None."""
    if by not in GROUPS:
        raise ValueError(f"“{by}” is no grouping; take one of {', '.join(GROUPS)}")
    if by == "team":
        tree = con.execute(TREE, {"team": team}).df()
        return frame.merge(tree, on="team_id")
    if by == "region":
        return frame.assign(group=frame["team_id"].map(_regions(con)).astype(object))
    if by == "core":
        return frame.assign(group=frame["is_core"].map({True: "core", False: "other"}))
    return frame.assign(group=by if by == "company" else frame[by])


def _regions(con) -> dict[str, str | None]:
    given = dict(con.execute("select team_id, region from teams where region is not null").fetchall())
    return {name: next((given[team] for team in (name, *above) if team in given), None)
            for name, above in people.team_parents(con).items()}
