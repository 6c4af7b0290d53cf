"""Attrition: who left, against the average headcount of the period."""

import pandas as pd

from core.metrics.facts import by_subject, used


def attrition(con, places: dict) -> pd.DataFrame:
    """attrition_rate and core_attrition_rate (leavers ÷ person-days over days of the period; a person counts in the
    team of the last day employed in the period) and early_attrition_rate (company and role)."""
    left = "coalesce(leave_date between $start and $end, false)::int"
    facts = f"""select 'attrition_rate' as metric, team_id, employee_id, {left} as num, days / $days as den, 1 as n
        from belongs union all
        select 'core_attrition_rate', team_id, employee_id, {left}, days / $days, 1 from belongs where is_core"""
    rates = by_subject(con, facts, places)
    return pd.concat([rates[rates["subject_type"] != "employee"], _early(con, places)])


def _early(con, places: dict) -> pd.DataFrame:
    sums = ("sum(coalesce(leave_date <= $end and leave_date - hire_date <= $early_days, false)::int) as numerator,"
            " count(*)::double as denominator, count(*) as n from employees where hire_date between $early_start and $end")
    sql = f"""select 'early_attrition_rate' as metric, 'company' as subject_type, null::varchar as subject_id, {sums}
        union all select 'early_attrition_rate', 'role', role, {sums} group by role"""
    return con.execute(sql, used(sql, places)).df()
