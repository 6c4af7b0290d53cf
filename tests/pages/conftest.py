"""Small companies to look at pages with: an empty one, a whole one, one without orders."""

import shutil
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core import importing
from core import store as stores
from tests.conftest import staged_rows
from tests.workbooks import written

APP = Path(__file__).parents[2] / "app.py"
ROSTER = [["工号", "姓名", "岗位", "职级", "团队编号", "入职日期", "绩效奖金基数"],
          ["E1", "林一", "运营", "基层", "T1", "2025-02-01", 6000],
          ["E2", "周二", "运营", "基层", "T2", "2025-02-01", 5000],
          ["E3", "吴三", "设计", "基层", "T2", "2025-02-01", 5000]]
TEAMS = [["团队编号", "团队名称"], ["T1", "轻茶组"], ["T2", "花茶组"]]
MONTHS = [["团队编号", "月份", "GMV", "买家数", "复购买家数"],
          *[[team, month, gmv, 1000, again] for team, gmv, again in (("T1", 400_000, 300), ("T2", 200_000, 200))
            for month in ("2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09")]]
NPS = [["团队编号", "日期", "评分"], *[["T1", "2026-08-05", score] for score in (10, 9, 9, 8, 3)],
       *[["T2", "2026-08-05", score] for score in (10, 9, 7, 8, 3)]]
TARGETS = [["季度", "对象类型", "对象", "指标", "目标"],
           *[["2026Q3", "公司", "", metric, value] for metric, value in (("复购率", 0.3), ("NPS", 40))],
           ["2026Q3", "团队", "T1", "GMV", 1_000_000], ["2026Q3", "团队", "T2", "GMV", 700_000]]
SHEETS = {"员工花名册": ROSTER, "团队": TEAMS, "团队月报": MONTHS, "NPS调研": NPS, "指标目标": TARGETS}


@pytest.fixture(autouse=True)
def no_foreign_components(monkeypatch):
    """The app uses none; Streamlit would read every installed package for one at every run of a test."""
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", list)


@pytest.fixture(scope="session")
def databases(tmp_path_factory):
    """The database of a company that uploaded the sheets but those left out; each is read once, tests take copies."""
    @cache
    def database(*left_out):
        folder = tmp_path_factory.mktemp("company")
        store = stores.open(folder / "ours.duckdb")
        sheets = {name: rows for name, rows in SHEETS.items() if name not in left_out}
        upload = importing.prepare(store, [("team.xlsx", written(folder / "team.xlsx", sheets))])
        assert not any(found.ignored_columns for found in upload.sheets)
        assert not upload.errors, [i.message for s in upload.sheets for i in s.issues]
        assert importing.save(store, upload)
        store.close()
        return store.path
    return database


@pytest.fixture
def company(tmp_path, monkeypatch, databases):
    """Makes the app's own company hold the sheets named (all by default); answers its store."""
    monkeypatch.setenv("TIEJUN_DATA", str(tmp_path))

    def fill(*left_out, empty=False):
        if not empty:
            shutil.copy(databases(*left_out), tmp_path / "ours.duckdb")
        return stores.open(tmp_path / "ours.duckdb")
    return fill


@pytest.fixture(scope="session")
def shared(tmp_path_factory, databases):
    """The folder of a company that tests only look at, by the sheets left out (`None`: an empty one)."""
    @cache
    def folder(left_out):
        made = tmp_path_factory.mktemp("shared")
        if left_out is not None:
            shutil.copy(databases(*left_out), made / "ours.duckdb")
        return made
    return folder


@pytest.fixture
def read_only(shared, monkeypatch):
    """Like `company`, for tests that write nothing: what one has measured, the next one need not."""
    opened = []

    def show(*left_out, empty=False):
        folder = shared(None if empty else left_out)
        monkeypatch.setenv("TIEJUN_DATA", str(folder))
        store = stores.open(folder / "ours.duckdb")
        opened.append((store, store.version()))
        return store
    yield show
    assert all(store.version() == version for store, version in opened), "a test that writes needs a company of its own"


@pytest.fixture(scope="session")
def firms(tmp_path_factory):
    """The folder of a company that holds these tables, given as pairs of name and text; the same one for the same tables, so
    nothing may write there."""
    @cache
    def folder(tables: frozenset):
        made = tmp_path_factory.mktemp("firm")
        store = stores.open(made / "ours.duckdb")
        if tables:
            store.save({name: staged_rows(store.stage_folder(), name, table) for name, table in tables}, [])
        return made
    return folder


@pytest.fixture
def look():
    """Opens a page of the app in a language and checks that nothing failed."""
    def open_page(page: str, lang: str = "zh", **address):
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params["lang"] = lang
        for name, value in address.items():
            app.query_params[name] = value
        # Asked for before the first run, so that no other page is drawn first.
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception, app.exception[0].message
        return app
    return open_page
