"""The plan: one checked document of roles, scorecards, curves, seasons, phases and rules; every number has an address."""

import copy
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from core.metrics import METRICS
from core.periods import Period

DEFAULT = Path(__file__).parent.parent / "data" / "plan.toml"
CHOICES = {"missing": ("", "renormalise", "zero", "last"), "company.phase": ("auto", "startup", "growth", "mature"),
           "company.over_budget": ("warn", "scale"), "definitions.gmv": ("paid", "net"),
           "definitions.repurchase_rate": ("buyers_twice", "buyers_two_days", "orders", "returning")}


class PlanError(Exception):
    """The plan breaks a rule; each line names the address, the value, the rule and the way out."""


@cache
def _default_text() -> str:
    return DEFAULT.read_text("utf-8")


def default() -> dict:
    """The product's own plan."""
    return load(_default_text())


def load(document: str) -> dict:
    """A TOML document as a checked plan; PlanError names everything that is wrong."""
    try:
        plan = tomllib.loads(document)
    except tomllib.TOMLDecodeError as error:
        raise PlanError(f"方案文件不是有效的 TOML / not valid TOML: {error}") from error
    base = tomllib.loads(_default_text())
    for part in ("company", "definitions", "curves", "grades", "roles", "scorecards", "phases", "seasons", "rules"):
        plan[part] = base[part] | plan.get(part, {}) if part != "grades" else plan.get(part, base[part])
    plan = {k: v for k, v in base.items() if not isinstance(v, dict)} | plan
    return checked(plan)


def checked(plan: dict) -> dict:
    """The plan itself, when nothing is wrong with it; else PlanError."""
    problems = [*_choice_problems(plan), *_card_problems(plan), *_curve_problems(plan), *_season_problems(plan)]
    if problems:
        raise PlanError("\n".join(problems))
    return plan


def at(plan: dict, address: str):
    """The value at a dotted address; KeyError where there is none."""
    value = plan
    for name in address.split("."):
        value = value[name]
    return value


def _choice_problems(plan: dict) -> list[str]:
    found = []
    for address, accepted in CHOICES.items():
        value = at(plan, address)
        if value not in accepted:
            words = ", ".join(a or '""' for a in accepted)
            found.append(f"{address}：“{value}”不可用，可选 {words} · “{value}” is not one of {words}")
    budget = plan["company"]["budget"]
    if not isinstance(budget, (int, float)) or isinstance(budget, bool) or budget < 0:
        found.append(f"company.budget：“{budget}”应为不小于 0 的数字 · should be a number of yuan, 0 or more")
    return found


def _card_problems(plan: dict) -> list[str]:
    found = []
    for name, card in plan["scorecards"].items():
        where, weights = f"scorecards.{name}.weights", card["weights"]
        for metric, weight in weights.items():
            if metric not in METRICS:
                found.append(f"{where}.{metric}：没有这个指标 · no such metric")
            if not isinstance(weight, (int, float)) or not 0 <= weight <= 1:
                found.append(f"{where}.{metric}：{weight} 应在 0 与 1 之间 · should lie between 0 and 1")
        if all(isinstance(w, (int, float)) for w in weights.values()) and abs(sum(weights.values()) - 1) > 1e-6:
            found.append(f"{where}：权重合计 {sum(weights.values()):.4%}，应为 100% · weights must add up to 100 %")
    cards = {*plan["scorecards"], "company"}
    owners = [(f"roles.{n}", r) for n, r in plan["roles"].items()] + [(f"teams.{n}", t) for n, t in
                                                                    plan.get("teams", {}).items()]
    found += [f"{where}.scorecard：没有评分卡“{o.get('scorecard')}” · no such scorecard" for where, o in owners
              if o.get("scorecard") not in cards]
    return found


def _curve_problems(plan: dict) -> list[str]:
    found = []
    for name, points in plan["curves"].items():
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        if len(points) < 2 or xs != sorted(xs) or ys != sorted(ys):
            found.append(f"curves.{name}：点必须从左到右、得分不下降 · points must run left to right, scores not falling")
    return found


def _season_problems(plan: dict) -> list[str]:
    found = []
    for name, season in plan["seasons"].items():
        if not isinstance(season.get("weight"), (int, float)) or not 0 <= season["weight"] <= 1:
            found.append(f"seasons.{name}.weight：{season.get('weight')} 应在 0 与 1 之间 · between 0 and 1")
        if season.get("metric") not in METRICS:
            found.append(f"seasons.{name}.metric：没有指标“{season.get('metric')}” · no such metric")
        for edge in ("from", "to"):
            try:
                _day(season[edge], 2024)
            except (ValueError, KeyError, TypeError):
                found.append(f"seasons.{name}.{edge}：应写成 月-日，如 10-01 · write month-day, such as 10-01")
    return found


def _day(said: str, year: int) -> date:
    month, day = (int(part) for part in str(said).split("-"))
    if (month, day) == (2, 29) and year % 4:
        day = 28
    return date(year, month, day)


def phase(plan: dict, period: Period) -> str:
    """The phase set by hand, else by full years between founding and the quarter's first day; growth without one."""
    if plan["company"]["phase"] != "auto":
        return plan["company"]["phase"]
    founded = plan["company"].get("founded")
    if not founded:
        return "growth"
    founded, first = date.fromisoformat(str(founded)), period.quarter().start
    years = first.year - founded.year - ((first.month, first.day) < (founded.month, founded.day))
    reached = [(p["from_year"], name) for name, p in plan["phases"].items() if p["from_year"] <= max(years, 0)]
    return max(reached)[1]


def overlap(season: dict, period: Period) -> int:
    """Days of the period inside the season, which may run over the turn of the year."""
    days = 0
    for year in (period.start.year - 1, period.start.year):
        first, last = _day(season["from"], year), _day(season["to"], year)
        if last < first:
            last = _day(season["to"], year + 1)
        elif year < period.start.year:
            continue
        days += max(0, (min(last, period.end) - max(first, period.start)).days + 1)
    return days


def seasons(plan: dict, period: Period) -> list[str]:
    """The names of the seasons that are on in a period, by first day, then name."""
    active = [(_day(s["from"], 2024), name) for name, s in plan["seasons"].items() if s.get("on") and overlap(s, period)]
    return [name for _, name in sorted(active)]


def weights(plan: dict, period: Period) -> dict[str, dict[str, float]]:
    """Each scorecard's weights after the seasons of the period; they add up to 1."""
    cards = {name: dict(card["weights"]) for name, card in plan["scorecards"].items()}
    for name in seasons(plan, period):
        season = plan["seasons"][name]
        share = overlap(season, period) / period.days
        for card in season.get("scorecards") or cards:
            if card in cards:
                cards[card] = _raised(cards[card], season, share)
    return cards


def _raised(card: dict, season: dict, share: float) -> dict:
    metric, base = season["metric"], card.get(season["metric"], 0.0)
    if (metric not in card and not season.get("add")) or base >= season["weight"] or set(card) == {metric}:
        return card
    raised = base + (season["weight"] - base) * share
    shrink = (1 - raised) / (1 - base) if base < 1 else 0
    return {name: weight * shrink for name, weight in card.items() if name != metric} | {metric: raised}


def card_of(plan: dict, role: str, team: str, period: Period) -> str | None:
    """The scorecard of a post: the team's own, else the role's; `company` is that of the phase; None without one."""
    own = plan.get("teams", {}).get(team, {}).get("scorecard")
    name = own or plan["roles"].get(role, {}).get("scorecard")
    return plan["phases"][phase(plan, period)]["scorecard"] if name == "company" else name


def copied(plan: dict) -> dict:
    return copy.deepcopy(plan)
