"""The survey's promise on the pages: whoever reads every table, chart, hover text and sentence, and solves the linear system
of what they tell, learns no group of fewer than 5 answers. Slides and workbooks hold what the charts and tables hold."""

import json
import re
import shutil

import pytest

from core import store as stores
from tests.conftest import staged_rows
from tests.test_privacy import METRIC, determined, figures

PARENTS = {"D": None, "T1": "D", "T2": "D", "T3": None, "T4": None}
# Team → (answers, what each of them says): a mean that is met again is told.
ANSWERS = {"2026Q2": {"T1": (4, 3.17), "T2": (6, 4.29), "T3": (9, 2.83), "T4": (5, 3.71)},
           "2026Q3": {"T1": (6, 3.43), "T2": (4, 1.37), "T3": (9, 4.61), "T4": (5, 2.59)}}
VIEWS = [("team", "satisfaction"), ("team", "leaving"), ("evaluation", "indices"), ("evaluation", "moved"),
         ("evaluation", "metrics"), ("evaluation", "teams"), ("risks", None), ("overview", None)]


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("surveyed")
    store = stores.open(folder / "ours.duckdb")
    tables = {
        "teams": "team_id,name,parent_team\n" + "\n".join(f"{team},{team},{up or ''}" for team, up in PARENTS.items()),
        "employees": "employee_id,name,role,level,team_id,hire_date\n" + "\n".join(
            f"E{n},N{n},design,junior,T{1 + n % 4},2025-01-01" for n in range(60)),
        "targets": "quarter,subject_type,subject_id,metric,target\n" + "\n".join(
            f"{label},company,,{METRIC},4" for label in ANSWERS),
        "collaboration_survey": "quarter,team_id,score\n" + "\n".join(
            f"{label},{team},{score}" for label, told in ANSWERS.items() for team, (n, score) in told.items() for _ in range(n))}
    store.save({name: staged_rows(store.stage_folder(), name, table) for name, table in tables.items()}, [])
    store.close()
    return folder


def numbers(app) -> set[float]:
    """Every number of the page, to two places."""
    told = [frame.value.to_csv() for frame in app.dataframe] + [json.dumps(json.loads(chart.proto.spec))
                                                               for chart in app.get("plotly_chart")]
    for kind in ("markdown", "caption", "info", "warning", "subheader", "metric"):
        told += [f"{element.label} {element.value} {element.delta}" if kind == "metric" else element.value
                 for element in getattr(app, kind)]
    return {round(float(number), 2) for number in re.findall(r"\d+\.\d+", " ".join(told))}


def means(label: str) -> dict:
    """Subject → the mean of its answers, the company's under None, as a reader meets it."""
    told, found = ANSWERS[label], {}
    for subject, teams in figures(PARENTS, {team: n for team, (n, _) in told.items()}).items():
        mine = [told[team] for team in teams]
        found[subject] = round(sum(n * score for n, score in mine) / sum(n for n, _ in mine), 2)
    return found


def test_who_reads_every_page_learns_no_small_group(surveyed, monkeypatch, look):
    monkeypatch.setenv("TIEJUN_DATA", str(surveyed))
    every = [mean for label in ANSWERS for mean in means(label).values()]
    assert len(set(every)) == len(every)
    met = set()
    for label in ANSWERS:
        for team in (None, "D", "T2"):
            for page, view in VIEWS:
                address = {"quarter": label} | ({"team": team} if team else {}) | ({"view": view} if view else {})
                met |= numbers(look(page, **address))
    for label in ANSWERS:
        answers = {team: n for team, (n, _) in ANSWERS[label].items()}
        subjects = figures(PARENTS, answers)
        shown = [subject for subject, mean in means(label).items() if mean in met]
        assert None in shown and "T3" in shown, label
        assert determined([subjects[subject] for subject in shown], answers, 5) == [], (label, shown)


def test_the_reader_would_find_a_small_group_that_is_shown(surveyed, tmp_path, monkeypatch, look):
    shutil.copy(surveyed / "ours.duckdb", tmp_path)
    monkeypatch.setenv("TIEJUN_DATA", str(tmp_path))
    monkeypatch.setattr("core.metrics.survey.hidden", lambda figures, answers, minimum: set())
    assert means("2026Q3")["T2"] in numbers(look("team", quarter="2026Q3", view="satisfaction"))
