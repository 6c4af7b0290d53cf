"""A statement: the ledger rows of a person or a team with their steps, what changed, and the uploaded rows behind them."""

from dataclasses import dataclass, replace

import pandas as pd

from core import explanation, wording
from core.datasets import DATASETS
from core.explanation import Step
from core.settlement import counted

MOST_ROWS = 200
WAITING = ("held", "pending", "eligible")


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


def told(settled, rows: list[int], provenance, teams: dict, lang: str, people: dict | None = None) -> list[Line]:
    """The ledger rows in words; `teams` names the teams by id, `people` those whose rows begin with their name."""
    return [_line(settled, row, provenance, teams, lang, people or {}) for row in rows]


def _line(settled, row: int, provenance, teams: dict, lang: str, people: dict) -> Line:
    entry = settled.ledger.iloc[row].to_dict()
    rule = settled.plan["rules"][entry["rule"]]
    who = people.get(entry["beneficiary_id"]) if entry["beneficiary_type"] == "employee" else None
    item = " · ".join(filter(None, [who, wording.item(settled, row, teams, lang)]))
    return Line(row, entry, rule[lang], item, rule.get("clause", ""),
                explanation.reason_text(entry, lang), explanation.steps(settled, row, provenance),
                bool(counted(settled.plan, settled.ledger.iloc[[row]]).iloc[0]))


def is_share(settled, rows: list[int]) -> list[bool]:
    """Whether each ledger row is a person's part of a pool."""
    places = zip(settled.ledger["rule"].iloc[rows], settled.ledger["line"].iloc[rows], strict=True)
    cuts = {rule: frame["cut"].notna().to_numpy() for rule, frame in settled.results.items() if "cut" in frame}
    return [bool(rule in cuts and cuts[rule][int(line)]) for rule, line in places]


def pools(settled, rows: list[int], provenance, teams: dict, lang: str) -> list[tuple[Line, int]]:
    """Each pool of which some of these rows are parts, told once: (its row with the steps up to the pool and as amount the
    sum of these parts, how many parts)."""
    shares = settled.ledger.iloc[[row for row, is_one in zip(rows, is_share(settled, rows), strict=True) if is_one]]
    pool = [int(settled.results[rule]["row"].iloc[int(line)]) for rule, line in zip(shares["rule"], shares["line"], strict=True)]
    found = []
    for _, parts in shares.groupby(["rule", pd.Series(pool, shares.index, dtype=int)], sort=False):
        line, sums = told(settled, [parts.index[0]], provenance, teams, lang)[0], parts[["amount", "potential"]].sum().round(2)
        until = next(place for place, step in enumerate(line.steps, 1) if step.name == "pool")
        found.append((replace(line, entry=line.entry | sums.to_dict(), steps=line.steps[:until]), len(parts)))
    return found


def shares(settled, rows: list[int]) -> pd.DataFrame:
    """Who gets what of these ledger rows: employee_id, rule, unit, amount, potential."""
    theirs = settled.ledger.iloc[rows][lambda ledger: ledger["beneficiary_type"].eq("employee")]
    key = ["beneficiary_id", "rule", "unit"]
    sums = theirs.groupby(key, sort=False, as_index=False)[["amount", "potential"]].sum().round(2)
    return sums.rename(columns={"beneficiary_id": "employee_id"})


def awards(settled, winners: set) -> pd.DataFrame:
    """The awards won: month, award, winner_type, winner, figure."""
    return settled.awards[settled.awards["winner"].isin(winners)]


def change(before, earlier: list[int], now, rows: list[int]) -> pd.DataFrame:
    """Per rule and unit what the rows paid in the quarter before (`before`, `earlier`) and pay now: before, after, and
    change = after − before. Where nothing is payable and something waits, the amount and the change are missing and
    before_state or after_state says why: held, pending, eligible; without any row the amount is missing too."""
    parts = [_paid(settled.ledger.iloc[which]) for settled, which in ((before, earlier), (now, rows))]
    both = parts[0].join(parts[1], how="outer", lsuffix="_before", rsuffix="_after", sort=False)
    both = both.rename(columns={"amount_before": "before", "amount_after": "after", "state_before": "before_state",
                                "state_after": "after_state"})
    open_ = both["before_state"].notna() | both["after_state"].notna()
    difference = (both["after"].fillna(0.0) - both["before"].fillna(0.0)).round(2)
    return both.assign(change=difference.where(~open_)).reset_index()


def _paid(rows: pd.DataFrame) -> pd.DataFrame:
    """Per rule and unit the payable amount, or the state in which all is that could have paid."""
    grouped = rows.groupby(["rule", "unit"], sort=False)
    amount, states = grouped["amount"].sum().round(2), grouped["status"].agg(set)
    state = states.map(lambda found: next((s for s in ("payable", *WAITING) if s in found), None)).astype(object)
    state = state.where(state.ne("payable"), None)
    return pd.DataFrame({"amount": amount.where(state.isna()), "state": state})


def moved(before, now, employee: str) -> pd.DataFrame:
    """Per metric of the person's scorecards: value, attainment (both missing, and `several` true, where the posts' figures
    differ) and points (Σ weight × score, by days of the assignments) before and after, and the change in points; what moved
    most comes first. Empty where either quarter has no final score:
    there is no change to explain."""
    parts = [_points(settled, employee) for settled in (before, now)]
    both = parts[0].join(parts[1], how="outer", lsuffix="_before", rsuffix="_after")
    both["change"] = (both["points_after"].fillna(0) - both["points_before"].fillna(0)).round(9)
    scored = [settled.scores.loc[settled.scores["employee_id"].eq(employee), "score"] for settled in (before, now)]
    both = both if all(len(scores) and scores.notna().all() for scores in scored) else both.iloc[:0]
    return both.sort_values("change", key=abs, ascending=False, kind="stable").reset_index()


def _points(settled, employee: str) -> pd.DataFrame:
    lines = settled.metrics[settled.metrics["employee_id"].eq(employee)]
    days = settled.scores["days"].reindex(lines["segment"]).to_numpy(float)
    whole = settled.scores.loc[lines["segment"].unique(), "days"].sum()
    weighted = lines.assign(points=lines["weight"] * lines["score"] * days / (whole or 1))
    by_metric = weighted.groupby("metric", sort=False)
    several = by_metric["value"].nunique() > 1
    told = by_metric[["value", "attainment"]].last().mask(several)
    return told.assign(points=by_metric["points"].sum(min_count=1), several=several)


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
