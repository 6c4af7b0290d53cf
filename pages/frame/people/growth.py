"""Growth since the quarter before and certificates: how many grew, which roles are certified, and every person's line."""

import pandas as pd
import streamlit as st

from core import evaluation, statistics, text
from core.analysis import skills
from core.charts import Chart, Series
from pages.frame import show
from pages.frame.people import evaluated
from pages.frame.session import Session

GAINED = {"one": (0, 1), "two": (1, 2), "more": (2, float("inf"))}


def view(look: Session, plan: dict, found: dict) -> None:
    staff = judged(look, plan, found["staff"])
    if not staff["assessed"].gt(0).any():
        st.caption(look.say("people.no_levels"))
    else:
        grown, certified = st.columns(2)
        with grown:
            compared = staff[compared_skills(staff).gt(0)]
            if len(compared):
                show.chart(look, gained(look, compared, len(staff)), table(look, staff))
            else:
                st.info(look.say("people.nothing_to_compare"))
        with certified:
            certificates(look, plan, staff)
    show.heading(look.say("people.growth_table"))
    st.caption(look.say("people.rule", skills=skills.COMPARED_FROM, covered=look.number(plan["covered_minimum"], "percent")))
    show.table(look, table(look, staff), {look.say("people.growth"): "percent", look.say("people.index_column"): "score",
                                          look.say("people.covered"): "percent"}, key="growth")


def compared_skills(staff: pd.DataFrame) -> pd.Series:
    """Skills assessed before the quarter and now."""
    return (staff["assessed"] - staff["first_assessed"]).fillna(0)


def judged(look: Session, plan: dict, staff: pd.DataFrame) -> pd.DataFrame:
    """Everybody with the individual dimension's index, its covered weight, and `state`, why the index says little: few skills
    compared, a thin index, first assessed, none; "" where nothing is against it."""
    own = evaluation.indices(plan, evaluation.lines(plan, evaluated(look))).set_index("subject_id")
    staff = staff.join(own[["index", "covered_weight", "counted"]])
    compared, known = compared_skills(staff), staff["counted"].eq(True)
    state = pd.Series("", staff.index).mask(compared.lt(skills.COMPARED_FROM), "few").mask(~known, "thin")
    return staff.assign(state=state.mask(compared.eq(0), "first").mask(staff["assessed"].eq(0), "none"))


def gained(look: Session, compared: pd.DataFrame, people: int) -> Chart:
    """People by the levels that they gained over all skills assessed before and now."""
    change = compared["change"].round(9)
    counts = {"down": change.lt(0).sum(), "same": change.eq(0).sum(), **{
        name: (change.gt(low) & change.le(high)).sum() for name, (low, high) in GAINED.items()}}
    title = look.say("people.gained_title", grown=int(change.gt(0).sum()), people=len(compared))
    subtitle = look.say("people.gained_of", quarter=look.period.label, people=len(compared), without=people - len(compared))
    series = (Series(look.say("chart.people"), tuple(int(n) for n in counts.values()), "actual"),)
    return Chart("bar", title, subtitle, tuple(look.say(f"people.gained_{name}") for name in counts), series, "count", title,
                 definition=look.say("people.growth_means"))


def certificates(look: Session, plan: dict, staff: pd.DataFrame) -> None:
    """The share of assessed skills that are certified, by role; a role with too few of them is told as a count."""
    sums = staff.groupby("role")[["certified", "assessed"]].sum().loc[lambda s: s["assessed"].gt(0)]
    small = sums["assessed"] < plan["evaluation"]["smallest_group"]
    told = [look.say("people.certified_few", role=look.role(role), part=int(row["certified"]), whole=int(row["assessed"]))
            for role, row in sums[small].iterrows()]
    note = look.say("people.certified_note", least=plan["evaluation"]["smallest_group"],
                    roles=look.say("comma").join(told)) if told else ""
    if small.all():
        st.caption(note)
        return
    show.chart(look, certified(look, sums[~small], sums.sum(), note))


def certified(look: Session, sums: pd.DataFrame, whole: pd.Series, note: str) -> Chart:
    sums = sums.assign(rate=sums["certified"] / sums["assessed"]).sort_values("rate", ascending=False)
    low, high = (tuple(end.tolist()) for end in statistics.wilson(sums["certified"], sums["assessed"]))
    names = tuple(look.say("people.role_n", role=look.role(role), n=int(n)) for role, n in sums["assessed"].items())
    series = (Series(look.say("people.certified_rate"), tuple(map(float, sums["rate"])), low=low, high=high),)
    title = look.say("people.certified_title", rate=look.number(whole["certified"] / whole["assessed"], "percent"))
    subtitle = look.say("people.certified_of", quarter=look.period.label, n=int(whole["assessed"]))
    return Chart("point", title, subtitle, names, series, "percent", title, note, look.say("people.certified_means"))


def table(look: Session, staff: pd.DataFrame) -> pd.DataFrame:
    """A line a person: skills assessed, standard met, certified, levels gained, growth, the individual index and its state."""
    return pd.DataFrame({
        look.say("column.name"): staff["name"].tolist(), look.say("column.role"): staff["role"].map(look.role).tolist(),
        look.say("column.team"): staff["team_id"].map(look.team_name).tolist(),
        look.say("people.assessed"): _counts(staff["assessed"].where(staff["assessed"].gt(0))),
        look.say("people.coverage"): _parts(look, staff["met"], staff["asked"]),
        look.say("people.certified"): _parts(look, staff["certified"], staff["assessed"]),
        look.say("people.change"): ["—" if text.missing(v) else f"{v:+g}" if v else "±0" for v in
                                    staff["change"].where(compared_skills(staff).gt(0))],
        look.say("people.growth"): staff["growth"].tolist(), look.say("people.index_column"): staff["index"].tolist(),
        look.say("people.covered"): staff["covered_weight"].tolist(),
        look.say("people.remark"): [look.say(f"people.remark_{state}") if state else "" for state in staff["state"]]})


def _counts(values: pd.Series) -> list[str]:
    return ["—" if text.missing(v) else f"{v:g}" for v in values]


def _parts(look: Session, parts: pd.Series, wholes: pd.Series) -> list[str]:
    return [look.say("people.of", part=f"{part:g}", whole=f"{whole:g}") if whole > 0 else "—"
            for part, whole in zip(parts, wholes, strict=True)]
