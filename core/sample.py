"""The sample company: an invented light-wellness tea brand with the stories of the scheme in its figures.

One seeded generator, the same content every time. Later sheets are one more function each in `SHEETS`.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from core import periods
from core.exporting.workbook import workbook
from core.plan import DEFAULT

SEED = 20250106
QUARTERS = ["2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"]
BUYERS = [500, 800, 1050, 1900, 1500, 1900, 2050]  # of each selling team
TEAMS = [  # id, name, kind, parent, lifecycle, SKU, repurchase by quarter
    ("M01", "管理组", "固定小组", None, None, None), ("S00", "单品事业部", "固定小组", None, None, None),
    ("S01", "罐装轻茶特战组", "特战小组", "S00", "复购", "TEA01"), ("S02", "花草茶特战组", "特战小组", "S00", "复购", "TEA02"),
    ("S03", "养生水特战组", "特战小组", "S00", "获客", "TEA03"), ("S04", "代餐茶特战组", "特战小组", "S00", "获客", "TEA04"),
    ("S05", "礼盒特战组", "特战小组", "S00", "裂变", "TEA05"), ("P01", "私域小组", "固定小组", None, "留存", "TEA06"),
    ("V01", "会员小组", "固定小组", None, "复购", "TEA07"), ("O01", "平台运营组", "固定小组", None, "获客", "TEA08"),
    ("D01", "设计组", "固定小组", None, None, None), ("T01", "技术组", "固定小组", None, None, None),
    ("K01", "客服组", "固定小组", None, None, None), ("W01", "仓储组", "固定小组", None, None, None)]
REPURCHASE = {"S01": [.30, .32, .34, .36, .38, .40, .42], "S02": [.24, .25, .27, .28, .29, .29, .295],
              "S03": [.22, .23, .24, .25, .26, .27, .27], "S04": [.21, .22, .23, .24, .24, .25, .26],
              "S05": [.15, .17, .18, .24, .19, .20, .21], "P01": [.28, .30, .32, .33, .35, .36, .37],
              "V01": [.31, .32, .33, .35, .36, .37, .38], "O01": [.19, .20, .21, .23, .22, .23, .24]}
CREW = [("M01", "管理", 3), ("S01", "运营", 1), ("S01", "设计", 1), ("S01", "客服", 1), ("S02", "运营", 1), ("S02", "设计", 1),
        ("S02", "客服", 1), ("S03", "运营", 1), ("S03", "设计", 1), ("S03", "客服", 1), ("S04", "运营", 1), ("S04", "设计", 1),
        ("S04", "客服", 1), ("S05", "运营", 1), ("S05", "设计", 1), ("S05", "客服", 1), ("P01", "运营", 4), ("V01", "运营", 4),
        ("O01", "运营", 5), ("O01", "主播", 2), ("D01", "设计", 6), ("T01", "技术", 8), ("K01", "客服", 7), ("W01", "供应链", 8)]
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何"
GIVEN = ["一茗", "青禾", "知夏", "南枝", "云栖", "沐白", "初晴", "若谷", "清和", "望舒"]
PRIVATE_CARD = '\n[teams.P01]\nscorecard = "private_domain"\n'


def write(folder: Path) -> list[Path]:
    """Writes the sample company's order CSV, workbook and plan into a folder; answers their paths."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    people = employees(rng)
    orders = order_lines(rng)
    told = {"员工花名册": people, "团队": teams()}
    for name, make in SHEETS.items():
        told[name] = make(rng, people, orders)
    book, csv, plan = folder / "员工与团队.xlsx", folder / "订单明细.csv", folder / "plan.toml"
    book.write_bytes(workbook(told))
    orders.drop(columns=["季度", "真实团队"]).to_csv(csv, index=False, encoding="utf-8-sig")
    document = DEFAULT.read_text("utf-8").replace('name = "默认方案"', 'name = "山野轻茗激励方案"')
    document = document.replace("version = 0\neffective_from = 2000-01-01", "version = 1\neffective_from = 2025-01-01")
    document = document.replace("[company]\n", "[company]\nfounded = 2025-01-06\n").replace("budget = 0 ", "budget = 420000 ")
    plan.write_text(document + PRIVATE_CARD, "utf-8")
    return [book, csv, plan]


def teams() -> pd.DataFrame:
    rows = [(t, name, kind, parent, stage, date(2025, 1, 6)) for t, name, kind, parent, stage, _ in TEAMS]
    return pd.DataFrame(rows, columns=["团队编号", "团队名称", "团队类型", "上级团队", "生命周期阶段", "成立日期"])


def employees(rng) -> pd.DataFrame:
    """About 60 people, hired as the company grew; core people leave the membership group in 2026."""
    rows = []
    for team, role, count in CREW:
        for place in range(count):
            number = len(rows) + 1
            early = place == 0 or number % 3 == 0
            hired = date(2025, 1, 6) if early else date(2025, 1, 6) + timedelta(days=int(rng.integers(20, 500)))
            level = "高层" if role == "管理" else "中层" if place == 0 else "基层"
            name = SURNAMES[number % 20] + GIVEN[(number // 20 * 3 + number) % 10]
            target = [None, 5000, 6000, 8000][int(rng.integers(0, 4))] if role == "技术" else None
            rows.append([f"E{number:03d}", name, role, level, team, hired, None, None, "是" if place < 2 else "否",
                         round(float(rng.choice([0.9, 1, 1.1, 1.2, 1.5])), 1), target])
    frame = pd.DataFrame(rows, columns=["工号", "姓名", "岗位", "层级", "团队编号", "入职日期", "离职日期", "离职类型",
                                        "核心人才", "岗位价值系数", "季度目标奖金"])
    for team, place, day in (("V01", 0, date(2026, 6, 12)), ("V01", 1, date(2026, 8, 20)), ("K01", 5, date(2025, 11, 30)),
                             ("W01", 6, date(2026, 2, 15)), ("O01", 4, date(2025, 9, 10))):
        frame.loc[frame.index[frame["团队编号"] == team][place], ["离职日期", "离职类型"]] = [day, "主动"]
    frame.loc[frame.index[frame["团队编号"] == "D01"][5], "入职日期"] = date(2026, 8, 16)
    late = frame["离职日期"].notna() & (frame["入职日期"].astype(str) >= frame["离职日期"].astype(str))
    frame.loc[late, "入职日期"] = date(2025, 1, 6)
    return frame


def order_lines(rng) -> pd.DataFrame:
    """About 120,000 orders: a share of each team's buyers of a quarter comes back, as REPURCHASE says."""
    parts = []
    for (team, _, _, _, _, sku), (place, label) in ((t, q) for t in TEAMS if t[5] for q in enumerate(QUARTERS)):
        period, size = periods.quarter(label), BUYERS[place]
        buyers = rng.choice(int(size * 1.9) + 200, size, replace=False)
        back = round(REPURCHASE[team][place] * size)
        times = np.concatenate([rng.integers(2, 5, back), np.ones(size - back, int)])
        count = int(times.sum())
        seconds = rng.integers(0, period.days * 86400, count)
        amount = np.round(np.exp(rng.normal(5.45, 0.45, count)), 2)
        # The 2025 promotion pushed sales at the cost of after-sales.
        refunded = rng.random(count) < (0.085 if label == "2025Q4" else 0.035 + 0.02 * (team == "O01"))
        parts.append(pd.DataFrame({
            "季度": label, "真实团队": team, "买家ID": [f"{team}-{b:05d}" for b in np.repeat(buyers, times)],
            "付款时间": pd.Timestamp(period.start) + pd.to_timedelta(seconds, unit="s"), "实付金额": amount,
            "退款金额": np.where(refunded, amount, 0.0), "单品编号": sku,
            "店铺": "旗舰店" if place % 2 else "专营店", "渠道": rng.choice(["抖音", "天猫", "小红书", "私域"], count),
            "团队编号": None if team == "S05" else team}))
    frame = pd.concat(parts, ignore_index=True).sort_values(["付款时间", "买家ID"], kind="stable", ignore_index=True)
    frame.insert(0, "订单编号", [f"{20250000000 + i}" for i in range(len(frame))])
    return frame


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
                 [label, "公司", None, "离职率", 0.05, None],
                 [label, "公司", None, "社群月活率", 0.46, None], [label, "岗位", "供应链", "发货错误率", 0.015, 0.045],
                 [label, "岗位", "设计", "页面点击率", 0.052, None], [label, "岗位", "设计", "活动转化提升率", 0.22, None],
                 [label, "岗位", "设计", "复用率", 2.4, None], [label, "岗位", "技术", "系统故障时长", 60, 300],
                 [label, "岗位", "技术", "需求响应达标率", 0.85, None],
                 [label, "岗位", "技术", "创新工具贡献", 75, None]]
        rows += [[label, "岗位", role, "GMV", round(sold[label].mean(), -3), None] for role in ("运营", "主播")]
    return pd.DataFrame(rows, columns=["季度", "对象类型", "对象编号", "指标", "目标值", "底线值"])


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


def ownership(rng, people, orders) -> pd.DataFrame:
    return pd.DataFrame([["TEA05", date(2025, 1, 1), "S05"]], columns=["单品编号", "开始日期", "团队编号"])


SHEETS = {"团队月报": team_months, "指标目标": targets, "NPS问卷": nps, "个人月报": member_months, "需求单": requests,
          "故障记录": incidents, "归属": ownership}
