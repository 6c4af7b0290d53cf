"""What customers say: NPS by team, its distribution and answers, negative reviews."""

import pandas as pd
import streamlit as st

from core import text
from core.analysis import business
from core.charts import Chart, Series
from core.metrics import METRICS
from pages.frame import session, show
from pages.frame.business import dots, formats, numbers, of_teams, parents, ranked, told, whole
from pages.frame.session import Session

KINDS = ("detractor", "passive", "promoter")
MOST_ANSWERS, MOST_TEAMS = 2_000, 10


def distribution(store, period, team: str | None) -> pd.DataFrame:
    return business.nps_scores(store.cursor(), period, team)


def answered(store, period, team: str | None) -> pd.DataFrame:
    """`business.nps_answers` with `kind`, None for answers that were counted before they were uploaded."""
    frame = business.nps_answers(store.cursor(), period, team)
    kinds = [None if pd.isna(s) else "promoter" if s >= 9 else "detractor" if s <= 6 else "passive" for s in frame["score"]]
    return frame.assign(kind=pd.Series(kinds, dtype=object))


def view(look: Session, plan: dict) -> None:
    rows, counts = of_teams(look, "nps"), session.kept(look, distribution, look.period, look.team)
    left, right = st.columns(2)
    with left:
        if counts["answers"].sum():
            show.chart(look, by_team(look, rows, plan["evaluation"]["smallest_group"]))
        else:
            show.missing(look, ["nps_responses"], look.metric("nps"))
    with right:
        if counts["answers"].sum():
            show.chart(look, spread(look, counts))
        reviews(look)
    if counts["answers"].sum():
        show.heading(look.say("business.table_nps"))
        show.table(look, told(look, rows, "nps"), formats(look, "nps"), key="business_nps")
        answers(look)


def by_team(look: Session, rows: pd.DataFrame, least: int) -> Chart:
    """Teams by NPS; those with few answers come last and are marked."""
    sure, few = ranked(look, rows, least)
    few = few.assign(name=[look.say("business.few", name=row["name"], n=f"{row['n']:,.0f}") for _, row in few.iterrows()])
    note = [look.say("business.few_means", least=least)] if len(few) else []
    return dots(look, "nps", rows, pd.concat([sure, few]), " ".join([*note, parents(look, rows)]).strip(),
                METRICS["nps"].means[look.lang])


def spread(look: Session, counts: pd.DataFrame) -> Chart:
    """How many gave 0 to 10, the three kinds told apart by colour and pattern; answers that came counted stand beside them."""
    scored, counted = counts[counts["score"].notna()], counts[counts["score"].isna()].set_index("kind")["answers"]
    totals = counts.groupby("kind")["answers"].sum().reindex(KINDS, fill_value=0)
    kinds = [look.say(f"business.{kind}") for kind in KINDS]
    if scored["answers"].sum():
        places = [f"{score}" for score in scored["score"]] + ([look.say("business.counted")] if len(counted) else [])
        rest = {kind: ([float(counted.get(kind, 0))] if len(counted) else []) for kind in KINDS}
        series = tuple(Series(name, tuple([float(n) if own == kind else None for n, own in zip(
            scored["answers"], scored["kind"], strict=True)] + rest[kind])) for kind, name in zip(KINDS, kinds, strict=True))
    else:
        places, series = kinds, tuple(Series(name, tuple(float(totals[kind]) if kind == own else None for own in KINDS))
                                      for kind, name in zip(KINDS, kinds, strict=True))
    share = totals / totals.sum()
    title = look.say("business.spread", **{kind: look.number(share[kind], "percent") for kind in KINDS})
    return Chart("stacked", title, look.say("business.spread_of", n=f"{totals.sum():,}", quarter=look.period.label),
                 tuple(places), series, "count", title, "", METRICS["nps"].means[look.lang])


def reviews(look: Session) -> None:
    """Negative reviews by team; counts, for nobody knows of how many."""
    rows = of_teams(look, "negative_reviews")
    first = whole(look, rows)
    if rows["value"].isna().all():
        show.missing(look, ["feedback"], look.metric("negative_reviews"))
        return
    teams = rows[rows["lowest"] & (rows["value"].gt(0) | rows["previous"].gt(0))].sort_values(
        ["value", "subject_id"], ascending=[False, True])
    if teams.empty:
        st.info(look.say("business.no_reviews", count="—" if first.empty else f"{first['value'].iloc[0]:,.0f}"))
        return
    shown, top = teams.head(MOST_TEAMS), teams.iloc[0]
    count, before = (first.iloc[0] if len(first) else top)[["value", "previous"]]
    title = look.say("business.reviews", count=f"{count:,.0f}", most=look.say(
        "business.reviews_most", name=top["name"], most=f"{top['value']:,.0f}") if len(teams) > 1 else "",
                     change=look.say("business.reviews_change", change=show.change(look, count, before, "count"))
                     if not text.missing(before) else "")
    series = (Series(look.period.label, numbers(shown["value"])),
              Series(look.say("boards.previous"), numbers(shown["previous"]), "previous"))
    show.chart(look, Chart("barh", title, look.say("business.reviews_of", quarter=look.period.label,
                                                   count=f"{len(teams):,}"),
                           tuple(shown["name"]), series, "count", title, look.say("business.reviews_note"),
                           METRICS["negative_reviews"].means[look.lang]))


def answers(look: Session) -> None:
    """The answers, the lowest score first, searched by any word of comment or team."""
    frame = session.kept(look, answered, look.period, look.team)
    frame = frame.assign(team=[look.team_name(None if pd.isna(team) else team) for team in frame["team_id"]])
    show.heading(look.say("business.answers"))
    words, kinds = st.columns([2, 1], vertical_alignment="bottom")
    word = words.text_input(look.say("business.search"), key="business_word").strip()
    kind = kinds.pills(look.say("business.kind"), KINDS, key="business_kind",
                       format_func=lambda kind: look.say(f"business.{kind}"))
    found = frame[frame["kind"].eq(kind)] if kind else frame
    if word:
        hit = [word.casefold() in f"{a} {b}".casefold() for a, b in zip(found["comment"].fillna(""), found["team"], strict=True)]
        found = found[hit]
    if found.empty:
        st.info(look.say("business.no_answer"))
        st.button(look.say("business.all_answers"), on_click=_forget, key="business_reset")
        return
    show.table(look, _listed(look, found.head(MOST_ANSWERS)), {look.say("business.comment"): "wide"}, key="business_answers")
    st.caption(look.say("business.answers_shown", shown=f"{min(len(found), MOST_ANSWERS):,}", all=f"{len(frame):,}"))


def _forget() -> None:
    st.session_state["business_word"], st.session_state["business_kind"] = "", None


def _listed(look: Session, found: pd.DataFrame) -> pd.DataFrame:
    """The answers under visible words; columns that none of them fills are left out."""
    said = {look.say("business.date"): found["date"].map(lambda day: None if pd.isna(day) else f"{day:%Y-%m-%d}"),
            look.say("column.team"): found["team"], look.say("business.score"): found["score"],
            look.say("business.kind"): found["kind"].map(lambda kind: look.say(f"business.{kind}"), na_action="ignore"),
            look.say("business.comment"): found["comment"],
            **{look.say(f"business.{kind}s"): found[f"{kind}s"] for kind in reversed(KINDS)}}
    return pd.DataFrame({name: values.tolist() for name, values in said.items() if values.notna().any()})
