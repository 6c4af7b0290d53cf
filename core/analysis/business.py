"""How customers behave and judge: figures by team with interval, NPS answers, the definitions side by side."""

from itertools import zip_longest

import pandas as pd

from core import quarter
from core.periods import Period

SWITCHES = {"gmv": ("paid", "net"), "repurchase_rate": ("buyers_twice", "buyers_two_days", "orders", "returning")}
INSIDE = """date between $start and $end and ($team is null or team_id in (select team_id from team_tree
    where ancestor = $team))"""
ANSWERS = f"""select date, team_id, score, comment, promoters, passives, detractors from nps_responses where {INSIDE}
    order by score nulls last, date desc, team_id, _file, _sheet, _row"""
SCORES = f"""
with told as (select score, promoters, passives, detractors from nps_responses where {INSIDE})
select scale.score::int as score,
       case when scale.score >= 9 then 'promoter' when scale.score <= 6 then 'detractor' else 'passive' end as kind,
       count(told.score)::int as answers
from range(11) as scale(score) left join told using (score) group by all
union all select null, kind, sum(answers)::int from (
    unpivot (select promoters as promoter, passives as passive, detractors as detractor from told where score is null)
    on detractor, passive, promoter into name kind value answers) group by kind
order by score nulls last, kind"""


def by_team(con, evaluated: pd.DataFrame, metric: str, team: str | None = None) -> pd.DataFrame:
    """Of a quarter's evaluation (`quarter.evaluate`) one metric: the row of the company or of `team` first, then its teams
    (each with its sub-teams), by id: subject_id, value, low, high, numerator, denominator, n, target, benchmark, score,
    previous, year_before, note, hidden."""
    teams = [row[0] for row in con.execute(
        "select distinct team_id from team_tree where ($team is null or ancestor = $team) and team_id is distinct from $team"
        " order by 1", {"team": team}).fetchall()]
    rows = evaluated[evaluated["metric"].eq(metric)]
    whole = rows[rows["subject_type"].eq("company")] if team is None else rows[rows["subject_id"].eq(team)
                                                                              & rows["subject_type"].eq("team")]
    parts = rows[rows["subject_type"].eq("team") & rows["subject_id"].isin(teams)].sort_values("subject_id")
    columns = ["subject_id", "value", "low", "high", "numerator", "denominator", "n", "target", "benchmark", "score", "previous",
               "year_before", "note", "hidden"]
    return pd.concat([whole, parts], ignore_index=True)[columns]


def lowest(con, teams: list[str]) -> list[str]:
    """Those of the teams that contain no other of them, in their order: their figures do not overlap."""
    above = {row[0] for row in con.execute("select distinct ancestor from team_tree where ancestor <> team_id"
                                           " and list_contains($teams, team_id)", {"teams": teams}).fetchall()}
    return [team for team in teams if team not in above]


def nps_scores(con, period: Period, team: str | None = None) -> pd.DataFrame:
    """score 0–10 (every one), kind (promoter, passive, detractor), answers; and, where answers were counted before they
    were uploaded, a row per kind with score NaN. The answers add up to n of the metric nps."""
    return con.execute(SCORES, {"start": period.start, "end": period.end, "team": team}).df()


def nps_answers(con, period: Period, team: str | None = None) -> pd.DataFrame:
    """Every uploaded row of NPS answers, the lowest score first: date, team_id, score (NaN: counted answers), comment,
    promoters, passives, detractors."""
    return con.execute(ANSWERS, {"start": period.start, "end": period.end, "team": team}).df()


def definitions(store, period: Period, plan: dict, team: str | None = None) -> pd.DataFrame:
    """What each definition would make of gmv and repurchase_rate, for the company and, if one is named, a team: metric,
    definition, in_force, subject_type, subject_id, value, numerator, denominator, low, high, change (against the
    definition in force: points of a rate as a fraction, share of an amount); NaN where it has no value."""
    rows, frames = [], _measured(store, period, plan["definitions"])
    for metric, choices in SWITCHES.items():
        found = {choice: frames[metric, choice] for choice in choices}
        for subject_type, subject in [("company", None), ("team", team)][:1 if team is None else 2]:
            told = {choice: _row(frame, metric, subject_type, subject) for choice, frame in found.items()}
            base = told[plan["definitions"][metric]]["value"]
            for choice, row in told.items():
                change = row["value"] - base if metric != "gmv" else row["value"] / base - 1 if base else float("nan")
                rows.append({"metric": metric, "definition": choice, "in_force": choice == plan["definitions"][metric],
                             "subject_type": subject_type, "subject_id": subject, **row, "change": change})
    return pd.DataFrame(rows)


def _measured(store, period: Period, in_force: dict) -> dict:
    """(metric, definition) → measured frame; the definitions of two metrics are measured together, those in force were."""
    others = {metric: [c for c in choices if c != in_force[metric]] for metric, choices in SWITCHES.items()}
    frames = {(metric, in_force[metric]): quarter.measured(store, period, in_force) for metric in SWITCHES}
    for chosen in zip_longest(*others.values()):
        asked = {metric: choice for metric, choice in zip(others, chosen, strict=True) if choice}
        frame = quarter.measured(store, period, in_force | asked, frozenset(asked))
        frames |= {(metric, choice): frame for metric, choice in asked.items()}
    return frames


def _row(frame: pd.DataFrame, metric: str, subject_type: str, subject: str | None) -> dict:
    columns = ["value", "numerator", "denominator", "low", "high"]
    found = frame[frame["metric"].eq(metric) & frame["subject_type"].eq(subject_type)
                  & (frame["subject_id"].isna() if subject is None else frame["subject_id"].eq(subject))]
    return found[columns].iloc[0].to_dict() if len(found) else dict.fromkeys(columns, float("nan"))
