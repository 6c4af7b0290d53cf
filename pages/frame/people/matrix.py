"""Skills × people of a role, and what is missing to the standard of each post."""

import pandas as pd
import streamlit as st

from core.analysis import skills
from core.charts import Chart, Series
from pages.frame import show
from pages.frame.boards import choice, day
from pages.frame.people import by_skill, level, mark, post, role_of
from pages.frame.session import Session

MOST_PEOPLE, MOST_SKILLS, MOST_BARS = 20, 14, 8
GAPS = {"below": "actual", "unassessed": "target", "met": "previous"}


def view(look: Session, plan: dict, found: dict) -> None:
    there = found["levels"][~found["levels"]["gone"]]
    if there["level"].isna().all():
        st.caption(look.say("people.no_levels"))
        return
    chosen, searched = st.columns(2)
    with chosen:
        role = role_of(look, sorted(there["role"].dropna().unique()), _widest(there), "people_role", True)
    asked = searched.text_input(look.say("people.search"), key="people_search").strip().casefold()
    rows = there if role is None else there[there["role"].eq(role)]
    kept = rows[sought(rows, asked)] if asked else rows
    if kept["level"].isna().all():
        st.info(look.say("people.nothing_sought"))
        return
    gaps = skills.gaps(kept)
    show.chart(look, heat(look, kept, gaps, role), table(look, kept))
    if len(gaps):
        drawn, listed = st.columns(2)
        with drawn:
            show.chart(look, bars(look, gaps), gap_table(look, gaps))
        with listed:
            show.heading(look.say("people.gaps"))
            show.table(look, gap_table(look, gaps), key="gaps")
    show.heading(look.say("people.every_skill"))
    show.table(look, table(look, kept), key="levels")


def _widest(there: pd.DataFrame) -> pd.Series:
    """Per role the skills below the standard or unassessed of its people; the skills known, where nothing is asked for."""
    gaps = skills.gaps(there)
    return (gaps["below"] + gaps["unassessed"]).groupby(gaps["role"]).sum() if len(gaps) else there.groupby("role").size()


def sought(rows: pd.DataFrame, asked: str) -> pd.Series:
    """Rows whose person (name or number) or skill the reader asked for."""
    named = [rows[column].str.casefold().str.contains(asked, regex=False, na=False) for column in ("name", "skill")]
    return named[0] | named[1] | rows["employee_id"].str.casefold().eq(asked)


def heat(look: Session, rows: pd.DataFrame, gaps: pd.DataFrame, role: str | None) -> Chart:
    """The latest levels of the assessed people; a cell below the standard says both, “2/3”, and “—/3” without assessment."""
    rows = rows[rows["level"].notna().groupby(rows["employee_id"]).transform("any")]
    open_first = list(by_skill(gaps).index) if len(gaps) else []
    order = [*open_first, *sorted(set(rows["skill"]) - set(open_first))]
    columns = [skill for skill in order if skill in set(rows["skill"])]
    people = rows.drop_duplicates("employee_id").set_index("employee_id")["name"]
    shown, cells = columns[:MOST_SKILLS], rows.set_index(["employee_id", "skill"])
    series = tuple(_person(cells, person, name, shown) for person, name in people.head(MOST_PEOPLE).items())
    named = look.say("people.all_roles") if role is None else look.role(role)
    title = _title(look, gaps, named)
    cut = len(people) > MOST_PEOPLE or len(columns) > MOST_SKILLS
    note = look.say("people.heat_note") + (look.say("people.heat_cut", people=len(series), every=len(people),
                                                    skills=len(shown), all=len(columns)) if cut else "")
    return Chart("heatmap", title, look.say("people.heat_of", quarter=look.period.label, people=len(people), skills=len(columns)),
                 tuple(shown), series, "ratio", title, note, look.say("people.heat_means"))


def _person(cells: pd.DataFrame, person: str, name: str, shown: list[str]) -> Series:
    known = cells.loc[[person]].droplevel(0).reindex(shown)
    said = tuple(_cell(row) for row in known.to_dict("records"))
    return Series(name, tuple(None if pd.isna(v) else float(v) for v in known["level"]), labels=said)


def _cell(row: dict) -> str:
    if row["met"] is False:
        return f"{level(row['level'])}/{row['required']:g}"
    return "" if pd.isna(row["level"]) else level(row["level"])


def _title(look: Session, gaps: pd.DataFrame, named: str) -> str:
    first = by_skill(gaps).iloc[0] if len(gaps) else None
    if first is None:
        return look.say("people.heat_no_standard", role=named)
    if not first["open"]:
        return look.say("people.heat_met", role=named)
    return look.say("people.heat_title", role=named, skill=first.name, open=int(first["open"]), people=int(first["people"]))


def bars(look: Session, gaps: pd.DataFrame) -> Chart:
    """Per skill the people below the standard, never assessed, and meeting it; the widest gaps first."""
    every = by_skill(gaps)
    sums = every.head(MOST_BARS)
    series = tuple(Series(look.say(f"people.gap_{name}"), tuple(int(n) or None for n in sums[name]), style)
                   for name, style in GAPS.items() if sums[name].any())
    title = look.say("people.gaps_title", open=int((every["open"] > 0).sum()), skills=len(every))
    subtitle = look.say("people.gaps_of", quarter=look.period.label, shown=len(sums), skills=len(every))
    return Chart("stacked", title, subtitle, tuple(sums.index), series, "count", title,
                 definition=look.say("people.gaps_means"))


def gap_table(look: Session, gaps: pd.DataFrame) -> pd.DataFrame:
    counted = ("people", "met", "below", "unassessed")
    return pd.DataFrame({
        look.say("people.post_column"): [post(look, *row) for row in zip(gaps["role"], gaps["post_level"], strict=True)],
        look.say("people.skill"): gaps["skill"].tolist(), look.say("people.required"): gaps["required"].tolist(),
        **{look.say(f"people.gap_{name}"): gaps[name].tolist() for name in counted},
        look.say("people.have"): gaps["have"].round(2).tolist()})


def table(look: Session, rows: pd.DataFrame) -> pd.DataFrame:
    """Every person's skills with level, level before, standard, whether it is met, certificate and day."""
    return pd.DataFrame({
        look.say("column.name"): rows["name"].tolist(), look.say("column.role"): rows["role"].map(look.role).tolist(),
        look.say("people.post_level"): [choice(look, "employees", "level", one) for one in rows["post_level"]],
        look.say("column.team"): rows["team_id"].map(look.team_name).tolist(),
        look.say("people.skill"): rows["skill"].tolist(), look.say("people.level"): rows["level"].tolist(),
        look.say("people.before"): rows["before"].tolist(), look.say("people.required"): rows["required"].tolist(),
        look.say("people.standard"): [mark(look, met) for met in rows["met"]],
        look.say("people.certified"): [look.say("people.yes") if yes else "—" for yes in rows["certified"]],
        look.say("people.assessed_on"): [day(look, one) for one in rows["assessed_on"]]})
