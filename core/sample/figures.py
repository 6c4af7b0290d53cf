"""What the sample company reports beside its orders: months, targets, answers, requests, incidents."""

from datetime import datetime, timedelta

import pandas as pd

from core import periods
from core.sample.company import BUYERS, QUARTERS, TEAMS

TRADE = {"复购率": [.22, .24, .27, .28, .27, .27, .28], "NPS": [36] * 7, "退款率": [.06] * 7}  # means of the trade by quarter


def months() -> list[tuple[int, periods.Period]]:
    return [(place, month) for place, label in enumerate(QUARTERS) for month in periods.months_of(periods.quarter(label))]


def team_months(rng, people, orders) -> pd.DataFrame:
    """What orders do not tell: private users, communities, opening and retained users, shipments, profit."""
    rows = []
    for place, month in months():
        for team, _, _, _, _, sku in TEAMS:
            if sku:
                opened = int(BUYERS[place] * 1.5)
                rows.append([month.label, team, int(rng.integers(80, 260)), opened * 2, int(opened * (0.7 + rng.random() * .4)),
                             opened, int(opened * (0.32 + rng.random() * 0.12)), None, None, int(rng.integers(60, 240)) * 1000])
            if team == "W01":
                shipped = BUYERS[place] * 4
                share = 0.048 if month.label in ("2025-11", "2025-12") else 0.012 + rng.random() * 0.008
                rows.append([month.label, team, None, None, None, None, None, shipped, int(shipped * share), None])
    return pd.DataFrame(rows, columns=["月份", "团队编号", "新增私域用户", "社群人数", "社群月活", "期初用户数", "留存用户数",
                                       "发货单数", "发货错误数", "利润"])


def targets(rng, people, orders) -> pd.DataFrame:
    """Targets by quarter: each selling team's GMV, the other metrics by role or company."""
    sold, rows = orders.groupby(["季度", "真实团队"])["实付金额"].sum(), []
    for label in QUARTERS:
        for team in (t[0] for t in TEAMS if t[5]):
            rows.append([label, "团队", team, "GMV", round(sold[label, team] / (0.78 + rng.random() * 0.4), -3), None])
        rows += [[label, "公司", None, "GMV", round(sold[label].sum() / 1.04, -3), None],
                 [label, "公司", None, "复购率", 0.30, None], [label, "公司", None, "NPS", 40, None],
                 [label, "公司", None, "退款率", 0.045, None], [label, "公司", None, "用户留存率", 0.36, None],
                 [label, "公司", None, "用户LTV", 600 + 60 * QUARTERS.index(label), None],
                 [label, "公司", None, "离职率", 0.05, None], [label, "公司", None, "核心人才离职率", 0.0125, 0.05],
                 [label, "公司", None, "协作满意度", 4, 3], [label, "公司", None, "能力提升率", 0.05, None],
                 [label, "公司", None, "认证率", 0.5, None], [label, "公司", None, "项目成果", 0.8, None],
                 [label, "公司", None, "社群月活率", 0.46, None], [label, "岗位", "供应链", "发货错误率", 0.015, 0.045],
                 [label, "岗位", "设计", "页面点击率", 0.052, None], [label, "岗位", "设计", "活动转化提升率", 0.22, None],
                 [label, "岗位", "设计", "复用率", 2.4, None], [label, "岗位", "技术", "系统故障时长", 60, 300],
                 [label, "岗位", "技术", "需求响应达标率", 0.85, None],
                 [label, "岗位", "技术", "创新工具贡献", 75, None]]
        rows += [[label, "岗位", role, "GMV", round(sold[label].mean(), -3), None] for role in ("运营", "主播")]
    frame = pd.DataFrame(rows, columns=["季度", "对象类型", "对象编号", "指标", "目标值", "底线值"])
    trade = {(label, metric): mean for metric, means in TRADE.items() for label, mean in zip(QUARTERS, means, strict=True)}
    frame["行业均值"] = [trade.get((label, metric)) if whose == "公司" else None for label, whose, metric in zip(
        frame["季度"], frame["对象类型"], frame["指标"], strict=True)]
    return frame


def nps(rng, people, orders) -> pd.DataFrame:
    """Counted answers by team and month; the membership group was not surveyed in 2026Q3."""
    rows = []
    for place, month in months():
        for team in (t[0] for t in TEAMS if t[5] or t[0] in ("K01", "W01")):
            if not (team == "V01" and place == 6):
                liked = {"S01": 5, "P01": 3, "O01": -6, "S04": -3}.get(team, 0) + place // 3
                up, down = int(rng.integers(22, 29)) + liked, int(rng.integers(5, 10)) - liked // 3
                rows.append([month.start + timedelta(days=14), team, up, 50 - up - down, down])
    return pd.DataFrame(rows, columns=["日期", "团队编号", "推荐者数", "中立者数", "贬损者数"])


def member_months(rng, people, orders) -> pd.DataFrame:
    """Design: reuse rises while innovation falls; one designer of a squad reports nothing in 2026Q3, one engineer no tool
    work; one junior designer excels from 2026Q1 on, another falls behind."""
    rows = []
    silent = people.index[people["岗位"] == "设计"][8]
    star, weak = people.index[people["团队编号"] == "D01"][[2, 4]]
    busy = people.index[people["岗位"] == "技术"][-1]
    for (place, month), (index, person) in ((m, p) for m in months() for p in people.iterrows()):
        if person["入职日期"] > month.end or (pd.notna(person["离职日期"]) and person["离职日期"] < month.start):
            continue
        if person["岗位"] == "设计" and not (index == silent and place == 6):
            drawn = 0.82 + rng.random() * 0.34
            lift = 1.2 if index == star and place >= 4 else 0.45 + drawn / 10 if index == weak else drawn
            shown = int(rng.integers(60, 120)) * 1000
            rows.append([month.label, person["工号"], shown, int(shown * 0.05 * lift), 0.02, round(0.02 * (1 + 0.22 * lift), 5),
                         int(rng.integers(4, 9)) * 1000, 10, int((18 + 1.6 * place) * lift), 40, 18 - 2 * place, None, None])
        if person["岗位"] == "技术":
            tools = None if index == busy and place == 6 else int(rng.integers(50, 90))
            rows.append([month.label, person["工号"], *[None] * 9, tools, int(rng.integers(0, 3))])
    return pd.DataFrame(rows, columns=["月份", "工号", "曝光量", "点击量", "活动前转化率", "活动转化率", "活动访客数", "模板数",
                                       "模板复用次数", "设计总数", "创新设计数", "创新工具贡献", "创新需求支撑"])


def requests(rng, people, orders) -> pd.DataFrame:
    """Technology is swamped: the share of urgent requests rises from a fifth to more than a half."""
    rows, limits = [], {"紧急": 2, "重要": 24, "常规": 72}
    owners = people[people["岗位"] == "技术"]
    askers = [t[0] for t in TEAMS if t[5]] + ["D01", "K01"]
    for place, month in months():
        for _, owner in owners[owners["入职日期"] <= month.start].iterrows():
            for _ in range(6):
                urgent = 0.2 + 0.06 * place
                priority = str(rng.choice(["紧急", "重要", "常规"], p=[urgent, (1 - urgent) / 2, (1 - urgent) / 2]))
                raised = datetime.combine(month.start, datetime.min.time()) + timedelta(
                    days=int(rng.integers(0, 26)), hours=int(rng.integers(9, 19)), minutes=int(rng.integers(0, 60)))
                late = rng.random() < 0.10 + 0.02 * place
                answered = raised + timedelta(hours=float(limits[priority]) * (1.5 if late else 0.2 + 0.7 * rng.random()))
                done = answered + timedelta(days=float(1 + 4 * rng.random()))
                rows.append([f"R{len(rows) + 1:05d}", str(rng.choice(askers)), owner["工号"], priority, raised, answered,
                             raised + timedelta(days=5), done, int(rng.integers(0, 2 + place // 2))])
    return pd.DataFrame(rows, columns=["需求编号", "提出团队", "处理人", "优先级", "提出时间", "响应时间", "期望时间", "交付时间",
                                       "返工次数"])


def incidents(rng, people, orders) -> pd.DataFrame:
    owners, rows = people[people["岗位"] == "技术"]["工号"].tolist(), []
    for _, month in months():
        for _ in range(4):
            start = datetime.combine(month.start, datetime.min.time()) + timedelta(hours=int(rng.integers(0, 27 * 24)))
            rows.append([f"I{len(rows) + 1:04d}", str(rng.choice(owners)), start,
                         start + timedelta(minutes=int(rng.integers(8, 95))), str(rng.choice(["P1", "P2", "P3"]))])
    return pd.DataFrame(rows, columns=["故障编号", "负责人", "开始时间", "恢复时间", "级别"])


SHEETS = {"团队月报": team_months, "指标目标": targets, "NPS问卷": nps, "个人月报": member_months, "需求单": requests,
          "故障记录": incidents}
