"""Collaboration satisfaction: what an anonymous survey may say. A hidden figure leaves measuring without any number."""

import pandas as pd

from core import people

LEAST = 3  # no plan goes below it

OWN = """select team_id, sum(score)::double as total, count(*) as answers from collaboration_survey
where quarter = $quarter and score is not null group by team_id"""


def satisfaction(con, places: dict, definitions: dict) -> pd.DataFrame:
    """Σ score ÷ responses of a quarter for the company and each team with its sub-teams, and of nothing else (a month has
    none). Hidden rows (fewer answers than `privacy_minimum`, or what would give such a figure away) say only that."""
    own = {team: (total, answers) for team, total, answers in con.execute(OWN, {"quarter": places["quarter"]}).fetchall()}
    if not own:
        return pd.DataFrame()
    # The parents of the team list: measuring some teams alone replaces this cursor's tree, and none is ever told alone.
    figures, parents = {None: frozenset(own)}, people.team_parents(con, own.keys() - {None})
    for team in own:
        for subject in [team, *parents.get(team, [])] if team else []:
            figures[subject] = figures.get(subject, frozenset()) | {team}
    answers = {team: count for team, (_, count) in own.items()}
    gone = hidden(figures, answers, int(definitions["privacy_minimum"]))
    rows = [_row(subject, None if subject in gone else [own[team] for team in sorted(teams, key=str)])
            for subject, teams in figures.items()]
    return pd.DataFrame(rows)


def _row(subject: str | None, cells: list | None) -> dict:
    row = {"metric": "collaboration_satisfaction", "subject_type": "company" if subject is None else "team",
           "subject_id": subject, "note": "hidden" if cells is None else None}
    count = float("nan") if cells is None else float(sum(answers for _, answers in cells))
    total = float("nan") if cells is None else sum(total for total, _ in cells)
    return row | {"numerator": total, "denominator": count, "n": count}


def hidden(figures: dict, answers: dict, minimum: int) -> set:
    """The subjects that may not be shown. `figures`: subject → the teams whose own answers it adds up, any two of them
    apart or one within the other; `answers`: team → how many (≥ 1).

    What the shown figures determine are sums of their rests (a figure without the largest shown ones within it), so every
    rest is 0 or at least `minimum` answers: while one is not, the smallest shown figure right below it (fewest answers,
    ties by id) is hidden too."""
    least = max(minimum, LEAST)
    size = {teams: sum(answers[team] for team in teams) for teams in set(figures.values())}
    name: dict[frozenset, str] = {}
    for subject, teams in figures.items():
        name[teams] = min(subject or "", name.get(teams, subject or ""))
    above = {teams: sorted((other for other in size if teams < other), key=len) for teams in size}
    shown = {teams for teams in size if size[teams] >= least}
    while below := _gives_away(shown, size, name, above, least):
        shown.remove(min(below, key=lambda teams: (size[teams], name[teams])))
    return {subject for subject, teams in figures.items() if teams not in shown}


def _gives_away(shown: set, size: dict, name: dict, above: dict, least: int) -> list:
    """The shown figures right below the smallest one whose rest is too small; [] where none is."""
    below: dict[frozenset, list] = {}
    for teams in shown:
        if up := next((other for other in above[teams] if other in shown), None):
            below.setdefault(up, []).append(teams)
    weak = [up for up, inner in below.items() if 0 < size[up] - sum(size[teams] for teams in inner) < least]
    return below[min(weak, key=lambda teams: (size[teams], name[teams]))] if weak else []
