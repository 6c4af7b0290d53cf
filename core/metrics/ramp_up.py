"""How long new people take to their first good month; it stands on monthly scores, which SQL does not know."""

import pandas as pd

from core.periods import Period

GOOD = 80.0


def ramp_up(hired: pd.DataFrame, monthly: pd.DataFrame, period: Period) -> pd.DataFrame:
    """ramp_up_days for the company and each role: days from hire_date to the last day of the first month with a final score
    of at least 80, over those who got there in the period. `hired`: employee_id, role, hire_date of the people hired in
    the year up to the period's end; `monthly`: employee_id, month_end, score of every month since."""
    good = monthly[monthly["score"].round(9) >= GOOD].groupby("employee_id")["month_end"].min()
    there = hired.assign(reached=pd.to_datetime(good.reindex(hired["employee_id"])).to_numpy())
    there = there[there["reached"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))]
    days = (there["reached"] - pd.to_datetime(there["hire_date"])).dt.days.astype(float)
    told = [("company", None, days)] + [("role", role, part) for role, part in days.groupby(there["role"])]
    return pd.DataFrame([{"metric": "ramp_up_days", "subject_type": kind, "subject_id": subject, "numerator": part.sum(),
                          "denominator": float(len(part)), "n": len(part)} for kind, subject, part in told if len(part)])
