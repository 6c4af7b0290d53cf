"""Honours: the winners of each month with the figures that won, and the year's votes."""

import pandas as pd
import streamlit as st

from core import boards, periods, settlement
from core.charts import Chart, Series
from core.metrics import METRICS
from pages.frame import session, show
from pages.frame.boards import named, plainly
from pages.frame.session import Session

MOST = 12
ACROSS, JOINT = 3, 4


def board(look: Session) -> None:
    with st.spinner(look.say("boards.measuring")):
        settled = session.settled(look, awards=True)
        won, lines = boards.monthly(look.store, look.period, settled)
    teams = look.members()
    won = won.assign(name=named(look, won["winner"]))
    mine = won if teams is None else won[won["team_id"].isin(teams)]
    votes = _votes(look)
    rules = {name: rule for name, rule in settlement.active(settled.plan, settled.phase).items() if rule["kind"] == "top"}
    monthly = {name: rule for name, rule in rules.items() if rule.get("by") != "votes"}
    show.sentence(_finding(look, mine, votes))
    if not rules:
        st.info(look.say("boards.no_award"))
    elif won.empty and monthly:
        show.missing(look, ["employees", "targets", "team_months", "member_months"], look.say("boards.monthly_honours"))
    elif mine.empty and monthly:
        st.info(look.say("boards.no_honour_of_team"))
    for month in periods.months_of(look.period)[::-1]:
        if len(now := mine[mine["month"].eq(month.label)]):
            show.heading(look.say("boards.month", month=month.label))
            _month(look, monthly, now, lines[lines["month"].eq(month.label)])
    if len(rules) > len(monthly):
        _year(look, settled, rules, votes)


def _finding(look: Session, mine: pd.DataFrame, votes: pd.DataFrame) -> str:
    words = [look.say("boards.finding_honours", quarter=look.period.label, people=mine["winner"].nunique(),
                      honours=len(mine[["month", "award"]].drop_duplicates()))]
    if len(votes):
        first = votes[votes["place"].eq(votes["place"].min())]
        key = "boards.finding_chosen" if look.period.label.endswith("Q4") else "boards.finding_votes"
        words.append(look.say(key, names=show.plain(look.say("comma").join(first["name"])),
                              votes=look.number(first["votes"].iloc[0], "count")))
    return "".join(words)


def _month(look: Session, rules: dict, won: pd.DataFrame, lines: pd.DataFrame) -> None:
    """A month's awards, a card a winner; joint winners stand side by side in a row of their own."""
    awards = [(rules[award], rows.to_dict("records")) for award, rows in won.groupby("award", sort=False) if award in rules]
    alone = [(rule, rows[0], 1) for rule, rows in awards if len(rows) == 1]
    joint = [[(rule, row, len(rows)) for row in rows] for rule, rows in awards if len(rows) > 1]
    for cards in [alone, *joint]:
        across = max(ACROSS, min(len(cards), JOINT))
        for start in range(0, len(cards), across):
            for place, (rule, row, count) in zip(st.columns(across), cards[start:start + across], strict=False):
                with place.container(border=True, height="stretch"):
                    _card(look, rule, row, count, lines[lines["winner"].eq(row["winner"])])


def _card(look: Session, rule: dict, row: dict, joint: int, lines: pd.DataFrame) -> None:
    st.caption(show.plain(rule.get(look.lang) or rule["zh"]) + (look.say("boards.joint", count=joint) if joint > 1 else ""))
    st.markdown(f"#### {show.plain(row['name'])}")
    st.caption(plainly(look, "boards.winner_line", team=look.team_name(row["team_id"]),
                       score=look.number(row["figure"], "score")))
    told = [_told(look, line) for line in lines.to_dict("records")]
    if len(lines) and lines["bonus_points"].iloc[0] > 0:
        told.append(plainly(look, "boards.won_bonus", points=look.number(lines["bonus_points"].iloc[0], "score")))
    st.markdown("\n".join(f"- {words}" for words in told))


def _told(look: Session, line: dict) -> str:
    value, target = (_written(look, line[name], line["metric"]) for name in ("value", "target"))
    return plainly(look, "boards.won_by", metric=look.metric(line["metric"]), value=value, target=target,
                   score=look.number(line["score"], "score"), weight=look.number(line["weight"], "percent"))


def _written(look: Session, value, metric: str) -> str:
    return look.number(value, METRICS[metric].unit if metric in METRICS else "ratio")


def _votes(look: Session) -> pd.DataFrame:
    """The year's votes of the chosen team with names; the places stay those of the whole company."""
    votes, teams = boards.votes(look.store.cursor(), look.period), look.members()
    people = named(look, votes["nominee_id"])
    squads = votes["nominee_id"].map(look.team_name)
    votes = votes.assign(name=people.where(votes["nominee_type"].eq("employee"), squads))
    return votes if teams is None else votes[votes["team_id"].isin(teams)]


def _year(look: Session, settled, rules: dict, votes: pd.DataFrame) -> None:
    """The year's votes as a ranking with their stories; before the fourth quarter it is a standing, not a decision."""
    rule, year = next((name, rule) for name, rule in rules.items() if rule.get("by") == "votes"), look.period.start.year
    show.heading(look.say("boards.year", year=year, award=show.plain(rule[1].get(look.lang) or rule[1]["zh"])))
    chosen = settled.awards[settled.awards["award"].eq(rule[0])]
    everyone = votes.assign(won=votes["nominee_id"].isin(chosen["winner"]))
    if votes.empty:
        show.missing(look, ["votes"], look.say("boards.votes"))
        return
    decided = look.period.label.endswith("Q4")
    st.markdown(look.say("boards.decided" if decided else "boards.undecided"))
    show.chart(look, drawn(look, votes, decided), _ranking(look, everyone))
    show.table(look, _ranking(look, everyone), {look.say("boards.votes"): "count"}, key="votes")


def drawn(look: Session, votes: pd.DataFrame, decided: bool) -> Chart:
    """The nominees by votes."""
    shown = votes.head(MOST)
    first = shown[shown["place"].eq(shown["place"].min())]
    title = look.say("boards.chart_votes" if decided else "boards.chart_votes_open",
                     names=look.say("comma").join(first["name"]), votes=look.number(first["votes"].iloc[0], "count"))
    subtitle = look.say("boards.chart_votes_of", year=look.period.start.year, quarter=look.period.label, count=len(shown))
    series = (Series(look.say("boards.votes"), tuple(map(float, shown["votes"])), "actual"),)
    return Chart("barh", title, subtitle, tuple(shown["name"]), series, "count", title)


def _ranking(look: Session, votes: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        look.say("boards.place"): votes["place"].tolist(), look.say("boards.nominee"): votes["name"].tolist(),
        look.say("column.team"): [look.team_name(team) for team in votes["team_id"]],
        look.say("boards.votes"): votes["votes"].tolist(),
        look.say("column.state"): [look.say("boards.winner") if won else "" for won in votes["won"]],
        look.say("boards.story"): [look.say("semicolon").join(told) if told else "" for told in votes["stories"]]})
