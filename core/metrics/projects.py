"""What projects achieved: milestones met of those due."""

import pandas as pd

from core.metrics.facts import by_subject

# As the rule `milestones` pays: at the target is met where higher is better, not where lower is.
MET = """(case when better is not distinct from 'lower' then round(actual, 9) < round(target, 9)
 else round(actual, 9) >= round(target, 9) end)::int"""

# The milestones due in the period with a known result, for each member employed in it.
DUE = """milestones join project_members using (project_id) join belongs using (employee_id)
where due_date between $start and $end and actual is not null and target is not null"""


def success(con, places: dict) -> pd.DataFrame:
    """project_success: milestones met ÷ milestones due in the period with a known result, summed over the members."""
    facts = f"select 'project_success' as metric, team_id, employee_id, {MET} as num, 1 as den, 1 as n from {DUE}"
    return by_subject(con, facts, places)
