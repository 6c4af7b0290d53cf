"""How the company keeps together: meetings and learning, the anonymous survey, complaints and reviews, culture ambassadors."""

from collections import Counter
from datetime import date, timedelta

import pandas as pd

from core import periods
from core.sample.company import BUYERS, QUARTERS, TEAMS, staff

STANDING = [t[0] for t in TEAMS if t[2] == "固定小组"]
WEEKLY = ("P01", "V01", "O01")  # those that own a stage of the customer's life meet every week, the others every second
SILENT = ("V01", date(2026, 8, 20))  # the second of its two core people leaves the membership group, and nobody calls a meeting
TOPICS = {"用户洞察会": ["为何第二单不来", "老客多久回来一次", "谁在直播间停得最久", "社群里大家问什么", "新客第一眼看到什么",
                    "退款的人说了什么"],
          "竞品拆解": ["抖音TOP直播间的话术逻辑", "竞品罐装茶详情页", "小红书爆文结构", "竞品会员权益", "竞品到货开箱体验",
                   "竞品秒杀页的技术实现"],
          "差评复盘": ["茶包破漏", "发货慢", "口味与描述不符", "客服回复套话", "礼盒磕碰", "优惠算不清"],
          "用户吐槽会": ["包装不好收", "泡久了发苦", "客服要等", "赠品没收到", "页面太长", "群里消息太多"],
          "用户故事": ["过敏顾客的退换", "孕期能不能喝", "给父母的第一盒茶", "凌晨催单的顾客"],
          "用户案例": ["补寄一罐换来三次复购", "手写卡片上了用户的朋友圈", "为老客改了冲泡卡"],
          "知识沉淀": ["售后话术库", "首图模板库", "预售分层运营", "接口排错手册", "打包标准动作"],
          "试错实验": ["小罐装小批试卖", "第二件半价分组测试", "群内接龙", "短标题与长标题"],
          "学习报告": ["增长黑客用于社群运营", "用户访谈怎么问", "色彩与转化", "库存周转入门", "提示词写选品报告"]}
OUTPUTS = {("用户吐槽会", "包装不好收"): "产品需求：袋装茶升级为小罐装", ("差评复盘", "茶包破漏"): "仓储加一道抽检",
           ("差评复盘", "客服回复套话"): "话术库更新 12 条", ("试错实验", "群内接龙"): "失败：打扰老客，已停",
           ("知识沉淀", "预售分层运营"): "双11 后的方法论"}
MONTHLY = {"用户故事": ("K01",), "用户案例": ("K01", "P01"), "知识沉淀": ("D01", "T01", "O01"), "试错实验": ("S00", "O01")}
# first day, 工号, 类型, 主题, 机构, 时长, 费用, 产出
STORIES = [(date(2025, 3, 10), "E019", "外部培训", "私域流量运营特训营", "蝉妈妈", 16, 4800, "社群月历"),
           (date(2025, 9, 1), "E045", "轮岗", "到私域小组做三个月用户运营", None, 480, None, "看懂了需求为何总是急"),
           (date(2025, 11, 3), "E029", "轮岗", "到仓储组学库存周转逻辑", None, 80, None, "大促备货表"),
           *[(date(2026, 1, 19), number, "外部培训", "私域流量运营特训营", "蝉妈妈", 16, 4800, None)
             for number in ("E027", "E028", "E029", "E030")],
           (date(2026, 3, 2), "E028", "带岗实习", "竞聘技术主管：三个月带岗实习", None, 480, None, "答辩未通过，回平台运营组"),
           *[(date(2026, 4, 14), number, "外部培训", "AI选品工具实操课", "阿里云", 12, 3600, None)
             for number in ("E040", "E041", "E042", "E043", "E044", "E045", "E046", "E047")],
           (date(2026, 2, 9), "E036", "外部培训", "品牌创新课", "混沌学园", 20, 6800, "主视觉规范")]
TOURS = [date(2025, 5, 15), date(2025, 10, 16), date(2026, 4, 16)]  # operations pack parcels in the warehouse
# 工号, first and last day
AMBASSADORS = [("E019", date(2025, 2, 10), None), ("E048", date(2025, 7, 1), None), ("E055", date(2025, 10, 1),
               date(2026, 3, 31)), ("E024", date(2026, 1, 5), date(2026, 8, 20)), ("E036", date(2026, 1, 5), None)]
SATISFIED = [4.25, 4.2, 4.15, 3.85, 4.0, 3.95, 3.9]  # of 5, by quarter
MOODS = {"T01": [0, 0, 0, 0, -.1, -.15, -.4], "W01": [0, 0, 0, -.25, -.1, 0, 0], "K01": [0, 0, .1, -.1, .1, .1, .1],
         "V01": [0, 0, 0, 0, 0, -.6, -1.4], "P01": [.1] * 7, "S01": [.3] * 7, "S04": [-.3] * 7}
# Complaints by quarter, the metrics of the last quarter's (the first one of all others), what was said
COMPLAINTS = {
    "T01": ((2, 2, 1, 2, 2, 2, 6), ["需求响应达标率"] * 4 + ["系统故障时长"] * 2, "需求都标紧急，响应时间根本来不及"),
    "O01": ((2, 2, 2, 3, 2, 2, 2), ["GMV", "复购率"], "大促权重太高，平时做留存不算数"),
    "D01": ((1, 1, 1, 2, 2, 1, 2), ["复用率", "创新设计占比"], "复用得分，新设计不得分"),
    "K01": ((0, 0, 2, 1, 1, 0, 1), ["退款率"], "退款不是客服造成的"),
    "W01": ((0, 1, 0, 2, 1, 0, 1), ["发货错误率"], "旺季临时工出的错也算我们的")}
REVIEWS = {"S01": "茶包漏粉，换成小罐就好了", "S02": "味道比描述淡", "S03": "甜了一点", "S04": "吃不饱", "S05": "礼盒边角磕坏",
           "P01": "群消息太多", "V01": "会员积分到期没提醒", "O01": "直播说的赠品没有", "K01": "客服让我等了一天",
           "W01": "发错了口味"}


def activities(rng, told) -> pd.DataFrame:
    """Insight meetings, teardowns and retros of every standing group, what single people learned, and what was shared."""
    rows = [*_meetings(rng), *_shared(rng), *_learning(rng, told)]
    frame = pd.DataFrame(rows, columns=["日期", "工号", "团队编号", "类型", "主题", "机构", "时长", "费用"])
    frame["产出"] = [OUTPUTS.get(found) for found in zip(frame["类型"], frame["主题"], strict=True)]
    stories = [[day, number, None, *rest] for day, number, *rest in STORIES]
    frame = pd.concat([frame, pd.DataFrame(stories, columns=frame.columns)], ignore_index=True)
    return frame.sort_values("日期", kind="stable", ignore_index=True)


def _meetings(rng) -> list[list]:
    """Of each standing group: the insight meeting on its weekday, a teardown and a retro every month. The squads' complaint
    meeting is held together, every week."""
    rows, mondays = [], [date(2025, 1, 6) + timedelta(weeks=week) for week in range(91)]
    for place, team in enumerate(STANDING):
        held = mondays if team in WEEKLY else mondays[place % 2::2]
        rows += [_row(rng, monday + timedelta(days=place % 3), team, "用户洞察会", 1) for monday in held]
        for month in _months():
            rows.append(_row(rng, month.start + timedelta(days=int(rng.integers(6, 18))), team, "竞品拆解", 2))
            rows.append(_row(rng, month.start + timedelta(days=int(rng.integers(16, 28))), team, "差评复盘", 1.5))
    rows += [_row(rng, monday + timedelta(days=1), "S00", "用户吐槽会", 1) for monday in mondays]
    group, since = SILENT
    return [row for row in rows if row[2] != group or row[0] < since]


def _shared(rng) -> list[list]:
    rows = [_row(rng, month.start + timedelta(days=int(rng.integers(6, 27))), str(rng.choice(by)), kind, 1)
            for month in _months() for kind, by in MONTHLY.items()]
    return rows + [[day, None, team, "体验之旅", "到仓库打包一天", None, 6, None] for day in TOURS for team in WEEKLY]


def _learning(rng, told) -> list[list]:
    """Six learning reports a month; a drill for everybody hired after the first day, two weeks later."""
    rows, people = [], told["员工花名册"]
    for month in _months():
        day = month.start + timedelta(days=int(rng.integers(20, 27)))
        there = [person["工号"] for person in staff(told, day)]
        rows += [[day, str(number), None, "学习报告", str(rng.choice(TOPICS["学习报告"])), None, 3, None]
                 for number in rng.choice(there, 6, replace=False)]
    later = people[people["入职日期"] > date(2025, 1, 6)]
    return rows + [[hired + timedelta(days=14), number, None, "实战模拟", "用户投诉实战模拟", None, 2, None]
                   for number, hired in zip(later["工号"], later["入职日期"], strict=True)]


def _row(rng, day: date, team: str, kind: str, hours: float) -> list:
    return [day, None, team, kind, str(rng.choice(TOPICS[kind])), None, hours, None]


def _months() -> list[periods.Period]:
    return [month for label in QUARTERS for month in periods.months_of(periods.quarter(label))]


def survey(rng, told) -> pd.DataFrame:
    """One whole mark of everybody but the management: those of a team add up to about the mean of its quarter."""
    rows = []
    for place, label in enumerate(QUARTERS):
        people = Counter(person["团队编号"] for person in staff(told, periods.quarter(label).end) if person["岗位"] != "管理")
        for team, count in sorted(people.items()):
            total = round(count * (SATISFIED[place] + MOODS.get(team, [0] * 7)[place]))
            marks = [total // count + (i < total % count) for i in range(count)]
            if count > 3:
                marks[-1], marks[-2] = marks[-1] - 1, marks[-2] + 1
            rows += [[label, team, int(mark)] for mark in rng.permutation(marks)]
    return pd.DataFrame(rows, columns=["季度", "团队编号", "评分"])


def feedback(rng, told) -> pd.DataFrame:
    """Complaints about incentives one by one, negative reviews counted by team and month."""
    rows = []
    for place, label in enumerate(QUARTERS):
        opens = periods.quarter(label).start
        for team, (counts, metrics, said) in COMPLAINTS.items():
            named = metrics if place == len(QUARTERS) - 1 else metrics[:1] * counts[place]
            rows += [[opens + timedelta(days=int(rng.integers(8, 88))), team, "激励抱怨", 1, metric, said]
                     for metric in named[:counts[place]]]
        for month in periods.months_of(periods.quarter(label)):
            for team, said in REVIEWS.items():
                usual = BUYERS[place] / 150 * (2.2 if label == "2025Q4" else 1) * (0.6 if team in ("S01", "P01") else 1)
                day = month.start + timedelta(days=int(rng.integers(6, 27)))
                rows.append([day, team, "用户差评", int(rng.poisson(usual)), None, said])
    frame = pd.DataFrame(rows, columns=["日期", "团队编号", "类型", "数量", "指标", "内容"])
    return frame.sort_values("日期", kind="stable", ignore_index=True)


def ambassadors(rng, told) -> pd.DataFrame:
    return pd.DataFrame(AMBASSADORS, columns=["工号", "开始日期", "结束日期"])


SHEETS = {"活动记录": activities, "协作满意度": survey, "反馈记录": feedback, "文化大使": ambassadors}
