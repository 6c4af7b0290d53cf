"""Who was employed on which days, and who belongs where."""

import datetime

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import people, periods

Q3 = periods.quarter("2026Q3")
HEAD = "employee_id,name,role,level,team_id,hire_date,leave_date\n"
DAYS = st.dates(datetime.date(2026, 5, 1), datetime.date(2026, 11, 30))


def test_both_ends_of_an_employment_are_paid_days(stored):
    store = stored(employees=HEAD + "E1,A,design,junior,T1,2026-09-30,\nE2,B,design,junior,T1,2026-01-01,2026-07-01\n"
                   "E3,C,design,junior,T1,2026-10-01,\nE4,D,design,junior,T1,2026-01-01,2026-06-30\n"
                   "E5,E,design,junior,T1,2026-01-01,")
    assert people.segments(store.cursor(), Q3).set_index("employee_id")["days"].to_dict() == {"E1": 1, "E2": 1, "E5": 92}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(DAYS, st.one_of(st.none(), DAYS)), min_size=1, max_size=6))
def test_paid_days_never_exceed_the_employment(stored, staged, spans):
    spans = [(hired, left) for hired, left in spans if left is None or left >= hired]
    store = stored()
    rows = [f"E{i},N,design,junior,T1,{hired},{left or ''}" for i, (hired, left) in enumerate(spans)]
    for batch in store.batches():
        if not batch["undone_at"]:
            store.undo(batch["batch"])
    store.save({"employees": staged(store.stage_folder(), "employees", HEAD + "\n".join(rows))}, [])
    days = people.segments(store.cursor(), Q3).set_index("employee_id")["days"]
    for i, (hired, left) in enumerate(spans):
        inside = [day for day in pd.date_range(Q3.start, Q3.end) if day.date() >= hired and (not left or day.date() <= left)]
        assert days.get(f"E{i}", 0) == len(inside)


def test_a_circle_of_parent_teams_ends(stored):
    store = stored(teams="team_id,name,parent_team\nA,a,B\nB,b,A\nC,c,A")
    assert people.team_parents(store.cursor()) == {"A": ["B"], "B": ["A"], "C": ["A", "B"]}
