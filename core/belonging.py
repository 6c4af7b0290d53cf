"""Which team a ledger row belongs to: one rule for a team's statement, its ledger and its charts."""

import pandas as pd

from core import periods

HOMES = """
select employee_id, coalesce(arg_max(team_id, from_date) filter (where from_date <= ?), arg_min(team_id, from_date)) as team_id
from postings group by employee_id"""

PROJECTS = "select distinct project_id from project_members where list_contains(?, employee_id)"


def homes(con, settled) -> pd.Series:
    """employee_id → team of the last assignment that began by the quarter's end; of the first one for who came later."""
    return con.execute(HOMES, [periods.quarter(settled.quarter).end]).df().set_index("employee_id")["team_id"]


def teams(con, settled) -> pd.Series:
    """The team of each ledger row: the one on whose assignment, or in whose pool, the money was earned; where a rule knows
    no team (projects, points, benefits, equity, adjustments), the one of the person's last assignment in the quarter. A row
    has one team, so that the teams' sums add up to the total; None for a project's own row, which is nobody's yet."""
    ledger = settled.ledger
    kind, who = ledger["beneficiary_type"], ledger["beneficiary_id"]
    found = who.map(homes(con, settled)).where(kind.eq("employee"), who.where(kind.eq("team"))).astype(object)
    for rule, part in ledger.groupby("rule", sort=False):
        if "team_id" in settled.results[rule]:
            found.loc[part.index] = settled.results[rule]["team_id"].to_numpy(object)[part["line"].to_numpy(int)]
    return found.where(found.notna(), None)


def of_teams(con, settled, members) -> list[int]:
    """The numbers of all ledger rows of these teams: theirs by `teams`, and what nobody has yet of their people's projects."""
    home, ledger = homes(con, settled), settled.ledger
    projects = projects_of(con, home.index[home.isin(members)])
    open_ = ledger["beneficiary_type"].eq("project") & ledger["beneficiary_id"].isin(projects)
    return (teams(con, settled).isin(members) | open_).to_numpy().nonzero()[0].tolist()


def of_person(settled, employee: str) -> list[int]:
    """The numbers of all ledger rows of a person."""
    ledger = settled.ledger
    mine = ledger["beneficiary_type"].eq("employee") & ledger["beneficiary_id"].eq(employee)
    return mine.to_numpy().nonzero()[0].tolist()


def unshared(settled, members: set, projects: set) -> list[int]:
    """The numbers of the rows of these teams and projects themselves: what was missed, waits, or is nobody's."""
    ledger = settled.ledger
    theirs = ledger["beneficiary_type"].eq("team") & ledger["beneficiary_id"].isin(members)
    theirs |= ledger["beneficiary_type"].eq("project") & ledger["beneficiary_id"].isin(projects)
    return theirs.to_numpy().nonzero()[0].tolist()


def projects_of(con, people) -> set:
    """The projects that any of these people is a member of."""
    return {row[0] for row in con.execute(PROJECTS, [list(people)]).fetchall()}


def employees(con, settled, members) -> list[str]:
    """Everybody who was assigned to these teams in the quarter or has a ledger row that is theirs."""
    here = settled.scores.loc[settled.scores["team_id"].isin(members), "employee_id"]
    rows = settled.ledger.iloc[of_teams(con, settled, members)]
    return sorted({*here, *rows.loc[rows["beneficiary_type"].eq("employee"), "beneficiary_id"]})
