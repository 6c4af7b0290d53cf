"""Complaints about incentives and customers' negative reviews."""

import pandas as pd

from core.metrics.facts import by_subject

KINDS = {"incentive_complaints": "incentive_complaint", "negative_reviews": "negative_review"}
NAMED = "(values {}) as named(metric, kind)".format(", ".join(f"('{metric}', '{kind}')" for metric, kind in KINDS.items()))

TEAMS = """select team_id from teams where coalesce(start_date <= $end, true) and coalesce(end_date >= $start, true)
union select team_id from belongs union select null"""


def feedback(con, places: dict) -> pd.DataFrame:
    """incentive_complaints and negative_reviews; once any feedback was ever uploaded, a team's silence is 0, not missing."""
    if not con.execute("select min(date) <= $end from feedback", {"end": places["end"]}).fetchone()[0]:
        return pd.DataFrame()
    facts = f"""select named.metric, team_id, null::varchar as employee_id, count as num, 1.0 as den, count as n
        from feedback join {NAMED} using (kind) where date between $start and $end
        union all select metric, team_id, null, 0, 1.0, 0 from ({TEAMS}), {NAMED}"""
    return by_subject(con, facts, places).assign(denominator=1.0)
