"""What a plan says of a period: its phase, the seasons that are on, and the weights that hold."""

import calendar
from datetime import date

from core.periods import Period


def _day(said: str, year: int) -> date:
    month, day = (int(part) for part in str(said).split("-"))
    if (month, day) == (2, 29) and not calendar.isleap(year):
        day = 28
    return date(year, month, day)


def phase(plan: dict, period: Period) -> str:
    """The phase set by hand, else by full years between founding and the quarter's first day; growth (else the first)
    without one."""
    if plan["company"]["phase"] != "auto":
        return plan["company"]["phase"]
    founded = plan["company"].get("founded")
    if not founded:
        return "growth" if "growth" in plan["phases"] else next(iter(plan["phases"]))
    founded, first = date.fromisoformat(str(founded)), period.quarter().start
    years = first.year - founded.year - ((first.month, first.day) < (founded.month, founded.day))
    reached = [(p["from_year"], name) for name, p in plan["phases"].items() if p["from_year"] <= max(years, 0)]
    return max(reached)[1] if reached else next(iter(plan["phases"]))


def in_force(saved: list[dict], first: date) -> dict | None:
    """Of saved plan versions the one in force on a day: the last first day that is not after it, then the highest version;
    None where none is yet."""
    begun = [plan for plan in saved if _first_day(plan) <= first]
    return max(begun, key=lambda plan: (_first_day(plan), plan["version"]), default=None)


def _first_day(plan: dict) -> date:
    day = plan["effective_from"]
    return day.date() if hasattr(day, "date") else day


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
