"""Each risk fires exactly at its threshold and not before it; what cannot be judged is not called quiet. In each small company
stand groups on both sides of the threshold."""

from datetime import date, timedelta

import pandas as pd
import pytest

from core import periods, quarter, risks
from core import plan as plans
from core.plan.fields import RISKS
from core.risks import telling

Q3 = periods.quarter("2026Q3")
STAFF = "employee_id,name,role,level,team_id,hire_date,leave_date,is_core"
NAN = pytest.approx(float("nan"), nan_ok=True)


def judged(store, name: str, period=Q3, changes: dict | None = None, **company):
    """What one risk comes to under the product's plan with its thresholds, and settings of the company, changed."""
    plan = plans.default()
    plan["risks"][name] |= changes or {}
    plan["company"] |= company
    return risks._finding(risks.Facts(store, period, plan), name, plan["risks"][name], store.counts())


def rows(found, condition: str) -> dict:
    """subject → (value, threshold, fired) of a condition; None is the company."""
    mine = found.evidence[found.evidence["condition"].eq(condition)]
    return {r.subject_id: (r.value, r.threshold, r.fired) for r in mine.itertuples()}


def fired(found) -> set:
    mine = found.evidence[found.evidence["fired"]]
    return set(zip(mine["condition"], mine["subject_id"], strict=True))


def table(head: str, *lines) -> str:
    return "\n".join([head, *lines])


def staff(count: int, start: int = 0, team: str = "T1", hired: str = "2025-01-01", left: str = "", core: str = "no") -> list[str]:
    return [f"E{n:03},n{n},design,junior,{team},{hired},{left},{core}" for n in range(start, start + count)]


def test_complaints_of_a_team_rise_by_half_and_to_three(stored):
    counts = {"A": (2, 3), "B": (1, 2), "C": (4, 5), "D": (4, 6), "E": (0, 3), "F": (3, 3)}
    lines = [f"{day},{team},incentive_complaint,{count}" for team, both in counts.items()
             for day, count in zip(("2026-05-01", "2026-08-01"), both, strict=True)]
    store = stored(teams=table("team_id,name", *[f"{team},{team}" for team in counts]),
                   employees=table(STAFF, *staff(1, team="A")),
                   feedback=table("date,team_id,kind,count", *lines) + "\n2026-05-01,Z,negative_review,9",
                   requests="request_id,created_at,from_team,owner_id,priority,revisions\nR1,2026-08-01 09:00,B,E000,urgent,1\n"
                            "R2,2026-08-02 09:00,B,E000,routine,2")
    found = judged(store, "incentive_failure")
    assert fired(found) == {("complaints", team) for team in "ADE"} | {("urgent_share", "A")}
    assert {team: told[1] for team, told in rows(found, "complaints").items() if told[0]} == {
        "A": 3, "B": 3, "C": 6, "D": 6, "E": 3, "F": 5}
    asking = found.evidence[found.evidence["condition"].eq("urgent_share")]
    assert asking[["other", "value", "n", "detail"]].values.tolist() == [["B", 0.5, 2.0, "1.5"]]
    assert judged(store, "incentive_failure", periods.quarter("2026Q2")).state == "unknown"  # nothing to compare with


GROWN, LESS = [*staff(4), *staff(2, 4, hired="2026-08-01")], [*staff(4), *staff(1, 4, hired="2026-08-01")]
LOWER, SAME = ({"collaboration_survey": table("quarter,team_id,score", *["2025Q3,T1,4"] * 5, *[f"2026Q3,T1,{score}"] * 5)}
               for score in (3, 4))


def held(last: str) -> dict:
    return {"culture_ambassadors": f"employee_id,from_date,to_date\nE000,2026-01-01,{last}"}


@pytest.mark.parametrize(("people", "sheets", "state"), [
    (GROWN, LOWER, "fired"), (GROWN, SAME, "quiet"), (LESS, LOWER, "quiet"), (GROWN, {}, "unknown"), (LESS, {}, "quiet"),
    (GROWN, held("2026-09-30"), "quiet"), (GROWN, held("2026-09-29"), "fired"), (GROWN, LOWER | held("2026-09-30"), "fired")])
def test_culture_is_diluted_by_half_more_people_and_a_lower_survey_or_too_few_ambassadors(stored, people, sheets, state):
    found = judged(stored(employees=table(STAFF, *people), **sheets), "culture_dilution")
    assert found.state == state and set(found.sheets) == {"culture_ambassadors", "collaboration_survey"} - set(sheets)


@pytest.mark.parametrize(("count", "needed"), [(25, 1), (26, 2)])
def test_one_ambassador_is_enough_for_exactly_twenty_five_people(stored, count, needed):
    store = stored(employees=table(STAFF, *staff(10), *staff(count - 10, 10, hired="2026-08-01")), **held("2026-12-31"))
    assert rows(judged(store, "culture_dilution"), "ambassadors")[None] == (1, needed, needed == 2)


def test_a_company_younger_than_four_quarters_grows_from_its_first_quarter_end(stored):
    store = stored(employees=table(STAFF, *staff(4, hired="2026-02-01"), *staff(1, 4, hired="2026-05-01"),
                                   *staff(1, 5, hired="2026-08-01")), **held("2026-08-01"))
    assert rows(judged(store, "culture_dilution"), "headcount")[None] == (6, 6, True)
    assert rows(judged(store, "culture_dilution", periods.quarter("2026Q2")), "headcount")[None] == (5, 6, False)
    assert judged(store, "culture_dilution", periods.quarter("2026Q1")).state == "unknown"


def test_a_pair_is_worse_by_a_fifth_with_five_requests_in_both_quarters(stored):
    # asking team → requests, days and revisions the quarter before, and now
    pairs = {"at": ((5, 5, 1), (5, 6, 1)), "below": ((5, 10, 1), (5, 11, 1)), "few_before": ((4, 5, 1), (5, 20, 9)),
             "few_now": ((5, 5, 1), (4, 20, 9)), "again": ((5, 5, 5), (5, 5, 6)), "none": ((5, 5, 0), (5, 5, 0)),
             "T1": ((5, 5, 1), (5, 20, 9))}  # a team's own requests are no wall
    lines = [f"{team}{month}{n},2026-{month}-01 09:00,2026-{month}-{1 + days:02} 09:00,{team},E000,{revisions}"
             for team, both in pairs.items() for month, (count, days, revisions) in zip(("05", "08"), both, strict=True)
             for n in range(count)]
    store = stored(employees=table(STAFF, *staff(1)),
                   requests=table("request_id,created_at,delivered_at,from_team,owner_id,revisions", *lines))
    found = judged(store, "collaboration_wall", changes={"revisions": 10})
    assert fired(found) == {("pair_cycle", "at"), ("pair_revisions", "again")}
    assert set(rows(found, "pair_cycle")) == {"at", "below", "again", "none"}
    assert rows(found, "most_revised") == {None: (9, 10, False)}
    assert judged(store, "collaboration_wall", periods.quarter("2026Q1")).state == "unknown"


def test_a_single_request_fires_from_its_third_revision_or_late_for_a_promotion(stored):
    first, next_ = "2026-08-01 09:00", "2026-08-02 09:00"
    lines = [f"{first},{next_},thrice,3,,", f"{first},{next_},twice,2,,", f"{first},2026-08-02 09:01,late,0,{next_},P1",
             f"{first},{next_},exactly,0,{next_},P1", f"{first},2026-08-02 09:01,launch,0,{next_},P2",
             "2026-06-01 09:00,,never,0,2026-07-20 09:00,P1", f"{first},,open,0,2026-09-20 09:00,P1"]
    store = stored(employees=table(STAFF, *staff(1)), projects="project_id,name,kind\nP1,x,promotion\nP2,y,launch",
                   requests=table("request_id,owner_id,created_at,delivered_at,from_team,revisions,due_at,project_id",
        *[f"R{n},E000,{line}" for n, line in enumerate(lines)]))
    found = judged(store, "collaboration_wall")
    assert fired(found) == {("revised", "thrice"), ("late_for_promotion", "late"), ("late_for_promotion", "never")}
    assert found.evidence.loc[found.evidence["condition"].eq("revised"), "detail"].tolist() == ["R0"]


def test_a_skill_gap_is_a_coverage_below_sixty_per_cent_or_repurchase_a_fifth_below_where_a_skill_lacks(stored):
    # team → skills met of five, buyers who came again of 100
    teams = {"A": (3, 25), "B": (2, 30), "C": (4, 24), "D": (5, 24)}
    people = [staff(1, n, team)[0] for n, team in enumerate(teams)]
    assessed = [f"E{n:03},s{skill},2026-08-01,{3 if skill < met else 2}" for n, (met, _) in enumerate(teams.values())
                for skill in range(5)]
    sheets = {"employees": table(STAFF, *people), "skill_assessments": table("employee_id,skill,date,level", *assessed),
              "skill_standards": table("role,stage,skill,required_level", *[f"design,junior,s{n},3" for n in range(5)]),
              "team_months": table("month,team_id,gmv,buyers,repeat_buyers",
                                   *[f"2026-07,{team},1000,100,{again}" for team, (_, again) in teams.items()]),
              "targets": "quarter,subject_type,subject_id,metric,target,benchmark\n2026Q3,company,,repurchase_rate,0.6,0.3\n"
                         "2026Q2,company,,repurchase_rate,0.3,"}
    store = stored(**sheets)
    found = judged(store, "skill_gap")
    assert fired(found) == {("coverage", "B"), ("repurchase_below", "C")}
    assert rows(found, "coverage")["A"] == (0.6, 0.6, False)
    below = rows(found, "repurchase_below")
    assert below["C"] == (0.24, pytest.approx(0.24), True) and "D" not in below
    assert found.evidence.set_index(["condition", "subject_id"])["detail"]["coverage", "A"] == "s3 (1), s4 (1)"


def test_without_an_industry_mean_repurchase_is_held_against_the_target(stored):
    store = stored(employees=table(STAFF, *staff(1), *staff(1, 1, "T2")), skill_assessments="employee_id,skill,date,level\n"
                   "E000,s,2026-08-01,2\nE001,s,2026-08-01,2", 
                   skill_standards="role,stage,skill,required_level\ndesign,junior,s,3",
                   team_months="month,team_id,gmv,buyers,repeat_buyers\n2026-07,T1,1,100,24\n2026-07,T2,1,100,25",
                   targets="quarter,subject_type,subject_id,metric,target\n2026Q3,company,,repurchase_rate,0.3")
    found = rows(judged(store, "skill_gap"), "repurchase_below")
    assert {team: told[2] for team, told in found.items()} == {"T1": True, "T2": False}


def test_loose_culture_fires_at_five_per_cent_wrong_a_tenth_below_and_a_fifth_of_new_hires_gone(stored):
    # T3 answers too seldom to be shown; so does T4, which would be the rest: the company stands at 4.0 with both
    answers = [*["T1,3.6"] * 5, *["T2,4.4"] * 5, *["T3,1"] * 2, *["T4,5"] * 6]
    store = stored(employees=table(STAFF, *staff(2, hired="2026-07-01", left="2026-09-29"), *staff(8, 2, hired="2026-07-01"),
                                   *[line.replace("design", "technology") for line in staff(1, 20, hired="2026-07-01",
                                                                                            left="2026-07-02")]),
                   team_months="month,team_id,gmv,shipments,shipment_errors\n2026-07,T1,1,100,5\n2026-07,T2,1,100,4",
                   teams="team_id,name\nT1,a\nT2,b\nT3,c\nT4,d",
                   collaboration_survey=table("quarter,team_id,score", *[f"2026Q3,{line}" for line in answers]))
    found = judged(store, "loose_culture")
    shown = quarter.evaluate(store, Q3).query("metric == 'collaboration_satisfaction'").set_index("subject_id")
    hidden = set(shown.index[shown["hidden"]])
    assert "T3" in hidden and len(hidden) == 2
    assert not hidden & set(rows(found, "survey_below")) and hidden & set(found.evidence["subject_id"]) <= {"T1"}
    assert rows(found, "early_attrition") == {None: (3 / 11, 0.2, True), "design": (0.2, 0.2, True)}
    assert {team: told[2] for team, told in rows(found, "shipment_errors").items()} == {None: False, "T1": True, "T2": False}


@pytest.mark.parametrize(("score", "state"), [(3.6, "fired"), (3.61, "quiet")])
def test_a_teams_satisfaction_fires_at_exactly_a_tenth_below_the_company(stored, score, state):
    lines = [*[f"2026Q3,T1,{score}"] * 5, *[f"2026Q3,T2,{8 - score}"] * 5]
    found = judged(stored(collaboration_survey=table("quarter,team_id,score", *lines)), "loose_culture")
    assert found.state == state and rows(found, "survey_below")["T1"][:2] == (pytest.approx(score), pytest.approx(3.6))


@pytest.mark.parametrize(("reuse", "new", "state"), [
    ((20, 21), (5, 4), "fired"), ((20, 20), (5, 4), "quiet"), ((20, 21), (5, 5), "quiet"), ((20, None), (5, 4), "unknown")])
def test_sameness_needs_more_reuse_and_fewer_new_designs(stored, reuse, new, state):
    lines = [f"{month},E000,{'' if r is None else r},{'' if r is None else 10},{n},10"
             for month, r, n in zip(("2026-05", "2026-08"), reuse, new, strict=True)]
    found = judged(stored(employees=table(STAFF, *staff(1)), member_months=table(
        "month,employee_id,template_reuses,templates,innovative_designs,designs", *lines)), "sameness")
    assert found.state == state
    assert found.changes == ({"roles.design.scorecard": "design_innovative"} if state == "fired" else {})


def test_core_people_of_a_small_group_are_counted_and_of_ten_measured(stored):
    def team(name, start, core, left):
        return [*staff(left, start, name, left="2026-09-30", core="yes"), *staff(core - left, start + left, name, core="yes")]
    store = stored(employees=table(STAFF, *team("A", 0, 9, 1), *team("B", 100, 9, 2), *team("C", 200, 10, 1),
                                   *team("D", 300, 10, 0), *staff(9, 400, "E", left="2026-09-30")))
    found = judged(store, "talent_loss")
    assert {t: told[2] for t, told in rows(found, "core_leavers").items()} == {"A": False, "B": True}
    assert {t: told[2] for t, told in rows(found, "core_rate").items()} == {None: True, "C": True, "D": False}
    assert found.evidence.set_index("subject_id")["detail"][["B", "D"]].tolist() == ["21", ""]
    yearly = rows(found, "core_rate")["C"][0]
    assert yearly == pytest.approx(0.1 * 365 / 92)
    for limit, over in ((yearly, False), (yearly - 1e-6, True)):
        assert rows(judged(store, "talent_loss", changes={"rate": limit}), "core_rate")["C"][2] == over


def test_one_new_hire_who_left_early_is_a_count_and_no_risk(stored):
    store = stored(employees=table(STAFF, *staff(20), *staff(1, 20, hired="2026-08-01", left="2026-08-20")))
    assert rows(judged(store, "loose_culture"), "early_attrition") == {}


def test_a_pair_is_who_asked_and_whom_the_owner_worked_for_when_it_was_raised(stored):
    # the owner moves from T1 to T2 between raising and delivery: these are requests to T1, as the team page has it
    store = stored(employees=table(STAFF, *staff(1)), teams="team_id,name\nT1,t\nT2,t\nA,a",
                   assignments="employee_id,team_id,role,level,from_date,to_date\nE000,T1,design,junior,2025-01-01,2026-08-05\n"
                               "E000,T2,design,junior,2026-08-06,",
                   requests=table("request_id,created_at,delivered_at,from_team,owner_id,revisions", *[
                       f"{month}{n},2026-{month} 09:00,2026-{later} 09:00,A,E000,1" for month, later in
                       (("05-01", "05-03"), ("08-01", "08-09")) for n in range(5)]))
    found = judged(store, "collaboration_wall")
    assert found.evidence.loc[found.evidence["condition"].eq("pair_cycle"), ["subject_id", "other", "n", "fired"]
                              ].values.tolist() == [["A", "T1", 5, True]]


def test_four_weeks_without_an_insight_meeting_are_twenty_eight_days_also_over_the_quarters_start(stored):
    # standing group → days of its meetings, the longest gap
    met = {"at_27": ("06-30 07-28 08-25 09-22", 27), "at_28": ("06-30 07-29 08-25 09-22", 28),
           "over_27": ("06-10 07-08 08-05 09-02 09-29", 27), "over_28": ("06-09 07-08 08-05 09-02 09-29", 28),
           "before": ("05-01 06-30 07-27 08-20 09-15", 26), "end_27": ("06-30 07-28 08-25 09-03", 27),
           "end_28": ("06-30 07-28 08-25 09-02", 28), "squad": ("05-01", None), "nobody": ("05-01", None)}
    lines = [f"2026-{day},{team},insight_meeting" for team, (days, _) in met.items() for day in days.split()]
    kinds = {team: "squad" if team == "squad" else "standing" for team in met}
    store = stored(teams=table("team_id,name,kind", *[f"{team},{team},{kind}" for team, kind in kinds.items()]),
                   employees=table(STAFF, *[staff(1, n, team)[0] for n, team in enumerate(met) if team != "nobody"]),
                   activities=table("date,team_id,kind", *lines, "2026-09-30,squad,training"))
    found = rows(judged(store, "rhythm"), "insight_gap")
    assert found == {team: (gap, 28, gap >= 28) for team, (_, gap) in met.items() if gap}


def test_a_month_without_a_teardown_or_a_retro_fires_once_it_is_over(stored):
    weekly = [f"{date(2026, 6, 25) + timedelta(7 * n)},G,insight_meeting" for n in range(14)]
    held = [f"2026-{month}-15,G,{kind}" for month in ("07", "08") for kind in ("teardown", "review_retro")]
    store = stored(teams="team_id,name,kind\nG,g,standing", employees=table(STAFF, *staff(1, team="G")),
                   activities=table("date,team_id,kind,employee_id", *[line + "," for line in (*weekly, *held)],
                                    "2026-09-29,,teardown,E000"))  # a person's belongs to the group
    assert judged(store, "rhythm").state == "quiet"  # September is not over
    store = _more(store, "activities", "date,team_id,kind\n2026-09-30,G,training")
    found = judged(store, "rhythm")
    assert fired(found) == {("no_review_retro", "G")} and found.evidence["detail"][0] == "2026-09"


def _more(store, name: str, rows_: str):
    from tests.conftest import staged_rows
    store.save({name: staged_rows(store.stage_folder(), name, rows_)}, [])
    return store


def test_without_its_sheets_a_risk_is_unknown_and_names_them_and_off_it_looks_at_nothing(stored):
    store = stored(nps_responses="date,team_id,score\n2026-08-01,T1,9")
    found = {one.risk: one for one in risks.findings(store, Q3)}
    assert list(found) == list(RISKS) and {one.state for one in found.values()} == {"unknown"}
    assert all(one.sheets == risks.SHEETS[name] for name, one in found.items())
    plan = plans.default()
    for name in RISKS:
        plan["risks"][name]["on"] = False
    assert {(one.state, len(one.evidence)) for one in risks.findings(store, Q3, plan)} == {("off", 0)}


def test_every_row_of_evidence_of_the_sample_company_is_said_in_both_languages(sample_store):
    plan, named = quarter.plan_for(sample_store, Q3), telling.names(sample_store)
    for found in risks.findings(sample_store, Q3):
        for row in found.evidence.itertuples(index=False):
            for lang in ("zh", "en"):
                said = telling.sentence(row, plan, named, lang)
                assert said and not any(word in said for word in ("nan", "None", "{")), said


def evidence(*told) -> pd.DataFrame:
    return risks._evidence([risks.evidence.row(condition, False, *figures, "score") for condition, *figures in told])


def test_the_nearest_figure_is_told_by_its_share_of_the_threshold_and_of_joint_conditions_the_one_furthest_away():
    assert telling.nearest(evidence(("shipment_errors", 0.04, 0.05), ("coverage", 0.61, 0.6))).condition == "coverage"
    assert telling.nearest(evidence(("shipment_errors", 0.045, 0.05), ("coverage", 0.9, 0.6))).condition == "shipment_errors"
    assert telling.nearest(evidence(("headcount", 6, 9), ("satisfaction_lower", 3, 4))).condition == "headcount"
    assert telling.nearest(evidence(("drills", 1, None))) is None


def test_figures_that_would_be_written_alike_are_told_exactly():
    for value, said in ((3.5, "3.5，门槛 3.45"), (4.0, "4.0，门槛 3.5")):
        row = next(evidence(("survey_below", value, 3.45)).itertuples(index=False))
        assert said in telling.sentence(row, plans.default(), {"team": {}}, "zh")
