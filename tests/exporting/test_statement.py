"""The statement's workbook computes: LibreOffice gets the ledger's amounts out of its formulas, to the cent."""

import io
import os
import shutil
import subprocess

import openpyxl
import pytest

from core import belonging, periods, quarter, statement
from core.exporting.statement import statement as book
from tests.test_settlement import COMPANY

Q3 = periods.quarter("2026Q3")
MORE = {"targets": COMPANY["targets"] + "\n2026Q3,team,S1,gmv,900000",
        "adjustments": COMPANY["adjustments"].replace("漏扣", "=1+1"),
        "grades": COMPANY["grades"] + "\n2026Q2,E5,C\n2026Q2,E2,A+"}
# Whose computing program is missing sees it in the list of skipped tests, unless it is required.
needs_office = pytest.mark.skipif(not shutil.which("soffice") and not os.environ.get("TIEJUN_REQUIRE_BROWSER"),
                                  reason="LibreOffice is not installed")


@pytest.fixture
def store(stored):
    return stored(**COMPANY | MORE)


def written(store, settled, rows, lang="zh", people=None) -> bytes:
    provenance = quarter.sources(store, Q3, settled.plan)
    return book(statement.told(settled, rows, provenance, {"S1": "=轻茶"}, lang, people), "说明", "", lang)


def without_values(data: bytes, changed: dict | None = None) -> openpyxl.Workbook:
    """The workbook as only formulas and inputs: what is read back later was computed by the program that opened it."""
    opened = openpyxl.load_workbook(io.BytesIO(data))
    for name, value in (changed or {}).items():
        row = next(row for row in opened.worksheets[1].iter_rows() if row[0].value == name)
        assert not str(row[1].value).startswith("=")
        row[1].value = value
    return opened


def recalculated(books: list, folder) -> list[list[float]]:
    """The amounts of each workbook's summary, after LibreOffice computed it."""
    for number, each in enumerate(books):
        each.save(folder / f"{number}.xlsx")
    subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx", "--outdir",
                    str(folder / "again"), *(str(folder / f"{n}.xlsx") for n in range(len(books)))],
                   check=True, capture_output=True, timeout=300, env=os.environ | {"HOME": str(folder)})
    sheets = [openpyxl.load_workbook(folder / "again" / f"{n}.xlsx", data_only=True).worksheets[0] for n in range(len(books))]
    return [[row[3].value for row in sheet.iter_rows(min_row=5)] for sheet in sheets]


def wanted(settled, rows) -> list[float]:
    """The amounts and their total in yuan, beside which the project money of a fund stands."""
    amounts = settled.ledger.iloc[rows]
    counted = amounts["unit"].eq("CNY") & amounts["rule"].ne("innovation_fund")
    return [*amounts["amount"], round(amounts.loc[counted, "amount"].sum(), 2)]


@needs_office
def test_libreoffice_computes_the_ledger_of_every_rule_and_phase_and_of_a_team(store, sample_store, tmp_path):
    store.release("2026Q3", ["E4"], "renormalise", "")
    books, expected, rules = [], [], set()
    for phase in ("startup", "growth", "mature"):
        settled = quarter.settle(store, Q3, changes={"company.phase": phase})
        rows = list(range(len(settled.ledger)))
        books.append(without_values(written(store, settled, rows)))
        expected.append(wanted(settled, rows))
        rules |= set(settled.ledger["rule"])
    settled = quarter.settle(sample_store, Q3)
    rows = [row for person in settled.scores["employee_id"].unique()[::9] for row in belonging.of_person(settled, person)]
    books.append(without_values(written(sample_store, settled, rows, "en")))
    expected.append(wanted(settled, rows))
    settled = quarter.settle(sample_store, Q3)
    rows = belonging.of_teams(sample_store.cursor(), settled, {"S01"})
    books.append(without_values(written(sample_store, settled, rows, people={"E004": "=周"})))
    expected.append(wanted(settled, rows))
    assert {"rocket", "ltv_award", "commission"} <= set(settled.ledger["rule"].iloc[rows])
    settled = quarter.settle(store, Q3)
    mine = belonging.of_person(settled, "E1")
    books.append(without_values(written(store, settled, mine), {"GMV 实际": 1_000_000}))
    found = recalculated(books, tmp_path)
    for computed, amounts in zip(found, expected, strict=False):
        assert computed == pytest.approx(amounts, abs=0.004)
    assert rules >= {"commission", "team_bonus", "milestone", "rocket", "equity", "points", "benefit", "innovation_fund",
                     "adjustments"}
    assert "ltv_award" in set(quarter.settle(sample_store, Q3).ledger["rule"])
    # GMV 1,000,000 of 900,000 gives 111.111 instead of 120 points, on a weight of 40 % of a base of 6,000
    assert settled.ledger.iloc[mine[0]]["amount"] == 6300 and found[-1][0] == 6086.67


def test_an_amount_is_a_formula_that_shows_its_value_where_nothing_computes(store):
    settled = quarter.settle(store, Q3)
    data = written(store, settled, belonging.of_person(settled, "E1"))
    live = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    assert live["D5"].value.startswith("='计算步骤'!B") and shown["D5"].value == 6300
    assert live.cell(live.max_row, 4).value.startswith("=ROUND(D5+")


def test_a_users_text_never_becomes_a_formula(store):
    settled = quarter.settle(store, Q3)
    opened = openpyxl.load_workbook(io.BytesIO(written(store, settled, list(range(len(settled.ledger))))))
    typed = ("=1+1", "=轻茶 · TEA · 第 1 级")
    texts = [cell for sheet in opened for row in sheet.iter_rows() for cell in row if str(cell.value) in typed]
    assert {cell.value for cell in texts} == set(typed) and all(cell.data_type == "s" for cell in texts)
