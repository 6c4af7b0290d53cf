"""The four boards, and how they name people, choices and plain figures."""

import pandas as pd

from core import text
from core.datasets import DATASETS
from pages.frame import draw, show
from pages.frame.session import Session


def names(look: Session) -> pd.Series:
    """Everybody's name by employee_id, people of one name told apart."""
    frame = look.store.cursor().execute("select employee_id, name from employees").df()
    return draw.distinct(frame.set_index("employee_id")["name"])


def named(look: Session, ids: pd.Series) -> pd.Series:
    """The names of people; the id of somebody whom the roster lacks."""
    return ids.map(names(look)).fillna(ids).astype(object)


def choice(look: Session, dataset: str, column: str, value) -> str:
    """A choice in the reader's language; the value itself where it is none, “—” where it is missing."""
    if text.missing(value) or value is pd.NaT:
        return "—"
    return (DATASETS[dataset].column(column).choices or {}).get(value, {}).get(look.lang, value)


def said(look: Session, value, unit: str, other=None) -> str:
    """A figure of a gate: a rank whole, a plain number with its places, a rate to one place or as many as tell it from the
    `other` that it is compared with (29.96% from 30%)."""
    if unit == "rank":
        return "—" if text.missing(value) else look.say("boards.rank", rank=f"{value:,.0f}")
    short = text.number(value, unit, look.lang) if unit == "percent" else ""
    if short and (text.missing(other) or round(value, 9) == round(other, 9) or short != text.number(other, unit, look.lang)):
        return short
    return text.full(value, unit, look.lang)


def state(look: Session, name: str) -> str:
    """A state with its sign: ✓ met, ✗ missed, … waits."""
    return look.say(f"boards.state_{name}")


def day(look: Session, value) -> str:
    return "—" if pd.isna(value) else text.date(pd.Timestamp(value).date(), look.lang)


def plainly(look: Session, key: str, **values) -> str:
    """Words for a place that reads Markdown, whatever users typed into the values."""
    return look.say(key, **{name: show.plain(value) for name, value in values.items()})
