"""How long people stay: Kaplan–Meier curves by core and by role, with intervals and numbers at risk."""

import pandas as pd
import streamlit as st

from core import text
from core.analysis import survival
from core.charts import Chart, Series
from pages.frame import session, show
from pages.frame.session import Session
from pages.frame.team import group_name, say, smallest, value, values

YEAR = 365
MOST_CURVES = 5
MOST_TICKS = 8


def curves(store, period, by: str, team: str | None):
    """(the `tenure` table, the numbers at risk at each tick, the first observed day) at the period's end."""
    con, first = store.cursor(), survival.first_day(store)
    spelled = survival.spells(con, first, period.end, team)
    marks = ticks(spelled["exit"].max()) if len(spelled) else ()
    counted = survival.numbers_at_risk(con, spelled, list(marks), by)
    return survival.tenure(con, first, period.end, by, team), counted, first


def ticks(longest: float) -> tuple[int, ...]:
    """The tenures at which people are counted: at most eight, quarters of a year or whole years."""
    step = next(step for step in (90, 182, *(YEAR * years for years in range(1, 100))) if longest / step <= MOST_TICKS)
    return tuple(range(step, int(longest) + 1, step)) or (int(longest),)


def view(look: Session) -> None:
    """The company with its core, then role by role; under them the medians of every group."""
    told = {by: session.kept(look, curves, look.period, by, look.team) for by in ("company", "core", "role")}
    whole, _, first = told["company"]
    if whole.empty:
        show.missing(look, ["employees"], say(look, "staying"))
        return
    st.caption(say(look, "observed", first=text.date(first, look.lang), last=text.date(look.period.end, look.lang)))
    # The numbers at risk need the whole width. Where nobody or everybody is core, theirs is the company's curve.
    both = ("company", "core") if told["core"][0]["group"].nunique() > 1 else ("company",)
    for names in (both, ("role",)):
        parts = [_named(look, by, *told[by][:2]) for by in names]
        if drawn := chart(look, names[-1], *(pd.concat(one, ignore_index=True) for one in zip(*parts, strict=True))):
            show.chart(look, drawn)
    if whole["people"].iloc[0] < smallest(look):
        st.info(say(look, "no_curve", least=smallest(look)))
    show.heading(say(look, "table_staying"))
    show.table(look, *table(look, told), key="medians")
    st.caption(say(look, "median_means"))


def _named(look: Session, by: str, curve: pd.DataFrame, counted: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return tuple(frame.assign(name=[group_name(look, by, one) for one in frame["group"]]) for frame in (curve, counted))


def chart(look: Session, by: str, curve: pd.DataFrame, counted: pd.DataFrame) -> Chart | None:
    """A curve for each group that is large enough, the five largest; who is left out is said; None without any."""
    sizes = curve.groupby("name", sort=False)["people"].first()
    large = sizes[sizes >= smallest(look)].sort_values(ascending=False, kind="stable")
    drawn = list(large.index[:MOST_CURVES])
    if not drawn:
        return None
    series = tuple(_curve(name, curve[curve["name"] == name], counted[counted["name"] == name]) for name in drawn)
    alive = look.say("comma").join(
        say(look, "alive_of", name=one.name, share=look.number(after(one, YEAR), "percent")) for one in series[:3])
    out = [say(look, "tiny", name=name, people=people) for name, people in sizes.items() if name not in drawn]
    title = say(look, "alive", shares=alive)
    return Chart("step", title, say(look, f"alive_{by}", n=int(sizes.sum() if by == "role" else sizes.max())),
                 tuple(counted["time"].unique()), series, "percent", title, x_title=say(look, "tenure_days"),
                 note=say(look, "left_out", least=smallest(look), groups=look.say("comma").join(out)) if out else "",
                 definition=say(look, "survival_means"))


def _curve(name: str, curve: pd.DataFrame, counted: pd.DataFrame) -> Series:
    return Series(name, (1.0, *values(curve["survival"])), x=(0, *map(int, curve["time"])), low=(1.0, *values(curve["low"])),
                  high=(1.0, *values(curve["high"])), at_risk=tuple(map(int, counted["at_risk"])))


def after(curve: Series, days: int) -> float | None:
    """The share still there after so many days; None where nobody was observed so long."""
    reached = [share for time, share in zip(curve.x, curve.values, strict=True) if time <= days]
    return reached[-1] if max(curve.x) >= days else None


def table(look: Session, told: dict) -> tuple[pd.DataFrame, dict]:
    """Every group's people, leavers and median tenure with its interval; of a small group the counts."""
    rows = []
    for by, (curve, _, _) in told.items():
        for row in survival.medians(curve).to_dict("records"):
            shown = row["people"] >= smallest(look)
            rows.append([group_name(look, by, row["group"]), row["people"], row["events"],
                         *(value(row[one]) if shown else None for one in ("median", "low", "high"))])
    words = [say(look, f"{one}") for one in ("group", "column_people", "left", "median", "median_low", "median_high")]
    return pd.DataFrame(rows, columns=words), dict.fromkeys(words[1:], "count")
