"""The business page: its finding, each view against plain pandas, what is missing, the chosen team, users' words as words."""

import json
from math import sqrt

import pandas as pd
import pytest

from core import text
from pages.frame import session as sessions
from pages.frame import show

VIEWS = ("sales", "buyers", "voice", "switches")
EVIL = "*bad* [x](http://evil) <b>=1+1"
# team → (buyers of the quarter, those of them with a second order in it)
REPEAT = {"T1": (20, 8), "T2": (20, 2), "T3": (3, 1)}


def lines() -> pd.DataFrame:
    rows = []
    for team, (buyers, again) in REPEAT.items():
        for n in range(buyers):
            buyer = f"{team}b{n}"
            rows += [(buyer, f"2026-0{7 + n % 2}-10", 100, 10 if n == 0 else 0, "S1", "live", team)]
            rows += [(buyer, "2026-09-30", 50, 0, "S2", "", team)] if n < again else []
            rows += [(buyer, "2026-05-31", 70, 0, "S1", "shop", team)] if n >= buyers - 4 else []
    names = ["buyer_id", "paid_at", "paid_amount", "refund_amount", "sku_id", "channel", "team_id"]
    return pd.DataFrame(rows, columns=names).assign(order_id=range(len(rows)))


LINES = lines()
TABLES = {
    "orders": LINES.to_csv(index=False),
    "teams": "team_id,name,parent_team\nT0,上级,\nT1,一[组](http://x),T0\nT2,二组,T0\nT3,三组,",
    "nps_responses": "date,team_id,score,comment\n" + "\n".join(
        f"2026-08-0{1 + n % 9},{'T1' if n < 12 else 'T3'},{score},{EVIL if score == 2 else ''}"
        for n, score in enumerate((2, 6, 7, 8, 9, 9, 10, 10, 10, 9, 9, 8, 0, 10))),
    "feedback": "date,team_id,kind,count\n2026-07-02,T1,negative_review,3\n2026-08-02,T2,negative_review,5\n"
                "2026-06-02,T2,negative_review,2\n2026-08-02,T2,incentive_complaint,50",
    "targets": "quarter,subject_type,subject_id,metric,target\n2026Q3,team,T1,gmv,2000\n2026Q3,team,T2,gmv,2200\n"
               "2026Q3,company,,repurchase_rate,0.3",
    "employees": "employee_id,name,role,level,team_id,hire_date,bonus_base\nE1,林一,operations,junior,T1,2025-01-01,5000"}


@pytest.fixture
def page(firms, monkeypatch, look):
    """Opens the page of the company without the tables left out."""
    def opened(view="sales", lang="zh", without=(), **address):
        tables = frozenset((name, table) for name, table in TABLES.items() if name not in without)
        monkeypatch.setenv("TIEJUN_DATA", str(firms(tables)))
        quarter = {"quarter": "2026Q3"} if tables else {}
        return look("business", lang, view=view, **quarter, **address)
    return opened


def charts(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def titles(app) -> list[str]:
    return [chart["layout"]["title"]["text"].replace("<br>", "")[len("<b>"):-len("</b>")] for chart in charts(app)]


def table(app, column: str) -> pd.DataFrame:
    """The last table shown that has the column."""
    return next(shown.value for shown in reversed(app.dataframe) if column in shown.value)


def wilson(hits: int, n: int) -> tuple[float, float]:
    z, p = 1.959964, hits / n
    middle, half = p + z * z / 2 / n, z * sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


@pytest.mark.parametrize("lang", ("zh", "en"))
def test_an_empty_company_is_told_how_to_begin(page, lang):
    app = page(lang=lang, without=tuple(TABLES))
    assert any(button.label == ("试用示例公司" if lang == "zh" else "Try the sample company") for button in app.button)


@pytest.mark.parametrize("lang", ("zh", "en"))
@pytest.mark.parametrize("view,drawn", zip(VIEWS, (4, 3, 3, 2), strict=True))
def test_a_view_begins_with_the_finding_and_draws_its_charts(page, view, drawn, lang):
    app = page(view, lang)
    paid = text.number(LINES.loc[LINES["paid_at"] >= "2026-07", "paid_amount"].sum(), "yuan", lang)
    assert app.main.subheader[0].value.startswith("2026Q3") and f"GMV {paid}" in app.main.subheader[0].value
    assert len(charts(app)) == drawn and not app.info and view in app.query_params["view"]


def test_gmv_by_team_and_channel_is_what_pandas_adds_up(page):
    app = page()
    now = LINES[LINES["paid_at"] >= "2026-07"]
    sums = now.groupby("team_id")["paid_amount"].sum()
    shown = table(app, "来源").set_index("团队")["GMV（元）"].to_dict()
    assert shown == {"上级": sums["T1"] + sums["T2"], "一[组](http://x)": sums["T1"], "二组": sums["T2"], "三组": sums["T3"]}
    # the team that contains others is not ranked among them; T1 meets its target, T2 misses
    told = [title.replace(" ", "") for title in titles(app)]  # a line is broken in place of a blank
    assert any(title.startswith("一[组](http://x)最高") and title.endswith("2个团队中1个达标") for title in told)
    channels = next(chart["data"][0] for chart in charts(app) if "live" in chart["data"][0]["x"])
    assert dict(zip(channels["x"], channels["y"], strict=True)) == {
        "live": now.loc[now["channel"].eq("live"), "paid_amount"].sum(),
        "未注明": now.loc[now["channel"].eq(""), "paid_amount"].sum()}


def test_repurchase_is_drawn_with_wilsons_interval_and_three_buyers_are_a_count(page):
    app = page("buyers")
    dots = charts(app)[0]
    assert dots["layout"]["yaxis"]["ticktext"] == ["全公司", "一[组](http://x)", "二组"]
    for place, (hits, n) in enumerate(((11, 43), (8, 20), (2, 20))):
        value, (low, high) = dots["data"][0]["x"][place], wilson(hits, n)
        assert value == pytest.approx(100 * hits / n, abs=1e-5)
        assert value - dots["data"][0]["error_x"]["arrayminus"][place] == pytest.approx(100 * low, abs=1e-4)
        assert value + dots["data"][0]["error_x"]["array"][place] == pytest.approx(100 * high, abs=1e-4)
    assert any("三组 1/3" in caption.value for caption in app.caption) and "区间重叠" in titles(app)[0]


def test_cohorts_leave_what_is_not_over_empty_and_say_what_the_first_month_holds(page):
    app = page("buyers")
    heat = charts(app)[-1]
    # May: all 11 who bought then; its buyers came again in July, August and September
    found = LINES.assign(month=LINES["paid_at"].str[5:7].astype(int))
    first = found.groupby("buyer_id")["month"].transform("min")
    expected = {cohort: [found.loc[first.eq(cohort) & found["month"].eq(cohort + age), "buyer_id"].nunique()
                         / first[first.eq(cohort)].index.map(found["buyer_id"]).nunique() * 100
                         if cohort + age <= 9 else None for age in range(1, 5)] for cohort in (5, 7, 8)}
    assert heat["data"][0]["z"] == [[None if v is None else pytest.approx(v, abs=1e-5) for v in row]
                                    for row in expected.values()]
    assert any("2026\\-05 是最早有订单的月份" in caption.value for caption in app.caption)
    assert "2026-08 首单的买家，次月" in titles(app)[-1]


def test_the_distribution_tells_kinds_apart_without_colour_and_adds_up(page):
    app = page("voice")
    dots, spread, reviews = charts(app)
    assert sum(v or 0 for trace in spread["data"] for v in trace["y"]) == 14
    assert len({trace["marker"]["pattern"]["shape"] for trace in spread["data"]}) == 3
    # two answers are shown, marked, after those that are ranked
    assert dots["layout"]["yaxis"]["ticktext"] == ["全公司", "一[组](http://x)", "三组（仅 2 份）"]
    assert reviews["data"][0]["x"] == [5, 3] and reviews["data"][1]["x"] == [2, 0] and titles(app)[2].startswith("用户差评 8 条")


def test_answers_are_searched_and_shown_as_they_were_written(page):
    app = page("voice")
    assert len(table(app, "评论")) == 14
    app.text_input(key="business_word").set_value("EVIL").run()
    assert table(app, "评论")["评论"].tolist() == [EVIL]
    app.text_input(key="business_word").set_value("nobody said this").run()
    assert any("没有符合的答卷" in info.value for info in app.info)
    app.button(key="business_reset").click().run()
    assert len(table(app, "评论")) == 14 and not app.exception


def test_another_definition_is_shown_beside_and_paid_only_when_asked(page):
    app = page("switches", team="T1")
    told = table(app, "口径")
    now = LINES[(LINES["paid_at"] >= "2026-07") & LINES["team_id"].eq("T1")]
    net = now["paid_amount"].sum() - now["refund_amount"].sum()
    assert told.loc[told["范围"].eq("一[组](http://x)") & told["口径"].eq("实付减退款"), "数值"].tolist() == [f"¥{net:,.2f}"]
    assert not any("应发从" in words.value for words in app.markdown)
    app.button(key="business_try").click().run()
    assert not app.exception and any("应发从" in words.value for words in app.markdown)
    app.selectbox(key="business_other").set_value(("repurchase_rate", "orders")).run()
    assert not any("应发从" in words.value for words in app.markdown)


def test_orders_alone_are_enough_and_what_else_would_help_is_named(page):
    without = tuple(name for name in TABLES if name != "orders")
    assert len(charts(page(without=without))) == 4
    voice = page("voice", without=without)
    assert not charts(voice) and "NPS问卷" in voice.info[0].value and "反馈记录" in voice.info[1].value
    switches = page("switches", without=without)
    switches.button(key="business_try").click().run()
    assert not switches.exception and any("员工花名册" in info.value for info in switches.info)


def test_without_orders_the_sheets_that_would_fill_the_page_are_named(page):
    for view, sheet in (("sales", "团队月报"), ("buyers", "订单明细"), ("switches", "订单明细")):
        app = page(view, without=("orders",))
        assert any(sheet in info.value for info in app.info) and not charts(app)
    assert "还没有 GMV" not in page("voice", without=("orders",)).main.subheader[0].value


@pytest.mark.parametrize("view", VIEWS)
def test_the_chosen_team_holds_on_every_view(page, view):
    app = page(view, team="T3")
    assert app.main.subheader[0].value.startswith("2026Q3（三组）：GMV ¥350")
    assert not any("二组" in str(chart["data"]) + str(chart["layout"].get("yaxis")) for chart in charts(app))


def test_counts_change_by_how_many():
    look = sessions.Session(None, "ours", "zh", None, None)
    assert [show.change(look, now, 5.0, "count") for now in (8.0, 5.0, 3.0, None)] == ["+3", "±0", "-2", None]
