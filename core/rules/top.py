"""`top`: the month's best of a role, the year's choice of the users (方案 三（三）1): a card, no money."""

import pandas as pd


def top(population: dict, parameters: dict) -> pd.DataFrame:
    """The winners, joint where equal: month (`2026-07`, or the year `2026`), winner_type, winner, score or votes.

    population: `monthly` (month, employee_id, role, score; only people with every figure at their own or their team's
    level), `votes` (year, nominee_type, nominee_id, votes; empty but in Q4). parameters: role and every = "month", or
    by = "votes" and every = "year"."""
    if parameters.get("by") == "votes":
        votes = population["votes"]
        best = votes[votes["votes"].eq(votes.groupby("year")["votes"].transform("max"))]
        return best.rename(columns={"year": "month", "nominee_type": "winner_type", "nominee_id": "winner", "votes": "figure"})
    monthly = population["monthly"]
    mine = monthly[monthly["role"].eq(parameters["role"]) & monthly["score"].notna()]
    best = mine[mine["score"].round(9).eq(mine.groupby("month")["score"].transform("max").round(9))]
    return best.assign(winner_type="employee", winner=best["employee_id"], figure=best["score"]).reset_index(drop=True)
