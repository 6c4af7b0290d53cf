"""What people can do: growth of skills, coverage of the standard of one's post, certification."""

import pandas as pd

from core.metrics.facts import by_subject, used

# Each skill of everybody employed in the period: the latest assessment by its end, and the latest before its start.
SKILLS = """create or replace temp table skills as
select employee_id, belongs.team_id, skill, arg_max(assessed.level, date) as now,
       arg_max(coalesce(certified, false), date) as certified,
       arg_max(assessed.level, date) filter (where date < $start) as before
from skill_assessments as assessed join belongs using (employee_id)
where date <= $end and assessed.level is not null and skill is not null group by all"""

# The standard of a level; a growth stage has a direction.
STANDARD = """skill_standards as standard join belongs on standard.role = belongs.role and standard.stage = belongs.level
 and coalesce(standard.direction, '') = ''"""

FACTS = f"""
select 'skill_growth' as metric, team_id, employee_id, now - before as num, before as den, 1 as n from skills
    where before is not null
union all select 'certification_rate', team_id, employee_id, certified::int, 1, 1 from skills
union all select 'skill_coverage', belongs.team_id, belongs.employee_id,
    coalesce(round(now, 9) >= round(required_level, 9), false)::int, 1, 1
    from {STANDARD} left join skills on skills.employee_id = belongs.employee_id and skills.skill = standard.skill
    where required_level is not null and belongs.employee_id in (select employee_id from skills)"""


def skills(con, places: dict) -> pd.DataFrame:
    """skill_growth (a skill first assessed in the period is none), certification_rate, and skill_coverage of the standard
    of the role and level of the last day employed (a skill never assessed is not met; nobody without any assessment)."""
    con.execute(SKILLS, used(SKILLS, places))
    return by_subject(con, FACTS, places)
