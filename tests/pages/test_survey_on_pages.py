"""The survey's promise on the pages: whoever reads every table, chart, hover text and sentence, every slide and the workbooks in
it, and solves the linear system of what they tell, learns no group of fewer than 5 answers."""

import io
import json
import re
import shutil

import openpyxl
import pytest
from pptx import Presentation

from core import store as stores
from core.exporting import slides, workbook
from pages.frame import show
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


@pytest.fixture
def drawn(monkeypatch):
    """The charts that the pages drew since it was last emptied, each with the fuller table behind it, if any."""
    found, draw = [], show.chart
    monkeypatch.setattr(show, "chart", lambda look, chart, data=None: found.append((chart, data)) or draw(look, chart, data))
    return found


def exported(drawn: list) -> list[str]:
    """What the slides of the charts, the workbooks in these, and the downloaded workbooks say."""
    books = [workbook.workbook({"t": data}, {}, "zh") for _, data in drawn if data is not None]
    told = []
    for slide in Presentation(io.BytesIO(slides.deck([chart for chart, _ in drawn], "zh"))).slides:
        for shape in slide.shapes:
            told.append(shape.text_frame.text if shape.has_text_frame else "")
            if shape.has_table:
                told += [cell.text for row in shape.table.rows for cell in row.cells]
            if shape.has_chart:
                told += [str(value) for plot in shape.chart.plots for series in plot.series for value in series.values]
                books.append(shape.chart.part.chart_workbook.xlsx_part.blob)
    return told + [str(cell) for book in books for sheet in openpyxl.load_workbook(io.BytesIO(book)).worksheets
                   for row in sheet.iter_rows(values_only=True) for cell in row]


def numbers(app, drawn: list) -> set[float]:
    """Every number of the page and of what is taken from it, to two places."""
    told = exported(drawn) if drawn else []
    told += [frame.value.to_csv() for frame in app.dataframe] + [json.dumps(json.loads(chart.proto.spec))
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


def test_who_reads_every_page_learns_no_small_group(surveyed, monkeypatch, look, drawn):
    monkeypatch.setenv("TIEJUN_DATA", str(surveyed))
    every = [mean for label in ANSWERS for mean in means(label).values()]
    assert len(set(every)) == len(every)
    met = set()
    for label in ANSWERS:
        for team in (None, "D", "T2"):
            for page, view in VIEWS:
                address = {"quarter": label} | ({"team": team} if team else {}) | ({"view": view} if view else {})
                drawn.clear()
                met |= numbers(look(page, **address), drawn)
    for label in ANSWERS:
        answers = {team: n for team, (n, _) in ANSWERS[label].items()}
        subjects = figures(PARENTS, answers)
        shown = [subject for subject, mean in means(label).items() if mean in met]
        assert None in shown and "T3" in shown, label
        assert determined([subjects[subject] for subject in shown], answers, 5) == [], (label, shown)


def test_the_reader_would_find_a_small_group_that_is_shown(surveyed, tmp_path, monkeypatch, look, drawn):
    shutil.copy(surveyed / "ours.duckdb", tmp_path)
    monkeypatch.setenv("TIEJUN_DATA", str(tmp_path))
    monkeypatch.setattr("core.metrics.survey.hidden", lambda figures, answers, minimum: set())
    assert means("2026Q3")["T2"] in numbers(look("team", quarter="2026Q3", view="satisfaction"), [])
    small = {round(float(number), 2) for number in re.findall(r"\d+\.\d+", " ".join(exported(drawn)))}
    assert drawn and means("2026Q3")["T2"] in small
