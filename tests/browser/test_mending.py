"""A small company's workbook with ten typical mistakes, from upload to clean, in a real browser."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from core import store as stores
from tests.browser.conftest import choose, download, serve
from tests.workbooks import written

pytestmark = pytest.mark.browser
SHEETS = {
    "员工花名册": [["山野茶业 2026 年花名册"], [],
              ["员工编号", "姓名", "岗位", "职级", "所属团队", "入职日期", "离职日期", "绩效奖金基数"],
              ["E001", "林一", "运营一部", "基层", "T01", "2025-03-01", None, 6000],
              ["E002", "周二", "运营", "基层", "T01", "2025/13/01", None, 6000],
              ["E003", "吴三", "设计", "基层", "T02", "2025-02-01", "2024-12-31", 5000],
              ["E004", "郑四", "技术", "中层", "T02", "2025-02-01", None, "八千"],
              ["合计", None, None, None, None, None, None, 17000]],
    "团队": [["团队编号", "团队名称", "负责人"], ["T01", "轻茶组", "E001"], ["T02", "花茶组", "E003"]],
    "团队月报": [["月份", "团队编号", "GMV", "支付买家数", "复购买家数"], ["2026-07", "T01", "￥400,000", 1000, 300],
             ["2026-08", "T01", "30万~35万", 1000, 310], ["2026-07", "T02", 200_000, 800, 160],
             ["2026-07", "T02", 230_000, 800, 160]],
    "NPS问卷": [["日期", "团队编号", "评分"], ["2026-08-05", "T01", 10], ["2026-08-06", "T01", 11], ["2026-08-07", "T02", None]],
    "指标目标": [["季度", "对象类型", "对象编号", "指标", "目标值"], ["2026Q3", "公司", None, "复购率", 30],
             ["2026Q3", "公司", None, "NPS", 40], ["2026Q3", "团队", "T01", "成交总额度", 1_000_000]]}
MENDED = {"员工花名册": {"F5": "2025-01-01", "G6": None, "H7": 8000}, "团队月报": {"C3": 325_000, "B5": "T01", "A5": "2026-09"},
          "NPS问卷": {"C3": 9, "C4": 8}, "指标目标": {"E2": "30%", "D4": "GMV"}}


def test_ten_mistakes_from_upload_to_clean(browser, tmp_path):
    process, address = serve(tmp_path)
    try:
        page = browser()
        page.goto(f"{address}/data")
        page.locator("input[type=file]").set_input_files(written(tmp_path / "五张表.xlsx", SHEETS))
        expect(page.get_by_text("● 10 处错误")).to_be_visible()
        expect(page.get_by_role("button", name="保存为一批")).to_be_disabled()
        marked = openpyxl.load_workbook(download(page, "下载标红的", tmp_path / "标红.xlsx"))
        assert marked["团队月报"]["C3"].fill.fgColor.rgb == "FFFF9A94" and "范围" in marked["团队月报"]["C3"].comment.text
        assert [row[0].value for row in marked["铁军问题清单"].iter_rows(min_row=2)].count("错误") == 10
        for sheet, cells in MENDED.items():
            for cell, value in cells.items():
                marked[sheet][cell] = value
        marked.save(tmp_path / "改好.xlsx")

        page.get_by_label("Remove").first.click()
        expect(page.get_by_text("等待上传")).to_have_count(5)
        page.locator("input[type=file]").set_input_files(tmp_path / "改好.xlsx")
        expect(page.get_by_text("● 1 处错误")).to_be_visible()
        choose(page, re.compile("运营一部"), "运营")
        expect(page.get_by_text("✓ 没有错误")).to_be_visible()
        expect(page.get_by_text("保存后 2026Q3 的关键数字")).to_be_visible()
        page.get_by_role("button", name="保存为一批").click()
        expect(page.get_by_text("已保存为第 1 批")).to_be_visible()
        expect(page.get_by_text("等待上传")).to_have_count(5)
        expect(page.locator("input[type=file]")).to_have_count(1)

        page.locator("input[type=file]").set_input_files(tmp_path / "改好.xlsx")
        expect(page.get_by_text("按上次对同样表头的选择匹配")).to_be_attached()
        expect(page.get_by_text("文件中的内容都已在库中")).to_be_visible()
    finally:
        process.terminate()
        process.wait(10)
    counts = stores.open(tmp_path / "ours.duckdb").counts()
    assert {name: count for name, count in counts.items() if count} == {
        "employees": 4, "teams": 2, "team_months": 4, "nps_responses": 3, "targets": 3}
