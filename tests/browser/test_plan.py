"""Weights typed into the plan's table: checked at once, tried on the quarter, saved as a version."""

import re
import shutil

import pytest
from playwright.sync_api import TimeoutError

from tests.browser.conftest import serve, settle

pytestmark = pytest.mark.browser


@pytest.fixture
def plan_server(sample_files, tmp_path):
    process, address = serve(shutil.copytree(sample_files, tmp_path / "served"))
    yield address
    process.terminate()
    process.wait(10)


def put(page, row: int, value: str, said: str) -> None:
    """Types into the weight of a row of the scorecard's table until the page says so; typed again, as a person would, where
    the table was drawn anew under the hand."""
    grid = page.get_by_test_id("stDataFrame").first
    for _ in range(4):
        settle(page)
        grid.wait_for()
        page.wait_for_timeout(800)
        place = grid.bounding_box()
        page.mouse.click(place["x"] + 0.58 * place["width"], place["y"] + 35 * (1 + row) + 17)
        page.keyboard.press("Enter")
        page.wait_for_timeout(400)
        page.keyboard.press("Control+A")
        page.keyboard.type(value, delay=60)
        page.keyboard.press("Enter")
        try:
            return page.get_by_text(said).first.wait_for(timeout=8_000)
        except TimeoutError:
            continue
    raise AssertionError(said)


def test_weights_are_checked_as_they_are_typed_and_saved_as_a_version(browser, plan_server):
    from playwright.sync_api import expect
    page = browser()
    page.goto(f"{plan_server}/plan?company=sample&quarter=2026Q3&lang=zh")
    put(page, 0, "50", "合计 110 %，应为 100 %")
    put(page, 1, "20", "草稿有 1 处改动，尚未保存")
    page.get_by_role("tab", name="保存").click()
    expect(page.get_by_text(re.compile("¥498,704")).first).to_be_visible()
    page.get_by_label("为什么改（必填）").fill("GMV 更重要")
    page.get_by_role("button", name="保存为新版本").click()
    expect(page.get_by_text(re.compile("版本 2")).first).to_be_visible()
