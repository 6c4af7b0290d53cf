"""What all views of the people page share: who there is, what they can do, the finding and the figures above the views."""

import pandas as pd
import streamlit as st

from core import periods, text
from core.analysis import roster, skills
from core.metrics import METRICS
from core.store import Store
from pages.frame import draw, session, show
from pages.frame.boards import choice
from pages.frame.session import Session

SHOWN = ("skill_growth", "skill_coverage", "certification_rate", "project_success")
MOST_NAMES = 12


def read(store: Store, label: str, team: str | None) -> dict[str, pd.DataFrame]:
    """Of a quarter and team (None: the company): `levels` (core.analysis.skills); `staff`, everybody employed in the quarter
    by employee_id, also who was never assessed (assessed 0), with `skills.people` beside; names told apart in both."""
    period, con = periods.quarter(label), store.cursor()
    told = skills.levels(con, period, team)
    staff = roster.staff(con, period.start, period.end, team).set_index("employee_id")
    names = draw.distinct(staff["name"])
    own = skills.people(told).set_index("employee_id").drop(columns=["name", "role", "post_level", "team_id", "gone"])
    staff = staff.assign(name=names, gone=staff["leave_date"].lt(pd.Timestamp(period.end))).join(own)
    return {"levels": told.assign(name=told["employee_id"].map(names)), "staff": staff.fillna({"assessed": 0})}


def finding(look: Session, found: dict) -> str:
    """How many are assessed, how much they grew, and the skill that most people lack."""
    staff, row = found["staff"], draw.subject_row(look, look.period.label, "skill_growth")
    assessed = int(staff["assessed"].gt(0).sum())
    if not assessed:
        return look.say("people.finding_none", quarter=look.period.label, people=len(staff))
    grown = look.say("people.first") if row is None else look.say(
        "people.grown", growth=look.number(row["value"], "percent"), n=f"{row['n']:,.0f}")
    return look.say("people.finding", quarter=look.period.label, people=len(staff), assessed=assessed, grown=grown,
                    lacking=_most_lacking(look, skills.gaps(found["levels"])))


def _most_lacking(look: Session, gaps: pd.DataFrame) -> str:
    if gaps.empty:
        return ""
    first = by_skill(gaps).iloc[0]
    if not first["open"]:
        return look.say("people.all_met")
    return look.say("people.most_lacking", skill=show.plain(first.name), open=int(first["open"]), people=int(first["people"]))


def by_skill(gaps: pd.DataFrame) -> pd.DataFrame:
    """Gaps over all posts that need the skill, by skill: people, met, below, unassessed, open (= below + unassessed); where
    most people are open first."""
    sums = gaps.groupby("skill")[["people", "met", "below", "unassessed"]].sum()
    sums = sums.assign(open=sums["below"] + sums["unassessed"]).sort_index()
    return sums.sort_values(["open", "people"], ascending=False, kind="stable")


def cards(look: Session, plan: dict, found: dict) -> list[dict]:
    """The individual metrics of company or team; a rate of fewer observations than the plan's smallest group is a count."""
    told = []
    for name in SHOWN:
        row, unit = draw.subject_row(look, look.period.label, name), METRICS[name].unit
        few = row is not None and row["n"] < plan["evaluation"]["smallest_group"]
        value = look.say("people.of", part=f"{row['numerator']:g}", whole=f"{row['denominator']:g}") if few else \
            look.number(None if row is None else row["value"], unit)
        told.append({"label": look.metric(name), "good": METRICS[name].better, "help": METRICS[name].means[look.lang],
                     "value": value,
                     "delta": None if row is None or few else show.change(look, row["value"], row["previous"], unit),
                     "against": look.say("overview.against"), "note": draw.against_target(look, row, unit),
                     "certainty": draw.certainty(look, row, unit)})
    staff = found["staff"]
    told.append({"label": look.say("people.assessed_people"), "note": look.say("people.assessed_note"),
                 "value": look.say("people.of", part=int(staff["assessed"].gt(0).sum()), whole=len(staff))})
    return told


def notices(look: Session, found: dict) -> None:
    """Names those still there who were never assessed, and which sheets are missing."""
    stored = look.store.counts()
    for name in ("skill_assessments", "skill_standards"):
        if not stored[name]:
            show.missing(look, [name], look.say(f"people.needs_{name}"))
    staff = found["staff"]
    without = staff.loc[staff["assessed"].eq(0) & ~staff["gone"], "name"]
    if len(without) and stored["skill_assessments"]:
        st.caption(look.say("people.unassessed", count=len(without), names=listed(look, without)))


def listed(look: Session, names) -> str:
    """Some names as a list that Markdown shows as they are; of many the first ones, and how many more there are."""
    said = look.say("comma").join(show.plain(name) for name in list(names)[:MOST_NAMES])
    return said if len(names) <= MOST_NAMES else look.say("people.and_more", names=said, more=len(names) - MOST_NAMES)


def post(look: Session, role, level) -> str:
    """A post as role and level in the reader's words."""
    return look.say("people.post", role="—" if text.missing(role) else look.role(role),
                    level=choice(look, "employees", "level", level))


def level(value) -> str:
    return "—" if text.missing(value) else f"{value:g}"


def mark(look: Session, met) -> str:
    """Whether a standard is met, in sign and word; “—” where there is none or nothing was assessed."""
    return "—" if met is None or text.missing(met) else look.say("people.met" if met else "people.not_met")


def role_of(look: Session, roles: list[str], weight: pd.Series, key: str, every: bool) -> str | None:
    """The role that the reader chose, at first the one of the largest weight; None for all of them."""
    options = [*([None] if every else []), *roles]
    if st.session_state.get(key, "") not in options:
        st.session_state[key] = weight.reindex(roles).fillna(0).idxmax() if roles else None
    return st.selectbox(look.say("column.role"), options, key=key, format_func=lambda role: look.say(
        "people.all_roles") if role is None else look.role(role))


def evaluated(look: Session) -> pd.DataFrame:
    """The quarter's evaluated rows of people."""
    frame = session.evaluated(look, look.period.label)
    return frame[frame["subject_type"].eq("employee")]
