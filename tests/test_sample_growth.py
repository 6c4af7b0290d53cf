"""The sample company's skills, learning, survey, feedback and rhythm, counted from its sheets with pandas alone: which risk of
the review fires in which quarter, and which two never do."""

from datetime import date, timedelta

import pandas as pd
import pytest

from core import periods, quarter, risks, sample
from core.datasets import DATASETS
from core.sample import company

QUARTERS = [periods.quarter(label) for label in company.QUARTERS]
LABELS = company.QUARTERS
LEARNING = ("外部培训", "轮岗", "带岗实习", "学习报告", "实战模拟")
LEAST = 5  # answers of a survey figure that may be shown


@pytest.fixture(scope="module")
def told():
    """Every sheet of the company; those with dates have their quarter beside it."""
    sheets = sample.sheets()
    for name in ("技能测评", "活动记录", "反馈记录", "成长树"):
        day = sheets[name]["达成日期" if name == "成长树" else "日期"]
        sheets[name] = sheets[name].assign(季=[periods.quarter_of(d).label for d in day])
    return sheets


def posts(told, period) -> pd.DataFrame:
    return pd.DataFrame(company.staff(told, period.end))


def latest(told, before: date) -> pd.Series:
    """(employee, skill) → level of the last assessment before the day."""
    seen = told["技能测评"].sort_values("日期", kind="stable")
    return seen[seen["日期"] < before].groupby(["工号", "技能"])["等级"].last()


def met(told, period) -> pd.DataFrame:
    """One row per assessed person and skill of the standard of that person's post, and whether it is met."""
    standard = told["能力标准"].query("方向.isna()").rename(columns={"层级或阶段": "层级"})
    levels = latest(told, period.end + timedelta(days=1)).rename("现有").reset_index()
    assessed = posts(told, period).query("工号 in @levels.工号")
    rows = assessed.merge(standard, on=["岗位", "层级"]).merge(levels, on=["工号", "技能"], how="left")
    return rows.assign(met=rows["现有"].fillna(0) >= rows["要求等级"])


def marks(told, label) -> pd.DataFrame:
    """Mean and count of each team's answers, of the squads' division and of the company."""
    found = told["协作满意度"].query("季度 == @label")
    squads = found[found["团队编号"].str.startswith("S0")].assign(团队编号="S00")
    return pd.concat([found, squads, found.assign(团队编号="all")]).groupby("团队编号")["评分"].agg(["mean", "size"])


def repurchase(told) -> pd.Series:
    counts = told["订单明细"].groupby(["季度", "真实团队", "买家ID"]).size()
    return (counts >= 2).groupby(["季度", "真实团队"]).mean()


def test_every_kind_of_table_is_filled(told):
    assert {dataset.zh for dataset in DATASETS.values()} == set(told) and len(told) == 29
    assert all(len(frame) for frame in told.values())


def test_nobody_learns_is_assessed_or_stands_for_the_culture_outside_of_employment(told):
    first, last = (told["员工花名册"].set_index("工号")[name] for name in ("入职日期", "离职日期"))
    days = pd.concat([told[name][["工号", day]].set_axis(["who", "day"], axis=1) for name, day in (
        ("技能测评", "日期"), ("活动记录", "日期"), ("文化大使", "开始日期"), ("文化大使", "结束日期"))]).dropna()
    assert len(days) > 1000
    assert all(first[who] <= day <= (last[who] if pd.notna(last[who]) else date.max) for who, day in days.values)


def test_levels_rise_and_those_who_learn_rise_more(told):
    steps = told["技能测评"].groupby(["工号", "技能"])["等级"].diff().dropna()
    assert (steps >= 0).all() and told["技能测评"]["等级"].between(0, 5).all()
    for period in QUARTERS[1:]:
        both = pd.concat([latest(told, period.start), latest(told, period.end + timedelta(days=1))], axis=1).dropna()
        both.columns = ["before", "after"]
        learned = told["活动记录"].query("季 == @period.label and 类型 in @LEARNING")["工号"]
        sums = both.groupby(both.index.get_level_values("工号").isin(learned)).sum()
        rates = sums["after"] / sums["before"] - 1
        assert 0.01 < both["after"].sum() / both["before"].sum() - 1 < 0.08 and rates[True] > rates[False] > 0


def test_some_are_never_assessed_and_some_skills_certified(told):
    assert set(told["员工花名册"]["工号"]) - set(told["技能测评"]["工号"]) == {"E003", "E059", "E061"}
    last = told["技能测评"].groupby(["工号", "技能"])["是否认证"].last().eq("是")
    assert 0.5 < last.mean() < 0.8


def test_a_growth_stage_is_reached_once_its_skills_are_and_one_person_is_at_the_top(told):
    roles = told["员工花名册"].set_index("工号")["岗位"]
    asked = told["能力标准"].set_index(["岗位", "层级或阶段", "方向"]).sort_index()
    for row in told["成长树"].itertuples():
        own, bars = latest(told, row.达成日期)[row.工号], asked.loc[[(roles[row.工号], row.阶段, row.方向)]]
        assert all(own[skill] >= bar for skill, bar in zip(bars["技能"], bars["要求等级"], strict=True))
    assert told["成长树"].query("阶段 == '高阶'")[["工号", "方向"]].values.tolist() == [["E019", "用户运营专家"]]
    assert {len(way) for _, way in told["成长树"].groupby(["工号", "方向"])} == {1, 2, 3}


def test_small_teams_answers_are_too_few_to_show_and_one_team_alone_would_give_itself_away(told):
    assert list(told["协作满意度"]) == ["季度", "团队编号", "评分"]
    few = {label: set(marks(told, label).query("size < @LEAST").index) for label in LABELS}
    assert all({"S01", "S02", "S03", "S04", "S05", "V01"} <= teams for teams in few.values())
    assert {team for team in few["2026Q3"] if team[0] != "S"} == {"V01"}  # company − the others = its two answers
    assert marks(told, "2026Q2").loc["D01", "size"] == LEAST
    assert marks(told, "2026Q3").loc["V01", "mean"] < 0.7 * marks(told, "2026Q3").loc["all", "mean"]


def incentive_failure(told) -> list[str]:
    counts = told["反馈记录"].query("类型 == '激励抱怨'").groupby(["团队编号", "季"])["数量"].sum().unstack()
    counts = counts.reindex(columns=LABELS).fillna(0)
    return [now for before, now in zip(LABELS, LABELS[1:], strict=False)
            if ((counts[now] >= 3) & (counts[now] >= 1.5 * counts[before])).any()]


def culture_dilution(told) -> list[str]:
    size = {period.label: len(posts(told, period)) for period in QUARTERS}
    return [now for place, now in enumerate(LABELS) if size[now] >= 1.5 * size[LABELS[max(0, place - 4)]]]


def collaboration_wall(told) -> list[str]:
    """Of the asking teams, as one team answers all of them; a pair needs five requests in both quarters."""
    asked = told["需求单"].assign(季=[periods.quarter_of(day.date()).label for day in told["需求单"]["交付时间"]],
                               天=told["需求单"]["交付时间"] - told["需求单"]["提出时间"])
    pairs = asked.groupby(["季", "提出团队"]).agg(cycle=("天", "mean"), again=("返工次数", "mean"), n=("天", "size"))
    found = set(asked.loc[asked["返工次数"] >= 3, "季"])
    for before, now in zip(LABELS, LABELS[1:], strict=False):
        rise = pairs.loc[now, ["cycle", "again"]] / pairs.loc[before, ["cycle", "again"]]
        enough = pd.concat([pairs.loc[before, "n"], pairs.loc[now, "n"]], axis=1).min(axis=1) >= 5
        found |= {now} if ((rise >= 1.2).any(axis=1) & enough).any() else set()
    return sorted(found & set(LABELS))


def skill_gap(told) -> list[str]:
    """Lacking: one person of the team is enough."""
    sold, found = repurchase(told), []
    mean = told["指标目标"].query("指标 == '复购率'").set_index("季度")["行业均值"]
    for period in QUARTERS:
        rows = met(told, period)
        lacking = set(rows.loc[~rows["met"], "团队编号"])
        weak = sold[period.label] <= 0.8 * mean[period.label]
        if (rows.groupby("团队编号")["met"].mean() < 0.6).any() or weak[weak].index.isin(lacking).any():
            found.append(period.label)
    return found


def loose_culture(told) -> list[str]:
    shipped = told["团队月报"].groupby("月份")[["发货错误数", "发货单数"]].sum()
    wrong = {periods.month(m).quarter().label for m in shipped.index[shipped["发货错误数"] >= 0.05 * shipped["发货单数"]]}
    people = told["员工花名册"].dropna(subset="离职日期")
    left = {periods.quarter_of(gone).label for hired, gone in zip(people["入职日期"], people["离职日期"], strict=True)
            if (gone - hired).days <= 90 and periods.quarter_of(hired) == periods.quarter_of(gone)}
    apart = {label for label in LABELS if (shown := marks(told, label).query("size >= @LEAST"))["mean"].min() <= 0.9 * shown.loc[
        "all", "mean"]}
    return sorted(wrong | left | apart)


def sameness(told) -> list[str]:
    sums = told["个人月报"].groupby([periods.month(m).quarter().label for m in told["个人月报"]["月份"]]).sum()
    change = pd.DataFrame({"reuse": sums["模板复用次数"] / sums["模板数"], "new": sums["创新设计数"] / sums["设计总数"]}).diff()
    return change.query("reuse > 0 and new < 0").index.tolist()


def talent_loss(told) -> list[str]:
    core = told["员工花名册"].query("核心人才 == '是'")
    return sorted({periods.quarter_of(day).label for day in core["离职日期"].dropna()})  # one of about 32 is 12 % a year


def rush(told) -> list[str]:
    money = told["订单明细"].groupby("季度")[["退款金额", "实付金额"]].sum()
    jumps = (money["退款金额"] / money["实付金额"]).pct_change()
    missed = told["项目里程碑"].query("里程碑 == '售后' and 实际值 >= 目标值")["截止日期"]  # all of them met what came before
    return sorted({*jumps.index[jumps >= 0.2], *(periods.quarter_of(day).label for day in missed)})


def out_of_step(told, period, team: str) -> bool:
    held = told["活动记录"].query("团队编号 == @team and 日期 <= @period.end")
    days = sorted({date(2025, 1, 6), period.end, *held.query("类型 == '用户洞察会'")["日期"]})
    gaps = [(later - day).days for day, later in zip(days, days[1:], strict=False) if later >= period.start]
    monthly = {(kind, day.month) for kind, day in zip(held["类型"], held["日期"], strict=True) if day >= period.start}
    return max(gaps) > 28 or any((kind, month.start.month) not in monthly for month in periods.months_of(period)
                                 for kind in ("竞品拆解", "差评复盘"))


def rhythm(told) -> list[str]:
    return [period.label for period in QUARTERS for team in told["团队"].query("团队类型 == '固定小组'")["团队编号"]
            if out_of_step(told, period, team)]


FIRES = {incentive_failure: ["2025Q4", "2026Q3"], culture_dilution: [], collaboration_wall: LABELS[2:],
         skill_gap: ["2025Q3", "2026Q1"], loose_culture: [], sameness: LABELS[1:], talent_loss: ["2026Q2", "2026Q3"],
         rush: ["2025Q4", "2026Q3"], rhythm: ["2026Q3"]}


@pytest.mark.parametrize("risk", FIRES, ids=lambda risk: risk.__name__)
def test_a_risk_fires_in_these_quarters_only(told, risk):
    assert risk(told) == FIRES[risk]


def test_the_product_finds_the_same_risks_in_the_same_quarters(sample_store):
    found = {(one.risk, period.label) for period in QUARTERS for one in risks.findings(sample_store, period)
             if one.state == "fired"}
    counted = {(risk.__name__, label) for risk, labels in FIRES.items() for label in labels}
    money = {("budget", label) for label in ("2025Q4", "2026Q1", "2026Q2", "2026Q3")} | {
        ("cliff", label) for label in LABELS if label not in ("2025Q1", "2025Q3")}
    assert found == counted | money


def test_the_budget_and_a_cliff_show_in_the_promotion_quarter_and_not_before(sample_store):
    quiet, loud = (quarter.settle(sample_store, periods.quarter(label)) for label in ("2025Q3", "2025Q4"))
    assert quiet.totals["payable_cny"] < 0.9 * 420_000 < loud.totals["payable_cny"]
    below = [max(int(s.scores["score"].between(0.98 * bar, bar, inclusive="left").sum()) for bar in (60, 80, 100, 110))
             for s in (quiet, loud)]
    assert below[0] < 3 <= below[1]


def test_the_technology_team_complains_of_its_response_and_another_exactly_at_both_bars(told):
    said = told["反馈记录"].query("类型 == '激励抱怨'").groupby(["团队编号", "季"])["数量"].sum()
    assert (said["O01", "2025Q3"], said["O01", "2025Q4"]) == (2, 3) and (said["T01", "2026Q2"], said["T01", "2026Q3"]) == (2, 6)
    named = told["反馈记录"].query("团队编号 == 'T01' and 季 == '2026Q3' and 指标.notna()")["指标"]
    assert named.value_counts().to_dict() == {"需求响应达标率": 4, "系统故障时长": 2}
    assert told["反馈记录"].query("类型 == '用户差评'").groupby("季")["数量"].sum().idxmax() == "2025Q4"


def test_one_gap_is_a_skill_that_left_with_its_only_owner_and_one_a_team_with_three_newcomers(told):
    lacks = {p.label: (rows := met(told, p)).groupby(["团队编号", "技能"])["met"].any()["O01", "社群运营"] for p in QUARTERS}
    assert [label for label in LABELS if not lacks[label]] == ["2025Q3", "2025Q4"]
    assert rows.groupby("团队编号")["met"].mean().min() > 0.7
    assert [p.label for p in QUARTERS if (met(told, p).groupby("团队编号")["met"].mean() < 0.6).get("T01")] == ["2026Q1"]


def test_the_group_that_lost_its_core_people_lost_its_rhythm_and_no_other(told):
    standing = told["团队"].query("团队类型 == '固定小组'")["团队编号"]
    assert [team for team in standing if out_of_step(told, QUARTERS[-1], team)] == ["V01"]


def test_the_culture_is_near_its_bars(told):
    size, mean = [len(posts(told, p)) for p in QUARTERS], [marks(told, label).loc["all", "mean"] for label in LABELS]
    assert max(now / before for before, now in zip(size, size[4:], strict=False)) == 55 / 40
    assert all(now < before for before, now in zip(mean, mean[4:], strict=False))
    last = marks(told, "2026Q3")["mean"]
    assert 0.9 < last["T01"] / last["all"] < 0.92
    serving = [told["文化大使"].query("开始日期 <= @p.end and (结束日期.isna() or 结束日期 >= @p.end)") for p in QUARTERS]
    assert [len(now) * 25 >= people for now, people in zip(serving, size, strict=True)] == [False, False, *[True] * 5]
