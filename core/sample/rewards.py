"""What single people earned, were granted, chose and were given beside their scores."""

from datetime import date, timedelta

import pandas as pd

from core import periods
from core.sample.company import QUARTERS, TEAMS

HELP = ["支援大促直播", "帮忙处理退换货", "分享投放经验", "协助打包发货", "帮改详情页文案", "陪同新人值班", "整理共享素材库"]
# 日期, 工号, 类型, 积分, 受助团队, 事由; these people have no other rows, so that each balance can be read here.
POINTS = [("2026-03-12", "E004", "获得", 60, "K01", "核对活动价"), ("2026-06-18", "E004", "获得", 80, "W01", "618 支援打包"),
          ("2026-08-05", "E004", "兑换奖金", 100, None, None),
          ("2026-01-20", "E021", "获得", 90, "V01", "社群脚本共享"), ("2026-05-22", "E021", "获得", 70, "O01", "618 社群预热"),
          ("2026-06-25", "E021", "兑换奖金", 40, None, None), ("2026-07-30", "E021", "兑换假期", 100, None, None),
          ("2026-07-15", "E025", "获得", 50, "P01", "会员日值班"), ("2026-08-20", "E025", "兑换奖金", 80, None, None),  # 80 of 50
          ("2026-09-10", "E048", "兑换奖金", 30, None, None), ("2026-09-10", "E048", "获得", 30, "S05", "中秋礼盒客诉支援"),
          ("2026-08-12", "E036", "获得", 150, "S05", "礼盒主视觉"), ("2026-09-20", "E036", "兑换假期", 150, None, None)]
# 授予编号, 工号, 工具, 数量, 授予日期, 归属年数, LTV增长条件, 复购提升条件
GRANTS = [("GQ01", "E001", "期权", 12000, date(2025, 2, 15), 4, 0.10, 2),
          ("GQ02", "E007", "期权", 2000, date(2025, 5, 20), 4, 0.10, None),
          ("GQ03", "E002", "限制性股权", 2000, date(2025, 6, 30), 4, None, None),
          ("GQ04", "E019", "期权", 4000, date(2025, 8, 15), 4, 0.10, 2),   # both conditions
          ("GQ05", "E004", "限制性股权", 1000, date(2025, 7, 10), 3, 0.50, None),  # the customer's worth alone, and set high
          ("GQ06", "E040", "限制性股权", 1001, date(2025, 9, 1), 4, None, None),  # no condition; not divisible by its years
          ("GQ07", "E055", "期权", 1600, date(2025, 8, 20), 4, 0.10, 5),   # grew, but not repurchase by five points
          ("GQ08", "E023", "期权", 2000, date(2025, 7, 1), 4, 0.10, 2),    # left on 12 June 2026, before the tranche
          ("GQ09", "E024", "期权", 1200, date(2025, 8, 15), 4, 0.10, 2)]   # left five days after it
# 季度, 工号, then 福利 and 金额 in the order of choice
CHOICES = [("2025Q1", "E001", "年度体检", 800), ("2025Q1", "E004", "健身卡", 600), ("2025Q1", "E004", "图书卡", 300),
           ("2026Q3", "E004", "亲子游", 2200), ("2026Q3", "E004", "健身卡", 1200), ("2026Q3", "E004", "通勤补贴", 800),
           ("2026Q3", "E005", "健身卡", 600), ("2026Q3", "E005", "年度体检", 500), ("2026Q3", "E005", "图书卡", 400),
           ("2026Q3", "E025", "补充医疗险", 1000), ("2026Q3", "E025", "图书卡", 200),
           ("2026Q3", "E036", "学习基金", 1500), ("2026Q3", "E036", "健身卡", 800), ("2026Q3", "E036", "年度体检", 700),
           ("2026Q3", "E042", "图书卡", 300), ("2026Q3", "E042", "健身卡", 300), ("2026Q3", "E038", "图书卡", 200),
           ("2026Q3", "E039", "图书卡", 200)]
# 候选编号, votes by quarter from 2025Q1 on, 案例
VOTES = [("员工", "E048", (6, 8, 9, 21, 7, 9, 8), "顾客凌晨催单，她一直陪到物流更新"),
         ("员工", "E036", (3, 2, 4, 6, 12, 15, 19), "主动给六个小组重做首图，点击率都升了"),
         ("员工", "E055", (2, 5, 6, 14, 4, 5, 6), "双11 连续九天盯着打包线"),
         ("员工", "E019", (4, 4, 6, 5, 9, 8, 11), "社群里记得每位老客的口味"),
         ("团队", "K01", (5, 6, 7, 12, 8, 9, 12), "差评二十四小时内全部回访"),
         ("团队", "S01", (2, 3, 5, 6, 7, 11, 14), "罐装轻茶的老客越来越多")]
ADJUSTMENTS = [("TZ01", "2026Q3", "E049", 800, "主动发现礼盒漏配并召回，避免约 200 单客诉"),
               ("TZ02", "2026Q3", "E030", -500, "直播间误报赠品，造成 31 单补偿")]


def points(rng, told) -> pd.DataFrame:
    """What people earned for helping other teams, month by month, and the stories of those who redeem."""
    people, rows = told["员工花名册"], []
    others = people[~people["工号"].isin({row[1] for row in POINTS}) & (people["岗位"] != "管理")]
    helped = [t[0] for t in TEAMS if t[0] not in ("M01", "S00")]
    hired, left = pd.to_datetime(others["入职日期"]), pd.to_datetime(others["离职日期"])
    for month in (m for label in QUARTERS for m in periods.months_of(periods.quarter(label))):
        opens, closes = pd.Timestamp(month.start) + timedelta(days=6), pd.Timestamp(month.end)
        there = others[(hired <= opens) & ~(left < closes)]
        for index in rng.choice(len(there), 5, replace=False):
            person = there.iloc[int(index)]
            team = str(rng.choice([t for t in helped if t != person["团队编号"]]))
            rows.append([month.start + timedelta(days=int(rng.integers(6, 28))), person["工号"], "获得",
                         int(rng.integers(1, 7)) * 5, team, str(rng.choice(HELP))])
    rows += [[date.fromisoformat(day), *rest] for day, *rest in POINTS]
    frame = pd.DataFrame(rows, columns=["日期", "工号", "类型", "积分", "受助团队", "事由"])
    return frame.sort_values("日期", kind="stable", ignore_index=True)


def grants(rng, told) -> pd.DataFrame:
    return pd.DataFrame(GRANTS, columns=["授予编号", "工号", "工具", "数量", "授予日期", "归属年数", "LTV增长条件",
                                         "复购提升条件"])


def grades(rng, told) -> pd.DataFrame:
    """The last quarter before the figures begin, of those who were there from the first day on (taken over from the brand's
    mother company)."""
    first = told["员工花名册"].loc[lambda people: people["入职日期"] == date(2025, 1, 6), "工号"]
    drawn = rng.choice(["A+", "A", "B", "C"], len(first), p=[0.1, 0.35, 0.45, 0.1])
    return pd.DataFrame({"季度": "2024Q4", "工号": first.tolist(), "等级": drawn})


def votes(rng, told) -> pd.DataFrame:
    """Counted near the end of each quarter; a story is told with the nominee's best count of a year."""
    rows = []
    for kind, nominee, counts, story in VOTES:
        best = {max((n, label) for label, n in zip(QUARTERS, counts, strict=True) if label[:4] == year)[1]
                for year in ("2025", "2026")}
        for label, count in zip(QUARTERS, counts, strict=True):
            day = periods.quarter(label).end - timedelta(days=int(rng.integers(3, 12)))
            rows.append([day, kind, nominee, count, story if label in best else None])
    frame = pd.DataFrame(rows, columns=["日期", "候选类型", "候选编号", "票数", "案例"])
    return frame.sort_values("日期", kind="stable", ignore_index=True)


def choices(rng, told) -> pd.DataFrame:
    frame = pd.DataFrame(CHOICES, columns=["季度", "工号", "福利", "金额"])
    frame.insert(2, "序号", frame.groupby(["季度", "工号"]).cumcount() + 1)
    return frame


def adjustments(rng, told) -> pd.DataFrame:
    return pd.DataFrame(ADJUSTMENTS, columns=["编号", "季度", "工号", "金额", "原因"])


SHEETS = {"协作积分": points, "股权授予": grants, "绩效等级": grades, "口碑投票": votes, "福利选择": choices,
          "奖惩调整": adjustments}
