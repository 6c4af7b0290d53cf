"""A statement: the ledger rows of a person or a team with their steps, what changed, and the uploaded rows behind them."""

from dataclasses import dataclass

import pandas as pd

from core import explanation, wording
from core.datasets import DATASETS
from core.explanation import Step
from core.settlement import counted

MOST_ROWS = 200


@dataclass(frozen=True)
class Line:
    """A ledger row told: `entry` is the row itself, `row` its number in the ledger; words are in the language asked for.
    `counted`: part of what is payable in yuan, which the project money of a fund is not."""

    row: int
    entry: dict
    title: str
    item: str
    clause: str
    reason: str
    steps: list[Step]
    counted: bool


def of_person(settled, employee: str) -> list[int]:
    """The numbers of all ledger rows of a person."""
    ledger = settled.ledger
    mine = ledger["beneficiary_type"].eq("employee") & ledger["beneficiary_id"].eq(employee)
    return mine.to_numpy().nonzero()[0].tolist()


def of_teams(settled, teams: set, projects: set) -> list[int]:
    """The numbers of the ledger rows that belong to the teams or the projects themselves."""
    ledger = settled.ledger
    theirs = ledger["beneficiary_type"].eq("team") & ledger["beneficiary_id"].isin(teams)
    theirs |= ledger["beneficiary_type"].eq("project") & ledger["beneficiary_id"].isin(projects)
    return theirs.to_numpy().nonzero()[0].tolist()


def projects_of(con, people) -> set:
    """The projects that any of these people is a member of."""
    return {row[0] for row in con.execute("select distinct project_id from project_members where list_contains(?, employee_id)",
                                          [list(people)]).fetchall()}


def told(settled, rows: list[int], provenance, teams: dict, lang: str) -> list[Line]:
    """The ledger rows in words; `teams` names the teams by id."""
    return [_line(settled, row, provenance, teams, lang) for row in rows]


def _line(settled, row: int, provenance, teams: dict, lang: str) -> Line:
    entry = settled.ledger.iloc[row].to_dict()
    rule = settled.plan["rules"][entry["rule"]]
    return Line(row, entry, rule[lang], wording.item(settled, row, teams, lang), rule.get("clause", ""),
                explanation.reason_text(entry, lang), explanation.steps(settled, row, provenance),
                bool(counted(settled.plan, settled.ledger.iloc[[row]]).iloc[0]))


def shares(settled, teams: set) -> pd.DataFrame:
    """Who of the teams gets what: employee_id, rule, unit, amount, potential of every row that is paid for the teams or,
    where a rule knows no team, to the people whose last post of the quarter is in them."""
    home = settled.scores.sort_values("to_date").drop_duplicates("employee_id", keep="last").set_index("employee_id")["team_id"]
    people = settled.ledger[settled.ledger["beneficiary_type"].eq("employee")]
    found = [part.assign(team=_team_of(settled.results[rule], part, home)) for rule, part in people.groupby("rule", sort=False)]
    columns = ["beneficiary_id", "rule", "unit", "amount", "potential"]
    if not found:
        return pd.DataFrame(columns=["employee_id", *columns[1:]])
    theirs = pd.concat(found)[lambda rows: rows["team"].isin(teams)][columns]
    sums = theirs.groupby(columns[:3], sort=False, as_index=False)[["amount", "potential"]].sum().round(2)
    return sums.rename(columns={"beneficiary_id": "employee_id"})


def _team_of(result: pd.DataFrame, part: pd.DataFrame, home: pd.Series) -> pd.Series:
    if "team_id" in result:
        return pd.Series(result["team_id"].to_numpy()[part["line"].to_numpy(int)], part.index)
    return part["beneficiary_id"].map(home)


def awards(settled, winners: set) -> pd.DataFrame:
    """The awards won: month, award, winner_type, winner, figure."""
    return settled.awards[settled.awards["winner"].isin(winners)]


def change(before, now, employee: str) -> pd.DataFrame:
    """Per rule and unit what a person's payable amount was in the quarter before, is now, and how it changed."""
    parts = [settled.ledger.iloc[of_person(settled, employee)].groupby(["rule", "unit"], sort=False)["amount"].sum()
             for settled in (before, now)]
    both = pd.concat(parts, axis=1, keys=["before", "after"]).fillna(0.0).round(2).reset_index()
    return both.assign(change=(both["after"] - both["before"]).round(2))


def moved(before, now, employee: str) -> pd.DataFrame:
    """Per metric of the person's scorecards: value, attainment and points (Σ weight × score, by days of the assignments)
    before and after, and the change in points; what moved most comes first."""
    parts = [_points(settled, employee) for settled in (before, now)]
    both = parts[0].join(parts[1], how="outer", lsuffix="_before", rsuffix="_after")
    both["change"] = (both["points_after"].fillna(0) - both["points_before"].fillna(0)).round(9)
    return both.sort_values("change", key=abs, ascending=False, kind="stable").reset_index()


def _points(settled, employee: str) -> pd.DataFrame:
    lines = settled.metrics[settled.metrics["employee_id"].eq(employee)]
    days = settled.scores["days"].reindex(lines["segment"]).to_numpy(float)
    whole = settled.scores.loc[lines["segment"].unique(), "days"].sum()
    weighted = lines.assign(points=lines["weight"] * lines["score"] * days / (whole or 1))
    last = weighted.drop_duplicates("metric", keep="last").set_index("metric")
    return last[["value", "attainment"]].assign(points=weighted.groupby("metric")["points"].sum(min_count=1))


def behind(settled, line: Line, provenance: pd.DataFrame) -> pd.DataFrame:
    """Which uploaded rows a ledger row rests on: dataset, file, sheet, first, last, subject_type, subject_id (None: the
    rows themselves)."""
    paid = settled.results[line.entry["rule"]].iloc[int(line.entry["line"])]
    found = [_place(paid, "", paid.get("_dataset"), paid.get("_last_row")), _place(paid, "_project", "projects"),
             _place(paid, "_member", "project_members") if "member_share" in paid else None]
    scored = settled.metrics[settled.metrics["segment"] == paid.name] if "scorecard" in paid else pd.DataFrame([paid])
    for each in scored.to_dict("records"):
        metric, kind = each.get("metric"), each.get("subject_type") or ("team" if "team_id" in each else "employee")
        subject = each.get("subject_id") or each.get("team_id")
        same = provenance["metric"].eq(metric) & provenance["subject_type"].eq(kind)
        same &= provenance["subject_id"].eq(subject) | (kind == "company")
        found += [{"dataset": r.dataset, "file": r.file, "sheet": r.sheet, "first": r.first_row, "last": r.last_row,
                   "subject_type": kind, "subject_id": subject} for r in provenance[same].itertuples()]
        if metric and pd.notna(each.get("target")):
            found.append(_place(each, "", "targets"))
    frame = pd.DataFrame([place for place in found if place],
                         columns=["dataset", "file", "sheet", "first", "last", "subject_type", "subject_id"])
    return frame.drop_duplicates(ignore_index=True)


def _place(row, prefix: str, dataset, last=None) -> dict | None:
    if pd.isna(row.get(f"{prefix}_row")) or pd.isna(dataset):
        return None
    first = int(row[f"{prefix}_row"])
    return {"dataset": dataset, "file": row[f"{prefix}_file"], "sheet": row[f"{prefix}_sheet"], "first": first,
            "last": first if last is None or pd.isna(last) else int(last), "subject_type": None, "subject_id": None}


def uploaded(con, place: dict, lang: str) -> tuple[pd.DataFrame, int]:
    """(the uploaded rows at a place of `behind`, at most MOST_ROWS, under their visible names; how many there are)."""
    dataset = DATASETS[place["dataset"]]
    table = "order_lines" if dataset.name == "orders" else dataset.name
    where = ["_file = $file", "coalesce(_sheet, '') = coalesce($sheet, '')", "_row between $first and $last"]
    given = {name: place[name] for name in ("file", "sheet", "first", "last")}
    if condition := _of_subject(place, {column.name for column in dataset.columns}):
        where, given = [*where, condition], given | {"subject": place["subject_id"]}
    names = ", ".join(f'"{column.name}"' for column in dataset.columns)
    sql = f"from {table} where {' and '.join(where)}"
    count = con.execute(f"select count(*) {sql}", given).fetchone()[0]
    frame = con.execute(f"select _row, {names} {sql} order by _row limit {MOST_ROWS}", given).df()
    frame.columns = ["#", *(column.zh if lang == "zh" else column.name for column in dataset.columns)]
    return frame.dropna(axis=1, how="all"), count


def _of_subject(place: dict, columns: set) -> str:
    if place["subject_type"] == "team" and "team_id" in columns:
        return "team_id in (select team_id from team_tree where ancestor = $subject)"
    owner = next((name for name in ("employee_id", "owner_id") if name in columns), None)
    return f"{owner} = $subject" if place["subject_type"] == "employee" and owner else ""
