"""The views of the team page, and how they name groups and small numbers."""

import pandas as pd

from core import quarter, text
from core.periods import Period
from pages.frame import boards
from pages.frame.session import Session

GROUPINGS = ("team", "role", "level", "region", "core")


def say(look: Session, key: str, **values) -> str:
    """The page's words; which quarter and whose figures they are about is filled in."""
    return look.say(f"team_page.{key}", **{"quarter": look.period.label, "whom": of_whom(look)} | values)


def smallest(look: Session) -> int:
    """People below which a group has counts and no rate, as the plan in force says."""
    return int(quarter.plan_for(look.store, look.period)["evaluation"]["smallest_group"])


def group_name(look: Session, by: str, value) -> str:
    """A group's name in the reader's language; the company's is that of the chosen team."""
    if by == "company":
        return look.team_name(look.team) if look.team else look.say("team_page.company")
    if text.missing(value) or pd.isna(value):
        return look.say("no_team" if by == "team" else "team_page.not_given")
    if by == "core":
        return look.say(f"team_page.{value}")
    named = {"team": look.team_name, "role": look.role, "level": lambda one: boards.choice(look, "employees", "level", one)}
    return named.get(by, str)(value)


def of_whom(look: Session) -> str:
    """Whose figures a chart shows: the chosen team with its sub-teams, or the whole company."""
    return group_name(look, "company", None)


def past(store, period: Period, most: int = 8) -> list[Period]:
    """The quarters with figures up to the period, the oldest first, at most so many."""
    known = [quarter.periods.quarter(label) for label in quarter.quarters(store)]
    return sorted((one for one in known if one.start <= period.start), key=lambda one: one.start)[-most:]


def value(number) -> float | None:
    """A figure for a chart; None where it is missing."""
    return None if pd.isna(number) else float(number)


def values(column: pd.Series) -> tuple:
    return tuple(value(number) for number in column)
