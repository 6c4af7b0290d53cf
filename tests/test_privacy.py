"""The survey's promise: whoever solves the linear system of everything shown learns no group of fewer than 5 answers."""

import itertools
import random

import numpy as np
import pandas as pd
import pytest

from core import coverage, metrics, periods, quarter, review, settlement, statement
from core import needs as needing
from core import plan as plans
from core.__main__ import plain
from core.metrics.survey import hidden

METRIC = "collaboration_satisfaction"
LABELS = ["2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"]
Q3 = periods.quarter("2026Q3")


def determined(shown: list[frozenset], answers: dict, least: int) -> list[tuple]:
    """The groups of cells with fewer than `least` answers whose sum the shown sums determine (by their row space)."""
    cells = sorted(answers, key=str)
    rows = np.array([[float(cell in teams) for cell in cells] for teams in shown] or [[0.0] * len(cells)])
    onto = np.linalg.pinv(rows) @ rows
    groups = [group for size in range(1, min(least, len(cells) + 1)) for group in itertools.combinations(cells, size)
              if sum(answers[cell] for cell in group) < least]
    if not groups:
        return []
    asked = np.array([[float(cell in group) for cell in cells] for group in groups])
    near = np.abs(asked @ onto - asked).max(axis=1) < 1e-8
    return [group for group, known in zip(groups, near, strict=True) if known]


def figures(parents: dict, answers: dict) -> dict:
    """Subject → the answering teams in it: the company (None) and every team with its sub-teams, circles included."""
    found = {None: frozenset(answers)} if answers else {}
    for team in answers:
        above = [team] if team else []
        while above and (up := parents.get(above[-1])) and up not in above:
            above.append(up)
        for subject in above:
            found[subject] = found.get(subject, frozenset()) | {team}
    return found


def company(rng) -> dict:
    """team → parent: some without, some in a circle, some below a team that the list does not know."""
    teams = [f"T{number}" for number in range(rng.randint(1, 8))]
    return {team: rng.choice([*teams, "elsewhere", None, None]) if rng.random() < 0.8 else None for team in teams}


def answered(rng, parents: dict) -> dict:
    told = {team: rng.choice([1, 1, 2, 3, 4, 5, 5, 6, 9]) for team in [*parents, "unlisted", None] if rng.random() < 0.6}
    return told


def test_no_tree_and_no_answers_determine_a_small_group():
    rng, kept = random.Random(5), 0
    for _ in range(300):
        parents = company(rng)
        answers, least = answered(rng, parents), rng.choice([3, 5, 5, 7])
        found = figures(parents, answers)
        gone = hidden(found, answers, least)
        shown = [teams for subject, teams in found.items() if subject not in gone]
        assert determined(shown, answers, least) == [], (parents, answers, least)
        assert all(sum(answers[team] for team in teams) >= least for teams in shown)
        kept += len(shown)
    assert kept > 300  # it does not hide everything


def test_the_attacker_finds_what_hiding_small_figures_alone_gives_away():
    answers = {"T1": 5, "T2": 4}
    assert determined([frozenset(answers), frozenset({"T1"})], answers, 5) == [("T2",)]


def test_plans_of_several_minimums_tell_together_no_more_than_the_most_open_one():
    rng = random.Random(6)
    for _ in range(150):
        parents = company(rng)
        answers = answered(rng, parents)
        found = figures(parents, answers)
        shown = [found[subject] for least in range(3, 9) for subject in set(found) - hidden(found, answers, least)]
        assert determined(shown, answers, 3) == [], (parents, answers)


HAND = [
    ("the sibling would be the rest", {"T1": None, "T2": None}, {"T1": 6, "T2": 4}, 5, {"T1", "T2"}),
    ("five and five", {"T1": None, "T2": None}, {"T1": 5, "T2": 5}, 5, set()),
    ("the smaller of two siblings goes with it", {"T1": None, "T2": None, "T3": None}, {"T1": 9, "T2": 8, "T3": 4}, 5,
     {"T2", "T3"}),
    ("of two equal ones the first id", {"T1": None, "T2": None, "T3": None}, {"T1": 8, "T2": 8, "T3": 4}, 5, {"T1", "T3"}),
    ("two small ones cover each other", {"T1": None, "T2": None, "T3": None}, {"T1": 9, "T2": 3, "T3": 2}, 5, {"T2", "T3"}),
    ("a parent's own few answers", {"T1": None, "T2": "T1", "T3": None}, {"T1": 2, "T2": 7, "T3": 9}, 5, {"T2"}),
    ("a parent with one child is the child", {"T1": None, "T2": "T1", "T3": None}, {"T2": 7, "T3": 9}, 5, set()),
    ("a small parent with one child covers nothing", {"T1": None, "T2": "T1", "T3": None}, {"T2": 4, "T3": 9}, 5,
     {"T1", "T2", "T3"}),
    ("two steps up", {"T1": None, "T2": "T1", "T3": "T2", "T4": None}, {"T1": 3, "T2": 1, "T3": 6, "T4": 9}, 5, {"T2", "T3"}),
    ("answers of no team", {"T1": None}, {"T1": 9, None: 1}, 5, {"T1"}),
    ("too few in all", {"T1": None, "T2": None}, {"T1": 2, "T2": 2}, 5, {None, "T1", "T2"}),
    ("three are enough at three", {"T1": None, "T2": None}, {"T1": 3, "T2": 6}, 3, set()),
    ("never below three", {"T1": None, "T2": None}, {"T1": 2, "T2": 6}, 1, {"T1", "T2"}),
    ("a circle is one figure", {"T1": "T2", "T2": "T1", "T3": None}, {"T1": 3, "T2": 3, "T3": 4}, 5, {"T1", "T2", "T3"})]


@pytest.mark.parametrize(("parents", "answers", "least", "gone"), [case[1:] for case in HAND], ids=[case[0] for case in HAND])
def test_hidden_by_hand(parents, answers, least, gone):
    assert hidden(figures(parents, answers), answers, least) == gone


def survey(answers: dict[str, dict], rng) -> str:
    return "quarter,team_id,score\n" + "\n".join(f"{label},{team or ''},{rng.randint(1, 5)}" for label, told in answers.items()
                                                 for team, count in told.items() for _ in range(count))


def teams_table(parents: dict) -> str:
    return "team_id,name,parent_team\n" + "\n".join(f"{team},{team},{up or ''}" for team, up in parents.items())


NUMBERS = ["value", "numerator", "denominator", "n", "low", "high", "attainment", "score"]


@pytest.mark.parametrize("seed", range(3))
def test_everything_that_is_evaluated_determines_no_cell_of_fewer_than_five(stored, seed):
    rng = random.Random(seed)
    parents = company(rng) | {"T7": "T8", "T8": None}
    answers = {label: answered(rng, parents) | {"T7": rng.randint(1, 9)} for label in LABELS}
    store = stored(teams=teams_table(parents), collaboration_survey=survey(answers, rng),
                   targets="quarter,subject_type,subject_id,metric,target\n" + "\n".join(
                       f"{label},company,,{METRIC},4" for label in LABELS))
    truth = store.cursor().execute("select quarter, team_id, sum(score) from collaboration_survey group by all").fetchall()
    sums = {(label, team): total for label, team, total in truth}
    told: dict[str, set] = {label: set() for label in LABELS}
    for label in LABELS:
        period, found = periods.quarter(label), figures(parents, answers[label])
        frame = quarter.evaluate(store, period)
        frame = frame[frame["metric"].eq(METRIC)]
        assert set(frame["subject_type"]) <= {"company", "team"} and len(frame) == len(found)
        for row in frame.to_dict("records"):
            subject = None if row["subject_type"] == "company" else row["subject_id"]
            assert row["hidden"] == pd.isna(row["value"])
            for of, seen in ((label, not pd.isna([row[name] for name in NUMBERS]).all()),
                             (period.previous().label, pd.notna(row["previous"])),
                             (period.year_before().label, pd.notna(row["year_before"]))):
                if seen:
                    told[of].add(figures(parents, answers[of])[subject])
            if pd.notna(row["value"]):
                assert row["numerator"] == sum(sums[label, team] for team in found[subject])
                assert row["n"] == row["denominator"] == sum(answers[label][team] for team in found[subject]) >= 5
    month = metrics.measure(store.cursor(), periods.month("2026-09"), plans.default()["definitions"], {METRIC})
    assert any(told.values()) and METRIC not in set(month["metric"])
    _read(store, parents, answers, told)
    for label in LABELS:
        assert determined(list(told[label]), answers[label], 5) == [], (label, parents, answers[label])


def _read(store, parents: dict, answers: dict, told: dict) -> None:
    """What the shell prints of each quarter, every number beside the survey's name or a condition of a risk about it: whose it
    is joins what is told of the quarter; a sentence of a risk tells no more than its figures."""
    for label in LABELS:
        period, seen = periods.quarter(label), 0
        for row in _rows_of(plain(review.report(store, period))):
            if row.get("metric") != METRIC and row.get("condition") not in ("survey_below", "satisfaction_lower"):
                continue
            subject = None if row["subject_type"] == "company" else row["subject_id"]
            for of, names in ((label, (*NUMBERS, "part", "after")), (period.previous().label, ("previous",)),
                              (period.year_before().label, ("year_before",))):
                if any(row.get(name) for name in names):
                    told[of].add(figures(parents, answers[of])[subject])
                    seen += 1
            if row.get("reason") == "" and row.get("before"):
                told[period.previous().label].add(figures(parents, answers[period.previous().label])[subject])
            if row.get("hidden"):
                assert not any(row.get(name) for name in (*NUMBERS, "part", "covered"))
        assert seen or not told[label]


def _rows_of(answer):
    """Every dict within a JSON answer."""
    if isinstance(answer, dict):
        yield answer
    for inner in answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ():
        yield from _rows_of(inner)


@pytest.fixture
def paid_by_it(stored):
    """A company whose post is paid by the survey alone: T1 (4 answers) and T2 (6) make the company's 10."""
    rng = random.Random(1)
    store = stored(teams=teams_table({"T1": None, "T2": None}), collaboration_survey=survey({"2026Q3": {"T1": 4, "T2": 6}}, rng),
                   employees="employee_id,name,role,level,team_id,hire_date\nE1,A,design,junior,T1,2025-01-01\n"
                             "E2,B,design,junior,T2,2025-01-01",
                   targets=f"quarter,subject_type,subject_id,metric,target\n2026Q3,company,,{METRIC},4")
    plan = plans.default()
    plan["scorecards"]["design"] = {"weights": {METRIC: 1.0}}
    return store, plans.checked(plan)


def test_pay_reads_a_hidden_team_at_the_company_and_opens_no_answer(paid_by_it):
    store, plan = paid_by_it
    settled = quarter.settle(store, Q3, plan)
    assert settled.metrics[["level", "n"]].values.tolist() == [["company", 10.0]] * 2
    rows = quarter.sources(store, Q3, plan)
    assert "collaboration_survey" not in set(rows["dataset"]) and METRIC not in set(rows["metric"])
    for line in statement.told(settled, list(range(len(settled.ledger))), rows, {}, "zh"):
        assert "collaboration_survey" not in set(statement.behind(settled, line, rows)["dataset"])
    assert "collaboration_survey" not in str(settlement.as_json(settled, rows))


def test_a_team_is_never_told_without_its_sub_teams(stored):
    store = stored(teams=teams_table({"T1": None, "T2": "T1"}),
                   collaboration_survey=survey({"2026Q3": {"T1": 5, "T2": 6}}, random.Random(1)))
    definitions = plans.default()["definitions"]
    whole, alone = (metrics.measure(store.cursor(), Q3, definitions, {METRIC}, teams) for teams in (None, frozenset({"T1"})))
    assert whole["n"].tolist() == [11, 11, 6]
    assert alone.set_index("subject_id")["n"].to_dict() == {"T1": 11, "T2": 6}


@pytest.mark.parametrize(("count", "shown"), [(4, False), (5, True)])
def test_how_many_answered_is_told_only_where_the_figure_is(stored, count, shown):
    store = stored(teams=teams_table({"T1": None}), collaboration_survey=survey({"2026Q3": {"T1": count}}, random.Random(1)),
                   employees="employee_id,name,role,level,team_id,hire_date\nE1,A,design,junior,T1,2025-01-01")
    plan = plans.default()
    plan["scorecards"]["design"] = {"weights": {METRIC: 1.0}}
    sheets = needing.needs(store, Q3, plan).datasets.set_index("dataset")
    told = sheets.loc["collaboration_survey", "rows"]
    assert told == count if shown else pd.isna(told)
    assert coverage.columns(metrics.METRICS[METRIC], "collaboration_survey") == ("quarter", "team_id", "score")


def test_no_plan_shows_figures_of_fewer_than_three_answers():
    for minimum, wrong in ((2, True), (3, False), (2.5, True)):
        plan = plans.default()
        plan["definitions"]["privacy_minimum"] = minimum
        assert [p.path for p in plans.problems(plan)] == (["definitions.privacy_minimum"] if wrong else []), minimum
