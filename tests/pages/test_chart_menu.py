"""The menu of a chart: its figures are one click away, and it offers the same for every kind."""

import io

import openpyxl
from streamlit.testing.v1 import AppTest

from core.charts import Chart, Series


def script(drawn):
    from types import SimpleNamespace

    from core import text
    from pages.frame import show
    show.chart(SimpleNamespace(lang="zh", say=lambda key, **values: text.say(f"page.{key}", "zh", **values)), drawn)


def menu(drawn: Chart) -> AppTest:
    app = AppTest.from_function(script, kwargs={"drawn": drawn}, default_timeout=30).run()
    assert not app.exception
    return app


HEAT = Chart("heatmap", "三月最好", "留存", ("M0", "M1"), (Series("=一月", (1.0, 0.4)), Series("二月", (1.0, None))), "percent",
             "三月最好", definition="再次购买的人 ÷ *首单*的人", note="不含试用")


def test_a_heat_map_offers_its_figures_its_definition_and_both_downloads():
    app = menu(HEAT)
    assert app.dataframe[0].value.values.tolist()[0] == ["=一月", 1.0, 0.4]
    said = [caption.value for caption in app.caption]
    assert r"再次购买的人 ÷ \*首单\*的人" in said and "不含试用" in said
    assert len(app.get("download_button")) == 2 and app.get("plotly_chart")[0].proto.alt == "三月最好"


def test_the_workbook_of_a_survival_chart_holds_its_curves_and_the_numbers_at_risk():
    from types import SimpleNamespace

    from core.charts import table
    from core.exporting.workbook import workbook
    from pages.frame import show
    curve = Series("=运营", (1.0, 0.9), low=(1.0, 0.8), high=(1.0, 0.95), x=(0, 90), at_risk=(58, None))
    drawn = Chart("step", "留得最久", "在职比例", (0, 90), (curve,), "percent", "a", x_title="入职天数")
    look = SimpleNamespace(lang="zh", say=lambda key: "数据")
    book = openpyxl.load_workbook(io.BytesIO(workbook(show._sheets(look, drawn, table(drawn, "zh")))))
    assert [[cell.value for cell in row] for row in book["数据"]][1:] == [["=运营", 0, 1, 1, 1], ["=运营", 90, 0.9, 0.8, 0.95]]
    assert [[cell.value for cell in row] for row in book["仍在观察"]] == [["仍在观察", "0", "90"], ["=运营", "58", "—"]]
    assert book["数据"]["A2"].data_type == "s"
