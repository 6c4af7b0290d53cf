"""From a spreadsheet to the first answer, in a real browser."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from playwright.sync_api import expect
from pptx import Presentation

from core import store as stores
from tests.browser.conftest import choose, download, serve, settle
from tests.workbooks import written

REAL = Path(__file__).parents[3] / "shared" / "real" / "orders"
pytestmark = pytest.mark.browser
SHEETS = {
    "员工花名册": [["工号", "姓名", "岗位", "层级", "团队编号", "入职日期", "季度目标奖金"],
                   ["E1", "林一", "运营", "基层", "T1", "2025-02-01", 6000],
                   ["E2", "周二", "运营", "基层", "T2", "2025-02-01", 5000]],
    "团队月报": [["月份", "团队编号", "GMV", "支付买家数", "复购买家数"], ["2026-07", "T1", 1_100_000, 100, 27],
                 ["2026-07", "T2", 900_000, 100, 33]],
    "NPS问卷": [["日期", "团队编号", "推荐者数", "中立者数", "贬损者数"], ["2026-08-01", "T1", 50, 40, 10],
                ["2026-08-01", "T2", 50, 40, 10]],
    "指标目标": [["季度", "对象类型", "对象编号", "指标", "目标值"], ["2026Q3", "岗位", "运营", "GMV", 1_000_000],
                 ["2026Q3", "公司", None, "复购率", 0.30], ["2026Q3", "公司", None, "NPS", 40]]}


def test_from_a_spreadsheet_to_the_first_answer(server, browser, tmp_path):
    page = browser()
    page.goto(server)
    page.get_by_role("button", name="上传我们的数据").click()
    page.locator("input[type=file]").set_input_files(written(tmp_path / "团队.xlsx", SHEETS))
    page.get_by_role("button", name="保存为一批").click()
    expect(page.get_by_text("已保存为第 1 批")).to_be_visible()

    page.get_by_role("link", name="激励", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("2026Q3：应发"))).to_be_visible()
    # E1: scores 110, 90, 100 → 101.0 → 6,060.00; E2: 90, 110, 100 → 99.0 → 4,950.00
    expect(page.get_by_text("¥1.1万").first).to_be_visible()
    settle(page)
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + 35 + 17)
    expect(page.get_by_text("¥6,060.00").first).to_be_visible()
    assert "person=E1" in page.url
    saved = openpyxl.load_workbook(download(page, "下载全部人员、指标与台账", tmp_path / "people.xlsx"))
    amounts = [row[5] for row in saved.worksheets[0].iter_rows(min_row=2, values_only=True)]
    assert amounts == [6060, 4950]

    page.get_by_role("link", name="推演", exact=True).click()
    slider = page.locator("input[type=range]").first
    slider.focus()
    page.keyboard.press("PageUp")
    expect(page.get_by_role("heading", name=re.compile("1 人增加，1 人减少"))).to_be_visible()
    assert "scorecards.operations.weights.gmv" in page.url

    settle(page)
    page.get_by_test_id("stPopover").get_by_role("button").first.click()
    slide = Presentation(download(page, "下载幻灯片", tmp_path / "change.pptx")).slides[0]
    chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
    book = openpyxl.load_workbook(download(page, "下载数据", tmp_path / "change.xlsx"))
    figures = [row[1] for row in book.active.iter_rows(min_row=2, values_only=True)]
    assert list(chart.plots[0].series[0].values) == pytest.approx(figures) and figures[0] > 0 > figures[1]
    page.keyboard.press("Escape")

    choose(page, "语言", "English")
    expect(page.get_by_role("heading", name=re.compile("2026Q3: payable becomes"))).to_be_visible()
    assert "lang=en" in page.url
    assert {urlsplit(url).hostname for url in page.asked if url.startswith("http")} == {"127.0.0.1"}


@pytest.mark.skipif(not REAL.exists(), reason="the files from outside are not here")
def test_a_real_order_export_goes_through_the_browser(browser, tmp_path):
    process, address = serve(tmp_path)
    try:
        page = browser()
        page.goto(f"{address}/data")
        page.locator("input[type=file]").set_input_files(sorted(REAL.glob("2010-12-0*.csv")))
        asked = page.get_by_label(re.compile("团队编号"))
        expect(asked).to_have_count(3)
        for number in range(3):
            settle(page)
            asked.nth(number).fill("T01")
            page.keyboard.press("Enter")
            expect(page.get_by_label(re.compile("团队编号")).nth(number)).to_have_value("T01")
        settle(page)
        page.get_by_role("button", name="保存为一批").click()
        expect(page.get_by_text("已保存为第 1 批")).to_be_visible()
        page.get_by_role("link", name="概览", exact=True).click()
        expect(page.get_by_text("¥15.4万").first).to_be_visible()
        expect(page.get_by_text("14.1%").first).to_be_visible()
    finally:
        process.terminate()
        process.wait(10)
    found = stores.open(tmp_path / "ours.duckdb").cursor().execute("select count(*), count(team_id) from orders").fetchone()
    assert found == (7419, 7419)


def test_an_english_browser_is_greeted_in_english(server, browser):
    page = browser("en-US")
    page.goto(server)
    expect(page.get_by_role("link", name="Overview")).to_be_visible()


def test_the_first_address_of_a_new_server_may_name_a_page(browser, tmp_path):
    process, address = serve(tmp_path)
    try:
        page = browser()
        page.goto(f"{address}/data")
        expect(page.get_by_role("link", name="数据", exact=True)).to_be_visible()
        expect(page.get_by_text("铁军 · 团队激励")).to_be_visible()
    finally:
        process.terminate()
