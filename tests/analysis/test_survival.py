"""Survival of employment against lifelines, a published table and exact days."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.analysis import survival

BOOK = Path(__file__).parents[3] / "shared" / "real" / "hr" / "job_retention.csv"
HEAD = "employee_id,name,role,level,team_id,hire_date,leave_date,is_core\n"
FIRST, ASOF = date(2026, 1, 1), date(2026, 9, 30)


@pytest.mark.parametrize("seed", range(12))
def test_it_agrees_with_lifelines_on_tied_and_late_entries(seed):
    from lifelines import KaplanMeierFitter  # takes seconds to load: only where it is used
    rng = np.random.default_rng(seed)
    entry = np.concatenate([np.zeros(30), rng.integers(0, 40, 270)])
    exit_ = entry + rng.integers(1, 60, 300)
    event = rng.random(300) < 0.6
    ours = survival.kaplan_meier(entry, exit_, event).set_index("time")
    theirs = KaplanMeierFitter().fit(exit_, event, entry=entry)
    bounds = theirs.confidence_interval_.set_axis(["low", "high"], axis=1).join(theirs.survival_function_).loc[ours.index]
    known = ours["survival"] > 0
    assert known.sum() > 50
    assert ours["survival"].to_numpy() == pytest.approx(bounds["KM_estimate"].to_numpy(), abs=1e-9)
    for bound in ("low", "high"):
        assert ours.loc[known, bound].to_numpy() == pytest.approx(bounds.loc[known, bound].to_numpy(), abs=1e-9)
    assert survival.median(ours.reset_index())[0] == theirs.median_survival_time_
    table = theirs.event_table.loc[ours.index]
    assert (ours["events"] == table["observed"]).all() and (ours["censored"] == table["censored"]).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9), st.booleans()), min_size=1, max_size=40))
def test_everybody_is_counted_and_survival_only_falls(spans):
    entry, stay, event = zip(*spans, strict=True)
    exit_ = np.add(entry, stay)
    table = survival.kaplan_meier(entry, exit_, event)
    assert table["events"].sum() + table["censored"].sum() == len(spans)
    assert table["at_risk"].tolist() == [sum(e < t <= x for e, x in zip(entry, exit_, strict=True)) for t in table["time"]]
    assert table["survival"].is_monotonic_decreasing and table["survival"].between(0, 1).all()
    inside = table[table["low"].notna()]
    assert (inside["low"] <= inside["survival"] + 1e-12).all() and (inside["survival"] <= inside["high"] + 1e-12).all()


def test_the_printed_table_of_the_real_file():
    if not BOOK.exists():
        pytest.skip(f"{BOOK} is not there")
    frame = pd.read_csv(BOOK)
    printed = [0.993634, 0.969458, 0.930137, 0.894342, 0.870603, 0.822749, 0.786572, 0.740455, 0.700995, 0.680074, 0.632884,
               0.616765]
    def told(some):
        return survival.kaplan_meier([0] * len(some), some["month"], some["left"]).set_index("time")["survival"]
    assert told(frame).loc[1:12].tolist() == pytest.approx(printed, abs=5e-7)
    at_twelve = [told(frame[which])[12] for which in (frame["gender"].eq("F"), frame["gender"].eq("M"),
                                                     frame["sentiment"].ge(7), frame["sentiment"].lt(7))]
    assert [round(s, 3) for s in at_twelve] == [0.603, 0.623, 0.634, 0.517]


def test_by_hand_with_a_late_entry():
    """At 2 days two are at risk (the late one not yet), at 5 two again: 1/2, then 1/4."""
    table = survival.kaplan_meier([0, 0, 2], [2, 5, 7], [True, True, False])
    assert table[["time", "at_risk", "events", "censored", "survival"]].values.tolist() == [
        [2, 2, 1, 0, 0.5], [5, 2, 1, 0, 0.25], [7, 1, 0, 1, 0.25]]
    assert survival.median(table)[0] == 2


def test_half_is_reached_in_spite_of_floating_point_and_no_half_is_missing():
    table = survival.kaplan_meier([0] * 24, range(1, 25), [True] * 24)
    assert survival.median(table)[0] == 12 and table["survival"].iloc[11] > 0.5
    assert np.isnan(survival.median(survival.kaplan_meier([0, 0, 0], [1, 2, 3], [True, False, False]))[0])


def test_bounds_are_one_before_anybody_left_and_missing_after_the_last():
    table = survival.kaplan_meier([0, 0], [1, 2], [False, True])
    assert table["low"].iloc[0] == table["high"].iloc[0] == 1
    assert table["survival"].iloc[1] == 0 and table[["low", "high"]].iloc[1].isna().all()


def test_an_entry_at_the_exit_is_refused():
    with pytest.raises(ValueError, match="before"):
        survival.kaplan_meier([3], [3], [True])


def roster(stored, **more):
    return stored(employees=HEAD + "\n".join([
        "E1,A,design,junior,T1,2025-12-22,2026-01-01,yes",   # on the first observed day, which is the last one employed
        "E2,B,design,junior,T1,2025-12-22,2025-12-31,yes",   # left the day before: never observed
        "E3,C,design,junior,T2,2026-09-30,,no",              # hired on the last day
        "E4,D,operations,junior,T2,2026-10-01,,no",          # hired the day after
        "E5,E,operations,junior,T2,2026-01-01,2026-09-30,no",
        "E6,F,operations,junior,T2,2026-01-01,2026-10-01,no"]), **more).cursor()


def test_people_enter_at_the_tenure_that_they_had_on_the_first_observed_day(stored):
    found = survival.spells(roster(stored), FIRST, ASOF).set_index("employee_id")
    assert {e: (r.entry, r.exit, bool(r.event)) for e, r in found.iterrows()} == {
        "E1": (10, 11, True), "E3": (0, 1, False), "E5": (0, 273, True), "E6": (0, 273, False)}


def test_groups_by_role_core_region_and_team_with_its_sub_teams(stored):
    con = roster(stored, teams="team_id,name,parent_team,region\nT0,t,,north\nT1,a,T0,\nT2,b,T0,south")
    assert dict(zip(*survival.medians(survival.tenure(con, FIRST, ASOF, "team"))[["group", "people"]].T.values,
                    strict=True)) == {"T0": 4, "T1": 1, "T2": 3}
    events = {by: dict(survival.medians(survival.tenure(con, FIRST, ASOF, by))[["group", "events"]].itertuples(index=False))
              for by in ("company", "role", "core", "region")}
    assert events == {"company": {"company": 2}, "role": {"design": 1, "operations": 1}, "core": {"core": 1, "other": 1},
                      "region": {"north": 1, "south": 1}}
    only = survival.tenure(con, FIRST, ASOF, team="T2")
    assert only["people"].unique().tolist() == [3]
    with pytest.raises(ValueError, match="no grouping"):
        survival.tenure(con, FIRST, ASOF, "name")


def test_numbers_at_risk_count_late_entries_only_from_then_on(stored):
    con = roster(stored)
    counted = survival.numbers_at_risk(con, survival.spells(con, FIRST, ASOF), [1, 10, 11, 12, 273, 274])
    assert counted["at_risk"].tolist() == [3, 2, 3, 2, 2, 0]


def test_nobody_observed_is_an_empty_table(stored):
    con = stored().cursor()
    assert survival.tenure(con, FIRST, ASOF, "role").empty and survival.medians(survival.tenure(con, FIRST, ASOF)).empty


def test_observation_starts_with_the_earliest_quarter_of_any_figure(stored):
    store = stored(employees=HEAD + "E1,A,design,junior,T1,2020-01-06,,no", team_months="month,team_id,gmv\n2025-05,T1,1")
    assert survival.first_day(store) == date(2025, 4, 1)
