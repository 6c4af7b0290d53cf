"""Who left: rates by group, kinds and rates over quarters, tenure of leavers."""

import pandas as pd
import streamlit as st

from core import quarter, text
from core.analysis import attrition as left
from core.charts import Chart, Series
from core.metrics import METRICS
from pages.frame import session, show
from pages.frame.session import Session
from pages.frame.team import GROUPINGS, group_name, past, say, smallest, values

NAME = "attrition_rate"
KINDS = ("voluntary", "involuntary", "unknown")
YEAR = 4


def grouped(store, period, by: str, team: str | None) -> pd.DataFrame:
    """`attrition` of a quarter by a grouping, with what the plan in force says of small groups and new people."""
    plan = quarter.plan_for(store, period)
    return left.attrition(store.cursor(), period, by, team, int(plan["evaluation"]["smallest_group"]),
                          int(plan["definitions"]["early_days"]))


def over_quarters(store, period, team: str | None) -> pd.DataFrame:
    """`attrition` of the company or the team in each quarter with figures: label and row."""
    told = [grouped(store, one, "company", team).assign(label=one.label) for one in past(store, period)]
    return pd.concat(told, ignore_index=True)


def leavers(store, first, end, team: str | None, early_days: int) -> pd.DataFrame:
    """Of those who left from `first` to `end`: how many in each band of tenure."""
    return left.tenure_bands(left.leavers(store.cursor(), first, end, team, early_days))


def figures(look: Session, period) -> pd.Series | None:
    """The row of `attrition` of the company or the chosen team in a quarter; None where nobody was employed."""
    frame = session.kept(look, grouped, period, "company", look.team)
    return frame.iloc[0] if len(frame) and frame["people"].iloc[0] else None


def view(look: Session) -> None:
    """Groups against each other, then quarters against each other, then how long the leavers had been there."""
    by = st.segmented_control(say(look, "by"), GROUPINGS, default="role", required=True, key="team_by",
                              format_func=lambda one: say(look, f"by_{one}"))
    frame = session.kept(look, grouped, look.period, by, look.team)
    if frame.empty:
        show.missing(look, ["employees"], look.metric(NAME))
        return
    if frame["group"].isna().all():
        st.info(say(look, "no_group", by=say(look, f"by_{by}")))
    frame = frame.assign(name=[group_name(look, by, one) for one in frame["group"]])
    places = st.columns(2)
    drawn = [rates(look, frame), over_time(look), kinds(look), tenure(look)]
    for number, one in enumerate(filter(None, drawn)):
        with places[number % 2]:
            show.chart(look, one)
    if drawn[0] is None:
        st.caption(say(look, "all_small", least=smallest(look)))
    if drawn[2] is None:
        st.caption(say(look, "nobody_left", quarters=len(_history(look))))
    show.heading(say(look, "table_leaving", by=say(look, f"by_{by}")))
    listed, formats = table(look, frame)
    show.table(look, listed, formats, key="attrition")
    st.caption(say(look, "small_means", least=smallest(look)))


def rates(look: Session, frame: pd.DataFrame) -> Chart | None:
    """Rates of the groups that are large enough, in the order of the table, for attrition has no interval; the others by their
    counts, in words."""
    large = frame[frame["rate"].notna()]
    if large.empty or large["group"].isna().all():
        return None
    first, left = large.iloc[0], int(large["leavers"].sum())
    if not left:
        title = say(look, "rates_none", least=smallest(look))
    elif len(large) > 1:
        title = say(look, "rates", low=look.number(large["rate"].min(), "percent"), groups=len(large),
                    high=look.number(large["rate"].max(), "percent"))
    else:
        title = say(look, "rates_one", name=first["name"], rate=look.number(first["rate"], "percent"),
                    annual=look.number(first["annual"], "percent"))
    names = [look.say("team_page.left_of", name=row["name"], left=row["leavers"], of=row["people"])
             for row in large.to_dict("records")]
    series = [Series(say(look, "all"), values(large["rate"]))]
    if large["core_rate"].notna().any():
        series.append(Series(say(look, "core"), values(large["core_rate"])))
    return Chart("barh", title, say(look, "rates_of", n=int(large["people"].sum())),
                 tuple(names), tuple(series), "percent", title, note=_small(look, frame), definition=_means(look))


def _small(look: Session, frame: pd.DataFrame) -> str:
    small = frame[frame["rate"].isna() & (frame["people"] > 0)]
    if small.empty:
        return ""
    gone = small[small["leavers"] > 0]
    said = [say(look, "small_one", name=row["name"], left=row["leavers"], of=row["people"]) for row in gone.to_dict("records")]
    if len(gone) < len(small):
        said.append(say(look, "small_none", groups=len(small) - len(gone), of=int(small["people"].sum() - gone["people"].sum())))
    return say(look, "small_groups", least=smallest(look), groups=look.say("semicolon").join(said))


def _means(look: Session) -> str:
    return say(look, "means", rate=METRICS[NAME].means[look.lang])


def _history(look: Session) -> pd.DataFrame:
    frame = session.kept(look, over_quarters, look.period, look.team)
    return frame[frame["people"] > 0]


def over_time(look: Session) -> Chart | None:
    """The rate of all and of core people, quarter by quarter; a quarter with too few people is a gap."""
    frame = _history(look)
    if frame[["rate", "core_rate"]].isna().all(axis=None) or not frame["leavers"].sum():
        return None
    last = frame.iloc[-1]
    core = say(look, "rate_core", rate=look.number(last["core_rate"], "percent"))
    title = say(look, "rate_over", rate=look.number(last["rate"], "percent"), quarter=last["label"],
                core="" if text.missing(last["core_rate"]) else core)
    lines = tuple(Series(say(look, f"{name}"), values(frame[column]))
                  for name, column in (("all", "rate"), ("core", "core_rate")) if frame[column].notna().any())
    return Chart("line", title, say(look, "rate_over_of", n=last["people"]), tuple(frame["label"]),
                 lines, "percent", title, definition=_means(look))


def kinds(look: Session) -> Chart | None:
    """How many left of their own will and how many were let go, quarter by quarter."""
    frame = _history(look)
    gone = int(frame["leavers"].sum())
    if not gone:
        return None
    title = say(look, "kinds", quarters=len(frame), gone=gone, voluntary=int(frame["voluntary"].sum()),
                     involuntary=int(frame["involuntary"].sum()),
                unknown=say(look, "kinds_unknown", n=int(frame["unknown"].sum())) if frame["unknown"].sum() else "")
    series = tuple(Series(say(look, f"{kind}"), values(frame[kind])) for kind in KINDS if frame[kind].sum())
    return Chart("stacked", title, say(look, "kinds_of", n=gone), tuple(frame["label"]), series,
                 "count", title, definition=say(look, "kinds_means"))


def tenure(look: Session) -> Chart | None:
    """How long the leavers of the last four quarters had been there."""
    first = look.period
    for _ in range(YEAR - 1):
        first = first.previous()
    days = int(quarter.plan_for(look.store, look.period)["definitions"]["early_days"])
    frame = session.kept(look, leavers, first.start, look.period.end, look.team, days)
    gone = int(frame["leavers"].sum())
    if not gone:
        return None
    young = int(frame.loc[frame["band"].isin(["early", "first_year"]), "leavers"].sum())
    title = say(look, "tenure", gone=gone, young=young)
    names = tuple(say(look, f"band_{band}", days=days) for band in frame["band"])
    return Chart("bar", title, say(look, "tenure_of", first=first.label, last=look.period.label, n=gone),
                 names, (Series(say(look, "left"), values(frame["leavers"])),), "count", title,
                 definition=say(look, "tenure_means", days=days))


def table(look: Session, frame: pd.DataFrame) -> tuple[pd.DataFrame, dict]:
    """Every group with its counts, and rates where it is large enough."""
    rates_of = {"rate", "annual", "core_rate", "core_annual", "early_rate"}
    columns = ("people", "headcount", "leavers", "voluntary", "involuntary", "unknown", "rate", "annual", "core_people",
               "core_leavers", "core_rate", "core_annual", "hires", "early_leavers", "early_rate")
    words = {column: say(look, f"column_{column}") for column in columns}
    listed = pd.DataFrame({say(look, "group"): frame["name"], **{words[one]: frame[one] for one in columns}})
    return listed, {words[one]: "percent" if one in rates_of else "score" if one == "headcount" else "count" for one in columns}
