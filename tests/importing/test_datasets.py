"""The 29 kinds of table: each is recognised, each column by its names, and no header means two things."""

import re

import pytest

from core import importing, text
from core import store as stores
from core.datasets import DATASETS, IDENTIFYING, IDENTIFYING_ALONE, PERSONAL, TELLING
from core.exporting.template import THEMES, _translated
from core.importing.columns import TOTALS
from core.importing.match import normal
from core.metrics import METRICS
from tests.staging import stage
from tests.workbooks import written

REAL = {"orders": {"order_id": "订单号 主订单编号 InvoiceNo OrderID", "line_id": "子订单编号",
                   "buyer_id": "买家会员名 买家昵称 用户ID CustomerID Customer", "sku_id": "商品ID 货号 StockCode",
                   "paid_at": "订单付款时间 支付时间 InvoiceDate OrderDate", "shop": "店铺名称",
                   "paid_amount": "买家实际支付金额 订单实付金额 支付金额", "quantity": "Quantity 购买数量",
                   "refund_amount": "成功退款金额 成功退货退款金额", "unit_price": "UnitPrice Unit_Price 商品单价"},
        "team_months": {"gmv": "成交金额 支付金额 销售额", "month": "统计日期 日期"}}
NEVER = ["支付老买家数", "月累计支付金额", "年累计销售额", "转化率", "支付转化率", "跳出率", "同比", "环比", "总金额", "客单价",
         "预计利润", "目标销售额", "累计支付买家数", "新买家数", "老买家数", "退款率", "预计发货时间"]


def fields(dataset) -> dict[str, str]:
    return {normal(word): column.name for column in dataset.columns for word in (column.zh, column.name, *column.also)}


def example_rows(dataset, lang: str = "zh") -> list[list[str]]:
    return [[c.zh if lang == "zh" else c.name for c in dataset.columns],
            [_translated(c, c.example, lang) for c in dataset.columns]]


def test_there_are_the_29_of_the_spec_in_its_order():
    assert len(DATASETS) == 29
    assert list(DATASETS)[:5] == ["employees", "teams", "orders", "team_months", "targets"]
    assert [name for name, dataset in DATASETS.items() if not dataset.key] == [
        "nps_responses", "collaboration_survey", "collaboration_points", "votes", "feedback", "activities"]


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("name", DATASETS)
def test_the_example_of_each_sheet_is_recognised_and_taken_without_a_problem(name, lang, tmp_path):
    path = written(tmp_path / "x.xlsx", {getattr(DATASETS[name], lang): example_rows(DATASETS[name], lang)})
    store = stores.open(tmp_path / "ours.duckdb")
    if name != "projects":
        store.save(stage(store, "projects", [{"project_id": "P001", "name": "甲"}]), [])
    sheet = importing.prepare(store, [("x.xlsx", path)]).sheets[0]
    assert (sheet.dataset, sheet.inserted, sheet.ignored_columns) == (name, 1, [])
    assert [issue for issue in sheet.issues if issue.severity != "note" and issue.code != "shares_not_whole"] == []


@pytest.mark.parametrize("name", DATASETS)
def test_no_header_feeds_two_fields_of_a_sheet(name):
    words = [(normal(word), c.name) for c in DATASETS[name].columns for word in {c.zh, c.name, *c.also}]
    assert len({word for word, _ in words}) == len({pair for pair in words})


def test_no_sheet_name_means_two_datasets():
    words = [(normal(word), d.name) for d in DATASETS.values() for word in {d.zh, d.en, d.name, *d.also}]
    assert len({word for word, _ in words}) == len(set(words))


@pytest.mark.parametrize("dataset", REAL)
def test_the_headers_of_real_exports_map(dataset):
    known = fields(DATASETS[dataset])
    for field, headers in REAL[dataset].items():
        assert {known.get(normal(header)) for header in headers.split()} == {field}, headers


@pytest.mark.parametrize("header", NEVER)
def test_a_header_that_means_something_else_feeds_no_field(header):
    assert all(normal(header) not in fields(DATASETS[name]) for name in ("orders", "team_months", "sku_months"))


@pytest.mark.parametrize("name", DATASETS)
def test_what_is_declared_names_what_there_is(name):
    dataset = DATASETS[name]
    columns = {c.name for c in dataset.columns}
    assert {*dataset.key, *dataset.group, *(rule.column for rule in dataset.rules)} <= columns
    assert set(dataset.group) <= set(dataset.key) and dataset.numbered in {"", *columns}
    for column in dataset.columns:
        assert set(column.refers or ()) <= {"teams", "employees", "projects"}
        if column.defaults:
            assert set(column.defaults) - {"by"} == set(dataset.column(column.defaults["by"]).choices)
    if dataset.key and dataset.column(dataset.key[0]).type == "id" and len(dataset.key) == 1:
        assert dataset.column(dataset.key[0]).refers is None


@pytest.mark.parametrize("name", DATASETS)
def test_no_choice_is_written_like_another_and_no_example_like_a_total(name):
    for column in DATASETS[name].columns:
        said = [(normal(word), value) for value, names in (column.choices or {}).items()
                for word in {value, names["zh"], names["en"], *names["also"]}]
        assert len({word for word, _ in said}) == len(set(said)), column.name
        assert not re.match(TOTALS, column.example)


def test_words_of_the_door_are_said_once():
    for words in (PERSONAL, (*IDENTIFYING, *IDENTIFYING_ALONE), TELLING):
        assert len(words) == len(set(words))


def test_the_first_five_are_the_main_job_and_every_other_says_what_it_adds_to():
    assert [d.theme == "main" for d in DATASETS.values()] == [True] * 5 + [False] * 24
    assert {d.theme for d in DATASETS.values()} == set(THEMES)


def test_a_metric_needs_sheets_that_can_be_uploaded():
    assert all(need in DATASETS for metric in METRICS.values() for need in metric.needs)
