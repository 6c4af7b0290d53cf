"""Files that come together or after one another: what was told for one, rows that two of them hold, files of one name."""

import pytest

from core import importing
from core import store as stores
from core.importing import Decision
from tests.workbooks import written


@pytest.fixture
def store(tmp_path):
    return stores.open(tmp_path / "ours.duckdb")


@pytest.fixture
def bring(store, tmp_path):
    """Reads files given as {name: text or sheets}, or a list of (name, text) where names repeat; answers the upload."""
    def read(files, **options):
        paths = []
        for number, (name, content) in enumerate(files.items() if isinstance(files, dict) else files):
            path = tmp_path / f"{number}_{name}"
            if isinstance(content, dict):
                written(path, content)
            else:
                path.write_text(content, "utf-8")
            paths.append((name, path))
        return importing.prepare(store, paths, **options)
    return read


def said(sheet, *wanted: str) -> list[tuple]:
    return [(i.code, i.severity, i.cell) for i in sheet.issues if i.code in wanted]


def balanced(upload) -> bool:
    return all(s.rows == s.inserted + s.updated + s.unchanged + s.skipped + s.rejected for s in upload.sheets)


def held(store, sql: str) -> list[tuple]:
    return store.cursor().execute(sql).fetchall()


MONTH = "月份,GMV,支付买家数\n2026-07,{gmv},{buyers}\n"


def test_a_team_told_for_one_file_is_asked_again_for_the_next_and_nothing_is_overwritten(bring, store):
    files = {"轻茶组.csv": MONTH.format(gmv=100, buyers=5)}
    key = bring(files).sheets[0].key
    importing.save(store, bring(files, decisions={key: Decision(dataset="team_months", values={"team_id": "T01"})}))
    sheet = bring({"花茶组.csv": MONTH.format(gmv=900, buyers=7)}, remembered=True).sheets[0]
    assert sheet.remembered and sheet.missing_columns == ["team_id"] and sheet.unsure and sheet.updated == 0


def test_a_team_that_an_earlier_version_remembered_is_not_taken_up(bring, store):
    files = {"轻茶组.csv": MONTH.format(gmv=100, buyers=5)}
    store.remember(bring(files).sheets[0].key, {"dataset": None, "columns": {}, "words": {},
                                                "values": {"team_id": "T01", "date_order": "dmy"}})
    sheet = bring(files, remembered=True).sheets[0]
    assert sheet.missing_columns == ["team_id"] and sheet.decided.values == {"date_order": "dmy"}


@pytest.mark.parametrize(("header", "row", "field", "value"), [
    ("工号,姓名,层级,团队编号,入职日期", "E1,甲,基层,T1,2025-01-06", "role", "customer_service"),
    ("订单号,付款时间,实付金额", "1,2026-07-01,5", "shop", "旗舰店"),
    ("团队编号,GMV,支付买家数", "T1,5,1", "month", "2026-07")])
def test_no_value_told_for_a_file_is_remembered_for_the_next(bring, store, header, row, field, value):
    files = {"一.csv": f"{header}\n{row}\n"}
    key, dataset = (bring(files).sheets[0].key), {"role": "employees", "shop": "orders", "month": "team_months"}[field]
    upload = bring(files, decisions={key: Decision(dataset=dataset, values={field: value})})
    assert importing.save(store, upload) == 1
    assert field not in bring(files, remembered=True).sheets[0].decided.values


def test_two_files_of_the_same_headers_may_be_two_teams(bring, store):
    files = {"轻茶组.csv": MONTH.format(gmv=100, buyers=5), "花茶组.csv": MONTH.format(gmv=900, buyers=7)}
    told = {("轻茶组.csv", ""): Decision(values={"team_id": "T1"}), ("花茶组.csv", ""): Decision(values={"team_id": "T2"})}
    upload = bring(files, decisions=told)
    importing.save(store, upload)
    assert balanced(upload) and held(store, "select team_id, gmv from team_months order by 1") == [("T1", 100), ("T2", 900)]
