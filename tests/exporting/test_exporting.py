"""What people take away: slides with native charts, workbooks, the template."""

import io
import zipfile

import openpyxl
import pandas as pd
import pytest
from pptx import Presentation

from core import importing
from core import store as stores
from core.charts import Chart, Series, figure, subtitle
from core.datasets import DATASETS
from core.exporting import slides
from core.exporting.template import template
from core.exporting.workbook import workbook

CHART = Chart("bar", "按岗位：运营最多", "应发提成，2026Q3", ("运营", "设计", "技术"),
              (Series("现行", (123_456.0, None, 45_000.0)), Series("推演", (120_000.0, -8_000.0, 50_000.0), "scenario")),
              "yuan", "运营最多")


def native(data: bytes):
    slide = Presentation(io.BytesIO(data)).slides[0]
    return slide, next(shape for shape in slide.shapes if shape.has_chart)


@pytest.mark.parametrize("kind", ["bar", "barh", "line", "stacked"])
def test_a_slide_holds_the_numbers_of_the_screen_in_an_editable_chart(kind):
    chart = Chart(**{**CHART.__dict__, "kind": kind})
    _, shape = native(slides.deck([chart], "zh"))
    drawn = figure(chart, "zh")
    axis = "x" if kind == "barh" else "y"
    for series, trace in zip(shape.chart.plots[0].series, drawn.data, strict=True):
        assert list(series.values) == [v for v in getattr(trace, axis)]
    assert [str(c) for c in shape.chart.plots[0].categories] == ["运营", "设计", "技术"]
    assert shape.chart.part.chart_workbook.xlsx_part is not None


def test_one_unit_holds_for_the_whole_chart_and_stands_in_the_subtitle():
    assert subtitle(CHART, "zh") == "应发提成，2026Q3（万元）"
    _, shape = native(slides.deck([CHART], "zh"))
    assert list(shape.chart.plots[0].series[0].values) == [12.3456, None, 4.5]


def test_a_slide_is_wide_and_its_theme_names_a_chinese_face():
    data = slides.deck([CHART], "zh")
    show = Presentation(io.BytesIO(data))
    assert show.slide_width * 9 == pytest.approx(show.slide_height * 16, rel=1e-3)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        theme = packed.read("ppt/theme/theme1.xml").decode()
    assert theme.count('<a:ea typeface="Microsoft YaHei"') >= 2
    slide, shape = native(data)
    assert slide.shapes.title.text_frame.text == "按岗位：运营最多"
    assert shape._element.nvGraphicFramePr.cNvPr.get("descr") == "运营最多"


@pytest.mark.parametrize("wild", ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\tx", "http://example.com"])
def test_a_text_in_an_exported_sheet_stays_a_text(wild):
    book = openpyxl.load_workbook(io.BytesIO(workbook({"人员": pd.DataFrame({"姓名": [wild], "金额": [-5.25]})})))
    text, amount = book.active["A2"], book.active["B2"]
    assert (text.data_type, text.value, text.hyperlink) == ("s", wild, None)
    assert (amount.data_type, amount.value) == ("n", -5.25)


def test_a_missing_value_is_an_empty_cell_and_numbers_keep_their_precision():
    book = openpyxl.load_workbook(io.BytesIO(workbook({"a": pd.DataFrame({"x": [None, 1234567.891234, float("nan")]})})))
    assert [book.active.cell(row, 1).value for row in (2, 3, 4)] == [None, 1234567.891234, None]


def test_a_sheet_name_that_excel_forbids_is_mended():
    assert openpyxl.load_workbook(io.BytesIO(workbook({"a/b:c" * 9: pd.DataFrame({"x": [1]})}))).sheetnames


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_template_has_a_sheet_a_dataset_and_a_drop_down_for_every_choice(lang):
    book = openpyxl.load_workbook(io.BytesIO(template(lang)))
    assert book.sheetnames[1:] == [getattr(d, lang) for d in DATASETS.values()]
    for dataset in DATASETS.values():
        sheet = book[getattr(dataset, lang)]
        lists = {str(v.sqref).split(":")[0]: v.formula1 for v in sheet.data_validations.dataValidation}
        for i, column in enumerate(dataset.columns):
            choices = [names[lang] for names in (column.choices or {}).values()]
            if column.type == "boolean":
                choices = ["是", "否"] if lang == "zh" else ["yes", "no"]
            cell = sheet.cell(2, i + 1).coordinate
            assert (cell in lists) == bool(choices), (dataset.name, column.name)
            if choices:
                assert lists[cell] == '"' + ",".join(choices) + '"'


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_template_comes_back_recognised_without_a_row(lang, tmp_path):
    path = tmp_path / "template.xlsx"
    path.write_bytes(template(lang))
    upload = importing.prepare(stores.open(tmp_path / "ours.duckdb"), [("template.xlsx", path)])
    assert upload.errors == 0
    found = {s.dataset: s for s in upload.sheets if s.dataset}
    assert set(found) == set(DATASETS) and all(s.inserted == 0 for s in found.values())
