"""Who works at the sample company, in which teams, and what its customers ordered."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from core import periods

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
# 工号, first day (None: hired), last day, 岗位, 层级, 团队编号, 季度目标奖金: a transfer within 2026Q3, a promotion within
# 2026Q2, and a loan to the warehouse for the 2025 promotion whose way back was put on paper four days late.
MOVES = [("E029", None, date(2026, 8, 15), "运营", "基层", "O01", 6000),
         ("E029", date(2026, 8, 16), None, "运营", "基层", "P01", 7000),
         ("E044", None, date(2026, 5, 15), "技术", "基层", "T01", 8000),
         ("E044", date(2026, 5, 16), None, "技术", "中层", "T01", 9500),
         ("E051", None, date(2025, 10, 31), "客服", "基层", "K01", None),
         ("E051", date(2025, 11, 1), date(2025, 12, 31), "供应链", "基层", "W01", None),
         ("E051", date(2026, 1, 5), None, "客服", "基层", "K01", None)]
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何"
GIVEN = ["一茗", "青禾", "知夏", "南枝", "云栖", "沐白", "初晴", "若谷", "清和", "望舒"]


def teams() -> pd.DataFrame:
    rows = [(t, name, kind, parent, stage, date(2025, 1, 6)) for t, name, kind, parent, stage, _ in TEAMS]
    return pd.DataFrame(rows, columns=["团队编号", "团队名称", "团队类型", "上级团队", "生命周期阶段", "成立日期"])


def employees(rng) -> pd.DataFrame:
    """About 60 people, hired as the company grew, each with the present post; core people leave the membership group in
    2026."""
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
    for number, _, last, *post in MOVES:
        if last is None:
            frame.loc[frame["工号"] == number, ["岗位", "层级", "团队编号", "季度目标奖金"]] = post
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


def ownership() -> pd.DataFrame:
    return pd.DataFrame([["TEA05", date(2025, 1, 1), "S05"]], columns=["单品编号", "开始日期", "团队编号"])


def assignments(people: pd.DataFrame) -> pd.DataFrame:
    """The posts of those who had more than one; everybody else has the roster's for the whole employment."""
    hired = people.set_index("工号")["入职日期"]
    rows = [[number, first or hired[number], *rest] for number, first, *rest in MOVES]
    return pd.DataFrame(rows, columns=["工号", "开始日期", "结束日期", "岗位", "层级", "团队编号", "季度目标奖金"])


def staff(told, day: date) -> list[dict]:
    """The roster's rows of those employed on the day, with the post and team of that day."""
    posts = {post["工号"]: post for post in _valid(told["任职变动"], "开始日期", "结束日期", day)}
    return [person | {field: posts.get(person["工号"], person)[field] for field in ("岗位", "层级", "团队编号")}
            for person in _valid(told["员工花名册"], "入职日期", "离职日期", day)]


def _valid(frame: pd.DataFrame, first: str, last: str, day: date) -> list[dict]:
    return [row for row in frame.to_dict("records") if row[first] <= day and (pd.isna(row[last]) or row[last] >= day)]
