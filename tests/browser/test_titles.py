"""A chart's title and subtitle as the browser draws them: whole, and never over the chart."""

import pytest

from core.charts import Chart, Series, figure

pytestmark = pytest.mark.browser

LONG = "罐装轻茶特战组向技术组提的需求平均返工 2.88 次，上季度 1.55 次，门槛 1.85 次（8 个需求）；"
PARTS = [(LONG[:12], LONG[:20]), (LONG, LONG[:20]), (2 * LONG, LONG[:20]), (3 * LONG, 3 * LONG)]


def test_a_title_of_any_length_stays_in_its_picture_and_off_the_chart(browser, tmp_path):
    page, counted = browser(), []
    for title, subtitle in PARTS:
        drawn = figure(Chart("barh", title, subtitle, ("a", "b"), (Series("n", (3, 4)),), "count", title), "zh")
        counted.append(drawn.layout.title.text.count("<br>") + 1)
        drawn.write_html(tmp_path / "chart.html")
        page.goto(f"file://{tmp_path}/chart.html")
        page.locator(".nsewdrag").wait_for()
        picture, head, under, chart = (page.locator(place).first.bounding_box() for place in
                                       (".main-svg", ".gtitle", ".gtitle-subtitle", ".nsewdrag"))
        assert picture["y"] <= head["y"], counted
        assert head["y"] + head["height"] <= under["y"] + 4, counted
        assert under["y"] + under["height"] <= chart["y"] + 4, counted
    assert counted == [1, 3, 5, 7]
