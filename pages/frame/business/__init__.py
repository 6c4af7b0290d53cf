"""The views of the business page, and what they share: the finding, names, and dots with their intervals."""

import pandas as pd

from core import text
from core.analysis import business
from core.charts import Chart, Series
from core.metrics import METRICS
from pages.frame import session, show
from pages.frame.session import Session

SHOWN = ("gmv", "repurchase_rate", "ltv", "nps", "negative_reviews")


def finding(look: Session, rows: dict) -> str:
    """The quarter in one sentence: what was sold, how many came back, what they say of us; only what is known."""
    known = {name: row for name, row in rows.items() if row is not None and not text.missing(row["value"])}
    parts = []
    if "gmv" in known:
        row = known["gmv"]
        grown = show.change(look, row["value"], row["previous"], "yuan")
        parts.append(look.say("business.sold", gmv=look.number(row["value"], "yuan"), change=look.say(
            "business.grown", change=grown) if grown else look.say("overview.first")))
        if row["target"] and not text.missing(row["target"]):
            parts[0] += look.say("business.of_target", share=look.number(row["value"] / row["target"], "percent"))
    parts += [look.say("business.value_is", metric=look.metric(name), value=look.number(known[name]["value"], METRICS[name].unit))
              for name in ("repurchase_rate", "nps") if name in known]
    place = look.period.label if look.team is None else look.say(
        "business.of_team", quarter=look.period.label, team=show.plain(look.team_name(look.team)))
    return look.say("business.finding", place=place,
                    said=look.say("semicolon").join(parts) or look.say("business.nothing"))


def of_teams(look: Session, metric: str) -> pd.DataFrame:
    """The metric's rows: the company or the chosen team first, then its teams; `name` is what a reader calls them, `lowest`
    whether the team contains none of the others."""
    con = look.store.cursor()
    rows = business.by_team(con, session.evaluated(look, look.period.label), metric, look.team)
    names = [look.say("business.company") if pd.isna(team) else look.team_name(team) for team in rows["subject_id"]]
    lowest = business.lowest(con, rows["subject_id"].dropna().tolist())
    return rows.assign(name=names, lowest=rows["subject_id"].isin(lowest))


def _leads(look: Session, rows: pd.DataFrame) -> bool:
    """Whether the first row is that of the whole (it is absent where only some team has a figure)."""
    first = None if rows.empty else rows["subject_id"].iloc[0]
    return len(rows) > 0 and (pd.isna(first) if look.team is None else first == look.team)


def whole(look: Session, rows: pd.DataFrame) -> pd.DataFrame:
    """The row of the company or the chosen team; empty where it has none."""
    return rows.iloc[:1] if _leads(look, rows) else rows.iloc[:0]


def ranked(look: Session, rows: pd.DataFrame, least: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(teams that can be compared, the highest first; those that cannot: fewer than `least` observations or no interval).
    Teams that contain others are in neither."""
    teams = rows[rows["value"].notna() & rows["lowest"]].drop(index=whole(look, rows).index, errors="ignore")
    sure = teams["low"].notna() & teams["n"].ge(least)
    return teams[sure].sort_values(["value", "subject_id"], ascending=[False, True]), teams[~sure]


def dots(look: Session, metric: str, rows: pd.DataFrame, order: pd.DataFrame, note: str, means: str) -> Chart:
    """A dot with its interval for the whole, then a dot a team in the order given, beside their targets."""
    unit, first = METRICS[metric].unit, whole(look, rows)
    drawn = pd.concat([first, order], ignore_index=True)
    series = [Series(look.metric(metric), numbers(drawn["value"]), "actual", numbers(drawn["low"]), numbers(drawn["high"]))]
    if drawn["target"].notna().any():
        series.append(Series(look.say("chart.target"), numbers(drawn["target"]), "target"))
    title = _spread(look, metric, rows[rows["subject_id"].isin(order["subject_id"]) & rows["low"].notna()], first, unit)
    told = look.say("business.dots_of", metric=means, quarter=look.period.label,
                    n="—" if first.empty else f"{first['n'].iloc[0]:,.0f}")
    return Chart("point", title, told, tuple(drawn["name"]), tuple(series), unit, title, note, means)


def parents(look: Session, rows: pd.DataFrame) -> str:
    """That teams which contain others are in the table only, where there are any."""
    teams = rows.drop(index=whole(look, rows).index)
    return "" if teams["lowest"].all() else look.say("business.parents_in_table")


def _spread(look: Session, metric: str, teams: pd.DataFrame, first: pd.DataFrame, unit: str) -> str:
    """Who is highest and who lowest, and whether their intervals part them; of the whole alone its interval."""
    if len(teams) < 2:
        row = (first if len(first) else teams).iloc[0]
        return look.say("business.known", metric=look.metric(metric), value=look.number(row["value"], unit),
                        low=look.number(row["low"], unit), high=look.number(row["high"], unit))
    teams = teams.sort_values(["value", "subject_id"], ascending=[False, True])
    top, bottom = teams.iloc[0], teams.iloc[-1]
    return look.say("business.apart" if top["low"] > bottom["high"] else "business.overlap", first=top["name"],
                    high=look.number(top["value"], unit), last=bottom["name"], low=look.number(bottom["value"], unit))


def numbers(values) -> tuple:
    """Plain numbers for a chart, None where one is missing."""
    return tuple(None if pd.isna(value) else float(value) for value in values)


def told(look: Session, rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The rows as a table under visible words, the whole first."""
    unit = METRICS[metric].unit
    said = {look.say("column.team"): rows["name"], look.metric(metric): rows["value"]}
    if rows["low"].notna().any():
        said |= {look.say("business.low"): rows["low"], look.say("business.high"): rows["high"]}
    if METRICS[metric].proportion or unit == "points":
        said |= {look.say("column.numerator"): rows["numerator"], look.say("column.denominator"): rows["denominator"]}
    if rows["target"].notna().any():
        said[look.say("column.target")] = rows["target"]
    said[look.say("boards.previous")] = rows["previous"]
    said[look.say("boards.change")] = [show.change(look, now, before, unit) or "—"
                                       for now, before in zip(rows["value"], rows["previous"], strict=True)]
    return pd.DataFrame({name: list(values) for name, values in said.items()})


def formats(look: Session, metric: str) -> dict[str, str]:
    unit = {"points": "score"}.get(METRICS[metric].unit, METRICS[metric].unit)
    rates = (look.metric(metric), look.say("business.low"), look.say("business.high"), look.say("column.target"),
             look.say("boards.previous"))
    counts = (look.say("column.numerator"), look.say("column.denominator"))
    return dict.fromkeys(rates, unit) | dict.fromkeys(counts, "count")
