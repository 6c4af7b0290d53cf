"""The growth tree: direction × stage, who stands where, and what the next stage asks for."""

from datetime import date

import pandas as pd

from core.analysis import roster

STAGES = ("beginner", "advanced", "expert")  # in this order
STANDING = f"""
with staff as ({roster.STAFF}),
reached as (select employee_id, direction, list_position($stages, stage) as place, date as since from growth_paths
            where date <= $end and stage in (select unnest($stages)))
select staff.employee_id, name, role, team_id, direction, max(place) as place, arg_max(since, place) as since
from staff left join reached using (employee_id) where $role is null or role = $role group by all
order by staff.employee_id, direction"""
STANDARDS = """select role, stage, nullif(direction, '') as direction, skill, max(required_level) as required from skill_standards
where stage in (select unnest($stages)) and required_level is not null and ($role is null or role = $role) group by all"""
KNOWN = """select employee_id, skill, arg_max(level, date) as level from skill_assessments
where date <= $day and level is not null group by all"""


def standing(con, day: date, role: str | None = None, team: str | None = None) -> pd.DataFrame:
    """One row per person employed on the day and direction in which they have reached a stage by then (the highest counts,
    also where lower ones were never recorded): employee_id, name, role, team_id, direction, stage, since, next_stage (None
    at the top), asks (skills of the next stage), lacking (of them below or never assessed; both NaN without a next stage).
    Who stands nowhere yet has one row without direction."""
    frame = con.execute(STANDING, {"start": day, "end": day, "team": team, "role": role, "stages": list(STAGES)}).df()
    place = frame.pop("place")
    frame = frame.assign(stage=place.map(dict(enumerate(STAGES, 1))).astype(object),
                         next_stage=place.map(dict(enumerate(STAGES[1:], 1))).astype(object))
    asked = _asked(con, frame, day, role).groupby(["employee_id", "direction"])["lacking"].agg(["size", "sum"])
    counts = asked.rename(columns={"size": "asks", "sum": "lacking"})
    frame = frame.join(counts, on=["employee_id", "direction"])
    for column in ("asks", "lacking"):
        frame[column] = frame[column].astype(float).fillna(0.0).where(frame["next_stage"].notna())
    return frame


def lacking(con, day: date, role: str | None = None, team: str | None = None) -> pd.DataFrame:
    """What the next stage asks of everybody who stands in a direction: employee_id, direction, next_stage, skill, required,
    level (the latest by the day; NaN: never assessed), lacking."""
    return _asked(con, standing(con, day, role, team), day, role)


def _asked(con, stood: pd.DataFrame, day: date, role: str | None) -> pd.DataFrame:
    standards = con.execute(STANDARDS, {"stages": list(STAGES), "role": role}).df().rename(columns={"stage": "next_stage"})
    there = stood.loc[stood["next_stage"].notna(), ["employee_id", "role", "direction", "next_stage"]]
    rows = there.merge(standards, on=["role", "direction", "next_stage"])
    rows = rows.merge(con.execute(KNOWN, {"day": day}).df(), on=["employee_id", "skill"], how="left")
    met = rows["level"].round(9).ge(rows["required"].round(9))
    return rows.assign(lacking=~met).drop(columns="role").sort_values(["employee_id", "direction", "skill"], ignore_index=True)


def tree(con, day: date, role: str, team: str | None = None) -> pd.DataFrame:
    """The role's tree, every direction that a standard or a person names × STAGES in order: direction, stage, people (who
    stand exactly there on the day), skills (what the stage asks for, as [skill, required level])."""
    standards = con.execute(STANDARDS, {"stages": list(STAGES), "role": role}).df()
    stood = standing(con, day, role, team)
    directions = sorted({*standards["direction"].dropna(), *stood["direction"].dropna()})
    counts = stood.groupby(["direction", "stage"]).size()
    asks = {key: found[["skill", "required"]].sort_values("skill").values.tolist()
            for key, found in standards.groupby(["direction", "stage"])}
    return pd.DataFrame([(direction, stage, int(counts.get((direction, stage), 0)), asks.get((direction, stage), []))
                         for direction in directions for stage in STAGES], columns=["direction", "stage", "people", "skills"])
